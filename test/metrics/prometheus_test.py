"""A real Prometheus scrapes four nodes by their gateway, with the rules of
config/grafana. usage: prometheus_test.py BIN; exit status 77 without Prometheus."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
from nodes import Node, Page, until  # noqa: E402

RULES = os.path.join(HERE, "../../config/grafana/rules.yml")


def free_port():
    with socket.socket() as x:
        x.bind(("127.0.0.1", 0))
        return x.getsockname()[1]


class Prometheus:
    def __init__(self, folder, page):
        place = urllib.parse.urlsplit(page.url).netloc
        with open(f"{folder}/token", "w") as file:
            file.write(page.token)
        with open(f"{folder}/prometheus.yml", "w") as file:
            file.write(f"""
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [{os.path.abspath(RULES)}]
scrape_configs:
  - job_name: vpaas
    scheme: https
    authorization: {{ credentials_file: {folder}/token }}
    tls_config: {{ insecure_skip_verify: true }}
    static_configs: [{{ targets: ["{place}"] }}]
""")
        subprocess.run(["promtool", "check", "config", f"{folder}/prometheus.yml"], check=True, capture_output=True, timeout=60)
        self.at = f"http://127.0.0.1:{free_port()}"
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={self.at[7:]}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(self, path):
        with urllib.request.urlopen(self.at + path, timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, text):
        """[({label: value}, number)]"""
        found = self.get("/api/v1/query?" + urllib.parse.urlencode({"query": text}))["result"]
        return [(x["metric"], float(x["value"][1])) for x in found]

    def end(self):
        self.process.kill()
        self.process.wait()


def check(bin, folder, started):
    def start(tier, *options):
        started.append(Node(bin, tier, folder, *options))
        return started[-1]

    backend = start("backend", "--gateway.listen=127.0.0.1:0")
    cloud = start("cloud", f"--node.backend={backend.address}", "--cloud.detector=street-detector")
    fog = start("fog", f"--node.backend={backend.address}", f"--node.cloud={cloud.address}")
    start("client", f"--node.fog={fog.address}")
    page = Page(backend, "viewer")
    prometheus = Prometheus(folder, page)
    started.append(prometheus)
    names = {"backend-1", "cloud-1", "fog-1", "client-1"}
    until("four nodes", lambda: {x["node"] for x, n in prometheus.query("vpaas_node_up == 1")} == names)
    until("actors of all", lambda: {x["node"] for x, n in prometheus.query("vpaas_actor_ready")} == names)
    assert all(n == 1 for x, n in prometheus.query("up")), "the scrape is healthy"
    groups = prometheus.get("/api/v1/rules")["groups"]
    rules = [x for group in groups for x in group["rules"]]
    assert len(rules) == 7, rules
    until("all rules were evaluated", lambda: all(
        x["health"] == "ok" for group in prometheus.get("/api/v1/rules")["groups"] for x in group["rules"]))
    cloud.end()
    until("the alert of a killed node", lambda: any(
        x["labels"]["alertname"] == "NodeDown" and x["labels"]["node"] == "cloud-1" for x in prometheus.get("/api/v1/alerts")["alerts"]))


def main():
    missing = [x for x in ("prometheus", "promtool") if not shutil.which(x)]
    if missing:
        print(f"skipped: there is no {missing[0]}; apt-get install prometheus")
        return 77
    started = []
    with tempfile.TemporaryDirectory(prefix="vpaas-prometheus-") as folder:
        try:
            check(os.path.abspath(sys.argv[1]), folder, started)
        finally:
            for x in reversed(started):
                x.end()
    print("prometheus saw all nodes, and one that was killed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
