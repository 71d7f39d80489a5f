#!/bin/bash
# The tools on a running cluster of one node alone: the real daemons, an agent of our own, everything below a folder of ours.  TAP.
. "${top_srcdir:-.}/tools/tests/livekit.sh"

cat > "$tmp/ocf/resource.d/test/Thing" <<'AGENT'
#!/bin/sh
state="${0%/ocf/*}/thing.$OCF_RESOURCE_INSTANCE"
case $1 in
start) [ "$OCF_RESOURCE_INSTANCE" != bad ] || { echo "ocf-exit-reason:it is bad" >&2; exit 1; }; touch "$state" ;;
stop) while [ -e "${0%/ocf/*}/held" ]; do sleep 0.05; done; rm -f "$state" ;;
monitor) [ -e "$state" ] || exit 7
    [ "$OCF_RESOURCE_INSTANCE$OCF_RESKEY_CRM_meta_interval" != lazy10000 ] || exec sleep 60 ;;
meta-data) echo '<resource-agent name="Thing"><version>1.1</version><parameters/><actions><action name="start" timeout="20s"/>
<action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>' ;;
*) exit 3 ;;
esac
AGENT
chmod 755 "$tmp/ocf/resource.d/test/Thing"

# ok NAME COMMAND...: the command succeeds
ok() {
    name=$1
    shift
    n=$((n + 1))
    have=$(limited "$@" 2>&1)
    rc=$?
    if [ "$rc" = 0 ]; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        echo "# status $rc, output: $have" | sed 's/^/# /'
    fi
}

# soon TEXT COMMAND...: what it prints has the text, at the latest when all have given up: the document is a moment behind what is known
soon() {
    text=$1
    shift
    for _ in $(seq 100); do
        have=$("$@" 2>&1)
        echo "$have" | grep -q "$text" && return
        sleep 0.1
    done
    echo "$have"
    return 1
}

# limited COMMAND...: with its limit, unless it is a function of ours, which has its own
limited() {
    case $1 in soon | lean | ban_at_once) "$@" ;; *) timeout 60 "$@" ;; esac
}

# ban_at_once RSC: make it, and ban it from where it is as soon as the controller has heard that it is started there
ban_at_once() {
    "$tools/cibadmin" -C -o resources -X "<primitive id='$1' class='ocf' provider='test' type='Thing'/>" || return
    for _ in $(seq 2000); do
        ! grep -q "result rsc=$1 task=start .*rc=0" "$tmp/log" || break
        sleep 0.005
    done
    timeout 60 "$tools/crm_resource" --ban --resource "$1"
}

# says NAME WANTED-STATUS TEXT COMMAND...: it ends with the status, and its output contains the text
says() {
    name=$1 status=$2 text=$3
    shift 3
    n=$((n + 1))
    have=$(timeout 60 "$@" 2>&1)
    rc=$?
    case $have in
    *"$text"*) [ "$rc" = "$status" ] && { echo "ok $n - $name"; return; } ;;
    esac
    echo "not ok $n - $name"
    echo "# status $rc, output: $have" | sed 's/^/# /'
}

says "without a cluster, tools say so" 102 "Not connected" "$tools/crm_mon" -1
says "and so do those that ask other daemons" 102 "Not connected" "$tools/crm_node" -n

start_daemons

