#!/bin/sh
# The skeleton of the tools as seen from a shell: exit statuses, formats, errors, output files.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"
unset CIB_file
run() { "$@"; }

is "a date is printed in UTC" 0 "Date: 2019-09-23 23:30:00Z" \
    "$tools/iso8601" -d '2019-09-24 00:30:00 +01:00'
is "a wrong date is named and has its status" 2 "iso8601: Invalid date/time specified: 2019-13-01" \
    "$tools/iso8601" -d 2019-13-01
has "the reason is given to those who ask" 2 "13 is not a month" "$tools/iso8601" -V -d 2019-13-01
is "a result that is not the expected one fails" 1 "Date: 2019-01-01 00:00:00Z" \
    "$tools/iso8601" -d 2019-01-01 -E '2019-01-02 00:00:00Z'
has "older clients ask for the version and features" 0 "Pacemaker " "$tools/iso8601" '-!'
is "an unknown option is a usage error" 64 "iso8601: Unknown option --bogus" "$tools/iso8601" --bogus
is "an unknown format is a usage error" 64 \
    "iso8601: Invalid output format 'yaml': use text, xml, json or none" "$tools/iso8601" -d epoch --output-as=yaml
is "format none prints nothing" 2 "" "$tools/iso8601" -d bad --output-as=none
has "XML has errors in its status" 2 '<error>iso8601: Invalid date/time specified: bad</error>' \
    "$tools/iso8601" -d bad --output-as=xml
has "the request is quoted as a shell needs it" 0 "request=\"iso8601 -d '1970-01-01 00:00:00Z' --output-as=xml\"" \
    "$tools/iso8601" -d '1970-01-01 00:00:00Z' --output-as=xml
has "JSON is the same tree" 0 '{"element": "date", "text": "1970-01-01 00:00:00Z"}' \
    "$tools/iso8601" -d epoch --output-as=json
is "local time is that of the zone" 0 "Date: 2020-07-01 12:00:00 +02:00" \
    env TZ=UTC-2 "$tools/iso8601" -L -d '2020-07-01 12:00'
is "output may go to a file" 0 "" "$tools/iso8601" -d epoch --output-to="$tmp/out"
is "and is there" 0 "Date: 1970-01-01 00:00:00Z" cat "$tmp/out"
is "an output file that cannot be made is named" 73 \
    "iso8601: Could not create output file '$tmp/no/out': No such file or directory" \
    "$tools/iso8601" -d epoch --output-to="$tmp/no/out"
if [ -c /dev/full ]; then
    is "a full disk is an error" 74 "iso8601: Could not write the output: check that there is room for it" \
        "$tools/iso8601" -d epoch --output-to=/dev/full
fi
has "the version begins as clients parse it" 0 "Pacemaker 3." "$tools/iso8601" --version
has "help names the options" 0 "--expected=TEXT" "$tools/iso8601" --help-all
has "an exit status has a name" 0 "CRM_EX_NOSUCH - No such object" "$tools/crm_error" -n -X 105
has "what is no code is refused" 64 "'x' is not a code" "$tools/crm_error" x
rule() {
    echo "<rsc_location id='l'><rule id='r'><date_expression id='d' operation='in_range' start='2026-01-01' end='2026-12-31'/></rule></rsc_location>"
}
is "a rule is in effect" 0 "Rule r is still in effect" "$tools/crm_rule" -c -r r -d 2026-06-01 -X "$(rule)"
is "a rule is not yet in effect" 111 "Rule r has not yet taken effect" "$tools/crm_rule" -c -r r -d 2025-06-01 -X "$(rule)"
is "a rule is expired" 110 "Rule r is expired" "$tools/crm_rule" -c -r r -d 2027-06-01 -X "$(rule)"
is "a rule that is not there is named" 105 "Could not determine whether rule q is in effect: Rule not found" \
    "$tools/crm_rule" -c -r q -X "$(rule)"
has "without a cluster there is nothing to ask" 102 "CIB query failed: Not connected" \
    env -u CIB_file -u CIB_shadow "$tools/crm_rule" -c -r q
has "a configuration that is a directory is refused" 66 "CIB query failed" \
    env -u CIB_shadow CIB_file=/ "$tools/crm_rule" -c -r q
cat > "$tmp/tickets.xml" <<'END'
<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="4" num_updates="0" admin_epoch="0">
  <configuration><crm_config/><nodes/><resources><primitive id="a" class="ocf" provider="heartbeat" type="Dummy"/></resources>
    <constraints><rsc_ticket id="c" ticket="T"><resource_set id="s"><resource_ref id="a"/></resource_set></rsc_ticket></constraints></configuration>
  <status/>
