"""Clones, promotable clones and groups among themselves: orders, sets, colocations, tickets, notifications, maintenance."""
from caselib import *

CC, DC = clone("C-clone", C), clone("D-clone", D)
CI, DI = clone("C-clone", C, interleave="true"), clone("D-clone", D, interleave="true")
G, H = group("G", A, B), group("H", C, D)
BOTH_C = {"C": ["n1", "n2"]}


def notified(id, member, **meta_):
    return clone(id, member, notify="true", **meta_)


# ---- notifications ----
NS = notified("S-clone", stateful("S"), promotable="true")
case("notify-start", "The first start of all: there is nobody to tell before, everybody is told after.", [notified("C-clone", C)])
case("notify-stop", "Who stays is told before and after another stops.", [notified("C-clone", C)], runs=BOTH_C,
     node_attrs={"n2": {"standby": "on"}})
case("notify-promote", "Everybody is told before and after a promotion.", [NS], runs={"S": BOTH}, transient=SCORES)
case("notify-demote-and-promote", "Both halves of a change of the promoted instance are announced.", [NS],
     runs={"S": ["n1=Promoted", "n2=Unpromoted"]}, transient=SCORES)
case("notify-recover", "A promoted instance that failed: every step of the recovery is announced.", [NS],
     runs={"S": ["n1=Unpromoted", "n2=Promoted"]}, transient=SCORES, history=lambda s: s.at("S", "n2").fail("monitor", 9000, rc=9))
case("notify-lost-node", "Who is fenced cannot be told; the others hear that it has stopped.", [fence_device(), notified("C-clone", C)],
     runs={"C": ["n1", "n2"], "fence": "n1"}, states={"n2": "lost"}, options=FENCING)
case("notify-lost-node-for-good", "Nobody can be fenced without quorum, so that nobody knows whether the lost instance stopped: no one is told that it did.",
     [fence_device(), notified("C-clone", C)], states={"n1": "lost"}, quorum=0, options=FENCING, runs={**BOTH_C, "fence": "n2"}, attributes=["CRM_meta_notify_stop_uname"])
case("notify-group", "Members of a cloned group are told, too.", [notified("G-clone", G)], runs={"A": "n1", "B": "n1"})
case("notify-nothing-happens", "Without a change nobody is told anything.", [notified("C-clone", C)], runs=BOTH_C)
case("notify-unmanaged", "Nothing is announced of what is not managed.", [clone("C-clone", prim("C", {"is-managed": "false"}),
     notify="true")], runs={"C": "n1"})

# ---- orders of collectives ----
case("order-group-clone", "A group waits for all instances of a clone.", [CC, G], [order("C-clone", "G")])
case("order-clone-after-group", "A clone's instances wait for a group.", [G, CC], [order("G", "C-clone")])
case("order-interleave-one-node", "interleave: only the instance on the node of the one that restarts does so.", [CI, DI],
     [order("C-clone", "D-clone")], runs={"C": ["n1", "n2"], "D": ["n1", "n2"]},
     history=lambda s: s.at("C", "n1").fail("monitor", 10000, rc=7))
case("order-no-interleave-one-node", "Without interleave all instances of the second restart.", [CC, DC],
     [order("C-clone", "D-clone")], runs={"C": ["n1", "n2"], "D": ["n1", "n2"]},
     history=lambda s: s.at("C", "n1").fail("monitor", 10000, rc=7))
case("order-interleave-missing-instance", "interleave: where first has no instance, the second has none.", [CI, DI],
     [order("C-clone", "D-clone")], nodes=3, runs={"C": ["n1", "n2"]}, node_attrs={}, transient={"n3": {
         "fail-count-C#start_0": INF, "last-failure-C#start_0": str(NOW - 60)}})
case("order-interleave-groups", "interleave of cloned groups: node by node.", [clone("G-clone", G, interleave="true"),
     clone("H-clone", H, interleave="true")], [order("G-clone", "H-clone"), colocation("H-clone", "G-clone")])
case("order-interleave-promoted", "interleave with promotion: each waits for the promoted instance on its node.",
     [clone("S-clone", stateful("S"), promotable="true", promoted_max="2", interleave="true"), CI],
     [order("S-clone", "C-clone", first_action="promote", then_action="start")], runs={"S": BOTH}, transient=SCORES)
