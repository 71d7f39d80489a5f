"""Operations: parameters that change, recurring monitors, what is cancelled."""
from caselib import *

RELOAD = "ocf:pacemaker:Dummy"


def ran_with(params, rsc="A", where="n1", monitor=None, **attrs):
    """The history of a start with @params, and with a monitor (its timeout in ms) when asked for."""
    def write(status):
        history = status.at(rsc, where)
        history.params = params
        history.add("start", call=2, **attrs)
        if monitor:
            history.add("monitor", 10000, call=3, timeout_ms=monitor, **attrs)
    return write


# What an agent with a reload action leaves: which parameters need a restart, and their digest.
def reloadable(old, restart=("state",)):
    return dict(op_force_restart=" %s " % " ".join(restart),
                op_restart_digest=digest({k: v for k, v in old.items() if k in restart}))


OLD = {"state": "/s", "fake": "1"}
case("parameter-reload", "A parameter that needs no restart was changed: the agent is told to reload.",
     [prim("A", params={"state": "/s", "fake": "2"}, agent=RELOAD)], history=ran_with(OLD, monitor=20000, **reloadable(OLD)))
case("parameter-reload-and-restart", "A parameter that needs a restart was changed, too: restarted.",
     [prim("A", params={"state": "/t", "fake": "2"}, agent=RELOAD)], history=ran_with(OLD, monitor=20000, **reloadable(OLD)))
case("parameter-reload-of-one-with-dependents", "A reload concerns nobody else: what is ordered after it goes on.",
     [prim("A", params={"state": "/s", "fake": "2"}, agent=RELOAD), B], [order("A", "B")], runs={"B": "n2"},
     history=ran_with(OLD, monitor=20000, **reloadable(OLD)))
case("parameter-reload-moves", "A reload is pointless where the resource is moved anyway.",
     [prim("A", params={"state": "/s", "fake": "2"}, agent=RELOAD)], [location("A", "n2", 10)],
     history=ran_with(OLD, monitor=20000, **reloadable(OLD)))
case("parameter-of-node", "A rule gives another value on another node: that is no change here.", [
     tag("primitive", tag("instance_attributes", tag("rule", expr("x", "#uname", "eq", "n2"), id="r", score="1"),
                          tag("nvpair", id="v1", name="fake", value="2"), id="p1", score="2"),
         tag("instance_attributes", tag("nvpair", id="v2", name="fake", value="1"), id="p2", score="1"),
         id="A", class_="ocf", provider="pacemaker", type="Dummy")], [location("A", "n1", 10)],
     history=ran_with({"fake": "1"}))
case("parameters-unchanged-defaults", "The digest of a start without parameters is known.", [prim("A")], runs={"A": "n1"})
SECRET = dict(op_secure_params=" passwd ", op_secure_digest=digest({"login": "x"}))
case("parameter-secret-hidden", "Only a secret differs, as where it was blanked out for inspection: no restart.",
     [prim("A", params={"login": "x", "passwd": "****"}, monitor=None)], history=ran_with({"login": "x", "passwd": "y"}, **SECRET))
case("parameter-secret-changed", "Only a secret differs, and it is not blanked out: restarted, as the agent must get the new one.",
     [prim("A", params={"login": "x", "passwd": "z"}, monitor=None)], history=ran_with({"login": "x", "passwd": "y"}, **SECRET))
case("fence-device-secret-changed", "The same of a fence device.", [fence_device(login="x", passwd="z")], options=FENCING,
     history=ran_with({"login": "x", "passwd": "y"}, rsc="fence", **SECRET))
case("parameter-changed-besides-secret", "Something else than the secret differs: restarted.",
     [prim("A", params={"login": "z", "passwd": "****"}, monitor=None)], history=ran_with({"login": "x", "passwd": "y"}, **SECRET))
case("fence-device-changed", "A fence device with changed parameters restarts.", [fence_device(ip="10.0.0.2")], options=FENCING,
     history=ran_with({"ip": "10.0.0.1"}, rsc="fence"))
case("fence-device-secret-hidden", "A fence device whose secret was blanked out goes on.",
     [prim("fence", params={"login": "x", "passwd": "****", "pcmk_host_list": "n1"}, agent="stonith:fence_test", monitor=None)], options=FENCING,
     history=ran_with({"login": "x", "passwd": "y", "pcmk_host_list": "n1"}, rsc="fence", **SECRET))
case("monitor-timeout-changed", "A monitor with another timeout is started anew; the resource goes on.",
     [prim("A", monitor="10s", timeout="30s")], history=ran_with({}, monitor=20000))

# ---- recurring ----
case("monitor-disabled", "enabled=false: the monitor is cancelled.", [prim("A", enabled="false")], history=ran_with({}, monitor=20000))
case("monitor-removed-kept", "stop-orphan-actions=false: a monitor that is no longer configured goes on.", [prim("A", monitor=None)],
     options={"stop-orphan-actions": "false"}, history=ran_with({}, monitor=20000))
case("monitor-removed", "A monitor that is no longer configured is cancelled.", [prim("A", monitor=None)],
     history=ran_with({}, monitor=20000))
case("monitor-removed-then-stopped", "A monitor that is no longer configured ends with the resource: it is not cancelled when that stops for good.",
     [prim("A", {"target-role": "Stopped"}, monitor=None)], history=ran_with({}, monitor=20000))
case("monitor-twice-same-interval", "Of two monitors with one interval the second does not count.",
     [prim("A", ops=[tag("op", id="again", name="monitor", interval="10s", timeout="90s")])])
