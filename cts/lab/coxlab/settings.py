"""What a lab is made of; fixed by "up", saved in its directory, read by every later command."""
import dataclasses
import json
import os
import stat

from .errors import LabError

FILE = "settings.json"
# A UNIX socket's path has at most 107 characters; ours end in "/power/n99/power".
LONGEST_DIRECTORY = 80
PRIVATE = ("/etc/corosync", "/etc/pacemaker", "/etc/coxswain", "/var/lib/corosync", "/var/lib/pacemaker", "/var/lib/coxswain",
           "/var/log/corosync", "/var/log/pacemaker", "/var/log/coxswain")
# Shell code that a node runs, also when part of it runs already; corosync returns when it is ready.  /etc/default/coxlab of the tree that is
# laid over the nodes may hold variables of the daemons.
START = """for file in /etc/default/sbd /etc/sysconfig/sbd /etc/default/coxlab; do
    if [ -r "$file" ]; then set -a; . "$file"; set +a; fi
done
pidof corosync >/dev/null || corosync || exit 1
if grep -q 'model: net' /etc/corosync/corosync.conf && ! pidof corosync-qdevice >/dev/null; then
    # corosync may not take connections in its first moments.
    for try in $(seq 100); do corosync-qdevice 2>/dev/null && break; sleep 0.1; done
    pidof corosync-qdevice >/dev/null || exit 1
fi
if [ -n "$SBD_WATCHDOG_TIMEOUT" ] && command -v coxlab-sbd >/dev/null && ! pidof -x coxlab-sbd >/dev/null; then
    setsid coxlab-sbd </dev/null >/dev/null 2>&1 &
    # Whoever starts next looks whether it runs.
    for try in $(seq 100); do [ -s /run/sbd.pid ] && break; sleep 0.05; done
fi
if command -v coxd >/dev/null && ! pidof coxd >/dev/null; then setsid coxd </dev/null >/dev/null 2>&1 & fi"""
STOP = """for program in coxd coxlab-sbd corosync-qdevice corosync; do
    pid=$(pidof -x "$program") || continue
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
done"""


@dataclasses.dataclass
class Settings:
    """driver: which kind of nodes; nodes: their names, in order.  Times are milliseconds.
    arbiter: a quorum device (corosync-qnetd) on the public network has a vote; quorum: further options of corosync's votequorum."""
    driver: str = "namespaces"
    nodes: list = dataclasses.field(default_factory=list)
    destdir: str = ""
    token_ms: int = 1000
    transport: str = "knet"
    private: list = dataclasses.field(default_factory=lambda: list(PRIVATE))
    start: str = START
    stop: str = STOP
    autostart: bool = True
    arbiter: bool = False
    quorum: dict = dataclasses.field(default_factory=dict)
    # machines: memory of each, and whether systemd is their first process
    memory_mib: int = 512
    systemd: bool = False
    # ssh: node -> target, and the power switch
    hosts: dict = dataclasses.field(default_factory=dict)
    addresses: dict = dataclasses.field(default_factory=dict)
    fence_agent: str = ""
    fence_options: dict = dataclasses.field(default_factory=dict)

    def save(self, lab):
        path = os.path.join(lab, FILE)
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump(dataclasses.asdict(self), f, indent=1)
        os.rename(path + ".new", path)


def load(lab):
    """The settings of a lab; LabError when there is none."""
    path = os.path.join(lab, FILE)
    try:
        with open(path, encoding="utf-8") as f:
            values = json.load(f)
    except FileNotFoundError:
        raise LabError("there is no lab in %s: make one with cox-cts up" % lab) from None
    except (OSError, ValueError) as e:
        raise LabError("%s cannot be read: %s: remove the lab with cox-cts down" % (path, e)) from e
    known = {f.name for f in dataclasses.fields(Settings)}
    return Settings(**{k: v for k, v in values.items() if k in known})


def default_directory():
    """Where a lab lies when nobody says otherwise: on a disk, because nodes sync to theirs."""
    return os.environ.get("COX_LAB") or "/var/tmp/cox-lab-%d" % os.getuid()


def prepare_directory(lab):
    """Make the lab's directory, or accept one of ours; never somebody else's in a place where everybody may write."""
    if len(lab) > LONGEST_DIRECTORY:
        raise LabError("the path of the lab's directory is too long for sockets in it (%d characters, at most %d): choose another with --lab"
                       % (len(lab), LONGEST_DIRECTORY))
    try:
        os.makedirs(os.path.dirname(lab) or "/", exist_ok=True)
        os.mkdir(lab, 0o700)
    except FileExistsError:
        pass
    except OSError as e:
        raise LabError("directory %s cannot be made: %s: choose another with --lab" % (lab, e.strerror)) from e
    info = os.lstat(lab)
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
        raise LabError("%s is no directory of yours: choose another with --lab" % lab)
    if info.st_mode & 0o022:
        raise LabError("%s can be written by others: chmod go-w it or choose another with --lab" % lab)
