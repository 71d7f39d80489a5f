#!/bin/sh
# Verbs of cox about tickets and utilization, on a document in a file.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

document "$(dummy a)$(dummy b)"
is "there are no tickets" 0 "There are no tickets." ticket list
"$tools/cox" constraint ticket siteA a --loss-policy stop --id c >/dev/null
is "a ticket that only a constraint names is not granted" 0 "siteA: not granted:
  * a: without it stop (c)" ticket list
refused "granting is not done in passing" 4 "whether another site has ticket 'siteA' cannot be seen from here" ticket grant siteA
has "a dry run shows what the cluster would do" 0 "* Start      a" ticket grant siteA --force --dry-run
kept "and changes nothing" "$tools/cox" ticket grant siteA --force --dry-run
has "forced, it is granted" 0 "+ ticket_state 'siteA': granted=true" ticket grant siteA --force
is "what is so already is no change" 0 "Nothing to change: it is so already." ticket grant siteA
has "the list says since when" 0 "siteA: granted, last granted 20" ticket list
has "and as JSON" 0 '"granted": "true"' ticket list --json
refused "revoking while things run is forced" 4 "stop that in order with standby first, or give --force" ticket revoke siteA
has "standby is not" 0 "standby: (none) -> true" ticket standby siteA
has "then revoking is not, either" 0 "granted: true -> false" ticket revoke siteA
has "activate" 0 "standby: true -> false" ticket activate siteA
has "what is known of it goes" 0 "- ticket_state 'siteA'" ticket forget siteA
refused "an unknown ticket is answered with the nearest" 105 "ticket 'siteB' does not exist: no constraint names it; did you mean 'siteA'?" \
    ticket standby siteB
refused "a name that is none" 64 "cannot be the name of a ticket" ticket grant "a'b" --force
refused "other letters that are no UTF-8" 64 "cannot be the name of a ticket" ticket grant "$(printf '\377')" --force
has "other letters that are" 0 "ticket_state 'Zürich'" ticket grant Zürich --force
refused "a very long unknown name" 105 "does not exist" ticket standby "$(long 5000)"
refused "too many words" 64 "ticket grant: too many arguments" ticket grant siteA siteB
has "waiting needs a cluster" 64 "--wait: a document in a file has no cluster" ticket standby siteA --wait

is "utilization does not count by itself" 0 \
    "Utilization does not count (placement-strategy=default): cox property set placement-strategy=balanced, utilization or minimal
node n1:
node n2:" utilization list
has "a resource needs something" 0 "+ nvpair 'a-utilization-cpu' of 'a': name=cpu value=3" resource utilization a cpu=3
is "and says so" 0 "cpu=3" resource utilization a
"$tools/cox" node utilization n1 cpu=8 >/dev/null
"$tools/cox" property set placement-strategy=balanced >/dev/null
is "the list tells of both" 0 "Utilization counts (placement-strategy=balanced)
node n1:
  * cpu: 0 of 8 used, 8 free
node n2:
resource a needs cpu=3" utilization list
has "as JSON" 0 '"name": "cpu", "value": "8", "used": "0", "free": "8"' utilization list --json
refused "a need is a whole number" 64 "cpu=much: utilization is a whole number" resource utilization a cpu=much
refused "and a capacity, too" 64 "cpu=1.5: utilization is a whole number" node utilization n1 cpu=1.5
refused "a good one and a bad one" 64 "ram=-1" resource utilization a cpu=5 ram=-1
refused "an unknown resource" 105 "resource 'aa' does not exist; did you mean 'a'?" resource utilization aa cpu=1
refused "an unknown node" 105 "node 'n11' does not exist; did you mean 'n1'?" node utilization n11 cpu=1
"$tools/cox" group add g a b >/dev/null
refused "a group needs nothing itself" 64 "'g' is a group: only single resources need something" resource utilization g cpu=1
kept "a dry run changes nothing" "$tools/cox" resource utilization a cpu=4 --dry-run
completes "the shell completes acts" "list grant revoke standby activate forget" ticket ""
echo "1..$n"
