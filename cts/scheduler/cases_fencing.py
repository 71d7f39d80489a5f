"""Fencing and unfencing: when, whom, and what waits for it."""
from caselib import *

UNFENCER = prim("F", {"provides": "unfencing"}, agent="stonith:fence_scsi", monitor=None)
UNFENCED = {n: {"#node-unfenced": str(NOW - 7200)} for n in ("n1", "n2")}

case("unfencing-first", "A device with provides=unfencing: nodes are unfenced before anything starts there.", [UNFENCER, A],
     options=FENCING)
case("unfencing-is-done", "Nodes that have been unfenced are not unfenced again.", [UNFENCER, A], options=FENCING,
     transient=UNFENCED, runs={"F": "n1", "A": "n2"})
case("unfencing-without-fencing", "stonith-enabled=false: devices do nothing for nodes, unfencing neither.", [UNFENCER, A])
case("unfencing-requires-quorum", "requires=quorum: this resource does not wait for the unfencing of its node.",
     [UNFENCER, prim("A", {"requires": "quorum"}), B], options=FENCING)


def unfencer(id, meta_=None, **params):
    return prim(id, {"provides": "unfencing", **(meta_ or {})}, params, agent="stonith:fence_scsi", monitor=None)


def another_agent(s):
    s.at("F", "n1").agent = ("stonith", None, "fence_mpath")


case("unfencing-digests", "What unfences says with which devices: the last configured first, the important one at the end; once without "
     "passwords and what only the cluster reads.",
     [unfencer("F", key="1", passwd="secret", pcmk_host_list="n1 n2"), unfencer("G", {"priority": "5"}, key="2"), unfencer("H", key="3"), A],
     options=FENCING, attributes=["CRM_meta_digests_all", "CRM_meta_digests_secure"])
case("unfencing-by-devices-in-any-order", "Nodes know the devices that unfenced them, one of them not any more: n1 is not unfenced again, n2 is.",
     [unfencer("F", key="1"), unfencer("G", key="2"), A], options=FENCING, runs={"F": "n1", "G": "n2", "A": "n1"},
     transient={n: {**UNFENCED[n], "#digests-all": "F:fence_scsi:%s,X:fence_scsi:0,G:fence_scsi:%s," % (digest({"key": "1"}), digest({"key": g}))}
                for n, g in (("n1", "2"), ("n2", "old"))})
case("unfencing-by-another-agent", "The device that unfenced n1 was of another agent: n1 is unfenced again before anything that needs it.",
     [UNFENCER, A, B], options=FENCING, transient=UNFENCED, runs={"F": "n1", "A": "n1", "B": "n2"},
     history=another_agent, rsc_defaults={"resource-stickiness": "1"})
case("watchdogs-are-fence-devices", "No fence device, but the nodes have watchdogs: resources start.", [A],
     options={**FENCING, "have-watchdog": "true", "stonith-watchdog-timeout": "10s"})
case("watchdogs-without-quorum", "No fence device, but watchdogs: without quorum nobody counts as fenced.", [A], nodes=3, quorum=0,
     states={"n3": "lost"}, runs={"A": "n3"}, options={**FENCING, "have-watchdog": "true", "stonith-watchdog-timeout": "10s"})


def stop_failed(s):
    s.at("A", "n1").fail("stop")


def other_key(s):
    s.at("F", "n1").ops[0][1]["op-digest"] = digest({"key": "old"})


case("unfencing-that-must-wait", "A failed to stop on n1 and blocks, so n1 cannot be unfenced: its device and B stay as they are, and C is not started "
     "where it needs that.", [UNFENCER, prim("A", ops=[op("A", "stop", on_fail="block")]), B, C], [location("C", "n1", INF)],
     options=FENCING, rsc_defaults={"resource-stickiness": "1"},
     transient={"n2": UNFENCED["n2"]}, runs={"F": "n1", "A": "n1", "B": "n1"}, history=stop_failed)
case("unfencing-by-an-unmanaged-device", "The parameters of a device that is not managed changed: n1 is not unfenced again, the device has the old ones.",
     [unfencer("F", {"is-managed": "false"}, key="new"), unfencer("G", key="2"), A], options=FENCING, transient=UNFENCED,
     runs={"F": "n1", "G": "n2", "A": "n1"}, history=other_key)
case("fence-clone-requires-quorum", "An instance that needs no fencing was on a lost node: another is started at once, under a number that the clone has.",
     [fence_device(), clone("C-clone", prim("C", {"requires": "quorum"}), clone_max="2")], nodes=4, states={"n1": "lost"},
     runs={"C": ["n1", "n2"], "fence": "n2"}, options=FENCING, attributes=["CRM_meta_clone"])
