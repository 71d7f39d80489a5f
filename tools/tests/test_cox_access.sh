#!/bin/sh
# Verbs of cox about alerts, permissions and maintenance, on a document in a file.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

document "$(dummy a)$(dummy b)"
is "there are no alerts" 0 "There are no alerts." alert list
has "an alert is made" 0 "+ alert 'alert': path=/bin/true" alert create /bin/true
has "with parameters, meta-attributes, events and an id" 0 "+ nvpair 'mail-meta_attributes-timeout' of 'mail': name=timeout value=5s" \
    alert create /bin/true to=me meta timeout=5s --id mail --select nodes,attributes:rack
has "somebody is told" 0 "+ recipient 'mail-recipient' of 'mail'" alert recipient add mail ann@example.com
has "the list tells all of it" 0 "  * on nodes
  * on attributes:rack
  * to=me
  * meta timeout=5s
  * tells ann@example.com (mail-recipient):" alert list
has "and as JSON" 0 '"value": "ann@example.com"' alert list --json
has "a recipient changes" 0 "value: ann@example.com -> bob@example.com" alert recipient update mail-recipient --value bob@example.com
has "an alert changes" 0 "path: /bin/true -> /bin/false" alert update mail --path /bin/false
has "what has no value goes" 0 "- nvpair 'mail-instance_attributes-to'" alert update mail to=
has "events are the usual ones again" 0 "- select" alert update mail --select ""
refused "an agent that is not there is refused" 5 "alert agent '/nowhere/x' cannot be run on this node: install it on all nodes (--force does without)" \
    alert create /nowhere/x
has "and can be forced" 0 "path=/nowhere/x" alert create /nowhere/x --force --dry-run
refused "a path is whole" 64 "'mail.sh' is no whole path" alert create mail.sh
refused "an unknown alert is refused with the nearest" 105 "alert 'mial' does not exist; did you mean 'mail'?" alert update mial a=b
refused "an unknown meta-attribute" 64 "'timeot' is no meta-attribute of alerts; did you mean 'timeout'?" alert update mail meta timeot=5s
refused "a wrong value" 2 "timeout: 'soon'" alert update mail meta timeout=soon
refused "an unknown kind of event" 64 "'node' is no kind of event; did you mean 'nodes'?" alert update mail --select node
refused "the same recipient twice" 108 "tells 'bob@example.com' already" alert recipient add mail bob@example.com
refused "a value that is no UTF-8" 64 "UTF-8" alert recipient add mail "$(printf 'a\377')"
refused "an id that exists" 108 "'a' exists already" alert create /bin/true --id a
refused "an id that cannot be one" 64 "'1 x' cannot be an id" alert create /bin/true --id "1 x"
refused "one of several that does not exist" 105 "alert 'none' does not exist" alert delete mail none
refused "an unknown recipient" 105 "recipient 'x' does not exist" alert recipient delete x
refused "an option that does nothing there" 64 "alert delete: does nothing with --path" alert delete mail --path /x
has "a very long value is kept whole" 0 "name=to value=xxxx" alert update mail to="$(long 100000)" --dry-run
has "other letters are, too" 0 "name=to value=Bär" alert update mail to=Bär
kept "a dry run changes nothing" "$tools/cox" alert delete mail --dry-run
has "recipients go" 0 "- recipient 'mail-recipient' of 'mail'" alert recipient delete mail-recipient
has "and alerts" 0 "- alert 'mail': path=/bin/false" alert delete mail alert

is "nothing is permitted yet" 0 "Permissions are not enforced: cox property set enable-acl=true" acl list
has "a role is made" 0 "+ acl_permission 'ops-write' of 'ops'" acl role add ops read xpath /cib write id a --description duty
has "it gets more" 0 "+ acl_permission 'ops-deny' of 'ops'" acl role add ops deny type nvpair
has "a user gets it" 0 "+ role 'ops' of 'ann'" acl user add ann ops
has "a group gets it" 0 "+ role 'ops' of 'staff'" acl group add staff ops
is "the list tells who may do what" 0 "Permissions are not enforced: cox property set enable-acl=true
role ops (duty):
  * read xpath /cib (ops-read)
  * write id a (ops-write)
  * deny type nvpair (ops-deny)
