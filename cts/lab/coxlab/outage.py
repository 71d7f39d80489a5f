"""How long a service was away, seen from outside: arithmetic on samples, and the client that takes them."""
import bisect
import subprocess
import threading

from .errors import LabError

INTERVAL_S = 0.1
ANSWER_LIMIT_S = 1.0


class Series:
    """Samples (when asked, answered or not) in any order; times are seconds of one monotonic clock.

    An outage begins when the first request that failed was sent and ends when the next one that succeeded was sent.  What failed before
    anything ever succeeded is no outage: the service was not there yet.
    """

    def __init__(self):
        self._samples = []

    def add(self, sent, is_answered):
        bisect.insort(self._samples, (sent, is_answered))

    def __len__(self):
        return len(self._samples)

    def last(self):
        """When the newest sample was sent; None without samples."""
        return self._samples[-1][0] if self._samples else None

    def was_up(self):
        return any(ok for _, ok in self._samples)

    def outages(self):
        """List of (begin, end); end is None for one that has not ended."""
        found, begin, seen = [], None, False
        for sent, ok in self._samples:
            if ok:
                if begin is not None:
                    found.append((begin, sent))
                begin, seen = None, True
            elif seen and begin is None:
                begin = sent
        if begin is not None:
            found.append((begin, None))
        return found

    def longest(self, now):
        """Length of the longest outage; one that goes on counts until now.  0 without any."""
        return max(((end if end is not None else now) - begin for begin, end in self.outages()), default=0.0)

    def is_away(self):
        """Does an outage go on?"""
        outages = self.outages()
        return bool(outages) and outages[-1][1] is None


class Client:
    """Fetches a page ten times a second, each request for itself: one that hangs does not delay the next."""

    def __init__(self, driver, url):
        self.url, self.series, self._lock = url, Series(), threading.Lock()
        import os  # only here: the program that is run lies beside this file
        import sys
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fetchmain.py")
        argv = driver.client_command([sys.executable, "-IS", program, url, str(INTERVAL_S), str(ANSWER_LIMIT_S)])
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self._process.stdout:
            sent, answered = line.split()
            with self._lock:
                self.series.add(float(sent), answered == "1")

    def look(self, function):
        """function(series), while no sample is added."""
        if self._process.poll() is not None:
            raise LabError("the client that fetches %s ended with status %d" % (self.url, self._process.returncode))
        with self._lock:
            return function(self.series)

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._thread.join(5)
