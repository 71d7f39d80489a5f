"""The keeper of a lab: first process of a process namespace that holds all nodes, their network, and the power switch.

Whoever ends it, and however, the kernel ends everything below it; no namespace is kept by a mount or a file.  It has one thread and one
loop; a power action is done to its end before the next is heard, as a real power switch does.

    control.sock         JSON, one request and one answer a line; only for the user whose lab it is
    power/NODE/power     the socket that fence_coxlab finds as /run/cox-lab/power on that node; one line "ACTION NODE", one answer line
"""
import errno
import json
import os
import pwd
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time

from . import kernel, nodeinit, procs

RING, PUBLIC = "10.77.0.", "10.78.0."
CLIENT = PUBLIC + "254"
CLUSTER_USERS = ("/var/lib/pacemaker", "/var/lib/coxswain", "/var/log/pacemaker", "/var/log/coxswain")
POWER_OFF_LIMIT_S = 10.0
BOOT_LIMIT_S = 30.0
LONGEST_REQUEST = 65536


class Node:
    """pidfd, helper: of a node that is on; helper is our child that waits for the node's first process.  segment: which of the
    ring's switches its cable is in."""

    def __init__(self, number, name):
        self.number, self.name = number, name
        self.pidfd, self.helper, self.saved = -1, 0, None
        self.segment = 0
        self.mode = "honest"


