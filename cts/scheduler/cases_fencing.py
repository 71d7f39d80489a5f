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
case("watchdogs-are-fence-devices", "No fence device, but the nodes have watchdogs: resources start.", [A],
     options={**FENCING, "have-watchdog": "true", "stonith-watchdog-timeout": "10s"})
case("watchdogs-without-quorum", "No fence device, but watchdogs: without quorum nobody counts as fenced.", [A], nodes=3, quorum=0,
     states={"n3": "lost"}, runs={"A": "n3"}, options={**FENCING, "have-watchdog": "true", "stonith-watchdog-timeout": "10s"})
