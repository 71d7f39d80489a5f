"""The files of keepalived.conf that checks use: own ones, and the samples of Debian's package; and keepalived itself, where it is."""
import glob
import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.environ.get("top_srcdir", os.path.join(HERE, "../..")))
CASES = sorted(glob.glob(os.path.join(TOP, "cts/keepalived/cases/*.conf")))


def beside(*parts):
    """A path that need not be there, in a directory beside the tree."""
    for up in ("..", "../.."):
        path = os.path.join(TOP, up, *parts)
        if os.path.exists(path):
            return path
    return None


def keepalived():
    return os.environ.get("KEEPALIVED") or shutil.which("keepalived") or beside("peer/keepalived/usr/sbin/keepalived")


def ipvsadm():
    """Words of a shell, or None."""
    found = os.environ.get("IPVSADM") or shutil.which("ipvsadm")
    unpacked = beside("peer/keepalived/sbin/ipvsadm")
    if found or unpacked is None:
        return found
    return "env LD_LIBRARY_PATH=%s %s" % (beside("peer/keepalived/usr/lib/x86_64-linux-gnu") or "", unpacked)


def samples():
    """Of Debian's package, installed or unpacked beside the tree."""
    where = "/usr/share/doc/keepalived/samples/keepalived.conf.*"
    return sorted(glob.glob(where)) or sorted(glob.glob((beside("peer/keepalived") or "/nowhere") + where))


def name_of(path):
    return os.path.basename(path).replace("keepalived.conf.", "sample ")
