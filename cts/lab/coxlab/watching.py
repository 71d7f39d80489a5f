"""For drivers whose nodes are not files of this machine: whether a file exists there, asked every 10 ms, with one connection for each path."""
import subprocess
import threading
import time

from .errors import LabError

RECONNECT_S = 1.0


class Watching:
    """A driver says with watch_command what prints "1" when the file is there and "0" when it is not, each time that changes."""

    def __init__(self, lab, settings):
        super().__init__(lab, settings)
        self._watched, self._watchers, self._lock = {}, [], threading.Lock()

    def watched(self, node, path, life=0):
        """Was it there when last heard of?  The way here adds its delay.  life: which of the node's lives, where that is known."""
        key = node, path, life
        with self._lock:
            if key not in self._watched:
                self._watched[key] = False
                threading.Thread(target=self._watch, args=(key,), daemon=True).start()
            return self._watched[key]

    def forget_watches(self):
        with self._lock:
            for process in self._watchers:
                process.kill()
                process.wait()
            self._watchers, self._watched = [], {}

    def _watch(self, key):
        node, path, _ = key
        process = None
        try:
            process = subprocess.Popen(self.watch_command(node, path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except LabError:
            pass  # it has no power
        if process is not None:
            with self._lock:
                self._watchers.append(process)
            for line in process.stdout:
                with self._lock:
                    self._watched[key] = line.strip() == "1"
            process.wait()
        # The connection ended: the node is off or cut off; a later question opens another.
        with self._lock:
            self._watched[key] = False
        time.sleep(RECONNECT_S)
        with self._lock:
            self._watched.pop(key, None)
            if process in self._watchers:
                self._watchers.remove(process)
