"""What a crm_simulate decides for a document, and how two answers differ.  Used by differential."""
import hashlib
import json
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

# From what decides to what only tells.  Where resources end up follows from the actions, so these come first.
LEVELS = ["accept", "actions", "placement", "order", "tight", "params", "scores", "report"]
NOW = "2026-01-28T12:05:00Z"
LIMIT_SECONDS = 60

# What only differs in its spelling.
SPELLINGS = [("_allocate:", "_assign:"), ("pcmk__native_", "pcmk__primitive_"), ("allocation score", "score"), ("assignment score", "score"),
             ("(Not installed)", "(not installed)"), ("Assignment Scores:", "Allocation Scores:")]


class Failed(Exception):
    """The program gave no answer: it refused the document, crashed or took too long."""


def one_line(line):
    return re.sub(r"\s+", " ", line.strip().lstrip("*").strip())


def read_graph(path):
    """Real actions with their attributes, and for each one the real ones that come before it."""
    names, real, inputs = {}, {}, {}
    for synapse in ET.parse(path).getroot().iter("synapse"):
        action = synapse.find("action_set")[0]
        number = action.get("id")
        # The key with the instance is left out: which number an instance has means nothing.
        name = "|".join([action.get("operation") or "", action.get("operation_key") or "", action.get("on_node") or ""])
        names[number] = name
        inputs.setdefault(name, set()).update(trigger[0].get("id") for trigger in synapse.iter("trigger"))
        if action.tag != "pseudo_event":
            holder = action.find("attributes")
            attributes = dict(holder.attrib) if holder is not None else {}
            attributes.pop("crm_feature_set", None)
            real[name] = attributes
    before = {}
    for start in real:
        seen, todo = set(), [start]
        while todo:
            for number in inputs.get(todo.pop(), ()):
                name = names.get(number)
                if name is not None and name not in seen:
                    seen.add(name)
                    todo.append(name)
        before[start] = sorted(name for name in seen if name in real and name != start)
    return real, before


