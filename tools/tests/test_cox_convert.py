#!/usr/bin/env python3
"""cox convert pacemaker on three nodes that are played: which steps it takes on which node, in which order, and what it does when one of them
fails, when a resource is not found again, and on the way back.  TAP.  This program is also what runs on the nodes instead of cox-cluster-node
(NODE STEP WORD...): the state of the cluster is a JSON file.
"""
import fcntl
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.environ.get("top_builddir") or ".")
COX = os.path.join(TOP, "tools", "cox")
SCHEMAS = os.path.join(TOP, "schemas")
NODES = ["n1", "n2", "n3"]
FENCE = '<primitive id="fence" class="stonith" type="fence_try"/>'

# ---- a node -------------------------------------------------------------------------------------------------


def history(name, active, operation, rc=0):
    rc = rc if active else 7
    interval = "monitor_0" if operation == "monitor" else "start_0"
    return ('<lrm_resource id="%s" class="ocf" provider="heartbeat" type="Dummy"><lrm_rsc_op id="%s_last" operation_key="%s_%s" operation="%s" '
            'crm-debug-origin="x" transition-key="1:1:0:x" transition-magic="0:%d;1:1:0:x" call-id="5" rc-code="%d" op-status="0" interval="0" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8"/></lrm_resource>'
            % (name, name, name, interval, operation, rc, rc))


def cib(state):
    """The document: a stack that has just begun knows of resources by probes alone."""
    running = [node for node in NODES if state["runs"][node]]
    is_new = any(state["runs"][node] == "coxswain" for node in NODES)
    nodes = "".join('<node id="%s" uname="%s"/>' % (node[1], node) for node in NODES)
    options = '<nvpair id="o-f" name="stonith-enabled" value="false"/>'
    if state["maintenance"] != "-":
        options += '<nvpair id="o-m" name="maintenance-mode" value="%s"/>' % state["maintenance"]
    status = ""
    for node in running:
        rows = ""
        for name, place in state["places"].items():
            is_here = place == node and not (is_new and name in state["lost"]) and not (name in state["ended"] and state["maintenance"] == "true")
            rows += history(name, is_here, "start" if is_here and (not is_new or name in state["ended"]) else "monitor", 1 if is_new and name in state["bad"] else 0)
        if state["more"] == FENCE:
            is_started = node == "n3" and not (is_new and state["maintenance"] == "true")
            rows += history("fence", is_started, "monitor").replace('class="ocf" provider="heartbeat" type="Dummy"', 'class="stonith" type="fence_try"')
        status += ('<node_state id="%s" uname="%s" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="%s"><lrm_resources>%s</lrm_resources></lrm></node_state>'
                   % (node[1], node, node[1], rows))
    resources = "".join('<primitive id="%s" class="ocf" provider="heartbeat" type="Dummy"><operations><op id="%s-m" name="monitor" interval="10s"/></operations></primitive>'
                        % (name, name) for name in state["places"])
    rules = "".join('<rsc_location id="l-%s" rsc="%s" node="%s" score="100"/>' % (name, name, place) for name, place in state["places"].items())
    return ('<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="5" num_updates="1" admin_epoch="0" have-quorum="1" dc-uuid="%s"><configuration><crm_config>'
            '<cluster_property_set id="cib-bootstrap-options">%s</cluster_property_set></crm_config><nodes>%s</nodes><resources>%s</resources><constraints>%s</constraints>'
            '</configuration><status>%s</status></cib>' % (running[0][1] if running else "", options, nodes, resources + state["more"], rules, status))


