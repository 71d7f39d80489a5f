"""What routers send: VRRP adverts, gratuitous ARP and unsolicited neighbour advertisements, as lines of text.

    python3 vrrpwire.py [-t] [FILE]   a line for each frame that any interface of this network namespace gets; "ready" first.  FILE: the frames, as pcap

-t: frames that an interface sends, too, and the first of echo replies that follow each other on one interface; before each line is the kernel's time of it,
and behind the name of the interface "in" or "out".
"""
import ipaddress
import socket
import struct
import sys

ETH_P_ALL, ETH_IPV4, ETH_ARP, ETH_IPV6 = 3, 0x0800, 0x0806, 0x86DD
VRRP, ICMP, ICMPV6, NEIGHBOUR_ADVERT = 112, 1, 58, 136
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33


def mac(raw):
    return ":".join("%02x" % b for b in raw)


def address(raw):
    return str(ipaddress.ip_address(bytes(raw)))


def is_sum_good(data, pseudo=b""):
    """The internet checksum (RFC 1071) of data, which holds it already."""
    data = pseudo + data
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


def advert(body, source, target):
    """Text of a VRRP packet, version 2 or 3."""
    if len(body) < 8:
        return "vrrp too short: %s" % body.hex()
    version, kind = body[0] >> 4, body[0] & 15
    vrid, priority, count = body[1:4]
    size = len(source)
    # RFC 3768: no pseudo header; RFC 5798 5.2.8: with one for both families.
    pseudo = b"" if version == 2 else source + target + struct.pack("!IBBBB" if size == 16 else "!xBH", *((len(body), 0, 0, 0, VRRP) if size == 16 else (VRRP, len(body))))
    addresses = [address(body[at:at + size]) for at in range(8, 8 + count * size, size)]
    if version == 2:
        timing = "auth %d %ds" % (body[4], body[5])
    else:
        timing = "%dcs" % (struct.unpack("!H", body[4:6])[0] & 0xFFF)
    rest = body[8 + count * size:]
    return "v%d type %d vrid %d prio %d %s sum %s [%s]%s" % (version, kind, vrid, priority, timing, "good" if is_sum_good(body, pseudo) else "bad",
                                                            " ".join(addresses), " rest " + rest.hex() if rest.strip(b"\0") else "")


def announced(frame):
    """Text of a gratuitous ARP packet, or None."""
    operation, sender_mac, sender, target_mac, target = struct.unpack("!6xH6s4s6s4s", frame[14:42])
    return "arp %d %s at %s to %s" % (operation, address(sender), mac(sender_mac), mac(target_mac)) if sender == target else None


def datagram(frame):
    """Protocol, source, target, TTL and content of an IP packet."""
    if frame[12:14] == struct.pack("!H", ETH_IPV4):
        begin = (frame[14] & 15) * 4
        length = struct.unpack("!H", frame[16:18])[0]
        return frame[23], frame[26:30], frame[30:34], frame[22], frame[14 + begin:14 + length]
    length = struct.unpack("!H", frame[18:20])[0]
    return frame[20], frame[22:38], frame[38:54], frame[21], frame[54:54 + length]


def line(frame):
    """Text of a frame, or None where it is of no interest."""
    kind = struct.unpack("!H", frame[12:14])[0]
    text = None
    if kind == ETH_ARP:
        text = announced(frame)
    elif kind in (ETH_IPV4, ETH_IPV6):
        protocol, source, target, ttl, body = datagram(frame)
        if protocol == VRRP:
            text = "%s > %s ttl %d %s" % (address(source), address(target), ttl, advert(body, source, target))
        elif protocol == ICMPV6 and body[0] == NEIGHBOUR_ADVERT:
            text = "na %s > %s %s flags %x" % (address(source), address(target), address(body[8:24]), body[4] >> 5)
    return None if text is None else "%s > %s %s" % (mac(frame[6:12]), mac(frame[0:6]), text)


def echoed(frame):
    """Who answers a ping with this frame, or None."""
    if frame[12:14] != struct.pack("!H", ETH_IPV4):
        return None
    protocol, source, _, _, body = datagram(frame)
    return "echo from %s" % address(source) if protocol == ICMP and body[:1] == b"\0" else None


class Pcap:
    """A file that tcpdump and tshark read."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self._write(struct.pack("!IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))

    def _write(self, data):
        self.file.write(data)
        self.file.flush()

    def add(self, frame, seconds, nanos):
        self._write(struct.pack("!IIII", seconds, nanos // 1000, len(frame), len(frame)) + frame)


class Ear:
    def __init__(self, pcap, has_times):
        self.pcap, self.has_times, self.last_echo = pcap, has_times, None

    def take(self, frame, port, way, stamp):
        try:
            text = line(frame)
            if text is None and self.has_times and way == "in":
                text = echoed(frame)
                self.last_echo, before = port if text else self.last_echo, self.last_echo
                if text and port == before:
                    return
        except (struct.error, IndexError, ValueError):
            text = "not whole: %s" % frame.hex()
        if text is None:
            return
        print(*(("%d.%09d" % stamp, port, way) if self.has_times else (port,)), text, flush=True)
        if self.pcap is not None:
            self.pcap.add(frame, *stamp)

    def listen(self):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        print("ready", flush=True)
        while True:
            frame, notes, _, where = ear.recvmsg(65536, 64)
            way = "out" if where[2] == socket.PACKET_OUTGOING else "in"
            if way == "in" or self.has_times:
                self.take(frame, where[0], way, struct.unpack("qq", notes[0][2]))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "-t"]
    try:
        Ear(Pcap(words[0]) if words else None, "-t" in sys.argv).listen()
    except KeyboardInterrupt:
        sys.exit(0)
