"""Where resources go: locations, stickiness, colocations, utilization, health, node states, quorum."""
from caselib import *


# ---- nothing to do, and the simplest things ----
case("nothing-to-do", "Everything runs as wanted: no action at all.", [A, B], runs={"A": "n1", "B": "n2"})
case("first-start", "New resources are probed everywhere, then started, spread over the nodes.", [A, B, C], probed=False)
case("start-after-probes", "Probes that are done are not repeated.", [A])
case("probe-finds-it-running", "A resource that a probe found active is left where it is and gets its monitor.", [A],
     history=lambda s: s.at("A", "n2").add("monitor", rc=0, expected=7))
case("spread-by-count", "Equal nodes: the one with fewer resources is chosen.", [A, B, C, D], nodes=3, runs={"A": "n1"})
case("unconfigured-resource-is-stopped", "A resource in the history without definition is stopped and forgotten.", [A],
     runs={"A": "n1"}, history=lambda s: s.at("old", "n2").add("start").add("monitor", 10000))
case("orphan-kept", "stop-orphan-resources=false leaves a resource without definition running.", [A], runs={"A": "n1"},
     options={"stop-orphan-resources": "false"}, history=lambda s: s.at("old", "n2").add("start"))
case("disabled-resource-stops", "target-role=Stopped stops a running resource.", [prim("A", {"target-role": "Stopped"})],
     runs={"A": "n1"})
case("disabled-resource-stays-stopped", "target-role=Stopped: nothing is started.",
     [prim("A", {"target-role": "Stopped"})])
case("stop-all-resources", "stop-all-resources stops everything.", [A, B], runs={"A": "n1", "B": "n2"},
     options={"stop-all-resources": "true"})
case("unmanaged-is-left-alone", "is-managed=false: a failed resource is not recovered.",
     [prim("A", {"is-managed": "false"})], runs={"A": "n1"},
     history=lambda s: s.at("A", "n1").fail("monitor", 10000, rc=7))
case("maintenance-mode", "maintenance-mode: nothing is done, recurring monitors are cancelled; resources say why they are left alone.",
     [A, prim("B", {"target-role": "Stopped"})], runs={"A": "n1", "B": "n2"}, options={"maintenance-mode": "true"})
case("maintenance-of-one-resource", "maintenance=true of a resource cancels its monitor and nothing else.",
     [prim("A", {"maintenance": "true"}), B], runs={"A": "n1", "B": "n2"})
case("maintenance-of-one-node", "A node in maintenance keeps its resources, and gets no new ones.", [A, B],
     runs={"A": "n1"}, node_attrs={"n1": {"maintenance": "true"}})

# ---- locations ----
case("location-prefers-a-node", "The higher score wins.", [A], [location("A", "n1", 100), location("A", "n2", 200)])
case("location-moves-a-running-resource", "A higher score elsewhere moves a resource that is not sticky.", [A],
     [location("A", "n2", 1)], runs={"A": "n1"})
case("stickiness-beats-location", "Stickiness above the location's score keeps it where it is.",
     [prim("A", {"resource-stickiness": "100"})], [location("A", "n2", 50)], runs={"A": "n1"})
case("location-beats-stickiness", "A location above the stickiness moves it.",
     [prim("A", {"resource-stickiness": "100"})], [location("A", "n2", 150)], runs={"A": "n1"})
case("location-bans-a-node", "-INFINITY bans a node even when it is the only one.", [A], [location("A", "n1", "-INFINITY")],
     states={"n2": "offline"}, runs={"A": "n1"})
case("location-never-wins-over-ban", "INFINITY and -INFINITY for one node come to -INFINITY.", [A],
     [location("A", "n1", INF), tag("rsc_location", id="ban", rsc="A", node="n1", score="-INFINITY")])
case("asymmetric-cluster", "symmetric-cluster=false: only where a location allows it.", [A, B], [location("A", "n2", 0)],
     options={"symmetric-cluster": "false"})
case("location-pattern", "A pattern applies to all resources whose ids match.", [prim("web1"), prim("web2"), prim("db")],
     [tag("rsc_location", id="l", rsc_pattern="^web", node="n2", score=INF)])
case("location-pattern-inverted", "A pattern after ! applies to those that do not match.", [prim("web1"), prim("db")],
     [tag("rsc_location", id="l", rsc_pattern="!^web", node="n2", score="-INFINITY")])
case("location-of-a-tag", "A location of a tag applies to every resource in it.", [A, B, C],
     [location("T", "n2", INF)], tags=[tag("tag", tag("obj_ref", id="A"), tag("obj_ref", id="B"), id="T")])
