#!/bin/bash
# cox cluster: what is refused before any node is asked, when none answers, and, with nodes that are directories and stand-ins for the programs of a
# node, what cox-cluster-node does.  With real ones it is played by cts/ssh/check-ssh.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"
export COX_COROSYNC_DIRECTORY=$tmp COX_SSH="sh -c exit\${IFS}255"
document ""
host=$(uname -n)
echo "1..63"
refused "a cluster needs a name" 64 "name of the cluster 'a b'" cluster create "a b" n1=10.0.0.1
refused "and nodes" 64 "NODE" cluster create c
refused "a name of a node is no command" 64 "the name has letters" cluster create c 'n1;reboot=10.0.0.1'
has "an address is one" 64 "'10.0.0.300' is neither an IP address nor a host name" cluster create c n1=10.0.0.300
has "two nodes do not share one" 108 "is that of node 'n1' already" cluster create c n1=10.0.0.1 n2=10.0.0.1
has "the token is a number" 64 "--token 'x'" cluster create c n1=10.0.0.1 --token x
has "without a configuration there is no cluster" 6 "cox cluster create" cluster start
printf 'totem {\n  cluster_name: c\n}\nnodelist {\n  node {\n    ring0_addr: 203.0.113.1\n    name: other1\n    nodeid: 1\n  }\n}\n' >"$tmp/corosync.conf"
has "a node that is not in it" 105 "node 'n7' is not in the cluster" cluster stop n7
has "who is not reached is named" 1 "other1: not reached with ssh as root@203.0.113.1" cluster start

# ---- nodes that are directories: ssh runs the step here; "down" there: not reached, "NAME.fails": the step fails, "run": what runs
mkdir "$tmp/bin" "$tmp/daemons"
export COX_DAEMON_DIRECTORY="$tmp/daemons" NODES="$tmp/nodes" COX_SSH="$tmp/bin/ssh"
cp "${top_srcdir:-.}/tools/cox-cluster-node" "$tmp/daemons"
chmod 755 "$tmp/daemons/cox-cluster-node"
stand_in() {
    cat >"$tmp/bin/$1"
    chmod 755 "$tmp/bin/$1"
}
stand_in ssh <<'END'
#!/bin/sh
node=$NODES/${1#root@}
set -- $2
[ ! -e "$node/down" ] || { echo "no route" >&2; exit 255; }
[ ! -e "$node/$2.fails" ] || { echo "$2 does not work" >&2; exit 1; }
echo "$2" >>"$node/steps"
export PATH="${0%/*}:$PATH" NODE="$node" COX_COROSYNC_DIRECTORY="$node/etc" COX_STATE_DIRECTORY="$node/state" COX_RING_DIRECTORY="$node/rings"
sh "$@"
END
# Which of them run: no process of this machine is looked at, or killed.
stand_in pidof <<'END'
#!/bin/sh
for name; do grep -qsx "$name" "$NODE/run" && echo self; done
true
END
stand_in readlink <<'END'
#!/bin/sh
echo same
END
stand_in systemctl <<'END'
#!/bin/sh
case $1 in
cat) exit 0 ;;
start) printf 'corosync\ncoxd\n' >"$NODE/run" ;;
stop) if [ "$2" = pacemaker.service ]; then sed -i /coxd/d "$NODE/run"; else : >"$NODE/run"; fi ;;
esac
END
# The steps of a node with systemd and of one without are the same here: both end in what "run" says.
sed -i 's/^has_systemd() .*/has_systemd() { true; }/' "$tmp/daemons/cox-cluster-node"
stand_in uname <<'END'
#!/bin/sh
cat "$NODE/hostname"
END
stand_in corosync <<'END'
#!/bin/sh
echo "Corosync Cluster Engine, version '3.1.7'"
END
stand_in cox <<'END'
#!/bin/sh
echo "Coxswain $(cat "$NODE/version"): x"
END
stand_in coxd <<'END'
END
stand_in sleep <<'END'
#!/bin/sh
true
END
stand_in corosync-cfgtool <<'END'
#!/bin/sh
true
END
stand_in crm_mon <<'END'
#!/bin/sh
cat "$NODES/status" 2>/dev/null || true
END
stand_in cibadmin <<'END'
#!/bin/sh
grep -q "$(echo "$3" | sed "s/.*@uname='\(.*\)'.*/\1/")" "$NODES/known" 2>/dev/null
END
stand_in crm_node <<'END'
#!/bin/sh
if [ "$1" = --partition ]; then cat "$NODES/members" 2>/dev/null; [ ! -e "$NODES/partition.fails" ]; exit; fi
echo "forget $3" >>"$NODES/told"
END

# A machine that has one of these addresses itself runs the step here: with the stand-ins, too, and far from its own files.
export PATH="$tmp/bin:$PATH" COX_STATE_DIRECTORY="$tmp/state" COX_RING_DIRECTORY="$tmp/rings"