case("order-promote-then-promote", "Promotion after promotion.", [S, clone("T-clone", stateful("T"), promotable="true")],
     [order("S-clone", "T-clone", first_action="promote", then_action="promote"),
      colocation("T-clone", "S-clone", rsc_role="Promoted", with_rsc_role="Promoted")], runs={"S": BOTH, "T": BOTH},
     transient={n: {"master-S": v, "master-T": "5"} for n, v in (("n1", "5"), ("n2", "10"))})
case("order-demote-then-stop", "first-action=demote: the second stops after the demotion.", [clone("S-clone", stateful("S"),
     promotable="true", target_role="Unpromoted"), prim("A", {"target-role": "Stopped"})],
     [order("S-clone", "A", first_action="demote", then_action="stop")], runs={"S": ["n1=Promoted", "n2=Unpromoted"], "A": "n1"},
     transient=SCORES)
case("order-require-all-false", "require-all=false: one instance of the clone is enough.", [clone("C-clone", C), A],
     [order("C-clone", "A", require_all="false")], states={"n2": "online"}, runs={"C": "n1"})
case("order-clone-min-not-reached", "clone-min is not reached: what depends is not started.", [clone("C-clone", C, clone_min="2"), A],
     [order("C-clone", "A")], states={"n2": "offline"})
case("order-clone-min-lost", "clone-min is no longer reached: what depends is stopped.", [clone("C-clone", C, clone_min="2"), A],
     [order("C-clone", "A")], runs=dict(BOTH_C, A="n1"), node_attrs={"n2": {"standby": "on"}})
case("order-serialize-clones", "kind=Serialize: neither clone starts while the other does.", [CC, DC],
     [order("C-clone", "D-clone", "Serialize")])
case("order-optional-clones", "kind=Optional: nothing restarts because of the other.", [CC, DC], [order("C-clone", "D-clone", "Optional")],
     runs={"C": ["n1", "n2"], "D": ["n1", "n2"]}, history=lambda s: s.at("C", "n1").fail("monitor", 10000, rc=7))
case("order-member-of-group", "An order names a member: the rest of its group follows.", [G, C], [order("C", "B")],
     runs={"A": "n1"})
case("order-score-zero", "An old score of 0 means the same as kind=Optional.", [A, B], [order("A", "B", score="0")],
     runs={"A": "n1", "B": "n2"}, history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7))
case("order-loop", "Two orders against each other: the optional one gives way, both start.", [A, B],
     [order("A", "B"), tag("rsc_order", id="back", first="B", then="A", kind="Optional")])
case("order-set-asymmetrical", "symmetrical=false of a set: nothing is said about stopping.",
     [prim(x, {"target-role": "Stopped"}) for x in "ABC"], [tag("rsc_order", rset("s1", "A", "B"), rset("s2", "C"), id="o",
     symmetrical="false")], runs={"A": "n1", "B": "n2", "C": "n1"})
case("order-set-stops", "A symmetrical set stops in the opposite order.", [prim(x, {"target-role": "Stopped"}) for x in "ABC"],
     [tag("rsc_order", rset("s1", "A", "B"), rset("s2", "C"), id="o")], runs={"A": "n1", "B": "n2", "C": "n1"})
case("order-set-parallel-stops", "Members of a parallel set stop at the same time, after the set that follows.",
     [prim(x, {"target-role": "Stopped"}) for x in "ABCD"], [tag("rsc_order", rset("s1", "A", "B", sequential="false"),
     rset("s2", "C", "D", sequential="false"), id="o")], runs={"A": "n1", "B": "n2", "C": "n1", "D": "n2"})
case("order-set-promote", "A set with action=promote: what follows waits for the promotion.", [S, A],
     [tag("rsc_order", rset("s1", "S-clone", action="promote"), rset("s2", "A", action="start"), id="o")], runs={"S": BOTH},
     transient=SCORES)
# ---- colocations of collectives ----
case("colocation-clone-with-clone", "interleave: instances go where the other clone's are.", [CI, DI], [colocation("D-clone", "C-clone"),
     location("C-clone", "n2", "-INFINITY")])
