#!/usr/bin/env python3
"""Tests of cts/scheduler/differential, peerplan.py and shrink.py; with another crm_simulate in PATH also of what it and ours decide.  TAP."""
import os
import stat
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

TOP = os.environ.get("top_srcdir") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.abspath(os.environ.get("top_builddir") or ".")
HERE = os.path.join(os.path.abspath(TOP), "cts", "scheduler")
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(os.path.abspath(TOP), "cts")]

import caselib  # noqa: E402
import peercauses  # noqa: E402
import peerplan  # noqa: E402
import shrink  # noqa: E402
import taplib  # noqa: E402

SIMULATE = os.path.join(BUILD, "tools", "crm_simulate")
NO_PEER = 77

CIB = """<cib validate-with="pacemaker-3.7"><configuration><crm_config><cluster_property_set id="o"><nvpair id="o-fencing" name="stonith-enabled" value="false"/>
</cluster_property_set></crm_config><nodes><node id="1" uname="n1"/></nodes><resources>
<primitive id="A" class="ocf" provider="pacemaker" type="Dummy"/>
<clone id="C"><meta_attributes id="m"><nvpair id="p" name="promotable" value="true"/></meta_attributes>
<primitive id="S" class="ocf" provider="pacemaker" type="Stateful"/></clone></resources><constraints/></configuration><status/></cib>"""


def answer(**parts):
    return dict({"real": {}, "before": {}, "placement": [], "scores": [], "report": []}, **parts)


def differential(*arguments, path=None):
    environment = dict(os.environ, top_builddir=BUILD, PYTHONDONTWRITEBYTECODE="1")
    if path is not None:
        environment["PATH"] = path
    return subprocess.run([sys.executable, os.path.join(HERE, "differential"), *arguments], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=100)


def test_the_same_answers_do_not_differ():
    one = answer(real={"start|A_start_0|n1": {"x": "1"}}, before={"start|A_start_0|n1": []}, scores=["s"], report=["r"])
    assert peerplan.difference(CIB, one, dict(one)) is None


def test_the_first_level_that_differs_counts():
    ours = answer(real={"start|A_start_0|n1": {}}, before={"start|A_start_0|n1": []}, report=["a"])
    level, kinds, sentence = peerplan.difference(CIB, ours, answer(report=["b"]))
    assert (level, kinds) == ("actions", ["adds start(primitive)"])
    assert "A_start_0" in sentence


def test_what_is_lacked_and_what_is_added_is_told_apart():
    theirs = answer(real={"promote|S_promote_0|n1": {}}, before={"promote|S_promote_0|n1": []})
    assert peerplan.difference(CIB, answer(), theirs)[1] == ["lacks promote(primitive of promotable)"]


def test_an_action_is_told_by_its_whole_name():
    real = {key: {} for key in ("clear_failcount|A_clear_failcount_0|n1", "migrate_to|A_migrate_to_0|n1", "cancel|A_monitor_10000|n1")}
    theirs = answer(real=real, before={key: [] for key in real})
    assert peerplan.difference(CIB, answer(), theirs)[1] == ["lacks cancel-monitor*(primitive)", "lacks clear_failcount(primitive)",
                                                             "lacks migrate_to(primitive)"]


def test_orders_are_compared_in_both_directions():
    first, then = "stop|A_stop_0|n1", "start|A_start_0|n1"
    real = {first: {}, then: {}}
    ordered, parallel = answer(real=real, before={first: [], then: [first]}), answer(real=real, before={first: [], then: []})
    assert peerplan.difference(CIB, parallel, ordered)[:2] == ("order", ["lacks stop(primitive) before start(primitive)"])
    assert peerplan.difference(CIB, ordered, parallel)[:2] == ("tight", ["adds stop(primitive) before start(primitive)"])


