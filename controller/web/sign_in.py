"""Who is signed in. Time is an argument; nothing is stored, so a new desk asks everybody again."""

import secrets
from dataclasses import dataclass

from controller.session.authority import refusal
from controller.session.commands import Role, Verb
from controller.web.doors import ROLES

IDLE_S = 15 * 60.0
"""A sign-in ends this long after one of its pages was last seen on screen."""
LONGEST_S = 12 * 60 * 60.0
"""And this long after it began, whatever was seen: a shift, not a week."""
PER_USER = 32
"""Sign-ins of one user at a time; one more ends the oldest."""


def roles(of: frozenset[Role]) -> list[str]:
    """Their names, in order."""
    return sorted(role.value for role in of)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is signed in now. `csrf` is the token that each of their requests carries."""

    name: str
    roles: frozenset[Role]
    csrf: str
    left_s: float

    @property
    def role(self) -> Role:
        """The one in which they ask something of control."""
        return next(role for role in ROLES if role in self.roles)

    def role_for(self, verb: Verb) -> Role:
        """The first of theirs that may ask for this; without one, the first."""
        may = (role for role in ROLES if role in self.roles and not refusal(verb, role))
        return next(may, self.role)


@dataclass(slots=True)
class SignIn:
    """`seal` is what the user's PIN was kept as: another PIN is the end of it."""

    name: str
    seal: str
    csrf: str
    began_s: float
    until_s: float

    def ends_s(self) -> float:
        return min(self.until_s, self.began_s + LONGEST_S)


class SignIns:
    """The sign-ins by their tokens."""

    def __init__(self) -> None:
        self._open: dict[str, SignIn] = {}

    def open(self, name: str, seal: str, now_s: float) -> str:
        """A new token, good for `IDLE_S`; the expired ones are forgotten."""
        self._open = {token: each for token, each in self._open.items() if each.ends_s() > now_s}
        own = [token for token, each in self._open.items() if each.name == name]
        for token in own[: max(0, len(own) - PER_USER + 1)]:
            del self._open[token]
        token = secrets.token_urlsafe(32)
        self._open[token] = SignIn(name, seal, secrets.token_urlsafe(32), now_s, now_s + IDLE_S)
        return token

    def find(self, token: str | None, now_s: float) -> SignIn | None:
        """The sign-in of a token, if there is one and it is still good."""
        found = self._open.get(token or "")
        return found if found is not None and found.ends_s() > now_s else None

    def extend(self, token: str | None, now_s: float) -> None:
        """Keep a still valid sign-in going."""
        found = self.find(token, now_s)
        if found is not None:
            found.until_s = now_s + IDLE_S

    def close(self, token: str | None) -> None:
        self._open.pop(token or "", None)

    def close_all(self, name: str) -> None:
        """Every sign-in of one user."""
        self._open = {token: each for token, each in self._open.items() if each.name != name}

    def of(self, name: str, seal: str, now_s: float) -> int:
        """How many of one user are good now."""
        return sum(
            (each.name, each.seal) == (name, seal) and each.ends_s() > now_s
            for each in self._open.values()
        )