case("location-of-a-set", "A location with a resource set applies to its members.", [A, B, C],
     [tag("rsc_location", rset("s", "A", "C"), id="l", node="n2", score="100")])
case("discovery-never", "resource-discovery=never: no probe there.", [A],
     [location("A", "n2", "-INFINITY", resource_discovery="never")], probed=False)
case("discovery-exclusive", "resource-discovery=exclusive: probed and run only there.", [A],
     [location("A", "n2", "100", resource_discovery="exclusive")], nodes=3, probed=False)
case("rule-node-attribute", "A rule on a node attribute.", [A],
     [location_rule("A", expr("e", "rack", "eq", "2"), score=100)], node_attrs={"n1": {"rack": "1"}, "n2": {"rack": "2"}})
case("rule-bans-without-attribute", "not_defined bans nodes that lack an attribute.", [A],
     [location_rule("A", expr("e", "ssd", "not_defined"), score="-INFINITY")], node_attrs={"n2": {"ssd": "yes"}})
case("rule-numeric-compare", "type=number compares 9 and 10 as numbers.", [A],
     [location_rule("A", expr("e", "mem", "lt", "10", type="number"), score="-INFINITY")],
     node_attrs={"n1": {"mem": "9"}, "n2": {"mem": "10"}})
case("rule-version-compare", "type=version compares part by part.", [A],
     [location_rule("A", expr("e", "os", "lt", "1.10", type="version"), score="-INFINITY")],
     node_attrs={"n1": {"os": "1.9"}, "n2": {"os": "1.10"}})
case("rule-score-attribute", "score-attribute takes the score from the node.", [A],
     [location_rule("A", expr("e", "pref", "defined"), score_attribute="pref")],
     node_attrs={"n1": {"pref": "10"}, "n2": {"pref": "20"}})
case("rule-or", "boolean-op=or: one expression is enough.", [A],
     [location_rule("A", expr("e1", "a", "eq", "1"), expr("e2", "b", "eq", "1"), score="-INFINITY", boolean_op="or")],
     nodes=3, node_attrs={"n1": {"a": "1"}, "n2": {"b": "1"}})
case("rule-uname", "#uname is the node's name.", [A], [location_rule("A", expr("e", "#uname", "ne", "n2"), score="-INFINITY")])
case("rule-date-in-range", "Within the range the rule counts.", [A], [location_rule(
    "A", tag("date_expression", id="d", operation="in_range", start="2026-01-01", end="2026-02-01"), score="-INFINITY"),
    location("A", "n2", 1)])
case("rule-date-expired", "After the range the rule does not count.", [A], [location_rule(
    "A", tag("date_expression", id="d", operation="in_range", start="2025-01-01", end="2025-02-01"), score="-INFINITY")])
case("rule-date-spec", "Office hours on working days, looked at on Wednesday noon.", [A], [location_rule(
    "A", tag("date_expression", tag("date_spec", id="s", hours="9-16", weekdays="1-5"), id="d", operation="date_spec"),
    expr("e", "#uname", "eq", "n2"), score=INF)])
case("rule-date-spec-outside", "The same rule at night.", [A], [location_rule(
    "A", tag("date_expression", tag("date_spec", id="s", hours="9-16", weekdays="1-5"), id="d", operation="date_spec"),
    expr("e", "#uname", "eq", "n2"), score=INF)], args="-t 2026-01-28T22:00:00Z", runs={"A": "n1"})
case("rule-date-duration", "start and duration make a range.", [A], [location_rule(
    "A", tag("date_expression", tag("duration", id="u", weeks="6"), id="d", operation="in_range", start="2026-01-01"),
    expr("e", "#uname", "eq", "n2"), score=INF)])

# ---- colocations ----
case("colocation-together", "INFINITY: on the same node, or not at all.", [A, B], [colocation("B", "A"), location("A", "n2", 10)])
case("colocation-apart", "-INFINITY: never on the same node.", [A, B, C], [colocation("B", "A", "-INFINITY"),
     colocation("C", "A", "-INFINITY")])
case("colocation-apart-one-node", "With one node left, only one of two that exclude each other runs.", [A, B],
     [colocation("B", "A", "-INFINITY")], states={"n2": "offline"})
case("colocation-advisory", "A finite score is weighed against locations.", [A, B],
     [colocation("B", "A", 10), location("A", "n1", 5), location("B", "n2", 20)])
