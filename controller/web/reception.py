"""Who comes in: from a name and a PIN to a sign-in, and from a sign-in's token to a user."""

import asyncio
import functools
import math
import time
from collections.abc import Callable
from pathlib import Path

from controller.session.commands import Role
from controller.web import pins
from controller.web.accounts import Accounts
from controller.web.attempts import Attempts
from controller.web.pins import Busy, Turns
from controller.web.sign_in import SignIns, User
from controller.web.users_file import Account, AccountError

LOOK_S = 0.5
"""How often the file of users is looked at: what `retrotread users` changed counts so soon."""
WRONG = "This name and PIN do not belong together. The first PIN was printed at the first start."
BUSY = "Too many people sign in at once. Try again in a moment."


class SignInRefused(Exception):  # noqa: N818 - it is no mistake of the program
    """Nobody is let in. `status` as in HTTP; `wait_s`: how long to wait before the next try."""

    def __init__(self, status: int, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.status = status
        self.wait_s = wait_s


class Reception:
    """The users, who of them is signed in, and how often PINs were tried."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.accounts = Accounts(data_dir)
        self._clock = clock
        self._sign_ins = SignIns()
        self._attempts = Attempts()
        self._turns = Turns()
        self._decoy = pins.decoy()

    def who(self, token: str | None) -> User | None:
        """The user of a sign-in: nobody, once it is over or its user's PIN is another."""
        now_s = self._clock()
        found = self._sign_ins.find(token, now_s)
        account = self.accounts.get(found.name) if found else None
        if found is None or account is None or account.pin_hash != found.seal:
            return None
        return User(account.name, account.roles, found.csrf, found.ends_s() - now_s)

    def supervises(self, token: str | None) -> bool:
        user = self.who(token)
        return user is not None and Role.SUPERVISOR in user.roles

    def engineers(self, token: str | None) -> bool:
        user = self.who(token)
        return user is not None and Role.ENGINEER in user.roles

    def seen(self, token: str | None) -> None:
        """A page of this sign-in is on screen."""
        if self.who(token) is not None:
            self._sign_ins.extend(token, self._clock())

    async def sign_in(self, name: str, pin: str, address: str, former: str | None) -> str:
        """A new token for who knows the PIN; `former`, the browser's last one, ends.

        Raises: `SignInRefused`.
        """
        account = await self._checked(name, pin, address)
        self._sign_ins.close(former)
        return self._sign_ins.open(name, account.pin_hash, self._clock())

    async def change_pin(self, user: User, pin: str, new_pin: str, address: str) -> str:
        """A user's own new PIN; every sign-in of theirs ends, and here a new one begins.

        Raises: `SignInRefused`, `AccountError`.
        """
        await self._checked(user.name, pin, address)
        weakness = pins.weakness(new_pin)
        if weakness:
            raise SignInRefused(422, weakness)
        await self._take(lambda: self.accounts.set_pin(user.name, pins.hashed(new_pin)))
        return self._opened(user.name)

    async def add(self, name: str, roles: frozenset[Role]) -> str:
        """A new user; returns the PIN. Raises: `SignInRefused`, `AccountError`."""
        pin = pins.new_pin()
        await self._take(lambda: self.accounts.add(name, roles, pins.hashed(pin)))
        return pin

    async def renew_pin(self, name: str) -> str:
        """A new PIN for somebody; returns it. Raises: `SignInRefused`, `AccountError`."""
        pin = pins.new_pin()
        await self._take(lambda: self.accounts.set_pin(name, pins.hashed(pin)))
        return pin

    async def remove(self, name: str) -> None:
        """Raises: `SignInRefused`, `AccountError`."""
        await self._take(functools.partial(self.accounts.remove, name))

    def sign_out(self, token: str | None, *, everywhere: bool) -> None:
        user = self.who(token)
        self._sign_ins.close(token)
        if everywhere and user is not None:
            self._sign_ins.close_all(user.name)

    def signed_in(self, account: Account) -> int:
        """In how many browsers somebody is signed in now."""
        return self._sign_ins.of(account.name, account.pin_hash, self._clock())

    async def watch(self) -> None:
        """Take over what others change in the file. Until cancelled."""
        while True:
            await asyncio.to_thread(self.accounts.refresh)
            await asyncio.sleep(LOOK_S)

    def _opened(self, name: str) -> str:
        """Raises: `AccountError`."""
        account = self.accounts.get(name)
        if account is None:
            raise AccountError(self.accounts.trouble or WRONG)
        return self._sign_ins.open(name, account.pin_hash, self._clock())

    async def _checked(self, name: str, pin: str, address: str) -> Account:
        """The account of who knows its PIN. Raises: `SignInRefused`."""
        if self.accounts.trouble:
            raise SignInRefused(503, self.accounts.trouble)
        wait_s = self._attempts.wait_s(name, address, self._clock())
        if wait_s > 0:
            raise SignInRefused(429, _wait(wait_s), wait_s)
        account = self.accounts.get(name)
        kept = account.pin_hash if account else self._decoy
        # The hash is computed for a name that there is not as well: the time tells nothing.
        right = await self._take(lambda: pins.matches(kept, pin))
        if account is None or not right:
            raise SignInRefused(403, WRONG)
        self._attempts.succeeded(name, address)
        return account

    async def _take(self, work: Callable[[], pins.Told]) -> pins.Told:
        try:
            return await self._turns.take(work)
        except Busy:
            raise SignInRefused(503, BUSY, 1.0) from None


def _wait(wait_s: float) -> str:
    minutes = math.ceil(wait_s / 60)
    many = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"Too many PINs were tried. Wait {many}, then try again. Stop works meanwhile."
