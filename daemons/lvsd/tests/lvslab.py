"""cox-lvsd over a fake kernel that outlives it, with real servers on 127.0.0.1, for tests.  Everything is ended by process id."""
import os
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../cts"))
import daemonlab
from daemonlab import LIMIT

PROGRAM = os.path.join(os.environ.get("top_builddir", "."), "daemons/lvsd/tests/lvsd_fake")


class Server:
    """Listens on 127.0.0.1; @answer gets each connection in a thread of its own."""

    def __init__(self, answer=None, port=0):
        self.answer = answer or (lambda sock: None)
        self.port, self.sock, self.open = port, None, []
        self.up()

    def up(self):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("127.0.0.1", self.port))
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.sock,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            self.answer(sock)
        except OSError:
            pass
        sock.close()

    def down(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def real(self, more="", weight=1, check="TCP_CHECK {\n connect_timeout 1\n }"):
        return "real_server 127.0.0.1 %d {\n weight %d\n %s\n %s\n}\n" % (self.port, weight, check, more)


def _drip(sock):
    """One byte after the other, for ever."""
    sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    while True:
        sock.sendall(b"x")
        time.sleep(0.01)


def _flood(sock):
    sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    while True:
        sock.sendall(b"x" * 65536)


def _mute(sock):
    time.sleep(600)


PAGE = "HTTP_GET {\n url {\n path /\n }\n connect_timeout 2\n }"


def hostile():
    """Servers whose pages never end, or never begin: to be checked with PAGE."""
    return [Server(answer=how) for how in (_drip, _flood, _mute) for _ in range(5)]


def service(servers, front="192.0.2.1 80", more=""):
    """A virtual server whose checks come often, and who is out after one failure."""
    return ("virtual_server %s {\n delay_loop 0.1\n delay_before_retry 0.05\n retry 0\n warmup 0\n lvs_sched rr\n %s\n%s}\n"
            % (front, more, "".join(servers)))


class Lab(daemonlab.Lab):
    def __init__(self):
        super().__init__("cox-lvsd-")
        self.socket, self.file, self.log = self.dir + "/kernel", self.dir + "/conf", self.dir + "/log"
        self.run = self.dir + "/run"
        os.mkdir(self.run)
        self.spawn([PROGRAM, "kernel", self.socket])
        self.until(lambda: self.call("show", self.socket, check=False) != "", "the fake kernel")
        self.process = None

    def call(self, *words, check=True):
        done = subprocess.run([PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
        assert not check or done.returncode == 0, "%s: %s%s" % (words, done.stdout, done.stderr)
        return done.stdout

    def table(self):
        """What is in the kernel, without the timeouts."""
        return [l for l in self.call("show", self.socket).splitlines() if not l.startswith("timeouts")]

    def servers(self):
        """PORT to weight of what 127.0.0.1 serves, whatever the virtual server."""
        return {int(l.split()[3].rsplit(":", 1)[1]): int(l.split()[5]) for l in self.table() if " -> 127.0.0.1:" in l}

    def count(self):
        return int(self.call("count", self.socket))

    def write(self, text):
        with open(self.file, "w") as f:
            f.write(text)

    def start(self, text=None, until_read=True):
        if text is not None:
            self.write(text)
        config = ["--config", self.file] if os.path.exists(self.file) else []
        self.process = self.spawn_daemon([PROGRAM, "--keep-user", "--stderr", "--run-directory", self.run, *config], self.log,
                                         env=dict(os.environ, LVSD_KERNEL=self.socket))
        if until_read:
            self.until(lambda: "has not been read" not in self.health() and "readings" in self.health(), "the table is read")
        return self

    def act(self, name, kind, action, **params):
        """Exit code of OCF, and the reason."""
        code, _, reason = self.call("act", self.run, name, kind, action, *("%s=%s" % (k.replace("__", "-"), v) for k, v in params.items())).strip().partition(" ")
        return int(code), reason

    def health(self):
        return self.call("health", self.run, check=False)

    def reload(self, text):
        n = self.said().count("configuration read again") + self.said().count("CXE081")
        self.write(text)
        self.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.said().count("configuration read again") + self.said().count("CXE081") > n, "an answer to the reload")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def said(self):
        return daemonlab.text_of(self.log)

    def last_words(self):
        return "%s\n%s" % (self.call("show", self.socket, check=False), self.said()[-3000:])

    def until_servers(self, wanted):
        return self.until(lambda: self.servers() == wanted, "servers %s" % wanted)


def main(tests):
    daemonlab.main(tests, Lab)