# node NUMBER: a machine with the programs, in no cluster
node() {
    mkdir -p "$NODES/203.0.113.$1/etc" "$NODES/203.0.113.$1/state/cib"
    : >"$NODES/203.0.113.$1/run"
    echo "n$1.example.org" >"$NODES/203.0.113.$1/hostname"
    echo 1.0 >"$NODES/203.0.113.$1/version"
}
etc() { echo "$NODES/203.0.113.$1/etc"; }
fresh_nodes() {
    rm -rf "$NODES"
    mkdir "$NODES"
    for i in 1 2 3 4; do node $i; done
}
# yes NAME COMMAND...: it succeeds
yes() {
    name=$1
    shift
    have=$("$@" 2>&1)
    rc=$?
    result $rc "$name"
}
at() { echo "$NODES/203.0.113.$1"; }
running() { for i; do echo "$i$(tr '\n' ' ' <"$(at "$i")/run")"; done; }
all() { find "$NODES" -path '*/etc/*' -type f -exec md5sum {} + | sort; }
same() { [ "$(cat "$tmp/all")" = "$(all)" ]; }
without() { ! grep -q "$1" "$2"; }
nothing_left() { [ -z "$(find "$NODES" -name '*.cox-*')" ]; }
wiped() { [ -z "$(ls "$(at "$1")/etc")" ]; }
three="n1=203.0.113.1 n2=203.0.113.2 n3=203.0.113.3"
# The caller's own corosync.conf is that of node 1.
COX_COROSYNC_DIRECTORY="$NODES/203.0.113.1/etc"
# made [STARTED]: a cluster of three
made() {
    fresh_nodes
    # shellcheck disable=SC2086
    run cluster create try $three $1 >/dev/null
}

fresh_nodes
echo 2.0 >"$(at 2)/version"
has "other versions make no cluster" 1 "n2: coxswain is 2.0, on n1 it is 1.0" cluster create try $three
node 2
echo other >"$(at 2)/hostname"
has "a machine with another name is not the one that was meant" 1 "n2: the host at 203.0.113.2 is called 'other'" cluster create try $three
yes "nothing is changed" test -z "$(all)"
has "unless it is said" 0 "n2: uses the new configuration" cluster create try $three --force
has "who is in a cluster is told the command with its path" 1 "\"$tmp/daemons/cox-cluster-node wipe\" there" cluster create again $three

fresh_nodes
printf 'totem {\n\tcluster_name: debian\n}\nnodelist {\n\t# ring0_addr: 10.0.0.1\n\tnode {\n\t\tname: node1\n\t\tring0_addr: 127.0.0.1\n\t}\n}\n' >"$(at 2)/etc/corosync.conf"
printf 'corosync\ncoxd\n' >"$(at 2)/run"
echo '<cib><resources><primitive id="a"/></resources></cib>' >"$(at 2)/state/cib/cib.xml"
has "a cluster named debian that has resources is one" 1 "(debian)" cluster create try $three
echo '<cib><resources/></cib>' >"$(at 2)/state/cib/cib.xml"
has "one that the package began is none" 0 "n2: the cluster that the package of corosync began is stopped" cluster create try $three
yes "its state is gone" test ! -e "$(at 2)/state/cib/cib.xml" -a ! -s "$(at 2)/run"
yes "the new configuration is there" cmp "$(at 1)/etc/corosync.conf" "$(at 2)/etc/corosync.conf"
echo corosync >"$(at 2)/run"
sed -i 's/203.0.113.2/127.0.0.1/; s/cluster_name: try/cluster_name: debian/' "$(at 2)/etc/corosync.conf"
has "with another address it is no package's" 1 "corosync runs: the node is in a cluster already (debian)" cluster create other n4=203.0.113.4 n2=203.0.113.2

made
yes "nothing is left beside the files" nothing_left
for i in 1 2 3; do echo ancient >"$(at $i)/etc/corosync.conf.cox-old"; echo ancient >"$(at $i)/etc/authkey.cox-old"; done
all | grep -v cox- >"$tmp/all"
touch "$(at 2)/put.fails"
has "what an earlier call has left is not what is taken back" 1 "n1: as before" cluster add n4=203.0.113.4
rm "$(at 2)/put.fails"
rm -f "$(at 2)"/etc/*.cox-old
yes "the files are as before" same
touch "$(at 2)/commit.fails"
has "a node that cannot: none does" 1 "n3: as before" cluster add n4=203.0.113.4
rm "$(at 2)/commit.fails"
yes "and the files are as before" same
yes "nothing is left of it" nothing_left

made
rm -f "$(at 2)/etc/authkey"
echo another >"$(at 2)/etc/authkey"
all >"$tmp/all"
has "nodes that have not the same key: which is the right one is not guessed" 1 "n2: its key is not that of n1" cluster add n4=203.0.113.4
yes "no file is changed by that" same
made
for i in 1 2 3; do
    rm -f "$(at $i)/etc/authkey"
    sed -i '/crypto_/d; s/provider: corosync_votequorum/&\n  expected_votes: 3/' "$(at $i)/etc/corosync.conf"
done
has "where nothing is encrypted no key is wanted" 0 "n4: uses the new configuration" cluster add n4=203.0.113.4
yes "and none is made" test ! -e "$(at 4)/etc/authkey" -a ! -e "$(at 1)/etc/authkey"
yes "votes that are set by hand are one more" grep -q 'expected_votes: 4' "$(at 4)/etc/corosync.conf"
node 5
for i in 1 2 3 4; do sed -i 's|^totem {|totem {\n  secauth: on\n  keyfile: /etc/cluster/key|' "$(at $i)/etc/corosync.conf"; done
has "a key that lies elsewhere is not copied" 6 "totem.keyfile is '/etc/cluster/key'" cluster add n5=203.0.113.5
sed -i '/keyfile/s/:.*/: \/etc\/corosync\/authkey/' "$(at 1)/etc/corosync.conf"
has "encrypted, and the key is missing" 1 "authkey" cluster add n5=203.0.113.5

