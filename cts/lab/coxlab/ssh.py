"""Driver: a user's own machines through ssh, with any fence agent as power switch.

The machines are installed and configured already (corosync.conf included).  A file describes them:

    [lab]
    fence_agent = fence_ipmilan        ; run here, options as key=value on its standard input
    fence.username = admin             ; options for all nodes
    public = 192.0.2.                  ; first three numbers of the network on which clients find services

    [alpha]                            ; one section for each node: its cluster name
    target = root@alpha.example.org    ; for ssh; keys must be accepted without a question
    address = 198.51.100.1             ; on the cluster's ring
    fence.ip = 203.0.113.1             ; options for this node
"""
import configparser
import os
import shlex
import subprocess
import time
import xml.etree.ElementTree as ET

from .driver import Driver
from .errors import LabError
from .watching import RECONNECT_S, Watching

SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=3")
FENCE_LIMIT_S = 120.0
BOOT_LIMIT_S = 600.0
# What scenarios create, where resource agents are found; up puts it there, down takes it away.
AGENTS = ("Slow", "Web")
AGENTS_AT = "/usr/lib/ocf/resource.d/coxlab"
# How a node that is cut off drops what others send; one table, so that heal removes exactly this.
TABLE = "coxlab"


def read_hosts(path, settings):
    """Fill settings from the file that describes the machines."""
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None)
    try:
        with open(path, encoding="utf-8") as f:
            parser.read_file(f, path)
    except (OSError, configparser.Error, UnicodeDecodeError) as e:
        raise LabError("file of the machines: %s" % str(e).replace("\n", " ")) from e
    if "lab" not in parser or not parser["lab"].get("fence_agent"):
        raise LabError("%s: section [lab] must name the power switch: fence_agent = ..." % path)
    common = parser["lab"]
    settings.driver, settings.fence_agent = "ssh", common["fence_agent"]
    settings.addresses = {"": common.get("public", "")}
    settings.nodes = [name for name in parser.sections() if name != "lab"]
    if not settings.nodes:
        raise LabError("%s: there is no section of a node" % path)
    for node in settings.nodes:
        section = parser[node]
        if not section.get("target"):
            raise LabError("%s: section [%s]: target = USER@HOST is missing" % (path, node))
        settings.hosts[node] = section["target"]
        settings.addresses[node] = section.get("address", "")
        options = {}
        for source in (common, section):
            options.update({key[len("fence."):]: value for key, value in source.items() if key.startswith("fence.")})
        settings.fence_options[node] = options


