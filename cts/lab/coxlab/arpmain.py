"""The client's program: arpmain.py NEIGHBOUR INTERVAL ADDRESS...  Asks by ARP who has each address (as a probe of RFC 5227, so that nobody learns of the
asker), again after each interval, where the neighbour is.  Prints "TIME ADDRESS MAC" for each answer and announcement, in seconds of CLOCK_MONOTONIC; ends
when its standard input does."""
import json
import select
import socket
import struct
import subprocess
import sys
import time

ETH_P_ARP, REQUEST = 0x0806, 1
NOBODY = bytes(4)


def claim(frame):
    """Address and MAC of who says that it has one, or None."""
    if len(frame) < 42:
        return None
    mac, sender, target = struct.unpack("!22x6s4s6x4s", frame[:42])
    operation = struct.unpack("!20xH", frame[:22])[0]
    if sender == NOBODY or (operation == REQUEST and sender != target):
        return None
    return socket.inet_ntoa(sender), ":".join("%02x" % b for b in mac)


def request(own, address):
    return b"\xff" * 6 + own + struct.pack("!HHHBBH", ETH_P_ARP, 1, 0x0800, 6, 4, REQUEST) + own + NOBODY + bytes(6) + socket.inet_aton(address)


def main(neighbour, interval, *addresses):
    device = json.loads(subprocess.run(["ip", "-j", "route", "get", neighbour], check=True, capture_output=True).stdout)[0]["dev"]
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ARP))
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
    ear.bind((device, ETH_P_ARP))
    requests = [request(ear.getsockname()[4], address) for address in addresses]
    wanted, due = set(addresses), time.monotonic()
    while True:
        now = time.monotonic()
        if now >= due:
            for frame in requests:
                ear.send(frame)
            due = max(due + float(interval), now)
        ready = select.select([ear, sys.stdin], [], [], max(0, due - now))[0]
        if sys.stdin in ready and not sys.stdin.read(1):
            return
        if ear not in ready:
            continue
        frame, where = ear.recvfrom(2048)
        found = claim(frame) if where[2] != socket.PACKET_OUTGOING else None
        if found and found[0] in wanted:
            print("%.6f %s %s" % (time.monotonic(), *found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
