"""What constraints say beyond a fixed score: rules of their own, patterns, sets, lifetimes, roles of both sides."""
from caselib import *

RANKS = {"n1": {"rank": "5"}, "n2": {"rank": "7"}}
P = clone("P-clone", stateful("P"), promotable="true")
WHERE = ["n1=Unpromoted", "n2=Unpromoted"]

# ---- locations ----
case("score-attribute", "score-attribute takes each node's score from a node attribute; without it a node is banned.", [A],
     [location_rule("A", expr("e", "rank", "defined"), score_attribute="rank")], nodes=3, node_attrs=RANKS)
case("score-attribute-missing", "A node that the rule matches but that lacks the score attribute is banned.", [A],
     [location_rule("A", expr("e", "#uname", "defined"), score_attribute="rank")], nodes=3, node_attrs={"n3": {"rank": "1"}})
case("score-attribute-nonsense", "A score attribute that is no score bans its node.", [A],
     [location_rule("A", expr("e", "#uname", "defined"), score_attribute="rank")], node_attrs={"n1": {"rank": "much"}, "n2": {"rank": "1"}})
case("pattern-names-the-attribute", "%1 and %2 in a score attribute's name are what the pattern's parentheses matched.",
     [prim("web-1"), prim("web-2"), prim("db-1")],
     [tag("rsc_location", tag("rule", expr("e", "#uname", "defined"), id="l-rule", score_attribute="want-%1-%2"), id="l",
          rsc_pattern="^(web)-([0-9]+)$")],
     node_attrs={"n1": {"want-web-1": "1", "want-web-2": "20"}, "n2": {"want-web-1": "10", "want-web-2": "2"}})
case("location-set-with-own-score", "A set's own score counts for its members, the constraint's for the others.", [A, B],
     [tag("rsc_location", rset("s1", "A", score="5"), rset("s2", "B"), id="l", node="n2", score="-5")])
case("location-set-role", "A set for the role Promoted only says who is promoted.", [S],
     [tag("rsc_location", rset("s1", "S-clone", role="Promoted", score="100"), id="l", node="n1", score="0")], node_attrs=SCORES,
     runs={"S": BOTH})
case("location-lifetime-over", "A location whose lifetime has ended counts no more.", [A],
     [tag("rsc_location", tag("lifetime", tag("rule", tag("date_expression", id="d", operation="lt", end="2026-01-01"), id="r",
                                              score="0")), id="l", rsc="A", node="n2", score=INF)], runs={"A": "n1"})
case("location-lifetime-still", "A location whose lifetime has not ended counts.", [A],
     [tag("rsc_location", tag("lifetime", tag("rule", tag("date_expression", id="d", operation="lt", end="2027-01-01"), id="r",
                                              score="0")), id="l", rsc="A", node="n2", score=INF)], runs={"A": "n1"})
case("location-of-nothing", "A location whose pattern matches nothing changes nothing.", [A],
     [tag("rsc_location", id="l", rsc_pattern="^none$", node="n1", score="-INFINITY")], runs={"A": "n1"})

# ---- colocations and roles ----
case("promoted-with-stopped", "Who must be promoted beside a resource that cannot run is not promoted.",
     [S, prim("A", {"target-role": "Stopped"})], [colocation("S-clone", "A", rsc_role="Promoted")], node_attrs=SCORES, runs={"S": BOTH})
case("promoted-beside", "The instance beside the resource is promoted, whatever the promotion scores.", [S, A],
     [colocation("S-clone", "A", rsc_role="Promoted")], node_attrs=SCORES, runs={"S": BOTH, "A": "n1"})
case("promoted-apart", "The instance beside a resource that it must not be with is not promoted.", [S, A],
     [colocation("S-clone", "A", "-INFINITY", rsc_role="Promoted")], node_attrs=SCORES, runs={"S": BOTH, "A": "n2"})
case("promoted-with-promoted", "Two promotable clones: the dependent is promoted where the other one is.", [S, P],
     [colocation("S-clone", "P-clone", rsc_role="Promoted", with_rsc_role="Promoted")],
     node_attrs={"n1": {"master-S": "5", "master-P": "20"}, "n2": {"master-S": "10", "master-P": "1"}}, runs={"S": BOTH, "P": WHERE})
