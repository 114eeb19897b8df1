"""A collector gets one tree of spans a keyframe from four real nodes. It reads
the protobuf by itself, under the numbers of opentelemetry-proto 1.x.
usage: traces_test.py BIN"""

import os
import struct
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
from nodes import Node, Page, until  # noqa: E402


def varint(data, i):
    value = shift = 0
    while True:
        value |= (data[i] & 0x7F) << shift
        shift += 7
        i += 1
        if data[i - 1] < 0x80:
            return value, i


def fields(data):
    """A message of protobuf: values by number."""
    found, i = {}, 0
    while i < len(data):
        tag, i = varint(data, i)
        kind = tag & 7
        if kind == 0:
            value, i = varint(data, i)
        elif kind == 2:
            size, i = varint(data, i)
            assert i + size <= len(data)
            value, i = data[i:i + size], i + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, i = struct.unpack("<Q" if size == 8 else "<I", data[i:i + size])[0], i + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def attributes(xs):
    result = {}
    for x in xs:
        pair = fields(x)
        (number, values), = fields(pair[2][0]).items()
        read = {1: lambda v: v.decode(), 2: bool, 3: lambda v: v - (1 << 64) * (v >> 63)}[number]
        key = pair[1][0].decode()
        assert key not in result
        result[key] = read(values[0])
    return result


def spans_of(body):
    for resource in fields(body)[1]:
        resource = fields(resource)
        of = attributes(fields(resource[1][0])[1])
        for scope in resource[2]:
            scope = fields(scope)
            assert fields(scope[1][0])[1] == [b"vpaas"]
            for x in map(fields, scope[2]):
                assert len(x[1][0]) == 16 and len(x[2][0]) == 8
                yield {"trace": x[1][0], "id": x[2][0], "parent": x.get(4, [b""])[0], "name": x[5][0].decode(), "kind": x[6][0],
                       "start": x[7][0], "end": x[8][0], "error": 15 in x, "service": of["service.name"],
                       "node": of["service.instance.id"], **attributes(x.get(9, []))}


class Collector(BaseHTTPRequestHandler):
    """Refuses what comes first; keeps spans."""

    protocol_version = "HTTP/1.1"
    lock, spans, problems, refused = threading.Lock(), [], [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with Collector.lock:
            first, Collector.refused = Collector.refused == 0, 1
            try:
                assert self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
                read = list(spans_of(body))
                Collector.spans += [] if first else read
            except Exception as problem:  # told to the test
                Collector.problems.append(repr(problem))
        self.send_response(503 if first else 200)
        if first:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


EXPECTED = {("vpaas-fog", "keyframe"), ("vpaas-client", "camera"), ("vpaas-fog", "decoder"), ("vpaas-fog", "encoder"),
            ("vpaas-fog", "runner"), ("vpaas-cloud", "runner"), ("vpaas-cloud", "chunk_decoder"), ("vpaas-cloud", "detector"),
            ("vpaas-fog", "results"), ("vpaas-backend", "feed")}


def traces():
    """Spans by trace."""
    with Collector.lock:
        assert not Collector.problems, Collector.problems
        result = {}
        for x in Collector.spans:
            result.setdefault(x["trace"], []).append(x)
        return result


def complete():
    return [xs for xs in traces().values() if EXPECTED <= {(x["service"], x["name"]) for x in xs}]


def check_tree(xs):
    by_id = {x["id"]: x for x in xs}
    assert len(by_id) == len(xs), "an id is there twice"
    root, = (x for x in xs if not x["parent"])
    assert (root["service"], root["name"]) == ("vpaas-fog", "keyframe") and root["vpaas.stream"] == "street", root
    assert root["vpaas.frame"] % 25 == 0 and root["vpaas.pipeline"] == "high_low", root
    nodes = {"vpaas-client": "client-1", "vpaas-fog": "fog-1", "vpaas-cloud": "cloud-1", "vpaas-backend": "backend-1"}
    for x in xs:
        assert x["start"] <= x["end"] and x["node"] == nodes[x["service"]] and not x["error"], x
        if x is root:
            continue
        above = by_id[x["parent"]]
        # The backend's page is told once the result is out.
        late = x["service"] == "vpaas-backend"
        assert above["start"] <= x["start"] and (late or x["end"] <= above["end"]), (x, above)
    one = {(x["service"], x["name"]): x for x in xs}
    way = [one["vpaas-client", "camera"], one["vpaas-fog", "decoder"], one["vpaas-fog", "encoder"], one["vpaas-fog", "runner"],
           one["vpaas-fog", "results"]]
    for before, after in zip(way, way[1:]):
        assert before["end"] <= after["start"], (before, after)
    question, answer = one["vpaas-fog", "runner"], one["vpaas-cloud", "runner"]
    assert (question["kind"], answer["kind"]) == (3, 2) and answer["parent"] == question["id"]
    decoding, detecting = one["vpaas-cloud", "chunk_decoder"], one["vpaas-cloud", "detector"]
    assert decoding["parent"] == detecting["parent"] == answer["id"] and decoding["end"] <= detecting["start"]
    assert one["vpaas-backend", "feed"]["parent"] == root["id"]
    poor, sent = one["vpaas-fog", "encoder"]["vpaas.response.size"], question["vpaas.request.size"]
    assert 0 < poor < sent < poor + 2000, (poor, sent)  # with an envelope
    assert question["vpaas.response.size"] > 0
    assert one["vpaas-client", "camera"]["vpaas.response.size"] > poor  # a second of good video


def check(bin, folder, ends):
    to = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=to.serve_forever, daemon=True).start()
    subprocess.run([os.path.join(bin, "vpaas"), "record", "synthetic://street?seed=3&seconds=10&size=640x360&fps=25",
                    f"--output={folder}/street.mp4"], check=True, capture_output=True, timeout=300)

    def start(tier, *options):
        ends.append(Node(bin, tier, folder, *options))
        return ends[-1]

    traced = (f"--traces.endpoint=http://127.0.0.1:{to.server_port}", "--traces.ratio=1")
    backend = start("backend", "--gateway.listen=127.0.0.1:0", *traced)
    cloud = start("cloud", f"--node.backend={backend.address}", "--cloud.detector=street-detector")
    fog = start("fog", f"--node.backend={backend.address}", f"--node.cloud={cloud.address}", *traced)
    start("client", f"--node.fog={fog.address}")
    vpaas = Page(backend).client()
    until("a fog", lambda: any(x["tier"] == "fog" and x["state"] == "up" for x in vpaas.nodes()))
    until("the camera", lambda: vpaas.add_stream("street", f"{folder}/street.mp4", client="client-1", loop=True, real_time=True,
                                                 every=25) is None)
    for xs in until("three traces of four nodes", lambda: len(complete()) >= 3 and complete()):
        check_tree(xs)
    assert Collector.refused == 1
    roots = [x for xs in traces().values() for x in xs if x["name"] == "keyframe"]
    frames = [x["vpaas.frame"] for x in roots]
    assert len(set(frames)) == len(frames), "a keyframe has two traces"


def main():
    ends = []
    with tempfile.TemporaryDirectory(prefix="vpaas-traces-") as folder:
        try:
            check(os.path.abspath(sys.argv[1]), folder, ends)
        finally:
            for x in reversed(ends):
                x.end()
    print("the collector has traces of four nodes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