class Ssh(Watching, Driver):
    # --- the lab: the machines are the user's, nothing is made or removed but the lab's resource agents

    def up(self, die_with_caller=False):
        self.settings.save(self.lab)
        for node in self.settings.nodes:
            if not self.is_on(node):
                self.power(node, "on")
            for agent in AGENTS:
                self.put_agent(node, agent)

    def put_agent(self, node, agent):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "../agents", agent), encoding="utf-8") as f:
            text = f.read()
        path = "%s/%s" % (AGENTS_AT, agent)
        script = "mkdir -p %s && cat >%s.new && chmod 755 %s.new && mv %s.new %s" % (AGENTS_AT, path, path, path, path)
        done = self.run(node, ["sh", "-c", script], 30, stdin=text)
        if done.returncode != 0:
            raise LabError("%s: the agent ocf:coxlab:%s cannot be put there: %s" % (node, agent, done.stderr.strip() or "status %d" % done.returncode))

    def down(self):
        self.forget_watches()
        if os.path.exists(os.path.join(self.lab, "partitioned")):
            self.heal()
        for node in self.settings.nodes:
            # A machine that does not answer keeps them: they harm nobody.
            self.run(node, ["sh", "-c", "cd %s && rm -f %s && cd .. && rmdir coxlab" % (AGENTS_AT, " ".join(AGENTS))], 10)
        try:
            os.unlink(os.path.join(self.lab, "settings.json"))
        except FileNotFoundError:
            pass

    # --- power: the fence agent, run here

    def fence(self, node, action):
        """Exit status and messages of the agent."""
        self.check_node(node)
        options = {"action": action, "nodename": node, "plug": node}
        options.update(self.settings.fence_options.get(node, {}))
        for key, value in options.items():
            if "\n" in value or "\0" in value or "\n" in key or "=" in key:
                raise LabError("%s: fence option '%s' holds what cannot be said to a fence agent" % (node, key))
        text = "".join("%s=%s\n" % item for item in options.items())
        try:
            done = subprocess.run([self.settings.fence_agent], input=text, capture_output=True, text=True, timeout=FENCE_LIMIT_S, errors="replace",
                                  check=False)
        except OSError as e:
            raise LabError("fence agent %s: %s: install fence-agents here" % (self.settings.fence_agent, e.strerror)) from e
        except subprocess.TimeoutExpired as e:
            raise LabError("fence agent %s: %s of %s: not done within %g s" % (self.settings.fence_agent, action, node, FENCE_LIMIT_S)) from e
        return done.returncode, done.stderr.strip()

    def is_on(self, node):
        status, text = self.fence(node, "status")
        if status not in (0, 2):
            raise LabError("fence agent %s does not know whether %s is on: %s" % (self.settings.fence_agent, node, text or "status %d" % status))
        return status == 0

    def power(self, node, action):
        status, text = self.fence(node, action)
        if status != 0:
            raise LabError("fence agent %s: %s of %s failed: %s" % (self.settings.fence_agent, action, node, text or "status %d" % status))
        if action != "off":
            self.wait_for_shell(node)

    def wait_for_shell(self, node):
        end = time.monotonic() + BOOT_LIMIT_S
        while self.run(node, ["true"], 10).returncode != 0:
            if time.monotonic() > end:
                raise LabError("%s does not answer to ssh %g s after it was switched on" % (node, BOOT_LIMIT_S))
            time.sleep(1)

    def fencings(self):
        """What the cluster's own history tells: the switch may be anybody's.  Times of two nodes are those of who asked."""
        for node in self.settings.nodes:
            done = self.run(node, ["stonith_admin", "--history", "*", "--output-as", "xml"], 20)
            if done.returncode != 0:
                continue
            try:
                events = [e for e in ET.fromstring(done.stdout).iter("fence_event") if e.get("status") == "success"]
            except ET.ParseError as e:
                raise LabError("stonith_admin on %s: its XML cannot be read: %s" % (node, e)) from e
            return [(e.get("action"), e.get("target")) for e in sorted(events, key=lambda e: e.get("completed") or "")]
        return []

    # --- inside a node

    def command(self, node, argv):
        self.check_node(node)
        # ssh hands one text to a shell there.
        return [*SSH, self.settings.hosts[node], "--", shlex.join(argv)]

    def run(self, node, argv, limit_s=60.0, stdin=""):
        """As every driver does; a machine that has power but takes no connection yet is booting, and is asked again until the limit."""
        end = time.monotonic() + limit_s
        while True:
            done = super().run(node, argv, max(1.0, end - time.monotonic()), stdin)
            refused = done.returncode == 255 and done.stderr.startswith("ssh: connect to ")
            if not refused or time.monotonic() + RECONNECT_S > end or not self.is_on(node):
                return done
            time.sleep(RECONNECT_S)

    def exists(self, node, path):
        self.check_node(node)
        return self.watched(node, path)

    def watch_command(self, node, path):
        # It says something every second at least: when nobody listens any more, that ends it.
        text = ('last=; n=0; while :; do if [ -e %s ]; then now=1; else now=0; fi; n=$((n + 1)); '
                'if [ "$now" != "$last" ] || [ $n -gt 100 ]; then echo $now || exit; n=0; fi; last=$now; sleep 0.01; done' % shlex.quote(path))
        return self.command(node, ["sh", "-c", text])

    # --- network

    def partition(self, groups):
        placed = {node for group in groups for node in group}
        groups = [list(group) for group in groups] or [[]]
        groups[0] += [node for node in self.settings.nodes if node not in placed]
        with open(os.path.join(self.lab, "partitioned"), "w", encoding="utf-8") as f:
            f.write("nodes have a table %s in nftables; cox-cts heal removes it\n" % TABLE)
        for group in groups:
            others = [self.settings.addresses[n] for g in groups if g is not group for n in g]
            if not all(others):
                raise LabError("partition needs the ring address of every node: write address = ... into its section")
            for node in group:
                self.check_node(node)
                self.nft(node, others)

    def nft(self, node, drop):
        """Replace the table of a node by one that drops what these addresses send; without addresses by none."""
        text = "add table inet %s\ndelete table inet %s\n" % (TABLE, TABLE)
        if drop:
            text += "table inet %s {\n chain in { type filter hook input priority -300; ip saddr { %s } drop; }\n}\n" % (TABLE, ", ".join(drop))
        done = self.run(node, ["nft", "-f", "-"], 20, stdin=text)
        if done.returncode != 0:
            raise LabError("%s: the network cannot be cut with nft: %s" % (node, done.stderr.strip() or "status %d" % done.returncode))

    def heal(self):
        for node in self.settings.nodes:
            if self.is_on(node):
                self.nft(node, [])
        try:
            os.unlink(os.path.join(self.lab, "partitioned"))
        except FileNotFoundError:
            pass

    def client_command(self, argv):
        return list(argv)

    def public_address(self, number):
        prefix = self.settings.addresses.get("", "")
        if not prefix:
            raise LabError("services need an address: write public = 192.0.2. into section [lab]")
        return "%s%d" % (prefix, number)