case("colocation-primary-cannot-run", "The dependent stops when its primary has no node.",
     [prim("A", {"target-role": "Stopped"}), B], [colocation("B", "A")], runs={"A": "n1", "B": "n1"})
case("colocation-dependent-pulls", "What the dependent prefers counts for the primary.", [A, B],
     [colocation("B", "A"), location("B", "n2", 100)])
case("colocation-without-influence", "influence=false: the dependent does not move the primary.", [A, B],
     [colocation("B", "A", influence="false"), location("B", "n2", 100)], runs={"A": "n1", "B": "n1"})
case("colocation-chain", "C with B with A: all end up on the node that A needs.", [A, B, C],
     [colocation("B", "A"), colocation("C", "B"), location("A", "n2", INF)], runs={"A": "n1", "B": "n1", "C": "n1"})
case("colocation-set", "A sequential set is a chain of colocations.", [A, B, C],
     [tag("rsc_colocation", rset("s", "A", "B", "C"), id="col", score=INF), location("A", "n2", 10)])
case("colocation-two-sets", "Members of the first set go with those of the second.", [A, B, C],
     [tag("rsc_colocation", rset("s1", "A", "B", sequential="false"), rset("s2", "C"), id="col", score=INF),
      location("C", "n2", 10)])
case("colocation-node-attribute", "The same rack is enough.", [A, B],
     [colocation("B", "A", node_attribute="rack"), location("A", "n1", INF), location("B", "n1", "-INFINITY")], nodes=3,
     node_attrs={"n1": {"rack": "a"}, "n2": {"rack": "b"}, "n3": {"rack": "a"}})
case("colocation-circle", "Two that want each other still find a node.", [A, B], [colocation("B", "A"), colocation("A", "B")])
CROWD = "ABCDEFGHIJKL"
case("colocation-crowd", "Twelve that want each other are planned before anybody gives up waiting: no plan looks at each way through the crowd.", [prim(x) for x in CROWD],
     [colocation(x, y) for x in CROWD for y in CROWD if x != y])
case("priority-decides", "With room for one, the higher priority runs.", [A, prim("B", {"priority": "10"})],
     [colocation("A", "B", "-INFINITY")], states={"n2": "offline"})

# ---- utilization ----
NODES = {"n1": {"cpu": "2"}, "n2": {"cpu": "4"}}
UTIL = [prim(x, util={"cpu": "2"}) for x in "ABC"]
case("utilization-limits", "placement-strategy=utilization: no node takes more than it has.", UTIL + [prim("E", util={"cpu": "2"})],
     options={"placement-strategy": "utilization"}, node_util=NODES)
case("utilization-balanced", "balanced: the node with most left comes first.", UTIL, options={"placement-strategy": "balanced"},
     node_util=NODES)
case("utilization-minimal", "minimal: as few nodes as possible.", UTIL[:2], options={"placement-strategy": "minimal"},
     node_util=NODES)
case("utilization-default-ignores", "Without a strategy capacity does not matter.", UTIL, node_util={"n1": {"cpu": "1"}})
case("utilization-of-colocated", "Colocated resources need room together.", [prim("A", util={"cpu": "2"}), prim("B", util={"cpu": "2"})],
     [colocation("B", "A")], options={"placement-strategy": "utilization"}, node_util=NODES)
case("utilization-group", "A group needs room for all its members.", [group("G", prim("A", util={"cpu": "2"}), prim("B", util={"cpu": "1"}))],
     options={"placement-strategy": "utilization"}, node_util=NODES)
case("utilization-of-too-many", "Nowhere is there room for all that must be together: the first goes where most of the others have room, here the whole group.",
     [group("G", prim("A", util={"cpu": "1"}), prim("B", util={"cpu": "1"})), prim("C", util={"cpu": "2"})], [colocation("C", "G")],
     options={"placement-strategy": "utilization"}, node_util={"n1": {"cpu": "1"}, "n2": {"cpu": "3"}})
case("utilization-of-too-many-group-moves", "The same with a member that runs: it moves to where its group has room, without what has none beside it.",
     [group("G", prim("A", util={"cpu": "1"}), prim("B", util={"cpu": "1"})), prim("C", util={"cpu": "2"})], [colocation("C", "G")],
     options={"placement-strategy": "utilization"}, node_util={"n1": {"cpu": "1"}, "n2": {"cpu": "3"}}, runs={"A": "n1"})