class Keeper:
    CARDS = ("r", "p")  # ring, public: names of their cables with the number of the node

    def __init__(self, lab, settings, is_user_namespace):
        self.lab, self.settings, self.is_user_namespace = lab, settings, is_user_namespace
        self.nodes = {name: Node(number, name) for number, name in enumerate(settings.nodes, 1)}
        self.selector = selectors.DefaultSelector()
        self.held = []
        self.log = open(lab + "/power.log", "a", buffering=1, encoding="utf-8")  # closed by the end of the process

    # --- the network: one switch per segment of the ring, one public switch with the clients on it

    def ip(self, *lines, check=True):
        done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise OSError(errno.EIO, "ip: " + done.stderr.strip())

    def make_network(self):
        # A bridge without an address of its own takes that of a card, and another one when the card goes: what the nodes remember must stay true.
        lines = ["link set lo up", "link add public address 02:00:00:00:ff:01 type bridge forward_delay 0", "link set public up", "addr add %s/24 dev public" % CLIENT]
        for segment in range(len(self.nodes)):
            lines += ["link add ring%d type bridge forward_delay 0" % segment, "link set ring%d up" % segment]
        self.ip(*lines)

    def plug_in(self, node, pid):
        n = node.number
        # A machine has the same cards after it was off: neighbours that remember them must not wait.
        self.ip("link add r%d type veth peer name eth0 address 02:00:00:00:00:%02x netns %d" % (n, n, pid), "link set r%d master ring%d up" % (n, node.segment),
                "link add p%d type veth peer name eth1 address 02:00:00:00:01:%02x netns %d" % (n, n, pid), "link set p%d master public up" % n)

    def partition(self, groups):
        for node in self.nodes.values():
            node.segment = 0
        for segment, group in enumerate(groups):
            for name in group:
                self.nodes[name].segment = segment
        self.ip(*["link set r%d master ring%d" % (n.number, n.segment) for n in self.nodes.values() if self.is_on(n)])

    # --- power

    def is_on(self, node):
        return node.pidfd >= 0 and not select.select([node.pidfd], [], [], 0)[0]

    def plan(self, node, autostart):
        n = node.number
        hosts = "127.0.0.1 localhost\n" + "".join("%s%d %s\n" % (RING, m.number, m.name) for m in self.nodes.values())
        return nodeinit.Plan(
            name=node.name, lab=self.lab, memory="%s/memory/%s" % (self.lab, node.name), disk="%s/nodes/%s" % (self.lab, node.name),
            power="%s/power/%s" % (self.lab, node.name), layers=[self.lab + "/memory/layer"],
            private=self.settings.private, hosts=hosts, is_user_namespace=self.is_user_namespace,
            has_destdir=bool(self.settings.destdir), start=self.settings.start if autostart else "",
            network="link set lo up\naddr add %s%d/24 dev eth0\nlink set eth0 up\naddr add %s%d/24 dev eth1\nlink set eth1 up\n" % (RING, n, PUBLIC, n))

    def power_on(self, node, autostart):
        if self.is_on(node):
            return
        self.power_off(node)
        plan = self.plan(node, autostart)
        os.makedirs(plan.memory, exist_ok=True)
        hear_r, hear_w = os.pipe()
        say_r, say_w = os.pipe()
        pid_r, pid_w = os.pipe()
        node.helper = os.fork()
        if node.helper == 0:
            self.become_node(plan, (pid_w, say_w, hear_r))
        for fd in (pid_w, say_w, hear_r):
            os.close(fd)
        try:
            end = time.monotonic() + BOOT_LIMIT_S
            pid = int(self.read_line(pid_r, end) or 0)
            if pid == 0:
                raise OSError(errno.EIO, "its namespaces could not be made, see %s/console" % self.lab)
            node.pidfd = os.pidfd_open(pid)
            node.saved = procs.record(int(self.read_line(say_r, end).split()[1]))
            self.plug_in(node, pid)
            os.write(hear_w, b"go\n")
            answer = self.read_line(say_r, end)
            if answer != "ready":
                raise OSError(errno.EIO, answer[6:] or "it ended while it booted, see %s/console" % self.lab)
        except (OSError, ValueError, IndexError):
            self.power_off(node)
            raise
        finally:
            for fd in (pid_r, say_r, hear_w):
                os.close(fd)

    def become_node(self, plan, pipes):
        """In our child: new namespaces, a child that is their first process, and then only to wait for it.  Never returns."""
        pid_w, say_w, hear_r = pipes
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWUTS | kernel.CLONE_NEWIPC | kernel.CLONE_NEWNET | kernel.CLONE_NEWPID)
            pid = os.fork()
            if pid == 0:
                # The switch's sockets and descriptors of other nodes are none of a node's business.
                keep = sorted((say_w, hear_r))
                for low, high in zip([2] + keep, keep + [4096]):
                    os.closerange(low + 1, high)
                nodeinit.main(plan, say_w, hear_r)
            os.write(pid_w, b"%d\n" % pid)
            os.closerange(3, 4096)
            os.waitpid(pid, 0)
            os._exit(0)
        except BaseException as e:  # nothing of the keeper may go on in the child
            sys.stderr.write("node %s: %s\n" % (plan.name, e))
            sys.stderr.flush()
            os._exit(1)

    @staticmethod
    def read_line(fd, end):
        """A line without its end; empty at the end of the file.  OSError when it takes too long."""
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
                raise OSError(errno.ETIMEDOUT, "it did not boot within %g s" % BOOT_LIMIT_S)
            byte = os.read(fd, 1)
            if not byte:
                break
            line += byte
        return line.decode(errors="replace").strip()

    def power_off(self, node):
        """SIGKILL for the first process: the kernel ends all others of the node, and its cables go."""
        if node.pidfd >= 0:
            try:
                self.kill(node)
            except ProcessLookupError:
                pass
            if not select.select([node.pidfd], [], [], POWER_OFF_LIMIT_S)[0]:
                raise OSError(errno.ETIMEDOUT, "%s has processes that do not end" % node.name)
            os.close(node.pidfd)
        if node.helper:
            try:
                os.waitpid(node.helper, 0)
            except ChildProcessError:
                pass
        node.pidfd, node.helper, node.saved = -1, 0, None
        # The kernel takes a moment to remove the cables of a namespace that ended: a node that boots again needs new ones now.
        for card in self.CARDS:
            self.ip("link del %s%d" % (card, node.number), check=False)

    def kill(self, node):
        signal.pidfd_send_signal(node.pidfd, signal.SIGKILL)

    def switch(self, node, action, autostart, by):
        began = time.time()
        if action in ("off", "reboot"):
            self.power_off(node)
        if action in ("on", "reboot"):
            self.power_on(node, autostart)
        state = "on" if self.is_on(node) else "off"
        self.log.write(json.dumps({"time": began, "action": action, "node": node.name, "by": by, "took": round(time.time() - began, 4), "state": state}) + "\n")
        return state

    # --- requests

    def control(self, request):
        """Answer (an object for JSON) to a request of the lab's user."""
        words = json.loads(request)
        verb = words["do"]
        if verb == "status":
            return {n.name: {"on": self.is_on(n), "process": n.saved, "segment": n.segment, "mode": n.mode} for n in self.nodes.values()}
        if verb == "power":
            return self.switch(self.nodes[words["node"]], words["action"], words.get("autostart", False), "user")
        if verb == "partition":
            return self.partition(words["groups"])
        if verb == "mode":
            self.nodes[words["node"]].mode = words["mode"]
            return None
        raise ValueError("request '%s' is unknown" % verb)

    def start_arbiter(self):
        """corosync's quorum device for the nodes, on the public network.  Ends with us, as all here."""
        os.mkdir(self.lab + "/memory/arbiter")
        advanced = "lock_file=%s/memory/arbiter/pid,local_socket_file=%s/memory/arbiter/sock" % (self.lab, self.lab)
        subprocess.Popen(["corosync-qnetd", "-f", "-4", "-l", CLIENT, "-s", "off", "-S", advanced], stdin=subprocess.DEVNULL)  # reap() buries it

    def fence(self, asking, request):
        """Answer to a fence agent on the node "asking"; None: no answer is ever given, empty: the connection is closed."""
        words = request.split()
        action, target = words[0] if words else "", words[1] if len(words) > 1 else ""
        if asking.mode == "deaf":
            return ""
        if asking.mode == "hang":
            return None
        if action == "list":
            return " ".join(self.nodes)
        if target not in self.nodes:
            return "unknown"
        node = self.nodes[target]
        if action == "status":
            return "on" if self.is_on(node) else "off"
        if action not in ("on", "off", "reboot"):
            return "error action '%s' is unknown" % action
        if asking.mode == "fail":
            return "error the switch does not work"
        if asking.mode == "lie":
            return "off" if action == "off" else "on"
        return self.switch(node, action, self.settings.autostart, asking.name)

    def answer(self, source, line):
        """bytes to send; None: keep the connection and say nothing."""
        try:
            if source is None:
                return (json.dumps({"ok": self.control(line)}) + "\n").encode()
            text = self.fence(source, line)
            return None if text is None else (text + "\n").encode() if text else b""
        except (OSError, ValueError, KeyError, IndexError, TypeError) as e:
            text = str(e) if not isinstance(e, KeyError) else "unknown name %s" % e
            return (json.dumps({"error": text}) + "\n").encode() if source is None else ("error %s\n" % text).encode()

    def source_of(self, _address, source):
        """Who asks on a connection: the node whose listener it is, None for the lab's user."""
        return source

    def accept(self, listener, source):
        peer, address = listener.accept()
        source = self.source_of(address, source)
        peer.setblocking(False)
        self.selector.register(peer, selectors.EVENT_READ, lambda: self.receive(peer, source, buffer))
        buffer = bytearray()

    def receive(self, peer, source, buffer):
        try:
            data = peer.recv(LONGEST_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        buffer += data
        if data and b"\n" not in buffer and len(buffer) <= LONGEST_REQUEST:
            return
        self.selector.unregister(peer)
        if b"\n" in buffer and is_gone(peer):
            # As a switch does that people log in to: of who was cut while the one before was served, nothing is done any more.
            buffer.clear()
        if b"\n" in buffer:
            answer = self.answer(source, bytes(buffer).split(b"\n", 1)[0].decode(errors="replace"))
            if answer is None:
                self.held.append(peer)
                return
            try:
                peer.settimeout(2)
                peer.sendall(answer)
            except OSError:
                pass
        peer.close()

    def listen(self, path, source):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        self.listen_on(listener, source)

    def listen_on(self, listener, source):
        self.selector.register(listener, selectors.EVENT_READ, lambda: self.accept(listener, source))

    def make_layer(self):
        """What lies over the machine's root in all nodes.  A copy in memory: the parts of an overlay must not lie in each other, and a
        build that goes on does not disturb the lab."""
        layer = self.lab + "/memory/layer"
        os.mkdir(layer)
        copy = ["cp", "-R"] + (["--preserve=mode,timestamps,links"] if self.is_user_namespace else ["--preserve=all"])
        for source in ([self.settings.destdir] if self.settings.destdir else []) + [self.lab + "/layer"]:
            done = subprocess.run(copy + [source + "/.", layer], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise OSError(errno.EIO, "copying %s: %s" % (source, done.stderr.strip()[:300]))

    def give_disks(self):
        """The cluster's user owns its directories, where there is such a user in this namespace."""
        try:
            user = pwd.getpwnam("hacluster")
        except KeyError:
            return
        for node in self.nodes:
            for path in set(CLUSTER_USERS) & set(self.settings.private):
                disk = "%s/nodes/%s%s" % (self.lab, node, path)
                try:
                    os.chown(disk, user.pw_uid, user.pw_gid)
                    os.chmod(disk, 0o750)
                except OSError:
                    return

    def prepare(self):
        kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
        os.makedirs(self.lab + "/memory", exist_ok=True)
        kernel.mount("tmpfs", self.lab + "/memory", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755")
        self.make_layer()
        self.give_disks()
        self.make_network()
        for node in self.nodes.values():
            os.makedirs("%s/power/%s" % (self.lab, node.name), exist_ok=True)
            self.listen("%s/power/%s/power" % (self.lab, node.name), node)
        if self.settings.arbiter:
            self.start_arbiter()
        self.listen(self.lab + "/control.sock", None)

    def serve(self):
        """For ever: the keeper is ended, it does not end itself."""
        woken_r, woken_w = os.pipe()
        os.set_blocking(woken_r, False)
        os.set_blocking(woken_w, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken_w)
        self.selector.register(woken_r, selectors.EVENT_READ, lambda: self.reap(woken_r))
        while True:
            for key, _ in self.selector.select():
                key.data()

    def reap(self, woken):
        """We are the first process here: what lost its parent is ours."""
        try:
            os.read(woken, 4096)
        except BlockingIOError:
            pass
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for node in self.nodes.values():
                if node.helper == pid:
                    node.helper = 0


def is_gone(peer):
    """Has the other side of a connection ended?"""
    poll = select.poll()
    poll.register(peer, 0)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


def subordinate_ids(path, name, number):
    """(first, count) of the ids that a file like /etc/subuid gives to a user; None when there are none worth having."""
    try:
        with open(path, encoding="utf-8") as f:
            for line in f:
                fields = line.strip().split(":")
                if len(fields) == 3 and fields[0] in (name, str(number)) and fields[1].isdigit() and fields[2].isdigit() and int(fields[2]) >= 1000:
                    return int(fields[1]), int(fields[2])
    except OSError:
        pass
    return None


def _map_from_outside(ranges, uid, gid, go):
    """In a child, which stays outside: wait until the parent is in its namespace, give it more ids than its own.  Never returns."""
    os.read(go, 1)
    for program, own, (first, count) in zip(("newuidmap", "newgidmap"), (uid, gid), ranges):
        argv = [program, str(os.getppid()), "0", str(own), "1", "1", str(first), str(count)]
        if subprocess.run(argv, check=False).returncode != 0:
            os._exit(1)
    os._exit(0)


def _become_root():
    """A new user namespace, root in it.  With all users (hacluster among them) where newuidmap may give them, else with root only."""
    uid, gid = os.getuid(), os.getgid()
    name = pwd.getpwuid(uid).pw_name
    ranges = [subordinate_ids("/etc/subuid", name, uid), subordinate_ids("/etc/subgid", name, uid)]
    mapper = 0
    go_r, go_w = os.pipe()
    if all(ranges) and shutil.which("newuidmap") and shutil.which("newgidmap"):
        mapper = os.fork()
        if mapper == 0:
            _map_from_outside(ranges, uid, gid, go_r)
    kernel.unshare(kernel.CLONE_NEWUSER)
    os.write(go_w, b"g")
    if mapper:
        os.waitpid(mapper, 0)
    os.close(go_r)
    os.close(go_w)
    for kind, text in (("uid", "0 %d 1" % uid), ("gid", "0 %d 1" % gid)):
        with open("/proc/self/%s_map" % kind, encoding="utf-8") as f:
            if f.read().strip():
                continue
        if kind == "gid":
            with open("/proc/self/setgroups", "w", encoding="utf-8") as f:
                f.write("deny")
        with open("/proc/self/%s_map" % kind, "w", encoding="utf-8") as f:
            f.write(text)


def launch(kind, lab, settings, ready, parent):
    """Become the keeper's helper: makes the namespaces, waits for the keeper.  Never returns.

    kind: class of the keeper; ready: descriptor that gets a line, "ready PID" (as the machine numbers it) or "error TEXT"; parent: pid to die with, or 0."""
    try:
        if parent:
            kernel.die_with_parent(parent)
        uid = os.getuid()
        flags = kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWUTS | kernel.CLONE_NEWIPC
        if uid != 0:
            _become_root()
        kernel.unshare(flags)
        if parent:
            # Other rights may have taken the bond away.
            kernel.die_with_parent(parent)
        pid = os.fork()
        if pid:
            os.close(ready)
            os.waitpid(pid, 0)
            os._exit(0)
        # The parent's number is not visible from inside: 0 stands for it.
        kernel.die_with_parent(0)
        keeper = kind(lab, settings, uid != 0)
        keeper.prepare()
        os.write(ready, b"ready %s\n" % os.readlink("/proc/self").encode())
        os.close(ready)
        keeper.serve()
    except BaseException as e:  # the user hears it through the pipe
        try:
            os.write(ready, b"error %s\n" % (str(e) or repr(e)).replace("\n", " ").encode())
        except OSError:
            pass
        os._exit(1)
