"""Who may knock: Host and Origin against an allow-list, and strict headers on every answer.

A page of another site cannot drive the console (cross-site requests and WebSockets carry a foreign
Origin), nor can a name that was pointed at this machine (DNS rebinding carries a foreign Host).
"""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-cache",
}
"""A route that needs another policy, as a report with styles of its own, sets that header."""
HSTS = "max-age=31536000"
PRIVATE = ("/api/", "/openapi.json")
"""What is said here no cache keeps, not even the browser's own."""

_READS = frozenset({"GET", "HEAD"})
_OWN_SITE = frozenset({"", "none", "same-origin"})


def own_names(host: str, port: int, names: Iterable[str] = (), *, secure: bool) -> frozenset[str]:
    """The `Host` values of this console: the loopback names, the configured host and `names`."""
    found = {*LOOPBACK, *(_bracketed(name).lower() for name in (host, *names))}
    bare = found if port == (443 if secure else 80) else set()
    return frozenset({f"{name}:{port}" for name in found} | bare)


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


class Doorkeeper:
    """ASGI middleware in front of everything. Requests without an Origin come from no web page."""

    def __init__(self, app: ASGIApp, names: Iterable[str], *, secure: bool) -> None:
        self._app = app
        self._names = frozenset(names)
        scheme = "https" if secure else "http"
        self._origins = frozenset(f"{scheme}://{name}" for name in self._names)
        self._headers = SECURITY_HEADERS | ({"strict-transport-security": HSTS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        reason = self._refusal(scope, Headers(scope=scope))
        if not reason:
            await self._app(scope, receive, self._with_headers(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            response = JSONResponse({"accepted": False, "reason": reason}, 403)
            await response(scope, receive, self._with_headers(scope, send))

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        if headers.get("host", "").lower() not in self._names:
            return "The console does not answer to this address. Open the one it printed."
        if scope["type"] == "http" and scope["method"] in _READS:
            return ""
        origin = headers.get("origin")
        # Browsers leave the Origin out at times; where a request comes from they say here, too.
        sites = headers.get("sec-fetch-site", "same-origin") if scope["type"] == "http" else ""
        if (origin is not None and origin.lower() not in self._origins) or sites not in _OWN_SITE:
            return "Another site's page may not use the console. Open the console itself."
        return ""

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Adds the strict headers, each but where the route has set its own."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(PRIVATE):
                    headers.setdefault("cache-control", "no-store")
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return send_with_headers
