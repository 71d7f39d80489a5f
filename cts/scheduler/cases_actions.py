"""What happens in which order: groups, orders, clones, promotable clones, failures, fencing, tickets, defaults."""
from caselib import *


# ---- groups ----
G = group("G", A, B, C)
ON1 = {"A": "n1", "B": "n1", "C": "n1"}
case("group-starts-in-order", "Members start one after the other on one node.", [G])
case("group-moves-as-one", "Members stop in reverse order, then start elsewhere.", [G], [location("G", "n2", 10)], runs=ON1)
case("group-member-disabled", "A member that must not run stops those after it.",
     [group("G", A, prim("B", {"target-role": "Stopped"}), C)], runs=ON1)
case("group-member-banned", "A member's ban moves the whole group.", [G], [location("B", "n1", "-INFINITY")], runs=ON1)
case("group-member-failed", "A failed member is recovered together with those after it.", [G], runs=ON1,
     history=lambda s: s.at("B", "n1").fail("monitor", 10000, rc=7))
case("group-new-member", "A member added at the end starts without moving the others.", [group("G", A, B, C, D)], runs=ON1)
case("group-stickiness", "The stickiness of members adds up.", [group("G", prim("A", {"resource-stickiness": "10"}),
     prim("B", {"resource-stickiness": "10"}))], [location("G", "n2", 15)], runs={"A": "n1", "B": "n1"})
case("group-colocated-with-group", "A group follows another group.", [group("G", A, B), group("H", C, D)],
     [colocation("H", "G"), location("G", "n2", 5)])

# ---- orders ----
case("order-mandatory", "then starts after first.", [A, B], [order("A", "B")])
case("order-mandatory-stop", "Stopping goes the other way round.", [prim("A", {"target-role": "Stopped"}),
     prim("B", {"target-role": "Stopped"})], [order("A", "B")], runs={"A": "n1", "B": "n2"})
case("order-restarts-then", "When first is recovered, then restarts.", [A, B], [order("A", "B")], runs={"A": "n1", "B": "n2"},
     history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7))
case("order-optional", "kind=Optional orders only what happens anyway: then is not restarted.", [A, B],
     [order("A", "B", "Optional")], runs={"A": "n1", "B": "n2"}, history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7))
case("order-serialize", "kind=Serialize: not at the same time, in either order.", [A, B], [order("A", "B", "Serialize")])
case("order-asymmetrical", "symmetrical=false says nothing about stopping.", [prim("A", {"target-role": "Stopped"}),
     prim("B", {"target-role": "Stopped"})], [order("A", "B", symmetrical="false")], runs={"A": "n1", "B": "n2"})
case("order-first-cannot-run", "then waits for a first that never starts.", [prim("A", {"target-role": "Stopped"}), B],
     [order("A", "B")])
case("order-stop-then-start", "first-action=stop: B starts after A has stopped.", [prim("A", {"target-role": "Stopped"}), B],
     [order("A", "B", first_action="stop", then_action="start")], runs={"A": "n1"})
case("order-set-sequential", "A set is a chain.", [A, B, C], [tag("rsc_order", rset("s", "A", "B", "C"), id="o")])
case("order-set-parallel", "sequential=false: members in any order, the next set after all of them.", [A, B, C],
     [tag("rsc_order", rset("s1", "A", "B", sequential="false"), rset("s2", "C"), id="o")])
case("order-set-any", "require-all=false: one member is enough.", [prim("A", {"target-role": "Stopped"}), B, C],
     [tag("rsc_order", rset("s1", "A", "B", sequential="false", require_all="false"), rset("s2", "C"), id="o")])
case("order-set-any-stops", "Of a set any member is enough for what comes after, but all of it is stopped before what it came after.",
     [prim("A", {"target-role": "Stopped"}), B, C],
     [tag("rsc_order", rset("s1", "A"), rset("s2", "B", "C", sequential="false", require_all="false"), id="o")],
     runs={"A": "n1", "B": "n1", "C": "n2"})
