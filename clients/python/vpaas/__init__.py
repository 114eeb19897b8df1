"""A client of the VPaaS gateway, with nothing but Python's standard library.

    from vpaas import Client

    vpaas = Client("https://127.0.0.1:4780", token="...", fingerprint="AB:CD...")
    for result in vpaas.follow_results("door"):
        print(result.frame, [x.label for x in result.objects])

Every call may raise `Error`: what went wrong, and what to do about it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import time
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from typing import Any, Iterator, Optional, TypeVar
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["Box", "Client", "Error", "Event", "FoundObject", "Result"]

T = TypeVar("T")


class Error(Exception):
    """`code` and `remedy` are the gateway's; `status` is 0 where none answered."""

    def __init__(self, status: int, code: str, message: str, remedy: str = ""):
        super().__init__(f"{message}; {remedy}" if remedy else message)
        self.status, self.code, self.message, self.remedy = status, code, message, remedy


@dataclass(frozen=True)
class Box:
    """Corners, in shares of the picture: [0, 1]."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class FoundObject:
    where: Box
    label: str
    score: float
    by: str  # who named it: cloud, fog or backup
    track: int = 0  # the same on all keyframes; 0: none


@dataclass(frozen=True)
class Result:
    """What was found in one keyframe."""

    stream: str
    frame: int
    captured: datetime
    answered: datetime
    pipeline: str = ""
    located: str = ""
    revision: int = 0  # higher ones take the place of lower ones
    objects: tuple[FoundObject, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Event:
    """Something that a function of a stream's results says has happened."""

    id: int
    node: str
    stream: str
    frame: int
    time: datetime
    kind: str
    object: int = 0
    label: str = ""
    zone: str = ""
    value: str = ""
    lasted: float = 0.0  # seconds


