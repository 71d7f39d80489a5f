"""Driver: nodes in namespaces of this machine, see keeper.py.  As root, or without it where the kernel allows user namespaces."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time

from . import corosync, keeper, kernel, nodeinit, procs
from .driver import Driver
from .errors import LabError

KEEPER = "keeper.json"
ASK_AGAIN_S = 0.1
NEEDED = ("ip", "nsenter", "corosync", "corosync-quorumtool")
ARBITER = ("corosync-qnetd", "corosync-qdevice")


class Namespaces(Driver):
    ANSWER_LIMIT_S = 60.0  # of the keeper, which does one thing after the other

    def __init__(self, lab, settings):
        super().__init__(lab, settings)
        self._processes, self._asked = {}, 0.0

    # --- the lab ---

    def up(self, die_with_caller=False):
        self.check_machine()
        self.down()
        for node in self.settings.nodes:
            self.make_disk(node)
        self.make_layer()
        self.settings.save(self.lab)
        self.start_keeper(die_with_caller)
        for node in self.settings.nodes:
            self.power(node, "on")

    def is_up(self):
        return procs.is_alive(self.keeper())

    def check_machine(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        needed = NEEDED + (ARBITER if self.settings.arbiter else ())
        missing = [p for p in needed if not shutil.which(p, path=path)]
        if missing:
            raise LabError("these programs are missing: %s: install corosync, iproute2 and util-linux%s"
                           % (", ".join(missing), ", corosync-qnetd and corosync-qdevice" if self.settings.arbiter else ""))
        if not self.settings.destdir:
            return
        if not os.path.isdir(self.settings.destdir + "/usr"):
            raise LabError("%s/usr is no directory: --destdir is what \"make install DESTDIR=...\" filled, built with --prefix=/usr" % self.settings.destdir)
        for entry in os.listdir(self.settings.destdir):
            if os.path.islink("/" + entry):
                raise LabError("%s/%s would hide the link /%s: build with --prefix=/usr, so that files lie below usr" % (self.settings.destdir, entry, entry))

    def addresses(self):
        return {node: "%s%d" % (keeper.RING, number) for number, node in enumerate(self.settings.nodes, 1)}

    def make_disk(self, node):
        for path in self.settings.private:
            os.makedirs("%s/nodes/%s%s" % (self.lab, node, path), exist_ok=True)
        disk = "%s/nodes/%s" % (self.lab, node)
        with open(disk + "/etc/corosync/corosync.conf", "w", encoding="utf-8") as f:
            f.write(corosync.configuration(self.addresses(), self.settings.token_ms, self.settings.transport,
                                           keeper.CLIENT if self.settings.arbiter else "", self.settings.quorum))
        os.makedirs(disk + "/etc/corosync/uidgid.d", exist_ok=True)
        with open(disk + "/etc/corosync/uidgid.d/coxswain", "w", encoding="utf-8") as f:
            f.write("uidgid {\n  uid: hacluster\n  gid: haclient\n}\n")

    def make_layer(self):
        """The lab's own files over the machine's."""
        here = os.path.dirname(os.path.abspath(__file__))
        layer = self.lab + "/layer"
        for path in self.settings.private:
            # Mount points: below /etc and /var of the machine nothing may be made.
            os.makedirs(layer + path, exist_ok=True)
        tree = os.path.join(here, "../../../agents")
        if os.path.isdir(tree):
            # We lie in the source tree: what is not built is taken from there.
            os.makedirs(layer + "/usr/lib/ocf", exist_ok=True)
            for part in ("lib", "resource.d"):
                subprocess.run(["cp", "-R", os.path.join(tree, part), layer + "/usr/lib/ocf/"], check=True)
            # A tree that must not be written to gives such copies.
            subprocess.run(["chmod", "-R", "u+w", layer], check=True)
            os.makedirs(layer + "/usr/sbin", exist_ok=True)
            shutil.copy(os.path.join(tree, "fence/fence_coxlab"), layer + "/usr/sbin/fence_coxlab")
        os.makedirs(layer + "/usr/sbin", exist_ok=True)
        shutil.copy(os.path.join(here, "../agents/coxlab-sbd"), layer + "/usr/sbin/coxlab-sbd")
        target = layer + "/usr/lib/ocf/resource.d/coxlab"
        os.makedirs(target, exist_ok=True)
        for agent in ("Slow", "Web"):
            shutil.copy(os.path.join(here, "../agents", agent), os.path.join(target, agent))

    def start_keeper(self, die_with_caller):
        ready_r, ready_w = os.pipe()
        console = os.open(self.lab + "/console", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        environment = dict(nodeinit.ENVIRONMENT)
        subprocess.Popen(  # it detaches from us on purpose; "down" ends it by its record
            [sys.executable, "-IS", os.path.join(os.path.dirname(os.path.abspath(__file__)), "keepermain.py"), self.lab, str(ready_w),
             str(os.getpid() if die_with_caller else 0)],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True, pass_fds=(ready_w,), env=environment, cwd="/")
        os.close(ready_w)
        os.close(console)
        with os.fdopen(ready_r, encoding="utf-8", errors="replace") as pipe:
            line = pipe.readline().strip()
        if not line.startswith("ready "):
            text = line[6:] or "it ended, see %s/console" % self.lab
            hint = ": this kernel or container does not allow namespaces without root; run it as root" if os.getuid() != 0 else ""
            raise LabError("the lab cannot be made: %s%s" % (text, hint))
        saved = procs.record(int(line.split()[1]))
        with open(os.path.join(self.lab, KEEPER), "w", encoding="utf-8") as f:
            json.dump(saved, f)

    def keeper(self):
        """The record of the keeper, or None."""
        try:
            with open(os.path.join(self.lab, KEEPER), encoding="utf-8") as f:
                saved = json.load(f)
            return saved if {"pid", "start", "boot"} <= set(saved) else None
        except (OSError, ValueError, TypeError):
            return None

    def down(self):
        saved = self.keeper()
        if saved and not procs.end(saved):
            raise LabError("the keeper of the lab (process %d) does not end: a process of a node hangs in the kernel" % saved["pid"])
        self._processes = {}
        for name in ("nodes", "layer", "power", "memory"):
            remove_tree(os.path.join(self.lab, name))
        for name in ("control.sock", KEEPER, "console", "power.log", "settings.json"):
            try:
                os.unlink(os.path.join(self.lab, name))
            except FileNotFoundError:
                pass

    # --- power ---

    def ask(self, request):
        """One request to the keeper; its answer."""
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(self.ANSWER_LIMIT_S)
                s.connect(self.lab + "/control.sock")
                s.sendall(json.dumps(request).encode() + b"\n")
                with s.makefile(encoding="utf-8") as f:
                    answer = json.loads(f.readline())
        except (OSError, ValueError) as e:
            raise LabError("the keeper of the lab in %s does not answer (%s): cox-cts down, then up" % (self.lab, e)) from e
        if "error" in answer:
            raise LabError("%s: %s" % (" ".join(str(v) for v in request.values()), answer["error"]))
        return answer["ok"]

    def status(self):
        """Per node: on, process (its first one, as the machine numbers it), segment, mode."""
        status = self.ask({"do": "status"})
        self._processes = {name: s["process"] for name, s in status.items() if s["on"]}
        return status

    def is_on(self, node):
        self.check_node(node)
        return self.status()[node]["on"]

    def power(self, node, action, autostart=False):
        self.check_node(node)
        self.ask({"do": "power", "node": node, "action": action, "autostart": autostart})
        self.status()

    def switch_mode(self, node, mode):
        self.check_node(node)
        self.ask({"do": "mode", "node": node, "mode": mode})

    def fencings(self):
        try:
            with open(self.lab + "/power.log", encoding="utf-8") as f:
                entries = [json.loads(line) for line in f]
        except FileNotFoundError:
            return []
        return [(e["action"], e["node"]) for e in entries if e["by"] != "user"]

    # --- inside a node ---

    def first_process(self, node):
        """Pid of the node's first process, or 0 when it is off."""
        self.check_node(node)
        saved = self._processes.get(node)
        if not procs.is_alive(saved):
            self.status()
            saved = self._processes.get(node)
        return saved["pid"] if procs.is_alive(saved) else 0

    def enter(self, pid, namespaces):
        user = [] if os.getuid() == 0 else ["-U", "--preserve-credentials"]
        return ["nsenter", "-t", str(pid)] + user + namespaces

    def command(self, node, argv):
        pid = self.first_process(node)
        if not pid:
            raise LabError("%s has no power: cox-cts power on %s" % (node, node))
        return (self.enter(pid, ["-m", "-u", "-i", "-n", "-p", "-r", "-w"]) + ["--", "/usr/bin/env", "-i"]
                + ["%s=%s" % item for item in nodeinit.ENVIRONMENT.items()] + list(argv))

    def look_again(self):
        """A node may have been given power again by a fence agent: ask, but not a hundred times a second.  Was it asked?"""
        if time.monotonic() - self._asked < ASK_AGAIN_S:
            return False
        self._asked = time.monotonic()
        self.status()
        return True

    def exists(self, node, path):
        saved = self._processes.get(node)
        if not procs.is_alive(saved):
            saved = self._processes.get(node) if self.look_again() else None
            if saved is None:
                return False
        try:
            os.stat("/proc/%d/root%s" % (saved["pid"], path))
        except OSError:
            return False
        return True

    # --- network ---

    def partition(self, groups):
        for group in groups:
            for node in group:
                self.check_node(node)
        self.ask({"do": "partition", "groups": groups})

    def heal(self):
        self.ask({"do": "partition", "groups": []})

    def client_command(self, argv):
        saved = self.keeper()
        if not procs.is_alive(saved):
            raise LabError("there is no lab in %s: make one with cox-cts up" % self.lab)
        return self.enter(saved["pid"], ["-n"]) + ["--"] + list(argv)

    def public_address(self, number):
        return "%s%d" % (keeper.PUBLIC, number)


def remove_tree(path):
    """Also what other users of a user namespace left in it."""
    shutil.rmtree(path, ignore_errors=True)
    if os.path.isdir(path) and os.getuid() != 0:
        subprocess.run(["chmod", "-R", "u+rwX", path], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(path, ignore_errors=True)
    if os.path.isdir(path) and os.getuid() != 0:
        subprocess.run(["unshare", "--user", "--map-root-user", "--map-auto", "rm", "-rf", "--", path], stderr=subprocess.DEVNULL, check=False)


def are_allowed():
    """May this user make a lab here?  Tried in a child that ends at once; returns (allowed, why not)."""
    said_r, said_w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if os.getuid() != 0:
                kernel.unshare(kernel.CLONE_NEWUSER)
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET)
        except OSError as e:
            os.write(said_w, str(e).encode())
            os._exit(1)
        os._exit(0)
    os.close(said_w)
    with os.fdopen(said_r, encoding="utf-8") as pipe:
        text = pipe.read()
    return os.waitpid(pid, 0)[1] == 0, text
