"""The keeper of a lab of machines: each node is user-mode Linux, with a kernel of its own (IPVS, watchdog, file systems), in the keeper's namespaces.

A machine has three cards: ring, public, and control, on which the keeper and the commands that are run on it come (guest.py, guestcall.py)."""
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

from . import guest, keeper, nodeinit, procs

CONTROL = "10.79.0."
KEEPER = CONTROL + "254"
# A machine boots for as long as it gets on (it writes, or uses processors: other work may leave it little of them), but not for ever.
BOOT_LIMIT_S, STANDSTILL_S, LOOK_S = 600.0, 45.0, 1.0
LEAST_CPU_S = 0.2  # what one that waits for something that never comes does not use in that time
KERNEL = "linux.uml"
DISK_MIB = 256


class Patience:
    """With a machine that boots: it is over when the machine has stood still for STANDSTILL_S.  now: when it began."""

    def __init__(self, now):
        self.since, self.written, self.cpu_s = now, 0, 0.0

    def is_over(self, now, written, cpu_s):
        """written: bytes of its console; cpu_s: what it has used of the processors."""
        if written != self.written or cpu_s - self.cpu_s >= LEAST_CPU_S:
            self.since, self.written, self.cpu_s = now, written, cpu_s
        return now - self.since > STANDSTILL_S


class MachineKeeper(keeper.Keeper):
    CARDS = (*keeper.Keeper.CARDS, "c")  # and control

    def make_network(self):
        super().make_network()
        self.ip("link add control address 02:00:00:00:ff:02 type bridge forward_delay 0", "addr add %s/24 dev control" % KEEPER, "link set control up")
        self.readiness = socket.create_server((KEEPER, guest.READY_PORT), backlog=64)
        self.listen_on(socket.create_server((KEEPER, guest.POWER_PORT), backlog=64), None)

    def source_of(self, address, source):
        """Who asks with a connection from that address: a node on the control network, else as with all keepers."""
        if not address:
            return source
        return next(node for node in self.nodes.values() if address[0] == "%s%d" % (CONTROL, node.number))

    def plug_in(self, node, pid=0):
        n = node.number
        switches = ("ring%d" % node.segment, "public", "control")
        self.ip(*["tuntap add dev %s%d mode tap" % (card, n) for card in self.CARDS],
                *["link set %s%d master %s up" % (card, n, switch) for card, switch in zip(self.CARDS, switches)])

    def machine_plan(self, node, autostart):
        """File with what guest.py makes the machine of."""
        plan = dict(self.plan(node, autostart).__dict__)
        n = node.number
        lines = ["link set lo up"]
        for card, prefix in enumerate((keeper.RING, keeper.PUBLIC, CONTROL)):
            lines += ["link set vec%d name eth%d" % (card, card), "addr add %s%d/24 dev eth%d" % (prefix, n, card), "link set eth%d up" % card]
        plan.update(network="\n".join(lines) + "\n", power="", is_systemd=self.settings.systemd, keeper=KEEPER, control="%s%d" % (CONTROL, n))
        path = "%s/memory/%s.json" % (self.lab, node.name)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(plan, f)
        return path

    def disk(self, node):
        """The file that is the machine's disk, with its private directories; made once.  No directory of ours would do: what a machine's users write
        through hostfs belongs to root."""
        path = "%s/nodes/%s.disk" % (self.lab, node.name)
        if not os.path.exists(path):
            done = subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", "%s/nodes/%s" % (self.lab, node.name), path + ".new", "%dM" % DISK_MIB],
                                  capture_output=True, text=True, check=False, env=nodeinit.ENVIRONMENT)
            if done.returncode != 0:
                raise OSError(errno.EIO, "mke2fs: " + done.stderr.strip())
            os.rename(path + ".new", path)
        return path

    def kernel_command(self, node, plan):
        here = os.path.dirname(os.path.abspath(__file__))
        argv = [KERNEL, "umid=" + node.name, "uml_dir=%s/memory/uml" % self.lab, "mem=%dM" % self.settings.memory_mib, "noreboot", "panic=1", "quiet",
                "selinux=0", "audit=0", "ubd0=" + self.disk(node), "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "con=null", "con0=null,fd:1", "ssl=null"]
        for number, card in enumerate(self.CARDS):
            argv.append("vec%d:transport=tap,ifname=%s%d,mac=02:00:00:00:%02x:%02x" % (number, card, node.number, number, node.number))
        return argv + ["init=" + sys.executable, "--", "-IS", here + "/guestmain.py", plan]

    def power_on(self, node, autostart):
        if self.is_on(node):
            return
        self.power_off(node)
        os.makedirs(self.lab + "/memory/ram", exist_ok=True)
        self.plug_in(node)
        command = self.kernel_command(node, self.machine_plan(node, autostart))
        pid_r, pid_w = os.pipe()
        with open(self.console(node), "ab") as console:
            # /proc is the machine's: the number that others know it by is not ours.
            machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True, cwd="/",
                                       env=dict(os.environ, TMPDIR=self.lab + "/memory/ram"),
                                       preexec_fn=lambda: os.write(pid_w, os.readlink("/proc/self").encode() + b"\n"))
        machine.returncode = 0  # reap() buries it
        node.helper = node.group = machine.pid
        node.pidfd = os.pidfd_open(machine.pid)
        node.saved = procs.record(int(self.read_line(pid_r, time.monotonic() + BOOT_LIMIT_S)))
        os.close(pid_r)
        os.close(pid_w)
        os.sched_setaffinity(machine.pid, {sorted(os.sched_getaffinity(0))[node.number % len(os.sched_getaffinity(0))]})
        try:
            self.wait_ready(node)
        except OSError:
            self.power_off(node)
            raise

    def wait_ready(self, node):
        now = time.monotonic()
        end, patience = now + BOOT_LIMIT_S, Patience(now)
        while True:
            ready = select.select([self.readiness, node.pidfd], [], [], LOOK_S)[0]
            now = time.monotonic()
            if self.readiness in ready:
                peer, address = self.readiness.accept()
                with peer:
                    peer.settimeout(5)
                    if peer.recv(4096) == b"ready\n" and address[0] == "%s%d" % (CONTROL, node.number):
                        return
            elif node.pidfd in ready:
                raise OSError(errno.EIO, "it ended while it booted: %s" % self.last_words(node))
            elif now > end or patience.is_over(now, os.path.getsize(self.console(node)), procs.group_cpu_s(node.saved["pid"])):
                raise OSError(errno.ETIMEDOUT, "it does not boot: nothing came of it for %g s, or all of it took %g s: %s"
                              % (STANDSTILL_S, BOOT_LIMIT_S, self.last_words(node)))

    def console(self, node):
        return "%s/console.%s" % (self.lab, node.name)

    def last_words(self, node):
        with open(self.console(node), errors="replace", encoding="utf-8") as f:
            return " / ".join(f.read().strip().split("\n")[-40:])

    def kill(self, node):
        """The kernel and all processes that it keeps."""
        os.killpg(node.group, signal.SIGKILL)
