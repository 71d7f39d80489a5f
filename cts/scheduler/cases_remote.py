"""Remote and guest nodes, and bundles."""
from caselib import *

A = prim("A")
FENCING = {"stonith-enabled": "true"}
R = remote("R", params={"server": "r.example"})
LATER = remote("R", params={"server": "r.example", "reconnect_interval": "60s"})
UP = {"R": {}}


def lost(s):
    s.running("A", "R", call=2)
    s.at("R", "n1").fail("monitor", 10000, rc=1)


# ---- remote nodes ----
case("remote-lost", "A connection that breaks takes its node down: it is fenced, and the connection made again.",
     [fence_device(), R, A], runs={"fence": "n2", "R": "n1"}, options=FENCING, remotes=UP, history=lost)
case("remote-lost-unfenced", "Without fencing a connection that broke is made again, and what runs behind it goes on: it cannot be stopped through it.",
     [R, A], runs={"R": "n1"}, remotes=UP, history=lost)
case("remote-lost-reconnect-interval", "With reconnect_interval the connection stays down for now, also after the node was fenced.",
     [fence_device(), LATER, A], runs={"fence": "n2", "R": "n1", "A": "n2"}, options=FENCING,
     remotes={"R": {"node_fenced": str(NOW - 5)}},
     history=lambda s: s.at("R", "n1").fail("monitor", 10000, when=NOW - 10).add("stop", call=10, when=NOW - 5))

def left(s):
    for node in ("R3", "R1", "R2"):
        s.at("old", node).add("start")


case("remote-removed-order", "What ran on nodes whose connection was removed is told of in the order of the status.",
     [A], options=FENCING, runs={"A": "n1"}, remotes={"R3": {}, "R1": {}, "R2": {}}, history=left,
     remote_nodes=("R1", "R2", "R3"))

# ---- bundles ----
case("bundle-started", "Address, container, connection and what is inside start one after the other, in each replica.",
     [bundle("B", A)])
case("bundle-promoted-with", "What a bundle's promoted role is colocated with decides which of its replicas is promoted.",
     [prim("X"), bundle("B", stateful("S"), promoted_max=1)],
     [colocation("B", "X", rsc_role="Promoted"), location("X", "n2", 100)])

# ---- what random clusters have shown (cts/scheduler/random-laws) ----
WATCHED = prim("A", ops=[op("A", "monitor", "30s", role="Stopped")])


def in_guest(s):
    s.running("vm", "n1")
    s.at("g1", "n1").agent = ("ocf", "pacemaker", "remote")
    s.at("g1", "n1").add("start", call=4).add("monitor", 30000, call=5)


case("monitor-of-stopped-role-in-guest", "A monitor for the Stopped role of a virtual machine runs on other nodes, not inside it.",
     [prim("vm", {"remote-node": "g1"}, ops=[op("vm", "monitor", "30s", role="Stopped")], agent="ocf:heartbeat:VirtualDomain")],
     remotes={"g1": {}}, history=in_guest)
case("remote-unmanaged-failed", "A connection that failed and is not managed stays as it is: its node is not asked for anything.",
     [remote("R", meta_={"is-managed": "false"}), WATCHED], runs={"R": "n1"}, remotes=UP, probed=False,
     history=lambda s: s.at("R", "n1").fail("monitor", 10000))

NO_QUORUM_NEEDED = {"requires": "nothing"}
case("remote-without-quorum", "Without quorum the connection does not start: what needs none goes on where it runs, and waits for no remote node.",
     [remote("R", params={"server": "r.example"}), prim("A", NO_QUORUM_NEEDED), prim("B", NO_QUORUM_NEEDED)], nodes=1, quorum=0, remotes={"R": {}},
     runs={"A": "n1", "B": "n1"})
