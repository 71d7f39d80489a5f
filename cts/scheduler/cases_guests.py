"""Guest nodes, remote nodes and bundles: what comes before what, and what is lost with them."""
from caselib import *

VM = prim("vm", {"remote-node": "g1"}, agent="ocf:heartbeat:VirtualDomain")
R = remote("R", params={"server": "r.example"})
UP, BOTH_UP = {"R": {}}, {"R": {}, "g1": {}}
INSIDE = location("A", "g1", INF)
ON_R = location("A", "R", INF)


def inside(*running, node="g1", vm="n1"):
    """The virtual machine runs on @vm, what is named in @running inside it."""
    def write(s):
        s.at("vm", vm).add("start", call=2).add("monitor", 10000, call=3)
        s.at("g1", vm).agent = ("ocf", "pacemaker", "remote")
        s.at("g1", vm).add("start", call=4).add("monitor", 30000, call=5)
        for rsc in running:
            s.at(rsc, node).add("start", call=6).add("monitor", 10000, call=7)
    return write


def both(*writers):
    return lambda s: [w(s) for w in writers]


case("guest-first-start", "The virtual machine starts, then its connection, then what is to run inside.", [VM, A], [INSIDE], probed=False)
case("guest-running", "Everything runs as wanted inside the guest.", [VM, A], [INSIDE], remotes={"g1": {}}, history=inside("A"))
case("guest-stops", "The virtual machine is to stop: what is inside stops first.", [prim("vm", {"remote-node": "g1",
     "target-role": "Stopped"}, agent="ocf:heartbeat:VirtualDomain"), A], remotes={"g1": {}}, history=inside("A"))
case("guest-failed", "The virtual machine failed: what was inside is gone with it, without fencing of its host.", [VM, A], [INSIDE],
     remotes={"g1": {}}, history=both(inside("A"), lambda s: s.at("vm", "n1").fail("monitor", 10000, rc=7)))
case("guest-moves", "The virtual machine moves: what is inside is stopped around it.", [VM, A], [INSIDE, location("vm", "n2", 10)],
     remotes={"g1": {}}, history=inside("A"))
case("guest-host-lost", "The host is lost: it is fenced, and with it the guest.", [fence_device(), VM, A], [INSIDE], remotes={"g1": {}},
     runs={"fence": "n2"}, states={"n1": "lost"}, options=FENCING, history=inside("A"))
case("fence-priority-delay-of-a-guest", "What runs inside a guest counts for its host: that is the more important node, and is fenced after a delay.",
     [fence_device(), VM, prim("A", {"priority": "100"}), prim("B", {"priority": "50"})], [INSIDE], remotes={"g1": {}},
     runs={"fence": "n2", "B": "n2"}, states={"n1": "lost"}, options=dict(FENCING, **{"priority-fencing-delay": "15s"}), history=inside("A"),
     attributes=("CRM_meta_priority_fencing_delay",))
case("guest-connection-failed", "Only the connection failed: the virtual machine is restarted with all that is inside.", [VM, A],
     [INSIDE], remotes={"g1": {}}, history=both(inside("A"), lambda s: s.at("g1", "n1").fail("monitor", 30000)))
case("guest-inside-failed", "Something inside failed: it alone is recovered.", [VM, A], [INSIDE], remotes={"g1": {}},
     history=both(inside("A"), lambda s: s.at("A", "g1").fail("monitor", 10000, rc=7)))
case("guest-clone-inside", "A clone has an instance inside the guest, too.", [VM, clone("C-clone", C)], remotes={"g1": {}},
     history=inside())
case("guest-in-group", "A group member that is a virtual machine: the others are on its host, not inside.",
     [group("G", B, VM, C)])
case("guest-migrates", "A virtual machine migrates: its connection follows, what is inside is not stopped.",
     [prim("vm", {"remote-node": "g1", "allow-migrate": "true"}, agent="ocf:heartbeat:VirtualDomain"), A],
     [INSIDE, location("vm", "n2", 10)], remotes={"g1": {}}, history=inside("A"))
case("guest-on-fail-restart-container", "on-fail=restart-container: a failure inside restarts the virtual machine.", [VM,
     prim("A", on_fail="restart-container")], [INSIDE], remotes={"g1": {}},
     history=both(inside("A"), lambda s: s.at("A", "g1").fail("monitor", 10000)))