user ann: ops
group staff: ops" acl list
has "and as JSON" 0 '"kind": "write"' acl list --json
refused "an unknown kind" 64 "'raed' is no kind of permission; did you mean 'read'?: use read, write, deny" acl role add ops raed xpath /cib
refused "a permission for nothing" 64 "'read': what?  Add xpath QUERY, id ID or type ELEMENT" acl role add ops read
refused "a query that is none" 65 "//[" acl role add ops read xpath "//["
refused "a very long query" 65 "" acl role add ops read xpath "//$(long 70000)"
refused "an id that is none" 105 "'zz' is the id of nothing" acl role add ops read id zz
refused "an unknown role" 105 "role 'op' does not exist; did you mean 'ops'?" acl user add bob op
refused "a good one and a bad one" 105 "role 'dev' does not exist" acl user add bob ops dev
refused "a user without roles" 105 "user 'bob' has no roles" acl user remove bob
refused "a role that he does not have" 105 "user 'ann' has no role 'dev'" acl user remove ann dev
refused "a permission that it does not have" 105 "role 'ops' has no permission 'x'" acl role remove ops x
refused "the id of something else" 108 "'a' exists already" acl role add a read xpath /cib
kept "a dry run changes nothing" "$tools/cox" acl role remove ops --dry-run
has "a role goes with all who have it" 0 "- acl_target 'ann'" acl role remove ops
has "waiting needs a cluster" 64 "--wait: a document in a file has no cluster" acl user add ann ops --wait

document "$(dummy a)$(dummy b)"
is "nothing is in maintenance" 0 "Nothing is in maintenance." maintenance list
has "maintenance of all ends by itself" 0 "+ date_expression 'cluster-maintenance-mode-until-end'" maintenance on --until 2h
n=$((n + 1))
if "$tools/crm_simulate" -S -x "$CIB_file" | grep -q "Start" || ! "$tools/crm_simulate" -S -x "$CIB_file" -t 2040-01-01 | grep -q "Start  *a"; then
    echo "not ok $n - it counts until then and not after"
else
    echo "ok $n - it counts until then and not after"
fi
has "for good instead" 0 "- nvpair 'cluster-maintenance-mode-until-value': name=maintenance-mode value=true" maintenance on
has "off takes away both" 0 "- nvpair 'o-maintenance-mode'" maintenance off
has "of a node" 0 "end=2040-01-31 12:00:00Z" node maintenance n1 n2 on --until 2040-01-31T12:00:00Z --json
is "the list says until when" 0 "node n1 until 2040-01-31 12:00:00Z
node n2 until 2040-01-31 12:00:00Z" maintenance list
n=$((n + 1))
if "$tools/crm_simulate" -S -x "$CIB_file" -t 2039-01-01 | grep -q "Start" || ! "$tools/crm_simulate" -S -x "$CIB_file" -t 2041-01-01 | grep -q "Start  *a"; then
    echo "not ok $n - nodes are left alone until then and not after"
else
    echo "ok $n - nodes are left alone until then and not after"
fi
has "of a node it goes" 0 "- nvpair 'nodes-1-maintenance-until-value' of '1': name=maintenance value=true" node maintenance n1 off
has "of a resource" 0 "+ nvpair 'a-maintenance-until-value' of 'a': name=maintenance value=true" resource maintenance a on --until PT1H
has "as JSON" 0 '"kind": "resource"' maintenance list --json
refused "on or off" 64 "resource maintenance: 'perhaps' is not known: use on or off" resource maintenance a perhaps
refused "off has no end" 64 "--until says when it ends, and off ends it now" maintenance off --until PT1H
refused "a time that has passed" 64 "--until 2001-01-01: that has passed already" maintenance on --until 2001-01-01
refused "what is no time" 2 "soon" maintenance on --until soon
refused "an unknown node" 105 "node 'n3' does not exist; did you mean 'n1'?" node maintenance n1 n3 on
refused "an unknown resource" 105 "resource 'c' does not exist" resource maintenance a c on
kept "a dry run changes nothing" "$tools/cox" maintenance on --until PT1H --dry-run

unset CIB_file
has "without a cluster it is told what is missing" 102 "cox: " alert list
CIB_file=$tmp/cib.xml
export CIB_file

completes "the shell completes three words" "add remove" acl role ""
completes "and words beside arguments" "list on off" maintenance ""
completes "and verbs within verbs" "add update delete" alert recipient ""
echo "1..$n"
