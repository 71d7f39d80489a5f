"""Processes that outlive the program that started them: recorded so that nothing else is ever taken for them."""
import functools
import os
import select
import signal


def start_ticks(pid):
    """When it started, in ticks since the machine did; 0 when there is no such process or it is a zombie."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


@functools.cache
def boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as f:
        return f.read().strip()


def record(pid):
    """What is saved about a process: enough to know it again."""
    return {"pid": pid, "start": start_ticks(pid), "boot": boot_id()}


def is_alive(saved):
    """Does the process that was recorded still run?  A later process with the same number is another one."""
    return bool(saved) and saved["start"] != 0 and saved["boot"] == boot_id() and start_ticks(saved["pid"]) == saved["start"]


def end(saved, limit_s=20.0):
    """SIGKILL for a recorded process, and wait until it is gone.  True when it does not run any more."""
    if not is_alive(saved):
        return True
    try:
        fd = os.pidfd_open(saved["pid"])
    except ProcessLookupError:
        return True
    try:
        # The descriptor holds this very process; look again in case the number was reused before it was opened.
        if is_alive(saved):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            return bool(select.select([fd], [], [], limit_s)[0])
        return True
    except ProcessLookupError:
        return True
    finally:
        os.close(fd)
