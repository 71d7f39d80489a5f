"""The verbs of scenarios: syntax, meaning, and what they do.  One row each; the manual page and "cox-cts verbs" are made from it.

Capital words of a syntax are places: N a number from 1, COUNT one from 0, NODE, NODES, ID of a resource, ACTION, TIME, PROGRAM, AGENT, SETTINGS as NAME=VALUE...,
GROUPS as n1 n2 | n3, COMMAND and TEXT the rest of the line.
"""
import dataclasses
import time

from . import cluster, duration
from .calls import Calls
from .claims import Claims, claims_to_doubles
from .errors import LabError
from .outage import Client
from .watch import Watch, changes_to_gaps, changes_to_overlaps

# Words that stand for a node.
ROLES = ("coordinator", "peer", "victim")
POLL_S = 0.02
START_LIMIT_S, START_FINAL_S = 60.0, 300.0
KILL_LIMIT_S = 10.0
ELECTION_LIMIT_S = 10.0
WEB = "ocf:coxlab:Web"


@dataclasses.dataclass(frozen=True)
class Verb:
    """run(stage, values): may return a text for the timeline.  An expectation raises Unmet when it is not met."""
    syntax: str
    meaning: str
    run: object

    @property
    def is_expectation(self):
        return self.syntax.startswith("expect ")


class Unmet(Exception):
    """An expectation was not met: what was there instead."""


class Stage:
    """Where a scenario is played: the driver, and what the scenario has set going.

    make: function(number of nodes, fields of Settings that say who votes and how) that returns a driver whose nodes are on; used by the first start.
    round: of the statement that is played."""

    def __init__(self, make):
        self._make, self.driver = make, None
        self.client, self.claims, self.addresses, self.watches, self.calls = None, None, 0, {}, {}
        # Who was sent a signal: the last node; of each node and program the numbers of the processes, and when.
        self.victim, self.hits = None, {}
        self.fencings_before = 0
        self.round = 0

    def ensure(self, number, votes):
        if self.driver is None:
            self.driver = self._make(number, votes)
        if votes.get("systemd") and not self.driver.settings.systemd:
            raise LabError("the machines of this lab are not started by systemd: cox-cts up --machines --systemd")
        if votes.get("arbiter") and not self.driver.settings.arbiter:
            raise LabError("this lab has no arbiter")
        if not votes.get("quorum", {}).items() <= self.driver.settings.quorum.items():
            raise LabError("this lab has other options of quorum: they are fixed when it is made")
        if number > len(self.driver.settings.nodes):
            raise LabError("%d nodes are wanted, this lab has %d" % (number, len(self.driver.settings.nodes)))
        return self.driver.settings.nodes[:number]

    def lab(self):
        if self.driver is None:
            raise LabError("there are no nodes yet: begin with 'start N'")
        return self.driver

    def manager(self):
        """A node on which commands of the cluster manager can be run: the first that has power."""
        driver = self.lab()
        for node in driver.settings.nodes:
            if driver.is_on(node):
                return node
        raise LabError("no node has power")

    def _coordinator(self):
        """Who leads; between the end of one and the election of the next nobody does, for a moment."""
        end = time.monotonic() + ELECTION_LIMIT_S
        while True:
            try:
                return cluster.coordinator(self.lab(), self.manager())
            except LabError:
                if time.monotonic() >= end:
                    raise
                time.sleep(POLL_S)

    def resolve(self, word):
        """The node that a word stands for: its name, or the part that it plays at this moment."""
        if word == "victim":
            if self.victim is None:
                raise LabError("there is no victim yet: 'crash' or 'freeze' comes first")
            return self.victim
        if word not in ROLES:
            return word
        coordinator = self._coordinator()
        if word == "coordinator":
            return coordinator
        # The last one: when the coordinator's node loses that role the first one is likely to be it next.
        for node in reversed(self.lab().settings.nodes):
            if node != coordinator and self.lab().is_on(node):
                return node
        raise LabError("no node but the coordinator has power")

    def resolve_all(self, word):
        """The same where several nodes may stand: others are all but the victim."""
        if word != "others":
            return [self.resolve(word)]
        victim = self.resolve("victim")
        return [node for node in self.lab().settings.nodes if node != victim]

    def measure(self, url):
        if self.client:
            self.client.stop()
        self.client = Client(self.lab(), url)

    def end(self):
        for client in filter(None, (self.client, self.claims)):
            client.stop()
        for watch in self.watches.values():
            watch.stop()
        self.client, self.claims, self.watches = None, None, {}


