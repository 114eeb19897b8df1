#!/usr/bin/python3
"""A camera over HTTP for tests: sends by itself, as long as somebody listens.

usage: http_camera.py PATH KEY=VALUE...

PATH is a folder of JPEG pictures, sent round and round as
multipart/x-mixed-replace, or a file that is sent as it is, without a length.
Prints its port.

  fps=N     pictures a second (10); of a file, its thousandth parts
  drop=N    hangs up after so many of them
  down=N    seconds in which it then answers nobody (0)
  stall=N   falls silent after so many, the connection stays
  length=0  without Content-Length
"""

import pathlib
import socket
import sys
import threading
import time

options = {"fps": 10.0, "drop": 0.0, "down": 0.0, "stall": 0.0, "length": 1.0}
options.update((k, float(v)) for k, v in (x.split("=") for x in sys.argv[2:]))
path = pathlib.Path(sys.argv[1])
if path.is_dir():
    kind = "multipart/x-mixed-replace; boundary=frame"
    pieces = [x.read_bytes() for x in sorted(path.glob("*.jpg"))]
else:
    kind = "video/x-flv"
    data = path.read_bytes()
    step = len(data) // 1000 + 1
    pieces = [data[i : i + step] for i in range(0, len(data), step)]
closed_until = 0.0


def part(picture):
    length = "Content-Length: %d\r\n" % len(picture) if options["length"] else ""
    head = "--frame\r\nContent-Type: image/jpeg\r\n%s\r\n" % length
    return head.encode() + picture + b"\r\n"


def serve(client):
    global closed_until
    if time.monotonic() < closed_until:
        return
    client.recv(65536)
    head = "HTTP/1.0 200 OK\r\nContent-Type: %s\r\n\r\n" % kind
    client.sendall(head.encode())
    due = time.monotonic()
    sent = 0
    while path.is_dir() or sent < len(pieces):
        piece = pieces[sent % len(pieces)]
        client.sendall(part(piece) if path.is_dir() else piece)
        sent += 1
        if sent == options["drop"]:
            closed_until = time.monotonic() + options["down"]
            return
        if sent == options["stall"]:
            client.recv(65536)  # until it has enough
            return
        due += 1 / options["fps"]
        time.sleep(max(0, due - time.monotonic()))


def guarded(client):
    with client:
        try:
            serve(client)
        except OSError:
            pass


server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=guarded, args=[server.accept()[0]], daemon=True).start()
