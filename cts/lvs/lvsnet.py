"""A balancer on virtual machines: two directors, web servers behind them, a client; what they see, by one clock.

n1 and n2 are directors, the servers are on n3, each in a network of its own (d1...: on the client's network, for direct routing and tunnels; a1...: on an
inner network, whose way out is n1), the client is on n4.  lvslab (lvslab.c) runs on all of them and reports to an ear outside, which stamps with one clock.
"""
import collections
import ipaddress
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import time

import lablib
from coxlab import machinekeeper, procs

EAR = machinekeeper.KEEPER + ":7100"
DIRECT = {"d%d" % i: "10.78.0.%d" % (30 + i) for i in range(1, 5)}
INNER = {"a%d" % i: "10.80.0.%d" % (30 + i) for i in range(1, 4)}
ADDRESS = {**DIRECT, **INNER}
SIX = {**{"d%d" % i: "fd78::%d" % (30 + i) for i in range(1, 5)}, **{"a%d" % i: "fd80::%d" % (30 + i) for i in range(1, 4)}}
VIP6 = "fd78::100"
NAME = {**{address: name for name, address in ADDRESS.items()}, **{"[%s]" % address: name for name, address in SIX.items()}}
# Virtual addresses: the servers take packets to all of them, n1 has the first ones all the time.
FIRST_VIP, VIPS, HELD = 100, 40, 20
PORTS = [80, 8080, *range(8001, 8021)]
SOURCES = "10.81.0.1+64"
SETTLE_S = 10
CLIENT, SERVERS, DIRECTORS = "n4", "n3", ("n1", "n2")
GUE_PORT = 6080
DIRECTOR = os.environ.get("COX_LVS_DIRECTOR", "/usr/libexec/coxswain/cox-lvsd --keep-user --stderr --run-directory /run/lvs --config {conf}")

Result = collections.namedtuple("Result", "at took is_ok word source slot")
Change = collections.namedtuple("Change", "at sign vs rs method weight")


def vip(number=0):
    return "10.78.0.%d" % (FIRST_VIP + number)


def address_of(text):
    """ "0A4E0064:0050" or "[fd78:0000:...]:0050" as /proc/net/ip_vs has it."""
    if text.startswith("["):
        host, _, port = text.rpartition(":")
        return "[%s]:%d" % (ipaddress.ip_address(host[1:-1]), int(port, 16))
    host, _, port = text.partition(":")
    return "%s:%d" % (socket.inet_ntoa(struct.pack("!I", int(host, 16))), int(port, 16)) if port else "fwmark %d" % int(host, 16)


TAKEN = vip(HELD)


class Ear:
    """Reports of all who live in the machines.  lines: tag -> [(time, words)]; tables: tag of a look -> {vs: {rs: (method, weight)}}."""

    def __init__(self, driver, program):
        self.lines, self.tables, self.changes, self.here = collections.defaultdict(list), {}, collections.defaultdict(list), collections.defaultdict(list)
        self.lost = []
        self._numbers, self._lock = {}, threading.Condition()
        self.process = subprocess.Popen(driver.client_command([program, "ear", EAR]), stdout=subprocess.PIPE, text=True, errors="replace")
        assert self.process.stdout.readline() == "0 - ready\n", "the ear does not listen"
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self):
        self.process.kill()
        self.process.wait()
        self._thread.join(5)
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            words = line.split()
            with self._lock:
                self._take(float(words[0]), words[2], int(words[3]), words[5:])
                self._lock.notify_all()

    def _take(self, at, tag, number, words):
        if number != self._numbers.get(tag, 0) + 1 and number != 1:
            self.lost.append("%s %d" % (tag, number))
        if number == 1 and words and tag in self.tables:
            self.tables[tag].clear()
        self._numbers[tag] = number
        self.lines[tag].append((at, words))
        if words[0] in "+-=":
            self._change(at, tag, words)
        elif words[0] in ("here", "gone"):
            self.here[tag].append((at, words[0] == "here", words[1]))

    def _change(self, at, tag, words):
        sign, service, server, value = words[0], words[1], words[2], words[3:]
        kind, _, place = service.partition("/")
        vs = address_of(place) + ("" if kind == "FWM" else "/" + kind.lower())
        table = self.tables.setdefault(tag, {})
        rs = None if server == "*" else NAME.get(address_of(server).rsplit(":", 1)[0], address_of(server))
        if rs is None:
            if sign == "-":
                table.pop(vs, None)
            else:
                table.setdefault(vs, {})
        elif sign == "-":
            table.get(vs, {}).pop(rs, None)
        else:
            table.setdefault(vs, {})[rs] = (value[0], int(value[1]))
        self.changes[tag].append(Change(at, sign, vs, rs, value[0], int(value[1]) if rs else None))

    def wait_for(self, question, what, limit_s=SETTLE_S):
        """Until question() is true of what was heard; AssertionError after limit_s, with the end of what() in it.  Returns its value."""
        end = time.monotonic() + limit_s
        with self._lock:
            while not (value := question()):
                left = end - time.monotonic()
                assert left > 0, "not within %g s: %s" % (limit_s, what() if callable(what) else what)
                self._lock.wait(left)
            return value

    def check(self):
        assert not self.lost, "reports were lost: %s" % ", ".join(self.lost[:5])


