#!/usr/bin/env python3
"""A cluster of three nodes on this machine keeps a web site up while the node that serves it dies.

    doc/demo/live.py DESTDIR [LAB]      DESTDIR: where "make install DESTDIR=..." put the build; LAB: directory to work in
    doc/demo/live.py --check            exit status 0 when nodes can be made here, else 1 and the reason

Real corosync, the daemons of the build, the stock agents IPaddr2 and nginx, a power switch with a fence agent.  Everything lives in
namespaces and is gone when this process ends, in whatever way.
"""
import json
import os
import re
import signal
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../cts/lab"))
from coxlab import driver, namespaces, outage, settings, verbs  # noqa: E402
from coxlab.errors import LabError  # noqa: E402

ADDRESS = "10.78.0.100"
URL = "http://%s/" % ADDRESS
LIMIT_S = 60.0
NGINX = """user www-data;
worker_processes 1;
pid /run/nginx-site.pid;
error_log /var/log/nginx/error.log;
events { }
http { access_log off; server { listen %s:80; root /srv/site; } }
""" % ADDRESS


def say(text=""):
    print(text, flush=True)


class Story:
    """Times count from the moment at which the node died."""

    def __init__(self, lab, destdir):
        settings.prepare_directory(lab)
        made = settings.Settings(nodes=["n1", "n2", "n3"], destdir=os.path.abspath(destdir))
        self.lab, self.began = driver.make(lab, made), time.monotonic()
        self.client, self.killed_wall, self.killed = None, 0.0, 0.0

    def make_nodes(self):
        say("Three nodes: own processes, network, files, corosync; a power switch that fence agents reach.")
        self.lab.up(die_with_caller=True)
        for node in self.lab.settings.nodes:
            done = self.lab.run(node, ["sh", "-c", "mkdir -p /srv/site && uname -n >/srv/site/index.html && cat >/etc/nginx/site.conf"], stdin=NGINX)
            if done.returncode != 0:
                raise LabError("node %s cannot be prepared: %s" % (node, done.stderr.strip()))
        began = time.monotonic()
        verbs.start_number(verbs.Stage(lambda *_: self.lab), {"N": 3})
        self.wait("the cluster answers", lambda: self.ask("n1", ["cibadmin", "--query", "--scope", "nodes"]).count("<node ") == 3)
        say("  the cluster was up %.1f s after its start" % (time.monotonic() - began))

    def ask(self, node, argv):
        done = self.lab.run(node, argv, 20)
        return done.stdout if done.returncode == 0 else ""

    @staticmethod
    def wait(what, question, limit_s=LIMIT_S):
        """Until the question is answered with something true; LabError after the limit."""
        end = time.monotonic() + limit_s
        while True:
            answer = question()
            if answer:
                return answer
            if time.monotonic() > end:
                raise LabError("not within %g s: %s" % (limit_s, what))
            time.sleep(0.05)

    def configure(self):
        say("A fence device, and a group of an address (ocf:heartbeat:IPaddr2) and a web server (ocf:heartbeat:nginx):")
        with open(os.path.join(HERE, "site.xml"), encoding="utf-8") as f:
            xml = f.read()
        self.began = time.monotonic()
        done = self.lab.run("n1", ["cibadmin", "--modify", "--allow-create", "--xml-pipe"], stdin=xml)
        if done.returncode != 0:
            raise LabError("the configuration is refused: %s" % (done.stderr or done.stdout).strip())
        self.client = outage.Client(self.lab, URL)
        self.wait("the first page", lambda: self.client.look(lambda s: s.was_up()))
        say("  the first page came %.1f s after the configuration" % (time.monotonic() - self.began))
        say(self.status("n1"))

    def status(self, node):
        return "\n".join("  " + line for line in self.ask(node, ["crm_mon", "-1"]).rstrip().split("\n"))

    def server(self):
        """Name of the node that serves the page: what the page says."""
        done = self.lab.client_command(["curl", "-s", "-m", "2", URL])
        with os.popen(" ".join(done)) as pipe:
            return pipe.read().strip()

    def kill(self):
        victim = self.wait("a page", self.server)
        say("\n%s serves the page, fetched ten times a second from outside.  Now its power is cut." % victim)
        self.killed, self.killed_wall = time.monotonic(), time.time()
        self.lab.power(victim, "off")
        self.wait("another node serves the page", lambda: self.client.look(lambda s: s.is_answered_since(self.killed + 0.3)))
        back = time.monotonic()
        survivor = self.wait("a page", self.server)
        if survivor == victim:
            raise LabError("%s is dead and serves the page" % victim)
        say("%s serves it now.  The longest time between two answers was %.1f s.\n" % (survivor, self.client.look(lambda s: s.longest(back))))
        time.sleep(1)  # what the survivors still have to say
        self.timeline(victim, back)
        say()
        say(self.status(survivor))

    def timeline(self, victim, back):
        say("Timeline, seconds since the power was cut:")
        events = [(0.0, "", "the power of %s is cut" % victim), (back - self.killed, "client", "the page is back")]
        plan = None
        for node in self.lab.settings.nodes:
            for when, text in self.log(node) if node != victim else ():
                events.append((when - self.killed_wall, node, text))
                found = re.match(r"plan .* input=(\S+)", text)
                if found and when >= self.killed_wall:
                    plan = min(plan or (when, node, found[1]), (when, node, found[1]))
        with open(self.lab.lab + "/power.log", encoding="utf-8") as f:
            for line in f:
                entry = json.loads(line)
                if entry["by"] != "user":
                    events.append((entry["time"] - self.killed_wall, "switch", "%(action)s %(node)s, asked by %(by)s: %(state)s" % entry))
        for when, who, text in sorted(events):
            if 0 <= when <= back - self.killed + 0.1:
                say("  %7.3f  %-6s  %s" % (when, who, text))
        if plan:
            say("\nWhat was decided, and why (crm_simulate --simulate --xml-file %s on %s):" % (plan[2], plan[1]))
            say(self.reasons(plan[1], plan[2]))

    def reasons(self, node, path):
        """The summary of the plan that was made from a saved input."""
        text = self.ask(node, ["crm_simulate", "--simulate", "--xml-file", path])
        return text.partition("Transition Summary:\n")[2].partition("\n\n")[0].rstrip()

    def log(self, node):
        """(wall time, text) of what the controller of a node saw, decided and ordered."""
        text = self.lab.shell(node, "cat /var/log/pacemaker/pacemaker.log").stdout
        year = time.localtime().tm_year
        for line in text.splitlines():
            found = re.match(r"(\w{3} +\d+ \d\d:\d\d:\d\d)\.(\d{3}) cox-controld\[\d+\] \w+: (.*)", line)
            if found and re.match("members|coordinator|fenc|plan|order|result|transition", found[3]):
                seconds = time.mktime(time.strptime("%d %s" % (year, found[1]), "%Y %b %d %H:%M:%S")) + int(found[2]) / 1000
                yield seconds, found[3]

    def end(self):
        if self.client:
            self.client.stop()
        self.lab.down()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if sys.argv[1] == "--check":
        allowed, why = namespaces.are_allowed()
        if not allowed:
            say("no nodes can be made here: %s" % why)
        return 0 if allowed else 1
    lab = sys.argv[2] if len(sys.argv) == 3 else "/var/tmp/cox-lab-demo-%d" % os.getpid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    story = None
    try:
        story = Story(lab, sys.argv[1])
        story.make_nodes()
        story.configure()
        story.kill()
    except LabError as e:
        say("demonstration: %s" % e)
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    finally:
        if story:
            story.end()
            say("The nodes and all that ran on them are gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
