#!/usr/bin/env python3
"""Each distinct form in which the agents of the field call the tools, in the order of an agent's life, on a running node.  TAP.

The words are those of the agents (resource-agents 4.12; who calls so is named first), with the environment that an agent gets.  What is
printed is what they parse: standard error is dropped where they drop it.
"""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.abspath(os.environ.get("top_srcdir") or "."), "cts"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import livekit  # noqa: E402
import taplib  # noqa: E402

AGENT = """#!/bin/sh
case $1 in
start|stop|promote|demote|notify) exit 0 ;;
monitor) [ "$OCF_RESKEY_CRM_meta_interval" = 0 ] && exit 7; exit 0 ;;
meta-data) echo '<resource-agent name="Thing"><version>1.1</version><parameters/><actions><action name="start" timeout="20s"/>
<action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>' ;;
*) exit 3 ;;
esac
"""
RESOURCES = """<resources><primitive id="guest" class="ocf" provider="test" type="Thing"><utilization id="guest-u"/></primitive>
<clone id="db-clone"><meta_attributes id="db-m"><nvpair id="db-mp" name="promotable" value="true"/></meta_attributes>
<primitive id="db" class="ocf" provider="test" type="Thing"><operations><op id="db-10" name="monitor" interval="10s"/></operations></primitive></clone>
</resources>"""
# ocf-shellfuncs: crm_mon on a document without schema, through a pipe that bash names.
MON = """bash -c "CIB_file=<(${HA_SBIN_DIR}/cibadmin -Q | sed 's/validate-with=\\"[^\\"]*\\"/validate-with=\\"none\\"/') ${HA_SBIN_DIR}/crm_mon \\$*" -- """
REPL = "${HA_SBIN_DIR}/crm_attribute --type crm_config --name db_REPL_INFO -s mysql_replication"
SCORE = "${HA_SBIN_DIR}/crm_attribute --lifetime=reboot --name=master-db --node=$NODE"
PENDING = "${HA_SBIN_DIR}/crm_attribute --lifetime=reboot --name=pending-db --node=$NODE"
NO = 105  # what is asked for is not there

