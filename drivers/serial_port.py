"""A serial port, or a socket that stands for one, as a `ByteLink` on the running loop.

pyserial opens and configures; octets are then read where the loop sees them, without a thread.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable

import serial

from drivers.links import LinkError

READ_LIMIT = 4096
"""Small on purpose: asyncio's own 256 KiB buffer doubles the time from octets to handler."""


class SerialPort:
    """An open port. Made by `open_port`."""

    def __init__(self, port: serial.SerialBase, name: str) -> None:
        self._port = port
        self._name = name
        self._fd: int = port.fileno()
        self._on_octets: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[str], None] | None = None

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_octets = on_octets
        self._on_lost = on_lost
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def write(self, octets: bytes) -> bool:
        try:
            return os.write(self._fd, octets) == len(octets)
        except OSError:
            return False

    def close(self) -> None:
        if self._on_octets is not None:
            self._on_octets = None
            asyncio.get_running_loop().remove_reader(self._fd)
        with contextlib.suppress(OSError):
            self._port.close()

    def _read(self) -> None:
        try:
            octets = os.read(self._fd, READ_LIMIT)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if not octets:
            self._lost()
        elif self._on_octets is not None:
            self._on_octets(octets)

    def _lost(self) -> None:
        on_lost = self._on_lost
        self.close()
        if on_lost is not None:
            on_lost(f"{self._name} went away. Check its cable.")


def open_port(name: str, baud: int) -> SerialPort:
    """Open `name` (a device path or `socket://HOST:PORT`), 8N1. May block: call it in a thread.

    Raises: `LinkError` with one plain sentence.
    """
    try:
        port = serial.serial_for_url(name, baudrate=baud, timeout=0, write_timeout=0)
    except (OSError, ValueError) as error:
        raise LinkError(
            f"{name} cannot be opened. Check that it is plugged in and that you may use it."
        ) from error
    return SerialPort(port, name)
