"""What a failure comes to: by operation, by role, by policy, and when it is forgotten."""
from caselib import *


def failed(rsc, task, interval=0, rc=1, where="n1", count=None, age=600, **attrs):
    """An operation failed @age seconds ago; @count is the fail count, "N" or "INFINITY"."""
    return lambda s: s.at(rsc, where).fail(task, interval, rc=rc, when=NOW - age, **attrs)


def counts(rsc, task, count, interval=0, age=600):
    return {"fail-count-%s#%s_%d" % (rsc, task, interval): count,
            "last-failure-%s#%s_%d" % (rsc, task, interval): str(NOW - age)}


FENCE = fence_device()
for on_fail, why in (("ignore", "it counts as started."), ("block", "nobody touches it."), ("stop", "it is stopped for good."),
                     ("restart", "it is tried again, here or elsewhere."), ("standby", "the node gives up what it has."),
                     ("fence", "the node is fenced.")):
    case("on-fail-start-" + on_fail, "A start with on-fail=%s failed: %s" % (on_fail, why),
         [FENCE, prim("A", ops=[op("A", "start", on_fail=on_fail)]), B], options=dict(FENCING, **{"start-failure-is-fatal": "false"}),
         runs={"fence": "n2", "B": "n1"}, history=failed("A", "start"), transient={"n1": counts("A", "start", "1")})
for on_fail, why in (("ignore", "it counts as stopped."), ("block", "nobody touches it."), ("fence", "the node is fenced.")):
    case("on-fail-stop-" + on_fail, "A stop with on-fail=%s failed: %s" % (on_fail, why),
         [FENCE, prim("A", {"target-role": "Stopped"}, ops=[op("A", "stop", on_fail=on_fail)])], options=FENCING,
         runs={"fence": "n2", "A": "n1"}, history=failed("A", "stop"))
for on_fail, why in (("ignore", "it stays promoted."), ("block", "nobody touches it."), ("demote", "it is demoted, not restarted."),
                     ("stop", "the whole clone is to stop."), ("restart", "it restarts and is promoted again.")):
    case("on-fail-promoted-" + on_fail, "The monitor of the promoted role with on-fail=%s failed: %s" % (on_fail, why),
         [clone("S-clone", prim("S", monitor=None, ops=[op("S", "monitor", "10s", role="Unpromoted"), op(
             "S", "monitor", "9s", role="Promoted", on_fail=on_fail)], agent="ocf:pacemaker:Stateful"), promotable="true")],
         runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES, history=failed("S", "monitor", 9000, where="n2"))
for task in ("promote", "demote"):
    for on_fail in ("block", "stop", "restart"):
        case("on-fail-%s-%s" % (task, on_fail), "A %s with on-fail=%s failed: %s" % (task, on_fail, {
                 "block": "nobody touches it.", "stop": "the whole clone is to stop.", "restart": "it restarts."}[on_fail]),
             [clone("S-clone", prim("S", monitor=None, ops=[op("S", task, on_fail=on_fail)], agent="ocf:pacemaker:Stateful"),
                    promotable="true")], runs={"S": ["n1=Unpromoted", "n2=Promoted" if task == "demote" else "n2=Unpromoted"]},
             transient=SCORES, history=failed("S", task, where="n2"))
case("on-fail-demote-not-running", "A demote found the instance stopped: it is stopped once more, to be sure, and started.", [S], transient=SCORES,
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, history=failed("S", "demote", rc=7, where="n2"))
case("on-fail-demote-of-start", "on-fail=demote means nothing to a start: it restarts, elsewhere, because the start failed.",
     [prim("A", ops=[op("A", "start", on_fail="demote")])], history=failed("A", "start"),
     transient={"n1": counts("A", "start", "INFINITY")})
case("on-fail-beside-a-fencing", "Two failures on a node, one of which has it fenced: what the other asks for is done in whatever order they "
     "are read.", [fence_device(), prim("A", on_fail="block"), prim("B", on_fail="fence")],
     runs={"A": "n1", "B": "n1", "fence": "n2"}, options=FENCING,
     history=lambda s: [s.at("A", "n1").fail("monitor", 10000), s.at("B", "n1").fail("monitor", 10000)])
case("on-fail-standby-is-kept", "on-fail=standby: the node stays in standby after the resource was stopped, until the failure is cleaned up.",
     [prim("A", on_fail="standby"), B], runs={"A": "n1", "B": "n1"},
     history=lambda s: (s.at("A", "n1").fail("monitor", 10000), s.at("A", "n1").add("stop", call=12)))
