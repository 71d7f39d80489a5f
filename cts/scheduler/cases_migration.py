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