case("monitor-by-role", "Promoted and unpromoted instances have monitors of their own.", [S],
     runs={"S": ["n1=Promoted", "n2=Unpromoted"]}, transient={"n1": {"master-S": "10"}, "n2": {"master-S": "5"}})
case("monitor-changes-with-role", "A promoted instance's monitor replaces the one before.", [S], runs={"S": BOTH}, transient=SCORES)
case("monitor-stopped-role-found-running", "A monitor for the Stopped role runs wherever the resource should not be.",
     [prim("A", ops=[op("A", "monitor", "30s", role="Stopped")])], nodes=3, runs={"A": "n1"})
case("monitor-stopped-role-moves", "When the resource moves, the monitors for the Stopped role change sides.",
     [prim("A", ops=[op("A", "monitor", "30s", role="Stopped")])], [location("A", "n2", 10)], runs={"A": "n1"},
     history=lambda s: s.at("A", "n2").add("monitor", 30000, rc=7, expected=7, call=4))
case("monitor-of-unmanaged", "An unmanaged resource is monitored all the same.", [prim("A", {"is-managed": "false"})],
     history=ran_with({}))
case("monitor-interval-origin", "interval-origin: the first monitor waits for the next full interval.",
     [prim("A", monitor=None, ops=[op("A", "monitor", "1h", meta_={"interval-origin": "2026-01-01 00:30:00"})])])
case("monitor-start-delay", "start-delay is passed on to the executor.", [prim("A", monitor=None, ops=[op("A", "monitor", "10s",
     start_delay="5s")])])
case("monitor-when-blocked", "A resource that is blocked keeps its monitor.", [prim("A", on_fail="block")], runs={"A": "n1"},
     history=lambda s: s.at("A", "n1").fail("monitor", 10000))
case("monitor-of-cloned-group", "Each member of each instance has its monitor.", [clone("G-clone", group("G", A, B))],
     runs={"A": ["n1", "n2"], "B": ["n1"]})

# ---- not ended yet ----
for task, why in (("start", "It counts as active and is not started again."), ("stop", "Where it is not known any more: probed first."),
                  ("monitor", "A probe that runs is waited for.")):
    case("pending-" + task, "A %s has not ended. %s" % (task, why), [A], options={"record-pending": "true"},
         history=lambda s, task=task: (s.at("A", "n1").add("start", call=2) if task == "stop" else None,
                                       s.at("A", "n1").add(task, rc=193, status=-1, call=5, expected=7 if task == "monitor" else 0)))
for task in ("promote", "demote"):
    case("pending-" + task, "A %s has not ended." % task, [S], transient=SCORES, runs={"S": ["n1=Unpromoted"]},
         history=lambda s, task=task: s.at("S", "n2").add("start", call=2).add(task, rc=193, status=-1, call=5))

# ---- what was found by comparing with the field ----
case("parameter-reload-with-own", "The start has parameters of its own, which a reload would not get: restarted.",
     [prim("A", params={"state": "/s", "fake": "2"}, agent=RELOAD,
           ops=[tag("op", nvset("instance_attributes", "A-start-params", {"trace_ra": "1"}), id="A-start-0", name="start", interval="0")])],
     history=ran_with(OLD, monitor=20000, **reloadable(OLD)))
case("monitor-of-started-role", "A monitor of the role Started is none of an unpromoted instance.",
     [clone("S-clone", prim("S", monitor=None, agent="ocf:pacemaker:Stateful", ops=[op("S", "monitor", "10s", role="Started"),
                            op("S", "monitor", "9s", role="Promoted")]), promotable="true")],
     transient=SCORES, probed=False)
PRETENDED = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"  # as the rehearsal writes it, whose results count as the latest
case("pending-overtaken", "A start never ended, and a stop of a later transition went well: it is stopped.", [A],
     history=lambda s: [s.at("A", "n1").add("start", rc=193, status=-1, call=-1, id="A_start_0", uuid=PRETENDED),
                        s.at("A", "n1").add("stop", call=8, transition=2, uuid=PRETENDED)])
case("told-in-order-cancelled", "A monitor that ends is told of where it was known, before what is planned anew.",
     [prim("A", ops=[op("A", "monitor", "20s", role="Stopped")], role="Started"), B], [location("A", "n2", 10)], runs={"A": "n1"},
     probed=False, listing=True, history=lambda s: s.at("A", "n2").add("monitor", rc=7, expected=7).add("monitor", 20000, rc=7, expected=7, call=2))


def replaced(s, params):
    """A start failed on n1, with another agent than is configured now and these parameters."""
    s.at("A", "n1").agent, s.at("A", "n1").params = ("ocf", "heartbeat", "Other"), params
    s.at("A", "n1").fail("start", call=8, when=NOW - 60).add("stop", call=9)


case("told-in-order-forgiven", "What failed had other parameters: its count goes before what else is asked of the node.", [A], nodes=1,
     transient={"n1": {"fail-count-A#start_0": "INFINITY", "last-failure-A#start_0": str(NOW - 60)}}, listing=True,
     history=lambda s: replaced(s, {"fake": "1"}))
case("failcount-of-a-replaced-agent", "Another agent failed on n1: that does not ban A from there, and the count is cleared.", [A],
     transient={"n1": {"fail-count-A#start_0": "INFINITY", "last-failure-A#start_0": str(NOW - 60)}},
     history=lambda s: replaced(s, {}))
