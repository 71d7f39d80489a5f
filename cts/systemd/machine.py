"""A machine with systemd as its first process, a real bus and a real corosync: namespaces of this one, over a copy-on-write view of its files.

    import machine
    machine.need()                        taplib.Skip where that cannot be
    node = machine.Machine(tree)          ends with this program, however that ends
    node.must("systemctl", "start", "pacemaker")
    node.end()
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..")]
import taplib

NEEDED = ("unshare", "nsenter", "pivot_root", "ip", "corosync")
FILES = ("/lib/systemd/systemd", "/usr/bin/systemctl", "/usr/bin/dbus-daemon", "/lib/systemd/system/dbus.service", "/lib/systemd/system/corosync.service")
POLL_S = 0.05
# Many times what a small machine needs.
LIMIT_S = 60.0


def cgroup_mount():
    """Where the unified hierarchy is mounted, or None."""
    with open("/proc/mounts", encoding="utf-8") as f:
        for line in f:
            fields = line.split()
            if fields[2] == "cgroup2":
                return fields[1]
    return None


class Machine:
    """tree: what is laid over the files; base: a directory with a system to be seen instead of this machine's, with the state that it has."""

    def __init__(self, tree, base="/"):
        self.work = tempfile.mkdtemp(prefix="cox-systemd-", dir="/var/tmp")
        self.group = "%s/cox-systemd-%d" % (cgroup_mount(), os.getpid())
        os.mkdir(self.group)
        os.mkdir(self.work + "/w")
        self.console = open(self.work + "/console", "w+", encoding="utf-8", errors="replace")

        def enter():
            with open(self.group + "/cgroup.procs", "w", encoding="ascii") as f:
                f.write("0")
            import ctypes
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        self.outer = subprocess.Popen(["unshare", "-m", "-p", "-u", "-i", "-n", "-C", "--fork", "--kill-child", HERE + "/init", self.work + "/w", tree, base],
                                      stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console, preexec_fn=enter, start_new_session=True)

    def said(self):
        """For people: what systemd and the cluster manager said last."""
        self.console.flush()
        with open(self.work + "/console", encoding="utf-8", errors="replace") as f:
            return f.read()[-1000:] + self.run("tail", "-n", "40", "/var/log/pacemaker/pacemaker.log").stdout

    def first(self):
        """Number of the first process, as this machine counts; 0: there is none."""
        try:
            with open("/proc/%d/task/%d/children" % (self.outer.pid, self.outer.pid), encoding="ascii") as f:
                return int((f.read().split() or ["0"])[0])
        except OSError:
            return 0

    def run(self, *argv, limit_s=LIMIT_S):
        return subprocess.run(["nsenter", "-t", str(self.first()), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--", "env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", *argv], capture_output=True, text=True, timeout=limit_s, check=False)

    def must(self, *argv):
        done = self.run(*argv)
        assert done.returncode == 0, "%s: %s\n%s" % (" ".join(argv), done, self.said())
        return done.stdout

    def put(self, path, text):
        self.must("sh", "-c", 'printf %s "$1" >"$2"', "sh", text, path)

    def show(self, unit, what):
        return self.must("systemctl", "show", "-p", what, "--value", unit).strip()

    def is_up(self):
        return self.first() and self.run("systemctl", "is-active", "basic.target").stdout.strip() == "active"

    def until(self, question, what, limit_s=LIMIT_S):
        """How many seconds it took until question() was true."""
        began = time.monotonic()
        while True:
            if question():
                return time.monotonic() - began
            assert time.monotonic() - began < limit_s, "%s: not within %g s\n%s\n%s" % (what, limit_s, self.run("cox", "status").stdout, self.said())
            time.sleep(POLL_S)

    def end(self):
        self.outer.kill()
        self.outer.wait()
        self.console.close()
        end = time.monotonic() + 10
        # The groups can be removed when the kernel has ended what was in them.
        while os.path.isdir(self.group) and time.monotonic() < end:
            for path, _, _ in os.walk(self.group, topdown=False):
                try:
                    os.rmdir(path)
                except OSError:
                    pass
            time.sleep(POLL_S)
        shutil.rmtree(self.work, ignore_errors=True)


def need():
    """taplib.Skip where none can be made."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [p for p in NEEDED if not shutil.which(p, path=path)] + [f for f in FILES if not os.path.exists(f)]
    if missing:
        raise taplib.Skip("no real systemd: %s missing" % ", ".join(missing))
    if os.getuid() != 0:
        raise taplib.Skip("no real systemd: needs root")
    if cgroup_mount() is None:
        raise taplib.Skip("no real systemd: there is no cgroup2 hierarchy here")
    try:
        os.rmdir(tempfile.mkdtemp(prefix="cox-systemd-try-", dir=cgroup_mount()))
    except OSError as e:
        raise taplib.Skip("no real systemd: groups of processes cannot be made here: %s" % e.strerror) from e
    tried = subprocess.run(["unshare", "-m", "-p", "-u", "-i", "-n", "-C", "--fork", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise taplib.Skip("no real systemd: namespaces are not allowed here: %s" % tried.stderr.strip())