def wait_for(question, limit_s, otherwise, final_s=0.0):
    """Ask until question() is true; it returns (is true, what was found).  Unmet with otherwise and what was found at the end.  final_s: if it is longer,
    the limit begins anew when something else is found, until then."""
    begin, last = time.monotonic(), None
    end = begin + limit_s
    while True:
        is_true, found = question()
        if is_true:
            return
        now = time.monotonic()
        if last not in (None, found):
            end = max(end, min(now + limit_s, begin + final_s))
        if now >= end:
            raise Unmet("%s: %s" % (otherwise, found))
        last = found
        time.sleep(POLL_S)


def _names(nodes):
    return ", ".join(sorted(nodes)) or "none"


# --- nodes ---------------------------------------------------------------------------------------------------------------

def start_number(stage, v):
    return start_all(stage, v["N"], {})


def start_with_arbiter(stage, v):
    return start_all(stage, v["N"], {"arbiter": True})


def start_with_quorum(stage, v):
    return start_all(stage, v["N"], {"quorum": v["SETTINGS"]})


def start_with_systemd(stage, v):
    return start_all(stage, v["N"], {"systemd": True})


def start_all(stage, number, votes):
    nodes = stage.ensure(number, votes)
    driver = stage.lab()
    for node in nodes:
        if not driver.is_on(node):
            driver.power(node, "on")
        driver.start(node)

    def question():
        seen = {node: cluster.quorum_of(driver, node) for node in nodes}
        bad = ["%s %s, sees %s" % (n, "has quorum" if q else "has no quorum", _names(m)) for n, (q, m) in seen.items() if not q or m != set(nodes)]
        return not bad, "; ".join(bad)

    try:
        wait_for(question, START_LIMIT_S, "the nodes do not find each other within %s" % duration.text(START_LIMIT_S), START_FINAL_S)
    except Unmet as e:
        raise LabError(str(e)) from e
    return "%d nodes have quorum" % len(nodes)


def start_nodes(stage, v):
    for node in v["NODES"]:
        stage.lab().check_node(node)
        stage.lab().start(node)


def stop_nodes(stage, v):
    for node in v["NODES"]:
        stage.lab().check_node(node)
        stage.lab().stop(node)


def kill(stage, v):
    nodes = [stage.resolve(word) for word in v["NODES"]]
    for node in nodes:
        stage.lab().check_node(node)
    for node in nodes:
        stage.lab().power(node, "off")
    return ", ".join(nodes)


def power_on(stage, v):
    for node in v["NODES"]:
        stage.lab().check_node(node)
        stage.lab().power(node, "on")


def power_on_start(stage, v):
    power_on(stage, v)
    start_nodes(stage, v)


def _signal(name):
    def run(stage, v):
        node, program = v["NODE"], v["PROGRAM"]
        pids = stage.lab().pids(node, program)
        if not pids:
            raise LabError("%s does not run on %s" % (program, node))
        done = stage.lab().run(node, ["kill", "-" + name] + [str(p) for p in pids], 20)
        if done.returncode != 0:
            raise LabError("%s on %s got no signal: %s" % (program, node, done.stderr.strip()))
        stage.victim, stage.hits[node, program] = node, (pids, time.monotonic())
        if name == "KILL":
            # What comes next must not take the dying one for alive.
            wait_for(lambda: (not set(pids) & set(stage.lab().pids(node, program)), "it is still there"), KILL_LIMIT_S, "%s on %s does not end" % (program, node))
        return "process %s on %s" % (", ".join(map(str, pids)), node)
    return run


def _shell(stage, v, limit_s):
    """The COMMAND on the NODE; it knows the round."""
    stage.lab().check_node(v["NODE"])
    return stage.lab().shell(v["NODE"], ("ROUND=%d; " % stage.round if stage.round else "") + v["COMMAND"], limit_s)


