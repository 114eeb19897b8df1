"""Real nodes for tests in Python: processes whose output is kept."""

import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../clients/python"))
from vpaas import Client, Error  # noqa: E402

PASSWORD = "correct horse battery staple"


def until(what, f, limit=90.0):
    """Polls until `f` gives something; there is a deadline."""
    end, why = time.monotonic() + limit, ""
    while time.monotonic() < end:
        try:
            found = f()
            if found:
                return found
        except (Error, OSError) as problem:
            why = f" ({problem})"
        time.sleep(0.1)
    raise AssertionError(f"not within {limit} s: {what}{why}")


class Node:
    """One of the four programs, on a free port."""

    def __init__(self, bin, tier, folder, *options):
        command = [os.path.join(bin, f"vpaas-{tier}"), "--node.port=0", "--node.network=lan", f"--log.file={folder}/{tier}.log"]
        if tier in ("backend", "fog"):
            command.append(f"--store.folder={folder}/{tier}")
        self.text, self.tier = "", tier
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        self.address = until(f"{tier} is ready", self._ready)

    def _read(self):
        for line in self.process.stdout:
            self.text += line

    def _ready(self):
        assert self.process.poll() is None, self.text
        return self.find(r" ready on (\S+)")

    def find(self, pattern):
        found = re.search(pattern, self.text)
        return found and found.group(1)

    def end(self):
        self.process.kill()
        self.process.wait()


class Page:
    """The gateway of a backend, and a token for it."""

    def __init__(self, backend, role="operator"):
        self.url = until("the page", lambda: backend.find(r"page on (\S+),")).rstrip("/")
        self.fingerprint = backend.find(r"certificate SHA-256 (\S+)")
        first = backend.find(r"with the password (\S+),")
        person = Client(self.url, fingerprint=self.fingerprint)
        person.log_in("admin", first)
        person.change_password(first, PASSWORD)
        self.person = person  # only who is logged in makes tokens
        self.token = person.make_token("test", role=role, lasts="1h")

    def client(self):
        return Client(self.url, self.token, fingerprint=self.fingerprint)