def test_parameters_and_scores_and_texts_count_last():
    real = {"start|A_start_0|n1": {"x": "1"}}
    before = {"start|A_start_0|n1": []}
    ours, theirs = answer(real=real, before=before), answer(real={"start|A_start_0|n1": {"x": "2"}}, before=before)
    assert peerplan.difference(CIB, ours, theirs)[:2] == ("params", ["adds x of start(primitive)", "lacks x of start(primitive)"])
    assert peerplan.difference(CIB, answer(scores=["A score on n1: 5"]), answer(scores=["A score on n1: 6"]))[0] == "scores"
    assert peerplan.difference(CIB, answer(report=["a", "b"]), answer(report=["b", "a"]))[:2] == ("report", ["another order of lines"])


def test_who_gives_no_answer_is_named():
    assert peerplan.difference(CIB, {"failed": "exit status 1: x"}, answer())[:2] == ("accept", ["ours: exit status 1: x"])
    assert peerplan.difference(CIB, {"failed": "x"}, {"failed": "y"}) is None


def test_lists_of_a_report_are_taken_apart():
    lines = ["Node List:", "Online: [ n1 n2 ]", "Node n3: UNCLEAN (offline)", "A (ocf:pacemaker:Dummy): Started n1 (unmanaged)", "Stopped: [ n2 ]"]
    assert peerplan.placement(lines) == ["A (ocf:pacemaker:Dummy): Started n1", "n1 online", "n2 online", "n3 unclean (offline)"]


def test_a_document_shrinks_to_what_matters():
    text = "<a><b><c k='1' l='2'/><c/><d/></b><e><f/></e></a>"
    small = shrink.shrink(text, lambda candidate: "k=" in candidate and ET.fromstring(candidate).find("b") is not None)
    assert ET.tostring(ET.fromstring(small)).replace(b"\n", b"").replace(b" ", b"") == b'<a><b><ck="1"/></b></a>'


def test_a_clone_becomes_what_is_in_it():
    small = shrink.shrink(CIB, lambda candidate: 'id="S"' in candidate)
    assert "clone" not in small and 'id="S"' in small


def test_what_daemons_always_write_stays():
    text = "<cib><status><node_state id='1' uname='n1' x='y'/></status></cib>"
    small = shrink.shrink(text, lambda candidate: "node_state" in candidate)
    assert 'uname="n1"' in small and "x=" not in small


OP = "<lrm_rsc_op id='%s' operation='%s' operation_key='A_%s_%s' interval='%s' call-id='%s' rc-code='%s' op-status='%s'/>"


def with_history(*ops, more=""):
    status = "<status><node_state id='1' uname='n1'><lrm id='1'><lrm_resources><lrm_resource id='A' class='ocf' provider='pacemaker' type='Dummy'>%s</lrm_resource>%s</lrm_resources></lrm></node_state></status>"
    return CIB.replace("<status/>", status % ("".join(OP % op for op in ops), more))


def test_a_history_as_daemons_write_it_is_not_strange():
    start, monitor = ("a", "start", "start", "0", "0", "2", "0", "0"), ("b", "monitor", "monitor", "10000", "10000", "3", "193", "-1")
    going_on = monitor[:6] + ("0", "0")
    assert peercauses.present(with_history(start, monitor)) == []
    assert peercauses.present(with_history(start, going_on)) == []
    assert peercauses.present(with_history(going_on)) == ["history that nobody writes"]


def test_histories_that_nobody_writes_are_taken_out():
    good = ("a", "start", "start", "0", "0", "2", "0", "0")
    for bad in (("b", "delete", "delete", "0", "0", "3", "0", "0"), ("b", "monitor", "start", "0", "0", "3", "0", "0"),
                ("b", "monitor", "monitor", "10000", "10000", "2", "0", "0"), ("b", "monitor", "monitor", "0", "0", "3", "7", "-1")):
        text = with_history(good, bad)
        assert "history that nobody writes" in peercauses.present(text), bad
        left = peercauses.without(text, ["history that nobody writes"])
        assert 'id="a"' in left and 'id="b"' not in left, left
    twice = with_history(good, more="<lrm_resource id='A'/>")
    assert peercauses.without(twice, ["history that nobody writes"]).count('lrm_resource id="A"') == 1


