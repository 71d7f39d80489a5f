"""What no other file was about: maps of containers, the remaining forms of rules, constraints that are there twice."""
from caselib import *

MAPS = [tag("network", tag("port-mapping", id="W-port", port=80, internal_port=8080), tag("port-mapping", id="W-range", range="90-92"),
            ip_range_start="192.168.7.1", host_netmask=24, host_interface="eth0", add_host="false"),
        tag("storage", tag("storage-mapping", id="W-one", source_dir="/srv/one", target_dir="/one", options="ro"),
            tag("storage-mapping", id="W-each", source_dir_root="/srv/each", target_dir="/each"))]
CONTAINER = ("image", "mount_points", "run_opts", "run_cmd", "cidr_netmask", "nic")
for kind in ("docker", "podman"):
    case("bundle-%s-maps" % kind, "Ports, directories, netmask and interface reach the agents of a %s bundle; add-host=false names no host." % kind,
         [tag("bundle", tag(kind, image="i", replicas=1, run_command="run", options="--some"), *MAPS, A, id="W")],
         probed=False, attributes=CONTAINER)


def banned(name, why, *expressions, boolean_op=None, **more):
    """A rule that, where it holds, bans A: n1 has mem=9, n2 mem=10, n3 mem=11."""
    case(name, why, [prim("A", {"least": "11"}, params={"limit": "10"})],
         [location_rule("A", *expressions, score="-INFINITY", boolean_op=boolean_op)], nodes=3,
         node_attrs={"n1": {"mem": "9"}, "n2": {"mem": "10"}, "n3": {"mem": "11"}}, **more)


banned("rule-lte", "lte: less or as much.", expr("e", "mem", "lte", "10", type="number"))
banned("rule-gt-or-ne", "gt with ne, one of both: only n2 remains.", expr("e", "mem", "gt", "10", type="number"),
       expr("f", "mem", "ne", "10", type="number"), boolean_op="or")
banned("rule-gte", "gte: more or as much.", expr("e", "mem", "gte", "10", type="number"))
banned("rule-value-of-a-parameter", "value-source=param: the value is that of a parameter of the resource.",
       expr("e", "mem", "lte", "limit", type="number", value_source="param"))
banned("rule-value-of-a-meta-attribute", "value-source=meta: the value is that of a meta-attribute of the resource.",
       expr("e", "mem", "lt", "least", type="number", value_source="meta"))
banned("rule-date-gt", "gt: after that time the node is banned.", expr("e", "mem", "eq", "9"),
       tag("date_expression", id="d", operation="gt", start="2026-01-27"), boolean_op="and")
banned("rule-date-lt-is-over", "lt: only before that time.", expr("e", "mem", "eq", "9"),
       tag("date_expression", id="d", operation="lt", end="2026-01-27"), boolean_op="and")
banned("rule-in-a-rule", "A rule within a rule counts as one expression.", expr("e", "mem", "eq", "9"),
       tag("rule", expr("g", "mem", "gte", "10", type="number"), expr("h", "mem", "ne", "11", type="number"), id="inner", boolean_op="and"),
       boolean_op="or")

case("order-twice", "The same order twice, once as a wish: it is one mandatory order.", [A, B],
     [tag("rsc_order", id="o1", first="A", then="B", kind="Optional"), tag("rsc_order", id="o2", first="A", then="B"),
      tag("rsc_order", id="o3", first="A", then="B")])
case("colocation-twice", "The same colocation twice counts twice: 20 and 20 against a wish of 30.", [A, B],
     [tag("rsc_colocation", id="c1", rsc="B", with_rsc="A", score=20), tag("rsc_colocation", id="c2", rsc="B", with_rsc="A", score=20),
      location("A", "n1", INF), location("B", "n2", 30)])
case("location-twice", "The same preference twice counts twice: 20 and 20 against 30.", [A],
     [tag("rsc_location", id="l1", rsc="A", node="n2", score=20), tag("rsc_location", id="l2", rsc="A", node="n2", score=20),
      location("A", "n1", 30)])

# ---- groups whose members may be apart ----
LOOSE = group("G", A, B, collocated="false")
case("group-not-collocated", "collocated=false: members start one after the other, each on the node that is best for it.", [LOOSE])
case("group-not-collocated-location", "collocated=false: where the group prefers to be each member does.", [LOOSE], [location("G", "n2", "100")])
case("group-not-collocated-apart", "collocated=false: what avoids the group avoids each member, wherever it is.", [C, LOOSE],
     [colocation("C", "G", "-INFINITY")], nodes=3)
case("group-not-collocated-in-a-clone", "Members of a cloned group are together all the same: an instance is on one node.",
     [clone("G-clone", LOOSE)])
case("bundle-without-its-ticket", "What is in a bundle that lacks its ticket cannot start, and is told why.", [bundle("W", A, replicas=1)],
     [ticket("T", "W")], probed=False)