says "the node leads itself" 0 "Designated Controller is: $node" "$tools/crmadmin" -D
says "it is the only member" 0 "1 $node member" "$tools/crm_node" -l
says "its partition is itself" 0 "$node" "$tools/crm_node" -p
says "an unknown id has no name" 105 "not known" "$tools/crm_node" -N 77
says "its controller answers" 0 "Controller on $node in state S_" "$tools/crmadmin" -S "$node"
kill -STOP "${pids##* }" # crmsh and drbd give numbers without a unit
since=$(date +%s%N)
says "a controller that hangs is waited for as long as was said" 124 "no answer" "$tools/crmadmin" -D -t 1
ok "in seconds" [ $(($(date +%s%N) - since)) -ge 1000000000 ]
kill -CONT "${pids##* }"
says "a node that nobody knows has no controller" 68 "no member" "$tools/crmadmin" -S nobody
says "a list of no resources is an error, as clients know it" 105 "No resources" "$tools/crm_resource" --list
says "a plain one, too" 105 "No such object" "$tools/crm_resource" --list-raw
ok "a resource is created" "$tools/cibadmin" -C -o resources -X '<primitive id="thing" class="ocf" provider="test" type="Thing"/>'
ok "the cluster settles" "$tools/crm_resource" --wait --timeout 50
says "cox status says why nothing is started" 1 "there is no fencing device" "$tools/cox" status
ok "fencing is given up" "$tools/crm_attribute" -n fencing-enabled -v false
ok "the cluster settles again" "$tools/crm_resource" --wait --timeout 50
says "the resource runs" 0 "resource thing is running on: $node" "$tools/crm_resource" -W -r thing
says "crm_mon shows it" 0 "Started $node" "$tools/crm_mon" -1
says "cox status says that all is well" 0 "all is well" "$tools/cox" status
says "the history of fencing is known and empty" 0 '<fence_history status="0"/>' "$tools/crm_mon" --output-as=xml
ok "a transient attribute is set" "$tools/crm_attribute" -N "$node" -l reboot -n color -v blue
ok "it comes into the document" sh -c "for i in \$(seq 100); do $tools/crm_attribute -N $node -l reboot -n color -G -q && exit; sleep 0.1; done; exit 1"
says "a node that nobody knows has none" 105 "Could not map name=nobody to a UUID" "$tools/crm_attribute" -N nobody -l reboot -n color -v blue
ok "but attrd keeps one for a node that may come" "$tools/attrd_updater" -N nobody -n color -U blue
ok "a permanent one is set" "$tools/crm_attribute" -N "$node" -n rack -v 7
says "and read" 0 "7" "$tools/crm_attribute" -N "$node" -n rack -G -q
says "a permanent one of a node that nobody knows cannot be" 105 "Could not map name=nobody to a UUID" "$tools/crm_attribute" -N nobody -n rack -v 7
ok "a remote node is known as a resource only" "$tools/cibadmin" -C -o resources -X '<primitive id="far" class="ocf" provider="pacemaker" type="remote">
    <meta_attributes id="far-meta"><nvpair id="far-role" name="target-role" value="Stopped"/></meta_attributes></primitive>'
says "what it has not is not set" 105 "" "$tools/crm_attribute" -N far -n rack -G -q
ok "it goes" "$tools/cibadmin" -D -o resources -X '<primitive id="far"/>'
ok "a default is set where none were" "$tools/crm_attribute" -t rsc_defaults -n priority -v 3
says "and read, too" 0 "3" "$tools/crm_attribute" -t rsc_defaults -n priority -G -q
ok "and deleted" "$tools/crm_attribute" -t rsc_defaults -n priority -D
ok "an option is set" "$tools/crm_attribute" -n color -v 1
ok "and counts" "$tools/crm_attribute" -n color -v value++
says "and is read" 0 "scope=crm_config name=color value=2" "$tools/crm_attribute" -n color -G
ok "a second set has another" "$tools/cibadmin" -M -c -o crm_config -X '<cluster_property_set id="second"> <nvpair id="c2" name="color" value="9"/> </cluster_property_set>'
says "which of both is meant has to be said" 109 "Value: 9 	(id=c2)" "$tools/crm_attribute" -n color -v 3
ok "by its id" "$tools/crm_attribute" -n color -i c2 -v 3
says "or its set" 0 "3" "$tools/crm_attribute" -n color -s second -G -q
says "deleting it says what it was" 0 "Deleted crm_config attribute: id=c2 name=color" "$tools/crm_attribute" -n color -i c2 -D
says "and the other" 0 "id=cib-bootstrap-options-color name=color" "$tools/crm_attribute" -n color -D
says "what is not there is not read" 105 "No such device or address" "$tools/crm_attribute" -n color -G
says "a text that is no XML is refused as such" 65 "Could not parse input: text: line 1" "$tools/cibadmin" -M -o resources -X '<primitive id="thing"'
says "what is there is not created again" 108 'reason="File exists"' "$tools/cibadmin" -C -o resources -X '<primitive id="thing" class="ocf" provider="test" type="Thing"/>'
# Whoever asks for little does not wait for libraries that it does not need (unless configured with --disable-late-libraries).
lean() {
    loaded=$(LD_DEBUG=files timeout 60 "$@" 2>&1) || { echo "$loaded" | tail -n 3; return 1; }
    ldd "$1" | grep -q libxml2 || ! echo "$loaded" | grep "calling init" | grep -E "libxml2|libicu|libyaml|libqb"
}
for call in "crm_attribute -n color -v 1" "crm_attribute -n color -G -q" "crm_attribute -N $node -n rack -v 8" "crm_node -q" "crm_node -n" "crmadmin -D" \
    "attrd_updater -n color -U blue" "attrd_updater -n color -Q" "cibadmin -M -X <cib/>" "cox --version" "crm_mon --version"; do
    ok "'$call' loads no library in vain" lean "$tools/"$call
