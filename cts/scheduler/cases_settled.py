"""What has to come to rest: carried out, a plan leaves nothing to do for the next one."""
from caselib import *

CROWD = [clone("A-clone", A), clone("B-clone", B, interleave="true")]
case("clone-apart-from-a-clone", "Each instance of B avoids all of A's, though B is interleaved: A is everywhere, so B runs nowhere.", CROWD,
     [colocation("B-clone", "A-clone", "-INFINITY")], runs={"A": ["n1", "n2"], "B": ["n1"]})
case("clone-apart-from-a-clone-wish", "As before, but a wish, which must leave a node to B: it stays there.",
     [clone("A-clone", A), clone("B-clone", B, interleave="true", clone_max="1")],
     [colocation("B-clone", "A-clone", "-10")], runs={"A": ["n1", "n2"], "B": ["n2"]})
case("clone-apart-from-a-bundle", "An instance of a clone avoids the containers of all replicas.",
     [bundle("W", None), clone("B-clone", B)], [colocation("B-clone", "W", "-INFINITY")],
     runs={"W-podman-0": "n1", "W-podman-1": "n2", "B": ["n1"]})
case("failcount-of-a-number", "A failure that was counted for a number of a clone, which was unique then, has expired: the count is cleared with the others.",
     [clone("A-clone", prim("A", {"failure-timeout": "5min"}))], runs={"A": ["n1", "n2"]},
     transient={"n1": {"fail-count-A:0#monitor_10000": "1", "last-failure-A:0#monitor_10000": str(NOW - 600)}})

# ---- guests ----
def up(*parts, probed=()):
    """What runs where: (resource, node), connections with their agent; (resource, node) of @probed was found stopped."""
    def write(s):
        for rsc, where, *agent in parts:
            s.at(rsc, where).agent = agent[0] if agent else s.at(rsc, where).agent
            s.at(rsc, where).add("start", call=2)
            s.at(rsc, where).add("monitor", 30000 if agent == [CONNECTION] else 60000 if agent else 10000, call=3)
        for rsc, where, *agent in probed:
            s.at(rsc, where).agent = agent[0] if agent else s.at(rsc, where).agent
            s.at(rsc, where).add("monitor", rc=7, expected=7)
    return write


CONNECTION, PODMAN, ADDRESS = ("ocf", "pacemaker", "remote"), ("ocf", "heartbeat", "podman"), ("ocf", "heartbeat", "IPaddr2")
VM = prim("VM", {"remote-node": "guest"})
MACHINE = (("VM", "n1"), ("guest", "n1", CONNECTION))
ELSEWHERE = (("guest", "n2", CONNECTION), ("A", "guest"))
NOWHERE = [location("A", "n1", "-INFINITY"), location("A", "n2", "-INFINITY")]
REPLICA = (("W-podman-0", "n1", PODMAN), ("W-ip-192.0.2.10", "n1", ADDRESS), ("W-0", "n2", CONNECTION), ("A", "W-0"))


def ip_and_container(s, **inside):
    """The first replica is up: address and container; @inside: its parameters where these are not those of one of two empty ones."""
    parameters = {"ip": "192.0.2.10", "cidr_netmask": "32"}, dict({
        "allow_pull": "true", "force_kill": "false", "image": "registry.example/image", "monitor_cmd": "/bin/true", "mount_points": "", "reuse": "false",
        "run_opts": " -h W-0 -e PCMK_stderr=1 -e PCMK_remote_port=3121  --add-host=W-0:192.0.2.10 --add-host=W-1:192.0.2.11"}, **inside)
    for rsc, agent, params in ("W-ip-192.0.2.10", ADDRESS, parameters[0]), ("W-podman-0", PODMAN, parameters[1]):
        s.histories[(rsc, "n1")] = History(rsc, "n1", agent, params)
        s.running(rsc, "n1").add("monitor", 60000, call=3)


FILLED = {"mount_points": "/var/log/pacemaker/bundles/W-0", "run_cmd": "/usr/sbin/pacemaker-remoted",
          "run_opts": " -h W-0 -e PCMK_stderr=1 -e PCMK_remote_port=3121 -v /etc/pacemaker/authkey:/etc/pacemaker/authkey"
                      " -v /var/log/pacemaker/bundles/W-0:/var/log -p 192.0.2.10:3121:3121  --add-host=W-0:192.0.2.10"}
case("guest-in-a-clone", "Instances cannot share the name of one guest node: there is none, and the instances run like any other.",
     [clone("VM-clone", VM)], runs={"VM": ["n1", "n2"]})
case("guest-first-in-group", "The machine's later companion may run nowhere but in the machine, where it cannot be: the machine runs without it.",
     [group("G", VM, A)], NOWHERE, remotes={"guest": {}}, history=up(*MACHINE, probed=ELSEWHERE))
case("guest-last-in-group", "What is in a group before a machine does not run in that, though nothing else is there.",
     [group("G", A, prim("VM", {"remote-node": "guest", "critical": "false"}))],
     nodes=1, options={"placement-strategy": "minimal"}, remotes={"guest": {}}, history=up(("A", "n1"), *MACHINE, probed=ELSEWHERE[1:]))
case("guest-must-be-beside", "A machine that must be where A is keeps A out of the machine: A has no place, so it has none.",
     [A, VM], [colocation("VM", "A"), *NOWHERE], remotes={"guest": {}}, history=up(*MACHINE, probed=ELSEWHERE))
case("guest-unmanaged-failed", "A machine that nobody manages failed: nothing is placed in it.",
     [prim("VM", {"remote-node": "guest", "is-managed": "false"}), A], [location("A", "guest", 100)], nodes=1, remotes={"guest": {}},
     history=lambda s: (up(*MACHINE, probed=[("A", "n1")])(s), s.at("VM", "n1").fail("monitor", 10000)))
case("bundle-failed-in-maintenance", "A container failed on a node in maintenance: nothing is done about it, nor in it.",
     [bundle("W", A, replicas=1)], node_attrs={"n1": {"maintenance": "true"}}, remotes={"W-0": {}},
     history=lambda s: (up(*REPLICA, probed=[(r[0], {"n1": "n2", "n2": "n1"}[r[1]], r[2]) for r in REPLICA[:3]])(s), s.at("W-podman-0", "n1").fail("monitor", 60000, rc=7)))
case("monitor-stopped-role-in-maintenance", "No monitor for the Stopped role on a node in maintenance.",
     [prim("A", ops=[op("A", "monitor", "30s", role="Stopped")])], nodes=3, node_attrs={"n3": {"maintenance": "true"}}, runs={"A": "n1"})
