"""How long a service was away, seen from outside: arithmetic on samples, and the client that takes them."""
import bisect
import os
import subprocess
import sys
import threading

from .errors import LabError

INTERVAL_S = 0.1
ANSWER_LIMIT_S = 1.0


class Series:
    """Answers and failures in any order; times are seconds of one monotonic clock.

    An outage is a time between two answers that follow each other.  It is the arrival of answers that counts, not when they were asked
    for: a request that waits for a dead host and is answered when another one takes over was sent in the middle of the outage.
    Without any outage the longest is about the interval of the requests.
    """

    def __init__(self):
        self._answers, self._asked = [], None

    def add(self, sent, done, is_answered):
        """One request: when it was sent, when its fate was known, and which."""
        if is_answered:
            bisect.insort(self._answers, done)
            self._asked = sent if self._asked is None else max(self._asked, sent)

    def was_up(self):
        return bool(self._answers)

    def is_answered_since(self, when):
        """Was a request answered that was sent then or later?"""
        return self._asked is not None and self._asked >= when

    def longest(self, now):
        """The longest outage; the time since the last answer counts too.  0 before the first answer: the service was not there yet."""
        times = self._answers + [now]
        return max((late - early for early, late in zip(times, times[1:])), default=0.0)


class Client:
    """Fetches a page ten times a second, each request for itself: one that hangs does not delay the next."""

    def __init__(self, driver, url):
        self.url, self.series, self._lock = url, Series(), threading.Lock()
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fetchmain.py")
        argv = driver.client_command([sys.executable, "-IS", program, url, str(INTERVAL_S), str(ANSWER_LIMIT_S)])
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self._process.stdout:
            sent, done, answered = line.split()
            with self._lock:
                self.series.add(float(sent), float(done), answered == "1")

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
