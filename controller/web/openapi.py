"""The OpenAPI document: what the routes say of themselves, and what the table of doors adds."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from controller.web.doors import DOORS, SAFE_METHODS, Door

VERSION = "1"
ABOUT = (
    "The supervisor's console of one treadmill. Stop needs no sign-in, no token and no role. "
    "Everything else that changes something takes the cookie of a sign-in and its `csrf` in the "
    "header `X-CSRF-Token`. Commands that can move the belt are taken over the WebSocket `/ws` "
    "alone; see docs/console-api.md. Speeds are in m/s, times in seconds."
)
SCHEMES = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "retrotread",
        "description": "From `POST /api/sign-in`; over TLS its name is `__Host-retrotread`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "`csrf` of the sign-in, as `GET /api/state` tells it.",
    },
}
REFUSALS = {
    "400": "This is no text.",
    "401": "Nobody is signed in.",
    "403": "Another site's page, not this role, or a token that is not fresh.",
    "404": "There is no such thing here.",
    "409": "Not as things stand now.",
    "411": "The length is not said.",
    "413": "Too long.",
    "422": "Not understood.",
    "429": "Too often; `Retry-After` says how long to wait.",
    "503": "Control did not answer, or the users are not to be had.",
}
OUTCOME = {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route that refuses by itself, besides what its door refuses."""
    return {
        status: {"description": REFUSALS[str(status)], "content": OUTCOME} for status in statuses
    }


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document; made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=VERSION, description=ABOUT, routes=app.routes)
        components = made.setdefault("components", {})
        components["securitySchemes"] = SCHEMES
        for path, operations in made["paths"].items():
            for method, operation in operations.items():
                _complete(operation, method.upper(), DOORS[method.upper(), path], path)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(operation: dict[str, Any], method: str, door: Door, path: str) -> None:
    """Who may, and how it is refused."""
    changes = method not in SAFE_METHODS
    if door.role is not None:
        operation["security"] = [{"cookie": [], "csrf": []} if changes else {"cookie": []}]
        operation["summary"] = f"{operation['summary']} ({door.role.value})"
    expected = {
        "400": "requestBody" in operation,
        "401": door.role is not None,
        "403": True,
        "404": "{" in path,
        "411": changes,
        "413": changes,
        "422": "requestBody" in operation or "{" in path,
        "429": door.limited,
    }
    responses = operation["responses"]
    responses.pop("422", None)
    for status in (status for status, may_be in expected.items() if may_be):
        said = {"description": REFUSALS[status], "content": OUTCOME}
        responses.setdefault(status, said)
    operation["responses"] = dict(sorted(responses.items()))