case("connection-not-installed", "The probe of a replica's connection says that there is no agent: its container starts, and is not restarted for that.",
     [bundle("W", A, replicas=1)], nodes=1, history=lambda s: (up(probed=[("W-0", "n1", CONNECTION)])(s), s.at("W-0", "n1").fail(
         "monitor", rc=5, expected=7), s.at("W-0", "n1").undigested()))
case("connection-failed-in-maintenance", "Probes of a replica's connection failed on two nodes, of which one is in maintenance: nobody stops it, and its container goes on.",
     [bundle("W", A, replicas=1)], node_attrs={"n2": {"maintenance": "true"}},
     history=lambda s: (ip_and_container(s, **FILLED), *((setattr(s.at("W-0", n), "agent", CONNECTION), s.at("W-0", n).fail("monitor", rc=1, expected=7)) for n in ("n1", "n2"))))
case("replica-on-standby", "A monitor with on-fail=standby failed in a replica, so that its node stands by: what it holds is stopped, not recovered with each plan.",
     [bundle("W", prim("A", monitor=None, ops=[op("A", "monitor", "10s", on_fail="standby")]), replicas=1)], nodes=1, probed=False, remotes={"W-0": {}},
     history=lambda s: (ip_and_container(s, **FILLED), up(("W-0", "n1", CONNECTION))(s), s.running("A", "W-0").fail("monitor", 10000)))
case("replica-beside-a-failed-one", "A container was found failed for good and is stopped: what is in the other replica does not wait for that.",
     [bundle("W", A)], nodes=2, probed=False, history=lambda s: (up(probed=[("W-podman-0", "n2", PODMAN)])(s), setattr(s.at("W-podman-0", "n1"), "agent", PODMAN),
                                                                 s.at("W-podman-0", "n1").fail("monitor", rc=6, expected=7)))
def first_replica(s, params=None, **inside):
    """All of the first replica is up.  @params: of its connection, where these are not as configured."""
    ip_and_container(s, **inside)
    s.at("W-0", "n1").params = params or {"addr": "192.0.2.10", "port": "3121"}
    up(("W-0", "n1", CONNECTION), ("A", "W-0"))(s)
    s.at("W-0", "n1").add("monitor", 30000, call=3, timeout_ms=30000)


def address_down(s, params=None, **failure):
    """As first_replica, but the address was found stopped on both nodes, or on n1 with @failure."""
    first_replica(s, params, **FILLED)
    up(probed=[("W-0", "n2", CONNECTION), ("W-podman-0", "n2", PODMAN), ("W-ip-192.0.2.10", "n2", ADDRESS)])(s)
    s.histories[("W-ip-192.0.2.10", "n1")] = History("W-ip-192.0.2.10", "n1", ADDRESS).add("monitor", rc=7, expected=7)
    if failure:
        s.at("W-ip-192.0.2.10", "n1").fail("monitor", expected=7, **failure)


case("replica-without-its-address", "The address of a replica is down while its container is up: it is started, and the container goes on.",
     [bundle("W", A, replicas=1)], remotes={"W-0": {}}, history=address_down)
case("replica-without-its-address-for-good", "The same, but where the container runs the address cannot be: the replica goes to the other node.",
     [bundle("W", A, replicas=1)], remotes={"W-0": {}}, history=lambda s: address_down(s, rc=5))
case("replica-reconnected-without-its-address", "The same, and the connection is to be made anew: it goes to that address, so it waits for it.",
     [bundle("W", A, replicas=1)], remotes={"W-0": {}}, history=lambda s: address_down(s, params={"addr": "192.0.2.99"}))


def second_replica_lost(s):
    """Both replicas are up, the second one on n2; what that ran with is not known."""
    first_replica(s, **dict(FILLED, run_opts=FILLED["run_opts"] + " --add-host=W-1:192.0.2.11"))
    others = ("W-podman-1", "n2", PODMAN), ("W-ip-192.0.2.11", "n2", ADDRESS), ("W-1", "n2", CONNECTION), ("A", "W-1")
    up(*others)(s)
    for rsc, node, *_ in others:
        s.at(rsc, node).undigested()


case("replica-told-of-a-fencing", "The node of a replica was lost, and its container can start nowhere else: the other replica is told that one stopped, and of none that starts.",
     [fence_device(), tag("bundle", meta("W-meta", {"notify": "true"}), *bundle("W", A)[2], id="W")], states={"n2": "lost"}, options=FENCING,
     runs={"fence": "n1"}, remotes={"W-0": {}, "W-1": {}}, history=second_replica_lost, attributes=["CRM_meta_notify_start_resource", "CRM_meta_notify_stop_resource"])
case("guest-failed-in-maintenance", "The same of a machine and the connection to it.",
     [VM], runs={"VM": "n1"}, node_attrs={"n2": {"maintenance": "true"}},
     history=lambda s: [(setattr(s.at("guest", n), "agent", CONNECTION), s.at("guest", n).fail("monitor", rc=1, expected=7)) for n in ("n1", "n2")])
case("guest-stop-failed-in-maintenance", "A machine failed to stop, and its node, which is in maintenance, is fenced: that the guest node is not needs no fencing device to stop elsewhere.",
     [fence_device(), VM], options=FENCING, runs={"VM": "n1", "fence": "n2"}, node_attrs={"n1": {"maintenance": "true"}}, remotes={"guest": {}},
     history=lambda s: s.at("VM", "n1").fail("stop"))
case("remote-removed-and-fenced", "The connection of a removed remote node was where nobody can look: the node has been fenced, so it is not fenced again.",
     [fence_device(), A], options=FENCING, states={"n2": "offline"}, quorum=0, runs={"A": "n1", "fence": "n1"},
     remotes={"R": {"node_fenced": "1", "crmd": "offline", "join": "down", "expected": "down"}},
     history=lambda s: up(("R", "n2", CONNECTION))(s))

# ---- what pulls two ways ----
case("colocation-apart-in-group", "A colocation that keeps members of one group apart is passed over, and told of by crm_verify.",
     [group("G", A, B)], [colocation("A", "B", "-INFINITY"), colocation("G", "A", "-10")], runs={"A": "n1", "B": "n1"})
ROOM = {"n1": {"memory": "3"}}
case("colocation-circle-without-room", "There is room for one of two that want to be together: the one that runs stays, the other does not take its place.",
     [prim("A", util={"memory": "2"}), prim("B", util={"memory": "2"})], [colocation("A", "B", "10"), colocation("B", "A", "100")], nodes=1,
     options={"placement-strategy": "utilization"}, node_util=ROOM, runs={"A": "n1"})
