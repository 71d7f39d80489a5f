"""Live migration: when it is possible, what it orders, and what its remains are taken for."""
from caselib import *

LIVE = prim("A", {"allow-migrate": "true"})
case("migrate-live", "allow-migrate: migrate_to, migrate_from, stop, and a start that does nothing.", [LIVE],
     [location("A", "n2", 10)], runs={"A": "n1"})
case("migrate-not-when-failed", "A failed resource is moved by stop and start.", [LIVE], [location("A", "n2", 10)],
     runs={"A": "n1"}, history=lambda s: s.at("A", "n1").fail("monitor", 10000))
case("migrate-from-failed", "migrate_from failed: stopped on both nodes and started again where it was to go.", [LIVE],
     history=lambda s: (s.at("A", "n1").add("migrate_to", call=5, migrate_source="n1", migrate_target="n2"),
                        s.at("A", "n2").fail("migrate_from", call=6, migrate_source="n1", migrate_target="n2")))
case("migrate-with-dependent", "What depends on a migrating resource is stopped around it.", [LIVE, B],
     [order("A", "B"), colocation("B", "A"), location("A", "n2", 10)], runs={"A": "n1", "B": "n1"})


def migrated(status, source="n1", target="n2", stopped=True):
    """A was migrated; with @stopped also stopped at the source, as the last step is."""
    status.at("A", source).add("start", call=2).add("migrate_to", call=5, id="A_migrate_to_0", migrate_source=source,
                                                    migrate_target=target)
    status.at("A", target).add("migrate_from", call=6, id="A_migrate_from_0", migrate_source=source, migrate_target=target)
    status.at("A", target).add("monitor", 10000, call=7)
    if stopped:
        status.at("A", source).add("stop", call=8)


case("migration-is-over", "migrate_to, migrate_from and the stop at the source are done: nothing is left to do.", [LIVE],
     history=migrated)
case("migration-back", "After a migration that is over the resource can migrate back.", [LIVE], [location("A", "n1", 10)],
     history=migrated)
case("migration-stop-is-missing", "The resource has arrived, but was not stopped at the source yet: only that is done.", [LIVE],
     history=lambda s: migrated(s, stopped=False))


def half(status, source_rc=0, target=None, source_state=0, **attrs):
    """A was sent from n1 to n2; @target is called for what is known at n2."""
    status.at("A", "n1").add("start", call=2).add("migrate_to", call=5, rc=source_rc, status=source_state, id="A_migrate_to_0",
                                                  migrate_source="n1", migrate_target="n2", **attrs)
    if target:
        target(status.at("A", "n2"))


def arrived(history, rc=0, state=0):
    history.add("migrate_from", call=6, rc=rc, status=state, id="A_migrate_from_0", migrate_source="n1", migrate_target="n2")


STAY = prim("A", {"allow-migrate": "true", "resource-stickiness": "100"})
case("migration-half-done", "migrate_to is done and n2 is still wanted: it goes on with migrate_from.", [STAY],
     [location("A", "n2", 10)], history=half)
case("migration-target-cleaned-up", "migrate_to is done and the target has no history, as after a cleanup: a probe has to tell first.",
     [STAY], [location("A", "n2", 10)], history=lambda s: (half(s), s.forget("A", "n2")))
case("migration-half-done-not-wanted", "migrate_to is done, but n2 must not run it any more: stopped on both, started on n1.", [LIVE],
     [location("A", "n2", "-INFINITY")], history=half)
case("migration-target-lost", "migrate_to is done and the target is gone: it is stopped at the source and started anew.", [LIVE],
     states={"n2": "offline"}, history=half)
case("migration-target-lost-fencing", "migrate_to is done and the target is lost: it is fenced before the resource starts anew.",
     [fence_device(), LIVE], options=FENCING, runs={"fence": "n1"}, states={"n2": "lost"}, history=half)
case("migration-source-lost", "The source is lost while it sends: it is fenced, the resource is stopped at the target and starts.",
     [fence_device(), LIVE], options=FENCING, runs={"fence": "n2"}, states={"n1": "lost"},
     history=lambda s: half(s, source_rc=193, source_state=-1))
case("migration-source-lost-without-quorum", "The source is lost while it sends and cannot be fenced: what was stopped at the target could "
     "still arrive, so it is not.", [fence_device(), LIVE], options=FENCING, runs={"fence": "n2"}, states={"n1": "lost"}, quorum=0,
     history=lambda s: half(s, source_rc=193, source_state=-1))