case("order-told-down-the-chain", "What cannot start takes down what follows; each is told what it is that it follows.",
     [prim("A", {"target-role": "Stopped"}), B, C], [order("A", "B"), order("B", "C")], runs={"A": "n1", "B": "n1", "C": "n2"})
case("order-of-a-tag", "A tag in an order stands for a set of its resources.", [A, B, C], [order("T", "C")],
     tags=[tag("tag", tag("obj_ref", id="A"), tag("obj_ref", id="B"), id="T")])
case("order-across-migration", "An ordered resource is moved after the one it needs.", [A, B],
     [order("A", "B"), colocation("B", "A"), location("A", "n2", 10)], runs={"A": "n1", "B": "n1"})

# ---- clones ----
CL = clone("C-clone", C)
case("clone-on-every-node", "One instance on each node.", [CL], nodes=3)
case("clone-max", "clone-max limits the number of instances.", [clone("C-clone", C, clone_max="2")], nodes=3)
case("clone-unique", "globally-unique instances are told apart by number; two may share a node.",
     [clone("C-clone", C, globally_unique="true", clone_max="3", clone_node_max="2")], nodes=2)
case("clone-not-on-banned-node", "A ban keeps one instance away.", [CL], [location("C-clone", "n2", "-INFINITY")], nodes=3)
case("clone-order", "A resource waits for the instance on every node.", [CL, A], [order("C-clone", "A")], nodes=2)
case("clone-order-interleave", "interleave: clone to clone, node by node.",
     [clone("C-clone", C, interleave="true"), clone("D-clone", D, interleave="true")], [order("C-clone", "D-clone"),
     colocation("D-clone", "C-clone")], nodes=2)
case("clone-order-no-interleave", "Without interleave each waits for all instances of the other.",
     [clone("C-clone", C), clone("D-clone", D)], [order("C-clone", "D-clone")], nodes=2)
case("clone-ordered", "ordered=true: instances start one at a time.", [clone("C-clone", C, ordered="true")], nodes=2)
case("clone-of-group", "A cloned group runs whole on each node.", [clone("G-clone", group("G", A, B))], nodes=2)
case("clone-instance-failed", "Only the failed instance is recovered.", [CL], nodes=2, runs={"C": ["n1", "n2"]},
     history=lambda s: s.at("C", "n1").fail("monitor", 10000, rc=7))
case("clone-min", "clone-min: what depends starts when enough instances run.",
     [clone("C-clone", C, clone_min="2"), A], [order("C-clone", "A")], nodes=3)
case("clone-with-notify", "notify=true: instances are told before and after.", [clone("C-clone", C, notify="true")], nodes=2,
     runs={"C": "n1"})
case("clone-colocated-primitive", "A primitive goes where an instance is.", [clone("C-clone", C, clone_max="1"), A],
     [colocation("A", "C-clone"), location("C-clone", "n2", 10)])

# ---- promotable clones ----
case("promotable-by-score", "The instance with the highest promotion score is promoted.", [S], runs={"S": BOTH},
     transient=SCORES)
case("promotable-without-score", "Nobody is promoted without a promotion score.", [S], runs={"S": BOTH})
case("promotable-first-start", "All start, the scores are not known yet.", [S])
case("promotable-moves", "Another instance has the higher score now: demote, then promote.", [S],
     runs={"S": ["n1=Promoted", "n2=Unpromoted"]}, transient=SCORES)
case("promotable-two", "promoted-max=2: both are promoted.", [clone("S-clone", stateful("S"), promotable="true",
     promoted_max="2")], runs={"S": BOTH}, transient=SCORES)
case("promotable-location-role", "A location for the promoted role counts for promotion only.", [S],
     [location_rule("S-clone", expr("e", "#uname", "eq", "n1"), score="100", role="Promoted")], runs={"S": BOTH},
     transient=SCORES)
case("promotable-colocation", "A resource goes where the promoted instance is, and after it.", [S, A],
     [colocation("A", "S-clone", with_rsc_role="Promoted"),
      order("S-clone", "A", first_action="promote", then_action="start")], runs={"S": BOTH}, transient=SCORES)
