"""A machine of the lab (guest.py) whose first process is systemd: corosync and coxd are its units, as they are on a user's machine, and nothing else of this
machine's services runs there.  A real watchdog (softdog) is fed by coxlab-sbd where /etc/default/sbd says how long it waits."""
import os
import shutil
import time

from . import nodeinit

SYSTEMD = "/lib/systemd/systemd"
UP = "/run/cox-lab/up"
UNITS = {
    "cox-lab.service": """[Unit]
Description=Tells the lab that the machine is up
[Service]
Type=oneshot
ExecStart=/bin/touch %s
""" % UP,
    # Under the name that units of cluster managers know.
    "sbd.service": """[Unit]
Description=Feeds the watchdog while there is quorum
PartOf=corosync.service
After=corosync.service
Before=pacemaker.service
[Service]
EnvironmentFile=-/etc/default/sbd
ExecCondition=/bin/sh -c 'test -n "$SBD_WATCHDOG_TIMEOUT"'
ExecStartPre=/bin/sh -c 'modprobe -r softdog; exec modprobe softdog nowayout=0 soft_margin=$SBD_WATCHDOG_TIMEOUT'
ExecStart=/bin/sh -c 'SBD_WATCHDOG_DEV=/dev/$(ls /sys/class/watchdog) exec coxlab-sbd'
ExecStartPost=/bin/sh -c 'for try in $(seq 200); do [ -s /run/sbd.pid ] && exit; sleep 0.05; done; exit 1'
""",
    "pacemaker.service.d/coxlab.conf": "[Service]\nEnvironmentFile=-/etc/default/coxlab\n"}
WANTED = {"multi-user.target": ["cox-lab.service"], "corosync.service": ["sbd.service"]}
# Where systemd finds what it starts by itself.
BELOW, OWN, GENERATORS = "/lib/systemd/system", "/etc/systemd/system", "/etc/systemd/system-generators"
START = """if grep -q 'model: net' /etc/corosync/corosync.conf; then systemctl start corosync-qdevice || exit 1; fi
if [ -e %s/pacemaker.service ]; then systemctl start pacemaker; else systemctl start corosync; fi""" % BELOW
STOP = "systemctl stop pacemaker corosync-qdevice corosync"
AT_BOOT = ("corosync.service", "pacemaker.service")
LOOK_S = 0.05


def _write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def _cluster(root):
    """The units of the cluster that there are, the quorum device's where corosync shall have one."""
    with open(root + "/etc/corosync/corosync.conf", encoding="utf-8") as f:
        units = AT_BOOT + (("corosync-qdevice.service",) if "model: net" in f.read() else ())
    return [unit for unit in units if os.path.exists("%s%s/%s" % (root, BELOW, unit))]


def lay_out(plan, root):
    """What systemd finds below root, a copy-on-write view of this machine: our units, those of the cluster, and what the system itself needs."""
    own = root + OWN
    shutil.rmtree(own, ignore_errors=True)
    shutil.rmtree(root + BELOW + "/multi-user.target.wants", ignore_errors=True)
    shutil.rmtree(root + GENERATORS, ignore_errors=True)
    for path in (own, root + GENERATORS):
        os.makedirs(path)
    os.symlink("/dev/null", root + GENERATORS + "/systemd-sysv-generator")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "masked-units"), encoding="ascii") as f:
        for unit in f.read().split():
            os.symlink("/dev/null", "%s/%s" % (own, unit))
    for name, text in UNITS.items():
        _write("%s/%s" % (own, name), text)
    at_boot = {"multi-user.target": _cluster(root)} if plan.start else {}
    for wanted, base in ((WANTED, OWN), (at_boot, BELOW)):
        for target, units in wanted.items():
            os.makedirs("%s/%s.wants" % (own, target), exist_ok=True)
            for unit in units:
                os.symlink("%s/%s" % (base, unit), "%s/%s.wants/%s" % (own, target, unit))
    os.symlink(BELOW + "/multi-user.target", own + "/default.target")
    _write(root + "/etc/systemd/journald.conf.d/cox-lab.conf", "[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n")
    _write(root + "/etc/hostname", plan.name + "\n")
    _write(root + "/etc/fstab", "")


def wait_until_up():
    """As long as the machine lasts: who waits for it has a limit."""
    while not os.path.exists(UP):
        time.sleep(LOOK_S)


def become():
    """The first process becomes systemd; never returns."""
    os.execve(SYSTEMD, [SYSTEMD, "--system", "--log-target=console", "--log-level=notice", "--show-status=no"], dict(nodeinit.ENVIRONMENT))
