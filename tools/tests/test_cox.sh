#!/bin/sh
# The verbs of cox that change a configuration, on a document in a file: what they print, what the document has then, what is refused.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

document "$(dummy a)$(dummy b)"
is "an option that is set is told" 0 "  + nvpair 'o-no-quorum-policy': name=no-quorum-policy value=freeze" property set no-quorum-policy=freeze
is "what is so already is no change" 0 "Nothing to change: it is so already." property set no-quorum-policy=freeze
is "a changed value is told with the old one" 0 "  ~ nvpair 'o-no-quorum-policy': no-quorum-policy: freeze -> stop" property set no-quorum-policy=stop
is "an empty value takes it away" 0 "  - nvpair 'o-no-quorum-policy': name=no-quorum-policy value=stop" property set no-quorum-policy=
is "settings are listed" 0 "stonith-enabled=false" property list
is "a setting that is not there is no success" 105 "cox: 'batch-limit' is not set" property list batch-limit
is "an unknown option is refused with the nearest" 64 \
    "cox: 'no-quorum-polcy' is no option that is known; did you mean 'no-quorum-policy'? (--force sets it all the same)" property set no-quorum-polcy=stop
is "a wrong value is refused with what is allowed" 2 "cox: no-quorum-policy: 'maybe' is not valid: use stop|freeze|ignore|demote|fence|suicide" \
    property set no-quorum-policy=maybe
has "force sets what is not known" 0 "name=mine value=1" property set mine=1 --force
is "what is no pair is refused" 64 "cox: 'x' is not NAME=VALUE" property set x
has "defaults of resources have a set of their own" 0 "+ nvpair 'rsc_defaults-options-resource-stickiness': name=resource-stickiness value=1" \
    defaults resource resource-stickiness=1
is "defaults are listed" 0 "resource-stickiness=1" defaults resource
has "defaults of operations, too" 0 "name=timeout value=30s" defaults operation timeout=30s

is "a constraint is made" 0 "  + rsc_location 'location-a-n1-50': rsc=a node=n1 score=50" constraint location a n1=50
has "twice the same is refused" 108 "constraint 'location-a-n1-50' says the same" constraint location a n1=50
has "with an id of one's own" 0 "+ rsc_colocation 'mine': rsc=a with-rsc=b score=-INFINITY" constraint colocation a b --id mine --score -INFINITY
has "an order with a kind" 0 "+ rsc_order 'order-a-b': first=a then=b kind=Optional" constraint order a b --kind optional
has "a ticket" 0 "+ rsc_ticket 'ticket-T-a': rsc=a ticket=T" constraint ticket T a --loss-policy stop
has "a node that does not exist is refused" 105 "node 'n3' does not exist; did you mean 'n1'?" constraint location a n3
is "constraints go by their ids" 0 "  - rsc_order 'order-a-b': first=a then=b kind=Optional" constraint delete order-a-b
has "and are told when they do not exist" 105 "constraint 'mien' does not exist; did you mean 'mine'?" constraint delete mien
is "an option that does nothing there is refused" 64 "cox: constraint order: does nothing with --score (cox help constraint order)" \
    constraint order a b --score 5

has "a group is made" 0 "+ group 'g'" group add g a b
has "a member leaves" 0 "+ primitive 'b': ocf:heartbeat:Dummy" group remove g b --dry-run
kept "a dry run changes nothing" "$tools/cox" group remove g --dry-run
has "a clone takes the group and meta-attributes" 0 "name=clone-max value=2" clone create g clone-max=2
has "a clone goes" 0 "- clone 'g-clone'" clone remove g

has "a dry run shows what the cluster would do" 0 "  * Start      a       (    n1 )" constraint delete ticket-T-a --dry-run
has "a stop is for the named one" 0 "+ nvpair 'g-meta_attributes-target-role' of 'g': name=target-role value=Stopped" stop g
is "a start takes that away" 0 "  - nvpair 'g-meta_attributes-target-role' of 'g': name=target-role value=Stopped" start g
has "a move is a constraint with a known id" 0 "+ rsc_location 'cli-prefer-g': rsc=g node=n2 score=INFINITY role=Started" move g n2
has "a ban takes the place of a move there" 0 "+ rsc_location 'cli-ban-g-on-n2': rsc=g node=n2 score=-INFINITY role=Started" ban g n2
has "that it takes away" 0 "- rsc_location 'cli-ban-g-on-n2'" clear g
has "an end is a rule" 0 "+ date_expression 'cli-prefer-lifetime-end-g'" move g n1 --until PT1H
has "what runs nowhere cannot be moved away" 105 "resource 'g' runs nowhere: name a node" move g
has "a wrong time is refused" 2 "soon" move g n1 --until soon
has "standby is an attribute of the node" 0 "+ nvpair 'nodes-1-standby' of '1': name=standby value=on" node standby n1
has "and goes" 0 "- nvpair 'nodes-1-standby'" node unstandby n1
has "attributes of a node are set" 0 "name=rack value=7" node attribute n1 rack=7
is "and shown" 0 "rack=7" node attribute n1
has "utilization has sets of its own" 0 "+ nvpair 'nodes-1-utilization-cpu' of '1': name=cpu value=8" node utilization n1 cpu=8
has "maintenance of all" 0 "name=maintenance-mode value=true" maintenance on
has "maintenance of one node" 0 "name=maintenance value=true" node maintenance n2 on
is "on or off" 64 "cox: maintenance: 'yes' is not known: use on or off" maintenance yes
has "tags" 0 "+ obj_ref 'a' of 't'" tag add t a b
has "of what exists" 105 "'zz' is the id of nothing" tag add t zz
has "a tag goes with its last object" 0 "- tag 't'" tag remove t a b

