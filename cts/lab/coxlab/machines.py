"""Driver: nodes that are virtual machines on this one (user-mode Linux), see machinekeeper.py.  Needs root and /dev/net/tun."""
import os
import shutil
import sys

from . import guestunits, machinekeeper, procs
from .errors import LabError
from .namespaces import Namespaces
from .watching import Watching

NEEDED = (machinekeeper.KERNEL, "ip", "nsenter", "corosync", "insmod", "mke2fs")
NEEDED_BY_SYSTEMD = (guestunits.SYSTEMD, "/usr/bin/systemctl", "/usr/bin/dbus-daemon", guestunits.BELOW + "/dbus.service", guestunits.BELOW + "/corosync.service")


class Machines(Watching, Namespaces):
    ANSWER_LIMIT_S = Namespaces.ANSWER_LIMIT_S + machinekeeper.BOOT_LIMIT_S

    def check_machine(self):
        super().check_machine()
        missing = [p for p in NEEDED if not shutil.which(p, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")]
        if missing:
            raise LabError("these programs are missing: %s: install user-mode-linux, kmod, e2fsprogs, corosync, iproute2 and util-linux" % ", ".join(missing))
        absent = [path for path in NEEDED_BY_SYSTEMD if not os.path.exists(path)] if self.settings.systemd else []
        if absent:
            raise LabError("these files are missing: %s: install systemd, dbus and corosync" % ", ".join(absent))
        if os.getuid() != 0:
            raise LabError("machines need root, for the cables of their cards")
        if not os.path.exists("/dev/net/tun"):
            raise LabError("there is no /dev/net/tun: the kernel of this machine has no TUN/TAP")

    def down(self):
        self.forget_watches()
        super().down()
        for name in os.listdir(self.lab) if os.path.isdir(self.lab) else ():
            if name.startswith("console."):
                os.unlink(os.path.join(self.lab, name))

    def command(self, node, argv):
        if not self.first_process(node):
            raise LabError("%s has no power: cox-cts power on %s" % (node, node))
        here = os.path.dirname(os.path.abspath(__file__))
        address = "%s%d" % (machinekeeper.CONTROL, self.settings.nodes.index(node) + 1)
        return self.client_command([sys.executable, "-IS", here + "/guestcall.py", address, *argv])

    def watch_command(self, node, path):
        return self.command(node, ["--watch", path])

    def exists(self, node, path):
        self.check_node(node)
        saved = self._processes.get(node)
        if not procs.is_alive(saved) and not self.look_again():
            return False
        saved = self._processes.get(node)
        return self.watched(node, path, saved["pid"]) if procs.is_alive(saved) else False