def test_circles_of_colocations_and_orders_are_opened():
    both = CIB.replace("<constraints/>", "<constraints><rsc_colocation id='c1' rsc='A' with-rsc='C'/><rsc_colocation id='c2' rsc='S' with-rsc='A'/>"
                                         "<rsc_order id='o1' first='A' then='C'/><rsc_order id='o2' first='C' then='A'/></constraints>")
    assert {"colocations in a circle", "orders in a circle"} <= set(peercauses.present(both))
    left = peercauses.without(both, ["colocations in a circle", "orders in a circle"])
    assert "c1" in left and "o1" in left and "c2" not in left and "o2" not in left, left


def test_the_least_causes_are_named():
    text = with_history(("b", "delete", "delete", "0", "0", "3", "0", "0")).replace('<node id="1" uname="n1"/>', '<node id="1" uname="n1"/><node id="2" uname="n1"/>')
    assert peercauses.causes(text, lambda candidate: "delete" in candidate) == ["history that nobody writes"]
    assert peercauses.causes(text, lambda candidate: "delete" in candidate or candidate.count("<node ") > 1) == ["history that nobody writes", "two entries of a node"]
    assert peercauses.causes(text, lambda candidate: True) == []


def levels(common=(), **differing):
    """As of peerplan.deciding(): (lacked, added) of each level that is not the same."""
    return dict({level: (set(), set()) for level in ("actions", "placement", "order")}, common=set(common), **differing)


def test_lines_that_tell_why_need_no_cause():
    text = with_history(("a", "monitor", "monitor", "10000", "10000", "3", "0", "0"))
    unfencing = "stonith|stonith-%s-on|%s"
    actions = ({unfencing % ("g1", "g1"), unfencing % ("n1", "n1"), "monitor|A_monitor_10000|n1", "monitor|A_monitor_20000|n1"}, {"clear_failcount|A_clear_failcount_0|n1", "cancel|A_monitor_10000|n1"})
    left, names = peercauses.unexplained(text, levels(actions=actions))
    assert sorted(left) == [("actions", False, "clear_failcount|A_clear_failcount_0|n1"), ("actions", True, "monitor|A_monitor_20000|n1"),
                            ("actions", True, unfencing % ("n1", "n1"))], left
    assert names == ["monitor that goes on", "removed monitor cancelled", "unfencing of guests"]


def test_a_removed_monitor_is_not_begun_again_behind_a_connection():
    def names(node):
        return peercauses.unexplained(CIB, levels(actions=({"monitor|A_monitor_20000|" + node}, set())))[1]

    assert (names("elsewhere"), names("n1")) == (["removed monitor behind a new connection"], [])


def test_no_instance_starts_beside_one_that_could_not_stop():
    def names(rc, node="n1"):
        text = with_history(("a", "stop", "stop", "0", "0", "3", rc, "0"))
        return peercauses.unexplained(text, levels(actions=({"start|A:1_start_0|" + node}, set())))[1]

    assert (names("1"), names("0"), names("1", "n2")) == (["instance beside a failed stop"], [], [])


def test_counts_of_what_is_not_so_any_more_are_cleared():
    def names(text, rsc="A"):
        return peercauses.unexplained(text, levels(actions=(set(), {"clear_failcount|%s_clear_failcount_0|n1" % rsc})))[1]

    text = with_history(("a", "start", "start", "0", "0", "3", "0", "0"))
    noted = [text.replace("rc-code='0'", "rc-code='0' op-digest='%s'" % caselib.digest(parameters)) for parameters in ({}, {"x": "1"})]
    assert noted[0] != text and [names(one) for one in (text, *noted)] == [[], [], ["counts of failures cleared"]]
    assert names(text, "gone") == ["counts of failures cleared"]
    assert names(text.replace('type="Dummy"', 'type="Other"', 1)) == ["counts of failures cleared"]