</cib>
END
ticket() { env -u CIB_shadow CIB_file="$tmp/tickets.xml" "$tools/crm_ticket" "$@"; }
is "a ticket that nobody knows" 105 "crm_ticket: No such ticket 'T'" ticket -t T -l
has "a ticket is not granted in passing" 4 "cannot be seen from here" ticket -t T -g
is "a ticket is granted" 0 "" ticket -t T --grant --force
has "it says since when" 0 "T	granted	(last-granted=" ticket -L
has "a ticket is not taken back in passing" 4 "loss-policy" ticket -t T -r
is "what depends on it is stopped first" 0 "" ticket -t T --standby
is "it is granted and in standby" 0 "T	granted [standby]" ticket -l
is "an attribute of a person" 0 "" ticket -t T -S owner -v 'A & B'
is "it is read" 0 "A & B" ticket -t T -G owner
has "as it is written" 0 'owner="A &amp; B"' ticket -t T -q
is "and deleted" 0 "" ticket -t T -D owner
is "then there is none" 105 "crm_ticket: ticket 'T' has no attribute 'owner'" ticket -t T -G owner
has "resources of sets depend on it, too" 0 '<resource id="a"/>' ticket --output-as=xml -c
has "what is granted is not cleaned up in passing" 4 "--force" ticket -t T -C
is "its state is forgotten" 0 "" ticket -t T -C --force
is "and it is gone" 0 "" ticket -l
has "a change needs a ticket" 64 "--ticket ID" ticket -g
has "a value needs an attribute" 64 "--set-attr" ticket -t T -v 1
# What --in-place leaves behind counts: two actions, a node that was not known.
cat > "$tmp/sim.xml" <<'CIB'
<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" admin_epoch="0" epoch="7" num_updates="3" have-quorum="1"><configuration><crm_config>
<cluster_property_set id="o"><nvpair id="o-f" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="n1"/></nodes><resources><primitive id="d" class="ocf" provider="pacemaker" type="Dummy"/></resources><constraints/></configuration>
<status><node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/></status></cib>
CIB
ok_simulate() { "$tools/crm_simulate" -Q -x "$tmp/sim.xml" --in-place "$@" > /dev/null && grep -o 'epoch="[0-9]*" num_updates="[0-9]*"' "$tmp/sim.xml" | tail -1; }
has "a probe and a start are two changes of the status" 0 'epoch="7" num_updates="5"' ok_simulate
has "a node that nobody knew is one of the configuration, and its state two more" 0 'epoch="8" num_updates="' ok_simulate -u n2
has "and is there" 0 '<node id="n2" uname="n2"/>' cat "$tmp/sim.xml"
has "a node that left in order has nothing active" 0 'Start      d       (    n2 )' \
    "$tools/crm_simulate" -x "$tmp/sim.xml" -S -d n1
has "what conforms to a later version than it says is read as that" 0 "Transition Summary" sh -c "sed 's/pacemaker-3.9/pacemaker-1.2/; s,<constraints/>,<constraints/><tags><tag id=\"t\"><obj_ref id=\"d\"/></tag></tags>,' $tmp/sim.xml > $tmp/old.xml; $tools/crm_simulate -x $tmp/old.xml -S"
is "a wrong word is refused before the format is known" 64 "crm_resource: Error parsing option --list-options" \
    "$tools/crm_resource" --list-options=asdf --output-as=xml
cp "$tmp/sim.xml" "$tmp/element.xml"
element() { CIB_file="$tmp/element.xml" "$tools/crm_resource" -Q -r d "$@" --element && grep -o ' epoch="[0-9]*"' "$tmp/element.xml"; }
is "an attribute of the element is a change" 0 ' epoch="9"' element -p description -v x
is "the same again counts, too" 0 ' epoch="10"' element -p description -v x
is "its deletion is one" 0 ' epoch="11"' element -d description
is "and so is that of what is not there" 0 ' epoch="12"' element -d description
cat > "$tmp/pending.xml" <<'CIB'
<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" admin_epoch="0" epoch="7" num_updates="3" have-quorum="1"><configuration><crm_config/>
<nodes><node id="1" uname="n1"/></nodes><resources><primitive id="d" class="ocf" provider="pacemaker" type="Dummy"/></resources><constraints/></configuration>
<status><node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"><lrm_resources><lrm_resource id="d" class="ocf"
 provider="pacemaker" type="Dummy"><lrm_rsc_op id="d_last_0" operation_key="d_start_0" operation="start" transition-key="1:2:0:KEY" transition-magic="0:0;1:2:0:KEY"
 call-id="5" rc-code="0" op-status="0" interval="0"/><lrm_rsc_op id="d_monitor_10000" operation_key="d_monitor_10000" operation="monitor" transition-key="1:2:0:KEY"
 transition-magic="-1:193;1:2:0:KEY" call-id="-1" rc-code="193" op-status="-1" interval="10000"/></lrm_resource></lrm_resources></lrm></node_state></status></cib>
CIB
sed -i 's/KEY/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/g' "$tmp/pending.xml"
is "what is pending is the last of a resource's operations, on the node in whose history it is" 0 "d_start_0 (node=n1, call=5, rc=0): Done
d_monitor_10000 (node=n1, call=-1, rc=193): Pending" sh -c "CIB_file=$tmp/pending.xml $tools/crm_resource --list-operations -N n1 | sed 's/.*: d_/d_/'"

# A writer that was killed while it wrote into a file: half a document, and the whole one beside it.
cut="$tmp/cut.xml"
head -c 200 "$tmp/sim.xml" > "$cut"
cut_query() { CIB_file="$cut" "$tools/cibadmin" --query; }
has "a document that is cut off is none" 65 "cut.xml" cut_query
cp "$tmp/sim.xml" "$cut.cox-new"
has "where its writer was killed, the copy is named" 65 "writing it was interrupted, the whole document is in '$cut.cox-new', move that to '$cut'" cut_query
mv "$cut.cox-new" "$cut"
has "and is the document" 0 '<node id="n2" uname="n2"/>' cut_query
ln -s "$tmp/elsewhere" "$cut.cox-new"
has "what lies there when a file is changed is in nobody's way" 0 'rw' \
    sh -c "CIB_file=$cut $tools/crm_attribute --name maintenance-mode --update true && stat -c %A $cut"
have=$(ls "$tmp"/elsewhere "$cut".* 2>&1 | grep -v 'cannot access')
rc=0
[ -z "$have" ]
result $? "nor followed, nor left behind"
echo "1..$n"