case("migrate-to-failed", "migrate_to failed, nothing is known at the target: stopped at the source, started at the target.", [LIVE],
     [location("A", "n2", 10)], history=lambda s: half(s, source_rc=1, source_state=4))
case("migrate-to-failed-target-has-history", "migrate_to failed and the target may have it: stopped on both, then started.", [LIVE],
     history=lambda s: half(s, source_rc=1, source_state=4, target=lambda h: h.add("stop", call=1, when=NOW - 9000)))
case("migrate-to-failed-target-stopped", "migrate_to failed and the target was stopped since: only the source is recovered.", [LIVE],
     history=lambda s: half(s, source_rc=1, source_state=4, target=lambda h: h.add("stop", call=9, when=NOW - 60)))
case("migrate-from-failed-source-stopped", "migrate_from failed and the source was stopped since: recovered at the target only.",
     [LIVE], history=lambda s: (half(s, target=lambda h: arrived(h, 1, 4)), s.at("A", "n1").add("stop", call=8, when=NOW - 60)))
case("migrate-from-failed-same-second", "migrate_from failed, both nodes were stopped and the target started, all in one second: nothing is left to do.",
     [LIVE], history=lambda s: (half(s, target=lambda h: arrived(h, 1, 4)), s.at("A", "n1").add("stop", call=8, when=NOW - 3600),
                                s.at("A", "n2").add("start", call=9, when=NOW - 3600).add("monitor", 10000, call=10, when=NOW - 3600)))
case("migrate-from-failed-source-booted", "migrate_from failed after the source had booted; both nodes were stopped then, in the same second, by another coordinator, and the target started: nothing is left to do.",
     [LIVE], history=lambda s: (s.forget("A", "n1"), s.at("A", "n1").add("stop", call=9, when=NOW - 3600), arrived(s.at("A", "n2"), 1, 4),
                                s.at("A", "n2").add("start", call=9, when=NOW - 3600).add("monitor", 10000, call=10, when=NOW - 3600)))
case("migrate-from-failed-target-lost", "migrate_from failed and the target is gone since: started anew at the source.", [LIVE],
     states={"n2": "offline"}, history=lambda s: half(s, target=lambda h: arrived(h, 1, 4)))
case("migrate-from-pending", "migrate_from has not ended: as far as it got, it goes on from there.", [LIVE], [location("A", "n2", 10)],
     history=lambda s: half(s, target=lambda h: arrived(h, 193, -1)))
case("migrate-from-pending-source-gone", "migrate_from has not ended and the source is gone with its history: it may have arrived, so it "
     "is stopped at the target before it starts.", [LIVE], [location("A", "n3", 10)], nodes=3,
     history=lambda s: (s.forget("A", "n1"), arrived(s.at("A", "n2"), 193, -1)), states={"n1": "offline"})


def expected(status):
    """n2 has heard that n1 is to send A there."""
    status.at("A", "n2").add("migrate_from", call=-1, rc=193, status=-1, id="A_migrate_from_0", migrate_source="n1", migrate_target="n2")


case("migration-expected", "While the source sends nothing else happens, whatever the target expects.", [STAY], [location("A", "n2", 10)],
     history=lambda s: (half(s, source_rc=193, source_state=-1), expected(s)))
case("migration-expected-half-done", "migrate_to is done, and the target expects it: it goes on with migrate_from.", [STAY],
     [location("A", "n2", 10)], history=lambda s: (half(s), expected(s)))
case("migration-expected-not-sent", "The target expects what the source has not sent: it is stopped there, and stays where it is.", [STAY],
     runs={"A": "n1"}, history=expected)
case("migration-expected-failed", "migrate_to failed and the target expected it: stopped on both, then started.", [LIVE],
     history=lambda s: (half(s, source_rc=1, source_state=4, target=lambda h: h.add("stop", call=1, when=NOW - 9000)), expected(s)))
case("migration-expected-source-lost", "The source is lost and its history does not say that it was sending; the target does: it is stopped "
     "there after the source was fenced, and before it starts.", [fence_device(), LIVE], options=FENCING, nodes=3,
     runs={"fence": "n2", "A": "n1"}, states={"n1": "lost"}, history=expected)