# ---- remote nodes ----
def on_remote(*running, where="n1"):
    def write(s):
        s.at("R", where).agent = ("ocf", "pacemaker", "remote")
        for rsc in running:
            s.at(rsc, "R").add("start", call=6).add("monitor", 10000, call=7)
    return write


case("remote-first-start", "The connection is made first, then the node is probed and used.", [R, A], [ON_R], probed=False)
case("remote-running", "A remote node with what runs there.", [R, A], [ON_R], runs={"R": "n1"}, remotes=UP, history=on_remote("A"))
case("remote-stops", "The connection is to stop: what runs there moves first.", [remote("R", meta_={"target-role": "Stopped"}), A],
     runs={"R": "n1"}, remotes=UP, history=on_remote("A"))
case("remote-connection-moves", "The connection moves to another host: what runs there goes on.", [R, A], [ON_R, location("R", "n2", 10)],
     runs={"R": "n1"}, remotes=UP, history=on_remote("A"))
case("remote-host-lost", "The host of the connection is lost: the connection is made from elsewhere, the remote node is not fenced.",
     [fence_device(), R, A], [ON_R], runs={"R": "n1", "fence": "n2"}, states={"n1": "lost"}, options=FENCING, remotes=UP,
     history=on_remote("A"))
case("remote-rsc-failed", "Something failed there: recovered there.", [R, A], [ON_R], runs={"R": "n1"}, remotes=UP,
     history=both(on_remote("A"), lambda s: s.at("A", "R").fail("monitor", 10000, rc=7)))
case("remote-rsc-stop-failed", "A stop failed there: the remote node is fenced.", [fence_device(), R, prim("A", {"target-role":
     "Stopped"})], runs={"R": "n1", "fence": "n2"}, remotes=UP, options=FENCING, history=both(
     on_remote("A"), lambda s: s.at("A", "R").fail("stop")))
case("remote-promoted", "A promoted instance on a remote node.", [R, S], [location("S-clone", "n2", "-INFINITY")], runs={"R": "n1"},
     remotes=UP, history=lambda s: (s.at("S", "n1").add("start", call=2), s.at("S", "R").add("promote", call=6),
                                    s.at("S", "R").add("monitor", 9000, rc=8, expected=8, call=7)))
case("remote-maintenance", "Maintenance mode: what failed on a remote node is left alone.", [R, A], runs={"R": "n1"},
     options={"maintenance-mode": "true"}, remotes=UP, history=both(on_remote("A"), lambda s: s.at("A", "R").fail(
         "monitor", 10000, rc=7)))
case("remote-group-of-connection", "A resource ordered after a connection and elsewhere.", [R, A], [order("R", "A"),
     location("A", "n2", INF)])

# ---- bundles ----
def bundle_case(*args, **more):
    """Nothing is known yet: what is inside has no history on the hosts."""
    case(*args, probed=False, **more)


def bundle(id, child=None, replicas=2, network=True, **attrs):
    return tag("bundle", tag("podman", image="i", replicas=replicas, **attrs),
               tag("network", ip_range_start="192.168.7.1") if network is True else network, child, id=id)


bundle_case("bundle-first-start", "Addresses, containers and connections start, then what is inside.", [bundle("W", A)], nodes=2)
bundle_case("bundle-without-child", "A bundle may have nothing inside.", [bundle("W", None)], nodes=2)
bundle_case("bundle-without-address", "Without addresses a port tells the connection where to go.", [bundle("W", A, network=tag(
     "network", control_port="9000"))])
bundle_case("bundle-promoted", "A promotable child: one replica's is promoted when scores are known.", [bundle("W", stateful("S"),
     promoted_max="1")], nodes=2)
bundle_case("bundle-per-host", "replicas-per-host: several on one node.", [bundle("W", A, replicas=2, replicas_per_host="2")], nodes=1)
bundle_case("bundle-ordered", "A resource waits for all of a bundle.", [bundle("W", A), B], [order("W", "B")])
bundle_case("bundle-after", "A bundle waits for a resource.", [B, bundle("W", A)], [order("B", "W")])
bundle_case("bundle-colocated", "A resource goes where a replica is.", [bundle("W", A, replicas=1), B], [colocation("B", "W"),
     location("W", "n2", 10)])
bundle_case("bundle-order-of-bundles", "A bundle waits for another.", [bundle("W", A), tag("bundle", tag("podman", image="i", replicas=2),
     tag("network", ip_range_start="192.168.8.1"), B, id="X")], [order("W", "X"), colocation("X", "W")])
