"""PINs: how they are made, which are refused, and the argon2id hashes that are kept of them."""

import asyncio
import base64
import itertools
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

DIGITS = 6
SHORTEST, LONGEST = 6, 64
WAITING = 4
"""PINs that may wait for their turn; each takes a quarter of a second."""

_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
"""64 MiB and one core: control has the others."""

Told = TypeVar("Told")


class Busy(RuntimeError):  # noqa: N818 - it is no mistake of anybody
    """So many PINs wait to be looked at that one more may not."""


def new_pin() -> str:
    """Six digits, none that would be refused."""
    while weakness(pin := "".join(secrets.choice("0123456789") for _ in range(DIGITS))):
        pass
    return pin


def weakness(pin: str) -> str:
    """Why this PIN is refused, as a sentence; empty if it is not."""
    if not SHORTEST <= len(pin) <= LONGEST:
        return f"A PIN has {SHORTEST} to {LONGEST} characters. Choose another one."
    if not pin.isprintable() or pin != pin.strip():
        return "A PIN has no spaces at its ends and nothing that cannot be seen. Choose another."
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        return "A PIN like 111111 or 123456 is the first that anybody tries. Choose another one."
    return ""


def hashed(pin: str) -> str:
    """The argon2id hash; takes a quarter of a second."""
    return _hasher.hash(pin)


def is_hash(text: str) -> bool:
    """Whether this is an argon2id hash that can be checked with the memory that one may take."""
    try:
        found = extract_parameters(text)
    except InvalidHashError:
        return False
    return found.type is Type.ID and found.memory_cost <= _hasher.memory_cost


def decoy() -> str:
    """A hash of no PIN: a name that there is not takes as long to refuse as a wrong PIN."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=") for count in (16, 32)
    )
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def matches(kept: str, pin: str) -> bool:
    """Whether `kept` is the hash of `pin`; takes a quarter of a second."""
    try:
        return _hasher.verify(kept, pin)
    except (VerificationError, InvalidHashError):
        return False


class Turns:
    """Slow work, one piece at a time, in a thread: neither cores nor memory are eaten."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def take(self, work: Callable[[], Told]) -> Told:
        """Raises: `Busy`, and what `work` raises."""
        if self._waiting > WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
