"""The first process of a machine of the lab (user-mode Linux): builds its file system, reaps, and runs what it is asked for.  Where systemd shall be the
first process it becomes that, and a child does the rest.

The kernel's root is the machine's own file tree, read-only through hostfs.  Over it lies the same overlay as in a node of namespaces: the node's
own layer (in the guest's memory: gone when it has no power), the lab's layer with the install tree under test, and the tree.  Private directories
are on the machine's own disk, a file of the lab.

    TCP PORT of the control network      one request a connection, a line of JSON: {"run": ARGV} or {"watch": PATH}; then frames, see send
    /run/cox-lab/power                   what fence_coxlab asks; handed on to the keeper, which knows who asks by the address
"""
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys

from . import guestunits, kernel, nodeinit

PORT, POWER_PORT, READY_PORT = 7000, 7001, 7002
SCRATCH, DISK = "/tmp", "/dev/ubda"
MODULES = "/usr/lib/uml/modules"
WATCH_S = 0.01
SAY_AGAIN = 100  # looks without a change
MOST, LONGEST = 65536, 1 << 20


def _mount_first():
    """What the kernel did not mount, and the module that the root needs."""
    kernel.mount("proc", "/proc", "proc")
    kernel.mount("tmpfs", SCRATCH, "tmpfs")
    subprocess.run(["/sbin/insmod", "%s/%s/kernel/fs/overlayfs/overlay.ko" % (MODULES, os.uname().release)], check=True)


def _build_root(plan, root):
    upper, work, disk = SCRATCH + "/upper", SCRATCH + "/work", SCRATCH + "/disk"
    for path in (root, upper, work, disk):
        os.mkdir(path)
    layers = []
    for number, layer in enumerate(plan.layers):
        # File systems of their own, because the parts of an overlay must not lie in each other.
        layers.append("%s/layer%d" % (SCRATCH, number))
        os.mkdir(layers[-1])
        kernel.mount("none", layers[-1], "hostfs", 0, layer)
    kernel.mount("overlay", root, "overlay", kernel.MS_NODEV, "lowerdir=%s,upperdir=%s,workdir=%s" % (":".join(layers + ["/"]), upper, work))
    for name, kind in (("dev", "devtmpfs"), ("proc", "proc"), ("sys", "sysfs")):
        kernel.mount(kind, "%s/%s" % (root, name), kind)
    for name, mode in (("pts", ""), ("shm", "mode=1777")):
        os.makedirs("%s/dev/%s" % (root, name), exist_ok=True)
        kernel.mount("none", "%s/dev/%s" % (root, name), "devpts" if name == "pts" else "tmpfs", 0, mode)
    kernel.mount("none", root + "/sys/fs/cgroup", "cgroup2")
    os.makedirs(root + "/lib/modules", exist_ok=True)
    release = os.uname().release
    if not os.path.exists("%s/lib/modules/%s" % (root, release)):
        os.symlink("%s/%s" % (MODULES, release), "%s/lib/modules/%s" % (root, release))
    kernel.mount(DISK, disk, "ext4")
    plan.disk = disk


def _build(plan):
    _mount_first()
    root = SCRATCH + "/root"
    _build_root(plan, root)
    plan.memory = SCRATCH
    nodeinit.build_private(plan, root)
    if plan.is_systemd:
        guestunits.lay_out(plan, root)
    socket.sethostname(plan.name)
    kernel.pivot_root(root)
    os.environ.clear()
    os.environ.update(nodeinit.ENVIRONMENT)
    subprocess.run(["ip", "-batch", "-"], input=plan.network, text=True, check=True)


