#!/usr/bin/env python3
"""cox history and cox undo with files of history as a cibd may have left them, and a trial of a change while somebody talks to its process
without an end.  TAP.
"""
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.environ.get("top_srcdir") or ".")
COX = os.path.join(os.path.abspath(os.environ.get("top_builddir") or "."), "tools", "cox")
LIMIT_SECONDS = 60
ESCAPE = "\x1b]0;mine\x07"  # what a terminal would obey

count = failed = 0


def result(is_ok, name, have):
    global count, failed
    count += 1
    failed += not is_ok
    print("%s %d - %s" % ("ok" if is_ok else "not ok", count, name))
    if not is_ok:
        print("".join("# %r\n" % line for line in have.splitlines()), end="")


def cox(*arguments):
    done = subprocess.run([COX, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS, check=False)
    return done.returncode, done.stdout.decode()


# ---- files of history ----


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def framed(payload):
    return struct.pack("<II", len(payload), crc32c(struct.pack("<I", len(payload)) + payload)) + payload


def write_history(folder, records):
    first = struct.pack("<I", 7) + b"history" + struct.pack("<I", 0)
    with open(os.path.join(folder, "cib.history"), "wb") as file:
        file.write(b"COXJRNL1" + framed(first) + b"".join(framed(reason.encode() + b"\0" + xml.encode()) for reason, xml in records))


def whole(epoch, score):
    with open(os.path.join(TOP, "doc", "demo", "web.xml"), encoding="utf-8") as file:
        text = file.read()
    text = text[:text.index("<status")] + "</cib>" if "<status" in text else text
    return text.replace('epoch="7"', 'epoch="%d"' % epoch).replace('score="50"', 'score="%d"' % score)


def patch(source, target, score):
    where = "/cib/configuration/constraints/rsc_location[@id='site-likes-n1']"
    return ('<diff format="2"><version><source admin_epoch="0" epoch="%d" num_updates="0"/><target admin_epoch="0" epoch="%d" num_updates="0"/></version>'
            '<change operation="modify" path="%s"><change-list><change-attr name="score" operation="set" value="%d"/></change-list>'
            '<change-result><rsc_location id="site-likes-n1" rsc="site" node="n1" score="%d"/></change-result></change></diff>'
            % (source, target, where, score, score))


def history(folder):
    unknown = "what was before version 0.7 is not known here; name a version: cox undo VERSION (cox history lists them)"
    with open("cib.xml", "w", encoding="utf-8") as file:
        file.write(whole(7, 50))
    write_history(folder, [("", whole(6, 40)), (ESCAPE, patch(6, 7, 50))])
    status, text = cox("undo", "--dry-run")
    result(status == 0 and "score: 50 -> 40" in text, "the change that was the last one is undone", text)
    status, text = cox("history", "0.7")
    result(status == 0 and "score: 40 -> 50" in text, "and can be looked at", text)
    result("\x1b" not in text and "\x07" not in text and "\\x1b]0;mine\\x07" in text, "a reason that a terminal would obey is shown, not obeyed", text)
    write_history(folder, [("", whole(5, 40)), ("", whole(7, 50))])
    status, text = cox("undo", "--dry-run")
    result(status == 105 and unknown in text, "what came with another node's document has nothing before it that would be known", text)
    status, text = cox("history", "0.7")
    result(status == 105 and "a gap before this version" in text, "nor is there a change to be looked at", text)
    status, text = cox("undo", "0.5", "--dry-run")
    result(status == 0 and "score: 50 -> 40" in text, "a version that is named is there", text)
    write_history(folder, [("", whole(4, 30)), ("", patch(4, 5, 40)), ("", patch(6, 7, 50))])
    status, text = cox("undo", "--dry-run")
    result(status == 105 and unknown in text, "a change that is missing is not undone with the one after it", text)


# ---- a trial ----


def knock(address):
    """A connection that says nothing; None when nobody listens any more, False when too many wait already."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
    try:
        line.connect(address)
    except BlockingIOError:
        line.close()
        return False
    except ConnectionRefusedError:
        line.close()
        return None
    return line


def is_running(process):
    try:
        with open("/proc/%d/stat" % process, encoding="utf-8") as file:
            return file.read().rpartition(") ")[2][:1] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def talked_to_without_an_end():
    shutil.copy(os.path.join(TOP, "doc", "demo", "web.xml"), "cib.xml")
    with open("new.yaml", "w", encoding="utf-8") as file:
        file.write("constraints:\n- location: site-likes-n1\n  rsc: site\n  node: n1\n  score: 70\n")
    status, text = cox("apply", "new.yaml", "--confirm-within", "1s")
    told = re.search(r": cox confirm (\w+)\n.* by process (\d+)\.", text)
    result(status == 0 and told is not None, "a change waits to be confirmed", text)
    if told is None:
        return
    plan, process = told.group(1), int(told.group(2))
    end = time.monotonic() + LIMIT_SECONDS
    lines = []
    is_listening = True
    while is_listening and time.monotonic() < end:
        line = knock("\0cox-apply-" + plan)
        is_listening = line is not None
        if line:
            lines.append(line)  # as many as can wait always do
        time.sleep(0.02)
    for line in lines:
        line.close()
    while is_running(process) and time.monotonic() < end:
        time.sleep(0.05)
    status, text = cox("export")
    result(not is_listening and "score: 50" in text, "and is taken back in time, although somebody talks to its process without an end", text)


def main():
    for name in ("CIB_shadow", "CIB_user"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("state")
        os.environ["CIB_file"] = os.path.join(folder, "cib.xml")
        os.environ["COX_CIB_DIRECTORY"] = os.path.join(folder, "state")
        history(os.path.join(folder, "state"))
        talked_to_without_an_end()
        os.chdir("/")
    print("1..%d" % count)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