bundle_case("bundle-disabled", "target-role=Stopped of a bundle.", [tag("bundle", meta("W-meta", {"target-role": "Stopped"}),
     tag("podman", image="i", replicas=1), tag("network", ip_range_start="192.168.7.1"), A, id="W")])

# ---- what was found by comparing with the field ----
FILLER = prim("A", {"container": "vm"})
PLAIN_VM = prim("vm", agent="ocf:heartbeat:VirtualDomain")


def in_container(failed):
    def write(s):
        s.at("vm", "n1").add("start", call=2).add("monitor", 10000, call=3)
        for rsc in ("A", "B"):
            s.at(rsc, "n1").add("start", call=4).add("monitor", 10000, call=5)
        s.at(failed, "n1").fail("monitor", 10000, rc=7)
    return write


case("container-filler-failed", "What is inside a container failed: the container is restarted, with all that is inside.",
     [PLAIN_VM, FILLER, prim("B", {"container": "vm"})], history=in_container("A"))
case("container-failed", "The container itself failed: it is recovered, what is inside is stopped first.",
     [PLAIN_VM, FILLER, prim("B", {"container": "vm"})], history=in_container("vm"))
case("guest-moves-unprobed", "A guest that is about to move is not probed: it would be asked in the wrong place.",
     [VM, A, B], [location("vm", "n2", 10)], remotes={"g1": {}}, probed=False, history=inside())
case("bundle-connection-stop-failed", "A container moves though its connection failed to stop, and is left alone where it runs then.",
     [bundle("W", A, replicas=1)], [location("W", "n2", 100)], probed=False,
     history=lambda s: [setattr(s.at("W-0", "n1"), "agent", ("ocf", "pacemaker", "remote")),
                        setattr(s.at("W-podman-0", "n1"), "agent", ("ocf", "heartbeat", "podman")),
                        s.at("W-podman-0", "n1").add("start", call=2), s.at("W-0", "n1").add("stop", rc=5, call=5, id="W-0_last_failure_0")])
case("guest-connection-worn-out", "The connection failed too often on the only host that the virtual machine may use: it stays down, "
     "rather than starting inside another guest.",
     [prim("vm", {"remote-node": "g1"}, agent="ocf:heartbeat:VirtualDomain"), prim("vm2", {"remote-node": "g2"},
      agent="ocf:heartbeat:VirtualDomain")], [location("vm", "n2", "-INFINITY"), location("vm2", "n1", "-INFINITY")],
     remotes={"g1": {}, "g2": {}}, rsc_defaults={"migration-threshold": "1"},
     transient={"n1": {"fail-count-g1#monitor_30000": "1", "last-failure-g1#monitor_30000": str(NOW - 600)}},
     history=both(inside(), lambda s: [s.at("g1", "n1").fail("monitor", 30000)],
                  lambda s: [setattr(s.at("g2", "n2"), "agent", ("ocf", "pacemaker", "remote")),
                             s.at("vm2", "n2").add("start", call=2), s.at("g2", "n2").add("start", call=4)]))
case("remote-without-discovery", "A remote node that is not up yet has said that nothing is to be looked for there.",
     [fence_device(), R, A], [location("A", "R", 10)], probed=False, remotes={"R": {}}, options=FENCING, runs={"fence": "n2"},
     remote_attrs={"R": {"resource-discovery-enabled": "false"}})
case("remote-monitor-left-alone", "The host of a connection is lost.  A monitor with another interval than the configured one ran "
     "on the remote node: nobody can cancel it while nobody is connected.",
     [fence_device(), R, A], [ON_R], runs={"R": "n1", "fence": "n2"}, states={"n1": "lost"}, options=FENCING, remotes=UP,
     history=both(on_remote("A"), lambda s: s.at("A", "R").add("monitor", 33000, call=8)))
case("told-in-order-remote-lost", "Nodes that are fenced for their lost connections are told of from the last action to the first.",
     [fence_device(), remote("Q"), R, A, B], [location("A", "R", INF), location("B", "Q", INF), location("R", "n2", "-INFINITY"),
                                              location("Q", "n2", "-INFINITY")],
     runs={"R": "n1", "Q": "n1", "fence": "n2"}, states={"n1": "lost"}, options=FENCING, remotes={"R": {}, "Q": {}}, listing=True,
     history=lambda s: [setattr(s.at(r, "n1"), "agent", ("ocf", "pacemaker", "remote")) for r in "RQ"]
     + [s.at("A", "R").add("start", call=6), s.at("B", "Q").add("start", call=6)])
