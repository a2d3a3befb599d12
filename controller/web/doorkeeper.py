"""Who may knock: Host and Origin against an allow-list, a bound on what is sent, strict headers.

A page of another site cannot drive the console (cross-site requests and WebSockets carry a foreign
Origin), nor can a name that was pointed at this machine (DNS rebinding carries a foreign Host).
"""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 4096
"""Octets; the longest thing a page posts is a PIN."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}

_READS = frozenset({"GET", "HEAD"})


def own_names(host: str, port: int) -> frozenset[str]:
    """The `Host` values of this console: the loopback names and the configured host."""
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    names = {*LOOPBACK, bracketed.lower()}
    bare = names if port == 80 else set()
    return frozenset({f"{name}:{port}" for name in names} | bare)


class Doorkeeper:
    """ASGI middleware in front of everything. Requests without an Origin come from no web page."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(names)
        self._origins = frozenset(
            f"{scheme}://{name}" for name in self._names for scheme in ("http", "https")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        else:
            status, reason = refusal
            response = JSONResponse({"accepted": False, "reason": reason}, status)
            await response(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self._names:
            return 403, "The console does not answer to this address. Open the one it printed."
        if scope["type"] == "http" and scope["method"] in _READS:
            return None
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return 403, "Another site's page may not use the console. Open the console itself."
        if "transfer-encoding" in headers:
            return 411, "Say how long the message is; the console takes no open-ended ones."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            return 413, f"The console takes no more than {BODY_LIMIT} octets."
        return None


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