case("promotable-failed-promoted", "The monitor of the promoted role fails: demote, stop, start, promote.", [S],
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES,
     history=lambda s: s.at("S", "n2").fail("monitor", 9000, rc=9))
case("promotable-target-role", "target-role=Unpromoted demotes.", [clone("S-clone", stateful("S"), promotable="true",
     target_role="Unpromoted")], runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES)
case("promotable-standby", "The promoted node goes to standby: the other one takes over.", [S],
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES, node_attrs={"n2": {"standby": "on"}})
case("promotable-found-promoted", "A probe that found it promoted is believed.", [S], transient=SCORES,
     history=lambda s: s.at("S", "n2").add("monitor", rc=8, expected=7))

# ---- failures ----
def failed(task, interval=0, rc=1, where="n1", **attrs):
    return lambda s: s.at("A", where).fail(task, interval, rc=rc, **attrs)


case("fail-monitor", "A failed monitor: stop and start on the same node.", [A], runs={"A": "n1"}, history=failed("monitor", 10000))
case("fail-start-is-fatal", "A start that failed bans the node.", [A], history=failed("start"),
     transient={"n1": {"fail-count-A#start_0": INF, "last-failure-A#start_0": str(NOW - 600)}})
case("fail-start-not-fatal", "start-failure-is-fatal=false: tried again.", [A], options={"start-failure-is-fatal": "false"},
     history=failed("start"), transient={"n1": {"fail-count-A#start_0": "1", "last-failure-A#start_0": str(NOW - 600)}})
case("fail-stop-without-fencing", "A stop that failed blocks the resource when there is no fencing.", [A], runs={"A": "n1"},
     history=failed("stop"))
case("fail-stop-fences", "A stop that failed fences the node.", [fence_device(), A], runs={"A": "n1", "fence": "n2"},
     options=FENCING, history=failed("stop"))
for on_fail, why in (("ignore", "it stays as it is."), ("block", "it is not touched until somebody looks."),
                     ("stop", "it is stopped and not started."), ("restart", "it is restarted, here or elsewhere."),
                     ("standby", "the node gives up all its resources."), ("fence", "the node is fenced.")):
    case("on-fail-" + on_fail, "on-fail=%s: after a failed monitor %s" % (on_fail, why),
         [fence_device(), prim("A", on_fail=on_fail), B], runs={"A": "n1", "B": "n1", "fence": "n2"}, options=FENCING,
         history=failed("monitor", 10000))
case("on-fail-demote", "on-fail=demote: the promoted instance is demoted and may be promoted again.",
     [clone("S-clone", prim("S", monitor=None, ops=[op("S", "monitor", "10s", role="Unpromoted"), op(
         "S", "monitor", "9s", role="Promoted", on_fail="demote")], agent="ocf:pacemaker:Stateful"), promotable="true")],
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES, history=lambda s: s.at("S", "n2").fail("monitor", 9000))
case("migration-threshold-reached", "Too many failures: the resource leaves the node.", [prim("A", {"migration-threshold": "3"})],
     runs={"A": "n1"}, history=failed("monitor", 10000), transient={"n1": {
         "fail-count-A#monitor_10000": "3", "last-failure-A#monitor_10000": str(NOW - 600)}})
case("migration-threshold-not-reached", "Fewer failures than the threshold: restarted in place.",
     [prim("A", {"migration-threshold": "3"})], runs={"A": "n1"}, history=failed("monitor", 10000), transient={"n1": {
         "fail-count-A#monitor_10000": "2", "last-failure-A#monitor_10000": str(NOW - 600)}})
case("failure-timeout-expired", "A failure older than failure-timeout is forgotten.", [prim("A", {"failure-timeout": "5min"})],
     history=failed("start"), transient={"n1": {"fail-count-A#start_0": INF, "last-failure-A#start_0": str(NOW - 600)}})
case("failure-timeout-running", "A failure younger than failure-timeout still counts.", [prim("A", {"failure-timeout": "1h"})],
     history=failed("start"), transient={"n1": {"fail-count-A#start_0": INF, "last-failure-A#start_0": str(NOW - 600)}})