case("remote-fenced-unless-connected", "Something was left on a remote node that nobody is connected to, and nobody may be: it is fenced, "
     "which a connection would have spared it.", [fence_device(), R, A], [location("R", "n1", "-INFINITY"), location("R", "n2", "-INFINITY")],
     runs={"fence": "n2"}, options=FENCING, remotes=UP, history=on_remote("A"))


def forgotten(failure):
    """A virtual machine, its connection and B inside were removed from the configuration; only the history knows them."""
    def write(s):
        inside("B")(s)
        s.at("vm", "n1").agent = ("ocf", "heartbeat", "VirtualDomain")
        s.at("g1", "n1").container = "vm"
        failure(s)
    return write


case("guest-removed", "A guest was removed.  A stop inside failed: that is mended by its virtual machine, not by fencing of a remote node.",
     [fence_device(), A], options=FENCING, runs={"fence": "n2"}, remotes={"g1": {}},
     history=forgotten(lambda s: s.at("B", "g1").fail("stop")))
case("guest-failed-removed-inside", "The virtual machine is restarted; what was removed from inside is not watched again.", [VM, A], [INSIDE],
     remotes={"g1": {}}, history=both(lambda s: s.at("vm", "n1").params.update(config="old"), inside("A", "B")))
bundle_case("bundle-promoted-by-location", "A wish for the promoted role on a replica's guest node, told of the bundle, promotes it.",
     [bundle("W", stateful("S"), promoted_max="1")], [location("W", "W-1", 100, role="Promoted")])
bundle_case("told-in-order-replica", "A replica is told of from the outside in: its address first.",
            [bundle("W", A, replicas=1)], listing=True)
bundle_case("told-in-order-promoted-replica", "What is inside a bundle is told of in the order in which it was chosen: "
            "what is promoted comes first.", [tag("bundle", meta("W-meta", {"notify": "true"}), *bundle("W", stateful("S"), promoted_max="1")[2],
            id="W")], [location("W", "W-1", 100, role="Promoted")], listing=True)


def bundle_up(s):
    """The container of the bundle W runs on n1; with which parameters it was started is not known."""
    s.at("W-podman-0", "n1").agent = ("ocf", "heartbeat", "podman")
    s.at("W-podman-0", "n1").add("start", call=2)
    for entry in s.at("W-podman-0", "n1").ops:
        del entry[1]["op-digest"]
    s.at("W-ip-192.168.7.1", "n1").agent = ("ocf", "heartbeat", "IPaddr2")
    s.at("W-ip-192.168.7.1", "n1").add("start", call=1)
    for entry in s.at("W-ip-192.168.7.1", "n1").ops:
        del entry[1]["op-digest"]


case("bundle-beside-disabled", "A resource that is banned from all nodes is not looked for inside a bundle, where it cannot be.",
     [prim("A", {"target-role": "Stopped"}), bundle("W", prim("web", monitor=None), replicas=1)], probed=False, history=bundle_up)



def promoted_inside(s):
    """S is promoted in the bundle W, on n1."""
    bundle_up(s)
    s.at("W-0", "n1").agent = ("ocf", "pacemaker", "remote")
    s.at("W-0", "n1").add("start", call=3)
    s.at("S", "W-0").agent = ("ocf", "pacemaker", "Stateful")
    s.at("S", "W-0").add("promote", call=4)


case("notify-in-a-stopping-bundle", "What is demoted inside a bundle that stops is told, before and after, on which host it is.",
     [tag("bundle", meta("W-meta", {"notify": "true", "target-role": "Stopped"}), *bundle("W", stateful("S"), replicas=1, promoted_max="1")[2], id="W")],
     probed=False, remotes={"W-0": {}}, history=promoted_inside, attributes=["CRM_meta_physical_host"])

# ---- bundles and where they may be ----
bundle_case("bundle-one-port", "Without addresses of their own two replicas on one node would listen on the same port: there is one on each node, whatever "
            "replicas-per-host says.", [bundle("W", A, network=tag("network", control_port="9000"), replicas_per_host="2")], nodes=1)