BALANCED = {"placement-strategy": "balanced"}
case("colocation-circle-with-a-clone", "A clone and a primitive want to be together, where room counts: both stay where they are.",
     [A, clone("C-clone", C)], [colocation("C-clone", "A"), colocation("A", "C-clone")], options=BALANCED, runs={"A": "n1", "C": ["n1"]})
case("colocation-circle-with-a-clone-first", "The same where room does not count, and the clone is looked at first: A is not kept from where no instance is placed yet.",
     [clone("C-clone", C), A], [colocation("C-clone", "A"), colocation("A", "C-clone")], runs={"A": "n1", "C": ["n1"]})
SITE = [colocation("B", "A", node_attribute="site"), colocation("A", "B"), location("B", "n2", "100"), location("A", "n1", "50")]
case("colocation-circle-by-attribute", "B wants to be at A's site, A on B's node, which is what binds them: A goes to B, and neither is left alone.",
     [prim("A", {"priority": "1"}), B], SITE, options=BALANCED, node_attrs={"n1": {"site": "x"}, "n2": {"site": "x"}}, runs={"A": "n1", "B": "n2"})
case("colocation-circle-by-attribute-turned", "The same if B is the one that is looked at first.",
     [A, prim("B", {"priority": "1"})], SITE, options=BALANCED, node_attrs={"n1": {"site": "x"}, "n2": {"site": "x"}}, runs={"A": "n1", "B": "n2"})
case("colocation-circle-of-roles", "B wants to be with S, and S is to be promoted where B is: B is placed before that is decided.",
     [clone("S-clone", stateful("S"), promotable="true", priority="1"), B],
     [colocation("B", "S-clone"), colocation("S-clone", "B", rsc_role="Promoted"), location("B", "n1", "1")], options=BALANCED,
     transient=SCORES, runs={"S": BOTH, "B": "n1"})
case("colocation-circle-of-roles-turned", "The same if B is the one that is looked at first.", [S, prim("B", {"priority": "1"})],
     [colocation("B", "S-clone"), colocation("S-clone", "B", rsc_role="Promoted"), location("B", "n1", "1")], options=BALANCED,
     transient=SCORES, runs={"S": BOTH, "B": "n1"})
case("colocation-circle-of-aversion", "A prefers to be with B, which must be elsewhere: the wish does not count against that.",
     [A, B], [colocation("B", "A", "-INFINITY"), colocation("A", "B", "100")], options=BALANCED, runs={"A": "n1", "B": "n2"})
case("colocation-apart-both-ways-without-room", "Two that must be apart each name the other, and there is one node: with each plan it is the same one that has it.",
     [A, B], [colocation("A", "B", "-INFINITY"), colocation("B", "A", "-INFINITY")], nodes=1, options=BALANCED, runs={"B": "n1"})
case("colocation-wish-against-a-must", "A must be with B and would rather not: the wish is none, and does not drive B away once A is there.",
     [prim("A", {"resource-stickiness": "INFINITY"}), clone("B-clone", prim("B", util={"memory": "2"}))],
     [tag("rsc_colocation", id="c1", rsc="A", with_rsc="B-clone", score="INFINITY", influence="false"),
      tag("rsc_colocation", id="c2", rsc="A", with_rsc="B-clone", score="-10")], options={"placement-strategy": "utilization"}, node_util=ROOM,
     runs={"A": "n1", "B": ["n1"]})
case("colocation-circle-of-what-is-stopped", "B must be with A, which is to be with B in turn and is disabled: B does not start, whichever is looked at first.",
     [prim("A", {"target-role": "Stopped"}), group("G", B)], [colocation("B", "A"), colocation("A", "G")], nodes=1, options=BALANCED)

# ---- what nobody can stop ----
def blocked_twice(s):
    """C:0 is on both nodes, and is left there; C:1 is nowhere."""
    for n in ("n1", "n2"):
        s.at("C:0", n).add("start", call=2)
        s.at("C:1", n).add("monitor", rc=7, expected=7)


FROZEN = [tag("ticket_state", id="T", granted="false")]
FULL = {"placement-strategy": "utilization"}
case("clone-instance-left-on-two-nodes", "A unique instance that is active twice and left alone takes its place on both nodes: no other starts there.",
     [clone("C-clone", prim("C", {"multiple-active": "block"}), globally_unique="true", clone_max="2")], probed=False, history=blocked_twice)
case("clone-instance-held-by-a-member", "A later member of an instance is not managed, so that the earlier one cannot stop: it counts on its node.",
     [clone("G-clone", group("G", A, prim("B", {"is-managed": "false"})), globally_unique="true", clone_max="2")], probed=False,
     history=lambda s: (s.at("A:1", "n2").add("start", call=2), s.at("B:1", "n1").add("start", call=2), s.at("A:0", "n2").fail("start")))
case("utilization-held-by-a-member", "A cannot stop, since a later member of its group is not managed: there is no room for C, though C is more important.",
     [group("G", prim("A", util={"cpu": "2"}), prim("B", {"is-managed": "false"})), prim("C", {"priority": "1"}, util={"cpu": "1"})], nodes=1,
     options=FULL, node_util={"n1": {"cpu": "2"}}, runs={"A": "n1", "B": "n1"})
case("utilization-held-and-staying", "A has the room that it needs where it is, though a later member of its group keeps it there: nothing is to be done.",
     [group("G", prim("A", util={"cpu": "2"}), prim("B", {"is-managed": "false"}))], nodes=1, options=FULL, node_util={"n1": {"cpu": "3"}},
     runs={"A": "n1", "B": "n1"})
case("utilization-of-what-is-frozen", "A lost ticket freezes A: what it needs is taken before anything is placed.",
     [prim("A", util={"cpu": "2"}), prim("B", {"priority": "1"}, util={"cpu": "3"})], [ticket("T", "A", "freeze")], nodes=1, tickets=FROZEN,
     options=FULL, node_util={"n1": {"cpu": "4"}}, runs={"A": "n1"})
case("utilization-of-an-instance-too-many", "Two instances run where one may: whichever stays, it needs the room of one.",
     [clone("C-clone", prim("C", util={"cpu": "3"}), clone_max="1"), prim("B", util={"cpu": "2"})], options=FULL,
     node_util={"n2": {"cpu": "4"}}, runs={"C": ["n1", "n2"]})
