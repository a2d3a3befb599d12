"""Who may pass where: one table. What has no row in it does not exist for anybody.

A new address is one line here: method, path as its route has it, and the role that it takes. What
follows from the role (401, 403, the token against forged requests, the rows in OpenAPI) is done for
every line alike, by `admission` and `openapi`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.routing import compile_path

from controller.session.commands import Role

USUAL_BODY = 4096
"""Octets; most requests carry a name and a PIN at most."""

EVERYBODY = None
SAFE_METHODS = frozenset({"GET", "HEAD"})

ROLES = (Role.SUPERVISOR, Role.ENGINEER, Role.VIEWER)
"""What a user may be; the first of them that a user has is the role of what they ask of control."""


@dataclass(frozen=True, slots=True)
class Door:
    """One line: `role` that is needed, or `EVERYBODY`. A viewer's doors open to every user.

    `limited`: whether it may be shut to who knocks too often. `token`: whether a request that
    changes something must carry the token of its sign-in; a sign-in has none yet, Stop needs none.
    """

    role: Role | None
    body: int = USUAL_BODY
    limited: bool = True
    token: bool = True

    def opens_to(self, roles: frozenset[Role]) -> bool:
        """For who is signed in with these roles."""
        return self.role in (EVERYBODY, Role.VIEWER) or self.role in roles


STOP = Door(EVERYBODY, limited=False, token=False)
OPEN = Door(EVERYBODY)
SIGN_IN = Door(EVERYBODY, token=False)
VIEWER = Door(Role.VIEWER)
SUPERVISOR = Door(Role.SUPERVISOR)
ENGINEER = Door(Role.ENGINEER)

DOORS: Mapping[tuple[str, str], Door] = MappingProxyType(
    {
        ("GET", "/"): OPEN,
        ("GET", "/static/{path:path}"): OPEN,
        ("GET", "/healthz"): OPEN,
        ("GET", "/metrics"): OPEN,
        ("GET", "/openapi.json"): VIEWER,
        ("GET", "/api/state"): OPEN,
        ("GET", "/api/walk"): OPEN,
        ("POST", "/api/stop"): STOP,
        ("POST", "/api/sign-in"): SIGN_IN,
        ("POST", "/api/sign-out"): VIEWER,
        ("POST", "/api/pin"): VIEWER,
        ("GET", "/api/users"): ENGINEER,
        ("POST", "/api/users"): ENGINEER,
        ("DELETE", "/api/users/{name}"): ENGINEER,
        ("POST", "/api/users/{name}/pin"): ENGINEER,
        ("GET", "/api/checklist"): VIEWER,
        ("GET", "/api/patients"): VIEWER,
        ("PUT", "/api/patients/{pseudonym}"): SUPERVISOR,
        ("GET", "/api/patients/{pseudonym}/visits"): VIEWER,
        ("GET", "/api/patients/{pseudonym}/report"): VIEWER,
        ("GET", "/api/visit"): VIEWER,
        ("POST", "/api/visit"): SUPERVISOR,
        ("POST", "/api/visit/entries"): SUPERVISOR,
        ("POST", "/api/visits/{visit_id}/entries"): SUPERVISOR,
        ("GET", "/api/programs"): VIEWER,
        ("GET", "/api/limits"): VIEWER,
        ("GET", "/api/machine"): VIEWER,
        ("POST", "/api/scan"): ENGINEER,
        ("GET", "/api/sessions"): VIEWER,
        ("GET", "/api/sessions/{session}/report"): VIEWER,
        ("WS", "/ws"): OPEN,
    }
)
"""`WS` is a WebSocket; what its frames may ask is in `controller/session/authority.py`."""

_SHAPES = [(method, path, compile_path(path)[0]) for method, path in DOORS]


def door(method: str, path: str) -> tuple[str, Door] | None:
    """The path of the line that this request comes to, and its door. No two lines overlap."""
    asked = "GET" if method == "HEAD" else method
    for allowed, shape, pattern in _SHAPES:
        if allowed == asked and pattern.match(path):
            return shape, DOORS[allowed, shape]
    return None


def methods(path: str) -> frozenset[str]:
    """The methods that some line has for this path."""
    return frozenset(method for method, _, pattern in _SHAPES if pattern.match(path)) - {"WS"}
