"""Where a resource is active, seen from outside every 10 ms by its state file."""
import threading
import time

INTERVAL_S = 0.01


def changes_to_overlaps(changes):
    """From (time, node, is there) in order of time: list of (begin, end or None, sorted nodes) while it was on more than one."""
    there, overlaps, begin = set(), [], None
    nodes = ()
    for when, node, is_there in changes:
        if is_there:
            there.add(node)
        else:
            there.discard(node)
        if len(there) > 1:
            if begin is None:
                begin = when
            nodes = tuple(sorted(set(nodes) | there))
        elif begin is not None:
            overlaps.append((begin, when, nodes))
            begin, nodes = None, ()
    if begin is not None:
        overlaps.append((begin, None, nodes))
    return overlaps


def changes_to_gaps(changes):
    """From (time, node, is there) in order of time: list of (begin, end or None) while it was on no node, after it was on one."""
    there, gaps, begin = set(), [], None
    for when, node, is_there in changes:
        if is_there:
            if not there and begin is not None:
                gaps.append((begin, when))
                begin = None
            there.add(node)
        else:
            there.discard(node)
            if not there:
                begin = when
    if begin is not None:
        gaps.append((begin, None))
    return gaps


class Watch:
    """Watches one path on all nodes until it is stopped."""

    def __init__(self, driver, path):
        self._driver, self.path, self._changes, self._last = driver, path, [], {}
        self._rounds, self._trouble = 0, None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._end.wait(INTERVAL_S):
                for node in self._driver.settings.nodes:
                    is_there = self._driver.exists(node, self.path)
                    if is_there != self._last.get(node, False):
                        self._changes.append((time.monotonic(), node, is_there))
                        self._last[node] = is_there
                self._rounds += 1
        except Exception as e:  # told by settled(): a watch that is blind must not say that all is well
            self._trouble = e

    def settled(self):
        """The changes, once everything that happened until now was looked at.  Raises what stopped the watching."""
        rounds, end = self._rounds, time.monotonic() + 5
        while self._rounds < rounds + 2 and self._trouble is None and time.monotonic() < end:
            time.sleep(INTERVAL_S)
        if self._trouble is not None:
            raise self._trouble
        if self._rounds < rounds + 2:
            raise RuntimeError("the watch of %s does not get on" % self.path)
        return list(self._changes)

    def changes(self):
        """What was seen so far, without waiting."""
        return list(self._changes)

    def stop(self):
        self._end.set()
        self._thread.join(10)