def test_what_follows_from_an_order_of_two_fencings_goes_with_it():
    fencing, start = "stonith|stonith-n%d-reboot|n%d", "start|A_start_0|n1"
    lacked = {(fencing % (1, 1), fencing % (2, 2)), (fencing % (1, 1), start)}
    left, names = peercauses.unexplained(CIB, levels(order=(lacked, set()), common={(fencing % (2, 2), start)}))
    assert (left, names) == ([], ["fencing after fencing"])
    assert peercauses.unexplained(CIB, levels(order=(lacked, set())))[0] == [("order", True, (fencing % (1, 1), start))]


def test_numbers_of_anonymous_instances_do_not_count():
    text = CIB.replace('name="promotable"', 'name="x"')
    moved = levels(actions=({"start|S:0_start_0|n1"}, {"start|S:1_start_0|n1"}))
    assert peercauses.unexplained(text, moved) == ([], ["number of an instance"])
    unique = text.replace('name="x"', 'name="globally-unique"')
    assert peercauses.unexplained(unique, moved) == ([], ["instances of a unique clone"])
    assert len(peercauses.unexplained(unique, levels(actions=({"start|S:0_start_0|n1"}, {"start|S:1_start_0|n2"})))[0]) == 2


def test_numbers_of_replicas_do_not_count():
    text = CIB.replace("<clone ", "<bundle id='W'><primitive id='B' class='ocf' type='x'/></bundle><clone ", 1)
    actions = [{"start|W-podman-%d_start_0|%s" % pair, "start|W-ip-192.0.2.1%d_start_0|%s" % pair, "start|W-%d_start_0|%s" % pair, "start|B:%d_start_0|W-%d" % (pair[0], pair[0])}
               for pair in ((0, "n1"), (1, "n1"), (1, "n2"))]
    assert peercauses.unexplained(text, levels(actions=tuple(actions[:2]), placement=({"W-0 online"}, {"W-1 online"}))) == ([], ["number of a replica"])
    assert len(peercauses.unexplained(text, levels(actions=(actions[0], actions[2])))[0]) == 6
    lacked = {("monitor|W-podman-0_monitor_0|n2", "start|A_start_0|n1")}
    assert peercauses.unexplained(text, levels(actions=tuple(actions[:2]), order=(lacked, set())))[0] == []
    assert len(peercauses.unexplained(text, levels(order=(lacked, set())))[0]) == 1


def test_two_instances_on_one_node_are_a_class_of_their_own():
    text = CIB.replace('name="promotable"', 'name="x"')
    crowd = {"start|S:0_start_0|n1", "start|S:1_start_0|n1"}
    crowded = levels(actions=(crowd, {"start|A_start_0|n1"}), order=({("start|A_start_0|n2", "start|S:0_start_0|n1")}, set()))
    assert peercauses.unexplained(text, crowded) == ([("actions", False, "start|A_start_0|n1")], ["more instances than a node may have"])
    assert len(peercauses.unexplained(text.replace('name="x"', 'name="clone-node-max"'), crowded)[0]) == 4


def test_causes_take_out_what_they_say():
    cib = CIB.replace("<constraints/>", "<constraints><rsc_colocation id='c' rsc='C' with-rsc='A' score='10'/></constraints>")
    assert peercauses.present(cib) == ["wishes of a clone"] and "rsc_colocation" not in peercauses.without(cib, ["wishes of a clone"])
    several = CIB.replace('name="promotable" value="true"', 'name="clone-node-max" value="2"')
    assert peercauses.present(several) == ["clone that is unique by default"] and 'name="globally-unique"' in peercauses.without(several, peercauses.present(several))
    group = CIB.replace("<clone ", "<group id='G'><primitive id='M' class='ocf' type='x'><meta_attributes id='M-m'><nvpair id='M-n' name='is-managed' value='false'/>"
                        "</meta_attributes></primitive></group><clone ", 1)
    assert peercauses.present(group) == ["member that stays"]
    refused = with_history(("a", "monitor", "monitor", "0", "0", "2", "2", "0"))
    assert peercauses.present(refused) == ["probe of invalid parameters"] and "lrm_rsc_op" not in peercauses.without(refused, ["probe of invalid parameters"])
    joining = with_history().replace('uname="n1"><lrm', 'uname="n1" in_ccm="true" crmd="online" join="down"><lrm').replace("uname='n1'>", "uname='n1' in_ccm='true' crmd='online' join='down'>")
    assert peercauses.present(joining) == ["node that joins"]