case("on-fail-fence-without-fencing", "on-fail=fence without fencing: the resource is stopped and stays so.",
     [prim("A", on_fail="fence")], runs={"A": "n1"}, history=failed("A", "monitor", 10000))

# ---- what the result says ----
case("result-not-configured", "Not configured (6): the resource cannot run anywhere until its configuration is changed.", [A],
     history=failed("A", "start", rc=6))
case("result-not-installed", "Not installed (5): this node is out of the question, others are not.", [A],
     history=failed("A", "start", rc=5))
case("result-permission", "Insufficient privileges (4): banned from this node.", [A], runs={"A": "n1"},
     history=failed("A", "monitor", 10000, rc=4))
case("result-unimplemented-monitor", "Unimplemented (3) of a recurring operation is an ordinary failure: restarted.", [A], runs={"A": "n1"},
     history=failed("A", "monitor", 10000, rc=3))
case("result-degraded", "Degraded (190) is no failure of a monitor.", [A], history=lambda s: s.at("A", "n1").add("start", call=2).add(
     "monitor", 10000, rc=190, call=3))
case("result-degraded-promoted", "Degraded promoted (191) is no failure either.", [S], transient=SCORES,
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, history=lambda s: s.at("S", "n2").add("monitor", 9000, rc=191, expected=8, call=4))
case("result-found-running", "A probe finds it running where it was not expected: it belongs to the cluster then.", [A],
     history=lambda s: s.at("A", "n1").add("monitor", rc=0, expected=7))
case("result-found-promoted", "A monitor of an unpromoted instance finds it promoted: it is demoted.", [S], transient=SCORES,
     runs={"S": BOTH}, history=lambda s: s.at("S", "n1").fail("monitor", 10000, rc=8))
case("result-found-stopped", "A monitor finds it stopped: it is started again.", [A], runs={"A": "n1"},
     history=failed("A", "monitor", 10000, rc=7))
case("result-found-failed-promoted", "A probe finds a promoted instance that failed: demoted and stopped first.", [S],
     transient=SCORES, history=lambda s: s.at("S", "n2").add("monitor", rc=9, expected=7))
case("result-timeout", "A timeout of a monitor is a failure like any other.", [A], runs={"A": "n1"},
     history=failed("A", "monitor", 10000, status=2))
case("result-probe-failed", "A probe that failed says that it may run there: stopped before it starts elsewhere.", [A],
     [location("A", "n2", 10)], history=lambda s: s.at("A", "n1").add("monitor", rc=1, expected=7))
case("result-probe-of-unmanaged-failed", "The probe of an unmanaged resource failed: nothing is done about it.",
     [prim("A", {"is-managed": "false"})], history=lambda s: s.at("A", "n1").add("monitor", rc=1, expected=7))
case("result-cancelled", "A monitor that was cancelled is no failure.", [A], history=lambda s: s.at("A", "n1").add("start", call=2).add(
     "monitor", 10000, rc=1, status=1, call=3))
case("result-stop-not-installed", "A stop of an agent that is not installed has failed: without fencing that blocks.", [A], runs={"A": "n1"},
     history=failed("A", "stop", rc=5, status=7))
case("result-old-failure-then-start", "A start after the failure makes it a thing of the past.", [A],
     history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7).add("stop", call=11).add("start", call=12).add(
         "monitor", 10000, call=13))

# ---- counted, and forgotten ----
case("failcount-of-clone", "Failures of one instance ban anonymous clones from the node when they reach the threshold.",
     [clone("C-clone", prim("C", {"migration-threshold": "2"}))], runs={"C": ["n1", "n2"]},
     transient={"n1": counts("C", "monitor", "2", 10000)}, history=failed("C", "monitor", 10000))
case("failcount-of-member", "A member that failed too often takes its group with it.",
     [group("G", A, prim("B", {"migration-threshold": "1"}), C)], runs={"A": "n1", "B": "n1", "C": "n1"},
     transient={"n1": counts("B", "monitor", "1", 10000)}, history=failed("B", "monitor", 10000))
case("failcount-adds-up", "Fail counts of all operations add up to the threshold.", [prim("A", {"migration-threshold": "3"})],
     runs={"A": "n1"}, transient={"n1": dict(counts("A", "monitor", "2", 10000), **counts("A", "promote", "1"))})
