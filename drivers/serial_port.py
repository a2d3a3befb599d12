"""A serial port, or a socket that stands for one, as a `ByteLink` on the running loop.

pyserial opens and configures a port; octets are then read where the loop sees them, without a
thread. Sockets do without pyserial, which sleeps for 0.3 s whenever it closes one.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import sys
import termios
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import serial

from drivers.links import LinkError

READ_LIMIT = 4096
"""Small on purpose: asyncio's own 256 KiB buffer doubles the time from octets to handler."""
CONNECT_LIMIT_S = 5.0
UNSENT_LIMIT = 64
"""Octets that may wait to leave: 0.13 s at 4800 baud. More of them and the other end holds them up,
by XOFF or by a hung converter; the kernel would go on taking 4096."""
CLOSED = -1
"""No file has this descriptor, so nothing meant for a closed port can reach another file."""


class Descriptor(Protocol):
    """What a port is to the kernel."""

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class SerialPort:
    """An open port. Made by `open_port`."""

    def __init__(self, port: Descriptor, name: str) -> None:
        self._port = port
        self._name = name
        self._fd = port.fileno()
        self._on_octets: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[str], None] | None = None

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_octets = on_octets
        self._on_lost = on_lost
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def write(self, octets: bytes) -> bool:
        """A wire on which nothing moves takes no more: what waits in the kernel grows old there."""
        try:
            if _unsent(self._fd) > UNSENT_LIMIT:
                return False
            return os.write(self._fd, octets) == len(octets)
        except OSError:
            return False

    def close(self) -> None:
        if self._on_octets is not None:
            self._on_octets = None
            asyncio.get_running_loop().remove_reader(self._fd)
        self._fd = CLOSED
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


def _unsent(fd: int) -> int:
    """Octets handed over that have not left; 0 of a closed port, or where nobody can tell."""
    try:
        answer = fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0")
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)


def open_port(name: str, baud: int) -> SerialPort:
    """Open `name` (a device path or `socket://HOST:PORT`), 8N1. May block: call it in a thread.

    Raises: `LinkError` with one plain sentence.
    """
    try:
        return SerialPort(_connected(name) if "://" in name else _configured(name, baud), name)
    except (OSError, ValueError, termios.error) as error:
        raise LinkError(
            f"{name} cannot be opened. Check that it is plugged in and that you may use it."
        ) from error


def _configured(path: str, baud: int) -> Descriptor:
    """An inter-byte timeout, even of 0, sets VMIN to 1: then only a port that has hung up reads as
    empty, which with pyserial's VMIN of 0 one without octets does as well."""
    port: Descriptor = serial.Serial(path, baud, timeout=0, write_timeout=0, inter_byte_timeout=0)
    return port


def _connected(url: str) -> Descriptor:
    where = urlsplit(url)
    if where.scheme != "socket" or not where.hostname or not where.port:
        raise ValueError(url)
    connection = socket.create_connection((where.hostname, where.port), CONNECT_LIMIT_S)
    connection.setblocking(False)
    return connection
