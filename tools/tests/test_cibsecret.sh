#!/bin/bash
# cibsecret on a document in a file, with nodes that are directories: ssh runs the step of cox-cluster-node here.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"
run() { "$tools/cibsecret" "$@"; }
mkdir "$tmp/bin" "$tmp/daemons" "$tmp/203.0.113.2" "$tmp/203.0.113.3"
export COX_SECRETS_DIRECTORY="$tmp/n1/secrets" COX_RUN_DIRECTORY="$tmp/none" COX_DAEMON_DIRECTORY="$tmp/daemons" COX_SSH="$tmp/bin/ssh" NODES="$tmp"
cp "${top_srcdir:-.}/tools/cox-cluster-node" "$tmp/daemons"
chmod 755 "$tmp/daemons/cox-cluster-node"
# Words are kept: no value may be among them.
cat >"$tmp/bin/ssh" <<'END_OF_SSH'
#!/bin/sh
node=$NODES/${1#root@}
echo "$*" >>"$NODES/words"
[ ! -e "$node/down" ] || { echo "no route" >&2; exit 255; }
export COX_SECRETS_DIRECTORY="$node/secrets"
exec sh -c "$2"
END_OF_SSH
chmod 755 "$tmp/bin/ssh"
built=$(cd "$tools" && pwd)
PATH="$built:$PATH"
export PATH
others="--node 203.0.113.2 --node 203.0.113.3"
value_of() { cibadmin -Q --xpath "//primitive[@id='a']//nvpair[@name='passwd']" 2>/dev/null | sed -n 's/.*value="\([^"]*\)".*/\1/p'; }

# holds NAME CONDITION...
holds() {
    name=$1
    shift
    have=$("$@" 2>&1)
    rc=$?
    result "$rc" "$name"
}

echo 1..74
document "$(dummy a)$(dummy b)"

is "a value is kept" 0 "" set a passwd "hunter two" $others
holds "the configuration has the mark" [ "$(value_of)" = lrm:// ]
holds "for root only" [ "$(stat -c %a "$tmp/n1/secrets/a/passwd" "$tmp/n1/secrets/a/passwd.sign" "$tmp/n1/secrets/a" | tr '\n' ' ')" = "600 600 700 " ]
holds "on all nodes" cmp "$tmp/n1/secrets/a/passwd" "$tmp/203.0.113.2/secrets/a/passwd"
holds "with its digest" [ "$(cat "$tmp/203.0.113.3/secrets/a/passwd.sign")" = "$(printf 'hunter two' | md5sum | cut -d' ' -f1)" ]
holds "no command line of another node has the value" [ "$(grep -c hunter "$tmp/words")" = 0 ]
is "it is got" 0 "hunter two" get a passwd
is "it is checked" 0 "" check a passwd
printf 'hunter three\n' >"$tmp/three"
have=$(run set a passwd $others <"$tmp/three" 2>&1)
rc=$?
result "$rc" "another value comes from standard input"
holds "the configuration is not touched for it" [ "$(value_of)" = lrm:// ]
is "it is the new one" 0 "hunter three" get a passwd
is "unstash moves it back" 0 "" unstash a passwd $others
holds "into the configuration" [ "$(value_of)" = "hunter three" ]
holds "and away from all nodes" [ ! -e "$tmp/n1/secrets/a" -a ! -e "$tmp/203.0.113.2/secrets/a" -a ! -e "$tmp/203.0.113.3/secrets/a" ]
refused "what is not secret is not got" 105 "is not secret in the configuration" get a passwd
refused "and not deleted" 105 "is not secret in the configuration" delete a passwd --local
refused "unstashed again it stays as it is" 0 "" unstash a passwd $others
refused "a value of the configuration is not lost" 108 "has another value in the configuration: stash or delete that first" set a passwd other $others
refused "a document that is not the cluster's changes no file of the cluster" 64 "say which with --local or --node" stash a passwd
holds "nor one of this node" [ ! -e "$tmp/n1/secrets/a" ]
is "stash makes it secret" 0 "" stash a passwd $others
holds "the mark is there again" [ "$(value_of)" = lrm:// ]
refused "a second time there is nothing to stash" 105 "is secret already" stash a passwd --local

# ---- nodes that are not reached
touch "$tmp/203.0.113.3/down"
refused "who is not reached is named, and the configuration not touched" 1 "203.0.113.3: not reached with ssh" set b passwd x $others
is "what was begun can be done again" 0 "" set b passwd x --node 203.0.113.2
rm "$tmp/203.0.113.3/down"
is "a value for all" 0 "" set b key y $others
touch "$tmp/203.0.113.3/down"
has "a value that was not deleted everywhere" 1 "203.0.113.3: not reached with ssh" delete b key $others
holds "is gone from the configuration" [ -z "$(cibadmin -Q --xpath "//primitive[@id='b']//nvpair[@name='key']" 2>/dev/null)" ]
holds "and here still" [ -e "$tmp/n1/secrets/b/key" ]
has "a value that was not unstashed everywhere" 1 "203.0.113.3: not reached with ssh" unstash b passwd $others
rm "$tmp/203.0.113.3/down"
is "deleted again" 0 "" delete b key $others
is "unstashed again" 0 "" unstash b passwd $others
holds "both are gone from all nodes" [ ! -e "$tmp/n1/secrets/b" -a ! -e "$tmp/203.0.113.2/secrets/b" -a ! -e "$tmp/203.0.113.3/secrets/b" ]
holds "the value is in the configuration" [ "$(cibadmin -Q --xpath "//primitive[@id='b']//nvpair[@name='passwd']" | sed -n 's/.*value="\([^"]*\)".*/\1/p')" = x ]
is "and is stashed again" 0 "" stash b passwd --node 203.0.113.2
is "sync gives all values to a node" 0 "" sync --node 203.0.113.3
holds "it has them" diff -r "$tmp/n1/secrets" "$tmp/203.0.113.3/secrets"
printf 'spoiled\n' >"$tmp/n1/secrets/a/passwd"
has "a value without its digest is not given" 104 "does not have its digest on this node" get a passwd
has "nor checked" 104 "does not have its digest" check a passwd
has "nor spread" 104 "parameter 'passwd' of resource 'a'" sync --node 203.0.113.3
holds "the other node has the right one still" [ "$(cat "$tmp/203.0.113.3/secrets/a/passwd")" = "hunter three" ]
has "without a cluster it is said that the others lack it" 0 "no cluster runs on this node" -C set a passwd again
has "also to a program" 0 "<error>cibsecret: no cluster runs on this node" -C set a passwd again --output-as=xml
has "which is not told the value" 0 'request="cibsecret -C set a passwd *** --local --output-as=xml"' -C set a passwd again --local --output-as=xml
have=$(run --bogus -C set a passwd again --output-as=json 2>&1)
rc=$?
case $have in *again*) false ;; *) [ "$rc" = 64 ] ;; esac
result $? "nor when the command line is not understood"

# ---- without the configuration
cp "$CIB_file" "$tmp/before"
is "-C leaves the configuration alone" 0 "" -C set c passwd y --local
is "and does not ask it" 0 "y" -C get c passwd
refused "what moves a value cannot do without it" 64 "which -C forbids" -C stash a passwd
is "what is deleted" 0 "" delete a passwd $others
is "is gone" 0 "" -C delete c passwd --local
holds "from the nodes" [ ! -e "$tmp/n1/secrets/a" -a ! -e "$tmp/203.0.113.2/secrets/a" -a ! -e "$tmp/n1/secrets/c" ]
holds "and the configuration" [ "$(value_of)" = "" ]

# ---- bad input
refused "an unknown resource" 105 "none" set none passwd x --local
refused "a name that leads elsewhere" 64 "are no names" set a ../x y
refused "a value of two lines" 2 "a secret value is one line" set a passwd "$(printf 'a\nb')" --local
# from NAME WANTED-STATUS TEXT: what "set" says of $tmp/value on standard input; nothing is kept of it
from() {
    have=$(run -C --local set d passwd <"$tmp/value" 2>&1)
    rc=$?
    case $have in *"$3"*) [ "$rc" = "$2" -a ! -e "$tmp/n1/secrets/d" ] ;; *) false ;; esac
    result $? "$1"
}
head -c 65537 /dev/zero | tr '\0' x >"$tmp/value"
from "one that is too long" 2 "a secret value has at most 65536 bytes"
printf 'a\0b\n' >"$tmp/value"
from "one with a byte 0" 2 "it has a byte 0"
rm "$tmp/value"
mkdir "$tmp/value"
from "one that cannot be read" 74 "standard input cannot be read: Is a directory"
rmdir "$tmp/value"
head -c 65536 /dev/zero | tr '\0' x >"$tmp/value"
is "the longest one is kept" 0 "" -C --local set d passwd "$(cat "$tmp/value")"
ln -s loop "$tmp/loop"
have=$(COX_SECRETS_DIRECTORY=$tmp/loop run sync --node 203.0.113.2 2>&1)
rc=$?
[ "$rc" = 74 ]
result $? "a directory that cannot be read is not empty"

# ---- how nodes are reached
mkdir "$tmp/plain"
printf '#!/bin/sh\necho "$*" >"$NODES/plain/words"\nexit 255\n' >"$tmp/plain/ssh"
chmod 755 "$tmp/plain/ssh"
(unset COX_SSH && PATH="$tmp/plain:$PATH" && run -C set d passwd x --node 203.0.113.2 2>/dev/null)
holds "a machine that falls silent is given up" grep -q -- "-o ServerAliveInterval=5 -o ServerAliveCountMax=3 root@203.0.113.2" "$tmp/plain/words"
refused "a command that there is not" 64 "'keep' is no command" keep a passwd
