"""Run a command on a machine of the lab, with our standard input, output, error and its exit status: guestcall.py ADDRESS ARGV...
With --watch PATH instead of a command: a line "1" or "0" when the file comes or goes."""
import json
import os
import select
import socket
import struct
import sys

PORT = 7000
CONNECT_S = 5.0
SILENCE_S = 10.0  # it speaks once a second: a machine without power closes no connection
MOST = 65536


def frames(buffer):
    """Take the complete frames out of the buffer: (kind, data)."""
    found = []
    while len(buffer) >= 5:
        size = struct.unpack("!I", buffer[1:5])[0]
        if len(buffer) < 5 + size:
            break
        found.append((bytes(buffer[:1]), bytes(buffer[5:5 + size])))
        del buffer[:5 + size]
    return found


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


def converse(sock):
    """Until the exit status is there; 255 when the machine is lost."""
    buffer, inputs = bytearray(), [sock, 0]
    while True:
        ready = select.select(inputs, [], [])[0]
        if 0 in ready:
            data = os.read(0, MOST)
            if data:
                sock.sendall(data)
            else:
                inputs.remove(0)
                sock.shutdown(socket.SHUT_WR)
        if sock in ready:
            data = sock.recv(MOST)
            if not data:
                break
            buffer += data
            for kind, text in frames(buffer):
                if kind == b"x":
                    return int(text)
                write_all(1 if kind == b"o" else 2, text)
    sys.stderr.write("the machine has lost its power\n")
    return 255


def main(address, argv, port=PORT):
    try:
        sock = socket.create_connection((address, port), CONNECT_S)
        if argv[0] == "--watch":
            sock.settimeout(SILENCE_S)
            sock.sendall(json.dumps({"watch": argv[1]}).encode() + b"\n")
            while data := sock.recv(MOST):
                write_all(1, data)
            return 0
        sock.settimeout(None)
        sock.sendall(json.dumps({"run": argv}).encode() + b"\n")
        return converse(sock)
    except OSError as e:
        sys.stderr.write("the machine does not answer: %s\n" % e)
        return 255


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