done
ok "the option goes" "$tools/crm_attribute" -n color -D
says "a restart waits for both halves" 0 "" "$tools/crm_resource" --restart -r thing --timeout 50
says "the resource runs again" 0 "running on: $node" "$tools/crm_resource" -W -r thing
says "a monitor that never ends in time is told of, and waited for no longer than a while" 1 "$node: monitor of lazy every 10 s: failed" \
    "$tools/cox" resource create lazy ocf:test:Thing op monitor interval=10s timeout=5s --force --wait --timeout 55s
ok "it is started" soon "running on: $node" "$tools/crm_resource" -W -r lazy
ok "a wait for all does not wait for it, though it fails again and again" "$tools/crm_resource" --wait --timeout 50
says "a restart does not wait for that" 0 "" "$tools/crm_resource" --restart -r lazy --timeout 30
ok "it is deleted" "$tools/cibadmin" -D -o resources -X '<primitive id="lazy"/>'
ok "and gone" "$tools/crm_resource" --wait --timeout 50
ok "what was started a moment ago is banned from where it is" ban_at_once fresh
ok "the ban is cleared" "$tools/cibadmin" -D -o constraints -X '<rsc_location id="cli-ban-fresh-on-'"$node"'"/>'
ok "what it was about is deleted" "$tools/cibadmin" -D -o resources -X '<primitive id="fresh"/>'
ok "and all is done" "$tools/crm_resource" --wait --timeout 50
says "a ban is made, and the cluster obeys" 0 "$node: stop of thing: done" "$tools/cox" move thing --wait
says "the resource is stopped, and it is said why" 1 "cli-ban-thing-on-$node" "$tools/cox" status
says "a dry run says what clearing it would do" 0 "* Start      thing " "$tools/cox" clear thing --dry-run
says "the ban is cleared" 0 "- rsc_location 'cli-ban-thing-on-$node'" "$tools/cox" clear thing
ok "the cluster has obeyed again" "$tools/cox" wait
says "what fails is told, and is no success" 1 "start of bad: failed" \
    "$tools/cox" resource create bad ocf:test:Thing op start timeout=20s op monitor interval=10s meta migration-threshold=1 --force --wait --timeout 50s
