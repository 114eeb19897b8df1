"""A webhook and a broker are told of what real nodes see: events, an alarm,
states, and the end of the node. usage: notify_test.py BIN; exit status 77
without mosquitto and its clients."""

import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
from nodes import Node, Page, until  # noqa: E402

SECRET = "between the two of us"


class Hook(BaseHTTPRequestHandler):
    """Refuses what comes first; keeps notices whose signature is right."""

    notices, refused = [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp, _, signature = self.headers["X-VPaaS-Signature"].partition(",v1=")
        right = hmac.new(SECRET.encode(), stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
        first, Hook.refused = Hook.refused == 0, Hook.refused + (Hook.refused == 0)
        if signature == right and not first:
            Hook.notices += json.loads(body)["notices"]
        self.send_response(503 if first else 204 if signature == right else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as x:
        x.bind(("127.0.0.1", 0))
        return x.getsockname()[1]


class Broker:
    def __init__(self, folder):
        self.port = free_port()
        with open(f"{folder}/broker.conf", "w") as file:
            file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n")
        self.process = subprocess.Popen([mosquitto(), "-c", f"{folder}/broker.conf"], stderr=subprocess.DEVNULL)
        until("the broker", lambda: socket.create_connection(("127.0.0.1", self.port), 1).close() is None)
        self.heard = {}  # newest text, by topic
        self.ear = subprocess.Popen(["mosquitto_sub", "-p", str(self.port), "-t", "#", "-v"], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self):
        for line in self.ear.stdout:
            topic, _, text = line.rstrip("\n").partition(" ")
            self.heard[topic] = text

    def end(self):
        for x in (self.ear, self.process):
            x.kill()
            x.wait()


def mosquitto():
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")


def check(bin, folder, ends):
    hook = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    broker = Broker(folder)
    ends.append(broker)
    with open(f"{folder}/secret", "w") as file:
        file.write(SECRET + "\n")
    subprocess.run([os.path.join(bin, "vpaas"), "record", "synthetic://street?seed=3&seconds=10&size=640x360&fps=25",
                    f"--output={folder}/street.mp4"], check=True, capture_output=True, timeout=300)

    def start(tier, *options):
        ends.append(Node(bin, tier, folder, *options))
        return ends[-1]

    backend = start("backend", "--gateway.listen=127.0.0.1:0", f"--notify.webhook=http://127.0.0.1:{hook.server_port}/hook",
                    f"--notify.webhook_secret={folder}/secret", f"--notify.mqtt=mqtt://127.0.0.1:{broker.port}",
                    "--notify.discovery=homeassistant", "--notify.results=true")
    cloud = start("cloud", f"--node.backend={backend.address}", "--cloud.detector=street-detector")
    start("fog", f"--node.backend={backend.address}", f"--node.cloud={cloud.address}")
    vpaas = Page(backend).client()
    until("a fog", lambda: any(x["tier"] == "fog" and x["state"] == "up" for x in vpaas.nodes()))
    until("the broker knows that it is up", lambda: broker.heard.get("vpaas/state") == "online")
    vpaas.add_stream("street", f"{folder}/street.mp4", loop=True, real_time=True, every=25,
                     functions=["zone_stay?name=all&zone=0,0 1,0 1,1 0,1"])
    topic = "vpaas/fog-1/street/"
    until("an event at the broker", lambda: json.loads(broker.heard.get(topic + "event", "{}")).get("zone") == "all")
    until("a result at the broker", lambda: json.loads(broker.heard.get(topic + "result", "{}")).get("objects"))
    until("the camera's state", lambda: json.loads(broker.heard.get(topic + "state", "{}")).get("camera") == "streaming")
    until("what Home Assistant is told", lambda: "homeassistant/binary_sensor/vpaas_fog-1_street/camera/config" in broker.heard)
    until("events at the webhook", lambda: [x for x in Hook.notices if x["type"] == "event" and x["event"]["zone"] == "all"])
    told = [x["event"]["id"] for x in Hook.notices if x["type"] == "event"]
    assert told == sorted(told) and Hook.refused == 1, told
    cloud.end()
    until("the alarm at the webhook", lambda: [x for x in Hook.notices if x["type"] == "alarm" and x["alarm"]["subject"] == "cloud-1"
                                              and x["alarm"]["change"] == "raised"])
    until("the alarm at the broker", lambda: "cloud-1" in broker.heard.get("vpaas/alarms", ""))
    backend.end()
    until("its last will", lambda: broker.heard.get("vpaas/state") == "offline")


def main():
    missing = [x for x, found in (("mosquitto", mosquitto()), ("mosquitto_sub", shutil.which("mosquitto_sub"))) if not found]
    if missing:
        print(f"skipped: there is no {missing[0]}; apt-get install mosquitto mosquitto-clients")
        return 77
    ends = []
    with tempfile.TemporaryDirectory(prefix="vpaas-notify-") as folder:
        try:
            check(os.path.abspath(sys.argv[1]), folder, ends)
        finally:
            for x in reversed(ends):
                x.end()
    print("webhook and broker were told")
    return 0


if __name__ == "__main__":
    sys.exit(main())
