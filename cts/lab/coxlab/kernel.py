"""The system calls of namespaces that Python 3.11 has no function for."""
import ctypes
import os
import signal

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_MNT_DETACH, _PR_SET_PDEATHSIG, _SYS_PIVOT_ROOT = 2, 1, {"x86_64": 155, "aarch64": 41, "ppc64le": 203, "s390x": 217, "riscv64": 41}


def _check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, "%s: %s" % (what, os.strerror(code)))


def unshare(flags):
    """New namespaces for the caller (the process namespace: for its children)."""
    _check(_libc.unshare(flags), "new namespaces")


def mount(source, target, kind="none", flags=0, data=""):
    """mount(2); the message of the OSError names what was to be mounted where."""
    result = _libc.mount(os.fsencode(source), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode())
    _check(result, "mounting %s on %s" % (kind if kind != "none" else source, target))


def pivot_root(new_root):
    """Make new_root (a mount point) the root of this mount namespace; the old one is gone afterwards."""
    number = _SYS_PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(38, "pivot_root: number of the system call on %s is not known" % os.uname().machine)
    os.chdir(new_root)
    # Old root stacked on the new one, then taken away: needs no directory for it.
    _check(_libc.syscall(ctypes.c_long(number), b".", b"."), "changing the root to %s" % new_root)
    _check(_libc.umount2(b".", _MNT_DETACH), "detaching the old root")
    os.chdir("/")


def die_with_parent(parent):
    """SIGKILL for the caller when its parent ends.  parent: the parent's pid, so that a parent that is gone already is noticed."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0), "binding to the parent")
    if os.getppid() != parent:
        os._exit(1)
