"""Requests and frames that must move nothing: malformed, forged, foreign, replayed; by seed."""

import base64
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

VERBS = ("arm", "disarm", "start", "slower", "faster", "reset", "present", "pause", "report")
"""All but Stop, which everybody may ask for."""
PATHS = (
    "/", "/api/state", "/api/sign-out", "/api/pin", "/api/users", "/api/users/clinic",
    "/api/users/clinic/pin", "/openapi.json", "/healthz", "/api/arm", "/api/start", "/api/command",
    "/api/stop/", "//api/stop", "/API/STOP", "/static/../desk.py", "/static/%2e%2e/desk.py",
    "/static/..%2f..%2fdesk.py", "/api/users/%2e%2e", "/api/users/a%00b", "/%ff", "/ws", "/docs",
    "/api/users/clinic%2fpin", "/api/state?role=supervisor", "/.env", "/" + "a" * 3000,
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "STOP")
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:8080"},
    {"Sec-Fetch-Site": "cross-site"},
)
CLAIMS: tuple[dict[str, str], ...] = (
    {},
    {"Cookie": "retrotread=invented"},
    {"Cookie": "__Host-retrotread=invented; retrotread="},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Real-IP": "127.0.0.1"},
    {"X-Role": "supervisor", "Authorization": "Basic Y2xpbmljOjEyMzQ1Ng=="},
    {"X-HTTP-Method-Override": "POST", "X-Original-URL": "/api/stop"},
    {"X-CSRF-Token": "invented"},
)
BODIES = (
    b"", b"{}", b"[]", b"null", b"{", b"\xff\xfe", b'{"verb": "start"}', b"[" * 4000, b"0" * 4000,
    b'{"pin": {"$ne": ""}}', b'{"name": "clinic", "pin": "\' or 1=1 --"}', b'{"everywhere": 1e999}',
    b'{"kind": "command", "id": "1", "verb": "start", "role": "supervisor"}', b"a" * 9000,
    b'{"name": "eve", "roles": ["supervisor"]}', b'{"pin": "1", "new_pin": "2"}',
)  # fmt: skip


class Request(NamedTuple):
    """One HTTP request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def requests(chance: random.Random, signed_in: list[dict[str, str]]) -> Iterator[Request]:
    """For ever. `signed_in`: headers of people who may not supervise."""
    while True:
        method, path = chance.choice(METHODS), chance.choice(PATHS)
        headers = {"Content-Type": "application/json", **chance.choice(CLAIMS)}
        if chance.random() < 0.3:
            headers.update(chance.choice(signed_in))
            headers = {k: v for k, v in headers.items() if k != chance.choice(list(headers))}
        if chance.random() < 0.3:
            headers.update(chance.choice(FOREIGN))
            if chance.random() < 0.3:
                method, path = "POST", "/api/stop"
        yield Request(method, path, headers, chance.choice(BODIES))


def wire(chance: random.Random, request: Request, host: str) -> bytes:
    """A request as octets, now and then none that HTTP knows."""
    headers = {"Host": host, "Content-Length": str(len(request.body)), **request.headers}
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    octets = "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body
    damage = chance.randrange(12)
    if damage == 0:
        return octets.replace(b"\r\n", b"\r\nTransfer-Encoding: chunked\r\n", 1)
    if damage == 1:
        return octets.replace(b"HTTP/1.1", chance.choice([b"HTTP/9.9", b"", b"HTTP/1.1\x00"]))
    if damage == 2:
        at = chance.randrange(len(octets))
        return octets[:at] + chance.randbytes(3) + octets[at:]
    if damage == 3:
        return octets.replace(b"Host:", b"X" * 20_000 + b": 1\r\nHost:")
    if damage == 4:
        smuggled = b"POST /api/command HTTP/1.1\r\nHost: " + host.encode() + b"\r\n\r\n"
        return octets + smuggled
    return octets


def frames(chance: random.Random, old: list[str]) -> Iterator[str | bytes]:
    """For ever; `{nonce}` stands where the newest pulse's nonce belongs. `old`: to be replayed."""
    while True:
        yield chance.choice(_KINDS)(chance, old)


def _command(chance: random.Random, _old: list[str]) -> str:
    """As a page would ask it, at the right time."""
    message: dict[str, Any] = {"kind": "command", "id": _id(chance), "verb": chance.choice(VERBS)}
    message["nonce"] = "{nonce}"
    if chance.random() < 0.5:
        message["orientation"] = chance.choice(["turned", "reverse_belt", "up", 1, None])
    return json.dumps(message)


def _forged(chance: random.Random, _old: list[str]) -> str:
    claims: dict[str, Any] = {
        "role": "supervisor", "v": 1, "speed_mps": 9.9, "token": "invented", "verb": ["start"],
        "kind": ["command"], "nonce": None, "id": None, "program": "demo", "roles": ["supervisor"],
    }  # fmt: skip
    message: dict[str, Any] = json.loads(_command(chance, []))
    for name in chance.sample(list(claims), 3):
        message[name] = claims[name]
    return json.dumps(message)


def _tap(chance: random.Random, _old: list[str]) -> str:
    return json.dumps(
        {
            "kind": "tap",
            "id": _id(chance),
            "request": chance.choice(["1", "r1", _id(chance)]),
            "accept": True,
            "nonce": "{nonce}",
        }
    )


def _replayed(chance: random.Random, old: list[str]) -> str:
    return chance.choice(old)


def _malformed(chance: random.Random, _old: list[str]) -> str | bytes:
    text = _command(chance, [])
    damaged: tuple[str | bytes, ...] = (
        text[: chance.randrange(len(text))],
        text.encode(),
        base64.b64encode(text.encode()).decode(),
        text.replace('"', "'"),
        f"[{text}]",
        text * 3,
        "[" * 2000,
        '{"kind": "presence"}',
        '{"v": 1, "kind": "presence"}\n{"v": 1, "kind": "command"}',
        chance.randbytes(chance.randrange(1, 200)),
        "",
        "\x00",
        "stop\n",
        json.dumps({"kind": "command", "id": "1", "verb": "START"}),
        json.dumps({"kind": "command", "id": "x" * 3000, "verb": "start"}),
    )
    return chance.choice(damaged)


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(64):x}"


_KINDS = (_command, _command, _forged, _tap, _replayed, _replayed, _malformed)