class Client:
    """A client that runs until stop(); results() are Results in their order."""

    def __init__(self, net, tag, words):
        self.net, self.tag = net, tag
        self.process = subprocess.Popen(net.lab.driver.command(CLIENT, [net.program, "fetch", EAR, tag, *words]), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def results(self):
        with self.net.ear._lock:
            lines = list(self.net.ear.lines[self.tag])
        return [Result(at, int(w[1]) / 1e6, w[0] == "ok", w[2], w[3], int(w[4])) for at, w in lines if w[0] in ("ok", "no")]

    def has_ended(self):
        lines = self.net.ear.lines[self.tag]
        return bool(lines) and lines[-1][1][0] == "end"

    def stop(self):
        self.process.stdin.close()
        return self.wait()

    def wait(self, limit_s=60):
        try:
            self.net.ear.wait_for(self.has_ended, "the client %s has not ended" % self.tag, limit_s)
        finally:
            said = "" if select.select([self.process.stderr], [], [], 0)[0] == [] else self.process.stderr.readline()
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()
            self.process.stdin.close()
        assert "lvslab" not in said, said
        self.net.ear.check()
        return self.results()


class Net:
    """The machines with all that lives on them, and with the files of a tree over those of this machine.  "with" makes them."""

    def __init__(self, tree, program, over=None):
        self.lab = lablib.Lab(tree, over, number=4, is_started=False, driver="machines", memory_mib=512, token_ms=3000)
        self.source, self.program = program, self.lab.dir + "/lvslab"
        self.ear, self.looks, self.clients, self.running, self.marked = None, {}, 0, set(), set()
        self.has_cluster = False

    def __enter__(self):
        shutil.copy(self.source, self.program)
        self.lab.__enter__()
        try:
            self.ear = Ear(self.lab.driver, self.program)
            for node in DIRECTORS:
                self.make_director(node)
            self.make_servers()
            self.on(CLIENT, "modprobe -q sctp; ip addr add fd78::4/64 dev eth1 nodad")
            self.on(CLIENT, "ip -batch - <<END\n%s\nEND" % "\n".join("addr add 10.81.0.%d/16 dev eth1" % i for i in range(1, 65)))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.ear is not None:
            self.ear.close()
        for node in list(self.looks):
            self.stop_looking(node)
        self.lab.__exit__()

    def on(self, node, script, status=0):
        return self.lab.on(node, script, status)

    def make_director(self, node):
        self.on(node, "set -e; modprobe -a ip_vs sch_ingress cls_u32 act_skbedit; echo 1 >/proc/sys/net/ipv4/ip_forward\n"
                      "for file in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 >$file; done\n"
                      "ip addr add 10.80.0.{0}/24 dev eth1; ip route add 10.81.0.0/16 dev eth1\n"
                      "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; ip addr add fd78::{0}/64 dev eth1 nodad; ip addr add fd80::{0}/64 dev eth1 nodad".format(node[1:]))
        if node == "n1":
            lines = ["addr add %s/32 dev eth1" % vip(i) for i in range(HELD)] + ["addr add %s/128 dev eth1 nodad preferred_lft 0" % VIP6]  # else packets in tunnels come from it
            self.on(node, "ip -batch - <<END\n%s\nEND" % "\n".join(lines))
        self.look(node)

    def power(self, node, action):
        """As cox-cts power; what was set up on a director is set up again.  Returns when it was done, by our clock."""
        if action == "off":
            self.stop_looking(node)
            self.running.discard(node)
            self.marked = {pair for pair in self.marked if pair[0] != node}
        self.lab.driver.power(node, action, autostart=True)
        at = time.monotonic()
        if action == "on":
            self.make_director(node)
        return at

    def look(self, node):
        """Tell of changes of its table, and of the virtual address that directors take over."""
        self.looks[node] = subprocess.Popen(self.lab.driver.command(node, [self.program, "look", EAR, node, "every=10", TAKEN]),
                                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop_looking(self, node):
        if node not in self.looks:
            return
        process = self.looks.pop(node)
        process.kill()
        process.wait()
        process.stdin.close()

    def make_servers(self):
        self.on(SERVERS, "set -e; modprobe -a macvlan ipip ip_gre fou ip6_tunnel ip6_gre fou6; modprobe -q sctp || true")
        for name, address in ADDRESS.items():
            is_direct = name in DIRECT
            lines = ["link set lo up", "link set %s up" % name, "addr add %s/24 dev %s" % (address, name), "addr add %s/64 dev %s nodad" % (SIX[name], name)]
            if is_direct:
                lines += ["addr add %s/32 dev lo" % vip(i) for i in range(VIPS)]
                lines += ["addr add %s/128 dev lo nodad" % VIP6, "link add tunl6 type ip6tnl mode ip6ip6 local %s" % SIX[name], "link set tunl6 up", "link set ip6gre0 up"]
                lines += ["route add 10.81.0.0/16 dev %s" % name, "link set tunl0 up", "link set gre0 up", "fou add port %d gue" % GUE_PORT]
            else:
                lines += ["route add default via 10.80.0.1", "route add default via fd80::1"]
            # Servers with the virtual addresses must not answer for them; those of the inner network must not hear of a shorter way to the client.
            first = "cd /proc/sys/net/ipv4/conf/all; echo 1 >arp_ignore; echo 2 >arp_announce; ip -6 fou add port %d gue; " % GUE_PORT if is_direct else \
                    "for file in /proc/sys/net/ipv6/conf/*/accept_redirects; do echo 0 >$file; done; "
            self.on(SERVERS, "set -e; ip netns add {0}; ip link add link eth1 name {0} netns {0} type macvlan mode bridge\n"
                             "nsenter --net=/run/netns/{0} sh -c '{1}ip -batch -' <<END\n{2}\nEND".format(name, first, "\n".join(lines)))
        self.restart(*ADDRESS)

    def serving(self, name):
        """Shell code that starts the server of that name on its machine."""
        return "setsid nsenter --net=/run/netns/{0} {1} serve {0} pid=/run/{0}.pid {2} </dev/null >/run/{0}.log 2>&1 &".format(name, self.program, " ".join(map(str, PORTS)))

    # --- the directors

    def write_conf(self, node, conf):
        done = self.lab.driver.run(node, ["sh", "-c", "cat >/run/lvs.conf.new && mv /run/lvs.conf.new /run/lvs.conf"], 60, conf)
        assert done.returncode == 0, done.stderr

    def director_command(self):
        return DIRECTOR.format(conf="/run/lvs.conf")

    def use(self, node, conf, wanted):
        """The director runs with this file, and the table is as wanted."""
        self.write_conf(node, conf)
        if node in self.running:
            if self.lab.run(node, "kill -HUP $(cat /run/lvs.pid)").returncode != 0:
                self.running.discard(node)
                raise AssertionError("the director has ended: %s" % self.said(node))
        else:
            self.on(node, "mkdir -p /run/lvs; setsid %s </dev/null >>/run/lvs.log 2>&1 & echo $! >/run/lvs.pid" % self.director_command())
            self.running.add(node)
        try:
            self.wait_table(wanted, node)
        except AssertionError as e:
            raise AssertionError("%s\n%s\n%s" % (e, conf, self.said(node))) from None

    def cpu_s(self, node):
        """Seconds of this machine's processors that a node has used: its kernel and its processes, which are processes of ours."""
        return procs.group_cpu_s(self.lab.driver.status()[node]["process"]["pid"])

    def said(self, node):
        return self.on(node, "tail -n 20 /run/lvs.log", None)

    def stop_director(self, node):
        if node not in self.running:
            return
        self.running.discard(node)
        self.on(node, "pid=$(cat /run/lvs.pid); kill $pid; for i in $(seq 100); do kill -0 $pid 2>/dev/null || exit 0; sleep 0.1; done; exit 1")

    def mark(self, number, addresses, node="n1"):
        """Packets to these addresses have the firewall mark on that director."""
        lines = ["qdisc replace dev eth1 handle ffff: ingress"]
        lines += ["filter add dev eth1 parent ffff: protocol ip u32 match ip dst %s/32 action skbedit mark %d" % (a, number) for a in addresses]
        if (node, number) not in self.marked:
            self.marked.add((node, number))
            self.on(node, "tc -batch - <<END\n%s\nEND" % "\n".join(lines))

    def table(self, node="n1"):
        return self.ear.tables.get(node, {})

    def wait_table(self, wanted, node="n1", limit_s=SETTLE_S):
        """Until the virtual servers of wanted have exactly these servers: {vs: {name: weight}}; no others are there."""
        def now():
            return {vs: {rs: weight for rs, (_, weight) in servers.items()} for vs, servers in self.table(node).items()}
        self.ear.wait_for(lambda: now() == wanted, lambda: "wanted %s, there is %s" % (wanted, now()), limit_s)

    def wait_idle(self, node):
        """Until the servers in a director's table have no active connections."""
        def active():
            lines = [line.split() for line in self.on(node, "cat /proc/net/ip_vs").splitlines()[3:]]
            return [words for words in lines if words[0] == "->" and int(words[4]) > 0]
        lablib.wait_until(lambda: not active(), "%s has no active connections" % node, SETTLE_S)

    def change(self, since, sign, rs, vs=None, node="n1", weight=None):
        """The first change of a server in the director's table after a time, or None."""
        for change in self.ear.changes[node]:
            if change.at >= since and change.sign in sign and change.rs == rs and vs in (None, change.vs) and weight in (None, change.weight):
                return change
        return None

    def wait_change(self, since, sign, rs, limit_s, **more):
        return self.ear.wait_for(lambda: self.change(since, sign, rs, **more), "%s of %s in the table since %.3f" % (sign, rs, since), limit_s)

    def wait_here(self, node, since, limit_s, is_here=True):
        """Until a director says that the address that directors take over is there, or gone; when."""
        def found():
            return [at for at, here, _ in self.ear.here[node] if at >= since and here == is_here]
        return self.ear.wait_for(found, "%s %s %s" % (TAKEN, "comes to" if is_here else "leaves", node), limit_s)[0]

    # --- servers

    def hit(self, signal, *names):
        """A signal for servers; the time when it was sent."""
        tag = "hit%d" % time.monotonic_ns()
        self.on(SERVERS, "%s hit %s %s %d %s" % (self.program, EAR, tag, signal, " ".join("$(cat /run/%s.pid)" % name for name in names)))
        return self.ear.wait_for(lambda: self.ear.lines[tag], "the signal is told")[0][0]

    def restart(self, *names):
        """Servers that were killed; the time, a moment before they run."""
        at = time.monotonic()
        self.on(SERVERS, "rm -f %s; %s\n%s" % (" ".join("/run/%s.pid" % n for n in names), "\n".join(self.serving(name) for name in names), self.ready(names)))
        return at

    def ready(self, names):
        """Shell code that waits until servers take connections."""
        return "for name in %s; do until [ -s /run/$name.pid ]; do sleep 0.2; done; done" % " ".join(names)

    def renew(self):
        """All servers are new ones, whatever was done to those before."""
        self.on(SERVERS, "kill -9 $(cat /run/[ad][0-9].pid) 2>/dev/null", None)
        self.restart(*ADDRESS)

    # --- clients

    def client(self, *targets, **options):
        self.clients += 1
        return Client(self, "c%d" % self.clients, ["%s=%s" % (name.rstrip("_"), value) for name, value in options.items()] + list(targets))

    def fetch(self, *targets, **options):
        """Results of so many requests (count) to the targets in turn."""
        return self.client(*targets, **options).wait()


def shares(results):
    """How often each server has answered; all must have been answered."""
    bad = [r for r in results if not r.is_ok]
    assert not bad, "%d of %d requests failed: %s" % (len(bad), len(results), collections.Counter(r.word for r in bad))
    return dict(collections.Counter(r.word for r in results))


def first_of_slots(results):
    """Of connections that are kept: the server of each by its first answer."""
    seen = {}
    for result in results:
        seen.setdefault(result.slot, result)
    return list(seen.values())


def gap(results):
    """Longest time between two good answers, in seconds."""
    times = [r.at for r in results if r.is_ok]
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)


def by_source(results):
    """The servers that each source was served by."""
    shares(results)
    found = {}
    for result in results:
        found.setdefault(result.source, set()).add(result.word)
    return found