case("group-in-a-bundle", "Members of a group run in the same container, none beside it on its host.",
     [bundle("W", C, replicas=1), group("G", A, B)], [location("G", "W-0", "500"), location("B", "n1", "100")], probed=False)
case("order-member-before-its-group", "A member is to start before its own group, which cannot be: what else comes before the group still does.",
     [group("G", A), B], [order("A", "G"), order("B", "G")])
case("told-by-the-id-of-orders", "Of two orders that keep a resource down that with the last id is told, wherever it stands.",
     [prim("A", {"target-role": "Stopped"}), prim("B", {"target-role": "Stopped"}), C],
     [tag("rsc_order", id="o2", first="B", then="C"), tag("rsc_order", id="o1", first="A", then="C")])

# ---- what has to come up but cannot ----
case("order-after-a-part-of-a-clone", "An instance has nothing to stand beside and cannot start: what comes after the clone is not restarted for it.",
     [clone("A-clone", A, clone_max="1"), clone("B-clone", B, interleave="true"), C], [order("A-clone", "B-clone"), order("B-clone", "C")],
     runs={"A": "n1", "B": "n1", "C": "n2"})
case("order-after-a-growing-clone", "The instance can start: what comes after the clone is restarted, after it.",
     [clone("B-clone", B), C], [order("B-clone", "C")], runs={"B": "n1", "C": "n2"})
case("order-after-a-part-of-a-bundle", "The address of a replica cannot be stopped where it is: what comes after the bundle is not restarted for that replica.",
     [bundle("W", None), C], [order("W", "C")], runs={"C": "n2"},
     history=lambda s: (ip_and_container(s), up(probed=[
         ("W-podman-0", "n2", PODMAN), ("W-ip-192.0.2.10", "n2", ADDRESS), ("W-podman-1", "n1", PODMAN), ("W-podman-1", "n2", PODMAN),
         ("W-ip-192.0.2.11", "n2", ADDRESS)])(s), setattr(s.at("W-ip-192.0.2.11", "n1"), "agent", ADDRESS), s.at("W-ip-192.0.2.11", "n1").fail("stop")))
case("ticket-of-a-promoted-bundle", "What a bundle holds is not promoted without the ticket that this needs, to be fenced for it by the next plan.",
     [fence_device(), bundle("W", stateful("S"), replicas=1, promoted_max="1")], [
         ticket("T", "W", "fence", rsc_role="Promoted"), location_rule("W", expr("e", "x", "not_defined"), score="10", role="Promoted")], nodes=1, tickets=FROZEN,
     options=FENCING)
case("ticket-of-a-bundle-with-a-failed-connection", "A lost ticket freezes what is promoted in a bundle, not a connection that told of a role.",
     [bundle("W", stateful("S"), replicas=2, promoted_max="1")], [ticket("T", "W", "freeze", rsc_role="Promoted")], nodes=1, tickets=FROZEN,
     history=lambda s: (ip_and_container(s), setattr(s.at("W-0", "n1"), "agent", CONNECTION),
                        s.at("W-0", "n1").fail("monitor", 30000, rc=9)))
case("clone-of-groups-pending-elsewhere", "An operation on a member is pending on n1, which keeps its instance for n1: n2, where all was probed, is not probed again.",
     [clone("G-clone", group("G", A, B))], [location("G-clone", n, "-INFINITY") for n in ("n1", "n2")],
     history=lambda s: s.at("B:1", "n1").add("stop", status=-1, rc=193, call=-1))
case("colocation-without-influence-banned", "A would not be left where B wants it, once it runs: it does not start there.",
     [A, B], [colocation("B", "A", influence="false"), location("A", "n1", "-10"), location("B", "n1", "100")], nodes=1)
case("group-member-not-critical-banned", "The same for members of a group, of which the later one, not critical, wants to be where the group does not.",
     [group("G", A, prim("B", {"critical": "false"}))], [location("G", "n1", "-10"), location("B", "n1", "20")], nodes=1)
case("bundle-beside-a-guest-that-is-held", "The machine waits for what nobody may start: no replica is placed in it, so none that runs stops for that.",
     [bundle("W", None, replicas_per_host="2"), VM, prim("B", {"is-managed": "false"})], [order("B", "VM")], nodes=1, probed=False)
case("order-of-a-group-before-its-member", "A group is to be up before its own member starts, which cannot be: the order is passed over, and the next plan does not restart the member.",
     [group("G", A, B), prim("C", {"is-managed": "false"})], [order("G", "A"), order("C", "B")], nodes=1, runs={"A": "n1"})

# ---- migrations that are over ----
def moved_to_remote(s):
    up(("R", "n1", CONNECTION))(s)
    s.at("A:0", "n1").add("migrate_to", call=3, migrate_source="n1", migrate_target="R", id="A:0_last_migrate_to").add("stop", call=4)
    s.at("A:0", "R").add("migrate_from", call=1, migrate_source="n1", migrate_target="R", id="A:0_last_migrate_from").add("monitor", 10000, call=2)


def moved_and_back(s):
    s.at("A", "n1").add("migrate_to", call=3, migrate_source="n1", migrate_target="n2", id="A_last_migrate_to").add("start", call=5).add(
        "monitor", 10000, call=6)
    s.at("A", "n2").add("migrate_from", call=2, migrate_source="n1", migrate_target="n2", id="A_last_migrate_from")


case("migrate-of-an-instance-by-number", "An instance whose history has its number came to a remote node, which is read after the source: nothing has failed.",
     [clone("A-clone", prim("A", {"allow-migrate": "true"}), clone_max="1"), remote("R", monitor=None)], [location("A-clone", "R", "100")], nodes=1,
     probed=False, remotes={"R": {}}, history=moved_to_remote)
case("migrate-over-and-started-again", "What was sent away was started again at the source since, as the target is gone: it is not stopped for that migration.",
     [prim("A", {"allow-migrate": "true"})], states={"n2": "lost"}, probed=False, history=moved_and_back)


# ---- in whatever order histories are written ----
def numbered(*ids):
    """Entries for A by several numbers: :1 failed to start, the others run with a monitor that is not configured."""
    def write(s):
        for id in ids:
            if id == "A:1":
                s.at(id, "n1").fail("start", call=1)
            else:
                s.running(id, "n1", call=2).add("monitor", 9000, call=3)
    return write


TWICE = [clone("A-clone", A)]
case("clone-entries-by-number", "Of two entries for one member of a clone that with the latest operation counts first: the plan is the same in each order of them.",
     TWICE, nodes=1, probed=False, history=numbered("A:0", "A:1"))
