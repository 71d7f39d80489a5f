"""What the lab's agent Slow wrote down: which actions of a resource were called where, and whether two of them overlapped."""
DIRECTORY = "/var/log/coxswain"


def path(resource):
    return "%s/calls-%s" % (DIRECTORY, resource)


class Calls:
    """The calls of one resource on all nodes since it was made.  A node without power is remembered as it was last seen."""

    def __init__(self, driver, resource):
        self._driver, self.resource, self._lines, self._skip = driver, resource, {}, {}
        self.look()
        self._skip = {node: len(lines) for node, lines in self._lines.items()}

    def look(self):
        for node in self._driver.settings.nodes:
            done = self._driver.run(node, ["cat", path(self.resource)], 20)
            if done.returncode == 0:
                self._lines[node] = done.stdout.splitlines()

    def _words(self, node):
        return [line.split() for line in self._lines.get(node, [])[self._skip.get(node, 0):]]

    def count(self, action):
        """How often an action was begun on any node."""
        return sum(words[1] != "end" and words[2] == action for node in self._lines for words in self._words(node))

    def overlaps(self):
        """"ACTION on NODE" for each call that began while another one of the same node had not ended."""
        return ["%s on %s" % (words[2], node) for node in sorted(self._lines) for words in self._words(node) if words[1] == "overlap"]

    def running(self, node):
        """The action that has begun on the node last and has not ended; None when there is none."""
        words = self._words(node)
        return words[-1][2] if words and words[-1][1] != "end" else None

    def text(self):
        """For people: every call that was seen, without monitors."""
        return "; ".join("%s: %s" % (node, " ".join(w[2] for w in self._words(node) if w[1] != "end" and w[2] != "monitor") or "none")
                         for node in sorted(self._lines)) or "none"
