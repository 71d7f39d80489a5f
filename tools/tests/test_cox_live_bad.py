#!/usr/bin/env python3
"""Every changing verb of cox on a running cluster where something is wrong: no cluster, no rights, no user, and a connection that is lost at
each message.  Never is there a part of a change, and each error is clear.  TAP.
"""
import grp
import os
import re
import select
import shutil
import socket
import sys
import threading
import time
import xml.etree.ElementTree as ET

TOP = os.path.abspath(os.environ.get("top_srcdir") or ".")
sys.path.insert(0, os.path.join(TOP, "cts"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import livekit  # noqa: E402
import taplib  # noqa: E402

THING = """#!/bin/sh
case $1 in
monitor) exit 7 ;;
meta-data) echo '<resource-agent name="Thing"><version>1.1</version><parameters><parameter name="text"><content type="string"/></parameter></parameters>
<actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>' ;;
*) exit 0 ;;
esac
"""
FENCE = """#!/bin/sh
grep -q '^action=metadata$' || exit 0
echo '<resource-agent name="fence_test"><parameters><parameter name="plug"><content type="string"/></parameter></parameters>
<actions><action name="off"/><action name="on"/><action name="reboot"/><action name="monitor"/><action name="metadata"/></actions></resource-agent>'
"""
CONFIGURATION = """<configuration><crm_config><cluster_property_set id="o"><nvpair id="o-f" name="stonith-enabled" value="false"/>
<nvpair id="o-m" name="maintenance-mode" value="true"/></cluster_property_set></crm_config><nodes><node id="1" uname="%s"/></nodes>
<resources><primitive id="a" class="ocf" provider="test" type="Thing"><meta_attributes id="a-m"><nvpair id="a-r" name="target-role" value="Stopped"/></meta_attributes>
</primitive><primitive id="b" class="ocf" provider="test" type="Thing"/>
<primitive id="f" class="stonith" type="fence_test"/><group id="g"><primitive id="g1" class="ocf" provider="test" type="Thing"/>
<primitive id="g2" class="ocf" provider="test" type="Thing"/></group><clone id="c"><primitive id="c1" class="ocf" provider="test" type="Thing"/></clone>
<primitive id="web" class="ocf" provider="coxswain" type="VirtualServer"><meta_attributes id="web-m"><nvpair id="web-r" name="target-role" value="Stopped"/></meta_attributes>
<instance_attributes id="web-i"><nvpair id="web-a" name="address" value="192.0.2.1"/><nvpair id="web-p" name="port" value="80"/>
<nvpair id="web-s" name="real_servers" value="real_server 10.0.0.1 80 {&#10;  weight 1&#10;}"/></instance_attributes></primitive></resources>
<constraints><rsc_location id="l" rsc="a" node="%s" score="5"/><rsc_location id="cli-ban-b-on-x" rsc="b" node="x" score="-INFINITY"/></constraints>
<fencing-topology><fencing-level id="fl" target="x" index="1" devices="f"/></fencing-topology>
<acls><acl_role id="ro"><acl_permission id="ro-r" kind="read" xpath="/cib"/></acl_role><acl_role id="rw"><acl_permission id="rw-r" kind="read" xpath="/cib"/>
<acl_permission id="rw-w" kind="write" xpath="//crm_config"/></acl_role><acl_target id="nobody"><role id="ro"/></acl_target><acl_target id="daemon"><role id="rw"/></acl_target>
<acl_group id="readers"><role id="ro"/></acl_group></acls><tags><tag id="t"><obj_ref id="a"/></tag></tags>
<alerts><alert id="al" path="/bin/true"><recipient id="al-r" value="me"/></alert></alerts></configuration>"""
TICKET = '<tickets><ticket_state id="T" granted="false" standby="false"/></tickets>'
# verb: what follows it; NODE stands for the node, FILE for a declarative file.  Every verb that takes --dry-run is here or in ELSEWHERE.
VERBS = {
    "start": "a", "stop": "b", "move": "a NODE", "ban": "b NODE", "clear": "b", "resource create": "n ocf:test:Thing text=x op monitor interval=20s --in-group g",
    "resource update": "a text=y meta priority=3", "resource delete": "a g1", "group add": "g a b", "group remove": "g", "clone create": "b interleave=true",
    "clone remove": "c", "constraint location": "g NODE=7", "constraint order": "a b", "constraint colocation": "a b", "constraint ticket": "T a",
    "constraint delete": "l", "property set": "batch-limit=7 cluster-delay=70s", "defaults resource": "priority=1 migration-threshold=2",
    "defaults operation": "timeout=33s", "tag add": "t b g", "tag remove": "t", "fence create": "f2 fence_test", "fence update": "f meta priority=3",
    "fence delete": "f", "fence level add": "NODE 1 f", "fence level remove": "x", "ticket grant": "T --force", "ticket revoke": "T --force",
    "ticket standby": "T --force", "ticket activate": "T --force", "ticket forget": "T --force", "alert create": "/bin/false to=me", "alert update": "al to=you",
    "alert delete": "al", "alert recipient add": "al you", "alert recipient update": "al-r --value you", "alert recipient delete": "al-r",
    "acl role add": "ro write id a", "acl role remove": "ro", "acl user add": "ann ro", "acl user remove": "daemon", "acl group add": "staff ro",
    "acl group remove": "readers", "apply": "FILE", "undo": "", "node standby": "NODE", "node unstandby": "NODE", "node attribute": "NODE rack=1 color=blue",
    "resource utilization": "a cpu=1 memory=2", "node utilization": "NODE cpu=4 memory=8", "maintenance": "off", "node maintenance": "NODE on",
    "resource maintenance": "a on",
    "lb service add": "n3 10.0.0.1:80 --force", "lb service remove": "web", "lb server add": "web 10.0.0.9 weight=3", "lb server remove": "web 10.0.0.1",
    "lb weight": "web 10.0.0.1 7",
}
ELSEWHERE = {"fence off", "fence on", "fence reboot", "fence confirm", "quorum expect"}  # change no document
SAME = {"ticket revoke", "ticket activate", "node unstandby"}  # what they want is so: nothing is changed
FIRST = {"undo": "property set batch-limit=9"}  # done before
MOST_MESSAGES = 60
NOBODY, DAEMON = 65534, 1  # users of every system
CLEAR = re.compile(r"Not connected: start the cluster|connection to cox-cibd was lost, the document could not be read")
DOUBTFUL = "connection to cox-cibd was lost, nobody here knows whether the change is made"


def verbs_that_change():
    with open(os.path.join(TOP, "tools", "verbs.def"), encoding="utf-8") as file:
        rows = re.findall(r'^COX_VERB\("([^"]*)",\s*"[^"]*",\s*COX_CHANGES', file.read(), re.MULTILINE)
    return sorted(set(rows) - ELSEWHERE)


class Between:
    """Sockets of daemons with somebody in the middle who, at a client's message number @cut, drops all connections and is away: before that
    message gets through or, if @passes, after it, with the answer."""

    def __init__(self, real, folder, cut, passes):
        self.real, self.folder, self.cut, self.passes = real, folder, cut, passes
        self.n_messages, self.is_over, self.lines = 0, False, []
        os.makedirs(folder)
        self.doors = {}
        for name in os.listdir(real):
            if name.endswith(".sock"):
                door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                door.bind(os.path.join(folder, name))
                os.chmod(os.path.join(folder, name), 0o666)
                door.listen(8)
                self.doors[door] = name
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def close(self):
        self.is_over = True
        self.thread.join()
        shutil.rmtree(self.folder)

    def enter(self, door):
        client, _ = door.accept()
        server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        server.connect(os.path.join(self.real, self.doors[door]))
        self.lines.append((client, server))

    def carry(self, source):
        """False: this is where it ends."""
        for client, server in self.lines:
            if source in (client, server):
                data = source.recv(1 << 20)
                if not data:
                    client.close(), server.close()
                    self.lines.remove((client, server))
                    return True
                self.n_messages += source is client
                is_end = source is client and self.n_messages == self.cut
                if not is_end or self.passes:
                    (server if source is client else client).send(data)
                if is_end and self.passes:
                    select.select([server], [], [], 1)  # it has got there: the answer is lost
                return not is_end
        return True

    def serve(self):
        goes_on = True
        while goes_on and not self.is_over:
            ready, _, _ = select.select([*self.doors, *(end for line in self.lines for end in line)], [], [], 0.01)
            for source in ready:
                try:
                    if source in self.doors:
                        self.enter(source)
                    elif source.fileno() >= 0:
                        goes_on = goes_on and self.carry(source)
                except OSError:
                    pass  # one side has gone meanwhile: the next round sees it
        for end in [*self.doors, *(end for line in self.lines for end in line)]:
            end.close()


def state(node):
    """Configuration and tickets, times of granting aside, and what the coordinator writes by itself into a document that it has not seen before."""
    status, text = node.run("cibadmin", "-Q")
    assert status == 0, text
    root = ET.fromstring(text)
    tickets = root.find("status/tickets")
    both = ET.tostring(root.find("configuration")).decode() + ("" if tickets is None else ET.tostring(tickets).decode())
    both = re.sub(r'( last-granted="\d+"|\s*\n\s*)', "", both)
    return re.sub(r'<cluster_property_set id="cib-bootstrap-options">.*?</cluster_property_set>', "", both)


def begin(node, verb):
    """The document as it is before @verb."""
    for words in (("cibadmin", "-R", "-o", "configuration", "-X", CONFIGURATION % (node.name, node.name)), ("cibadmin", "-M", "-c", "-o", "status", "-X", TICKET)):
        status, text = node.run(*words)
        assert status == 0, (words, text)
    if verb in FIRST:
        status, text = node.run("cox", *FIRST[verb].split())
        assert status == 0, text
    return state(node)


def words_of(node, verb):
    return ["cox", *verb.split(), *VERBS[verb].replace("NODE", node.name).replace("FILE", node.path("new.yaml")).split()]


def lose_connections(node, verb):
    words = words_of(node, verb)
    before = begin(node, verb)
    status, text = node.run(*words)
    after = state(node)
    assert status == 0 and ((after == before) == (verb in SAME)), (status, text)
    env = {**node.env, "COX_RUN_DIRECTORY": node.path("between")}
    for passes in (False, True):
        status = -1
        cut = 0
        while True:
            cut += 1
            if state(node) != before:
                begin(node, verb)
            between = Between(node.path("run"), node.path("between"), cut, passes)
            status, text = node.run(*words, env=env)
            n_messages = between.n_messages
            between.close()
            now = state(node)
            where = "message %d %s: status %d, %r" % (cut, "lost with its answer" if passes else "lost", status, text)
            assert now in (before, after), where + ": a part of the change: " + now
            assert status != 0 or now == after, where + ": not done"
            assert status == 0 or DOUBTFUL in text or (now == before and CLEAR.search(text)), where + ": not clear"
            if n_messages < cut:
                assert status == 0, where
                break
            assert cut < MOST_MESSAGES, where


def without_a_cluster(node, verb):
    os.makedirs(node.path("empty"), exist_ok=True)
    status, text = node.run(*words_of(node, verb), env={**node.env, "COX_RUN_DIRECTORY": node.path("empty")})
    assert status == 102 and "ot connected" in text and len(text) < 400, (status, text)


def as_user(node, uid, groups, *words):
    return node.run(*words, user=uid, group=65534, extra_groups=groups)


def no_users():
    raise taplib.Skip("no root or no group haclient: only root can ask as another user")


def enforce(node, verb):
    """The document of the tests with users, which is the same for all of them: nobody changes it."""
    if "enable-acl" not in state(node):
        begin(node, verb)
        status, text = node.run("cox", "property", "set", "enable-acl=true")
        assert status == 0, text
    return state(node)


def refused_to(node, verb, uid, groups, pattern):
    before = enforce(node, verb)
    status, text = as_user(node, uid, groups, *words_of(node, verb))
    now = state(node)
    assert now == before, "status %d, %r: %s" % (status, text, now)
    assert status != 0 and re.search(pattern + "|history is kept on each node for root", text) and len(text) < 600, (status, text)


def a_user_may_change_what_is_his(node, cluster):
    before = enforce(node, "start")
    status, text = as_user(node, DAEMON, [cluster], "cox", "property", "set", "batch-limit=11")
    assert status == 0 and state(node) != before, (status, text)
    before = state(node)
    status, text = as_user(node, DAEMON, [cluster], "cibadmin", "-M", "-o", "configuration", "-X", '<configuration><crm_config><cluster_property_set id="o">'
                           '<nvpair id="o-b" name="batch-limit" value="12"/></cluster_property_set></crm_config><tags><tag id="t"><obj_ref id="b"/></tag></tags></configuration>')
    assert status == 4 and state(node) == before, "what he may is not made without what he may not: %d, %r" % (status, text)


def cibd_is_killed(node):
    """A real end: its supervisor is not here, so that whoever asks meanwhile finds nobody."""
    before = begin(node, "start")
    node.daemons["cibd"].kill()
    node.daemons["cibd"].wait()
    status, text = node.run("cox", "property", "set", "batch-limit=13")
    assert status == 102 and "Not connected" in text, (status, text)
    node.start("cibd")
    node.wait_until_it_leads()
    for _ in range(300):
        if node.run("cox", "property", "set", "batch-limit=14")[0] == 0:
            break
        time.sleep(0.1)
    now = state(node)
    assert now != before and "batch-limit" in now and '"13"' not in now, now


def values(node):
    """Values as people have them, and some that nobody should: kept whole or refused."""
    letters = "Größe Ж 日本 🙂 'a' \"b\" <c> & \\ \t;"
    for name, words, value, is_kept in (
            ("other letters", "resource update a", letters, True), ("100,000 letters", "resource update a", "x" * 100000, True),
            ("100,000 other letters", "node attribute NODE", "Ж" * 50000, True), ("letters that are none", "resource update a", b"a\xff\xfe", False),
            ("half a letter", "node attribute NODE", "Ж".encode()[:1], False), ("what XML cannot have", "resource update a", "a\x01b", False),
            ("what XML cannot have, in a property", "property set --force", "\x1b[2J", False)):
        yield "%s: %s" % (words.replace("NODE", "a node"), name), lambda words=words, value=value, is_kept=is_kept: a_value(node, words, value, is_kept)


def a_value(node, words, value, is_kept):
    before = begin(node, "start")
    setting = b"text=" + (value if isinstance(value, bytes) else value.encode())
    status, text = node.run("cox", *words.replace("NODE", node.name).split(), setting)
    assert (status == 0) == is_kept and (state(node) == before) != is_kept, (status, text[:300])
    if is_kept:
        nvpair = [e for e in ET.fromstring(node.run("cibadmin", "-Q")[1]).iter("nvpair") if e.get("name") == "text"]
        assert [e.get("value") for e in nvpair] == [value], (len(nvpair), text[:300])
    else:
        assert status in (2, 64, 65, 78) and len(text) < 600 and "\x1b" not in text and "\x01" not in text, (status, text)


def test_every_changing_verb_is_tried():
    assert verbs_that_change() == sorted(VERBS), set(verbs_that_change()) ^ set(VERBS)


def tests_of_verbs(node):
    for verb in VERBS:
        yield "%s: no cluster" % verb, lambda verb=verb: without_a_cluster(node, verb)
    for verb in VERBS:
        yield "%s: the connection is lost at each message" % verb, lambda verb=verb: lose_connections(node, verb)
    try:
        cluster = grp.getgrnam("haclient").gr_gid
    except KeyError:
        cluster = None
    yield from values(node)
    yield "cibd is killed", lambda: cibd_is_killed(node)
    if os.geteuid() != 0 or cluster is None:
        yield "users who may not", no_users
        return
    for who, uid, groups, pattern in (("who may only read", NOBODY, [cluster], "user 'nobody' may not"), ("nobody knows", 54321, [cluster], "54321"),
                                      ("who is not of the cluster", NOBODY, [], "Not connected.*ermission denied")):
        for verb in VERBS:
            if verb not in SAME:
                yield "%s: a user %s" % (verb, who), lambda verb=verb, uid=uid, groups=groups, pattern=pattern: refused_to(node, verb, uid, groups, pattern)
    yield "a user may change what is his, and nothing with it", lambda: a_user_may_change_what_is_his(node, cluster)


def prepare(node):
    for folder, name, text in (("ocf/resource.d/test", "Thing", THING), ("fence", "fence_test", FENCE)):
        os.makedirs(node.path(folder))
        with open(node.path(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(node.path(folder, name), 0o755)
    begin(node, "start")
    status, text = node.run("cox", "export")
    assert status == 0, text
    with open(node.path("new.yaml"), "w", encoding="utf-8") as file:
        file.write(text.replace("score: 5", "score: 6"))


def main():
    node = livekit.Node()
    node.env["COX_FENCE_DIRECTORY"] = node.path("fence")
    with node:
        prepare(node)
        taplib.main({"test_every_changing_verb_is_tried": test_every_changing_verb_is_tried, "tests_of_verbs": lambda: tests_of_verbs(node)})


if __name__ == "__main__":
    main()