def run_command(stage, v):
    done = _shell(stage, v, 300)
    if done.returncode != 0:
        raise LabError("status %d: %s" % (done.returncode, (done.stderr or done.stdout).strip()[-300:]))


def switch_on(stage, v):
    stage.lab().switch_mode(v["NODE"], v["MODE"])


# --- network -------------------------------------------------------------------------------------------------------------

def partition(stage, v):
    stage.lab().partition(v["GROUPS"])


def heal(stage, _):
    stage.lab().heal()


# --- the cluster manager, by its commands -----------------------------------------------------------------------------------

def create(stage, v):
    settings = dict(v.get("SETTINGS", {}))
    agent = v.get("AGENT", WEB)
    if agent == WEB and "address" not in settings:
        settings["address"] = stage.lab().public_address(100 + stage.addresses)
        stage.addresses += 1
    cluster.command(stage.lab(), stage.manager(), ["cibadmin", "--create", "--scope", "resources", "--xml-text", cluster.primitive(v["ID"], agent, settings)])
    if agent == WEB:
        stage.measure("http://%s/" % settings["address"])
        _wait_for_answer(stage, START_LIMIT_S)


def configure(stage, v):
    try:
        with open(v["FILE"], encoding="utf-8") as f:
            text = f.read()
    except OSError as e:
        raise LabError("%s: %s" % (v["FILE"], e.strerror)) from e
    done = stage.lab().run(stage.manager(), ["cibadmin", "--replace", "--scope", "configuration", "--xml-pipe"], stdin=text)
    if done.returncode != 0:
        raise LabError("cibadmin: %s" % (done.stderr or done.stdout).strip())


def set_options(stage, v):
    for name, value in v["SETTINGS"].items():
        cluster.command(stage.lab(), stage.manager(), ["crm_attribute", "--type", "crm_config", "--name", name, "--update", value])


ALREADY = 108  # exit status: what was to be made is there


def move(stage, v):
    argv = ["crm_resource", "--move", "--resource", v["ID"], "--node", v["NODE"]]
    done = stage.lab().run(stage.manager(), argv)
    # It may have come there by itself a moment ago, for instance because of an earlier move: then the command refuses, unless it is told
    # that the constraint is wanted all the same.
    if done.returncode == ALREADY:
        cluster.command(stage.lab(), stage.manager(), argv + ["--force"])
        return "it was there already"
    cluster.succeeded(done, argv, stage.manager())
    return None


# --- measuring -----------------------------------------------------------------------------------------------------------

def _wait_for_answer(stage, limit_s):
    try:
        wait_for(lambda: (stage.client.look(lambda s: s.was_up()), "no answer"), limit_s, "%s does not answer within %s" % (stage.client.url, duration.text(limit_s)))
    except Unmet as e:
        raise LabError(str(e)) from e


def measure(stage, v):
    stage.measure(v["URL"])
    _wait_for_answer(stage, START_LIMIT_S)


def ask_for(stage, v):
    """Addresses; A.B.C.D-N is all from D to N."""
    addresses = []
    for word in v["TEXT"].split():
        first, _, last = word.partition("-")
        head, _, number = first.rpartition(".")
        addresses += ["%s.%d" % (head, n) for n in range(int(number), int(last or number) + 1)]
    if stage.claims:
        stage.claims.stop()
    stage.claims = Claims(stage.lab(), addresses)


def expect_no_address_twice(stage, _):
    if stage.claims is None:
        raise LabError("nobody asks: 'ask for ADDRESSES' comes first")
    claims = stage.claims.heard()
    doubles = claims_to_doubles(claims)
    if doubles:
        raise Unmet("%d times two had one address: %s" % (len(doubles), doubles[:3]))
    unheard = set(stage.claims.addresses) - {address for _, address, _ in claims}
    if unheard:
        raise Unmet("nobody has said that it has %s" % _names(unheard))
    moves = len({(address, mac) for _, address, mac in claims}) - len(stage.claims.addresses)
    return "%d answers and announcements, %d addresses moved, none was on two" % (len(claims), moves)


def watch(stage, v):
    if v["PATH"] in stage.watches:
        stage.watches.pop(v["PATH"]).stop()
    stage.watches[v["PATH"]] = Watch(stage.lab(), v["PATH"])


def count_calls(stage, v):
    stage.calls[v["ID"]] = Calls(stage.lab(), v["ID"])