def run(program, arguments, folder):
    environment = dict(os.environ, LC_ALL="C", TZ="UTC", CIB_shadow_dir=folder)
    try:
        done = subprocess.run([program, *arguments], env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed("no answer in %d s" % LIMIT_SECONDS)
    if done.returncode != 0:
        text = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise Failed("exit status %d: %s" % (done.returncode, re.sub(r"\d+", "N", text[-1])[:120] if text else ""))
    return done.stdout.decode(errors="replace")


def ask(program, text):
    """The answer as data, or {"failed": why}."""
    with tempfile.TemporaryDirectory() as folder:
        path, graph = os.path.join(folder, "cib.xml"), os.path.join(folder, "graph.xml")
        with open(path, "w") as out:
            out.write(text)
        try:
            report = run(program, ["-x", path, "-S", "-t", NOW], folder)
            scores = run(program, ["-x", path, "-sSQ", "-G", graph, "-t", NOW], folder)
            real, before = read_graph(graph)
        except Failed as problem:
            return {"failed": str(problem)}
        except (OSError, ET.ParseError) as problem:
            return {"failed": "no graph: %s" % type(problem).__name__}
    for old, new in SPELLINGS:
        scores, report = scores.replace(old, new), report.replace(old, new)
    lines = [one_line(line) for line in report.splitlines() if line.strip()]
    cut = lines.index("Revised Cluster Status:") if "Revised Cluster Status:" in lines else len(lines)
    return {"real": real, "before": before, "placement": placement(lines[cut:]), "report": lines,
            "scores": sorted({one_line(line) for line in scores.splitlines() if is_score(line)})}


def seen(program, path, folder):
    """Where a program sees things in a document, without planning."""
    return placement([one_line(line) for line in run(program, ["-x", path, "-t", NOW], folder).splitlines() if line.strip()])


def claim_old_schema(path, claim):
    """What ours writes is of the newest schema, whose name the other program may not know."""
    with open(path) as file:
        text = file.read()
    with open(path, "w") as out:
        out.write(re.sub('validate-with="[^"]*"', claim, text, count=1))


def without_plan(programs, text):
    """What the programs (ours first) tell of a document and of what each writes after its rehearsal, where the two read the same:
    {line that only one of them tells: index of that program}.  None when there is no answer."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "cib.xml")]
        with open(paths[0], "w") as out:
            out.write(text)
        told = {}
        try:
            for number, program in enumerate(programs):
                paths.append(os.path.join(folder, "after%d.xml" % number))
                run(program, ["-x", paths[0], "-S", "-O", paths[-1], "-t", NOW], folder)
                claim_old_schema(paths[-1], re.search('validate-with="[^"]*"', text).group(0))
            for path in paths:
                lines = [set(seen(program, path, folder)) for program in programs]
                told.update({line: 0 for line in lines[0] - lines[1]})
                told.update({line: 1 for line in lines[1] - lines[0]})
        except Failed:
            return None
    return told


def is_score(line):
    """Final scores: which passes tell theirs on the way depends on the version."""
    return "pcmk__primitive_assign: " in line or (" promotion score on " in line and " on none: " not in line)


def placement(lines):
    """What is where in which role, and the state of each node.  What is said about it, and what is nowhere, is left out."""
    found = set()
    for line in lines:
        bare = re.sub(r" \((unmanaged|maintenance|disabled|blocked|not installed|health is \w+|Monitoring|[^()]*, [^()]*)\)", "", line)
        listed = re.match(r"(\w+): \[ (.*) \]$", bare)
        node = re.match(r"(?:Guest|Remote)?Node (.*): (.*)$", bare)
        if "Stopped" in bare or bare.endswith(":") or "resource instances DISABLED" in bare:
            continue
        if listed:
            found |= {"%s %s" % (name, re.sub("^(Guest|Remote)", "", listed.group(1)).lower()) for name in listed.group(2).split()}
        elif node:
            found.add("%s %s" % (node.group(1), node.group(2).lower()))
        else:
            found.add(bare)
    return sorted(found)


class Peer:
    """Another program, whose answers are kept: it is asked the same again and again while a document becomes smaller."""

    def __init__(self, program, cache):
        self.program, self.cache = program, cache
        if cache:
            os.makedirs(cache, exist_ok=True)

    def ask(self, text):
        if not self.cache:
            return ask(self.program, text)
        path = os.path.join(self.cache, hashlib.sha256((self.program + NOW + text).encode()).hexdigest()[:32] + ".json")
        if os.path.exists(path):
            with open(path) as file:
                return json.load(file)
        answer = ask(self.program, text)
        with open(path + ".%d" % os.getpid(), "w") as out:
            json.dump(answer, out)
        os.rename(path + ".%d" % os.getpid(), path)
        return answer


class Shapes:
    """What kind of resource an id is."""

    def __init__(self, text):
        self.shapes, self.nodes = {}, set()
        root = ET.fromstring(text)
        for node in root.iter("node"):
            self.nodes.add(node.get("uname"))
        for state in root.iter("node_state"):
            self.nodes.add(state.get("uname"))
        for top in root.iterfind("configuration/resources/*"):
            self.collect(top, [])

    @staticmethod
    def is_set(resource, name):
        return any(pair.get("name") == name and (pair.get("value") or "").lower() in ("true", "yes", "1", "on")
                   for pair in resource.iterfind("meta_attributes/nvpair"))

    def collect(self, resource, outer):
        kind = resource.tag
        if kind == "master" or (kind == "clone" and self.is_set(resource, "promotable")):
            kind = "promotable"
        if kind in ("clone", "promotable") and self.is_set(resource, "globally-unique"):
            kind = "unique " + kind
        if resource.get("class") == "stonith":
            kind = "device"
        if resource.get("type") == "remote":
            kind = "remote"
        for pair in resource.iterfind("meta_attributes/nvpair"):
            if kind == "primitive" and pair.get("name") == "remote-node":
                kind = "guest"
                self.shapes[pair.get("value")] = "connection"
        where = outer + [kind]
        self.shapes[resource.get("id")] = " of ".join(reversed(where))
        for child in resource:
            if child.tag in ("primitive", "group", "clone"):
                self.collect(child, where)

    def of(self, rsc):
        rsc = rsc.split(":")[0]
        if rsc in self.shapes:
            return self.shapes[rsc]
        for name, shape in self.shapes.items():
            if shape == "bundle" and rsc.startswith(name + "-"):
                return "bundle's " + re.sub(r"\d+(\.\d+)*", "N", rsc[len(name) + 1:])
        return "removed"

    def action(self, key):
        """An action without names: what is done, to what kind of resource."""
        operation, operation_key, _ = key.split("|")
        match = (re.match(r"(.*)_(clear_failcount|migrate_to|migrate_from)_(\d+)$", operation_key)
                 or re.match(r"(.*)_([a-z-]+)_(\d+)$", operation_key))
        if match is None:
            return operation
        rsc = match.group(1)
        if operation == "notify":
            rsc = re.sub(r"_(pre|post)_notify.*", "", operation_key)
        return "%s%s(%s)" % ("cancel-" if operation == "cancel" else "", match.group(2) + ("*" if match.group(3) != "0" else ""), self.of(rsc))

    def line(self, text):
        """A line of a report without names and numbers."""
        words = []
        for word in re.split(r"([\s()\[\],=]+)", text):
            bare = word.rstrip(":")
            if bare in self.nodes:
                word = "NODE"
            elif bare.split(":")[0] in self.shapes:
                word = "<%s>" % self.of(bare)
            words.append(word)
        return re.sub(r"(NODE ?)+", "NODE ", re.sub(r"-?\d+|-?INFINITY", "N", "".join(words))).strip()


def difference(text, ours, theirs):
    """(level, kinds, sentence) of the first level at which the answers differ, or None."""
    found = differences(text, ours, theirs)
    return found[0] if found else None


def listed(shape, missing, extra):
    return sorted({"lacks " + shape(one) for one in missing} | {"adds " + shape(one) for one in extra})


def deciding(ours, theirs):
    """What ours lacks and what it adds at the levels that decide; what ours orders in addition is {level "order"}[1], which does not count there.
    "common": the orders of both."""
    mine, other = set(ours["real"]), set(theirs["real"])
    both = mine & other
    before = [{(first, then) for then in both for first in answer["before"][then] if first in both} for answer in (ours, theirs)]
    return {"actions": (other - mine, mine - other), "placement": (set(theirs["placement"]) - set(ours["placement"]), set(ours["placement"]) - set(theirs["placement"])),
            "order": (before[1] - before[0], before[0] - before[1]), "common": before[0] & before[1]}


def differences(text, ours, theirs):
    """All levels at which the answers differ: (level, kinds without names, what it is with names)."""
    if "failed" in ours or "failed" in theirs:
        if "failed" in ours and "failed" in theirs:
            return []
        who = "ours" if "failed" in ours else "theirs"
        why = ours.get("failed") or theirs.get("failed")
        return [("accept", ["%s: %s" % (who, why)], why)]
    shapes = Shapes(text)
    found = []

    def note(level, shape, missing, extra):
        if missing or extra:
            found.append((level, listed(shape, missing, extra), "lacks %s; adds %s" % (sorted(missing)[:6], sorted(extra)[:6])))

    levels = deciding(ours, theirs)
    note("actions", shapes.action, *levels["actions"])
    note("placement", shapes.line, *levels["placement"])

    def pair(one):
        return "%s before %s" % (shapes.action(one[0]), shapes.action(one[1]))

    both = set(ours["real"]) & set(theirs["real"])
    note("order", pair, levels["order"][0], set())
    note("tight", pair, set(), levels["order"][1])
    missing, extra = set(), set()
    for key in both:
        items = [set(answer["real"][key].items()) for answer in (ours, theirs)]
        missing |= {(key, name, value) for name, value in items[1] - items[0]}
        extra |= {(key, name, value) for name, value in items[0] - items[1]}
    note("params", lambda one: "%s of %s" % (one[1], shapes.action(one[0])), missing, extra)
    note("scores", shapes.line, set(theirs["scores"]) - set(ours["scores"]), set(ours["scores"]) - set(theirs["scores"]))
    if ours["report"] != theirs["report"]:
        note("report", shapes.line, set(theirs["report"]) - set(ours["report"]), set(ours["report"]) - set(theirs["report"]))
        if not found or found[-1][0] != "report":
            found.append(("report", ["another order of lines"], "the lines are told in another order"))
    return found
