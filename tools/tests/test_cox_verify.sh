#!/bin/sh
# cox verify: each kind of problem has an object, a place and a fix; and changes warn of what they would make wrong.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

COX_OCF_ROOT=$tmp/ocf
COX_FENCE_DIRECTORY=$tmp/fence
export COX_OCF_ROOT COX_FENCE_DIRECTORY
mkdir -p "$tmp/ocf/resource.d/test"
cat >"$tmp/ocf/resource.d/test/Thing" <<'END'
#!/bin/sh
cat <<'XML'
<resource-agent name="Thing"><version>1.1</version><parameters>
<parameter name="port" required="0"><content type="integer" default="80"/></parameter>
<parameter name="path" required="1"><content type="string"/></parameter>
<parameter name="fast"><content type="boolean"/></parameter></parameters><actions><action name="start" timeout="60s"/><action name="stop" timeout="10s"/>
<action name="monitor" timeout="30s" interval="10s"/></actions></resource-agent>
XML
END
chmod 755 "$tmp/ocf/resource.d/test/Thing"

thing() { # PARAMETERS OPERATIONS
    echo "<primitive id=\"t\" class=\"ocf\" provider=\"test\" type=\"Thing\"><instance_attributes id=\"t-p\">$1</instance_attributes><operations>$2</operations></primitive>"
}
pair() { echo "<nvpair id=\"p-$1\" name=\"$1\" value=\"$2\"/>"; } # NAME VALUE
device() { # ID NODES
    echo "<primitive id=\"$1\" class=\"stonith\" type=\"fence_none\"><instance_attributes id=\"$1-p\"><nvpair id=\"$1-l\" name=\"pcmk_host_list\" value=\"$2\"/></instance_attributes></primitive>"
}

# finds NAME TEXT AT FIX: cox verify ends with 78 and prints these three lines
finds() {
    has "$1" 78 "$2
    at: $3
    fix: $4" verify
}

document "$(dummy a)"
has "what is well is said to be" 0 "0 errors, 0 warnings" verify
document "$(thing "$(pair path /x)$(pair prot 80)" "")"
finds "a parameter that the agent does not know" "warning: resource 't' has parameter 'prot', which agent 'Thing' does not know; did you mean 'port'?" t \
    "cox resource update t prot="
document "$(thing "$(pair port 80)" "")"
finds "one that it lacks" "warning: resource 't' lacks parameter 'path', which agent 'Thing' needs" t "cox resource update t path=VALUE"
document "$(thing "$(pair path /x)$(pair port eighty)" "")"
finds "one of the wrong type" "warning: resource 't': port='eighty' is no integer, which agent 'Thing' wants" t "cox resource update t port=80"
document "$(thing "$(pair path /x)$(pair fast maybe)" "")"
finds "a boolean that is none" "fast='maybe' is no boolean, which agent 'Thing' wants" t "cox resource update t fast=VALUE"
document "$(thing "$(pair path /x)" "<op id=\"t-o\" name=\"monitor\" interval=\"10s\" timeout=\"5s\"/>")"
has "a time limit below the advised is told, as advice" 0 "advice: resource 't': monitor may take 5 s, its agent 'Thing' advises 30 s
    at: t
    fix: cox resource update t op monitor interval=10s timeout=30s" verify
has "so is a default" 0 "start may take 20 s (the default), its agent 'Thing' advises 60 s" verify
fix=$("$tools/cox" verify | sed -n 's/^    fix: \(cox .*monitor.*\)/\1/p')
sh -c "$tools/$fix" >/dev/null 2>&1
has "the fix can be pasted" 0 "0 errors, 0 warnings, 1 piece of advice" verify

mkdir "$tmp/fence"
cat >"$tmp/fence/fence_old" <<'END'
#!/bin/sh
cat <<'XML'
<resource-agent name="fence_old"><parameters>
<parameter name="ip" required="1" obsoletes="ipaddr"><content type="string"/></parameter>
<parameter name="ipaddr" required="1" deprecated="1"><content type="string"/></parameter></parameters><actions><action name="off"/></actions></resource-agent>
XML
END
chmod 755 "$tmp/fence/fence_old"
document "<primitive id=\"f\" class=\"stonith\" type=\"fence_old\"><instance_attributes id=\"f-p\">$(pair ipaddr 192.0.2.1)</instance_attributes></primitive>"
has "a device may have a parameter by its old name" 0 "0 errors, 0 warnings" verify

document "$(dummy a)" ""
sed -i 's|<constraints/>|<constraints><rsc_location id="l" rsc="a" node="n3" score="5"/></constraints>|' "$CIB_file"
finds "a constraint about a node that is not there" "warning: constraint 'l' is about node 'n3', which does not exist; did you mean 'n1'?" l "cox constraint delete l"
sed -i 's|<constraints>.*</constraints>|<constraints><rsc_location id="l1" rsc="a" node="n1" score="-INFINITY"/><rsc_location id="l2" rsc="a" node="n2" score="-INFINITY"/></constraints>|' "$CIB_file"
finds "a resource that may run nowhere" "warning: resource 'a' may run nowhere: constraints keep it off all 2 nodes" a "cox constraint delete l2"
sed -i 's|<constraints>.*</constraints>|<constraints><rsc_location id="l1" rsc="a" node="n1" score="INFINITY"/><rsc_location id="l2" rsc="a" node="n1" score="-INFINITY"/></constraints>|' "$CIB_file"
finds "a node that is wanted and kept off" "warning: constraints 'l1' and 'l2' contradict each other: one wants 'a' on node 'n1', one keeps it off, which wins" l2 \
    "cox constraint delete l1"