case("failure-expired-seen-by-success", "A fail count that expired is cleared when the history has nothing but successes, too.",
     [prim("A", {"failure-timeout": "5min"})], runs={"A": "n1"},
     transient={"n1": {"fail-count-A#monitor_10000": "1", "last-failure-A#monitor_10000": str(NOW - 600)}})
case("failure-with-other-parameters", "What failed with other parameters than it has now gets another chance: its failure is cleared.",
     [prim("A", params={"fake": "new"})],
     history=lambda s: s.at("A", "n1").add("monitor", rc=5, expected=7, call=3, id="A_last_failure_0").ops[-1][1].update(
         {"op-digest": digest({"fake": "old"})}))
case("clone-old-numbers", "Old histories name instances by number: that of one which is not active says nothing of who starts there.",
     [clone("A-clone", A)], runs={"A": "n1"}, probed=False,
     history=lambda s: (s.forget("A", "n1"), s.running("A:0", "n1"), s.at("A:0", "n2").add("monitor", rc=7, expected=7),
                        s.running("A:1", "n2")))
case("fail-probe-not-installed", "An agent that is not installed bans the node.", [A],
     history=lambda s: s.at("A", "n1").add("monitor", rc=5, status=7, expected=7))
case("active-on-two-nodes", "Found on two nodes: stopped on both and started on one.", [A], runs={"A": ["n1", "n2"]})
case("active-on-two-nodes-block", "multiple-active=block: left for somebody to look at.", [prim("A", {"multiple-active": "block"})],
     runs={"A": ["n1", "n2"]})
case("active-on-two-nodes-stop-unexpected", "multiple-active=stop_unexpected: the one that is where it belongs stays.",
     [prim("A", {"multiple-active": "stop_unexpected"})], runs={"A": ["n1", "n2"]})
case("parameters-changed", "A resource whose parameters were changed restarts.", [prim("A", params={"state": "/new"})],
     history=lambda s: (setattr(s.at("A", "n1"), "params", {"state": "/old"}), s.forget("A", "n2"),
                        s.at("A", "n1").add("start", call=2).add("monitor", 10000, call=3)))
case("monitor-interval-changed", "The old monitor is cancelled, the new one started.", [prim("A", monitor="20s")],
     history=lambda s: s.at("A", "n1").add("start", call=2).add("monitor", 10000, call=3))
case("monitor-of-stopped-role", "A monitor for the Stopped role runs where the resource is not.",
     [prim("A", ops=[op("A", "monitor", "30s", role="Stopped")])], runs={"A": "n1"})

# ---- fencing ----
case("fence-lost-node", "A lost node is fenced before its resources start elsewhere.", [fence_device(), A],
     states={"n2": "lost"}, runs={"A": "n2", "fence": "n1"}, options=FENCING)
case("fence-off", "stonith-action=off.", [fence_device(), A], states={"n2": "lost"}, runs={"A": "n2", "fence": "n1"},
     options=dict(FENCING, **{"stonith-action": "off"}))
case("fence-without-device", "Fencing is enabled, but there is no device: nothing is taken over.", [A], states={"n2": "lost"},
     runs={"A": "n2"}, options=FENCING)
case("fence-without-quorum", "Without quorum nobody is fenced.", [fence_device(), A], nodes=3, quorum=0,
     states={"n2": "lost", "n3": "lost"}, runs={"A": "n2", "fence": "n1"}, options=FENCING)
case("fence-concurrent", "Two lost nodes are fenced at the same time.", [fence_device(), A, B], nodes=5,
     states={"n2": "lost", "n3": "lost"}, runs={"A": "n2", "B": "n3", "fence": "n1"},
     options=dict(FENCING, **{"concurrent-fencing": "true"}))
case("fence-priority-delay", "priority-fencing-delay favours the node with the more important resources.",
     [fence_device(), prim("A", {"priority": "10"})], states={"n2": "lost"}, runs={"A": "n1", "fence": "n1"},
     options=dict(FENCING, **{"priority-fencing-delay": "15s"}))