def count_fencing(stage, _):
    stage.fencings_before = len(stage.lab().fencings())


def wait(_stage, v):
    time.sleep(v["TIME"])


def note(_stage, _v):
    return None


# --- expectations ----------------------------------------------------------------------------------------------------------

def expect_resource(stage, v):
    def question():
        try:
            found = cluster.where(stage.lab(), v["ID"])
        except LabError as e:
            return False, str(e)
        return found == {v["NODE"]}, "it is on %s" % _names(found)
    wait_for(question, v["TIME"], "%s is not on %s within %s" % (v["ID"], v["NODE"], duration.text(v["TIME"])))


def expect_resource_stopped(stage, v):
    def question():
        try:
            found = cluster.where(stage.lab(), v["ID"])
        except LabError as e:
            return False, str(e)
        return not found, "it is on %s" % _names(found)
    wait_for(question, v["TIME"], "%s does not stop within %s" % (v["ID"], duration.text(v["TIME"])))


def _expect_quorum(wanted):
    def run(stage, v):
        stage.lab().check_node(v["NODE"])

        def question():
            has_quorum, members = cluster.quorum_of(stage.lab(), v["NODE"])
            return has_quorum == wanted, "members %s" % _names(members)
        wait_for(question, v["TIME"], "%s %s quorum after %s" % (v["NODE"], "has no" if wanted else "still has", duration.text(v["TIME"])))
    return run


def expect_members(stage, v):
    stage.lab().check_node(v["NODE"])

    def question():
        _, members = cluster.quorum_of(stage.lab(), v["NODE"])
        return members == set(v["NODES"]), "it sees %s" % _names(members)
    wait_for(question, v["TIME"], "%s does not see exactly %s within %s" % (v["NODE"], _names(v["NODES"]), duration.text(v["TIME"])))


def expect_online(stage, v):
    stage.lab().check_node(v["NODE"])

    def question():
        try:
            found = cluster.online(stage.lab(), v["NODE"])
        except LabError as e:
            return False, str(e)
        return found == set(v["NODES"]), "online are %s" % _names(found)
    wait_for(question, v["TIME"], "not exactly %s are online for %s within %s" % (_names(v["NODES"]), v["NODE"], duration.text(v["TIME"])))


def _expect_power(wanted):
    def run(stage, v):
        stage.lab().check_node(v["NODE"])
        state = "on" if wanted else "off"
        wait_for(lambda: (stage.lab().is_on(v["NODE"]) == wanted, "it is %s" % ("off" if wanted else "on")), v["TIME"],
                 "%s is not %s within %s" % (v["NODE"], state, duration.text(v["TIME"])))
    return run


def expect_outage(stage, v):
    client, limit = stage.client, v["TIME"]
    if client is None:
        raise LabError("nothing is measured: 'measure URL' or 'create ID' comes first")
    asked = time.monotonic()
    longest = 0.0

    def question():
        nonlocal longest
        up, back, longest = client.look(lambda s: (s.was_up(), s.is_answered_since(asked), s.longest(time.monotonic())))
        if not up:
            raise Unmet("the service never answered")
        if longest > limit:
            raise Unmet("the service was away for %s%s" % (duration.text(longest), "" if back else " and still is"))
        return back, "no answer for %s" % duration.text(longest)
    wait_for(question, limit + START_LIMIT_S, "the service does not answer")
    return "outage %s" % duration.text(longest)


def expect_outage_above(stage, v):
    if stage.client is None:
        raise LabError("nothing is measured: 'measure URL' or 'create ID' comes first")
    longest = stage.client.look(lambda s: s.longest(time.monotonic()))
    if longest <= v["TIME"]:
        raise Unmet("the service was away for %s at most" % duration.text(longest))
    return "outage %s" % duration.text(longest)


def _watched(stage, path):
    if path not in stage.watches:
        raise LabError("%s is not watched: 'watch %s' comes first" % (path, path))
    return stage.watches[path]


