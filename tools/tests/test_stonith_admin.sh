#!/bin/sh
# stonith_admin, attrd_updater and what crm_resource knows of fence agents, without a cluster: agents of this machine, refusals, and what is said when nothing runs.
top=${top_srcdir:-.} tools=${top_builddir:-.}/tools
COX_FENCE_DIRECTORY=$top/agents/fence COX_RUN_DIRECTORY=/nonexistent/cox
export COX_FENCE_DIRECTORY COX_RUN_DIRECTORY
n=0

# expect STATUS TEXT COMMAND...: TEXT is in what it prints
expect() {
    status=$1 text=$2
    shift 2
    n=$((n + 1))
    out=$(timeout 60 "$tools/$@" 2>&1)
    got=$?
    case $out in
        *"$text"*) [ "$got" = "$status" ] && { echo "ok $n - $*"; return; } ;;
    esac
    echo "not ok $n - $*"
    echo "# status $got instead of $status, or no '$text' in: $out" | head -20
}

echo 1..17
expect 0 "1 fence device found" stonith_admin -I
expect 0 '<list name="Installed fence devices" count="1">' stonith_admin --list-installed --output-as=xml
expect 0 '<resource-agent name="fence_coxlab"' stonith_admin --metadata --agent fence_coxlab
expect 0 '<resource-agent name="fence_coxlab"' crm_resource --show-metadata stonith:fence_coxlab
expect 5 "fence_nothere" crm_resource --show-metadata stonith:fence_nothere
expect 5 "fence_nothere" stonith_admin -M -a fence_nothere
expect 0 '<validate agent="fence_coxlab" valid="true">' stonith_admin --validate --output-as xml --agent fence_coxlab --option plug=n1
expect 1 "behaviour 'odd'" stonith_admin --validate --output-as xml --agent fence_coxlab --option behaviour=odd
expect 64 "specify an agent" stonith_admin -K
expect 64 "specify a command" stonith_admin
expect 102 "Not connected: start the cluster" stonith_admin --register dev --agent fence_coxlab
expect 102 "Not connected" stonith_admin --fence n1
expect 102 '<status code="102" message="Not connected">' stonith_admin -L --output-as=xml
expect 64 "Must specify one of" attrd_updater -n a
expect 64 "require --delay" attrd_updater -n a -B 1
expect 64 "one of no, local, cluster" attrd_updater -n a -U 1 -W soon
expect 102 "Not connected" attrd_updater -p -n a -Q -N n1
