"""What labs of one daemon share: a directory, processes that are ended by process id, waiting, and tests that get a lab each.  TAP."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

LIMIT = 30  # seconds: for what hangs, not for what is slow


class Lab:
    """self.dir is removed, and what is in self.started killed, by close()."""

    def __init__(self, prefix):
        self.started = []
        self.dir = tempfile.mkdtemp(prefix=prefix)

    def spawn(self, argv, **more):
        process = subprocess.Popen(argv, **{"stdin": subprocess.DEVNULL, "start_new_session": True, **more})
        self.started.append(process)
        return process

    def spawn_daemon(self, argv, log, **more):
        """What it says goes to the end of the log."""
        with open(log, "a") as out:
            return self.spawn(argv, stdout=out, stderr=subprocess.STDOUT, **more)

    def hold_namespace(self, name, kinds, setup):
        """A process that holds namespaces (words of unshare) until it is killed, when the shell script @setup has been run in them; its pid."""
        ready = os.path.join(self.dir, "ready-" + name)
        os.mkfifo(ready)
        process = self.spawn(["unshare", *kinds, "sh", "-ec", "%s\necho up >%s; exec sleep 1800" % (setup, ready)])
        if subprocess.run(["timeout", str(LIMIT), "cat", ready], capture_output=True, text=True).stdout != "up\n":
            raise RuntimeError("no namespace for " + name)
        return process.pid

    def until(self, wanted, what, seconds=LIMIT):
        """Until @wanted() is true; AssertionError naming @what when it does not become so.  How long it took."""
        begin = time.monotonic()
        while not wanted():
            if time.monotonic() - begin > seconds:
                raise AssertionError("not within %d s: %s\n%s" % (seconds, what, self.last_words()))
            time.sleep(0.02)
        return time.monotonic() - begin

    def last_words(self):
        """For who reads that something was waited for in vain."""
        return ""

    def close(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
        for process in self.started:
            process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def text_of(log):
    """What a file has, if it is there."""
    if not os.path.exists(log):
        return ""
    with open(log, errors="replace") as f:
        return f.read()


def main(tests, make, skip=""):
    """Each test gets a lab of its own from make(); skip: why none can be made here."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what cleans up runs
    print("1..%d" % len(tests), flush=True)
    for i, function in enumerate(tests, 1):
        if skip:
            print("ok %d - %s # SKIP %s" % (i, function.__name__, skip))
            continue
        begin, lab = time.monotonic(), make()
        try:
            function(lab)
            print("ok %d - %s" % (i, function.__name__))
        except (AssertionError, OSError, subprocess.SubprocessError) as e:
            print("not ok %d - %s" % (i, function.__name__))
            print("# %s" % (str(e) + "\n" + traceback.format_exc()).replace("\n", "\n# "))
        finally:
            lab.close()
        print("# %.1f s" % (time.monotonic() - begin), flush=True)
