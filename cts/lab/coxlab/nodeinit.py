"""The first process of a node: builds the node's file system, reaps, and is what the power switch kills.

The root is an overlay: the node's own layer (in the keeper's memory, so that it survives power off), the lab's layer, the install tree
under test, and the machine's root, of which nothing is ever changed.  Private directories lie on the machine's disk in the lab's
directory, because what is synced there shall cost what it costs.
"""
import os
import select
import signal
import socket
import subprocess
import sys
import time

from . import kernel

PSEUDO = {"proc", "sysfs", "devtmpfs", "devpts", "tmpfs", "cgroup", "cgroup2", "mqueue", "debugfs", "tracefs", "securityfs", "pstore", "bpf",
          "configfs", "fusectl", "hugetlbfs", "binfmt_misc", "autofs", "efivarfs", "ramfs", "nsfs", "rpc_pipefs", "selinuxfs"}


WATCHDOG = "/run/watchdog"


class Plan:
    """What a node is made of; made by the keeper.

    memory: directory on the keeper's tmpfs for this node; layers: directories that lie over the machine's root, topmost first;
    disk: directory with the private directories; power: directory with the socket of its power switch, or empty; network: lines for ip -batch;
    has_destdir: is an install tree among the layers?  is_systemd: is that the first process, see guestunits.py?  hosts: text of /etc/hosts; start: shell code to run once it is up, or empty.
    """

    def __init__(self, **values):
        self.name = self.memory = self.disk = self.power = self.network = self.hosts = self.start = self.console = ""
        self.layers, self.private, self.is_user_namespace, self.has_destdir, self.is_systemd = [], [], False, False, False
        self.__dict__.update(values)


def _overlay(plan, below, target, number):
    """An overlay of below (a directory of the machine) with the layers, mounted on target."""
    upper, work = "%s/upper%d" % (plan.memory, number), "%s/work%d" % (plan.memory, number)
    os.makedirs(upper, exist_ok=True)
    os.makedirs(work, exist_ok=True)
    layers = [layer + below.rstrip("/") for layer in plan.layers if os.path.isdir(layer + below)]
    data = "lowerdir=%s,upperdir=%s,workdir=%s" % (":".join(layers + [below]), upper, work)
    kernel.mount("overlay", target, "overlay", kernel.MS_NODEV, data + (",userxattr" if plan.is_user_namespace else ""))


def _machine_mounts():
    """Mount points of the machine that hold files, without the root, parents first."""
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        for line in f:
            left, _, right = line.partition(" - ")
            path = left.split()[4].encode().decode("unicode_escape")
            if path != "/" and right.split()[0] not in PSEUDO and os.path.isdir(path):
                found.append(path)
    return sorted(set(found))


def _build_root_piecewise(plan, root):
    """In a user namespace the kernel does not let the whole root be the base of an overlay, because that would uncover what is mounted
    on it: take its directories one by one, and of those that have the same trouble what can be had."""
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755")
    for number, entry in enumerate(sorted(os.listdir("/"))):
        path = "/" + entry
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
            continue
        if not os.path.isdir(path):
            continue
        os.mkdir(root + path)
        if entry in ("dev", "proc", "run", "sys", "tmp") or not os.access(path, os.R_OK | os.X_OK):
            continue
        try:
            _overlay(plan, path, root + path, number)
        except OSError:
            if entry == "usr" and plan.has_destdir:
                raise
            if entry == "etc":
                # What cannot be read is not for this user.
                subprocess.run(["cp", "-R", path + "/.", root + path], stderr=subprocess.DEVNULL, check=False)
            elif entry != "var":
                kernel.mount(path, root + path, flags=kernel.MS_BIND | kernel.MS_REC)


def _build_root(plan, root):
    if plan.is_user_namespace:
        _build_root_piecewise(plan, root)
        return
    _overlay(plan, "/", root, 0)
    for number, path in enumerate(_machine_mounts(), 1):
        if path.startswith(plan.lab) or plan.lab.startswith(path + "/") or not os.path.isdir(root + path):
            continue
        try:
            _overlay(plan, path, root + path, number)
        except OSError:
            kernel.mount(path, root + path, flags=kernel.MS_BIND)
            kernel.mount("none", root + path, flags=kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY)