touch "$tmp/held"
says "a wait that takes too long is no success" 124 "still has something to do after" "$tools/cox" stop bad thing --wait --timeout 1ms
rm "$tmp/held"
ok "it is deleted" "$tools/cox" resource delete bad --wait --timeout 50s
says "and the other runs again" 0 "$node: start of thing: done" "$tools/cox" start thing --wait --timeout 50s
ok "the history is forgotten" "$tools/crm_resource" -R -r thing
ok "and found again" "$tools/crm_resource" --wait --timeout 50
says "nothing fails without a node" 64 "Must supply a node name" "$tools/crm_resource" -F -r thing
says "nothing fails on a node that nobody knows" 105 "Node 'nobody' not found" "$tools/crm_resource" -F -r thing -N nobody
says "nothing fails in a file" 102 "in a file nothing fails" \
    sh -c "$tools/cibadmin -Q > $tmp/copy.xml && CIB_file=$tmp/copy.xml $tools/crm_resource -F -r thing -N $node"
says "the cluster is told of a failure" 0 "thing has failed on $node" "$tools/crm_resource" -F -r thing -N "$node"
ok "and recovers" "$tools/crm_resource" --wait --timeout 50
says "the failure is in the history" 0 "asyncmon on $node" "$tools/crm_mon" -1
says "with its reason" 0 "Simulated failure" "$tools/crm_mon" -1
ok "it was counted" soon 'value=1$' "$tools/crm_failcount" -G -r thing -n asyncmon -N "$node"
says "and the resource runs" 0 "running on: $node" "$tools/crm_resource" -W -r thing
ok "the failure is forgotten" "$tools/crm_resource" -C -r thing
ok "and nothing is left to do" "$tools/crm_resource" --wait --timeout 50
ok "nor is it counted any more" soon 'value=0$' "$tools/crm_failcount" -G -r thing -n asyncmon -N "$node"
says "standby is shown" 0 "" "$tools/crm_standby" -v on
ok "the node is emptied" "$tools/cox" wait
says "crm_mon follows and prints more than one page" 124 "standby" timeout 3 "$tools/crm_mon" -D -i 1
ok "standby is over" "$tools/crm_standby" -D
ok "the node takes it up again" "$tools/cox" wait
ok "on a terminal it takes the screen and obeys keys" python3 "${top_srcdir:-$(dirname "$0")/../..}/tools/tests/mon_screen.py" "$tools/crm_mon" thing
says "in the background it needs a file" 64 "requires --output-to" "$tools/crm_mon" -d
mkdir "$tmp/www"
says "a pid file that cannot be made is named" 73 "$tmp/none/pid" "$tools/crm_mon" -d -p "$tmp/none/pid" --output-to="$tmp/www/state"
# Nobody else can have the lock of the file, so whoever wrote its number there is the one.
ok "in the background it keeps a page up to date" "$tools/crm_mon" -d -r -p "$tmp/mon.pid" --output-as=html --output-to="$tmp/www/page.html"
mon=$(cat "$tmp/mon.pid")
pids="$pids $mon"
says "only one can have the pid file" 108 "process $mon has it" "$tools/crm_mon" -d -p "$tmp/mon.pid" -h "$tmp/www/other.html"
ok "the page is there" soon "<title>Cluster Status" cat "$tmp/www/page.html"
ok "with the resource" soon "thing.*Started $node" cat "$tmp/www/page.html"
ok "which is stopped" "$tools/crm_resource" -r thing -m -p target-role -v Stopped
ok "and the page says so" soon "thing.*Stopped" cat "$tmp/www/page.html"
ok "it runs again" "$tools/crm_resource" -r thing -m -d target-role
kill "$mon"
for _ in $(seq 300); do [ -e "$tmp/mon.pid" ] || break; sleep 0.1; done
says "at its end it takes its pid file away" 0 "" [ ! -e "$tmp/mon.pid" ]
ok "as XML, too" "$tools/crm_mon" -d -p "$tmp/mon.pid" --output-as=xml --output-to="$tmp/www/state.xml"
mon=$(cat "$tmp/mon.pid")
pids="$pids $mon"
ok "which is the whole document each time" soon '</pacemaker-result>' cat "$tmp/www/state.xml"
ok "and names the command" soon 'request="crm_mon -d' cat "$tmp/www/state.xml"
kill "$mon"
for _ in $(seq 300); do [ -e "$tmp/mon.pid" ] || break; sleep 0.1; done
ok "the cluster settles after that" "$tools/cox" wait
says "whom to tell is nothing without a program" 64 "external-agent" "$tools/crm_mon" -e somebody
says "nor does anything happen to a crm_mon that ends" 64 "goes on" "$tools/crm_mon" -1 -E /bin/true
says "a program that is not there is named" 66 "$tmp/none" "$tools/crm_mon" -d -E "$tmp/none"
cat > "$tmp/agent" <<'AGENT'
#!/bin/sh
echo "to=$CRM_notify_recipient node=$CRM_notify_node rsc=$CRM_notify_rsc task=$CRM_notify_task desc=$CRM_notify_desc rc=$CRM_notify_rc target=$CRM_notify_target_rc status=$CRM_notify_status" >> "${0%/*}/heard"
AGENT
chmod 755 "$tmp/agent"
ok "a program is run for what happens" "$tools/crm_mon" -d -p "$tmp/mon.pid" -E "$tmp/agent" -e me --watch-fencing
mon=$(cat "$tmp/mon.pid")
pids="$pids $mon"
# It hears of everything from the moment on when it has the document: when a result has come through.
for tries in $(seq 50); do
    "$tools/crm_resource" -F -r thing -N "$node" > /dev/null 2>&1
    for _ in $(seq 20); do grep -q "task=asyncmon" "$tmp/heard" 2> /dev/null && break 2; sleep 0.1; done