case("migration-expected-source-gone", "The source is gone with its history; the target was to get it: it is stopped there before it starts "
     "elsewhere.", [LIVE], [location("A", "n3", 10)], nodes=3, history=lambda s: (s.forget("A", "n1"), expected(s)),
     states={"n1": "offline"})
case("migration-expected-source-lost-without-quorum", "The source is lost and cannot be fenced; the target expects it: it is not stopped there, "
     "since it could still arrive.", [fence_device(), LIVE], options=FENCING, nodes=3, runs={"fence": "n2", "A": "n1"},
     states={"n1": "lost"}, quorum=0, history=expected)
case("migration-undone-same-second", "migrate_to was done, both nodes were stopped by the next plan, in the same second, and it was "
     "started elsewhere: nothing is left to do.", [LIVE], nodes=3, runs={"A": "n3"},
     history=lambda s: (half(s), s.at("A", "n1").add("stop", call=8, transition=3), s.at("A", "n2").add("stop", call=2, transition=3)))
case("migration-in-the-same-second-as-a-stop", "The target was stopped by an earlier plan in the second of the migrate_to: it has arrived there.",
     [LIVE], [location("A", "n2", 10)], nodes=3,
     history=lambda s: (s.at("A", "n2").add("stop", call=2, transition=1),
                        s.at("A", "n1").add("start", call=2).add("migrate_to", call=5, transition=3, id="A_migrate_to_0",
                                                                 migrate_source="n1", migrate_target="n2")))
case("migration-again", "It was here before, was sent back and stopped, and has been sent once more: it has arrived and goes on here, whatever "
     "the migrate_from of the first time says.", [LIVE], [location("A", "n2", 10)],
     history=lambda s: (s.at("A", "n2").add("migrate_from", call=2, when=NOW - 900, id="A_migrate_from_0", migrate_source="n1", migrate_target="n2")
                        .add("migrate_to", call=4, when=NOW - 800, id="A_migrate_to_0", migrate_source="n2", migrate_target="n1")
                        .add("stop", call=6, when=NOW - 700),
                        s.at("A", "n1").add("stop", call=5, when=NOW - 890)
                        .add("migrate_from", call=7, when=NOW - 790, id="A_migrate_from_0", migrate_source="n2", migrate_target="n1")
                        .add("migrate_to", call=9, when=NOW - 600, id="A_migrate_to_0", migrate_source="n1", migrate_target="n2")))
def sent_on(status):
    """n2 got A from n1, where it was stopped then, and has not done its migrate_from when it is to send A to n3."""
    half(status, target=lambda h: h.add("monitor", call=1, rc=7, when=NOW - 9000))
    status.at("A", "n1").add("stop", call=8)
    expected(status)
    status.at("A", "n2").add("migrate_to", call=9, rc=193, status=-1, when=NOW - 100, id="A_migrate_to_0", migrate_source="n2", migrate_target="n3")
    status.at("A", "n3").add("migrate_from", call=-1, rc=193, status=-1, when=NOW - 100, id="A_migrate_from_0", migrate_source="n2",
                             migrate_target="n3")


case("migration-sent-on", "A was sent to n2, which had not begun its migrate_from when it was told to send it to n3: while that is under way A does "
     "not start there.", [fence_device(), LIVE], [location("A", "n3", 10)], options=FENCING, nodes=3, runs={"fence": "n2"}, states={"n1": "offline"},
     history=sent_on)
case("migration-sent-on-without-fencing", "The same without fencing, where nothing is read of the node that it comes from: what n2 may have got is "
     "stopped there first.", [LIVE], [location("A", "n3", 10)], nodes=3, states={"n1": "offline"}, history=sent_on)
case("migration-sent-on-source-there", "The same, and the node that it comes from is still there: n2 is asked to stop it when that is over.", [LIVE], [location("A", "n3", 10)], nodes=3,
     history=sent_on)
case("migration-stopped-before-it-went-on", "A was sent to n2, where it is being stopped before its migrate_from began: it starts nowhere before "
     "that has ended.", [fence_device(), LIVE], [location("A", "n3", 10)], options=FENCING, nodes=3, runs={"fence": "n2"}, states={"n1": "offline"},
     history=lambda s: (half(s, target=lambda h: h.add("monitor", call=1, rc=7, when=NOW - 9000)), s.at("A", "n1").add("stop", call=8), expected(s),
                        s.at("A", "n2").add("stop", call=9, rc=193, status=-1, when=NOW - 100, id="A_last_0")))