def expect_gap(stage, v):
    watched, limit = _watched(stage, v["PATH"]), v["TIME"]
    longest = 0.0

    def question():
        nonlocal longest
        changes, now = watched.settled(), time.monotonic()
        if not any(is_there for _, _, is_there in changes):
            raise Unmet("the file was never on any node")
        gaps = changes_to_gaps(changes)
        longest = max(((end if end is not None else now) - begin for begin, end in gaps), default=0.0)
        if longest > limit:
            raise Unmet("it was on no node for %s%s" % (duration.text(longest), " and still is" if gaps[-1][1] is None else ""))
        return not gaps or gaps[-1][1] is not None, "it is on no node since %s" % duration.text(longest)
    wait_for(question, limit + 5, "the file does not come back")
    return "gap %s" % duration.text(longest)


def expect_never_two(stage, v):
    overlaps = changes_to_overlaps(_watched(stage, v["PATH"]).settled())
    if overlaps:
        begin, end, nodes = overlaps[0]
        raise Unmet("it was on %s at the same time for %s%s" % (_names(nodes), duration.text((end or time.monotonic()) - begin),
                                                               " (%d times in all)" % len(overlaps) if len(overlaps) > 1 else ""))


def _since_hit(stage, node):
    times = [at for (where, _), (_, at) in stage.hits.items() if where == node]
    return " %s after the signal" % duration.text(time.monotonic() - max(times)) if times else ""


def expect_well(stage, v):
    stage.lab().check_node(v["NODE"])
    wait_for(lambda: cluster.is_well(stage.lab(), v["NODE"]), v["TIME"], "all is not well on %s within %s" % (v["NODE"], duration.text(v["TIME"])))
    return "well" + _since_hit(stage, v["NODE"])


def expect_new(stage, v):
    stage.lab().check_node(v["NODE"])
    if (v["NODE"], v["PROGRAM"]) not in stage.hits:
        raise LabError("no %s on %s was sent a signal: 'crash' or 'freeze' comes first" % (v["PROGRAM"], v["NODE"]))
    victims, hit_at = stage.hits[v["NODE"], v["PROGRAM"]]

    def question():
        pids = stage.lab().pids(v["NODE"], v["PROGRAM"])
        return bool(pids) and not set(pids) & set(victims), "its processes are %s" % (", ".join(map(str, pids)) or "none")
    wait_for(question, v["TIME"], "%s on %s is not replaced within %s" % (v["PROGRAM"], v["NODE"], duration.text(v["TIME"])))
    return "replaced %s after the signal" % duration.text(time.monotonic() - hit_at)


def _counted(stage, resource):
    if resource not in stage.calls:
        raise LabError("calls of %s are not counted: 'count calls of %s' comes first" % (resource, resource))
    calls = stage.calls[resource]
    calls.look()
    if calls.overlaps():
        raise Unmet("two actions overlapped: %s" % ", ".join(calls.overlaps()))
    return calls


def expect_calls(stage, v):
    wanted = {}
    for action, number in v["SETTINGS"].items():
        if not number.isdigit():
            raise LabError("'%s=%s': how often is a number" % (action, number))
        wanted[action] = int(number)

    def question():
        calls = _counted(stage, v["ID"])
        found = {action: calls.count(action) for action in wanted}
        over = [a for a, n in found.items() if n > wanted[a]]
        text = "%s (%s)" % (", ".join("%s=%d" % item for item in found.items()), calls.text())
        if over:
            raise Unmet("%s was called too often: %s" % (over[0], text))
        return found == wanted, "found " + text
    wait_for(question, v["TIME"], "the calls are not these within %s" % duration.text(v["TIME"]))


def expect_running(stage, v):
    stage.lab().check_node(v["NODE"])

    def question():
        running = _counted(stage, v["ID"]).running(v["NODE"])
        return running == v["ACTION"], "%s is running" % (running or "nothing")
    wait_for(question, v["TIME"], "no %s of %s is running on %s within %s" % (v["ACTION"], v["ID"], v["NODE"], duration.text(v["TIME"])))


def _fencings(stage):
    return ["%s %s" % (action, node) for action, node in stage.lab().fencings()[stage.fencings_before:]]


def expect_no_fencing(stage, _):
    found = _fencings(stage)
    if found:
        raise Unmet("fence agents did: %s" % ", ".join(found))