case("colocation-clone-with-primitive", "All instances have to be with the primitive: only one can.", [A, CC], [colocation("C-clone", "A")])
case("colocation-group-with-clone", "A group goes where a clone runs.", [clone("C-clone", C, clone_max="1"), G],
     [colocation("G", "C-clone"), location("C-clone", "n2", 10)])
case("colocation-with-group-member", "Together with a member means together with its group.", [G, C], [colocation("C", "B"),
     location("G", "n2", 10)])
case("colocation-group-apart", "A group keeps away from a resource.", [C, G], [colocation("G", "C", "-INFINITY")], runs={"C": "n1"})
case("colocation-promoted-apart", "Where the promoted instance is, this one is not.", [S, A], [colocation("A", "S-clone", "-INFINITY",
     with_rsc_role="Promoted")], runs={"S": BOTH, "A": "n2"}, transient=SCORES)
case("colocation-promoted-dependent", "What the promoted instance is colocated with decides who is promoted.", [A, S],
     [colocation("S-clone", "A", rsc_role="Promoted")], runs={"S": BOTH, "A": "n1"}, transient=SCORES)
case("colocation-promoted-rack", "The rack of the primary counts for promotion with node-attribute.", [A, S],
     [colocation("S-clone", "A", rsc_role="Promoted", node_attribute="rack")], runs={"S": BOTH, "A": "n1"}, transient=SCORES,
     node_attrs={"n1": {"rack": "a"}, "n2": {"rack": "b"}})
case("colocation-unpromoted", "with-rsc-role=Unpromoted: away from the promoted one.", [S, A], [colocation("A", "S-clone",
     with_rsc_role="Unpromoted")], runs={"S": BOTH, "A": "n2"}, transient=SCORES)
case("colocation-set-parallel", "sequential=false: members do not depend on each other, only on the next set.",
     [A, B, C], [tag("rsc_colocation", rset("s1", "A", "B", sequential="false"), rset("s2", "C"), id="col", score="INFINITY")],
     states={"n2": "online"}, runs={"C": "n2"})
case("colocation-set-with-role", "A set with role=Promoted.", [S, A], [tag("rsc_colocation", rset("s1", "A"), rset("s2", "S-clone",
     role="Promoted"), id="col", score="INFINITY")], runs={"S": BOTH}, transient=SCORES)
case("colocation-set-apart", "A set with -INFINITY: each member keeps away from the others.", [A, B, C],
     [tag("rsc_colocation", rset("s", "A", "B", "C"), id="col", score="-INFINITY")], nodes=3)
case("colocation-primary-unmanaged", "The primary is not managed and stopped: the dependent cannot run.",
     [prim("A", {"is-managed": "false"}), B], [colocation("B", "A")])
case("colocation-three-chain-moves", "A chain moves as a whole when its end prefers another node.", [A, B, C],
     [colocation("B", "A"), colocation("C", "B"), location("C", "n2", 500)],
     runs={"A": "n1", "B": "n1", "C": "n1"})

# ---- promotion ----
case("promotable-score-of-group", "Promotion scores of a cloned group's members add up.",
     [clone("G-clone", group("G", stateful("S"), stateful("T")), promotable="true")], runs={"S": BOTH, "T": BOTH},
     transient={"n1": {"master-S": "5", "master-T": "6"}, "n2": {"master-S": "10"}})
case("promotable-unique", "globally-unique: each instance has a promotion score of its own.",
     [clone("S-clone", stateful("S"), promotable="true", globally_unique="true", clone_max="2", clone_node_max="2",
            promoted_node_max="2", promoted_max="1")], transient={"n1": {"master-S:0": "5"}, "n2": {"master-S:1": "9"}},
     probed=False, history=lambda s: [
         s.at(i, n).add(*(("start", 0, 0) if i[-1] == str(int(n[1]) - 1) else ("monitor", 0, 7)), call=2,
                        expected=0 if i[-1] == str(int(n[1]) - 1) else 7) for i in ("S:0", "S:1") for n in ("n1", "n2")])
case("promotable-banned-role", "A ban of the promoted role from a node.", [S], [location_rule("S-clone", expr("e", "#uname", "eq", "n2"),
     score="-INFINITY", role="Promoted")], runs={"S": BOTH}, transient=SCORES)
case("promotable-score-negative", "An instance with -INFINITY is not promoted.", [S], runs={"S": BOTH},
     transient={"n1": {"master-S": "-INFINITY"}, "n2": {"master-S": "-5"}})