case("clone-entries-by-number-turned", "The same, written in another order.", TWICE, nodes=1, probed=False, history=numbered("A:1", "A:0"))


# ---- one of several, and what cannot be ----
HELD = group("G", A, prim("B", {"is-managed": "false"}))
ONE_IS_ENOUGH = [tag("rsc_order", rset("s1", "C-clone", "G", require_all="false"), rset("s2", "D"), id="o")]
case("order-set-any-group", "A group counts as one of several when all of it comes up: A cannot start below B, which runs and is not managed, so C does not start.",
     [HELD, C], [tag("rsc_order", rset("s1", "G", require_all="false"), rset("s2", "C"), id="o")], nodes=1, runs={"B": "n1"})
case("order-set-any-group-that-stays", "B should stop before A starts, and cannot: D, of which the clone alone is enough, is not restarted for that.",
     [clone("C-clone", C), HELD, D], ONE_IS_ENOUGH, nodes=1, runs={"C": ["n1"], "B": "n1", "D": "n1"})
case("pending-start-elsewhere", "A start was under way on n1 when it was found that there is no agent; it runs on n2, where it is not started again with each plan.",
     [A], runs={"A": "n2"}, probed=False, history=lambda s: s.at("A", "n1").add("start", rc=193, status=-1, call=2).add(
         "monitor", rc=5, status=7, call=3, expected=7, when=NOW - 600, id="A_last_failure_0"))


# ---- a node that is unfenced between what stops there and what is probed ----
UNFENCER = prim("F", {"provides": "unfencing"}, agent="stonith:fence_scsi", monitor=None)


def entries(*of):
    def write(s):
        for rsc, agent in of:
            s.at(rsc, "n1").agent = agent
            s.at(rsc, "n1").add("monitor", 30000 if agent == CONNECTION else 60000, call=2)
    return write


CONTAINER, GUEST = ("W-podman-0", PODMAN), ("guest", CONNECTION)
for name, of in ("", (CONTAINER, GUEST)), ("-turned", (GUEST, CONTAINER)):
    case("unfencing-before-a-probe" + name, "What must stop before its node is unfenced does not wait for probes, which come after that, in whichever order histories are written.",
         [UNFENCER, bundle("W", None, replicas=3), VM], nodes=1, options=FENCING, probed=False, history=entries(*of))

# ---- wishes that lead nowhere ----
case("colocation-apart-from-what-is-down", "B must be with A and apart from G, which must be with A, too, and is disabled: that B would rather stay drives A nowhere.",
     [A, prim("B", {"resource-stickiness": "100", "critical": "false"}), group("G", C, target_role="Stopped")],
     [colocation("G", "A"), colocation("B", "A"), colocation("B", "G", "-INFINITY")], runs={"A": "n2", "B": "n2"})
case("clone-two-on-a-preferred-node", "Two instances on a node have the node that all prefer; that A would like to be there makes no other take the place of the second.",
     [A, clone("C-clone", C, clone_max="5", clone_node_max="2")],
     [location("C-clone", "n1", INF), colocation("C-clone", "A", "-INFINITY"), colocation("A", "C-clone", "-INFINITY"), location("A", "n1", "100")], nodes=3, probed=False,
     history=lambda s: [s.running("C:%d" % number, node) for number, node in enumerate(("n1", "n1", "n2", "n3", "n2"))])
WANTING = {"memory": "2"}
case("utilization-group-that-has-its-room", "One of two groups that run has its room, the other is above a member that has none: the first is placed first, so that they do not change about.",
     [group("G", A, prim("B", util=WANTING)), group("H", C, prim("D", util=WANTING))], [order("G", "H")], options={"placement-strategy": "utilization"},
     node_util=ROOM, runs={"A": "n1", "B": "n1", "C": "n2"}, transient={"n2": {"fail-count-B#start_0": INF}})
case("colocation-circle-of-three", "D must be with C, B apart from D and C from B: the one that is written last counts least, so C comes first, whatever runs, and B is not beside it.",
     [clone("C-clone", C), B, prim("D", util=WANTING)], [colocation("D", "C-clone"), colocation("B", "D", "-INFINITY"),
                                                         colocation("C-clone", "B", "-INFINITY")], nodes=1, options=BALANCED, runs={"B": "n1"})
case("colocation-circle-of-three-without-room", "A must be with C, G with A, and C would rather be without G: C has no room, so none runs, and none comes up for being looked at first.",
     [A, clone("C-clone", prim("C", util=WANTING)), group("G", B)], [colocation("A", "C-clone"), colocation("G", "A"), colocation("C-clone", "G", "-10")],
     nodes=1, options={"placement-strategy": "minimal"})
case("notify-group-that-cannot-start", "Instances that are groups wait for what nobody starts: nobody is told that they are up, and what comes after them waits, too.",
     [prim("A", {"is-managed": "false"}), clone("G-clone", group("G", B), notify="true"), C], [order("A", "G-clone"), order("G-clone", "C")], nodes=1)
case("group-and-member-pull-apart", "G would rather be without C, its member M with it: that no node is left to G is seen when all instances of C have been looked at, not in between.",
     [group("G", prim("M"), resource_stickiness="5"), clone("C-clone", C)], [colocation("G", "C-clone", "-10"), colocation("M", "C-clone", "10")],
     runs={"M": "n1", "C": ["n1", "n2"]})
case("colocation-circle-with-what-stays-down", "C must be with A, which nobody starts, and A's group with C: C has no place, whichever of them is looked at first.",
     [group("G", prim("A", {"is-managed": "false"})), clone("C-clone", C)], [colocation("C-clone", "A"), colocation("G", "C-clone")], nodes=1,
     options={"placement-strategy": "utilization"})
case("group-with-its-own-member", "A group that must be with its own last member is: that says nothing more, and the group comes up where B must be.",
     [group("G", A, D, prim("B", {"critical": "false"})), group("H", C, is_managed="false")], [colocation("B", "H"), colocation("G", "B")],
     runs={"A": "n2", "B": "n2", "D": "n2"}, history=lambda s: s.at("C", "n2").fail("monitor", rc=6, expected=7))
case("group-bound-by-what-stays-down", "H must be with G and G's first member apart from H, which nobody starts: what would be with something that stays down does not drive G away.",
     [group("G", A, prim("B", {"resource-stickiness": INF})), group("H", prim("C", {"is-managed": "false"}))],
     [colocation("H", "G"), colocation("A", "H", "-INFINITY")], runs={"A": "n1", "B": "n1"})
