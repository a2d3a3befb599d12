"""What is posted to the console, and what it answers: who people are, and what is known now."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.web.messages import Commissioning, Outcome, Telemetry
from controller.web.sign_in import User, roles
from controller.web.users_file import NAME

RoleName = Literal["viewer", "supervisor", "engineer"]
Name = Annotated[str, Field(pattern=NAME, description="Of a user.", examples=["clinic"])]
Pin = Annotated[str, Field(min_length=1, max_length=64)]


class _Posted(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SignInEntry(_Posted):
    """A user's name and PIN. Whoever leaves the name out means the first user."""

    name: Annotated[str, Field(max_length=64)] = "clinic"
    pin: Pin


class SignOutEntry(_Posted):
    """`everywhere`: not only here, but in every browser in which this user is signed in."""

    everywhere: bool = False


class PinChange(_Posted):
    """The PIN of now, and the one that takes its place."""

    pin: Pin
    new_pin: Pin


class NewUser(_Posted):
    """Somebody who shall be able to sign in."""

    name: Name
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=3)]


class SignedIn(BaseModel):
    """Who is signed in here. Every request that changes something carries `csrf`."""

    name: str
    roles: list[str]
    csrf: str
    expires_in_s: float

    @classmethod
    def of(cls, user: User) -> "SignedIn":
        shown = roles(user.roles)
        return cls(name=user.name, roles=shown, csrf=user.csrf, expires_in_s=user.left_s)


class Welcome(Outcome):
    """A sign-in that was accepted; the cookie is in the header."""

    user: SignedIn


class UserRow(BaseModel):
    """One user. `signed_in`: in how many browsers now."""

    name: str
    roles: list[str]
    signed_in: int


class UserList(BaseModel):
    """Everybody who can sign in."""

    users: list[UserRow]


class FreshPin(Outcome):
    """A PIN that was made just now. It is told this once and can never be read again."""

    name: str
    pin: str


class State(BaseModel):
    """What the desk knows now. `age_s` is how long ago control last spoke."""

    title: str
    signed_in: bool
    user: SignedIn | None
    control: bool
    age_s: float | None
    telemetry: Telemetry | None
    commissioning: Commissioning | None = None