case("promotable-unmanaged-promoted", "A promoted instance that is not managed stays, and counts.",
     [clone("S-clone", prim("S", {"is-managed": "false"}, monitor=None, agent="ocf:pacemaker:Stateful"), promotable="true")],
     runs={"S": ["n1=Promoted", "n2=Unpromoted"]}, transient=SCORES)
case("promotable-max-zero", "promoted-max=0: nobody is promoted.", [clone("S-clone", stateful("S"), promotable="true", promoted_max="0")],
     runs={"S": ["n1=Promoted", "n2=Unpromoted"]}, transient=SCORES)
case("promotable-probed-first", "Without a probe's result the promotion score of a node does not count.", [S], probed=False,
     transient=SCORES)
case("promotable-target-promoted", "target-role=Promoted allows what the default allows.", [clone("S-clone", stateful("S"),
     promotable="true", target_role="Promoted")], runs={"S": BOTH}, transient=SCORES)
case("promotable-lost-node", "The promoted node is lost: it is fenced before another is promoted.", [fence_device(), S],
     runs={"S": ["n1=Unpromoted", "n2=Promoted"], "fence": "n1"}, states={"n2": "lost"}, options=FENCING, transient=SCORES)

# ---- tickets ----
def granted(value, standby=None):
    return [tag("ticket_state", id="T", granted=value, standby=standby)]


for policy, why in (("stop", "everything stops."), ("demote", "it stops, for every role needs the ticket."), ("freeze", "everything stays as it is."),
                    ("fence", "the node is fenced.")):
    case("ticket-of-clone-lost-" + policy, "A promotable clone loses its ticket, loss-policy=%s: %s" % (policy, why), [fence_device(), S],
         [ticket("T", "S-clone", policy)], tickets=granted("false"), runs={"S": ["n1=Promoted", "n2=Unpromoted"], "fence": "n2"},
         options=FENCING, transient=SCORES)
    case("ticket-of-promoted-standby-" + policy, "The ticket for the promoted role is in standby, loss-policy=%s." % policy,
         [fence_device(), S], [ticket("T", "S-clone", policy, rsc_role="Promoted")], tickets=granted("true", "true"),
         runs={"S": ["n1=Promoted", "n2=Unpromoted"], "fence": "n2"}, options=FENCING, transient=SCORES)
case("ticket-of-group-lost", "A group loses its ticket: it stops in order.", [G], [ticket("T", "G", "stop")], tickets=granted("false"),
     runs={"A": "n1", "B": "n1"})
case("ticket-of-group-granted", "A group has its ticket and starts.", [G], [ticket("T", "G", "fence")], tickets=granted("true"))
case("ticket-set-with-role", "A ticket for a set with a role.", [S, A], [tag("rsc_ticket", rset("s1", "A"), rset("s2", "S-clone",
     role="Promoted"), id="t", ticket="T", loss_policy="demote")], runs={"S": ["n1=Promoted", "n2=Unpromoted"], "A": "n1"},
     tickets=granted("false"), transient=SCORES)

# ---- maintenance and management ----
case("maintenance-of-clone", "A clone in maintenance is left alone.", [clone("C-clone", C, maintenance="true")], runs={"C": "n1"})
case("maintenance-of-group", "A group in maintenance: a failed member is left alone.", [group("G", A, B, maintenance="true")],
     runs={"A": "n1", "B": "n1"}, history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7))
case("unmanaged-member", "A member that is not managed stays; the group moves around it as far as it can.",
     [group("G", A, prim("B", {"is-managed": "false"}), C)], [location("G", "n2", 100)], runs={"A": "n1", "B": "n1", "C": "n1"})
case("group-member-not-critical", "critical=false: a member that cannot run does not move its group.",
     [group("G", A, prim("B", {"critical": "false"}))], [location("B", "n1", "-INFINITY")], runs={"A": "n1", "B": "n1"})
case("group-unordered", "ordered=false: members start at the same time.", [group("G", A, B, ordered="false")])
case("group-stopped-member-order", "The first member is disabled: those after it stop as well.",
     [group("G", prim("A", {"target-role": "Stopped"}), B, C)], runs={"A": "n1", "B": "n1", "C": "n1"})