case("colocation-circle-through-a-member", "C would be with G's last member, and G with C, and there is room for one: G, whichever runs.",
     [prim("C", util={"memory": "3"}), group("G", prim("A", util=WANTING), B)], [colocation("C", "B", "100"), colocation("G", "C", "100")], nodes=1,
     options=BALANCED, node_util=ROOM, runs={"A": "n1", "B": "n1"})
case("colocation-circle-through-an-earlier-member", "B, which is banned, would be with D, and D with a later member of B's group: D does not start for being looked at before B.",
     [group("G", A, B, C), group("H", D)], [colocation("D", "C"), colocation("B", "D"), location("B", "n1", "-INFINITY")], nodes=1,
     options=BALANCED, runs={"A": "n1"})
case("utilization-wish-without-room-for-both", "A would be with B, and no node has room for both: that A stays does not bring B to A's node, from which A would have to go.",
     [prim("A", {"resource-stickiness": INF}, util=WANTING), prim("B", util={"memory": "3"})], [colocation("A", "B", "100")],
     options={"placement-strategy": "utilization"}, node_util={"n1": {"memory": "4"}, "n2": {"memory": "4"}}, runs={"A": "n1", "B": "n2"})


def changed(*rscs):
    """These run on n1 with other parameters, written in this order."""
    return lambda s: [(setattr(s.at(rsc, "n1"), "params", {"old": "1"}), s.running(rsc, "n1")) for rsc in rscs]


for name, order_of in ("", "AB"), ("-turned", "BA"):
    case("changed-without-quorum" + name, "Two of a group ran with other parameters, and there is no quorum: in whichever order their histories are written, both stop for that.",
         [group("G", A, B)], nodes=1, quorum=0, probed=False, history=changed(*order_of))

HELD_GUEST = dict(nodes=1, remotes={"guest": {}}, runs={"A": "n1"})
case("guest-behind-what-is-banned", "The machine waits for B, which may run nowhere: nothing is placed in it, so A does not stop for that.",
     [A, B, VM], [order("B", "VM"), location("B", "n1", "-INFINITY"), location("B", "guest", "-INFINITY"), location("A", "guest", "100")], **HELD_GUEST)
case("guest-behind-one-of-several", "The machine waits for one of two that nobody starts: nothing is placed in it, so A does not stop for that.",
     [A, prim("B", {"target-role": "Stopped"}), prim("C", {"is-managed": "false"}), VM],
     [tag("rsc_order", rset("s1", "B", "C", require_all="false"), rset("s2", "VM"), id="o"), location("A", "guest", "100")], **HELD_GUEST)
case("guest-behind-one-of-several-that-starts", "The same if one of them starts: so does the machine, and A moves into it.",
     [A, B, prim("C", {"is-managed": "false"}), VM],
     [tag("rsc_order", rset("s1", "B", "C", require_all="false"), rset("s2", "VM"), id="o"), location("A", "guest", "100"), location("B", "guest", "-INFINITY")],
     history=up(probed=[("A", "guest"), ("B", "guest"), ("C", "guest")]), **HELD_GUEST)
case("utilization-wish-without-room-that-runs", "A runs and would be with B, and no node has room for both: A keeps its place, which B, looked at first, would take.",
     [prim("A", util={"memory": "3"}), prim("B", util=WANTING)], [colocation("A", "B", "100")], options=BALANCED,
     node_util={"n1": WANTING, "n2": {"memory": "4"}}, runs={"A": "n2", "B": "n1"})
case("utilization-wish-without-room-for-a-bundle", "The same with a bundle, which is down: it is not started in A's place.",
     [prim("A", util=WANTING), bundle("W", prim("C", util={"memory": "3"}), replicas=1)], [colocation("A", "W", "10")], nodes=1,
     options={"placement-strategy": "minimal"}, node_util={"n1": {"memory": "4"}}, runs={"A": "n1"})
case("utilization-wish-where-it-may-not-be", "A runs where it would rather not be, for B's sake; there is room for both: A stays.",
     [prim("A", {"priority": "5"}), prim("B", util=WANTING)], [colocation("A", "B", "10"), location("A", "n1", "-10")], nodes=1,
     options={"placement-strategy": "minimal"}, node_util={"n1": WANTING}, runs={"A": "n1", "B": "n1"})
for name, of in ("", {}), ("-first", {"priority": "1"}):
    case("utilization-wish-without-room-for-a-clone" + name, "C may only be where B has no room: that C would be with B does not keep B from where C may not be, whichever is looked at first.",
         [clone("C-clone", C), prim("B", of, util=WANTING)], [colocation("C-clone", "B", "100"), location("C-clone", "n1", "-INFINITY")],
         options={"placement-strategy": "minimal"}, node_util={"n1": {"memory": "4"}}, runs={"C": ["n2"]})

def failed_behind(*parts):
    """What runs where; the machine, which nobody manages, was found failed behind the connection R."""
    return lambda s: (up(*parts)(s), s.at("VM", "R").fail("monitor", rc=1, expected=7))


FAILED_MACHINE = dict(nodes=1, probed=False, remotes={"R": {}})
UNMANAGED = prim("VM", {"remote-node": "guest", "is-managed": "false"})
case("guest-that-cannot-be-fenced", "A machine that nobody manages failed, so its guest cannot be fenced.  What runs elsewhere goes on, though it was never looked for in the guest; what is down may be there, and does not start.",
     [A, B, remote("R", monitor=None), UNMANAGED], [location("A", "n1", "100")],
     history=failed_behind(("A", "n1"), ("R", "n1", CONNECTION)), **FAILED_MACHINE)
case("guest-that-cannot-be-fenced-connection", "The same: a connection is never in a guest, so it comes up.",
     [remote("R", monitor=None), remote("S", monitor=None), UNMANAGED], history=failed_behind(("R", "n1", CONNECTION)), **FAILED_MACHINE)
case("guest-that-cannot-be-fenced-stays-down", "The machine is not managed as its group is not, but the connection is: it does not come up, as A behind it would be recovered with every plan.",
     [A, group("G", VM, is_managed="false")], [location("A", "guest", "100")], nodes=1, probed=False, history=lambda s: s.at("VM", "n1").fail("monitor", rc=1, expected=7))
case("probe-in-a-guest-that-waits", "A failed, and the machine is after A: A is not looked for in the guest before it starts, as the guest waits for that; it stops first all the same.",
     [group("H", A), group("G", VM, B)], [order("H", "G"), location("A", "n1", "100")], nodes=1, probed=False, history=lambda s: (s.running("VM", "n1"), s.at("A", "n1").fail("monitor", rc=1, expected=7)))
