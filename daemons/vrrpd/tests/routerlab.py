"""Two routers and a client on a bridge, each in a network namespace of its own, for tests of cox-vrrpd.  Nothing of the machine's own network is
touched; everything is ended by process id."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../cts"))
import daemonlab
from daemonlab import LIMIT

DAEMON = os.path.join(os.environ.get("top_builddir", "."), "daemons/vrrpd/cox-vrrpd")
REFUSED = """
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.connect((sys.argv[1], 9))
s.send(b"?")
try:
    s.recv(1)
except ConnectionRefusedError:
    sys.exit(0)
except OSError:
    sys.exit(1)
"""
# Prints the time, as the kernel has it, and the address of each gratuitous ARP packet.
ANNOUNCED = """
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
s.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
print("ready", flush=True)
while True:
    frame, notes, _, _ = s.recvmsg(2048, 64)
    if frame[28:32] == frame[38:42]:
        print("%d.%09d %s" % (*struct.unpack("qq", notes[0][2]), socket.inet_ntoa(frame[28:32])), flush=True)
"""
READY = " ready version="


def missing():
    """Why the lab cannot be made here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    for tool in ("ip", "bridge", "unshare", "nsenter"):
        if shutil.which(tool, path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin") is None:
            return "needs " + tool
    probe = subprocess.run(["unshare", "-n", "sh", "-c", "ip link add p0 type veth peer name p1 && ip link add b0 type bridge"], capture_output=True)
    return None if probe.returncode == 0 else "needs network namespaces with veth and bridge"


def config(priority, more="", addresses="10.77.0.100/24", interval="0.1", name="V1", vrid=77):
    return ("global_defs {\n router_id lab\n vrrp_version 3\n script_user root\n}\nvrrp_instance %s {\n state BACKUP\n interface eth0\n virtual_router_id %d\n"
            " priority %d\n advert_int %s\n %s\n virtual_ipaddress {\n  %s\n }\n}\n"
            % (name, vrid, priority, interval, more, "\n  ".join(addresses.split())))


class Router:
    def __init__(self, lab, name, pid):
        self.lab, self.name, self.namespace, self.process = lab, name, pid, None
        self.dir = os.path.join(lab.dir, name)
        os.mkdir(self.dir, 0o755)
        self.file, self.log = self.dir + "/conf", self.dir + "/log"

    def write(self, text):
        with open(self.file, "w") as f:
            f.write(text)

    def start(self, text=None):
        if text is not None:
            self.write(text)
        return self._run(["--config", self.file])

    def start_alone(self):
        """Without a file, as the cluster starts it; returns when it can be asked."""
        before = self.said().count("CXE") + self.said().count(READY)
        self._run([])
        self.lab.until(lambda: self.said().count("CXE") + self.said().count(READY) > before, "%s is ready" % self.name)
        return self

    def _run(self, words):
        command = [DAEMON, "--keep-user", "--stderr", "--run-directory", self.dir] + words
        self.process = self.lab.spawn_daemon(self.lab.inside(self.name) + command, self.log)
        return self

    def send(self, signo):
        self.process.send_signal(signo)

    def stop(self):
        self.send(signal.SIGTERM)
        status = self.process.wait(LIMIT)
        if status != 0:
            print("".join("# %s\n" % line for line in self.said().splitlines()[-40:]), end="")
        return status

    def said(self):
        return daemonlab.text_of(self.log)


class Spaces(daemonlab.Lab):
    """Network namespaces by name, each with a host name of its own, and what runs in them."""

    def __init__(self, *names):
        super().__init__("cox-vrrpd-")
        self.namespaces = {}
        for name in names:
            self.namespaces[name] = self.hold_namespace(name, ("-n", "-u"), "echo %s >/proc/sys/kernel/hostname" % name)

    def inside(self, name):
        return ["nsenter", "-t", str(self.namespaces[name]), "-n", "-u"]

    def run(self, name, script, check=True):
        return subprocess.run(self.inside(name) + ["sh", "-ec", script], check=check, timeout=LIMIT, capture_output=True, text=True).stdout

    def hear_announcements(self, name):
        """A function that returns what was announced until then: (time, address)."""
        log = os.path.join(self.dir, "announced-" + name)
        self.started.append(subprocess.Popen(self.inside(name) + [sys.executable, "-c", ANNOUNCED], stdin=subprocess.DEVNULL, stdout=open(log, "a")))
        end = time.monotonic() + LIMIT
        while open(log).read() == "":
            assert time.monotonic() < end, "nobody listens for announcements"
            time.sleep(0.02)
        return lambda: [(float(line.split()[0]), line.split()[1]) for line in open(log).read().splitlines()[1:]]


class Lab(Spaces):
    def __init__(self):
        super().__init__("switch", "a", "b", "client")
        self.run("switch", "sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip link add br0 type bridge forward_delay 0 mcast_snooping 0; ip link set br0 up")
        for i, name in enumerate(("a", "b", "client"), 1):
            self.run(name, "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0; ip link set lo up")
            self.run("switch", "ip link add p%s type veth peer name eth0 address 02:00:00:00:00:%02x netns %d; ip link set p%s master br0 up"
                     % (name, i, self.namespaces[name], name))
            self.run(name, "ip link set eth0 up; ip addr add 10.77.0.%d/24 dev eth0; ip addr add fd77::%d/64 dev eth0 nodad" % (i, i))
        self.a, self.b = (Router(self, n, self.namespaces[n]) for n in ("a", "b"))

    def addresses(self, name):
        return {a["local"]: link["ifname"] for link in json.loads(self.run(name, "ip -j addr")) for a in link.get("addr_info", [])}

    def owners(self, address):
        return "".join(n for n in "ab" if address in self.addresses(n))

    def last_words(self):
        return "a: %s\nb: %s" % (self.a.said()[-1500:], self.b.said()[-1500:])

    def until_owner(self, owner, address="10.77.0.100"):
        return self.until(lambda: self.owners(address) == owner, "%s on '%s' only" % (address, owner))

    def stays(self, owner, seconds, address="10.77.0.100"):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.owners(address)
            assert now == owner, "%s is on '%s', not on '%s'\n%s" % (address, now, owner, self.last_words())
            time.sleep(0.02)

    def reaches(self, address):
        """Does the machine that has the address answer the client?  It refuses a datagram to a port that nobody has."""
        return subprocess.run(self.inside("client") + [sys.executable, "-c", REFUSED, address]).returncode == 0


def main(tests, word):
    why = missing()
    daemonlab.main(tests, Lab, "%s %s" % (word, why) if why else "")