has "a resource takes along what refers to it" 0 "- rsc_colocation 'mine'" resource delete b
has "an unknown one is refused with the nearest" 105 "resource 'aa' does not exist; did you mean 'a'?" resource delete aa
kept "all or nothing" "$tools/cox" resource delete a aa
has "meta-attributes of a group" 0 "name=priority value=3" resource update g meta priority=3
has "which has no parameters" 64 "'g' is a group: it has meta-attributes only" resource update g x=1

has "without a cluster there is nobody to ask" 64 "--wait: a document in a file has no cluster" stop a --wait
has "an unknown agent can be forced" 0 "+ primitive 'u': ocf:none:Nothing" resource create u ocf:none:Nothing x=1 --force
has "and is refused otherwise" 5 "agent 'ocf:none:Nothing' cannot be asked for its metadata on this node" resource create v ocf:none:Nothing
has "units have no parameters to check" 0 "+ op 's-monitor-interval-60s' of 's': name=monitor interval=60s" resource create s systemd:thing --clone
has "an id must be free" 108 "'a' exists already: it is the id of a primitive" resource create a systemd:thing
has "and good" 64 "'1x' cannot be an id" resource create 1x systemd:thing
has "places are in a group" 64 "--after and --before are places in a group" resource create x systemd:thing --after a
has "not valid in the schema: nothing is made" 78 "role" resource update a op monitor interval=7s role=King
kept "nothing is made of it" "$tools/cox" resource update a op monitor interval=7s role=King

ka="${top_srcdir:-.}/cts/keepalived/cases"
has "a keepalived.conf becomes resources" 0 "    agent: ocf:coxswain:VirtualRouter" convert keepalived "$ka/01-simple.conf"
has "adverts decide if they shall" 0 "      authority: vrrp" convert keepalived "$ka/01-simple.conf" --authority vrrp
has "lines for another node are left out" 0 "      priority: 200" convert keepalived "$ka/06-conditions.conf" --config-id backup
has "what is wrong in it has its place" 78 "24-broken.conf:3:23: '300' of 'virtual_router_id' is not a number from 1 to 255" convert keepalived "$ka/24-broken.conf"
has "a word for who decides that is none" 64 "--authority 'me' must be cluster or vrrp" convert keepalived "$ka/01-simple.conf" --authority me

has "words that only begin a verb list them" 64 "resource create NAME AGENT [WORD]..." resource
has "a verb that does not exist" 64 "'resorce' is no verb; did you mean 'resource" resorce
has "too few arguments" 64 "move: too few arguments: cox move RESOURCE [NODE]" move
has "help tells the options" 0 "--dry-run" help move
has "options after a classic tool are that tool's" 0 "Cluster Summary" monitor -1
has "changes as JSON" 0 '{"element": "change", "operation": "add", "object": "nvpair"' property set batch-limit=5 --json

"$tools/cox" completion bash >"$tmp/completion"
n=$((n + 1))
words=$(bash -c ". '$tmp/completion'; COMP_WORDS=(cox group r); COMP_CWORD=2; _cox; echo \"\${COMPREPLY[*]}\"; COMP_WORDS=(cox node maintenance n1 o); COMP_CWORD=4; _cox; \
    echo \"\${COMPREPLY[*]}\"; COMP_WORDS=(cox move --u); COMP_CWORD=2; _cox; echo \"\${COMPREPLY[*]}\"" | tr '\n' '|')
if [ "$words" = "remove|on off|--until=|" ]; then echo "ok $n - the shell completes verbs, arguments and options"
else echo "not ok $n - the shell completes verbs, arguments and options"; echo "# $words"; fi
echo "1..$n"