def expect_fencing(stage, v):
    stage.lab().check_node(v["NODE"])
    # Off and on are one reboot.
    wanted = {"%s %s" % (action, v["NODE"]) for action in ("off", "reboot")}

    def question():
        found = _fencings(stage)
        others = [f for f in found if f.split()[1] != v["NODE"]]
        if others or sum(f in wanted for f in found) > 1:
            raise Unmet("fence agents did: %s" % ", ".join(found))
        return sum(f in wanted for f in found) == 1, "fence agents did nothing"
    wait_for(question, v["TIME"], "%s is not fenced within %s" % (v["NODE"], duration.text(v["TIME"])))


def expect_file(stage, v):
    stage.lab().check_node(v["NODE"])
    wait_for(lambda: (stage.lab().exists(v["NODE"], v["PATH"]), "it is not there"), v["TIME"],
             "%s does not appear on %s within %s" % (v["PATH"], v["NODE"], duration.text(v["TIME"])))


def _said(done):
    return "status %d: %s" % (done.returncode, (done.stderr or done.stdout).strip()[-300:])


def expect_command(stage, v):
    done = _shell(stage, v, 60)
    if done.returncode != 0:
        raise Unmet(_said(done))
    return done.stdout.strip()[-200:].replace("\n", "; ") or None


def expect_command_within(stage, v):
    def question():
        done = _shell(stage, v, 60)
        return done.returncode == 0, _said(done)
    wait_for(question, v["TIME"], "it does not succeed within %s" % duration.text(v["TIME"]))


def expect_fencings(stage, v):
    nodes = []

    def question():
        nodes[:] = [node for action, node in stage.lab().fencings()[stage.fencings_before:] if action != "on"]
        if len(nodes) > v["COUNT"]:
            raise Unmet("%d: %s" % (len(nodes), ", ".join(nodes)))
        return len(nodes) == v["COUNT"], ", ".join(nodes) or "none"
    wait_for(question, v["TIME"], "not %d within %s" % (v["COUNT"], duration.text(v["TIME"])))
    count_fencing(stage, v)
    return ", ".join(nodes)