case("utilization-of-too-many-stays", "What runs does not move to the node with the most room when that helps nobody.",
     [prim("A", util={"cpu": "2"}), prim("B", util={"cpu": "3"})], [colocation("B", "A")], options={"placement-strategy": "utilization"},
     node_util={"n1": {"cpu": "3"}, "n2": {"cpu": "4"}}, runs={"A": "n1"})
case("utilization-priority", "When room is short, the higher priority gets it.", [A and prim("A", util={"cpu": "4"}),
     prim("B", {"priority": "5"}, util={"cpu": "4"})], options={"placement-strategy": "utilization"}, node_util=NODES)

# ---- node health ----
for strategy, why in (("none", "Health is ignored."), ("migrate-on-red", "A red node loses its resources."),
                      ("only-green", "Only green nodes run resources."), ("progressive", "Scores of health add up."),
                      ("custom", "As progressive, without a base score.")):
    case("health-" + strategy, "node-health-strategy=%s: %s" % (strategy, why), [A, B], nodes=3,
         runs={"A": "n1", "B": "n2"}, options={"node-health-strategy": strategy, "node-health-yellow": "-10"},
         node_attrs={"n1": {"#health-disk": "red"}, "n2": {"#health-disk": "yellow"}})

# ---- nodes ----
case("standby-node", "A node in standby loses its resources.", [A, B], runs={"A": "n1", "B": "n2"},
     node_attrs={"n1": {"standby": "on"}})
case("standby-all", "With all nodes in standby everything stops.", [A], runs={"A": "n1"},
     node_attrs={"n1": {"standby": "on"}, "n2": {"standby": "on"}})
case("standby-until-reboot", "standby as transient attribute counts as well.", [A], runs={"A": "n1"},
     transient={"n1": {"standby": "on"}})
case("shutdown-of-a-node", "A node that wants to leave: resources move first, then it is shut down.", [A, B],
     runs={"A": "n1", "B": "n2"}, transient={"n1": {"shutdown": str(NOW - 10)}})
case("shutdown-lock", "shutdown-lock keeps resources for the node that leaves.", [A], runs={"A": "n1"},
     options={"shutdown-lock": "true"}, transient={"n1": {"shutdown": str(NOW - 10)}})


def locked(since):
    """A was stopped on n1, which was shut down then."""
    def write(s):
        s.at("A", "n1").add("stop", call=5).locked_since = since
    return write


LOCKED = {"shutdown-lock": "true", "shutdown-lock-limit": "5min"}
case("shutdown-lock-holds", "A waits for the node that it was running on, as long as the limit has not passed.", [A], states={"n1": "offline"},
     options=LOCKED, history=locked(NOW - 60))
case("shutdown-lock-expired", "The limit has passed: the lock is deleted with the history, and if that fails nothing comes of it; A starts elsewhere.", [A],
     states={"n1": "offline"}, options=LOCKED, history=locked(NOW - 600), attributes=["CRM_meta_on_fail"])
case("node-offline", "Nothing runs on a node that is down.", [A, B], states={"n2": "offline"}, runs={"A": "n1", "B": "n1"})
case("node-pending", "A node that is still joining gets nothing.", [A], states={"n2": "pending"})
case("node-lost-without-fencing", "Without fencing a lost node's resources are started elsewhere at once.", [A],
     states={"n2": "lost"}, runs={"A": "n2"})

# ---- quorum ----
for policy, why in (("stop", "All resources are stopped."), ("freeze", "What runs keeps running, nothing is started."),
                    ("ignore", "As if there were quorum."), ("demote", "Only promoted instances are demoted."),
                    ("suicide", "Without no-quorum-panic this is the same as stop.")):
    case("no-quorum-" + policy, "no-quorum-policy=%s without quorum: %s" % (policy, why),
         [fence_device(), A, B, clone("S-clone", stateful("S"), promotable="true")], quorum=0, nodes=3,
         options={"no-quorum-policy": policy, "stonith-enabled": "true"}, states={"n3": "offline"},
         runs={"A": "n1", "S": ["n1=Promoted", "n2=Unpromoted"], "fence": "n1"},
         transient={"n1": {"master-S": "10"}, "n2": {"master-S": "5"}})
case("no-quorum-suicide-panic", "no-quorum-policy=suicide with no-quorum-panic: the partition fences itself.",
     [fence_device(), A], quorum=0, nodes=3, options={"no-quorum-policy": "suicide", "stonith-enabled": "true"},
     states={"n3": "offline"}, runs={"A": "n1", "fence": "n1"}, cib_attrs={"no_quorum_panic": "1"})