case("failcount-expires-with-recurring", "A monitor's failure older than failure-timeout: the count is cleared, nothing restarts.",
     [prim("A", {"failure-timeout": "5min"})], runs={"A": "n1"}, transient={"n1": counts("A", "monitor", "1", 10000)},
     history=failed("A", "monitor", 10000))
case("failcount-expires-of-stop", "A failed stop that has expired is forgotten like any other failure.", [FENCE,
     prim("A", {"failure-timeout": "5min"})], options=FENCING, runs={"A": "n1", "fence": "n2"},
     transient={"n1": counts("A", "stop", "INFINITY")}, history=failed("A", "stop"))
case("failcount-one-old-one-new", "One failure has expired, a newer one has not: the count stands.",
     [prim("A", {"failure-timeout": "5min", "migration-threshold": "2"})], runs={"A": "n1"},
     transient={"n1": dict(counts("A", "start", "1"), **counts("A", "monitor", "1", 10000, age=60))},
     history=lambda s: s.at("A", "n1").fail("monitor", 10000, when=NOW - 60))
case("failcount-of-removed", "Fail counts of a removed resource are cleared with it.", [A], runs={"A": "n1"},
     history=lambda s: s.at("old", "n2").add("start").fail("monitor", 10000, rc=7), transient={"n2": counts("old", "monitor", "1", 10000)})
case("failure-of-lost-node", "What failed on a node that is gone does not count as running there.", [A], states={"n1": "offline"},
     runs={"A": "n1"}, history=failed("A", "monitor", 10000))
case("failure-in-maintenance", "A resource in maintenance that failed is left alone.", [prim("A", {"maintenance": "true"})],
     runs={"A": "n1"}, history=failed("A", "monitor", 10000, rc=7))
case("failure-multiple-active-stop-only", "multiple-active=stop_only: stopped everywhere and not started.",
     [prim("A", {"multiple-active": "stop_only"})], runs={"A": ["n1", "n2"]})
case("result-agent-gone-cannot-be-ignored", "on-fail=ignore, but the agent is not installed any more: there is nothing to go on with.",
     [prim("A", on_fail="ignore")], runs={"A": "n1"}, history=failed("A", "monitor", 10000, rc=5, status=7))
case("told-in-order-failed", "What a failure asks for is told before the probes that are due.", [A, B], runs={"A": "n1"}, probed=False,
     history=failed("A", "monitor", 10000, rc=7), listing=True)
case("monitor-failure-forgiven", "A monitor's failure is older than failure-timeout and not counted any more: the monitor is run again.",
     [prim("A", {"failure-timeout": "60s"})], runs={"A": "n1"},
     history=lambda s: s.at("A", "n1").add("monitor", 10000, rc=1, status=2, call=3, when=NOW - 3600))
case("monitor-failure-forgiven-and-run", "As before, but the monitor was run again and is well: once is enough, though the failure is still told of.",
     [prim("A", {"failure-timeout": "60s"})], runs={"A": "n1"},
     history=lambda s: s.at("A", "n1").fail("monitor", 10000, call=3, when=NOW - 3600).add("monitor", 10000, call=4, when=NOW - 1800))
case("stop-hopeless", "A stop fails for a reason that stays, and nobody can fence the node: neither is tried again.", [A, B],
     [colocation("B", "A")], runs={"A": "n1"}, options=FENCING,
     history=lambda s: s.at("A", "n1").fail("stop", rc=5, call=9, status=0))
case("stop-hopeless-overcome", "A stop failed for a reason that stayed, but not for ever: what happened since counts.", [A, B],
     [colocation("B", "A")], runs={"A": "n1"}, history=lambda s: s.at("A", "n1").fail("stop", rc=5, call=2, status=0).add("stop", call=5))


def other_start(s):
    s.at("A", "n1").params = {"fake": "old"}
    s.at("A", "n1").fail("start")


case("clone-count-about-to-be-cleared", "The count of an anonymous clone is about to be cleared, as the start that failed had other parameters: "
     "it bans none of its instances from n1, whichever of them that is.", [clone("A-clone", prim("A", params={"fake": "new"}))],
     [location("A-clone", "n2", 100)], history=other_start, transient={"n1": counts("A", "start", "INFINITY")})
case("on-fail-standby-of-a-stop", "A failed stop cannot be answered with standby: the node is fenced, as if nothing had been said.",
     [fence_device(), prim("A", ops=[op("A", "stop", on_fail="standby")])], options=FENCING, runs={"A": "n1", "fence": "n2"},
     history=lambda s: s.at("A", "n1").fail("stop"))
