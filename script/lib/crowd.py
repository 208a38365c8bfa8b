"""Opens many connections to a service and sees that it goes on with its work, and gives back what they took.

Usage: crowd.py URL PID COUNT, with the administrator's token in RUNLEDGER_TOKEN

Of the connections two in ten say nothing, four stop in the middle of a head, two in the middle of a body, and the last
two are WebSockets that subscribe to everything. The service, process PID, has to be allowed COUNT connections and no
more, and has to let half a request be for some minutes. While they are open, events are stored and reach every
subscriber, probes are answered, and one connection more is told that there are too many. Then all are closed, and all is
done again: the memory that the second crowd takes has to be what the first gave back. Prints one JSON object of what was
measured, and exits 1 with a sentence where something is wrong.
"""

import contextlib
import json
import os
import resource
import selectors
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

URL, PID, COUNT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
TOKEN = os.environ["RUNLEDGER_TOKEN"]
HOST, PORT = urllib.parse.urlsplit(URL).hostname, urllib.parse.urlsplit(URL).port
# Those with which this program asks how things are.
OWN = 1
EVENTS = 100
# How much a connection may take on average, of whatever build; what a process needs for its first ones comes on top.
MAXIMUM_BYTES, MAXIMUM_START_BYTES = 256 << 10, 64 << 20

HEAD = f"Host: {HOST}\r\nAuthorization: Bearer {TOKEN}\r\n"
KINDS = {
    "idle": "",
    "head": f"POST /v1/events HTTP/1.1\r\n{HEAD}Content-Type: appl",
    "body": f"POST /v1/events HTTP/1.1\r\n{HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n[",
    "stream": f"GET /v1/stream HTTP/1.1\r\n{HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
}
# The streams come last, for a WebSocket is cut off that is not heard of for long.
PONG = b"\x8a\x80\0\0\0\0"
OTHERS = ["idle", "head", "body", "head"]


def check(condition, sentence):
    if not condition:
        sys.exit(f"crowd.py: {sentence}")


class Line:
    """A connection that is kept for questions."""

    def __init__(self):
        self.socket = socket.create_connection((HOST, PORT), timeout=60)
        self.file = self.socket.makefile("rb")

    def ask(self, method, path, body=b""):
        head = f"{method} {path} HTTP/1.1\r\n{HEAD}Content-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        return self.answer()

    def answer(self):
        status, length = int(self.file.readline().split()[1]), 0
        while (field := self.file.readline().decode()) != "\r\n":
            if field.lower().startswith("content-length:"):
                length = int(field.split(":")[1])
        return status, self.file.read(length).decode()

    def metric(self, name):
        text = self.ask("GET", "/metrics")[1]
        return float(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])


def resident_bytes():
    with open(f"/proc/{PID}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))


def computed_seconds():
    with open(f"/proc/{PID}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connect(number):
    sock = socket.socket()
    # A pair of addresses has some 28,000 ports.
    sock.bind((f"127.0.0.{2 + number // 20000}", 0))
    sock.connect((HOST, PORT))
    kind = OTHERS[number % len(OTHERS)] if number < COUNT * 4 // 5 else "stream"
    sock.sendall(KINDS[kind].encode())
    sock.setblocking(False)
    return kind, sock


def read_until(streams, text, limit=120):
    """Reads what all of `streams` are sent until each has been sent `text`."""
    selector, tails = selectors.DefaultSelector(), {}
    for sock in streams:
        selector.register(sock, selectors.EVENT_READ)
        tails[sock] = b""
    end = time.monotonic() + limit
    while tails:
        check(time.monotonic() < end, f"{len(tails)} streams have not been sent {text}")
        for key, _ in selector.select(1):
            chunk = key.fileobj.recv(1 << 18)
            check(chunk, f"a stream was closed after {tails[key.fileobj][-300:]}")
            tail = tails[key.fileobj] + chunk
            tails[key.fileobj] = tail[-1000:]
            if text.encode() in tail:
                selector.unregister(key.fileobj)
                del tails[key.fileobj]
    selector.close()


@contextlib.contextmanager
def heartbeat(streams):
    """Says for every stream now and then that somebody is there, whether asked or not."""
    end = threading.Event()

    def beat():
        while not end.wait(5):
            for sock in streams:
                sock.send(PONG)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    yield
    end.set()
    thread.join()


def crowd(line, name):
    """One crowd, from its first connection to its last; what was measured."""
    before, begin = resident_bytes(), time.monotonic()
    with contextlib.ExitStack() as stack:
        connections = []
        for number in range(COUNT - OWN):
            connections.append(connect(number))
            stack.enter_context(connections[-1][1])
        streams = [sock for kind, sock in connections if kind == "stream"]
        read_until(streams, '"caught_up"')
        stack.enter_context(heartbeat(streams))
        opened = time.monotonic() - begin
        # The system takes connections before the service does.
        end = begin + 300
        while (there := int(line.metric("runledger_client_connections"))) != COUNT:
            check(time.monotonic() < end, f"{there} connections are open of {COUNT}")
            time.sleep(0.05)
        peak = resident_bytes()

        more = Line()
        status, text = more.answer()
        check(status == 503 and "too many connections" in text, f"one more was answered {status} {text}")
        more.socket.close()

        computed, quiet = computed_seconds(), time.monotonic()
        time.sleep(2)
        share = (computed_seconds() - computed) / (time.monotonic() - quiet)

        events = [{"run_id": name, "node": f"N{n}", "phase": "start"} for n in range(EVENTS)]
        begin = time.monotonic()
        for event in events:
            status, text = line.ask("POST", "/v1/events", json.dumps(event).encode())
            check(status == 201, f"an event was answered {status} {text}")
        stored = (time.monotonic() - begin) / EVENTS
        for path in ("/healthz", "/readyz", "/v1/runs/" + name):
            check(line.ask("GET", path)[0] == 200, f"{path} was not answered 200")
        read_until(streams, f'"node":"N{EVENTS - 1}"')
        seen = time.monotonic() - begin
        peak = max(peak, resident_bytes())
    end = time.monotonic() + 60
    while line.metric("runledger_client_connections") > OWN:
        check(time.monotonic() < end, "connections are open that were closed a minute ago")
        time.sleep(0.05)
    check(line.metric("runledger_stream_subscribers") == 0, "a subscriber is left")
    check(line.metric("runledger_request_body_bytes") == 0, "memory of a body is left")
    each = (peak - before) / COUNT
    check(peak - before < MAXIMUM_BYTES * COUNT + MAXIMUM_START_BYTES, f"a connection takes {each:.0f} bytes")
    return {
        "open_seconds": round(opened, 2),
        "subscribers": len(streams),
        "bytes_before": before,
        "bytes_at_peak": peak,
        "bytes_after": resident_bytes(),
        "bytes_each": round(each),
        "share_of_a_core_while_quiet": round(share, 3),
        "store_milliseconds": round(stored * 1000, 2),
        "seen_by_all_after_seconds": round(seen, 2),
    }


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    check(hard == resource.RLIM_INFINITY or hard > COUNT + 50, f"no more than {hard} files may be open here")
    line = Line()
    check(line.metric("runledger_client_connections_max") == COUNT, f"the service is to allow {COUNT} connections")
    first, second = crowd(line, "first"), crowd(line, "second")
    grown = second["bytes_at_peak"] - first["bytes_at_peak"]
    check(grown < first["bytes_at_peak"] // 4 + MAXIMUM_START_BYTES, f"the second crowd took {grown} bytes more")
    print(json.dumps({"connections": COUNT, "first": first, "second": second}, indent=2))


main()
