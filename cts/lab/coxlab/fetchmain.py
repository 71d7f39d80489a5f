"""The client's program: fetchmain.py URL INTERVAL LIMIT.  Prints "SENT DONE 1" or "SENT DONE 0" for each request when its fate is
known, in seconds of CLOCK_MONOTONIC; ends when its standard input does, so that it never outlives who started it."""
import asyncio
import sys
import time
import urllib.parse


async def fetch(host, port, path, limit):
    sent = time.monotonic()

    async def exchange():
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(("GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" % (path, host)).encode())
            line = await reader.readline()
            return line.split()[1:2] == [b"200"]
        finally:
            writer.close()

    try:
        ok = await asyncio.wait_for(exchange(), limit)
    except (OSError, asyncio.TimeoutError):
        ok = False
    print("%.6f %.6f %d" % (sent, time.monotonic(), ok), flush=True)


async def main(url, interval, limit):
    parts = urllib.parse.urlsplit(url)
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: sys.stdin.buffer.read1(1) or sys.exit(0))
    tasks, due = set(), time.monotonic()
    while True:
        task = asyncio.ensure_future(fetch(parts.hostname, parts.port or 80, parts.path or "/", limit))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        due += interval
        await asyncio.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])))
