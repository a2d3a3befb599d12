"""Signing in and out, and the engineer's users: routes only; what they mean is in `reception`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from controller.session.commands import Role
from controller.web.admission import address
from controller.web.console import Console
from controller.web.entries import (
    FreshPin,
    NewUser,
    PinChange,
    SignedIn,
    SignInEntry,
    SignOutEntry,
    UserList,
    UserRow,
    Welcome,
)
from controller.web.here import Here, Who
from controller.web.messages import Outcome
from controller.web.openapi import refusals
from controller.web.sign_in import roles
from controller.web.users_file import NAME, AccountError

router = APIRouter()
Named = Annotated[str, Path(pattern=NAME, description="Of a user.", examples=["clinic"])]


@router.post("/api/sign-in", responses=refusals(503))
async def sign_in(
    entry: SignInEntry, request: Request, response: Response, console: Here
) -> Welcome:
    """A name and a PIN become a cookie that no script can read and no other site can send."""
    former = request.cookies.get(console.cookie)
    token = await console.reception.sign_in(entry.name, entry.pin, address(request), former)
    return _welcome(console, response, token)


@router.post("/api/sign-out")
async def sign_out(
    request: Request, response: Response, console: Here, entry: SignOutEntry | None = None
) -> Outcome:
    """The end of this sign-in, or of every one of this user."""
    everywhere = entry is not None and entry.everywhere
    console.reception.sign_out(request.cookies.get(console.cookie), everywhere=everywhere)
    response.delete_cookie(console.cookie, httponly=True, samesite="strict", secure=console.secure)
    return Outcome(accepted=True)


@router.post("/api/pin", responses=refusals(503))
async def change_pin(
    entry: PinChange, request: Request, response: Response, who: Who, console: Here
) -> Welcome:
    """One's own PIN; ends the sign-ins of this user everywhere, and begins one here."""
    new = await console.reception.change_pin(who, entry.pin, entry.new_pin, address(request))
    return _welcome(console, response, new)


@router.get("/api/users")
async def users(console: Here) -> UserList:
    """Everybody who can sign in."""
    reception = console.reception
    rows = [
        UserRow(
            name=account.name, roles=roles(account.roles), signed_in=reception.signed_in(account)
        )
        for account in reception.accounts.all()
    ]
    return UserList(users=rows)


@router.post("/api/users", status_code=201, responses=refusals(409, 503))
async def add_user(entry: NewUser, console: Here) -> FreshPin:
    """Somebody more. Their PIN is told this once."""
    pin = await console.reception.add(entry.name, frozenset(map(Role, entry.roles)))
    return FreshPin(accepted=True, name=entry.name, pin=pin)


@router.post("/api/users/{name}/pin", responses=refusals(503))
async def renew_pin(name: Named, console: Here) -> FreshPin:
    """A new PIN for somebody, told this once. Where they are signed in, they no longer are."""
    pin = await console.reception.renew_pin(name)
    return FreshPin(accepted=True, name=name, pin=pin)


@router.delete("/api/users/{name}", responses=refusals(409, 503))
async def remove_user(name: Named, console: Here) -> Outcome:
    """Somebody less. The last engineer stays."""
    await console.reception.remove(name)
    return Outcome(accepted=True)


def _welcome(console: Console, response: Response, token: str) -> Welcome:
    """Who is signed in now, with the cookie. Raises: `AccountError` for who is gone already."""
    user = console.reception.who(token)
    if user is None:
        raise AccountError("This user was changed a moment ago. Sign in again.")
    response.set_cookie(
        console.cookie, token, httponly=True, samesite="strict", secure=console.secure
    )
    return Welcome(accepted=True, user=SignedIn.of(user))
