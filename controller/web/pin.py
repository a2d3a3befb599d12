"""The console's PIN: six digits, shown once, kept only as an argon2id hash."""

import asyncio
import contextlib
import os
import secrets
from pathlib import Path

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError

DIGITS = 6
FILE_NAME = "console-pin"


class PinError(RuntimeError):
    """The PIN cannot be read or kept; the message names the way out."""


class Pin:
    """The hash in `data_dir`. Verification costs 0.3 s and 64 MB, so one at a time, in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._hasher = PasswordHasher()
        self._hash = ""
        self._turn = asyncio.Lock()

    def prepare(self, *, renew: bool) -> str | None:
        """Load the kept hash, or make a PIN if there is none or `renew`; returns a new PIN only.

        Raises: PinError.
        """
        try:
            if renew or not self._path.exists():
                return self._make()
            self._load()
        except OSError as error:
            raise PinError(
                f"The PIN cannot be kept in {self._path}: {error.strerror}. "
                "Choose a data directory that this user can write."
            ) from None
        return None

    async def matches(self, entry: str) -> bool:
        """Whether `entry` is the PIN."""
        async with self._turn:
            return await asyncio.to_thread(self._verify, entry)

    def _make(self) -> str:
        pin = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        self._hash = self._hasher.hash(pin)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(self._hash + "\n")
        fresh.replace(self._path)
        return pin

    def _load(self) -> None:
        self._hash = self._path.read_text(encoding="ascii", errors="replace").strip()
        try:
            extract_parameters(self._hash)
        except InvalidHashError:
            raise PinError(
                f"The PIN file {self._path} is damaged. Delete it; the next start makes a new PIN."
            ) from None

    def _verify(self, entry: str) -> bool:
        try:
            return self._hasher.verify(self._hash, entry)
        except VerifyMismatchError:
            return False