case("migration-back-and-expected", "It came from n2, and is being sent back there: while that is under way nothing is stopped at n2, or it would "
     "come after that.", [STAY], [location("A", "n1", 50)],
     history=lambda s: (s.at("A", "n1").add("monitor", call=4, rc=7, when=NOW - 9000)
                        .add("migrate_from", call=5, when=NOW - 3600, id="A_migrate_from_0", migrate_source="n2", migrate_target="n1")
                        .add("monitor", 10000, call=6, when=NOW - 3600)
                        .add("migrate_to", call=7, rc=193, status=-1, when=NOW - 100, transition=3, id="A_migrate_to_0", migrate_source="n1",
                             migrate_target="n2"),
                        s.at("A", "n2").add("migrate_to", call=14, when=NOW - 3600, id="A_migrate_to_0", migrate_source="n2", migrate_target="n1")
                        .add("stop", call=15, when=NOW - 3600)
                        .add("migrate_from", call=-1, rc=193, status=-1, when=NOW - 100, transition=3, id="A_migrate_from_0", migrate_source="n1",
                             migrate_target="n2")))
case("migrate-from-standby", "A node in standby: what can migrates away.", [LIVE, B], runs={"A": "n1", "B": "n1"},
     node_attrs={"n1": {"standby": "on"}})
case("migrate-group", "A group's members migrate one after the other when all of them can.",
     [group("G", LIVE, prim("B", {"allow-migrate": "true"}))], [location("G", "n2", 10)], runs={"A": "n1", "B": "n1"})
case("migrate-clone-instance", "Instances of a clone migrate, too.", [clone("A-clone", LIVE, clone_max="1")],
     [location("A-clone", "n2", 10)], runs={"A": "n1"})
case("migrate-after-first-started", "The one it is ordered after starts at the target before it is sent.", [LIVE, B],
     [order("B", "A"), colocation("A", "B", "10"), location("A", "n2", 100)], runs={"A": "n1"})
case("migrate-with-changed-parameters", "Changed parameters do not keep a resource from migrating: it would restart anyway.",
     [prim("A", {"allow-migrate": "true"}, params={"state": "/new"})], [location("A", "n2", 10)],
     history=lambda s: (setattr(s.at("A", "n1"), "params", {"state": "/old"}), s.forget("A", "n2"),
                        s.at("A", "n1").add("start", call=2)))
case("migration-limit", "migration-limit is passed on in the graph: two are sent, the controller counts.",
     [LIVE, prim("B", {"allow-migrate": "true"})], [location("A", "n2", 10), location("B", "n2", 10)],
     runs={"A": "n1", "B": "n1"}, options={"migration-limit": "1"})

case("migrate-from-failed-and-stopped", "migrate_from failed, and the target stopped what it had: it has failed at the source, where "
     "nobody looked since, so it is not migrated again.", [LIVE], [location("A", "n1", "-INFINITY")],
     history=lambda s: [s.at("A", "n1").add("start", call=2).add("migrate_to", call=17, id="A_migrate_to_0", migrate_source="n1",
                                                                 migrate_target="n2"),
                        s.at("A", "n2").add("migrate_from", rc=1, call=3, id="A_migrate_from_0", migrate_source="n1",
                                            migrate_target="n2").add("stop", call=18)])
case("migration-told-why-not", "B could migrate, but it is ordered after A, which can only be stopped and started: the reason is told.",
     [prim("A"), prim("B", {"allow-migrate": "true"})], [order("A", "B"), location("A", "n2", "INFINITY"), location("B", "n1", "INFINITY")],
     runs={"A": "n1", "B": "n2"})

# ---- full nodes ----
FULL = [prim(x, {"allow-migrate": "true"}, util={"cpu": "1"}) for x in "ABCDEF"]
case("migrate-in-a-circle", "Three full nodes pass two machines each on to the next: only the two that go to one node arrive before there is room for them.",
     FULL, [location("A", "n2", 10), location("B", "n2", 10), location("C", "n3", 10), location("D", "n3", 10), location("E", "n1", 10),
            location("F", "n1", 10)], nodes=3, options={"placement-strategy": "utilization"},
     node_util={"n1": {"cpu": "2"}, "n2": {"cpu": "2"}, "n3": {"cpu": "2"}},
     runs={"A": "n1", "B": "n1", "C": "n2", "D": "n2", "E": "n3", "F": "n3"})