# who, what, status, pattern that the whole output matches; "~" before the status: at the latest when the cluster has got there,
# for what attrd knows comes into the document a moment later, as in the field
CALLS = [
    ("ocf-shellfuncs", "pacemakerd -$ | grep 'Pacemaker .*' | awk '{ print $2 }' | awk -F- '{ print $1 }'", 0, r"3\.\d+\.\d+\n"),
    ("ocf-shellfuncs", "crm_node -n", 0, r"{node}\n"),
    ("galera", "${HA_SBIN_DIR}/crm_node -p | wc -w", 0, r"1\n"),
    ("galera", "${HA_SBIN_DIR}/crm_node -q", 0, r"1\n"),
    ("db2", "crm_node -l", 0, r"1 {node} member\n"),
    ("azure-events", "crm_node --list", 0, r"1 {node} member\n"),
    ("rabbitmq-server-ha", "crm_node -l -p | sed -e '/(null)/d'", 0, r"(1 )?{node}( member)?\s*\n"),
    ("sg_persist", "ID=$(${HA_SBIN_DIR}/crm_node -i); ${HA_SBIN_DIR}/crm_node -l | grep -w ^$ID", 0, r"1 {node} member\n"),
    # scores of promotion
    ("Stateful", "${HA_SBIN_DIR}/crm_attribute -p -v 5", 0, ""),
    ("mariadb", "${HA_SBIN_DIR}/crm_attribute -p -G -N $NODE", "~0", r"scope=status +name=master-db value=5\n"),
    ("redis", "${HA_SBIN_DIR}/crm_master -N $NODE -l reboot -G --quiet 2>/dev/null", "~0", r"5\n"),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -p -N $NODE -v 100", 0, ""),
    ("pgsql", "${HA_SBIN_DIR}/crm_attribute -l reboot -N $NODE -n master-db -G -q 2>/dev/null", "~0", r"100\n"),
    ("pgsql", "${HA_SBIN_DIR}/crm_attribute -p -v -INFINITY", 0, ""),
    ("pgsql", "${HA_SBIN_DIR}/crm_attribute -l reboot -N $NODE -n master-db -G -q 2>/dev/null", "~0", r"-INFINITY\n"),
    ("SAPInstance", "${HA_SBIN_DIR}/crm_master -v INFINITY -l reboot", 0, ""),
    ("SAPInstance", "${HA_SBIN_DIR}/crm_master -Q -v 100 -l reboot", 0, ""),
    ("rabbitmq-server-ha", "crm_master -N $NODE -l reboot -v 1000", 0, ""),
    ("sg_persist", SCORE + " --query --quiet 2>/dev/null", "~0", r"1000\n"),
    ("sg_persist", SCORE + " --update=7", 0, ""),
    ("sg_persist", SCORE + " --delete", 0, "(?s).*"),
    ("redis", "${HA_SBIN_DIR}/crm_master -N $NODE -l reboot -G --quiet 2>/dev/null", "~105", ""),
    ("Stateful", "${HA_SBIN_DIR}/crm_attribute -p -D", 0, "(?s).*"),
    ("redis", "${HA_SBIN_DIR}/crm_master -N $NODE -l reboot -D", 0, "(?s).*"),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -p -D -N $NODE", 0, "(?s).*"),
    ("pgsql", "${HA_SBIN_DIR}/crm_attribute -l reboot -N $NODE -n master-db -v 9", 0, ""),
    # values of a node until it leaves
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-bootstrap --quiet 2>/dev/null", "~105", ""),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-bootstrap -v true", 0, ""),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-bootstrap --quiet 2>/dev/null", "~0", r"true\n"),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-bootstrap -D", 0, "(?s).*"),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-last-committed -v -1", 0, ""),
    ("galera", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name db-last-committed --quiet 2>/dev/null", "~0", r"-1\n"),
    ("rabbitmq-server-ha", "crm_attribute -N $NODE -l reboot --name rabbit-master --query 2>/dev/null | awk '{print $3}' | awk -F = '{print $2}' | sed -e '/(null)/d'",
     "~0", ""),
    ("rabbitmq-server-ha", "crm_attribute -N $NODE -l reboot --name rabbit-master --update 'true'", 0, ""),
    ("rabbitmq-server-ha", "crm_attribute -N $NODE -l reboot --name rabbit-master --query 2>/dev/null | awk '{print $3}' | awk -F = '{print $2}' | sed -e '/(null)/d'",
     "~0", r"true\n"),
    ("rabbitmq-server-ha", "crm_attribute -N $NODE -l reboot --name rabbit-master --query 2>/dev/null | awk '{ split($3, vals, \"=\"); print vals[2] }'", "~0", r"true\n"),
    ("rabbitmq-server-ha", "crm_attribute -N $NODE -l reboot --name rabbit-master --delete", 0, "(?s).*"),
    ("sg_persist", PENDING + " --update=", 0, ""),
    ("sg_persist", PENDING + " --query --quiet 2>/dev/null", "~0", r"\n?"),
    ("SAPInstance", "crm_attribute -n runs_ers_S -v 1 -l reboot", 0, ""),
    ("mysql", "${HA_SBIN_DIR}/crm_attribute -N $NODE  -l reboot --name readable -v 0", 0, ""),
    ("mysql", "${HA_SBIN_DIR}/crm_attribute -N $NODE  -l reboot --name readable --query -q", "~0", r"0\n"),
    # values that stay
    ("rabbitmq-cluster", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l forever --name rmq-node-attr-last-known-db -v rabbit@n1", 0, ""),
    ("rabbitmq-cluster", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l forever --query --name rmq-node-attr-last-known-db -q", 0, r"rabbit@n1\n"),
    ("db2", "crm_attribute -l forever --node=$NODE -n db2hadr-fal -v S0000001.LOG", 0, ""),
    ("db2", "crm_attribute -l forever -n db2hadr-fal -G --quiet 2>&1", 0, r"S0000001\.LOG\n"),
    ("db2", "crm_attribute -l forever -n db2hadr-none -G --quiet >/dev/null 2>&1", NO, ""),
    ("mysql", "${HA_SBIN_DIR}/crm_attribute -N $NODE  -l forever -n db_mysql_master_IP -q -G 2>/dev/null", NO, ""),
    ("redis", "crm_attribute --node $NODE -l forever --name db-tunnel-port --query -q 2>/dev/null", NO, ""),
    ("azure-events", "crm_attribute -t nodes -N $NODE -n standby -v off --lifetime=forever", 0, ""),
    ("azure-events", "crm_attribute --name azure-state --update 3 --node $NODE", 0, ""),
    ("azure-events", "crm_attribute --name azure-state --query --quiet --default '' --node $NODE", 0, r"3\n"),
    ("azure-events", "crm_attribute --name azure-none --query --quiet --default '' --node $NODE", 0, r"\n?"),
    ("azure-events", "crm_attribute --name hostName_vm1 --update $NODE --type crm_config", 0, ""),
    ("azure-events", "crm_attribute --name hostName_vm1 --query --quiet --default '' --type crm_config", 0, r"{node}\n"),
    ("azure-events", "crm_attribute --name hostName_vm1 --delete --type crm_config", 0, "(?s).*"),
    ("Xen", "crm_attribute --type nodes --node $NODE -n azure-state -G -q", 0, r"3\n"),
    ("mysql", REPL + " --query  -q 2>/dev/null", NO, ""),
    ("mysql", REPL + " -v '$NODE|mysql-bin.000002|106'", 0, ""),
    ("mysql", REPL + " --query  -q | cut -d'|' -f2", 0, r"mysql-bin\.000002\n"),
    ("redis", REPL + " -v $NODE -q", 0, ""),
    ("redis", REPL + " --query  -q  2>/dev/null", 0, r"{node}\n"),
    ("NodeUtilization", "crm_attribute --quiet -t nodes --node $NODE -z -n cpu 2>/dev/null", NO, ""),
    ("NodeUtilization", "crm_attribute -t nodes --node $NODE -z -n cpu -v 8", 0, ""),
    ("NodeUtilization", "crm_attribute --quiet -t nodes --node $NODE -z -n cpu 2>/dev/null", 0, r"8\n"),
    # attrd
    ("pgsql", "attrd_updater -n db-receiver-status -v 'normal (master)'", 0, ""),
    ("openstack-cinder-volume", "${HA_SBIN_DIR}/attrd_updater --query -n db-receiver-status -N $(crm_node -n)", 0,
     r'name="db-receiver-status" host="{node}" value="normal \(master\)"\n'),
    ("pgsql", "attrd_updater -n db-receiver-status -D", 0, ""),
    ("openstack-cinder-volume", "${HA_SBIN_DIR}/attrd_updater --query -n openstack_id -N $(crm_node -n) >/dev/null 2>&1", NO, ""),
    ("openstack-info", "${HA_SBIN_DIR}/attrd_updater -d 0 -n openstack_id -v 0123-45", 0, ""),
    ("openstack-cinder-volume", "${HA_SBIN_DIR}/attrd_updater --query -n openstack_id -N $(crm_node -n) | awk -F= '{gsub(\"\\\"\",\"\");print $NF}'", 0, r"0123-45\n"),
    ("openstack-info", "${HA_SBIN_DIR}/attrd_updater -d 0 -D -n openstack_id", 0, ""),
    ("SysInfo", "${HA_SBIN_DIR}/attrd_updater -d 0s -S status -n arch -v x86_64", 0, ""),
    ("machine-info", "${HA_SBIN_DIR}/attrd_updater -d 0 -D -S state -n arch", 0, ""),
    ("storage-mon", "/usr/bin/env attrd_updater -n '#health-db' -U green -d 5s", 0, ""),
    ("ethmonitor", "attrd_updater -n ethmonitor-eth0 -v 1", 0, ""),
    ("ethmonitor", "attrd_updater -D -n ethmonitor-eth0", 0, ""),
    ("mariadb", "${HA_SBIN_DIR}/attrd_updater -p -n db-gtid -U 0-1-17", 0, ""),
    ("mariadb", "q=$(${HA_SBIN_DIR}/attrd_updater -p -N $NODE -n db-gtid -Q) && eval $q && echo $name $host $value", 0, r"db-gtid {node} 0-1-17\n"),
    ("mariadb", "${HA_SBIN_DIR}/attrd_updater -p -n db-waiting -Q 2>/dev/null", NO, ""),
    ("mariadb", "${HA_SBIN_DIR}/attrd_updater -p -n db-waiting -U true", 0, ""),
    ("mariadb", "${HA_SBIN_DIR}/attrd_updater -p -n db-waiting -Q", 0, r'name="db-waiting" host="{node}" value="true"\n'),
    ("mariadb", "${HA_SBIN_DIR}/attrd_updater -n db-gtid -N $NODE -D", 0, ""),
    ("mariadb", "attrd_updater -n db-waiting -D", 0, ""),
    ("rabbitmq-server-ha", "ocf=$(attrd_updater -p --name rabbit-count --node $NODE --query 2>/dev/null) || echo 0", 0, r"0\n"),
    ("rabbitmq-server-ha", "attrd_updater -p --name rabbit-count --node $NODE --update 2", 0, ""),
    ("rabbitmq-server-ha", "attrd_updater -p --name rabbit-count --node $NODE --query | awk '{ gsub(/\"/, \"\", $3); split($3, vals, \"=\"); print vals[2] }'", 0, r"2\n"),
    # the document
    ("rabbitmq-cluster", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name rmq-node-attr-db -v rabbit@n1", 0, ""),
    ("rabbitmq-cluster", "cibadmin -Q --xpath \"//node_state[@crmd='online']//nvpair[@name='rmq-node-attr-db']\" | grep rmq-node-attr-db | "
     "sed -n -e \"s/^.*value=.\\(.*\\)\\\".*$/\\1/p\"", "~0", r"rabbit@n1\n"),
    ("rabbitmq-cluster", "${HA_SBIN_DIR}/crm_attribute -N $NODE -l reboot --name rmq-node-attr-db -D", 0, "(?s).*"),
    # utilization of a resource
    ("VirtualDomain", "crm_resource -Q -r $VM -z -g cpu 2>/dev/null", 0, ""),
    ("VirtualDomain", "crm_resource -Q -r $VM -z -g cpu 2>&1 | grep -e 'not connected'", 1, ""),
    ("VirtualDomain", "crm_resource -r $VM -z -p cpu -v 2 2>&1", 0, "(?s).*"),
    ("VirtualDomain", "crm_resource -Q -r $VM -z -g cpu 2>/dev/null", 0, r"2\n"),
    ("VirtualDomain", "crm_resource --resource=$VM --utilization --delete-parameter=cpu 2>&1", 0, "(?s).*"),
    # what runs where
    ("redis", MON + "-1 --output-as=xml | grep -q -i -E 'resource.*id=\"db\".* role=\"(Promoted|Master)\".* active=\"true\".* orphaned=\"false\".* failed=\"false\"'",
     "~0", ""),
    ("redis", MON + "-1 --as-xml >/dev/null 2>&1", 0, ""),
    ("galera", MON + "-1 --output-as=xml >/dev/null 2>&1", 0, ""),
    ("galera", MON + "-1X | xmllint --xpath \"count(//nodes/node[@type='member'])\" -", 0, r"1\n?"),
    ("galera", MON + "-1X | xmllint --xpath 'count(//nodes/node[@type=\"member\" and @unclean=\"false\"])' -", 0, r"1\n?"),
    ("rabbitmq-cluster", MON + "-r --as-xml | xmllint --format --xpath \"//nodes//node[@online='true' and @standby='false']/@name\" - | xargs -n1 echo", 0, r"name={node}\n"),
    ("pgsql", "crm_mon -1 --output-as=xml | grep -q -i -E '<resource id=\"db\" .* role=\"(Promoted|Master)\"'", 0, ""),
    ("pgsql", "crm_mon -1 --as-xml | grep -q -i \"<node name=\\\"$NODE\\\" .* online=\\\"true\\\"\"", 0, ""),
    ("azure-events", "crm_simulate -Ls | tail -1", 0, r"(?s).*"),
    ("azure-events", "crm_resource --list-operations -N $NODE", 0,
     r"(?s).*db\t\(ocf:+test:Thing\):\t \S+: db_promote_0 \(node={node}, call=\d+, rc=0, last-rc-change='[^']*', exec=\d+ms\): Done\n.*"),
    ("pgsql", "${HA_SBIN_DIR}/crm_resource -B -r $OCF_RESOURCE_INSTANCE -N $NODE -Q", 0, "(?s).*"),
    ("ClusterMon", "${HA_SBIN_DIR}/crm_mon -p $HOME/pid -d -i 1 -n -r -h $HOME/status.html; for i in $(seq 300); do grep -q '</html>' $HOME/status.html 2>/dev/null && "
     "break; sleep 0.1; done; kill $(cat $HOME/pid) && while [ -e $HOME/pid ]; do sleep 0.1; done; grep -c '</html>' $HOME/status.html", 0, r"1\n"),
]


def environment(node):
    """What an agent of db, promotable, gets; the tools are found as the agents find them."""
    more = dict(OCF_RESOURCE_INSTANCE="db", OCF_RESOURCE_TYPE="Thing", OCF_RESOURCE_PROVIDER="test", OCF_ROOT=node.path("ocf"), OCF_RA_VERSION_MAJOR="1",
                OCF_RA_VERSION_MINOR="1", OCF_RESKEY_crm_feature_set="3.20.5", OCF_RESKEY_CRM_meta_on_node=node.name, OCF_RESKEY_CRM_meta_interval="10000",
                HA_SBIN_DIR=livekit.TOOLS, NODE=node.name, VM="guest", HOME=node.folder)
    return {**node.env, **more}


def play(node, env, call):
    _, words, wanted, pattern = call
    is_patient = str(wanted).startswith("~")
    status = int(str(wanted).lstrip("~"))
    end = time.monotonic() + (30 if is_patient else 0)
    while True:
        have, text = node.run("bash", "-c", words, env=env)
        if have == status and re.fullmatch(pattern.replace("{node}", re.escape(node.name)), text):
            return
        assert time.monotonic() < end, "status %d, not %d; output %r does not match %r" % (have, status, text, pattern)
        time.sleep(0.1)


def prepare(node):
    os.makedirs(node.path("ocf", "resource.d", "test"))
    agent = node.path("ocf", "resource.d", "test", "Thing")
    with open(agent, "w", encoding="utf-8") as file:
        file.write(AGENT)
    os.chmod(agent, 0o755)
    for words in (("crm_attribute", "-n", "stonith-enabled", "-v", "false"), ("cibadmin", "-R", "-o", "resources", "-X", RESOURCES),
                  ("crm_resource", "--wait", "--timeout", "50")):
        status, text = node.run(*words)
        assert status == 0, (words, status, text)


def main():
    with livekit.Node() as node:
        prepare(node)
        env = environment(node)
        tests = {"tests_of_calls": lambda: [("%s: %s" % (call[0], call[1].replace("\n", " ")), lambda call=call: play(node, env, call)) for call in CALLS]}
        taplib.main(tests)


if __name__ == "__main__":
    main()
