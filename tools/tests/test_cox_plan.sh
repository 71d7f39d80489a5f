#!/bin/sh
# Declarative files: cox export, plan, apply and confirm, on a document in a file.  TAP.
top="${top_srcdir:-.}"
. "$top/tools/tests/coxkit.sh"

same="Nothing to change: it is so already."
cp "$top/doc/demo/web.xml" "$CIB_file"
cp "$CIB_file" "$tmp/before"
"$tools/cox" export >"$tmp/site.yaml"
has "an export says of which version it is" 0 "# The configuration of the cluster, version 0." export
has "and is a file for people" 0 "- location: site-likes-n1
  rsc: site
  node: n1
  score: 50" export
is "what is exported is no change" 0 "$same" plan "$tmp/site.yaml"
is "twice neither" 0 "$same" plan "$tmp/site.yaml"
have=$("$tools/cox" export | "$tools/cox" plan - 2>&1)
[ "$have" = "$same" ]
result $? "through a pipe neither"
has "as JSON" 0 '"yaml": "' export --json

sed 's/score: 50/score: 70/' "$tmp/site.yaml" >"$tmp/new.yaml"
has "a plan shows what changes" 0 "  ~ rsc_location 'site-likes-n1': score: 50 -> 70" plan "$tmp/new.yaml"
has "what changes, as JSON" 0 '"operation": "change", "object": "rsc_location", "id": "site-likes-n1"' plan "$tmp/new.yaml" --json
printf 'constraints: []\n' >"$tmp/new.yaml"
has "a section alone is a file, and what is not in it goes" 0 "  - rsc_location 'site-likes-n1': rsc=site node=n1 score=50" plan "$tmp/new.yaml"
sed 's/192.0.2.10/192.0.2.11/' "$tmp/site.yaml" >"$tmp/new.yaml"
has "a plan shows what the cluster would do" 0 "  * Restart    address     (    n1 )  due to resource definition change" plan "$tmp/new.yaml"
printf 'constraints:\n- order:\n  first: address\n  then: web\n- location:\n  rsc: site\n  node: n1\n  score: 50\n' >"$tmp/new.yaml"
has "what has no id gets one" 0 "+ rsc_order 'order-address-web': first=address then=web" plan "$tmp/new.yaml"
printf 'constraints:\n- location:\n  rsc: site\n  node: n1\n  score: 50\n' >"$tmp/new.yaml"
is "what is there keeps the one it has" 0 "$same" plan "$tmp/new.yaml"

printf 'constraints:\n- location: x\n  rcs: site\n' >"$tmp/new.yaml"
is "an unknown key is refused with its place and the nearest" 65 \
    "cox: $tmp/new.yaml: line 3, column 3: 'rcs' is no key of location 'x'; did you mean 'rsc'?" plan "$tmp/new.yaml"
printf 'constraints:\n- location: x\n  rsc: nobody\n  node: n1\n  score: 1\n' >"$tmp/new.yaml"
has "what the schema refuses is refused" 78 "nobody" plan "$tmp/new.yaml"
printf 'a: [b\n' >"$tmp/new.yaml"
has "what is no YAML is refused" 65 "new.yaml: line 2, column 1: " plan "$tmp/new.yaml"
printf '\377\376\0' >"$tmp/new.yaml"
has "what is no text is refused" 65 "new.yaml: byte 0: " plan "$tmp/new.yaml"
has "a file that is not there is told" 66 "$tmp/none.yaml: cannot be read: No such file or directory" plan "$tmp/none.yaml"
has "a directory is no file" 66 "cannot be read: Is a directory" plan "$tmp"
has "both from standard input is too much" 64 "cannot both be standard input" plan - --cib -
cmp -s "$tmp/before" "$CIB_file"
result $? "a plan never writes"

# name_of FILE: how the plan is called now
name_of() {
    "$tools/cox" plan "$1" | sed -n 's/^This and nothing else: cox apply FILE --plan //p'
}

