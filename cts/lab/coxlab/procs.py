"""Processes that outlive the program that started them: recorded so that nothing else is ever taken for them."""
import functools
import os
import select
import signal

STATE, GROUP, TIMES, STARTED = 0, 2, slice(11, 15), 19  # fields behind the name


def _stat(pid):
    """Fields of /proc/PID/stat behind the name; none when there is no such process."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def start_ticks(pid):
    """When it started, in ticks since the machine did; 0 when there is no such process or it is a zombie."""
    fields = _stat(pid)
    return 0 if not fields or fields[STATE] in "ZX" else int(fields[STARTED])


def group_cpu_s(pid):
    """Seconds of the processors that the processes of a process's group have used."""
    group, ticks = (_stat(pid) or [None] * 3)[GROUP], 0
    for other in filter(str.isdigit, os.listdir("/proc")):
        fields = _stat(int(other))
        if fields and fields[GROUP] == group:
            ticks += sum(map(int, fields[TIMES]))
    return ticks / os.sysconf("SC_CLK_TCK")


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
