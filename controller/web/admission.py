"""Who passes: each request is brought before its line in the table of doors, or does not exist.

ASGI middleware between the doorkeeper, who knows where a request comes from, and the routes. A
route that was forgotten in the table cannot be reached.
"""

import secrets
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from controller.web import doors
from controller.web.console import Console
from controller.web.doors import SAFE_METHODS, Door

CSRF_HEADER = "x-csrf-token"
TRY_AGAIN = 1013
"""How a WebSocket is closed that may be opened again later."""

NO_PAGE = "There is no such page here. The console is at /."
WRONG_METHOD = "This address does not take that kind of request."
TOO_OFTEN = "Too many requests came from here. Wait a second, then try again. Stop works meanwhile."
NOBODY = "Sign in first. Stop works without it."
NOT_FRESH = "This page is older than its sign-in. Reload the page, then try again."


class Refused(NamedTuple):
    """What is answered instead."""

    status: int
    reason: str


class Admission:
    """Looks at the rate, the door, the role, the token and the length, in this order."""

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self._app = app
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope)
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": TRY_AGAIN, "reason": refused.reason})
        else:
            headers = {"retry-after": "1"} if refused.status == 429 else None
            body = {"accepted": False, "reason": refused.reason}
            await JSONResponse(body, refused.status, headers)(scope, receive, send)

    def _refused(self, scope: Scope) -> Refused | None:
        connection = HTTPConnection(scope)
        method = scope["method"] if scope["type"] == "http" else "WS"
        found = doors.door(method, scope["path"])
        if (found is None or found[1].limited) and not self._seldom(connection):
            return Refused(429, TOO_OFTEN)
        if found is None:
            elsewhere = doors.methods(scope["path"])
            return Refused(405, WRONG_METHOD) if elsewhere else Refused(404, NO_PAGE)
        return self._stranger(connection, method, found[1]) or _length(
            connection.headers, method, found[1]
        )

    def _seldom(self, connection: HTTPConnection) -> bool:
        return self._console.rates.take(address(connection), self._console.clock())

    def _stranger(self, connection: HTTPConnection, method: str, door: Door) -> Refused | None:
        """Why this person may not pass this door."""
        user = self._console.reception.who(connection.cookies.get(self._console.cookie))
        if door.role is not None:
            if user is None:
                return Refused(401, NOBODY)
            if not door.opens_to(user.roles):
                return Refused(403, f"Only {ARTICLE[door.role.value]} may do that.")
        if user is None or not door.token or method in SAFE_METHODS | {"WS"}:
            return None
        given = connection.headers.get(CSRF_HEADER, "")
        fresh = secrets.compare_digest(given.encode("latin-1"), user.csrf.encode())
        return None if fresh else Refused(403, NOT_FRESH)


ARTICLE = {"supervisor": "a supervisor", "engineer": "an engineer"}


def address(connection: HTTPConnection) -> str:
    """Whose request it is: the other end of the wire, whatever a header says."""
    return connection.client.host if connection.client else ""


def _length(headers: Headers, method: str, door: Door) -> Refused | None:
    if method in SAFE_METHODS | {"WS"}:
        return None
    if "transfer-encoding" in headers:
        return Refused(411, "Say how long the message is; the console takes no open-ended ones.")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()) or int(length[:12]) > door.body:
        return Refused(413, f"The console takes no more than {door.body} octets here.")
    return None