case("guest-that-waits-for-what-is-in-it", "A would be in a guest whose machine is after A, which cannot be kept: the machine starts first, as nothing can start in a guest that is not there.",
     [group("H", A), group("G", VM, B)], [order("H", "G"), location("A", "n1", "-INFINITY")], nodes=1, probed=False,
     history=lambda s: (changed("VM")(s), s.at("A", "n1").fail("monitor", rc=1, expected=7)))
case("probe-in-a-guest-that-waits-for-a-stop", "The machine restarts, and what is after B of its group stops before that: that C's instance in the guest is not looked for until the guest is up holds up no stop.",
     [group("G", VM, B), clone("C-clone", C)], [order("B", "C-clone")], nodes=1, probed=False,
     history=lambda s: (changed("VM")(s), s.running("B", "n1"), s.running("C", "n1")))


def stuck_container(s):
    """The start of the first container goes on, though its stop failed."""
    ip_and_container(s)
    container = s.histories[("W-podman-0", "n1")] = History("W-podman-0", "n1", PODMAN)
    container.add("start", rc=193, status=-1, call=2).add("stop", rc=7, call=3, id="W-podman-0_last_failure_0")


case("replica-that-cannot-be-fenced-connection", "A container could not be stopped, and is blocked, so that its guest is not fenced: the connection does not come up, as what is in the replica would be recovered with every plan.",
     [bundle("W", prim("A", {"requires": "fencing"}))], nodes=1, probed=False, history=stuck_container)
case("monitor-behind-a-new-connection", "A failed in the guest, and is before the machine in a group, so that it moves to where the machine is, which restarts: with the new connection A is not watched again in the guest.",
     [group("G", A, VM)], nodes=1, probed=False, options={"stop-orphan-actions": "false"}, remotes={"guest": {}},
     history=lambda s: (up(*MACHINE)(s), s.at("A", "guest").fail("monitor", 10000, rc=5)))


def sent_by_number(*source_ops):
    """A:3 was sent from n1 to n2, whose entry has no number; later as A something else was done at n1."""
    def write(s):
        s.at("A:3", "n1").add("migrate_to", call=3, migrate_source="n1", migrate_target="n2", id="A:3_migrate_to_0")
        s.at("A", "n2").add("migrate_from", migrate_source="n1", migrate_target="n2", id="A_migrate_from_0").add("monitor", 10000, call=2)
        for task in source_ops:
            s.at("A", "n1").add(task, call=4, when=NOW - 1800)
    return write


for name, why, ops in (("", "it is stopped there", ()), ("-and-stopped", "it was stopped there since, without the number, and not once more", ("stop",))):
    case("migrate-under-another-number" + name, "An instance was sent away under a number that its target does not know: " + why + ".",
         [clone("A-clone", prim("A", {"allow-migrate": "true"}), clone_max="1")], [location("A-clone", "n2", "100")], probed=False, history=sent_by_number(*ops))


def known_twice(newer):
    """A:1 was started on n1; of A, as it is called now, a probe told earlier or later that it is not running there."""
    return lambda s: (s.at("A:1", "n1").add("start", call=2), s.at("A", "n1").add("monitor", rc=7, expected=7, when=NOW - (1800 if newer else 5400)))


for name, why, newer in (("", "it is not running there, and starts", True), ("-before", "which was earlier than the start: it runs there", False)):
    case("instance-known-twice" + name, "An instance was started under a number, and looked for under the name that it has now: " + why + ".",
         [clone("A-clone", prim("A"))], nodes=1, probed=False, history=known_twice(newer))


def started_after_a_failed_stop(s):
    """The stop of A:0 failed, and was repeated; A:1 was started since."""
    s.at("A:0", "n1").add("stop", rc=1, call=2, id="A:0_last_failure_0").add("stop", call=3)
    s.at("A:1", "n1").add("start", call=4).add("monitor", 10000, call=5)


case("instance-after-a-failed-stop", "A failed stop keeps that instance away from the node, where another one runs under its own number: it stays.",
     [clone("A-clone", A, clone_max="2")], nodes=1, probed=False, history=started_after_a_failed_stop)
BEHIND = [prim("A", util={"memory": "3"}), prim("B"), prim("C", {"priority": "10"}, util={"memory": "3"})]
for name, why, kind in (("", "it leaves A its room", "Mandatory"), ("-optional", "A stops for it if it need not wait for B", "Optional")):
    case("utilization-behind-what-cannot-stop" + name, "B is after A, and could not be stopped.  What is placed before A has not the room that A has until B is down: " + why + ".",
         BEHIND, [order("A", "B", kind)], options={"placement-strategy": "utilization"}, node_util={"n1": {"memory": "4"}, "n2": {"memory": "1"}},
         runs={"A": "n1", "B": "n2"}, history=lambda s: s.at("B", "n2").fail("stop"))
for name, nodes, memory in (("", 1, None), ("-for-an-instance", 2, {"memory": "1"})):
    case("utilization-wish-in-the-room-of-others" + name, "C runs and would be with B, which is down and would take the room that D has: what runs is placed first, so D stays.",
         [prim("X"), clone("C-clone", C), prim("B", util=WANTING), clone("D-clone", prim("D", util={"memory": "3"}))], [colocation("X", "D-clone", "-INFINITY"), colocation("C-clone", "B", "10")],
         nodes=nodes, options={"placement-strategy": "minimal"}, node_util={"n1": {"memory": "4"}, "n2": memory}, runs={"C": "n1", "D": "n1"})
for name, priority, why in (("", None, "D stays"), ("-of-higher-priority", "5", "which takes it, as it has a higher priority")):
    case("utilization-one-more-instance" + name, "One instance of C runs, which is placed before D, and one is down, for which there is room only where D runs: " + why + ".",
         [clone("C-clone", prim("C", {"priority": priority} if priority else None, util=WANTING), **({"priority": priority} if priority else {})), group("G", prim("D", util=WANTING))],
         options={"placement-strategy": "minimal"}, node_util={"n1": {"memory": "3"}, "n2": {"memory": "3"}}, runs={"C": "n1", "D": "n2"})
for name, need, why in (("-without-need", None, "C needs nothing"), ("-of-something-else", {"cpu": "1"}, "C needs only what they do not")):
    case("utilization-one-more-instance" + name, "One instance of C runs, and one starts where there is no room for both D and E, which run: " + why + ".",
         [clone("C-clone", prim("C", util=need)), prim("D", util=WANTING), prim("E", util=WANTING)],
         options={"placement-strategy": "minimal"}, node_util={"n1": {"cpu": "1"}, "n2": {"memory": "3", "cpu": "1"}}, runs={"C": "n1", "D": "n2", "E": "n2"})