case("fence-requires-nothing", "requires=nothing: started before fencing is done.", [fence_device(),
     prim("A", {"requires": "nothing"})], states={"n2": "lost"}, runs={"fence": "n1"}, options=FENCING)
case("fence-requires-quorum", "requires=quorum: not held up by fencing.", [fence_device(), prim("A", {"requires": "quorum"}), B],
     states={"n2": "lost"}, runs={"fence": "n1"}, options=FENCING)
case("fence-startup", "A node never seen is fenced when startup-fencing is on.", [fence_device(), A], nodes=2,
     states={"n2": "lost"}, runs={"fence": "n1"}, options=dict(FENCING, **{"startup-fencing": "true"}))
case("fence-topology", "Levels do not change the plan: fencing is one step.", [fence_device("f1"), fence_device("f2"), A],
     states={"n2": "lost"}, runs={"A": "n2", "f1": "n1", "f2": "n1"}, options=FENCING, topology=[
         tag("fencing-level", id="l1", target="n2", index=1, devices="f1,f2")])

# ---- tickets ----
def granted(value, standby=None):
    return [tag("ticket_state", id="T", granted=value, standby=standby)]


case("ticket-missing", "Without the ticket nothing starts.", [A], [ticket("T", "A")])
case("ticket-granted", "With the ticket it starts.", [A], [ticket("T", "A")], tickets=granted("true"))
for policy in ("stop", "demote", "freeze", "fence"):
    case("ticket-lost-" + policy, "loss-policy=%s when the ticket is revoked." % policy, [fence_device(), A],
         [ticket("T", "A", policy)], tickets=granted("false"), runs={"A": "n1", "fence": "n2"}, options=FENCING)
case("ticket-standby", "A ticket in standby counts as being given up in order.", [A], [ticket("T", "A", "fence")],
     tickets=granted("true", "true"), runs={"A": "n1"})
case("ticket-for-promoted", "The ticket is needed for the promoted role only.", [S], [ticket("T", "S-clone", "demote",
     rsc_role="Promoted")], runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES, tickets=granted("false"))
case("ticket-set", "A ticket for a set of resources.", [A, B], [tag("rsc_ticket", rset("s", "A", "B"), id="t", ticket="T",
     loss_policy="stop")], runs={"A": "n1", "B": "n2"}, tickets=granted("false"))

# ---- templates and defaults ----
TEMPLATE = tag("template", meta("T-meta", {"resource-stickiness": "100"}), tag("operations", op("T", "monitor", "10s"),
               op("T", "start", timeout="90s")), id="T", class_="ocf", provider="heartbeat", type="Dummy")
case("template", "What a template says is as if the resource said it.", [prim("A", template="T", monitor=None)],
     [location("A", "n2", 50)], runs={"A": "n1"}, templates=[TEMPLATE])
case("template-overridden", "The resource's own values win.", [prim("A", {"resource-stickiness": "1"}, template="T", monitor="20s")],
     [location("A", "n2", 50)], templates=[TEMPLATE], probed=False)
case("template-in-colocation", "A template in a constraint stands for its resources.",
     [prim("A", template="T", monitor=None), prim("B", template="T", monitor=None), C], [colocation("T", "C"),
     location("C", "n2", 5)], templates=[TEMPLATE])
case("rsc-defaults", "rsc_defaults hold for every resource.", [A], [location("A", "n2", 50)], runs={"A": "n1"},
     rsc_defaults={"resource-stickiness": "100"})
case("rsc-defaults-overridden", "A resource's own value wins over rsc_defaults.", [prim("A", {"resource-stickiness": "0"})],
     [location("A", "n2", 50)], runs={"A": "n1"}, rsc_defaults={"resource-stickiness": "100"})
case("rsc-defaults-by-type", "A rule in rsc_defaults on the agent.", [A, prim("B", agent="ocf:pacemaker:Dummy")],
     [location("A", "n2", 50), location("B", "n2", 50)], runs={"A": "n1", "B": "n1"}, defaults_rules=[
         meta("d", {"resource-stickiness": "100"}, tag("rule", tag("rsc_expression", id="x", class_="ocf",
              provider="pacemaker"), id="r", boolean_op="and", score=INF))])
