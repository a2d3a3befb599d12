"""The file of users: only its owner reads it, and it is written whole or not at all.

{"version": 1, "users": [{"name": "ana", "roles": ["viewer"], "hash": "$argon2id$…"}]}
"""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from controller.session.commands import Role
from controller.web import pins
from controller.web.doors import ROLES

FILE_NAME = "users.json"
MOST_USERS = 200
NAME = r"^[a-z0-9][a-z0-9._-]{0,31}$"

BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
SEEN_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class AccountError(RuntimeError):
    """Something about the users cannot be done; one plain sentence that names the way out."""

    status = 409
    """As in HTTP."""


class UnknownUserError(AccountError):
    """There is nobody of this name."""

    status = 404


class NotKeptError(AccountError):
    """The file cannot be written."""

    status = 503


class DamagedError(AccountError):
    """The file cannot be trusted."""

    status = 503


@dataclass(frozen=True, slots=True)
class Account:
    """One user. `pin_hash` is argon2id."""

    name: str
    roles: frozenset[Role]
    pin_hash: str


Users = Mapping[str, Account]


def _role(name: str) -> str:
    if name not in {role.value for role in ROLES}:
        raise ValueError("no such role")
    return name


def _hash(text: str) -> str:
    if not pins.is_hash(text):
        raise ValueError("no argon2id hash")
    return text


class _User(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    name: Annotated[str, Field(pattern=NAME)]
    roles: Annotated[list[Annotated[str, AfterValidator(_role)]], Field(min_length=1)]
    hash: Annotated[str, AfterValidator(_hash)]


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    version: Literal[1] = 1
    users: Annotated[list[_User], Field(max_length=MOST_USERS)]


def decode(octets: bytes) -> Users:
    """Raises: `ValueError` for what is no file of users."""
    found = _File.model_validate_json(octets).users
    users = {user.name: Account(user.name, _roles(user.roles), user.hash) for user in found}
    if len(users) != len(found):
        raise ValueError("a name is there twice")
    return users


def encode(users: Users) -> bytes:
    rows = [
        _User(name=user.name, roles=sorted(role.value for role in user.roles), hash=user.pin_hash)
        for user in users.values()
    ]
    return _File(users=rows).model_dump_json(indent=1).encode() + b"\n"


def _roles(names: list[str]) -> frozenset[Role]:
    return frozenset(map(Role, names))


def read(path: Path) -> Users:
    """Raises: `DamagedError`, `OSError`."""
    # Not through a link, and nothing that others could have written.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_mode & BY_OTHERS:
            raise damaged(path)
        if found.st_mode & SEEN_BY_OTHERS:
            os.fchmod(descriptor, 0o600)
        try:
            return decode(file.read())
        except ValueError:
            raise damaged(path) from None


def check_name(name: str) -> str:
    """Why nobody can be called this, as a sentence; empty if somebody can."""
    try:
        _User(name=name, roles=["viewer"], hash=pins.decoy())
    except ValidationError:
        return "A name has 1 to 32 small letters, digits, dots, dashes. Choose another one."
    return ""


def damaged(path: Path) -> DamagedError:
    return DamagedError(
        f"Nobody can sign in: the file of users {path} is damaged, or others may write it. Stop "
        "works. Put a copy back, or move it away and start again: the first user is made anew."
    )


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Raises: `OSError`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(path: Path, octets: bytes) -> None:
    """Whole or not at all, also when the power is cut. Raises: `OSError`."""
    fresh = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