VERBS = (
    Verb("start N", "Make N nodes (or power on the first N that there are), start the cluster on each, and wait until corosync says on every one that "
         "it has quorum and sees all N.", start_number),
    Verb("start N with arbiter", "The same with a quorum device: corosync-qnetd on the public network, which partition does not cut, has a vote.",
         start_with_arbiter),
    Verb("start N with quorum SETTINGS", "The same with options of corosync's votequorum, as votequorum(5) has them.", start_with_quorum),
    Verb("start N with systemd", "The same on virtual machines whose first process is systemd, which starts the cluster as its units; needs --machines.", start_with_systemd),
    Verb("start NODES", "Start the cluster on nodes that have power.", start_nodes),
    Verb("stop NODES", "Stop the cluster in order; the nodes keep their power.", stop_nodes),
    Verb("kill NODES", "Cut the power: everything on the node ends at once.", kill),
    Verb("power on NODES", "Give power; the cluster is not started.", power_on),
    Verb("boot NODES", "Give power and start the cluster, as a machine does that is switched on.", power_on_start),
    Verb("crash PROGRAM on NODE", "SIGKILL for the processes of that name.", _signal("KILL")),
    Verb("freeze PROGRAM on NODE", "SIGSTOP for the processes of that name.", _signal("STOP")),
    Verb("thaw PROGRAM on NODE", "SIGCONT for the processes of that name.", _signal("CONT")),
    Verb("run on NODE: COMMAND", "Shell code that must succeed; the rest of the line, semicolons included. Inside repeat, $ROUND is the number of the round.",
         run_command),
    Verb("partition GROUPS", "Nodes on different sides of | do not hear each other on the cluster's ring. It holds for nodes that boot later, until heal.",
         partition),
    Verb("heal", "Everybody hears everybody.", heal),
    Verb("switch MODE for NODE", "How the power switch treats fence agents on that node from now on: honest; fail (it says that it failed); hang (no answer); "
         "lie (it says that it did it); deaf (the connection closes).", switch_on),
    Verb("create ID", "A resource that serves a web page on an address of its own (agent ocf:coxlab:Web); waits for its first answer and measures from then on.",
         create),
    Verb("create ID as AGENT", "A resource of another agent, with a monitor every 10 seconds.", create),
    Verb("create ID as AGENT with SETTINGS", "The same with parameters.", create),
    Verb("configure FILE", "Replace the cluster's configuration by that of a file.", configure),
    Verb("set SETTINGS", "Cluster options.", set_options),
    Verb("move ID to NODE", "Ask the cluster to move a resource, or to keep it there when that is where it is.", move),
    Verb("measure URL", "Fetch a page ten times a second from outside from now on, and wait for its first answer. Ends what was measured before.", measure),
    Verb("ask for TEXT", "A client asks by ARP who has these addresses (A.B.C.D, or A.B.C.D-N), twenty times a second from now on, and hears announcements.", ask_for),
    Verb("watch PATH", "Look for a file on all nodes every 10 ms from outside from now on.", watch),
    Verb("count calls of ID", "From now on calls of the actions of a resource of agent ocf:coxlab:Slow are counted.", count_calls),
    Verb("count fencing", "From now on what fence agents do is counted; before, it is since the scenario began.", count_fencing),
    Verb("wait TIME", "Do nothing for a while.", wait),
    Verb("note TEXT", "A line for the reader of the timeline.", note),
    Verb("expect quorum on NODE within TIME", "corosync on that node says that it has quorum.", _expect_quorum(True)),
    Verb("expect no quorum on NODE within TIME", "corosync on that node says that it has no quorum, or does not run.", _expect_quorum(False)),
    Verb("expect members NODES on NODE within TIME", "corosync on that node sees exactly these.", expect_members),
    Verb("expect online NODES on NODE within TIME", "The cluster says on that node that exactly these are online: members that have joined.", expect_online),
    Verb("expect power on NODE within TIME", "The node has power.", _expect_power(True)),
    Verb("expect no power on NODE within TIME", "The node has no power.", _expect_power(False)),
    Verb("expect outage below TIME", "The longest time between two answers since measuring began was shorter, and the service answers now.", expect_outage),
    Verb("expect outage above TIME", "Until now the longest time between two answers was longer: to show that something was really away.", expect_outage_above),
    Verb("expect gap PATH below TIME", "The watched file was on no node for a shorter time than this, counted from when it first was on one, and is on one now; exact "
         "to 10 ms.", expect_gap),
    Verb("expect never two PATH", "The watched file was never on two nodes at the same time.", expect_never_two),
    Verb("expect no address twice", "Of the addresses that are asked for each was on somebody, and none was on two at the same time: who had it before never said so "
         "again within a second after somebody else has.", expect_no_address_twice),
    Verb("expect file PATH on NODE within TIME", "The file is there.", expect_file),
    Verb("expect success on NODE: COMMAND", "Shell code succeeds there; what it prints is told in the timeline.", expect_command),
    Verb("expect success on NODE within TIME: COMMAND", "Shell code succeeds there, at the latest when it is tried after that time.", expect_command_within),
    Verb("expect fencings COUNT within TIME", "Fence agents have made the power switch cut so many nodes, and not more, since this or \"count fencing\" came before.", expect_fencings),
    Verb("expect well on NODE within TIME", "\"cox status\" on that node finds no problem: somebody leads, and all daemons of the node answer.", expect_well),
    Verb("expect new PROGRAM on NODE within TIME", "The process of that name that was crashed or frozen there last is gone, and another one runs.", expect_new),
    Verb("expect running ACTION of ID on NODE within TIME", "An action of a resource of agent ocf:coxlab:Slow whose calls are counted has begun there and not ended; no "
         "two actions of it ran at the same time on a node.", expect_running),
    Verb("expect calls of ID SETTINGS within TIME", "Each action of SETTINGS (start=1 stop=0) was called so often, on all nodes together, since counting began; no two "
         "actions ran at the same time on a node.", expect_calls),
    Verb("expect no fencing", "No fence agent has switched anything.", expect_no_fencing),
    Verb("expect fencing of NODE within TIME", "Fence agents have switched off this node, once, and no other one.", expect_fencing),
    # After all others: an ID may be any word.
    Verb("expect ID on NODE within TIME", "The cluster says that the resource is active there and nowhere else.", expect_resource),
    Verb("expect ID stopped within TIME", "The cluster says that the resource is active nowhere.", expect_resource_stopped),
)
