"""Against real nodes. usage: test_client.py BIN; exit status 0 where all is well."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../../test/support")]
from nodes import Node, Page, until  # noqa: E402
from vpaas import Client, Error  # noqa: E402

BIN = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vpaas-python-")
        at = cls.folder.name
        subprocess.run([os.path.join(BIN, "vpaas"), "record", "synthetic://street?seed=3&seconds=10&size=640x360&fps=25",
                        f"--output={at}/street.mp4"], check=True, capture_output=True, timeout=300)
        cls.backend = Node(BIN, "backend", at, "--gateway.listen=127.0.0.1:0")
        cls.cloud = Node(BIN, "cloud", at, f"--node.backend={cls.backend.address}", "--cloud.detector=street-detector")
        cls.fog = Node(BIN, "fog", at, f"--node.backend={cls.backend.address}", f"--node.cloud={cls.cloud.address}")
        page = Page(cls.backend)
        cls.url, cls.print, cls.token, cls.vpaas = page.url, page.fingerprint, page.token, page.client()
        until("a fog", lambda: any(x["tier"] == "fog" and x["state"] == "up" for x in cls.vpaas.nodes()))
        cls.vpaas.add_stream("street", f"{at}/street.mp4", loop=True, real_time=True, every=25)
        until("the stream", lambda: any(x["stream"] == "street" for x in cls.vpaas.streams()))

    @classmethod
    def tearDownClass(cls):
        for x in (cls.fog, cls.cloud, cls.backend):
            x.end()
        cls.folder.cleanup()

    def test_results_are_followed_and_found_again(self):
        seen = []
        for x in self.vpaas.follow_results("street"):
            seen.append(x)
            if len(seen) == 3:
                break
        self.assertTrue(all(x.stream == "street" and x.frame % 25 == 0 for x in seen))
        one = next(x for x in seen if x.objects).objects[0]
        self.assertTrue(0 <= one.where.x0 < one.where.x1 <= 1 and 0 < one.score <= 1 and one.label)
        kept = until("the ledger", lambda: [x for x in self.vpaas.results("street") if x.frame == seen[-1].frame])
        self.assertEqual(len(kept), 1)
        self.assertEqual(kept[0].captured.utcoffset().total_seconds(), 0)

    def test_a_zone_has_events_with_clips(self):
        self.vpaas.set_functions("street", ["zone_stay?name=all&zone=0,0 1,0 1,1 0,1"])
        event = next(self.vpaas.follow_events("street"))
        self.assertEqual((event.zone, event.node), ("all", "fog-1"))
        found = until("the event", lambda: [x for x in self.vpaas.events("street", zone="all") if x.id == event.id])
        self.assertEqual(found[0].frame, event.frame)
        clip = until("a clip", lambda: self.vpaas.clip("street", event.frame))
        self.assertEqual(clip[4:8], b"ftyp")
        self.assertEqual(self.vpaas.functions("street"), ["zone_stay?name=all&zone=0,0 1,0 1,1 0,1"])

    def test_pictures_are_jpeg(self):
        self.assertEqual(until("a picture", lambda: self.vpaas.picture("street"))[:3], b"\xff\xd8\xff")

    def test_what_is_wrong_is_said_with_what_to_do(self):
        with self.assertRaises(Error) as found:
            self.vpaas.set_functions("street", ["no_such_function"])
        self.assertEqual(found.exception.code, "bad_config")
        self.assertIn("line_count", str(found.exception))
        with self.assertRaises(Error) as found:
            Client(self.url, "wrong", fingerprint=self.print).streams()
        self.assertEqual(found.exception.status, 401)
        with self.assertRaises(Error) as found:
            Client(self.url, self.token, fingerprint="00" * 32).streams()
        self.assertIn("certificate", str(found.exception))
        with self.assertRaises(Error):
            Client("http://127.0.0.1:1")

    def test_a_foreign_certificate_is_not_trusted(self):
        with self.assertRaises(Error):
            Client(self.url, self.token).streams()


if __name__ == "__main__":
    unittest.main(verbosity=2)