# until_gone PID: wait until the process has ended; false after a minute
until_gone() {
    for _ in $(seq 600); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

# process_of: who waits for the confirmation, from the output of apply in $have
process_of() {
    printf '%s\n' "$have" | sed -n 's/.*by process \([0-9]*\)\.$/\1/p'
}

sed 's/score: 50/score: 70/' "$tmp/site.yaml" >"$tmp/new.yaml"
plan=$(name_of "$tmp/new.yaml")
have=$plan
[ ${#plan} = 12 ] && [ "$plan" = "$(name_of "$tmp/new.yaml")" ]
result $? "a plan has a name that stays the same"
"$tools/cox" property set batch-limit=7 >/dev/null
has "after another change it is out of date and nothing is made" 103 "plan '$plan' is out of date" apply "$tmp/new.yaml" --plan "$plan"
"$tools/cox" property set batch-limit= >/dev/null
has "also when the configuration only looks the same again" 103 "plan '$plan' is out of date" apply "$tmp/new.yaml" --plan "$plan"
plan=$(name_of "$tmp/new.yaml")
cp "$CIB_file" "$tmp/before"
has "apply can be tried" 0 "This and nothing else: cox apply FILE --plan $plan" apply "$tmp/new.yaml" --dry-run
cmp -s "$tmp/before" "$CIB_file"
result $? "which changes nothing"
is "apply makes what was shown" 0 "  ~ rsc_location 'site-likes-n1': score: 50 -> 70" apply "$tmp/new.yaml" --plan "$plan"
is "twice is once" 0 "$same" apply "$tmp/new.yaml" --plan "$plan"
is "and the file is what is there" 0 "$same" plan "$tmp/new.yaml"
printf 'constraints:\n- location: x\n  rsc: nobody\n  node: n1\n  score: 1\n' >"$tmp/bad.yaml"
cp "$CIB_file" "$tmp/before"
has "what the schema refuses is not made" 78 "nobody" apply "$tmp/bad.yaml" --confirm-within 600s
cmp -s "$tmp/before" "$CIB_file"
result $? "not even a part"

has "nobody waits for what was not made so" 105 "plan '$plan' does not wait on this node" confirm "$plan"
has "a time must be one" 64 "--confirm-within: 'soon' is no time above 0" apply "$tmp/site.yaml" --confirm-within soon
is "nothing to change is nothing to confirm" 0 "$same" apply "$tmp/new.yaml" --confirm-within 600s
have=$("$tools/cox" apply "$tmp/site.yaml" --confirm-within 600s 2>&1)
plan=$(printf '%s\n' "$have" | sed -n 's/.*: cox confirm //p')
pid=$(process_of)
[ -n "$plan" ] && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
result $? "a process waits for a confirmation"
is "which comes" 0 "" confirm "$plan"
have=$pid
until_gone "$pid"
result $? "and ends it"
is "the change stays" 0 "$same" plan "$tmp/site.yaml"
has "there is nothing to confirm any more" 105 "does not wait on this node" confirm "$plan"
have=$("$tools/cox" apply "$tmp/new.yaml" --confirm-within 2s 2>&1)
pid=$(process_of)
"$tools/cox" property set batch-limit=9 >/dev/null
until_gone "$pid"
result $? "what nobody confirms ends by itself"
has "and is taken back" 0 "score: 50" export
has "but not what others have changed" 0 "batch-limit: 9" export

unset CIB_file
is "another document than the environment's" 0 "$same" plan "$tmp/site.yaml" --cib "$top/doc/demo/web.xml"
bad=""
for input in "$top"/cts/scheduler/cases/group-*/input.xml "$top"/cts/scheduler/cases/bundle*/input.xml; do
    have=$("$tools/cox" export --cib "$input" | "$tools/cox" plan - --cib "$input" 2>&1)
    [ "$have" = "$same" ] || bad="$bad $input: $have"
done
have=$bad
[ -z "$bad" ]
result $? "nor is it a change in documents of other shapes"
echo "1..$n"