def play_node(directory, node, step, words):
    path = os.path.join(directory, "state")
    with open(path, "r+", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        state = json.load(f)
        if state["dies"].get(node) == step:
            state["off"].append(node)
            state["runs"][node] = ""
            state["ended"] += [name for name, place in state["places"].items() if place == node]
        is_off = node in state["off"]
        if not is_off:
            state["steps"].append("%s %s" % (node, " ".join([step] + words)))
        bad = state["fails"].get(node)
        if is_off:
            print("no route", file=sys.stderr)
        elif bad is not None and step == bad:
            print("it does not do that", file=sys.stderr)
        elif step == "stack":
            print("runs=%s\npacemaker=2.1.5\ncorosync=3.1.7" % state["runs"][node])
            if node not in state["cold"]:
                print("joined=yes")
            if node not in state["without"]:
                print("coxswain=0.1.0")
            if node in state["notes"]:
                print("note=%d" % len(state["notes"][node]))
        elif step == "stack-cib":
            print(cib(state))
        elif step == "stack-maintenance":
            state["maintenance"] = words[0]
        elif step == "stack-start":
            state["runs"][node] = words[0]
        elif step == "stop-manager":
            state["runs"][node] = ""
        elif step == "note":
            state["notes"][node] = sys.stdin.read()
        elif step == "noted":
            print(state["notes"][node], end="")
        elif step == "unnote":
            state["notes"].pop(node, None)
        f.seek(0)
        f.truncate()
        json.dump(state, f)
    return 255 if is_off else 1 if bad is not None and step == bad else 0


# ---- the test -----------------------------------------------------------------------------------------------
count = failed = 0


def result(is_ok, name, have):
    global count, failed
    count += 1
    failed += not is_ok
    print("%s %d - %s" % ("ok" if is_ok else "not ok", count, name))
    if not is_ok:
        print("".join("# %s\n" % line for line in str(have).splitlines()), end="")


class Crew:
    """Three nodes that run Pacemaker, and whatever else is said."""

    def __init__(self, directory, **more):
        self.dir = directory
        state = {"runs": dict.fromkeys(NODES, "pacemaker"), "maintenance": "-", "places": {"web": "n1", "db": "n2"}, "lost": [], "bad": [], "fails": {}, "without": [],
                 "notes": {}, "steps": [], "more": "", "dies": {}, "off": [], "cold": [], "ended": []}
        state.update(more)
        self.write(state)

    def write(self, state):
        with open(os.path.join(self.dir, "state"), "w", encoding="utf-8") as f:
            json.dump(state, f)

    def read(self):
        with open(os.path.join(self.dir, "state"), encoding="utf-8") as f:
            return json.load(f)

    def change(self, **more):
        self.write(dict(self.read(), steps=[], **more))

    def convert(self, *words):
        environment = dict(os.environ, COX_COROSYNC_DIRECTORY=self.dir, COX_SSH="%s/ssh" % self.dir, COX_DAEMON_DIRECTORY=self.dir, COX_SCHEMA_DIRECTORY=SCHEMAS)
        done = subprocess.run([COX, "convert", "pacemaker", *words], capture_output=True, text=True, timeout=60, check=False, env=environment)
        return done.returncode, done.stdout + done.stderr

    def did(self):
        """Steps that change something, without the order of nodes."""
        looks = ("stack", "stack-cib", "noted", "agents")
        steps = [step.split(" ", 1) for step in self.read()["steps"]]
        found = []
        for node, step in steps:
            if step.split()[0] in looks:
                continue
            if found and found[-1][0] == step:
                found[-1][1].append(node)
            else:
                found.append((step, [node]))
        return ["%s: %s" % (step, " ".join(sorted(nodes))) for step, nodes in found]


ALL = "n1 n2 n3"
FORTH = ["note: " + ALL, "stack-maintenance true: n1", "stop-manager: " + ALL, "stack-start coxswain: " + ALL, "stack-maintenance -: n1", "unnote: " + ALL]


def runs(crew, stack):
    return set(crew.read()["runs"].values()) == {stack}


def test_forth(directory):
    crew = Crew(directory)
    status, said = crew.convert("--dry-run")
    result(status == 0 and crew.did() == [] and "stop-manager" in said, "a dry run checks, says the steps and does none", said)
    status, said = crew.convert()
    result(status == 0 and crew.did() == FORTH and said.count("done") == len(NODES), "each step ends on all nodes before the next begins", (said, crew.did()))
    result(runs(crew, "coxswain") and crew.read()["maintenance"] == "-", "in the end Coxswain runs without maintenance mode", crew.read())
    status, said = crew.convert()
    result(status == 108 and "already" in said, "it is not done twice", said)
    status, said = crew.convert("--back")
    result(status == 105 and runs(crew, "coxswain"), "there is no way back when it has ended", said)
    crew = Crew(directory, maintenance="true")
    status, said = crew.convert()
    result(status == 0 and crew.read()["maintenance"] == "true", "a cluster that was in maintenance mode before stays in it", (said, crew.did()))
    crew = Crew(directory, maintenance="false")
    status, said = crew.convert("--pacemaker-tools", "/opt/pacemaker")
    result(status == 0 and crew.read()["maintenance"] == "false" and "stack-start coxswain /opt/pacemaker: " + ALL in crew.did(), "nodes are told where the tools are",
           (said, crew.did()))


def test_refusals(directory):
    for name, text, more in (
            ("a node is not reached", "n2: it does not do that", {"fails": {"n2": "stack"}}),
            ("a node runs nothing", "n3: runs nothing, and not Pacemaker", {"runs": {"n1": "pacemaker", "n2": "pacemaker", "n3": ""}}),
            ("a fence agent is missing", "n3: it does not do that", {"fails": {"n3": "agents"}, "more": FENCE}),
            ("there is something to do", "there is something to do: ", {"more": '<primitive id="late" class="ocf" provider="heartbeat" type="Dummy"/>'}),
            ("the configuration is not valid", "", {"more": '<primitive id="bad" class="ocf"/>'}),
            ("the document cannot be read", "n1: it does not do that", {"fails": {"n1": "stack-cib"}})):
        crew = Crew(directory, **more)
        status, said = crew.convert()
        result(status != 0 and text in said and crew.did() == [],
               "nothing is done when " + name, (said, crew.did()))
    crew = Crew(directory, more=FENCE)
    status, said = crew.convert()
    result(status == 0 and crew.did() == FORTH and "n3 agents fence_try" in crew.read()["steps"], "a fence device that is to be started again is no difference", (said, crew.did()))
    status, said = Crew(directory).convert("--pacemaker-tools", "/opt/x;reboot")
    result(status == 64, "a directory is no command", said)


def test_a_node_fails(directory):
    crew = Crew(directory, fails={"n2": "note"})
    status, said = crew.convert()
    result(status != 0 and crew.did() == ["note: " + ALL] and runs(crew, "pacemaker"), "without a note on all nodes nothing begins", (said, crew.did()))
    crew.change(fails={})
    status, said = crew.convert()
    result(status == 0 and crew.did() == FORTH, "and it can begin again", (said, crew.did()))

    crew = Crew(directory, fails={"n2": "stop-manager"})
    status, said = crew.convert()
    result(status != 0 and "n1: runs nothing" in said and "n2: runs Pacemaker" in said and not [step for step in crew.did() if "stack-start" in step],
           "while one node runs Pacemaker Coxswain is started on none, and it is said where each is", (said, crew.did()))
    crew.change(fails={})
    status, said = crew.convert()
    result(status == 0 and crew.did() == ["stop-manager: n2"] + FORTH[3:], "the same command goes on where it ended", (said, crew.did()))

    crew = Crew(directory, without=["n3"])
    status, said = crew.convert()
    result(status == 5 and "Coxswain is not installed on n3" in said and runs(crew, "") and crew.read()["maintenance"] == "true",
           "packages may come when Pacemaker is stopped", (said, crew.did()))
    crew.change(without=[])
    status, said = crew.convert()
    result(status == 0 and crew.did() == FORTH[3:], "and then it goes on", (said, crew.did()))


def test_back(directory):
    crew = Crew(directory, fails={"n3": "stack-start"}, maintenance="false")
    status, said = crew.convert()
    result(status != 0 and "n3: runs nothing" in said and "--back" in said, "a node where Coxswain does not start", said)
    crew.change(fails={})
    status, said = crew.convert("--back")
    result(status == 0 and runs(crew, "pacemaker") and crew.read()["maintenance"] == "false"
           and crew.did() == ["stop-manager: n1 n2", "stack-start pacemaker: " + ALL, "stack-maintenance false: n1", "unnote: " + ALL], "the way back ends as it was before",
           (said, crew.did()))


def test_a_note_is_left(directory):
    crew = Crew(directory, fails={"n3": "unnote"})
    status, said = crew.convert()
    result(status != 0 and "n3: it does not do that" in said and crew.read()["maintenance"] == "-", "a note that cannot be removed is told", said)
    crew.change(fails={}, places={"web": "n2", "db": "n2"})
    status, said = crew.convert()
    result(status == 0 and crew.did() == ["unnote: " + ALL], "the note of a conversion that has ended binds nobody", (said, crew.did()))


def test_a_resource_is_lost(directory):
    crew = Crew(directory, lost=["db"])
    status, said = crew.convert()
    result(status == 107 and "before, and not now: db is Started on n2" in said and "stays in maintenance mode" in said and crew.read()["maintenance"] == "true"
           and crew.did() == FORTH[:4], "what is not found again keeps the cluster in maintenance mode", (said, crew.did()))
    crew.change(lost=[])
    status, said = crew.convert()
    result(status == 0 and crew.did() == FORTH[4:], "when it is there, the same command ends it", (said, crew.did()))


def test_a_probe_fails(directory):
    crew = Crew(directory, bad=["db"])
    status, said = crew.convert()
    result(status == 107 and "resource 'db' has failed" in said and "stays in maintenance mode" in said and crew.did() == FORTH[:4],
           "what fails its probe keeps it, too, and nobody waits for it", (said, crew.did()))
    crew.change(bad=[])
    status, said = crew.convert("--back")
    result(status == 0 and runs(crew, "pacemaker") and crew.read()["maintenance"] == "-", "back from a Coxswain that runs on all nodes", (said, crew.did()))


def test_a_node_loses_power(directory):
    """n2, and db with it, at each step that changes something; it comes back cold, with the cluster manager that its boot starts, or none."""
    for step, left in (("stop-manager", "Pacemaker"), ("stack-start", "nothing")):
        crew = Crew(directory, dies={"n2": step})
        status, said = crew.convert()
        result(status != 0 and "n2: not reached" in said and "n2: when it has lost power" in said and "take it out of the nodelist" in said and "to go back: " in said,
               "power is lost at %s: it is said what to do" % step, said)
        steps = crew.did()
        status, said = crew.convert()
        result(status != 0 and crew.did() == steps and "n2: when it has lost power" in said and "a conversion has begun and waits" in said, "without the node nothing goes on", said)
        crew.change(dies={}, off=[], cold=["n2"])
        status, said = crew.convert()
        result(status == 107 and "n2: corosync does not run: start it" in said and crew.did() == [], "nor before it is a member again", said)
        boot = "pacemaker" if left == "Pacemaker" else ""
        crew.change(cold=[], runs=dict(crew.read()["runs"], n2=boot))
        status, said = crew.convert()
        begin = ["stop-manager: n2", "stack-start coxswain: " + ALL] if boot else ["stack-start coxswain: n2"]
        result(status == 107 and crew.did() == begin and "before, and not now: db is Started on n2" in said and "would start db on n2" in said
               and "things have only ended: --force" in said and crew.read()["maintenance"] == "true", "it goes on, and does not end before what has ended is told", (said, crew.did()))
        crew.change()
        status, said = crew.convert("--force")
        result(status == 0 and crew.did() == FORTH[4:] and runs(crew, "coxswain") and "is the cluster's to start" in said, "when that is wanted, the cluster starts it",
               (said, crew.did()))
    crew = Crew(directory, dies={"n2": "stack-start"}, lost=["web"])
    crew.convert()
    crew.change(dies={}, off=[], lost=[], places={"web": "n3", "db": "n2"})
    status, said = crew.convert("--force")
    result(status == 107 and "now, and not before: web is Started on n3" in said and "--force" not in said and crew.read()["maintenance"] == "true",
           "what runs elsewhere has not only ended: no force ends that", (said, crew.did()))
    crew = Crew(directory, dies={"n2": "stack-start"})
    crew.convert()
    crew.change(dies={}, off=[])
    status, said = crew.convert("--back")
    result(status == 107 and runs(crew, "pacemaker") and crew.did() == ["stop-manager: n1 n3", "stack-start pacemaker: " + ALL]
           and "before, and not now: db is Started on n2" in said, "the way back is open, too, when it is there again", (said, crew.did()))
    status, said = crew.convert("--back", "--force")
    result(status == 0 and crew.read()["maintenance"] == "-" and crew.read()["notes"] == {}, "and ends in the same way", (said, crew.did()))


def main():
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "corosync.conf"), "w", encoding="utf-8") as f:
            f.write("totem {\n  version: 2\n  cluster_name: try\n}\nnodelist {\n" + "".join(
                "  node {\n    ring0_addr: 198.51.100.%s\n    name: %s\n    nodeid: %s\n  }\n" % (node[1], node, node[1]) for node in NODES) + "}\n")
        with open(os.path.join(directory, "ssh"), "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\n# root@198.51.100.N PROGRAM WORD...\nn=${1##*.}\nset -- $2\nshift\nexec %s -ISB %s --node %s "n$n" "$@"\n' % (sys.executable, os.path.abspath(__file__), directory))
        os.chmod(os.path.join(directory, "ssh"), 0o755)
        test_forth(directory)
        test_refusals(directory)
        test_a_node_fails(directory)
        test_back(directory)
        test_a_note_is_left(directory)
        test_a_resource_is_lost(directory)
        test_a_probe_fails(directory)
        test_a_node_loses_power(directory)
    print("1..%d" % count)
    return failed != 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--node"]:
        sys.exit(play_node(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]))
    sys.exit(main())