def rule_of(id, rsc, expression, score):
    return tag("rsc_location", tag("rule", expression, id=id + "-rule", score=score), id=id, rsc=rsc)


bundle_case("bundle-rule", "A rule that holds for all nodes opens the nodes inside bundles for nothing, least of all for the address or the container of a bundle.",
            [bundle("W", A, replicas_per_host="2"), tag("bundle", tag("podman", image="i", replicas=3, replicas_per_host="2"),
             tag("network", ip_range_start="192.168.8.1"), B, id="X")], [location_rule("X", expr("e", "#uname", "ne", "nowhere"), score="10"),
             location_rule("W", expr("f", "#uname", "ne", "nowhere"), score="10")], nodes=1)
bundle_case("bundle-health", "The base of a health strategy, which all nodes have, opens the nodes inside bundles for nothing.",
            [bundle("W", A), B], nodes=1, options={"node-health-strategy": "progressive", "node-health-base": "10"})
RULES = [rule_of(id, "B", expr("e" + id, "#uname", operation, "n9"), score) for id, operation, score in (("more", "ne", "10"), ("less", "ne", "-10"))]
for name, rules in ("", RULES), ("-turned", RULES[::-1]):
    bundle_case("bundle-rules-about-others" + name, "Rules that hold for all nodes, one with a score below zero, open the nodes inside bundles for nothing, in whichever order they are written.",
                [bundle("W", A), B], rules + [location("B", "n1", "-INFINITY"), location("B", "n2", "-INFINITY")])
for name, turn in ("", 1), ("-turned", -1):
    bundle_case("bundle-rule-and-name" + name, "A node inside a bundle is named for B with a score below zero, and a rule outweighs that for all nodes: B starts there, in whichever order they are written.",
                [bundle("W", A), B], [rule_of("more", "B", expr("e", "#uname", "ne", "n9"), "10"), location("B", "W-0", -5), location("B", "n1", "-INFINITY"),
                 location("B", "n2", "-INFINITY")][::turn])
bundle_case("bundle-address-beside-guest", "The address of a bundle stays on the container's host, also when a location prefers a guest node there.",
            [bundle("W", A, replicas_per_host="2")], [location("W", "W-0", 100)], nodes=1)

case("guest-disabled-stop-failed", "A disabled resource inside a guest failed to stop: the guest is restarted, and nothing is left to be monitored in it.",
     [fence_device(), VM, prim("A", {"target-role": "Stopped"})], [INSIDE], remotes={"g1": {}}, options=FENCING, runs={"fence": "n2"},
     history=both(inside("A"), lambda s: s.at("A", "g1").fail("stop")))

CROWD = ["vm"] + list("BCDEFGHIJKLM")
case("guest-in-a-crowd", "Whether the machine is held by what it must be with is seen without a look at each way through the crowd that wants each other.",
     [VM] + [prim(x) for x in CROWD[1:]], [colocation(x, y) for x in CROWD for y in CROWD if x != y], remotes={"g1": {}})

# ---- room for bundles ----
ROOMY = prim("A", util={"cpu": "2"})
BY_ROOM = {"placement-strategy": "utilization"}
bundle_case("utilization-of-a-bundle", "What is inside a bundle needs its room where the container is, not in the guest node: there is room for one of two.",
            [bundle("W", ROOMY)], options=BY_ROOM, node_util={"n1": {"cpu": "1"}, "n2": {"cpu": "3"}})
bundle_case("utilization-with-a-bundle", "What a bundle must be with goes where a replica has room, too.",
            [prim("B", {"priority": "1"}, util={"cpu": "2"}), bundle("W", ROOMY, replicas=1)], [colocation("W", "B")], options=BY_ROOM,
            node_util={"n1": {"cpu": "3"}, "n2": {"cpu": "4"}})
bundle_case("utilization-beside-a-bundle", "A bundle goes where there is room for what must be with it.",
            [bundle("W", ROOMY, replicas=1), prim("B", util={"cpu": "2"})], [colocation("B", "W")], options=BY_ROOM,
            node_util={"n1": {"cpu": "3"}, "n2": {"cpu": "4"}})
bundle_case("utilization-of-an-empty-bundle", "A bundle with nothing inside needs no room.",
            [bundle("W", None, replicas=1)], options=BY_ROOM, node_util={"n1": {"cpu": "0"}, "n2": {"cpu": "0"}})