made
echo 2.0 >"$(at 2)/version"
touch "$(at 3)/down"
has "who answers is started, whatever its version" 1 "n3: not reached" cluster start
yes "and runs" test "$(running 1 2 3)" = "1corosync coxd 
2corosync coxd 
3"
has "two of three run: none of them is stopped alone" 106 "no quorum" cluster stop n2
rm "$(at 3)/down"
has "so with a node that is reached, and does not run" 106 "1 of 3 nodes would be left running" cluster stop n2
has "nor is one taken out" 106 "no quorum" cluster remove n2 --dry-run
run cluster start >/dev/null
has "three run: one is stopped" 0 "n2: corosync stopped" cluster stop n2

made --start
touch "$(at 2)/reload.fails" "$(at 1)/reload.fails"
has "added, but not told: what is left to do is said" 1 "still to be done: corosync-cfgtool -R" cluster add n4=203.0.113.4 --start
rm "$(at 2)/reload.fails" "$(at 1)/reload.fails"
has "the same command goes on" 0 "n4: started" cluster add n4=203.0.113.4 --start
has "and then there is nothing to add" 1 "n4: corosync runs: the node is in a cluster already (try)" cluster add n4=203.0.113.4
touch "$(at 2)/forget.fails" "$(at 1)/forget.fails"
has "removed, but not forgotten: what is left to do is said" 1 "still to be done: crm_node --force --remove n4" cluster remove n4
rm "$(at 2)/forget.fails" "$(at 1)/forget.fails"
has "a node that nobody knows" 105 "node 'n4' is not in the cluster" cluster remove n4=203.0.113.4
echo n4 >"$NODES/known"
has "one that is known still: the same command goes on" 0 "n4: configuration, key and state removed" cluster remove n4=203.0.113.4
yes "it is forgotten" grep -q "forget n4" "$NODES/told"
yes "nothing is left on it" wiped 4

touch "$(at 3)/down"
all >"$tmp/all"
has "who is down stays" 1 "if it is down for good: --force" cluster remove n3
echo '<node name="n3" id="3" online="false" unclean="true"/>' >"$NODES/status"
has "who may still run resources, too" 1 "cox fence confirm n3" cluster remove n3 --force
echo '<node name="n3" id="3" online="true" unclean="false"/>' >"$NODES/status"
has "and a member that only ssh does not reach" 1 "it is online: stop it first" cluster remove n3 --force
yes "it is asked once" test "$(printf '%s\n' "$have" | grep -c "stop it first")" = 1
yes "and the files" same
: >"$NODES/status"
touch "$NODES/partition.fails"
has "nobody knows who is a member" 1 "does not tell whether node 'n3' is a member" cluster remove n3 --force
rm "$NODES/partition.fails"
echo "n1 n2 n3 " >"$NODES/members"
has "a member that the configuration has lost" 1 "a member that the configuration does not list: stop it first" cluster remove n3 --force
rm "$NODES/members"
has "off for sure: it goes" 0 "has all forget the node" cluster remove n3 --force
yes "out of the file" without n3 "$(at 1)/etc/corosync.conf"

made --start
touch "$(at 3)/down"
has "destroy leaves who is not reached" 1 "n3: not reached" cluster destroy --force
yes "and does the others" wiped 1
yes "all of them" wiped 2

# ---- which of them is this machine: the address says so
mkdir -p "$COX_COROSYNC_DIRECTORY"
cat >"$COX_COROSYNC_DIRECTORY/corosync.conf" <<END
totem {
  cluster_name: c
}
nodelist {
  node {
    ring0_addr: 203.0.113.9
    name: $host
    nodeid: 1
  }
  node {
    ring0_addr: 127.0.0.1
    name: other1
    nodeid: 2
  }
}
END
mkdir -p "$(at 9)"
touch "$(at 9)/down"
has "another machine may have the name of this one" 1 "$host: not reached with ssh as root@203.0.113.9" cluster start "$host" --dry-run
has "the address is this one's" 64 "node 'other1' is this one" cluster remove other1