for name, of, need in (("-that-stays-down", {"target-role": "Stopped"}, None), ("-without-room", None, {"memory": "2"})):
    case("utilization-wish-for-what-is-nowhere" + name, "A would be with B's group, which nobody can start, and where B might be is no reason to place A before the bundle, or after it: both stay.",
         [group("G", prim("B", of, util=need)), prim("X", {"priority": "10"}), A, bundle("W", None, replicas=1)],
         [location("B", "n1", "100", resource_discovery="exclusive"), colocation("A", "G", "100"), order("B", "W")], options=BALANCED,
         node_util={"n1": {"memory": "1"}, "n2": {"memory": "1"}}, runs={"X": "n1", "A": "n2"}, history=lambda s: (setattr(s.at("W-ip-192.0.2.10", "n1"), "params", {"ip": "192.0.2.10", "cidr_netmask": "32"}),
                                                                           up(("W-ip-192.0.2.10", "n1", ADDRESS), probed=[("W-ip-192.0.2.10", "n2", ADDRESS)])(s)))
STICKY = prim("B", {"resource-stickiness": "INFINITY"})
case("colocation-circle-turned-round", "B must be with A, and A apart from B.  That does not turn B's stickiness round, which would drive B from where it is with every plan.",
     [A, STICKY], [colocation("B", "A"), colocation("A", "B", "-INFINITY")], runs={"A": "n1", "B": "n2"})
case("colocation-circle-turned-round-in-a-group", "The same of a group: A must be with C, and the group would be apart from A; that B is sticky keeps the group.",
     [A, group("G", C, prim("B", {"resource-stickiness": "1"}))], [colocation("G", "A", "-10"), colocation("A", "C")], runs={"A": "n2", "B": "n2", "C": "n2"})
case("wish-of-a-member-that-its-group-forbids", "A would be with C, from which its group must be apart: that is no reason for C to come to where the group is.",
     [group("G", A, STICKY), C], [colocation("A", "C", "10"), colocation("G", "C", "-INFINITY", influence="false")], runs={"A": "n2", "B": "n2", "C": "n1"})
for name, of, why in (("", None, "that is no reason for C to leave"), ("-that-stays-down", {"target-role": "Stopped"}, "but D stays down, so that the wish counts")):
    case("wish-of-a-group-that-a-member-forbids" + name, "The group would be apart from C, which its member D must be with: " + why + ".",
         [C, group("G", STICKY, prim("D", of))], [colocation("G", "C", "-10"), colocation("D", "C")], runs={"B": "n2", "C": "n2", **({} if of else {"D": "n2"})})
case("group-member-with-a-later-one", "C must be with D, which comes after it in its group, without influence; D follows its group to where that is, so C has a place.",
     [A, prim("X"), group("G", B, C, D)], [colocation("C", "D", influence="false")], runs={"A": "n1", "X": "n2", "B": "n1", "C": "n1", "D": "n1"})
case("utilization-of-a-group-with-one-down", "Nobody starts D, for which there is no room: the other members stay where there is room for them.",
     [prim("A", {"priority": "1"}, util={"cpu": "3"}), group("G", prim("B", util={"cpu": "1"}), prim("C", util={"cpu": "3"}), prim("D", {"target-role": "Stopped"}, util={"cpu": "2"}))],
     [location("G", "n2", "INFINITY")], options=BALANCED, node_util={"n1": {"cpu": "8"}, "n2": {"cpu": "2"}}, runs={"A": "n1", "B": "n1", "C": "n1"})
case("colocation-circle-of-what-is-apart", "All three are apart from each other, and stay: that A avoided the node of B, which is sticky, does not drive B from there.",
     [group("G", A), STICKY, prim("C", {"priority": "1"})], [colocation("G", "C", "-INFINITY"), colocation("B", "G", "-INFINITY"), colocation("C", "B", "-INFINITY")],
     nodes=3, runs={"A": "n1", "B": "n3", "C": "n2"})
case("utilization-of-as-much-of-a-group-as-fits", "There is no room for all of the group: A stays where there is room for B as well, which would rather be elsewhere.",
     [prim("X", {"priority": "1"}, util={"cpu": "5"}), group("G", A, prim("B", util={"cpu": "2"}), prim("C", util={"cpu": "3"}))],
     [location("B", "n2", "INFINITY")], options={"placement-strategy": "utilization"}, node_util={"n1": {"cpu": "8"}}, runs={"X": "n1", "A": "n1", "B": "n1"})
case("utilization-group-that-lacks-a-member", "C's group is sticky, but lacks D, which would take the room of the other group, which lacks nothing and stays.",
     [group("G", prim("A", util={"cpu": "2"}), prim("B", util={"memory": "1"})), group("H", C, prim("D", util={"cpu": "3", "memory": "1"}), resource_stickiness="5")],
     [order("G", "H")], options={"placement-strategy": "minimal"}, node_util={"n1": {"cpu": "8"}, "n2": {"cpu": "4", "memory": "3"}}, runs={"A": "n2", "B": "n2", "C": "n1"})
case("utilization-balanced-with-what-it-keeps", "A keeps its room on its node, as it is not to stop before C, which nobody stops: that room is no reason to go to the other node.",
     [group("G", prim("A", util={"cpu": "2"}), B, prim("C", {"is-managed": "false"}))], [location("C", "n%d" % n, "-INFINITY") for n in (1, 2, 3)], nodes=3, options=BALANCED,
     node_util={"n1": {"cpu": "4"}, "n2": {"cpu": "4"}}, runs={"A": "n1", "C": "n3"})
case("utilization-of-a-guest-that-comes-up", "The machine must be apart from A, so that A is placed first; the guest comes up in this plan, but has no room for A either, which would stop with the next plan.",
     [VM, prim("A", util=WANTING)], [colocation("VM", "A", "-INFINITY")], nodes=1, options={"placement-strategy": "utilization"}, remotes={"guest": {}}, history=up(probed=[("A", "guest")]))
case("utilization-stays-beside-others", "B may stay where it runs: for a node with more left it takes no room from D, which runs there and is placed later.",
     [prim("A", util={"memory": "3"}), prim("B", util={"memory": "1"}), prim("D", util=WANTING)], options={"placement-strategy": "balanced"},
     node_util={"n1": {"memory": "4"}, "n2": {"memory": "2"}}, runs={"A": "n1", "B": "n1", "D": "n2"})
