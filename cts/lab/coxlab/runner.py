"""Plays scenarios: results as TAP, and a timeline of what happened when, for how long and why."""
import json
import os
import time

from . import duration
from .errors import LabError
from .verbs import Stage, Unmet


class Timeline:
    """Lines in the order of time; seconds since the scenario began."""

    def __init__(self):
        self._began, self._wall, self._lines = time.monotonic(), time.time(), []

    def now(self):
        return time.monotonic() - self._began

    def add(self, when, text):
        self._lines.append((when, len(self._lines), text))

    def add_wall(self, wall, text):
        """wall: seconds since 1970, from a log of the lab."""
        self.add(wall - self._wall, text)

    def lines(self):
        return ["%9.3f  %s" % (when, text) for when, _, text in sorted(self._lines)]


class Tap:
    """Numbered results; the plan comes last, because a scenario that ends early does not know it before."""

    def __init__(self, out):
        self._out, self.number, self.failed = out, 0, 0

    def result(self, ok, name, details=""):
        self.number += 1
        self.failed += not ok
        self._out("%s %d - %s" % ("ok" if ok else "not ok", self.number, name.replace("#", "\\#")))
        for line in details.splitlines():
            self.comment(line)

    def comment(self, text):
        self._out("# " + text)

    def plan(self):
        self._out("1..%d" % self.number)


def _label(statement):
    return statement.text + (" (round %d)" % statement.round if statement.round else "")


def _resolved(stage, values):
    """The same with names of nodes for the parts that nodes play."""
    changed = dict(values)
    if "NODE" in values:
        changed["NODE"] = stage.resolve(values["NODE"])
    if "NODES" in values:
        changed["NODES"] = [name for node in values["NODES"] for name in stage.resolve_all(node)]
    if "GROUPS" in values:
        changed["GROUPS"] = [[name for node in group for name in stage.resolve_all(node)] for group in values["GROUPS"]]
    return changed


def _play_one(stage, statement, timeline):
    """Returns (ok, what was found or why not).  The timeline gets a line."""
    began = timeline.now()
    stage.round = statement.round
    try:
        found, trouble = statement.verb.run(stage, _resolved(stage, statement.values)), None
    except (Unmet, LabError) as e:
        found, trouble = None, str(e)
    took = timeline.now() - began
    end = " -> %s" % found if found else ""
    if trouble:
        end = " -> FAILED: %s" % trouble
    timeline.add(began, "%-50s %s%s" % (_label(statement), duration.text(took), end))
    return trouble is None, trouble or found or ""


def _power_log(stage, timeline):
    """What fence agents asked of the power switch."""
    if stage.driver is None:
        return
    path = os.path.join(stage.driver.lab, "power.log")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        for line in f:
            entry = json.loads(line)
            if entry["by"] != "user":
                timeline.add_wall(entry["time"], "power switch: %(action)s %(node)s, asked by %(by)s: %(state)s" % entry + " after " + duration.text(entry["took"]))


def _watches(stage, timeline, began):
    for watch in stage.watches.values():
        for when, node, is_there in watch.changes():
            timeline.add(when - began, "%s %s on %s" % (watch.path, "appears" if is_there else "is gone", node))


def play(statements, name, make, tap):
    """Play one scenario.  make: see Stage.  True when all went as expected.  What it set going is ended, also after Ctrl-C; the nodes
    are the caller's."""
    stage, timeline = Stage(make), Timeline()
    began = time.monotonic()
    ok = True
    try:
        for index, statement in enumerate(statements):
            ok, why = _play_one(stage, statement, timeline)
            if statement.verb.is_expectation:
                tap.result(ok, "%s: %s" % (name, _label(statement)), why)
            elif not ok:
                tap.result(False, "%s: line %d: %s" % (name, statement.line, _label(statement)), why)
            if not ok:
                left = sum(s.verb.is_expectation for s in statements[index + 1:])
                if left:
                    tap.comment("%d further expectations were not tried" % left)
                break
        if ok and not any(s.verb.is_expectation for s in statements):
            tap.result(True, "%s: played to its end" % name)
    finally:
        _watches(stage, timeline, began)
        _power_log(stage, timeline)
        stage.end()
        tap.comment("timeline of %s (seconds)" % name)
        for line in timeline.lines():
            tap.comment(line)
    return ok
