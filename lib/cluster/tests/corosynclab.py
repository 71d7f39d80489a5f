"""A few corosync nodes in network and mount namespaces of their own, for tests: started, cut off from each other, killed and
cleaned up by process id.  Nothing of the machine's own network, services or state is touched."""
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../cts"))
import daemonlab

TOKEN_MS = 1000
NAMESPACES = ("-n", "-m", "--propagation", "private")
LIMIT = 120  # seconds: for what hangs, not for what is slow


def missing():
    """Why the lab cannot be made here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    for tool in ("corosync", "ip", "unshare", "nsenter", "mount"):
        if shutil.which(tool) is None and not os.path.exists("/usr/sbin/" + tool):
            return "needs " + tool
    probe = subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True)
    return None if probe.returncode == 0 else "needs network and mount namespaces"


class Peer:
    """A program in a node that reads commands and prints lines."""

    def __init__(self, lab, node, argv):
        self.node, self.lines, self.said = node, queue.Queue(), []
        self.process = subprocess.Popen(lab.inside(node) + argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        lab.started.append(self.process)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def expect_all(self, *wanted, seconds=LIMIT):
        """A line that begins with each of @wanted, in whatever order they come; in the order of @wanted."""
        found = {}
        while len(found) < len(wanted):
            line = self.expect(tuple(w for w in wanted if w not in found), seconds)
            found[next(w for w in wanted if w not in found and (line + "\n").startswith(w))] = line
        return [found[w] for w in wanted]

    def expect(self, wanted, seconds=LIMIT):
        """The first line that begins with one of @wanted (a text or a tuple; with a newline at its end: that is it); AssertionError
        when it does not come in time."""
        end, seen = time.monotonic() + seconds, []
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError("n%d: no '%s' in %d s, but: %s" % (self.node, wanted, seconds, seen[-8:]))
            if line is None:
                raise AssertionError("n%d ended before '%s': %s" % (self.node, wanted, seen[-8:]))
            self.said.append(line)
            if (line + "\n").startswith(wanted):
                return line
            seen.append(line)


class Lab(daemonlab.Lab):
    def __init__(self, count, two_node=False):
        super().__init__("cox-corosync-")
        self.count, self.nodes, self.daemons = count, {}, {}
        # the same for what is to be fast: how slow a busy disk syncs is not always the question
        self.memory = tempfile.mkdtemp(prefix="cox-corosync-", dir=os.environ.get("COX_TEST_MEMORY",
                                                                                    "/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what cleans up runs
        with open(self.dir + "/corosync.conf", "w") as f:
            f.write("totem {\n version: 2\n cluster_name: coxtest\n transport: udpu\n token: %d\n token_coefficient: 0\n"
                    " interface {\n  ringnumber: 0\n  bindnetaddr: 10.99.0.0\n }\n}\n"
                    "logging {\n to_syslog: no\n to_stderr: yes\n}\nquorum {\n provider: corosync_votequorum\n%s}\nnodelist {\n"
                    % (TOKEN_MS, " two_node: 1\n" if two_node else ""))
            for n in range(1, count + 1):
                f.write(" node {\n  ring0_addr: 10.99.0.%d\n  name: node%d\n  nodeid: %d\n }\n" % (n, n, n))
            f.write("}\n")
        self.switch = self.hold_namespace("switch", NAMESPACES, "")
        for bridge in ("br0", "br1"):
            self._run("ip link add %s type bridge; ip link set %s up" % (bridge, bridge), self.switch)
        for n in range(1, count + 1):
            # state below /run and /var/lib/corosync is the node's own and vanishes with it, and so are the rings of those who are killed
            self.nodes[n] = self.hold_namespace("n%d" % n, NAMESPACES, "mount -t tmpfs tmpfs /run; mkdir -p /run/corosync /var/lib/corosync /run/memory;"
                                            " mount -t tmpfs tmpfs /var/lib/corosync; mkdir -p /run/lock;"
                                            " mount --bind {0} /run/memory; mount -t tmpfs tmpfs /dev/shm; mkdir -p {0};"
                                            " mount --bind /run/memory {0}; umount /run/memory;".format(self.memory))
            self._run("ip link add p%d type veth peer name eth0 netns %d; ip link set p%d up master br0" % (n, self.nodes[n], n),
                      self.switch)
            self._run("ip link set lo up; ip addr add 10.99.0.%d/24 dev eth0; ip link set eth0 up" % n, self.nodes[n])

    def _run(self, script, pid):
        subprocess.run(["nsenter", "-t", str(pid), "-n", "-m", "sh", "-ec", script], check=True, timeout=LIMIT)

    def inside(self, node):
        return ["nsenter", "-t", str(self.nodes[node]), "-n", "-m"]

    def start_corosync(self, node):
        command = self.inside(node) + ["corosync", "-f", "-c", self.dir + "/corosync.conf"]
        self.daemons[node] = self.spawn_daemon(command, "%s/n%d.log" % (self.dir, node))

    def kill_corosync(self, node):
        self.daemons[node].kill()
        self.daemons[node].wait()

    def peer(self, node, argv, seconds=LIMIT):
        """A peer that has come up; corosync may not be ready to be talked to at once."""
        end = time.monotonic() + seconds
        while True:
            peer = Peer(self, node, argv)
            line = peer.expect(("up", "lost"), seconds)
            if line.startswith("up"):
                return peer
            if time.monotonic() > end:
                raise AssertionError("n%d: %s; corosync: %s" % (node, line, open("%s/n%d.log" % (self.dir, node)).read()[-500:]))
            time.sleep(0.1)

    def partition(self, *groups):
        """Two groups at most; links stay up, as with a switch that has failed."""
        for bridge, group in zip(("br0", "br1"), groups):
            for n in group:
                self._run("ip link set p%d master %s" % (n, bridge), self.switch)

    def cpu_seconds(self, node):
        """User and system time of a node's corosync so far."""
        fields = open("/proc/%d/stat" % self.daemons[node].pid).read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        super().close()
        shutil.rmtree(self.memory, ignore_errors=True)
