#!/bin/sh
# Verbs of cox that look at operations and run one by hand, and of quorum without a cluster.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

COX_OCF_ROOT=$tmp/ocf
export COX_OCF_ROOT
mkdir -p "$tmp/ocf/resource.d/test"
cat >"$tmp/ocf/resource.d/test/Thing" <<'END'
#!/bin/sh
case $1 in
start) touch "$OCF_RESKEY_state" ;;
stop) rm -f "$OCF_RESKEY_state" ;;
monitor) [ -e "$OCF_RESKEY_state" ] || { echo "ocf-exit-reason:it is not there" >&2; exit 7; } ;;
status) sleep 60 ;;
*) exit 3 ;;
esac
END
chmod 755 "$tmp/ocf/resource.d/test/Thing"

thing() { # META
    echo "<primitive id=\"t\" class=\"ocf\" provider=\"test\" type=\"Thing\">$1<instance_attributes id=\"t-p\"><nvpair id=\"t-s\" name=\"state\" value=\"$tmp/state\"/><nvpair id=\"t-w\" name=\"password\" value=\"sesame\"/></instance_attributes></primitive>"
}

document "$(thing)<group id=\"g\">$(dummy a)</group>"
has "an action by hand ends with the agent's code" 7 "monitor of t (ocf:test:Thing) ended after" debug t monitor
has "its commands are traced" 7 "+ [ -e $tmp/state ]" debug t monitor
has "with its reason" 7 "(7): it is not there" debug t monitor
has "its parameters are shown" 7 "parameter state=$tmp/state" debug t monitor
has "but no secret" 7 "parameter password=(not shown)" debug t monitor
has "as JSON" 7 '"task": "monitor", "rc": "7"' debug t monitor --json
has "another value may be tried" 0 "parameter state=/" debug t monitor state=/
has "an agent needs no resource" 0 "monitor of debug (ocf:test:Thing)" debug ocf:test:Thing monitor state=/
has "what is not known to it has the code for that" 3 "(3)" debug t promote --force
has "what takes too long is killed" 1 "(1)" debug t status --timeout 200ms
printf '#!\nexit 0\n' >"$tmp/ocf/resource.d/test/Empty"
chmod 755 "$tmp/ocf/resource.d/test/Empty"
has "an agent whose first line names no shell is no crash" 5 "Could not run the agent: Exec format error" debug ocf:test:Empty monitor
refused "what the cluster manages is left alone" 107 "the cluster manages 't' and would take a start for a failure" debug t start
has "unless it is forced" 0 "(0)" debug t start --force
n=$((n + 1))
if [ -e "$tmp/state" ]; then echo "ok $n - it was done"; else echo "not ok $n - it was done"; fi
document "$(thing '<meta_attributes id="t-m"><nvpair id="t-mm" name="maintenance" value="true"/></meta_attributes>')<group id=\"g\">$(dummy a)</group>"
has "or in maintenance" 0 "(0)" debug t stop
refused "an action that is none" 64 "'moniter' is no action of agents; did you mean 'monitor'?" debug t moniter
refused "an unknown resource" 105 "resource 'tt' does not exist; did you mean 't'?" debug tt monitor
refused "a group has no actions" 64 "'g' is a group: actions are of single resources" debug g monitor
refused "what is no pair" 64 "'x' is not NAME=VALUE" debug t monitor x
refused "an agent that is not there" 5 "" debug ocf:test:None monitor
refused "a wrong time" 64 "--timeout" debug t monitor --timeout soon
has "a unit cannot be traced" 64 "systemctl status" debug systemd:thing monitor