done
ok "of a failure" soon "to=me node=$node rsc=thing task=asyncmon desc=Error occurred rc=1 target=0 status=0" cat "$tmp/heard"
ok "the resource is stopped once more" "$tools/crm_resource" -r thing -m -p target-role -v Stopped
ok "of a stop" soon "to=me node=$node rsc=thing task=stop desc=OK rc=0 target=0 status=0" cat "$tmp/heard"
ok "and started" "$tools/crm_resource" -r thing -m -d target-role
ok "and of a start" soon "to=me node=$node rsc=thing task=start desc=OK rc=0 target=0 status=0" cat "$tmp/heard"
says "a failure is told once, though two entries keep it" 0 "" [ "$(grep -c task=asyncmon "$tmp/heard")" -le "$tries" ]
ok "what is forgotten" "$tools/crm_resource" -C -r thing
ok "is probed" "$tools/crm_resource" --wait --timeout 50
"$tools/stonith_admin" --confirm nobody > /dev/null 2>&1
ok "a fencing is told without a resource" soon "to=me node=nobody rsc= task=off desc=Operation off of nobody by .*OK.* rc=0 target=0 status=0" cat "$tmp/heard"
kill "$mon"
for _ in $(seq 300); do [ -e "$tmp/mon.pid" ] || break; sleep 0.1; done
ok "a ticket is granted to the cluster" "$tools/crm_ticket" -t site -g --force
says "and the cluster knows it" 0 "site	granted" "$tools/crm_ticket" -l
ok "and forgets it" "$tools/crm_ticket" -t site -C --force
says "quorum is told, and that one node alone counts no votes" 0 "Votes: not known" "$tools/cox" quorum status
says "with the policy" 0 "Without quorum: stop (no-quorum-policy)" "$tools/cox" quorum status
says "votes are corosync's" 102 "does not tell of votes" "$tools/cox" quorum expect 3
says "what was done is told" 0 "thing on $node: monitor: OK (0) in" "$tools/cox" resource history thing
says "an action by hand is traced" 0 "+ [ -e" "$tools/cox" debug thing monitor
says "what the cluster manages is not stopped behind its back" 107 "cox resource maintenance thing on" "$tools/cox" debug thing stop
ok "a ticket is granted by a patch that nobody else's status hinders" "$tools/cox" ticket grant site --force --wait --timeout 50s
says "and it is known" 0 "site: granted" "$tools/cox" ticket list
ok "and forgotten" "$tools/cox" ticket forget site --force
says "the only node is not switched off in passing" 107 "node '$node' is the only one that is there" sh -c "$tools/crm_attribute -n fencing-enabled -v true &&
    $tools/cibadmin -C -o resources -X '<primitive id=\"fd\" class=\"stonith\" type=\"fence_none\"/>' && $tools/cox fence off $node"