def _build_devices(root):
    kernel.mount("/dev", root + "/dev", flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.mount("tmpfs", root + "/dev/shm", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=1777")
    kernel.mount("proc", root + "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)
    try:
        kernel.mount("sysfs", root + "/sys", "sysfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_RDONLY)
    except OSError:
        # Some containers allow only what they gave.
        kernel.mount("/sys", root + "/sys", flags=kernel.MS_BIND | kernel.MS_REC)


def build_private(plan, root):
    """What a node has for itself: directories of its disk, memory, its names."""
    for path in plan.private:
        os.makedirs(root + path, exist_ok=True)
        kernel.mount(plan.disk + path, root + path, flags=kernel.MS_BIND)
    for path, mode in (("/run", "0755"), ("/tmp", "1777")):
        os.makedirs(root + path, exist_ok=True)
        kernel.mount("tmpfs", root + path, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=" + mode)
    for path in ("/run/lock", "/run/cox-lab", "/run/resource-agents"):
        os.mkdir(root + path)
    if plan.power:
        kernel.mount(plan.power, root + "/run/cox-lab", flags=kernel.MS_BIND)
    with open(plan.memory + "/hosts", "w", encoding="utf-8") as f:
        f.write(plan.hosts)
    kernel.mount(plan.memory + "/hosts", root + "/etc/hosts", flags=kernel.MS_BIND)


def _build(plan):
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    root = plan.memory + "/root"
    os.makedirs(root, exist_ok=True)
    _build_root(plan, root)
    _build_devices(root)
    build_private(plan, root)
    socket.sethostname(plan.name)
    subprocess.run(["ip", "-batch", "-"], input=plan.network, text=True, check=True)
    kernel.pivot_root(root)


class Watchdog:
    """A machine's watchdog, which takes all power when it was started and then is not fed in time.  A line of WATCHDOG with a number feeds it, and is the
    seconds until it strikes; V stops it."""

    def __init__(self):
        os.mkfifo(WATCHDOG, 0o600)
        # Open for writing as well: a pipe without a writer would be readable all the time.
        self.fd = os.open(WATCHDOG, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self.strikes_at = None

    def hear(self):
        for word in os.read(self.fd, 4096).decode(errors="replace").split():
            try:
                self.strikes_at = None if word == "V" else time.monotonic() + float(word)
            except ValueError:
                pass

    def left_s(self, limit_s):
        """Seconds until it strikes, at most limit_s."""
        return limit_s if self.strikes_at is None else min(limit_s, self.strikes_at - time.monotonic())


def _reap_for_ever():
    """Woken by the end of a child, and by whoever feeds the watchdog; the time limit is there for an end that came between the look and the sleep."""
    woken_r, woken_w = os.pipe()
    os.set_blocking(woken_r, False)
    os.set_blocking(woken_w, False)
    signal.set_wakeup_fd(woken_w, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    watchdog = Watchdog()
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        ready = select.select([woken_r, watchdog.fd], [], [], max(0, watchdog.left_s(5)))[0]
        if woken_r in ready:
            os.read(woken_r, 4096)
        if watchdog.fd in ready:
            watchdog.hear()
        if watchdog.left_s(5) <= 0:
            # The kernel ends all others with us.
            os._exit(0)


def start_cluster(plan):
    """The cluster is started as a machine does that boots; what it says goes to a file of the node."""
    pid = os.fork()
    if pid == 0:
        out = os.open("/var/log/cox-lab-start.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.setsid()
        os.execve("/bin/sh", ["sh", "-c", plan.start], ENVIRONMENT)


ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb", "SHELL": "/bin/sh", "USER": "root"}


def main(plan, say, hear):
    """Never returns.  say, hear: descriptors of pipes to and from the keeper; says "host PID", hears "go" when the network cables are
    plugged in, says "ready" or "error TEXT"."""
    os.write(say, b"host %s\n" % os.readlink("/proc/self").encode())
    os.read(hear, 16)
    try:
        _build(plan)
    except (OSError, subprocess.SubprocessError) as e:
        os.write(say, b"error %s\n" % str(e).replace("\n", " ").encode())
        os._exit(1)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    if plan.start:
        start_cluster(plan)
    os.write(say, b"ready\n")
    os.close(say)
    os.close(hear)
    sys.stdout.flush()
    _reap_for_ever()
