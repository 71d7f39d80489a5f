#!/usr/bin/env python3
"""crm_mon on a terminal: mon_screen.py CRM_MON TEXT: TEXT is shown, keys change what is shown, q ends.  Says what was wrong, or nothing."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 60  # seconds: for what hangs, not for what is slow
CTRL_L = b"\x0c"


class Terminal:
    """A program on a terminal, and what it has written since the screen was cleared last."""

    def __init__(self, argv, term="xterm"):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            os.execv(argv[0], argv)
        self.seen = b""
        self.resize(40, 100)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.fd, keys)

    def read(self):
        """Whatever comes; False at the end."""
        if select.select([self.fd], [], [], 0.2)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.seen += data
        return True

    def page(self):
        """The text since the last clearing, without what moves the cursor."""
        last = re.split(rb"\x1b\[H\x1b\[2?J|\x1b\[2J", self.seen)[-1].decode(errors="replace")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78]", " ", last)

    def until(self, what, holds, key=CTRL_L):
        """Draw again until it holds: only what is new is written otherwise."""
        end = time.monotonic() + LIMIT
        while True:
            self.type(key)
            for _ in range(3):
                if not self.read():
                    raise AssertionError("%s: it has ended: %s" % (what, self.page()))
                if holds(self.page()):
                    return
            if time.monotonic() > end:
                raise AssertionError("%s: %s" % (what, self.page()))

    def end(self):
        """Its exit status; killed when it does not end."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def play(crm_mon, text):
    terminal = Terminal([crm_mon])
    try:
        terminal.until("the state is shown", lambda page: text in page and "Full List" in page or text in page and "Active" in page)
        if "No keys here" in terminal.page():
            terminal.type(b"\x03")
            terminal.end()
            print("built without ncurses")
            return
        assert b"\x1b[?1049h" in terminal.seen, "not on a screen of its own"
        assert "Node Attributes" not in terminal.page()
        terminal.type(b"A")
        terminal.until("A shows attributes", lambda page: "Node Attributes" in page)
        terminal.type(b"A")
        terminal.until("and hides them", lambda page: "Node Attributes" not in page and text in page)
        terminal.type(b"D")
        terminal.until("D hides the summary", lambda page: "Current DC" not in page and text in page)
        terminal.type(b"D")
        terminal.until("and shows it", lambda page: "Current DC" in page)
        terminal.type(b"?")
        terminal.until("? shows the keys", lambda page: "brief lists" in page and text not in page)
        terminal.type(b"n")
        terminal.until("keys are seen there", lambda page: re.search(r"\*\s+n\s+resources by node", page))
        terminal.type(b" ")
        terminal.until("and any other key goes back", lambda page: "brief lists" not in page and text in page)
        terminal.resize(3, 100)
        terminal.until("a small screen shows the head", lambda page: "Current DC" in page and "Node List" not in page)
        terminal.until("and its end when it is scrolled", lambda page: text in page and "Current DC" not in page, key=b"\x1bOF" + CTRL_L)
        terminal.type(b"q")
        status = terminal.end()
        assert status == 0, "q ends with %d" % status
        assert b"\x1b[?1049l" in terminal.seen, "the terminal is not as it was"
    finally:
        terminal.close()
    terminal = Terminal([crm_mon], term="dumb")
    try:
        terminal.until("a terminal that can do nothing gets pages", lambda page: text in page and "No keys here" in page, key=b"")
        terminal.type(b"\x03")
        assert terminal.end() == 0
    finally:
        terminal.close()


if __name__ == "__main__":
    try:
        play(*sys.argv[1:])
    except AssertionError as problem:
        sys.exit(str(problem))
