"""What a route asks for in its signature: the console, and who is signed in."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from controller.records.attendant import Attendant
from controller.web.console import Console
from controller.web.messages import Outcome
from controller.web.sign_in import User


def _console(connection: HTTPConnection) -> Console:
    console: Console = connection.app.state.console
    return console


Here = Annotated[Console, Depends(_console)]


def _user(connection: HTTPConnection, console: Here) -> User:
    """Only for a door that nobody passes without a sign-in."""
    user = console.reception.who(connection.cookies.get(console.cookie))
    if user is None:
        raise LookupError("a route that needs a user has a door that needs none")
    return user


Who = Annotated[User, Depends(_user)]


def _attendant(console: Here) -> Attendant:
    return console.visiting.attendant()


Attending = Annotated[Attendant, Depends(_attendant)]


def outcome(status: int, reason: str = "", wait_s: float = 0.0) -> JSONResponse:
    """The usual answer; `wait_s`: before it makes sense to ask again."""
    headers = {"retry-after": str(int(wait_s) + 1)} if wait_s else None
    body = Outcome(accepted=status < 400, reason=reason)
    return JSONResponse(body.model_dump(), status, headers)