def _moment(text: str) -> datetime:
    head, _, rest = text.rstrip("Z").partition(".")
    at = datetime.strptime(head, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return at.replace(microsecond=int((rest + "000000")[:6]))


def _pick(kind: type[T], x: dict[str, Any], **made: Any) -> T:
    """The members that this version knows; whole numbers beyond 2^53 are text."""
    known = {y.name: y.type for y in fields(kind)}  # type: ignore[arg-type]
    values = {k: int(v) if known[k] == "int" else v for k, v in x.items() if k in known}
    return kind(**{**values, **made})


def _result(x: dict[str, Any]) -> Result:
    objects = tuple(_pick(FoundObject, y, where=Box(**y["where"])) for y in x["objects"])
    return _pick(Result, x, objects=objects, captured=_moment(x["captured"]), answered=_moment(x["answered"]))


def _event(x: dict[str, Any]) -> Event:
    return _pick(Event, x, time=_moment(x["time"]))


def _since(seconds: Optional[float]) -> dict[str, str]:
    return {} if seconds is None else {"since": str(int((time.time() - seconds) * 1e9))}


class _Pinned(http.client.HTTPSConnection):
    """Takes one certificate, whoever signed it."""

    def __init__(self, *args: Any, fingerprint: str = "", **more: Any):
        super().__init__(*args, **more)
        self.fingerprint = fingerprint.replace(":", "").lower()

    def connect(self) -> None:
        super().connect()
        found = hashlib.sha256(self.sock.getpeercert(True)).hexdigest()
        if self.fingerprint and found != self.fingerprint:
            self.close()
            raise ssl.SSLError(f"the certificate is another one: SHA-256 {found}")


class Client:
    """A gateway, asked with a token or after `log_in`. Not for several threads at
    once; each `follow_` has a connection of its own."""

    def __init__(self, url: str, token: str = "", *, cafile: Optional[str] = None, fingerprint: str = "", timeout: float = 60.0):
        """`fingerprint` is what the node prints of the certificate that it made
        itself; `cafile` names who signed one of yours."""
        place = urlsplit(url)
        if place.scheme != "https" or not place.hostname:
            raise Error(0, "bad_input", f"{url} is no address of a gateway", "write https://HOST:PORT")
        self._host, self._port, self._timeout = place.hostname, place.port or 443, timeout
        self._fingerprint = fingerprint
        self._context = ssl.create_default_context(cafile=cafile)
        if fingerprint:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    # -- who asks

    def log_in(self, name: str, password: str) -> dict[str, Any]:
        """As a person does; says who may do what. Programs better have a token."""
        answer, body = self._send("POST", "/api/v1/login", {"name": name, "password": password})
        return self._entered(answer, body)

    def change_password(self, old: str, new: str) -> dict[str, Any]:
        return self._entered(*self._send("POST", "/api/v1/password", {"old": old, "new": new}))

    def make_token(self, id: str, role: str = "viewer", lasts: str = "720h") -> str:
        return self.ask("POST", "/api/v1/tokens", {"id": id, "role": role, "lasts": lasts})["token"]

    # -- what runs

    def overview(self) -> dict[str, Any]:
        """`nodes`, `streams` and `alarms`, short."""
        return self.ask("GET", "/api/v1/overview")

    def alarms(self) -> list[dict[str, Any]]:
        return self.overview()["alarms"]

    def nodes(self) -> list[dict[str, Any]]:
        return self.ask("GET", "/api/v1/nodes")["nodes"]

    def streams(self) -> list[dict[str, Any]]:
        return self.ask("GET", "/api/v1/streams")["streams"]

    def stream(self, name: str) -> dict[str, Any]:
        return self.ask("GET", self._path(name))

    def add_stream(self, name: str, source: str, *, node: str = "", client: str = "", **parameters: Any) -> None:
        """`node` is a fog, where there are several; `parameters` are those of
        `vpaas stream add`."""
        self.ask("POST", self._path(name), {"node": node, "client": client, "parameters": {"source": source, **parameters}})

    def remove_stream(self, name: str) -> None:
        self.ask("DELETE", self._path(name))

    def configure_stream(self, name: str, **changes: Any) -> dict[str, Any]:
        return self.ask("PUT", self._path(name) + "/pipeline", changes)

    def functions(self, stream: str) -> list[str]:
        """Functions of its results: zones, lines, masks."""
        return self.ask("GET", self._path(stream) + "/functions")["functions"]

    def set_functions(self, stream: str, functions: list[str]) -> None:
        self.ask("PUT", self._path(stream) + "/functions", {"functions": functions})

    # -- what was seen

    def picture(self, stream: str) -> bytes:
        """The newest one, JPEG."""
        return self._send("GET", self._path(stream) + "/picture")[1]

    def clip(self, stream: str, frame: int) -> bytes:
        """The video around a frame, MP4."""
        return self._send("GET", f"{self._path(stream)}/clip?frame={frame}")[1]

    def results(self, stream: str = "", *, seconds: Optional[float] = None, first: int = 0, last: Optional[int] = None) -> Iterator[Result]:
        """From the ledgers, in order; those of the last `seconds`, or all."""
        query = {"stream": stream, "first": str(first), "most": "1000", **_since(seconds)}
        if last is not None:
            query["last"] = str(last)
        while True:
            found = self.ask("GET", "/api/v1/results?" + urlencode(query))
            yield from map(_result, found["results"])
            if "next" not in found:
                return
            query.update({k: str(v) for k, v in found["next"].items()})

    def events(self, stream: str = "", *, kind: str = "", zone: str = "", seconds: Optional[float] = None) -> Iterator[Event]:
        query = {"stream": stream, "kind": kind, "zone": zone, "most": "1000", **_since(seconds)}
        while True:
            found = self.ask("GET", "/api/v1/events?" + urlencode(query))
            yield from map(_event, found["events"])
            if len(found["events"]) == 0:
                return
            query["after"] = ",".join(f"{node}:{id}" for node, id in found["after"].items())

    def follow_results(self, stream: str = "") -> Iterator[Result]:
        """From now on, until the gateway ends."""
        return map(_result, self._follow("/api/v1/results/live?" + urlencode({"stream": stream}), "result"))

    def follow_events(self, stream: str = "") -> Iterator[Event]:
        return map(_event, self._follow("/api/v1/events/live?" + urlencode({"stream": stream}), "event"))

    # -- how it is asked

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Any route of /api/v1/openapi.json, with JSON both ways."""
        return json.loads(self._send(method, path, body)[1])

    @staticmethod
    def _path(stream: str) -> str:
        return "/api/v1/streams/" + quote(stream, safe="")

    def _open(self, method: str, path: str, body: Any = None) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        to = _Pinned(self._host, self._port, timeout=self._timeout, context=self._context, fingerprint=self._fingerprint)
        data = None if method == "GET" else json.dumps(body if body is not None else {})
        headers = dict(self._headers, **({} if data is None else {"Content-Type": "application/json"}))
        try:
            to.request(method, path, data, headers)
            return to, to.getresponse()
        except (OSError, http.client.HTTPException) as why:
            to.close()
            raise Error(0, "io", f"the gateway at {self._host}:{self._port} does not answer: {why}", "look at its address, certificate and network") from why

    def _send(self, method: str, path: str, body: Any = None) -> tuple[http.client.HTTPResponse, bytes]:
        to, answer = self._open(method, path, body)
        try:
            text = answer.read()
        except (OSError, http.client.HTTPException) as why:
            raise Error(0, "io", f"the answer to {path} broke off: {why}", "try again") from why
        finally:
            to.close()
        if answer.status >= 300:
            raise self._problem(answer.status, text)
        return answer, text

    @staticmethod
    def _problem(status: int, text: bytes) -> Error:
        try:
            said = json.loads(text)
        except ValueError:
            said = {}
        return Error(status, said.get("code", "io"), said.get("message", f"HTTP {status}"), said.get("remedy", ""))

    def _entered(self, answer: http.client.HTTPResponse, text: bytes) -> dict[str, Any]:
        who = json.loads(text)
        cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
        self._headers = {"Cookie": cookie, "X-CSRF-Token": who["csrf"]}
        return who

    def _follow(self, path: str, event: str) -> Iterator[dict[str, Any]]:
        to, answer = self._open("GET", path)
        if answer.status >= 300:
            text = answer.read()
            to.close()
            raise self._problem(answer.status, text)
        return self._read(to, answer, event)

    @staticmethod
    def _read(to: http.client.HTTPSConnection, answer: http.client.HTTPResponse, event: str) -> Iterator[dict[str, Any]]:
        try:
            kind = ""
            for line in answer:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    kind = text[7:]
                elif text.startswith("data: ") and kind == event:
                    yield json.loads(text[6:])
        except (OSError, http.client.HTTPException) as why:
            raise Error(0, "io", f"the gateway went away: {why}", "follow again") from why
        finally:
            to.close()