document "$(dummy a)$(dummy b)$(dummy c)"
sed -i 's|<constraints/>|<constraints><rsc_colocation id="c1" rsc="a" with-rsc="b" score="INFINITY"/><rsc_colocation id="c2" rsc="b" with-rsc="a" score="-INFINITY"/></constraints>|' "$CIB_file"
finds "together and apart" "warning: constraints 'c1' and 'c2' contradict each other: 'b' must be where 'a' is, and must not" c2 "cox constraint delete c2"
sed -i 's|<constraints>.*</constraints>|<constraints><rsc_order id="o1" first="a" then="b"/><rsc_order id="o2" first="b" then="c"/><rsc_order id="o3" first="c" then="a"/></constraints>|' "$CIB_file"
has "a loop of orders" 78 "closes a loop" verify
sed -i 's|<constraints>.*</constraints>|<constraints><rsc_order id="sets"><resource_set id="s1"><resource_ref id="a"/><resource_ref id="b"/></resource_set><resource_set id="s2" sequential="false"><resource_ref id="c"/></resource_set></rsc_order><rsc_order id="back" first="c" then="b"/></constraints>|' "$CIB_file"
finds "a loop through sets of an order" "error: constraint 'sets' closes a loop: 'c' starts after 'b', which starts after it" sets "cox constraint delete sets"
sed -i 's|<constraints>.*</constraints>|<constraints><rsc_location id="l" rsc="a"><rule id="r" score="1"><expression id="e1" attribute="x" operation="eq" value="1"/><expression id="e2" attribute="x" operation="eq" value="2"/></rule></rsc_location></constraints>|' "$CIB_file"
has "a rule whose conditions exclude each other" 78 "warning: rule 'r' of 'l' can never be true: two of its conditions exclude each other" verify
sed -i 's|<expression id="e1".*<expression id="e2"[^>]*>|<date_expression id="d" operation="in_range" start="2030-01-02" end="2030-01-01"/>|' "$CIB_file"
has "a rule that ends before it begins" 78 "can never be true" verify
sed -i 's|start="2030-01-02" end="2030-01-01"|start="2000-01-01" end="2000-01-02"|' "$CIB_file"
has "a rule whose time has passed is only told" 0 "advice: rule 'r' of 'l' can never be true again: its time has passed" verify

document "$(device f1 n1)"
sed -i 's/name="stonith-enabled" value="false"/name="stonith-enabled" value="true"/' "$CIB_file"
has "a node that nobody can fence" 78 "warning: node 'n2' is reached by no fence device: when it is lost, what it has is not started elsewhere
    at: n2
    fix: cox fence update f1 pcmk_host_list='... n2', or cox fence create for it" verify
document "$(device f1 n1)$(device f2 n2)" '<fencing-topology><fencing-level id="fl" target="n1" index="1" devices="f3"/><fencing-level id="fm" target="n1" index="2" devices="f2"/></fencing-topology>'
finds "a level with a device that is not there" "warning: level 1 of 'n1' has device 'f3', which does not exist; did you mean 'f1'?" fl "cox fence level remove n1 1"
finds "a level with a device that does not reach" "warning: level 2 of node 'n1' has device 'f2', which does not reach it" fm "cox fence level remove n1 2"
document "$(device f1 n1)$(device f2 n2)"
sed -i 's/name="stonith-enabled" value="false"/name="stonith-enabled" value="true"/' "$CIB_file"
has "two nodes that may fence each other" 78 "neither waits: when they do not see each other, both may go down" verify

document "$(dummy a)$(dummy b)"
"$tools/cox" property set placement-strategy=balanced >/dev/null
for each in "node utilization n1 cpu=4" "node utilization n2 cpu=4" "resource utilization a cpu=3"; do "$tools/cox" $each >/dev/null 2>&1; done
has "room for all when one node is lost" 0 "0 errors, 0 warnings" verify
has "a change that leaves too little says so before it is made" 0 "cox: warning: when node 'n1' is lost there is too little cpu: 6 is needed, the others have 4; fix: cox node utilization NODE cpu=..." \
    resource utilization b cpu=3
finds "and so does verify" "warning: when node 'n2' is lost there is too little cpu: 6 is needed, the others have 4" n2 \
    "cox node utilization NODE cpu=..., or cox resource utilization RESOURCE cpu=..."
has "as JSON" 78 '"severity": "warning", "object": "n1"' verify --json
is "what was wrong before is not said again" 0 "  + nvpair 'o-batch-limit': name=batch-limit value=5" property set batch-limit=5
"$tools/cox" constraint order a b >/dev/null
has "a loop is told before it is made" 0 "closes a loop" constraint order b a --dry-run

sed 's/rsc="a"//; s/first="a"/first="zz"/' "$CIB_file" >"$tmp/bad.xml"
has "a document in a file" 78 "zz" verify --cib "$tmp/bad.xml"
has "that is not there" 66 "$tmp/none" verify --cib "$tmp/none"
echo "<cib" >"$tmp/broken.xml"
has "that is none" 65 "line" verify --cib "$tmp/broken.xml"
echo "1..$n"