class Stream:
    """A connection with what waits to be sent on it; closed when all is sent after end()."""

    def __init__(self, agent, sock, received):
        sock.setblocking(False)
        self.agent, self.sock, self.received, self.waiting = agent, sock, received, bytearray()
        self.is_ending = self.is_heard = False
        agent.watch(sock, selectors.EVENT_READ, self.ready)

    def ready(self, events):
        if events & selectors.EVENT_WRITE:
            self.flush()
        if self.sock is not None and events & selectors.EVENT_READ:
            try:
                data = self.sock.recv(MOST)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            self.is_heard = not data  # half closed: it may still want an answer
            self.received(self, data)
            self.flush()

    def send(self, data):
        self.waiting += data
        self.flush()

    def flush(self):
        if self.sock is None:
            return
        try:
            while self.waiting:
                del self.waiting[:self.sock.send(self.waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return
        if not self.waiting and self.is_ending:
            self.close()
        else:
            self.agent.watch(self.sock, (0 if self.is_heard else selectors.EVENT_READ) | (selectors.EVENT_WRITE if self.waiting else 0), self.ready)

    def end(self):
        self.is_ending = True
        self.flush()

    def close(self):
        if self.sock is not None:
            self.agent.watch(self.sock, 0, None)
            self.sock.close()
            self.sock = None


class Command:
    """A process that somebody outside asked for.  Frames to them: o or e with output, x with the exit status as text, each with its length."""

    def __init__(self, agent, stream, argv):
        self.agent, self.stream, self.process = agent, stream, None
        self.to_write, self.is_fed = bytearray(), False
        stream.received = self.on_input
        try:
            self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd="/")
        except OSError as e:
            self.send(b"e", ("%s: %s\n" % (argv[0], e.strerror)).encode())
            self.send(b"x", b"127")
            stream.end()
            return
        agent.commands[self.process.pid] = self
        self.pipes = {b"o": self.process.stdout, b"e": self.process.stderr}
        for kind, pipe in self.pipes.items():
            os.set_blocking(pipe.fileno(), False)
            agent.watch(pipe, selectors.EVENT_READ, lambda _, kind=kind: self.on_output(kind))
        os.set_blocking(self.process.stdin.fileno(), False)

    def send(self, kind, data):
        self.stream.send(kind + struct.pack("!I", len(data)) + data)

    def on_input(self, _, data):
        self.to_write += data
        self.is_fed = self.is_fed or not data
        self.feed()

    def feed(self, _=0):
        if self.process is None or self.process.stdin.closed:
            return
        pipe = self.process.stdin
        try:
            while self.to_write:
                del self.to_write[:os.write(pipe.fileno(), self.to_write)]
        except BlockingIOError:
            self.agent.watch(pipe, selectors.EVENT_WRITE, self.feed)
            return
        except OSError:
            self.to_write.clear()
            self.is_fed = True
        self.agent.watch(pipe, 0, None)
        if self.is_fed:
            pipe.close()

    def on_output(self, kind):
        pipe = self.pipes[kind]
        try:
            data = os.read(pipe.fileno(), MOST)
        except BlockingIOError:
            return False
        if data:
            self.send(kind, data)
        else:
            self.agent.watch(pipe, 0, None)
        return bool(data)

    def ended(self, status):
        """It may have left children that hold its pipes: they are not waited for."""
        for kind, pipe in self.pipes.items():
            while self.on_output(kind):
                pass
            self.agent.watch(pipe, 0, None)
            pipe.close()
        self.agent.watch(self.process.stdin, 0, None)
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.returncode = 0  # it is buried: Popen shall not look for it
        self.send(b"x", b"%d" % (os.waitstatus_to_exitcode(status) & 0xff))
        self.stream.end()


class Watch:
    """Is there such a file?  "1" or "0" when it changes, and once a second, so that a listener who has gone is found."""

    def __init__(self, agent, stream, path):
        self.agent, self.stream, self.path, self.last, self.same = agent, stream, path, None, 0
        stream.received = lambda stream, data: None if data else stream.close()
        agent.watches.append(self)

    def look(self):
        if self.stream.sock is None:
            self.agent.watches.remove(self)
            return
        now = os.path.exists(self.path)
        self.same += 1
        if now != self.last or self.same > SAY_AGAIN:
            self.last, self.same = now, 0
            self.stream.send(b"1\n" if now else b"0\n")


class Agent:
    """listener: where requests come; power: where fence agents ask; keeper: (address, port) that answers those; watchdog: as nodeinit.Watchdog, or None: the
    machine's is none of ours."""

    def __init__(self, listener, power, keeper, watchdog):
        self.keeper, self.watchdog = keeper, watchdog
        self.selector, self.commands, self.watches = selectors.DefaultSelector(), {}, []
        if watchdog is not None:
            self.watch(watchdog.fd, selectors.EVENT_READ, lambda _: watchdog.hear())
        woken_r, woken_w = os.pipe()
        for fd in (woken_r, woken_w):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(woken_w, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.watch(woken_r, selectors.EVENT_READ, lambda _: os.read(woken_r, 4096))
        self.listen(listener, lambda sock: Stream(self, sock, self.beginning()))
        self.listen(power, self.hand_on)

    def watch(self, thing, events, function):
        """Replace what is waited for; events 0: nothing."""
        known = self.selector.get_map().get(thing) if not getattr(thing, "closed", False) else None
        if events == 0:
            if known is not None:
                self.selector.unregister(thing)
        elif known is None:
            self.selector.register(thing, events, function)
        elif (known.events, known.data) != (events, function):
            self.selector.modify(thing, events, function)

    def listen(self, listener, accepted):
        self.watch(listener, selectors.EVENT_READ, lambda _: accepted(listener.accept()[0]))

    def beginning(self):
        """What takes the pieces of the line that says what is wanted."""
        heard = bytearray()

        def received(stream, data):
            heard.extend(data)
            if b"\n" in heard:
                self.begin(stream, *heard.split(b"\n", 1))
            elif not data or len(heard) > LONGEST:
                stream.close()

        return received

    def begin(self, stream, line, rest):
        try:
            request = json.loads(line)
            if "run" in request:
                command = Command(self, stream, [str(word) for word in request["run"]])
                if rest:
                    command.on_input(stream, rest)
            else:
                Watch(self, stream, request["watch"])
        except (ValueError, TypeError, KeyError, IndexError):
            stream.close()

    def hand_on(self, sock):
        """A fence agent's question goes to the keeper, the answer back; the end of one is the end of the other."""
        pair = []

        def received(stream, data):
            other = pair[0] if stream is pair[1] else pair[1]
            if data:
                other.send(data)
            else:
                other.close()
                stream.close()

        try:
            keeper = socket.create_connection(self.keeper, 5)
        except OSError:
            sock.close()
            return
        pair += [Stream(self, sock, received), Stream(self, keeper, received)]

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.commands:
                self.commands.pop(pid).ended(status)

    def left_s(self, limit_s):
        return limit_s if self.watchdog is None else self.watchdog.left_s(limit_s)

    def serve(self):
        while True:
            limit_s = self.left_s(WATCH_S if self.watches else 5)
            for key, events in self.selector.select(max(0, limit_s)):
                key.data(events)
            self.reap()
            for watch in list(self.watches):
                watch.look()
            if self.left_s(5) <= 0:
                os._exit(0)  # the kernel panics and with it the machine ends


def _say(plan, text):
    with socket.create_connection((plan.keeper, READY_PORT), 10) as keeper:
        keeper.sendall(text.encode() + b"\n")


def main(path):
    """Never returns.  path: file with the values of a nodeinit.Plan."""
    with open(path, encoding="utf-8") as f:
        plan = nodeinit.Plan(**json.load(f))
    try:
        _build(plan)
        power = socket.socket(socket.AF_UNIX)
        power.bind("/run/cox-lab/power")
        power.listen(64)
        listener, keeper = socket.create_server((plan.control, PORT), backlog=64), (plan.keeper, POWER_PORT)
        if plan.is_systemd:
            if os.fork():
                guestunits.become()
            os.setsid()
            agent = Agent(listener, power, keeper, None)
            guestunits.wait_until_up()
        else:
            agent = Agent(listener, power, keeper, nodeinit.Watchdog())
            if plan.start:
                nodeinit.start_cluster(plan)
        _say(plan, "ready")
    except (OSError, subprocess.SubprocessError) as e:
        sys.stderr.write("%s: %s\n" % (plan.name, e))
        sys.stderr.flush()
        os._exit(1)
    agent.serve()