case("clone-shrinks", "clone-max is lowered: the surplus instance stops.", [clone("C-clone", C, clone_max="1")], runs=BOTH_C)
case("clone-instances-twice-on-node", "An anonymous clone is never twice on a node.", [CC], nodes=1, runs={"C": "n1"})
case("clone-unique-two-on-a-node", "Two globally unique instances on one node stay there: clones are a little sticky.", [clone("C-clone", C, globally_unique="true",
     clone_max="2", clone_node_max="2")], probed=False, history=lambda s: [
         s.at(c, n).add(*(("start", 0, 0) if n == "n1" else ("monitor", 0, 7)), call=2, expected=0 if n == "n1" else 7)
         for c in ("C:0", "C:1") for n in ("n1", "n2")])
case("clone-removed-instance", "The number of unique instances is lowered: the one that is no longer defined stops.",
     [clone("C-clone", C, globally_unique="true", clone_max="1")], probed=False, history=lambda s: (
         s.at("C:0", "n1").add("start", call=2), s.at("C:0", "n2").add("monitor", rc=7, expected=7),
         s.at("C:1", "n2").add("start", call=2)))
case("clone-stickiness", "Instances stay where they are.", [clone("C-clone", C, clone_max="1")], [location("C-clone", "n2", "0")], nodes=3,
     runs={"C": "n3"})

# ---- what was found by comparing with the field ----
case("clone-of-groups-cannot-start", "A clone that cannot run is ordered before a clone of groups, and that before another: none of them "
     "runs, though the last could.", [clone("A-clone", A), clone("G-clone", group("G", B, C)), clone("D-clone", D)],
     [order("A-clone", "G-clone"), order("G-clone", "D-clone"), location("A-clone", "n1", "-INFINITY"),
      location("A-clone", "n2", "-INFINITY")], runs={x: ["n1", "n2"] for x in "ABCD"})
case("clone-notified-of-fencing", "A node with an instance is fenced: the others are told after it, by events of that instance.",
     [fence_device(), clone("C-clone", C, notify="true")], nodes=3, states={"n1": "lost"}, options=FENCING,
     runs={"C": ["n1", "n2", "n3"], "fence": "n2"}, listing=True)
case("clone-probed-under-another-number", "An anonymous instance runs under one number and was probed under another, with other parameters: "
     "the probe does not restart it.", [clone("C-clone", prim("C", params={"state": "/run/b"}))], nodes=1, runs={"C": []},
     history=lambda s: [s.forget("C", "n1"), setattr(s.at("C:0", "n1"), "params", {"state": "/run/a"}),
                        s.at("C:0", "n1").add("monitor", rc=7, expected=7),
                        s.at("C:1", "n1").add("start", call=2), s.at("C:1", "n1").add("monitor", 10000, call=3)])
case("clone-history-without-entries", "A history with nothing in it uses up no instance, wherever it stands among others.",
     [clone("C-clone", prim("C", util={"cpu": "1"}))], nodes=1, runs={"C": []},
     history=lambda s: [s.forget("C", "n1"), s.at("C:2", "n1").fail("start", call=2), s.empty("C:0", "n1")],
     options={"placement-strategy": "utilization"})
case("promoted-under-an-old-name", "The agent set its score under the instance number that it was started with.",
     [S], runs={"S": []}, transient={"n1": {"master-S:1": "75", "master-S:0": "1"}, "n2": {"master-S:0": "5"}},
     history=lambda s: [s.forget("S", "n1"), s.forget("S", "n2"), s.at("S:1", "n1").add("start", call=2),
                        s.at("S:0", "n2").add("start", call=2)])
case("told-nothing-without-partner", "An instance whose partner may not be there stops, and no action is named as the reason.",
     [clone("A-clone", A), clone("B-clone", B, interleave="true")], [order("A-clone", "B-clone"), location("A-clone", "n1", "-INFINITY")],
     runs={x: ["n1", "n2"] for x in "AB"})
case("told-why-it-does-not-start", "A promoted instance stops, and nothing but that it may not start says why.",
     [prim("A", {"target-role": "Stopped"}), S], [order("A", "S-clone")], runs={"A": "n1", "S": ["n1=Promoted", "n2=Unpromoted"]},
     transient=SCORES)
