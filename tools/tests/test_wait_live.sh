#!/bin/bash
# crm_resource --wait while a node is there and has not joined: it cannot tell what it runs before its executor is there.  TAP.
. "${top_srcdir:-.}/tools/tests/livekit.sh"

for daemon in cibd attrd schedd fenced controld; do
    [ -x "$build/daemons/$daemon/cox-$daemon" ] || { echo "1..0 # SKIP cox-$daemon is not built"; exit 0; }
    begin "$daemon"
done
echo "1..4"
for _ in $(seq 600); do
    "$tools/crmadmin" -D >/dev/null 2>&1 && break
    sleep 0.1
done
node=$("$tools/crm_node" -n)
says "it is waited for" 124 "Node $node: has not joined" "$tools/crm_resource" --wait --timeout 2s
begin execd
ok "until it has" "$tools/crm_resource" --wait --timeout 60s
says "then it is part of the cluster" 0 "<node name=\"$node\" [^>]* online=\"true\" [^>]* pending=\"false\"" "$tools/crm_mon" -1 --output-as=xml
says "and says what it can do" 0 "<node name=\"$node\" [^>]* feature_set=\"3.20.5\"" "$tools/crm_mon" -1 --output-as=xml