says "a member is not confirmed to be off" 107 "is a member right now" "$tools/cox" fence confirm "$node" --force
says "nobody knows who that is" 105 "node 'nobody' does not exist" "$tools/cox" fence confirm nobody
says "forced, neither" 105 "node 'nobody' does not exist" "$tools/cox" fence confirm nobody --force
says "what cannot be fenced is said so" 1 "off of node '$node' failed" "$tools/cox" fence off "$node" --force
ok "the device goes" "$tools/cox" fence delete fd
ok "and fencing is given up again" "$tools/cox" property set fencing-enabled=false
says "who is known and not there is taken for off" 0 "Node nobody is taken for off." sh -c "$tools/cibadmin -C -o nodes -X '<node id=\"77\" uname=\"nobody\"/>' &&
    $tools/cox fence confirm nobody --force"
says "nobody called so can be removed" 0 "" "$tools/crm_node" --force -R nobody
says "a member is not removed" 4 "is a member" "$tools/crm_node" --force -R "$node"
ok "the configuration is exported" sh -c "$tools/cox export >$tmp/site.yaml"
says "which is no change" 0 "Nothing to change: it is so already." "$tools/cox" plan "$tmp/site.yaml"
printf 'tags:\n- tag: things\n  objects: [thing]\n' >"$tmp/tags.yaml"
sed 's/^resources: *$/&\n- primitive: other\n  agent: ocf:test:Thing/' "$tmp/site.yaml" >"$tmp/new.yaml"
says "a plan shows what the cluster would do" 0 "* Start      other " "$tools/cox" plan "$tmp/new.yaml"
says "apply makes it, and the cluster does that" 0 "$node: start of other: done" "$tools/cox" apply "$tmp/new.yaml" --wait --timeout 50s --reason "one more"
says "twice is once" 0 "Nothing to change: it is so already." "$tools/cox" apply "$tmp/new.yaml" --wait --timeout 50s
says "a change is made on trial" 0 "Else it is taken back, by process " "$tools/cox" apply "$tmp/tags.yaml" --confirm-within 1s
ok "and taken back when nobody confirms it" soon "+ tag 'things'" "$tools/cox" plan "$tmp/tags.yaml"
plan=$("$tools/cox" apply "$tmp/tags.yaml" --confirm-within 600s | sed -n 's/.*: cox confirm //p')
ok "or confirmed" "$tools/cox" confirm "$plan"
says "and there" 0 "- tag: things" "$tools/cox" export
says "the history knows who has made it" 0 " with cox on $node: " "$tools/cox" history
ok "and why" soon "one more" "$tools/cox" history
says "an undo can be tried" 0 "- tag 'things'" "$tools/cox" undo --dry-run
says "and made" 0 "- tag 'things'" "$tools/cox" undo
ok "which is a version as any other" soon "^ *undo" "$tools/cox" history
first=$("$tools/cox" history | sed -n 's/^\([0-9][0-9.]*\) .*/\1/p' | sed -n 1p)
says "back to the beginning" 0 "- primitive 'thing'" "$tools/cox" undo "$first" --dry-run
says "but no further" 105 "version 77.0 is not in the history of this node" "$tools/cox" undo 77.0
last=$("$tools/cox" history | sed -n 's/^\([0-9][0-9.]*\) .*/\1/p' | tail -n 1)
says "a version says what it has changed" 0 "- tag 'things'" "$tools/cox" history "$last"
says "crm_verify reads the running cluster" 0 "" "$tools/crm_verify" -L
says "crm_simulate reads the running cluster" 0 "thing" "$tools/crm_simulate" -L
echo "1..$n"
