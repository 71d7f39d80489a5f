"""Who says that an address is its own: what a neighbour hears, and whether two say it at the same time."""
import os
import subprocess
import sys
import threading

from .errors import LabError

INTERVAL_S = 0.05
# Who had an address and still says so when somebody else does has it at the same time; a move back takes longer than this.
BACK_S = 1.0


def claims_to_doubles(claims):
    """From (time, address, MAC) in order of time: (time, address, MACs) when one that had an address before says so again after another one has."""
    first, last, since, doubles = {}, {}, {}, []
    for when, address, mac in claims:
        now = last.get(address)
        if now != mac:
            if (address, mac) in first and when - since[address] < BACK_S:
                doubles.append((when, address, (now, mac)))
            since[address] = when
        first.setdefault((address, mac), when)
        last[address] = mac
    return doubles


class Claims:
    """A client that asks for each address again and again, until it is stopped, and hears announcements as well."""

    def __init__(self, driver, addresses):
        self.addresses, self._claims, self._lock = addresses, [], threading.Lock()
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "arpmain.py")
        argv = driver.client_command([sys.executable, "-IS", program, driver.public_address(1), str(INTERVAL_S), *addresses])
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self._process.stdout:
            when, address, mac = line.split()
            with self._lock:
                self._claims.append((float(when), address, mac))

    def heard(self):
        """All claims until now."""
        if self._process.poll() is not None:
            raise LabError("the client that asks for addresses ended with status %d" % self._process.returncode)
        with self._lock:
            return list(self._claims)

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._thread.join(5)
