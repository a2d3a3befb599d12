"""The users as the desk and `retrotread users` know and change them.

Both may do it at the same time: each change is made under a lock, to what is in the file then. A
file that cannot be trusted lets nobody in; Stop needs nobody.
"""

import os
from collections.abc import Callable
from pathlib import Path

from controller.session.commands import Role
from controller.web import pins, users_file
from controller.web.users_file import (
    FILE_NAME,
    MOST_USERS,
    Account,
    AccountError,
    DamagedError,
    NotKeptError,
    UnknownUserError,
    Users,
    damaged,
)

FIRST = "clinic"
"""The user that the first start makes."""
FIRST_ROLES = frozenset({Role.ENGINEER, Role.SUPERVISOR})


class Accounts:
    """The users of one data folder. Every method but `get` touches the disk."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME
        self.trouble = ""
        """Why nobody can sign in, as a sentence; empty if all is well."""
        self._users: Users = {}
        self._as_read: tuple[int, ...] = ()

    def get(self, name: str) -> Account | None:
        return self._users.get(name)

    def all(self) -> list[Account]:
        return sorted(self._users.values(), key=lambda user: user.name)

    def prepare(self, *, renew: bool) -> str | None:
        """Read the file; make it with its first user if there is none. Returns a new PIN only.

        `renew`: a new PIN for the first user in any case. Raises: `AccountError`.
        """
        if not renew and os.path.lexists(self.path):
            self.refresh()
            return None
        pin = pins.new_pin()
        first = Account(FIRST, FIRST_ROLES, pins.hashed(pin))
        try:
            self._change(lambda users: {**users, FIRST: first})
        except DamagedError as error:
            self.trouble = str(error)
            return None
        return pin

    def refresh(self) -> None:
        """Take what is in the file now, if it is another one than was read last."""
        try:
            found = self.path.lstat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
            if seen == self._as_read:
                return
            self._users, self.trouble = users_file.read(self.path), ""
            self._as_read = seen
        except (OSError, DamagedError) as error:
            self._users, self._as_read = {}, ()
            self.trouble = str(damaged(self.path) if isinstance(error, OSError) else error)

    def add(self, name: str, roles: frozenset[Role], pin_hash: str) -> None:
        """Raises: `AccountError`."""

        def added(users: Users) -> Users:
            if name in users:
                raise AccountError(f"There is a user {name} already. Choose another name.")
            if len(users) >= MOST_USERS:
                raise AccountError(f"There are {MOST_USERS} users. Remove one first.")
            if not users and Role.ENGINEER not in roles:
                raise AccountError("The first user must be an engineer, who sees to the others.")
            return {**users, name: Account(name, roles, pin_hash)}

        self._change(added)

    def remove(self, name: str) -> None:
        """Raises: `AccountError`."""

        def removed(users: Users) -> Users:
            _known(users, name)
            rest = {key: user for key, user in users.items() if key != name}
            if not any(Role.ENGINEER in user.roles for user in rest.values()):
                raise AccountError(f"{name} is the last engineer. Make another one first.")
            return rest

        self._change(removed)

    def set_pin(self, name: str, pin_hash: str) -> None:
        """Raises: `AccountError`."""
        self._change(
            lambda users: {
                **users,
                name: Account(name, _known(users, name).roles, pin_hash),
            }
        )

    def _change(self, change: Callable[[Users], Users]) -> None:
        """Raises: `AccountError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with users_file.locked(self.path.with_suffix(".lock")):
                users = users_file.read(self.path) if os.path.lexists(self.path) else {}
                users_file.write(self.path, users_file.encode(change(users)))
            self.refresh()
        except OSError as error:
            raise NotKeptError(
                f"The users cannot be kept in {self.path}: {error.strerror}. "
                "Choose a data directory that this user can write."
            ) from None


def _known(users: Users, name: str) -> Account:
    """Raises: `AccountError`."""
    if name not in users:
        raise UnknownUserError(f"There is no user {name}. See retrotread users.")
    return users[name]