case("rsc-defaults-by-date", "A rule in rsc_defaults on the time: sticky in office hours.", [A], [location("A", "n2", 50)],
     runs={"A": "n1"}, defaults_rules=[meta("d", {"resource-stickiness": "100"}, tag("rule", tag("date_expression", tag(
         "date_spec", id="s", hours="9-16"), id="x", operation="date_spec"), id="r", boolean_op="and", score=INF))])
case("defaults-by-score", "Of two sets with the same name the one with the higher score counts.", [A], [location("A", "n2", 50)],
     runs={"A": "n1"}, defaults_rules=[meta("d1", {"resource-stickiness": "0"}, score="1"),
                                       meta("d2", {"resource-stickiness": "100"}, score="2")])
case("op-defaults", "op_defaults: a monitor that fails stops the resource.", [A], runs={"A": "n1"},
     op_defaults={"on-fail": "stop"}, history=failed("monitor", 10000))


def for_operation(**which):
    return [meta("d", {"on-fail": "stop"}, tag("rule", tag("op_expression", id="x", **which), id="r", boolean_op="and", score=INF))]


case("op-defaults-by-operation", "A rule in op_defaults on the operation: a failed monitor stops the resource, a failed start does not.",
     [A, B], runs={"A": "n1"}, op_defaults=for_operation(name="monitor"),
     history=lambda s: (s.at("A", "n1").fail("monitor", 10000), s.at("B", "n1").fail("start")))
case("op-defaults-by-interval", "A rule in op_defaults on the interval: a monitor of this interval that failed stops its resource, another one does not.",
     [A, prim("B", monitor="20s")], runs={"A": "n1", "B": "n1"}, op_defaults=for_operation(name="monitor", interval="20s"),
     history=lambda s: (s.at("A", "n1").fail("monitor", 10000), s.at("B", "n1").fail("monitor", 20000)))
case("cluster-maintenance-and-lost-node", "In maintenance mode a lost node is not fenced.", [fence_device(), A],
     states={"n2": "lost"}, runs={"A": "n2", "fence": "n1"}, options=dict(FENCING, **{"maintenance-mode": "true"}))

case("failed-on-lost-node", "What failed on a node that is lost is only lost: the node's fencing is the measure.",
     [fence_device(), A], quorum=0, states={"n2": "lost"}, runs={"A": "n2", "fence": "n1"}, options=FENCING,
     history=lambda s: s.at("A", "n2").fail("monitor", 10000))

# ---- which of several reasons is told ----
case("told-between-blocked-stops", "What is two before a failed stop is told by what cannot stop after it.",
     [group("G", A, B, C, D)], nodes=1, runs={"B": "n1", "C": "n1", "D": "n1"}, history=lambda s: s.at("D", "n1").fail("stop"))
case("told-along-a-group", "A group restarts with what it is ordered after: each member is told the one before it.",
     [clone("S-clone", stateful("S", params={"x": "2"}), promotable="true", notify="true"), group("G", A, B, C)],
     [order("S-clone", "G", first_action="promote", then_action="start"), colocation("G", "S-clone", with_rsc_role="Promoted")],
     runs={"S": ["n1=Promoted"], "A": "n1", "B": "n1", "C": "n1"}, transient={"n1": {"master-S": "10"}},
     history=lambda s: [setattr(s.at("S", "n1"), "params", {"x": "1"}), s.at("S", "n1").add("promote", call=2)])
case("told-along-cloned-groups", "Groups that cannot run any more as what they come after cannot: each member is told the one before it.",
     [clone("D-clone", D, target_role="Stopped"), clone("K-clone", prim("K")), clone("G-clone", group("G", A, B, C))],
     [order("D-clone", "K-clone"), order("K-clone", "G-clone")], runs={x: ["n1", "n2"] for x in "DKABC"})
