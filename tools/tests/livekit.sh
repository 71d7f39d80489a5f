# tools/tests/livekit.sh - a running cluster of one node alone for scripts in bash: the real daemons, everything below a folder of ours.  TAP.
# To be sourced; then start_daemons.  The agent ocf:test:Thing is the script's own.
build=$(cd "${top_builddir:-.}" && pwd)
# shellcheck disable=SC2034
tools="$build/tools"
tmp=$(mktemp -d) || exit 1
pids=""
cleanup() {
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    for pid in $pids; do wait "$pid" 2>/dev/null; done
    rm -rf "$tmp"
}
trap cleanup EXIT
n=0

export COX_CLUSTER=local COX_RUN_DIRECTORY="$tmp/run" COX_CIB_DIRECTORY="$tmp/cib" COX_PENGINE_DIRECTORY="$tmp/pe" COX_OCF_ROOT="$tmp/ocf"
export COX_SCHEMA_DIRECTORY="${COX_SCHEMA_DIRECTORY:-$build/schemas}"
export PCMK_logfacility=none PCMK_logfile="$tmp/log"
unset CIB_file CIB_shadow CIB_user
mkdir -p "$tmp/run" "$tmp/cib" "$tmp/pe" "$tmp/ocf/resource.d/test"

# begin FOLDER: the daemon that is made in daemons/FOLDER; $last is its process
begin() {
    "$build/daemons/$1/cox-$1" --keep-user --run-directory "$tmp/run" > /dev/null 2>> "$tmp/errors" &
    last=$!
    pids="$pids $last"
}

# start_daemons: and wait until the node leads itself; $node is its name, $last the controller
start_daemons() {
    for daemon in cibd attrd schedd fenced execd controld; do
        [ -x "$build/daemons/$daemon/cox-$daemon" ] || { echo "1..0 # SKIP cox-$daemon is not built"; exit 0; }
        begin "$daemon"
    done
    # A cluster of one elects itself at once; how long the machine takes to get there is not what is tested.
    for _ in $(seq 600); do
        "$tools/crmadmin" -D > /dev/null 2>&1 && [ "$("$tools/crm_node" -q 2> /dev/null)" = 1 ] && break
        sleep 0.1
    done
    # shellcheck disable=SC2034
    node=$("$tools/crm_node" -n 2> /dev/null)
}

# result NAME: of the command before it, with what it printed in $have
result() {
    rc=$?
    n=$((n + 1))
    if [ "$rc" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; echo "$have" | sed 's/^/# /'; fi
}

# ok NAME COMMAND...: the command succeeds
ok() {
    name=$1
    shift
    have=$(timeout 120 "$@" 2>&1)
    result "$name"
}

# says NAME WANTED-STATUS PATTERN COMMAND...: it ends with the status, and a line of its output matches
says() {
    name=$1 status=$2 pattern=$3
    shift 3
    have=$(timeout 120 "$@" 2>&1)
    rc=$?
    [ "$rc" = "$status" ] && echo "$have" | grep -Eq -- "$pattern"
    result "$name"
}
