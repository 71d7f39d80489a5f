"""Make a document as small as it can be while something still holds for it: elements first, then attributes."""
import xml.etree.ElementTree as ET


def copied(root):
    return ET.fromstring(ET.tostring(root))


def elements(root):
    """Every element but the root with its parent's path, the outer ones first."""
    found, todo = [], [((), root)]
    while todo:
        path, element = todo.pop(0)
        for number, child in enumerate(element):
            found.append(path + (number,))
            todo.append((path + (number,), child))
    return found


def at(root, path):
    for number in path:
        root = root[number]
    return root


def without(root, paths):
    """A copy that lacks the elements at these paths, all of one parent."""
    copy = copied(root)
    for path in sorted(paths, reverse=True):
        parent = at(copy, path[:-1])
        parent.remove(parent[path[-1]])
    return copy


def without_siblings(root, holds):
    """For each element: try to leave out halves, quarters, ... of its children, down to single ones."""
    todo = [()]
    while todo:
        path = todo.pop(0)
        size = max(1, len(at(root, path)))
        while size >= 1:
            start = 0
            while start < len(at(root, path)):
                span = [path + (number,) for number in range(start, min(start + size, len(at(root, path))))]
                span = [one for one in span if at(root, one).tag not in KEPT_ELEMENTS]
                smaller = without(root, span)
                if span and holds(smaller):
                    root = smaller
                else:
                    start += size
            size //= 2
        todo += [path + (number,) for number in range(len(at(root, path)))]
    return root


# What daemons always write: without it a document is none that they would ever see.
KEPT = {
    "cib": {"crm_feature_set", "validate-with"}, "node_state": {"id", "uname", "in_ccm", "crmd", "join", "expected"}, "lrm": {"id"},
    "lrm_resource": {"id", "class", "provider", "type"}, "nvpair": {"id", "name", "value"},
    "lrm_rsc_op": {"id", "operation", "operation_key", "interval", "rc-code", "op-status", "call-id", "transition-key",
                   "transition-magic", "on_node", "last-rc-change", "op-digest"},
}
KEPT_ELEMENTS = {"lrm", "lrm_resources", "network"}


def without_attributes(root, holds):
    for path in [()] + elements(root):
        for name in list(at(root, path).attrib):
            if name in KEPT.get(at(root, path).tag, ()):
                continue
            smaller = copied(root)
            del at(smaller, path).attrib[name]
            if holds(smaller):
                root = smaller
    return root


def without_levels(root, holds):
    """A group or clone becomes what is in it."""
    again = True
    while again:
        again = False
        for path in elements(root):
            outer = at(root, path)
            for inner in outer if outer.tag in ("group", "clone", "master", "bundle") else ():
                if inner.tag not in ("primitive", "group"):
                    continue
                smaller = copied(root)
                parent = at(smaller, path[:-1])
                parent[path[-1]] = ET.fromstring(ET.tostring(inner))
                if holds(smaller):
                    root, again = smaller, True
                    break
            if again:
                break
    return root


def shrink(text, holds):
    """@holds is told of a candidate as text.  The result holds, and lacks nothing that could be left out alone."""
    seen = {}

    def check(root):
        candidate = ET.tostring(root, encoding="unicode")
        if candidate not in seen:
            seen[candidate] = holds(candidate)
        return seen[candidate]

    root = ET.fromstring(text)
    for element in root.iter():
        element.text = element.tail = None
    if not check(root):
        return text
    before = None
    while before != ET.tostring(root):
        before = ET.tostring(root)
        root = without_siblings(root, check)
        root = without_levels(root, check)
        root = without_attributes(root, check)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"
