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
case("remote-lost-reconnect-interval", "With reconnect_interval the connection stays down for now.",
     [fence_device(), LATER, A], runs={"fence": "n2", "R": "n1"}, options=FENCING, remotes=UP, history=lost)
