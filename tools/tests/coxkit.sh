# tools/tests/coxkit.sh - for scripts that test tools, most of them verbs of cox on a document in a file: TAP.  To be sourced.
tools="${top_builddir:-.}/tools"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset CIB_shadow CIB_user
CIB_file=$tmp/cib.xml
export CIB_file
n=0

# result CONDITION-STATUS NAME: one line of TAP; what there was to see is in $rc and $have
result() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; return; fi
    echo "not ok $n - $2"
    printf 'status %s, output: %s\n' "$rc" "$have" | sed 's/^/# /'
}

# what is asked for: a script about other tools defines its own
run() { "$tools/cox" "$@"; }

# is NAME WANTED-STATUS WANTED-OUTPUT ARGUMENT...: output is standard output and standard error
is() {
    name=$1 status=$2 output=$3
    shift 3
    have=$(run "$@" 2>&1)
    rc=$?
    [ "$rc" = "$status" ] && [ "$have" = "$output" ]
    result $? "$name"
}

# has NAME WANTED-STATUS TEXT ARGUMENT...: output contains TEXT
has() {
    name=$1 status=$2 text=$3
    shift 3
    have=$(run "$@" 2>&1)
    rc=$?
    case $have in
    *"$text"*) [ "$rc" = "$status" ] ;;
    *) false ;;
    esac
    result $? "$name"
}

# refused NAME WANTED-STATUS TEXT ARGUMENT...: as has, and the document is what it was
refused() {
    cp "$CIB_file" "$tmp/before"
    has "$@"
    n=$((n + 1))
    if cmp -s "$tmp/before" "$CIB_file"; then echo "ok $n - $1: nothing is changed"; else echo "not ok $n - $1: the document has changed"; fi
}

# kept NAME COMMAND...: the command does not change the file
kept() {
    name=$1
    shift
    cp "$CIB_file" "$tmp/before"
    "$@" >/dev/null 2>&1
    n=$((n + 1))
    if cmp -s "$tmp/before" "$CIB_file"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}

# document TEXT [SECTIONS]: a new document with TEXT as resources, and other sections of the configuration
document() {
    cat >"$CIB_file" <<END
<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="5" num_updates="1" admin_epoch="0" have-quorum="1"><configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o-f" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes><resources>$1</resources><constraints/>$2</configuration><status>
<node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/>
<node_state id="2" uname="n2" in_ccm="true" crmd="online" join="member" expected="member"/></status></cib>
END
}

dummy() { # ID
    echo "<primitive id=\"$1\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"/>"
}

# completes NAME WANTED WORD...: what the shell offers for the last word
completes() {
    name=$1 wanted=$2
    shift 2
    n=$((n + 1))
    "$tools/cox" completion bash >"$tmp/completion"
    have=$(bash -c '. "$0"; COMP_WORDS=(cox "$@"); COMP_CWORD=$#; _cox; echo "${COMPREPLY[*]}"' "$tmp/completion" "$@")
    if [ "$have" = "$wanted" ]; then echo "ok $n - $name"; else echo "not ok $n - $name"; echo "# $have"; fi
}

# long N: a word of that many letters
long() {
    head -c "$1" /dev/zero | tr '\0' x
}
