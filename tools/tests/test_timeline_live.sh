#!/bin/bash
# The timeline of a running cluster of one node alone: what it keeps, what cox timeline tells of it, and a disk that is full.  TAP.
. "${top_srcdir:-.}/tools/tests/livekit.sh"
export COX_TIMELINE_DIRECTORY="$tmp/timeline"
mkdir "$tmp/timeline"

cat > "$tmp/ocf/resource.d/test/Thing" <<'AGENT'
#!/bin/sh
state="${0%/ocf/*}/thing.$OCF_RESOURCE_INSTANCE"
case $1 in
start) [ "$OCF_RESOURCE_INSTANCE" != bad ] || { echo "ocf-exit-reason:it is bad" >&2; exit 1; }; sleep 0.1; touch "$state" ;;
stop) rm -f "$state" ;;
monitor) [ -e "$state" ] || exit 7 ;;
meta-data) echo '<resource-agent name="Thing"><version>1.1</version><parameters/><actions><action name="start" timeout="20s"/>
<action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>' ;;
*) exit 3 ;;
esac
AGENT
chmod 755 "$tmp/ocf/resource.d/test/Thing"

# soon PATTERN COMMAND...: a line of its output matches, at the latest when all have given up
soon() {
    for _ in $(seq 200); do
        have=$("${@:2}" 2>&1)
        echo "$have" | grep -Eq -- "$1" && return
        sleep 0.1
    done
    return 1
}

says "without a cluster, and without files, it is said what is missing" 102 "timeline' cannot be read" "$tools/cox" timeline
start_daemons
control=$last

"$tools/cox" timeline --follow > "$tmp/followed" 2>&1 &
follower=$!
pids="$pids $follower"
"$tools/cox" timeline --follow --all > "$tmp/followed_all" 2>&1 &
pids="$pids $!"
soon "leads the cluster" cat "$tmp/followed_all"
soon "leads the cluster" cat "$tmp/followed"
result "who follows is told what has been so far"

ok "fencing is given up, for a reason" "$tools/cox" property set fencing-enabled=false --reason "a test has no fencing"
ok "a resource is created" "$tools/cox" resource create thing ocf:test:Thing op monitor interval=10s --wait
ok "and one that cannot start" "$tools/cibadmin" -C -o resources -X '<primitive id="bad" class="ocf" provider="test" type="Thing"/>'
ok "the cluster settles" "$tools/crm_resource" --wait --timeout 50

says "the beginning is kept" 0 "controller began" "$tools/cox" timeline
says "who leads is" 0 "$node +$node leads the cluster" "$tools/cox" timeline
says "a change of the configuration is, with who, how and why" 0 "configuration 0\.[0-9]+, object .* by .* with cox on $node: a test has no fencing" "$tools/cox" timeline
says "a transition is, with its cause" 0 "transition [0-9]+ begins: [0-9]+ actions, because configuration 0\.[0-9]+" "$tools/cox" timeline
says "and with its end and duration" 0 "transition [0-9]+ is over: 0 of [0-9]+ actions failed, took [0-9.]+ m?s" "$tools/cox" timeline
says "an action is, with duration and transition" 0 "start thing: ok, took [0-9.]+ m?s \(transition [0-9]+\)" "$tools/cox" timeline
says "a failure is, with the agent's reason" 0 "start bad: failed, rc 1, took [0-9.]+ m?s: it is bad \(transition [0-9]+\)" "$tools/cox" timeline
says "the stop after it is, because of it" 0 "begins: .* because .*start of bad on $node: rc 1" "$tools/cox" timeline
says "a probe is left out" 1 "^$" sh -c "'$tools/cox' timeline | grep 'monitor thing'"
says "and not kept" 1 "^$" grep -h 'object=thing task=monitor' "$tmp/timeline/timeline"
soon "monitor thing: ok" cat "$tmp/followed_all"
result "who follows all sees it"
[ -z "$(grep 'monitor thing' "$tmp/followed")" ]
result "and who follows without it does not"
says "a resource comes with its transitions" 0 "^..:..:.*transition [0-9]+ begins" "$tools/cox" timeline --resource thing
says "and without what others do" 1 "^$" sh -c "'$tools/cox' timeline --resource thing | grep 'start bad'"
says "what nobody has is nothing" 0 "^$" "$tools/cox" timeline --resource nobody
says "what is too old is left out" 0 "^$" sh -c "sleep 1.1; '$tools/cox' timeline --since PT1S"
says "JSON has it in fields" 0 '"kind": *"action"' "$tools/cox" timeline --json
"$tools/cox" timeline --json | python3 -c '
import json, sys
def events(tree):
    if isinstance(tree, dict):
        if tree.get("kind") == "action" and tree.get("task") == "start":
            yield tree
        tree = list(tree.values())
    for part in tree if isinstance(tree, list) else []:
        yield from events(part)
found = {e["object"]: e for e in events(json.load(sys.stdin))}
assert found["thing"]["outcome"] == "ok" and int(found["thing"]["took_ms"]) >= 100 and found["thing"]["rc"] == "0", found
assert found["bad"]["outcome"] == "failed" and found["bad"]["cause"] == "it is bad" and "@" in found["bad"]["part_of"], found
'
result "and a program can read it"
says "a time that is to come is refused" 64 "still to come" "$tools/cox" timeline --since 2999-01-01
says "what is no time is, too" 2 "a date looks like" "$tools/cox" timeline --since soon
soon "start bad: failed" cat "$tmp/followed"
result "who follows is told as it happens"
[ "$(grep -c 'start thing: ok' "$tmp/followed")" = 1 ]
result "and once"
kill -INT "$follower"; wait "$follower"
result "and ends when it is told to"
[ "$(stat -c %a "$tmp/timeline/timeline")" = 600 ]
result "the file is for the daemons and root"

# Somebody takes the place away: the cluster goes on, and one line of the log says so.
kill "$control"; wait "$control"
says "after its end the files are read" 0 "controller ended" "$tools/cox" timeline
chmod 000 "$tmp/timeline" && mv "$tmp/timeline" "$tmp/away" && : > "$tmp/timeline"
begin controld
soon "Designated" "$tools/crmadmin" -D
result "without a place for it the controller begins all the same"
ok "and works" "$tools/cox" resource create other ocf:test:Thing --wait
[ "$(grep -c CXW053 "$tmp/log")" = 1 ]
result "that lines are lost is said once"
rm "$tmp/timeline" && mv "$tmp/away" "$tmp/timeline" && chmod 755 "$tmp/timeline"
echo "1..$n"