is "nothing was done yet" 0 "Nothing was done with t." resource history t
sed -i 's|\(<node_state id="1".*\)/>|\1><lrm id="1"><lrm_resources><lrm_resource id="t" class="ocf" provider="test" type="Thing"><lrm_rsc_op id="t_last_failure_0" operation_key="t_start_0" operation="start" crm-debug-origin="x" crm_feature_set="3.19.0" transition-key="1:1:0:00000000-0000-0000-0000-000000000000" transition-magic="0:1;1:1:0:00000000-0000-0000-0000-000000000000" exit-reason="no disk" call-id="7" rc-code="1" op-status="0" interval="0" last-rc-change="1700000000" exec-time="1500" queue-time="3" op-digest="x"/></lrm_resource></lrm_resources></lrm></node_state>|' "$CIB_file"
is "what was done is told with result, time and reason" 0 \
    "2023-11-14 22:13:20Z  t on n1: start: Error occurred (1) in 1.500 s, not as expected: no disk" resource history t
has "of all resources" 0 "t on n1: start" resource history
has "as JSON" 0 '"failed": "true"' resource history t --json
refused "of an unknown one" 105 "resource 'x' does not exist" resource history x

# Network resources: the daemon is asked where a supervisor runs, else the shell version is run.  Both daemons are played.
COX_RUN_DIRECTORY=$tmp/run
export COX_RUN_DIRECTORY
mkdir -p "$tmp/run" "$tmp/ocf/resource.d/coxswain"
printf '#!/bin/sh\necho "by shell $1"\nexit 0\n' >"$tmp/ocf/resource.d/coxswain/IPaddr"
chmod 755 "$tmp/ocf/resource.d/coxswain/IPaddr"
has "without a supervisor the shell version is run" 0 "by shell start" debug ocf:coxswain:IPaddr start ip=192.0.2.1
testd=$(realpath "${top_builddir:-.}/lib/service/tests/testd")
played=''
for name in coxd cox-vrrpd; do
    ln -s "$testd" "$tmp/$name"
    TESTD_DIARY=$tmp/diary TESTD_LIFE_S=100 PCMK_logfacility=none COX_CLUSTER=local "$tmp/$name" --keep-user --run-directory "$tmp/run" &
    played="$played $!"
done
until [ -S "$tmp/run/coxd.sock" ] && [ -S "$tmp/run/vrrp.sock" ]; do sleep 0.1; done
has "where one runs the daemon is asked" 8 "start of debug (ocf:coxswain:IPaddr) ended after" debug ocf:coxswain:IPaddr start code=8 output=done
has "and that is said" 8 "cox-vrrpd was asked, as it is for the cluster" debug ocf:coxswain:IPaddr start code=8
has "with its reason" 1 "(1): no such net" debug ocf:coxswain:IPaddr start code=1 "reason=no such net"
has "the description is the agent's" 0 "by shell meta-data" debug ocf:coxswain:IPaddr meta-data
document '<primitive id="ip" class="ocf" provider="coxswain" type="IPaddr"><instance_attributes id="ip-i"><nvpair id="ip-c" name="code" value="8"/></instance_attributes></primitive>'
have=$("$tools/crm_resource" --force-check --resource ip 2>&1)
rc=$?
[ "$rc" = 8 ] && grep -qx "monitor ip IPaddr vrrp" "$tmp/diary"
result $? "crm_resource asks it as well"
# The words are pids: split on purpose.
# shellcheck disable=SC2086
kill $played
wait

unset CIB_file
has "quorum needs a cluster" 102 "cox: " quorum status
has "and votes a number" 64 "'many' is no number of votes: use 1 to 1024" quorum expect many
has "that is not too large" 64 "is no number of votes" quorum expect 99999999999999999999
has "nor without a cluster" 102 "cox: " quorum expect 3
completes "the shell completes verbs of quorum" "status expect" quorum ""
# Inputs of transitions, of which each coordinator saves its own.
COX_PENGINE_DIRECTORY=$tmp/saved
export COX_PENGINE_DIRECTORY
has "no input is saved here" 66 "no input of transition '8' is saved here ($tmp/saved/pe-input-8.bz2): there is none; only the node that was the coordinator then has it" explain ip --transition 8
mkdir "$tmp/saved"
bzip2 -c "$tmp/cib.xml" >"$tmp/saved/pe-input-7.bz2"
has "nor that one" 66 "the newest is pe-input-7; only the node" explain ip --transition 8
has "a saved one is explained" 0 "ip " explain ip --transition 7

echo "1..$n"
