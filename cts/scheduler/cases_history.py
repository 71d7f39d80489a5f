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
case("stuck-after-a-member", "What follows a group's member is blocked where it failed: the member cannot stop, so nothing of the group is touched.",
     [prim("C", on_fail="block"), group("G", A, B)], [order("A", "C")], runs={"A": "n2", "B": "n2", "C": "n1"},
     history=lambda s: s.at("C", "n1").fail("monitor", 10000, rc=7))
case("group-after-clone-elsewhere", "A group follows a clone: that an instance starts on another node does not concern it.",
     [clone("A-clone", A), group("G", B, C)], [order("A-clone", "G"), colocation("G", "A-clone")],
     runs={"A": ["n1"], "B": "n1", "C": "n1"})

REMOVED = ("ocf", "pacemaker", "remote")


def with_removed(s):
    s.running("R", "n1").agent = REMOVED
    s.running("A", "R")


case("remote-removed-last", "A connection that was removed goes when all that runs behind it has stopped.", [A], remotes={"R": {}},
     history=with_removed)
case("remote-leaves", "A remote node wants to go: what runs there moves, then its connection stops, whatever is read after it.",
     [remote("R", params={"server": "r.example"}), A], runs={"R": "n1"}, remotes={"R": {"after": "n1"}},
     remote_attrs={"R": {"shutdown": str(NOW)}}, history=lambda s: s.running("A", "R"))


def failed_otherwise(s):
    """A start failed on both nodes, with other parameters than are configured now."""
    for node in ("n1", "n2"):
        s.at("A", node).params = {"fake": "1"}
        s.at("A", node).fail("start", call=8).add("stop", call=9)


case("failures-about-to-be-cleared", "What failed everywhere had other parameters: the counts are cleared, and it is started at once.", [A],
     transient={n: {"fail-count-A#start_0": "INFINITY", "last-failure-A#start_0": str(NOW - 600)} for n in ("n1", "n2")},
     history=failed_otherwise)


def host_lost(s):
    """A guest ran on n1, which is gone, and a promoted instance in it."""
    s.at("G", "n1").agent = REMOVED
    s.running("G", "n1")
    s.at("A", "G").add("promote", call=2)


case("told-of-lost-guest", "What ran in a guest that went down with its host is not told of that, though the guest comes up elsewhere.",
     [fence_device(), prim("V", {"remote-node": "G"}), clone("A-clone", stateful("A"), promotable="true", notify="true")], nodes=3,
     runs={"fence": "n3", "V": "n1", "A": ["n2=Unpromoted"]}, options=FENCING, states={"n1": "lost"}, remotes={"G": {}}, history=host_lost)
case("probe-of-lowest-instance", "Where no instance is known or placed, the first by name is probed, wherever the others were placed.",
     [clone("A-clone", A, clone_max="2"), B], [colocation("B", "A-clone"), location("B", "n3", 100)], nodes=3, runs={"A": ["n2", "n3"], "B": "n3"},
     states={"n1": "online"}, history=lambda s: s.forget("A", "n1"))


def lost_and_here(*members):
    """B of an instance is on n1, which is lost; both of another run on n2, written in this order."""
    def put(s):
        s.running("B:0", "n1")
        for rsc in members:
            s.running(rsc + ":1", "n2")
    return put


for name, members in ("", "BA"), ("-turned", "AB"):
    case("instance-of-lost-node-in-maintenance" + name, "In maintenance a group's member is left on a lost node: what runs on the other belongs to one instance, none of it to that.",
         [clone("C", group("G", A, B))], options=dict(FENCING, **{"maintenance-mode": "true"}), probed=False, states={"n1": "lost"}, history=lost_and_here(*members))
