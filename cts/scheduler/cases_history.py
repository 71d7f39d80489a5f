"""What the history of operations says, and what it does not know."""
from caselib import *


def left_behind(s):
    s.at("A", "n1").add("monitor", 10000, rc=193, status=-1, call=-1, transition=6, when=NOW - 60)
    s.at("A", "n1").add("stop", call=19, transition=7, when=NOW - 50)


case("pending-monitor-left-behind", "A stop ends what is pending of the monitor before it: the instance is free for another node.",
     [clone("A-clone", A)], nodes=2, runs={"A": ["n2"]}, history=left_behind)
case("unprobed-node-and-clone", "A node that is still joining cannot be probed: a clone keeps what it has and starts no more so far.",
     [fence_device(), clone("A-clone", A), clone("B-clone", B)], nodes=3, runs={"fence": "n1", "A": ["n1"]}, states={"n3": "pending"},
     options=FENCING, history=lambda s: [s.forget(rsc, "n3") for rsc in ("fence", "A", "B")])
