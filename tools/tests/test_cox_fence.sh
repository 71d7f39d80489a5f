#!/bin/sh
# Verbs of cox about fencing, on a document in a file; what a running cluster does is in test_live.sh.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

device() { # ID [NODES]
    echo "<primitive id=\"$1\" class=\"stonith\" type=\"fence_x\"><instance_attributes id=\"$1-p\">${2:+<nvpair id=\"$1-l\" name=\"pcmk_host_list\" value=\"$2\"/>}</instance_attributes></primitive>"
}

document "$(dummy a)"
is "without a device it is told how to make one" 0 "There is no fence device: cox fence create NAME AGENT NAME=VALUE..." fence list
refused "an agent that is not there" 5 "agent 'stonith:fence_none' cannot be asked for its metadata on this node" fence create ipmi fence_none
refused "an agent that fences nobody" 64 "fence create: 'ocf:heartbeat:Dummy' is no fence agent" fence create ipmi ocf:heartbeat:Dummy
has "a device is made" 0 "+ primitive 'ipmi': stonith:fence_none" fence create ipmi fence_none pcmk_host_list=n1 --force
mkdir "$tmp/agents"
cat >"$tmp/agents/fence_input" <<'END'
#!/bin/sh
grep -q '^action=metadata$' && printf '<?xml version="1.0"?>\n<resource-agent name="fence_input"><parameters><parameter name="ip" required="1"><content type="string"/></parameter></parameters><actions/></resource-agent>\n'
END
chmod 755 "$tmp/agents/fence_input"
COX_FENCE_DIRECTORY=$tmp/agents
export COX_FENCE_DIRECTORY
has "an agent is asked on its input, as the fencer asks it" 0 "+ primitive 'pdu': stonith:fence_input" fence create pdu fence_input ip=192.0.2.1
refused "and what it does not know is refused" 64 "'iip'" fence create pdu2 fence_input iip=192.0.2.1
unset COX_FENCE_DIRECTORY
document "$(dummy a)$(device ipmi n1)$(device pdu)"
is "devices are listed with whom they fence" 0 "ipmi (fence_x): fences n1
pdu (fence_x): fences what its agent says" fence list
is "or those for a node" 0 "pdu (fence_x): fences what its agent says" fence list n2
has "as JSON" 0 '"node": "n2", "reached": "no"' fence list --json
refused "a node that does not exist" 105 "node 'n3' does not exist; did you mean 'n1'?" fence list n3
has "a device changes" 0 "pcmk_host_list: n1 -> n2" fence update ipmi pcmk_host_list=n2
refused "what is no device does not" 64 "resource 'a' is no fence device" fence update a x=1
refused "an unknown device" 105 "did you mean 'ipmi'?" fence update ipmmi x=1

is "there are no levels" 0 "There are no levels: any device that can fences a node." fence level list
has "a level is made" 0 "+ fencing-level 'fl-n1-1': devices=ipmi target=n1 index=1" fence level add n1 1 ipmi
has "another for a pattern" 0 "+ fencing-level" fence level add "regexp%n[0-9]" 2 ipmi pdu
is "levels are listed" 0 "n1: level 1: ipmi (fl-n1-1)
regexp%n[0-9]: level 2: ipmi,pdu (fl-regexp.n.0-9.-2)" fence level list
has "as JSON" 0 '"target": "n1", "index": "1", "devices": "ipmi"' fence level list --json
refused "the same level twice" 108 "level 1 of 'n1' is there already, with ipmi: remove it first, or take another number" fence level add n1 1 pdu
refused "a level that is none" 64 "'ten' is no level: use a number from 1 to 9" fence level add n1 ten pdu
refused "a device that is none" 64 "resource 'a' is no fence device" fence level add n1 2 a
refused "an unknown node" 105 "node 'n11' does not exist; did you mean 'n1'?" fence level add n11 1 pdu
refused "a pattern that is none" 64 "no regular expression" fence level add "regexp%(" 1 pdu
refused "a very long pattern with an error" 64 "no regular expression" fence level add "regexp%($(long 5000)" 1 pdu
refused "no UTF-8" 64 "" fence level add "$(printf 'attrib%%a=\377')" 1 pdu
refused "a level that is not there" 105 "'n1' has no level 3" fence level remove n1 3
kept "a dry run changes nothing" "$tools/cox" fence level remove n1 --dry-run
has "a level goes" 0 "- fencing-level 'fl-n1-1'" fence level remove n1 1
has "a device leaves its levels" 0 "fencing-level 'fl-regexp.n.0-9.-2': devices: ipmi,pdu -> pdu" fence delete ipmi
refused "what is no device is not deleted" 64 "resource 'a' is no fence device" fence delete a

document "$(dummy a)$(device ipmi n1)"
has "a dry run tells what would be lost" 0 "Start      a" fence off n1 --dry-run
refused "a node that no device reaches" 105 "no fence device reaches node 'n2': cox fence list shows whom they reach" fence off n2 --dry-run
refused "an unknown node" 105 "node 'n' does not exist" fence reboot n --dry-run
refused "who is a member is not off" 107 "node 'n1' is a member right now, so it is not off: cox fence off n1" fence confirm n1 --dry-run
refused "forced, it is not, either" 107 "is a member right now" fence confirm n1 --force --dry-run
refused "nor who is named by its id" 64 "'1' is the id of node 'n1', and only a name can be confirmed: cox fence confirm n1" fence confirm 1 --force --dry-run
refused "nor one in other letters" 105 "node 'N1' does not exist; did you mean 'n1'?" fence confirm N1 --force --dry-run
refused "nor an unknown one" 105 "node 'n3' does not exist" fence confirm n3 --force --dry-run
refused "a document in a file fences nobody" 64 "a document in a file has no cluster that could do this" fence off n1
sed -i 's/<node_state id="2".*"\/>/<node_state id="2" uname="n2" in_ccm="false" crmd="offline" join="down" expected="down"\/>/' "$CIB_file"
refused "the only node that is there" 107 "node 'n1' is the only one that is there: nothing would run any more (--force does it all the same)" fence off n1 --dry-run
refused "whoever confirms has looked" 64 "a document in a file" fence confirm n2
has "a dry run of it shows what follows" 0 "Start      a" fence confirm n2 --dry-run
sed -i 's/<node id="2" uname="n2"\/>//' "$CIB_file"
has "a name that only the status knows can be confirmed" 0 "" fence confirm n2 --force --dry-run
refused "its id cannot" 64 "'2' is the id of node 'n2'" fence confirm 2 --force --dry-run
has "switching on needs no check of who is left" 0 "" fence on n1 --dry-run
unset CIB_file
has "without a cluster it is told what is missing" 102 "cox: " fence off n1
completes "the shell completes levels" "list add remove" fence level ""
completes "and history, which is a verb and the beginning of one" "clear" fence history ""
echo "1..$n"