def test_known_classes_all_exist_and_say_what_is_decided():
    names = {name for name, _ in peercauses.CAUSES} | {line[0] for line in peercauses.LINES} | {"number of an instance", "instances of a unique clone", "number of a replica",
             "more instances than a node may have", "telling", "rehearsal"}
    with open(os.path.join(HERE, "differential.known")) as file:
        known = dict(line.rstrip("\n").split("\t") for line in file if not line.startswith("#"))
    assert all(known.values())
    cases = {name[len("case "):] for name in known if name.startswith("case ")}
    assert all(os.path.isdir(os.path.join(HERE, "cases", name)) for name in cases)
    assert set(known) - {"case " + name for name in cases} == names, set(known) ^ names


def test_ours_does_not_differ_from_itself():
    with tempfile.TemporaryDirectory() as folder:
        done = differential("--peer", SIMULATE, "--count", "12", "--cache", folder)
        assert done.returncode == 0, done.stdout
        assert "12 documents from seed 1: same" in done.stdout, done.stdout
        assert len(os.listdir(folder)) == 12


def planted(folder):
    """A program that decides as ours, but takes no notice of stonith-enabled."""
    program = os.path.join(folder, "crm_simulate")
    with open(program, "w") as out:
        out.write("#!/bin/sh\nsed -i s/stonith-enabled/unheard-of/ \"$2\"\nexec '%s' \"$@\"\n" % SIMULATE)
    os.chmod(program, stat.S_IRWXU)
    return program


def test_a_planted_difference_is_found_and_shrunk_and_found_again_by_its_seed():
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--peer", planted(folder), "--levels", "actions", "-j", "2"]
        done = differential(*arguments, "--count", "10", "--shrink", "0")
        assert done.returncode == 1, done.stdout
        seeds = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("seed ")]
        assert seeds, done.stdout
        done = differential(*arguments, "--seed", seeds[0], "--count", "1", "--save", os.path.join(folder, "small"))
        assert done.returncode == 1 and "seed %s " % seeds[0] in done.stdout, done.stdout
        with open(os.path.join(folder, "small", "%s-actions.xml" % seeds[0])) as file:
            small = file.read()
        assert "stonith-enabled" in small and small.count("<nvpair") <= 2 and small.count("<primitive") <= 2, small


def test_a_known_difference_is_no_failure():
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--peer", planted(folder), "--levels", "actions", "-j", "2", "--count", "10", "--shrink", "0"]
        known = os.path.join(folder, "known")
        classes = [line[len("class "):] for line in differential(*arguments).stdout.splitlines() if line.startswith("class ")]
        assert classes
        with open(known, "w") as out:
            out.write("\n".join(classes))
        assert differential(*arguments, "--known", known).returncode == 0


def test_without_a_peer_it_says_so():
    done = differential("--count", "1", path=os.path.join(BUILD, "tools"))
    assert done.returncode == NO_PEER
    assert "there is no other crm_simulate" in done.stdout


def test_the_installed_peer_decides_most_random_documents_as_ours():
    done = differential("--count", "30", "--shrink", "0", "--levels", "actions,placement,order")
    if done.returncode == NO_PEER:
        raise taplib.Skip("no other crm_simulate")
    assert done.returncode in (0, 1), done.stdout
    last = [line for line in done.stdout.splitlines() if line.startswith("30 documents")][0]
    assert int(last.split("same ")[1].split(",")[0]) >= 15, done.stdout


taplib.main(globals())