case("promoted-with-promoted-wish", "A finite score of the same kind only adds to the promotion score.", [S, P],
     [colocation("S-clone", "P-clone", "2", rsc_role="Promoted", with_rsc_role="Promoted")],
     node_attrs={"n1": {"master-S": "5", "master-P": "20"}, "n2": {"master-S": "10", "master-P": "1"}}, runs={"S": BOTH, "P": WHERE})
case("beside-the-promoted-wish", "A finite score towards the promoted instance draws a resource there.", [A, S],
     [colocation("A", "S-clone", "100", with_rsc_role="Promoted")], node_attrs=SCORES, runs={"S": ["n1=Unpromoted", "n2=Promoted"]})
case("beside-the-unpromoted", "A resource that must be with an unpromoted instance leaves the promoted one.", [A, S],
     [colocation("A", "S-clone", with_rsc_role="Unpromoted")], node_attrs=SCORES,
     runs={"S": ["n1=Unpromoted", "n2=Promoted"], "A": "n2"})
case("clone-wish-beside-clone", "A finite score towards a clone counts for each instance.", [A, clone("C-clone", C, clone_max="1")],
     [colocation("A", "C-clone", "10")], runs={"C": "n2"})

# ---- colocations with bundles ----
case("beside-a-bundle", "A resource that must be with a bundle goes where a container of it runs.",
     [A, bundle("W", prim("web", monitor=None), replicas=1)], [colocation("A", "W"), location("W", "n2", INF)])
case("beside-a-bundle-wish", "A finite score towards a bundle counts for each of its containers.",
     [A, bundle("W", prim("web", monitor=None), replicas=1)], [colocation("A", "W", "10"), location("W", "n2", INF)])
case("away-from-a-bundle", "A resource that must not be with a bundle goes where no container of it runs.",
     [A, bundle("W", prim("web", monitor=None), replicas=1)], [colocation("A", "W", "-INFINITY"), location("W", "n1", INF)])
case("clone-beside-a-bundle", "An instance runs only where a container of the bundle does.",
     [clone("C-clone", C), bundle("W", prim("web", monitor=None), replicas=1)], [colocation("C-clone", "W"), location("W", "n2", INF)])
case("beside-a-promoted-replica", "Before a replica is promoted nothing can be with a promoted one.",
     [A, bundle("W", stateful("S"), promoted_max=1)], [colocation("A", "W", with_rsc_role="Promoted")])

# ---- removed resources ----
case("removed-unique-instances", "Histories under the name of a clone that is unique now are of a resource that was removed.",
     [clone("C-clone", C, globally_unique="true", clone_max="2")], history=lambda s: s.running("C", "n1"))

# ---- what was found by comparing with the field ----
case("order-asymmetric-moves", "What comes second in an asymmetric order is moved although the first is only running.",
     [A, B], [order("A", "B", symmetrical="false"), location("B", "n2", 10)], runs={"A": "n1", "B": "n1"})
case("order-asymmetric-group-moves", "The same with a group, after a promotion that is done.",
     [S, group("G", A, B)], [tag("rsc_order", id="o", first="S-clone", first_action="promote", then="G", then_action="start",
                                 symmetrical="false"), location("G", "n2", 10)], transient=SCORES,
     runs={"S": ["n1=Unpromoted", "n2=Promoted"], "A": "n1", "B": "n1"})
case("colocation-of-two-tags", "All of one tag with all of another: it is ignored.", [A, B, C, D],
     [tag("rsc_colocation", id="c", rsc="one", with_rsc="two", score="INFINITY")], tags=[tag("tag", tag("obj_ref", id="A"), tag("obj_ref", id="B"), id="one"),
     tag("tag", tag("obj_ref", id="C"), tag("obj_ref", id="D"), id="two")])
case("colocation-set-listed", "A set that is colocated in the order listed: each with the next, so what cannot run takes those before it along.",
     [A, prim("B", {"target-role": "Stopped"}), C], [tag("rsc_colocation", rset("s", "A", "B", "C", ordering="listed"), id="c", score=INF)])
