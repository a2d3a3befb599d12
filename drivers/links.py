"""The smallest interfaces a driver needs of a radio or a wire, and how they fail."""

from collections.abc import Callable
from typing import Protocol


class LinkError(ConnectionError):
    """The peer could not be reached, or the link to it broke.

    The message is one plain sentence that names the way out. `att_error` is the peer's own ATT
    error code (0xFE: procedure already in progress) if it answered with one.
    """

    def __init__(self, what: str, att_error: int | None = None) -> None:
        super().__init__(what)
        self.att_error = att_error


class GattLink(Protocol):
    """A connection to one Bluetooth LE peripheral.

    Characteristics are named by their 128-bit UUID string, lower case. Every call may raise
    `LinkError`; none restores anything after a reconnect.
    """

    @property
    def connected(self) -> bool: ...

    async def connect(self, on_lost: Callable[[], None]) -> None:
        """Connect and discover services; writes no characteristic. `on_lost` comes at most once."""

    async def disconnect(self) -> None: ...

    def properties(self, uuid: str) -> frozenset[str]:
        """What the characteristic offers ("read", "write", …); empty if it is not there."""
        ...

    async def read(self, uuid: str) -> bytes: ...

    async def subscribe(self, uuid: str, on_octets: Callable[[bytes], None]) -> None:
        """Notifications or indications, whichever the characteristic offers."""

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None: ...


class ByteLink(Protocol):
    """An open serial port or socket. Octets arrive on a callback; a write is never awaited."""

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        """Begin to deliver. `on_lost` is called at most once, with one plain sentence."""

    def write(self, octets: bytes) -> bool:
        """Hand octets to the port without waiting. False if it cannot take all of them now."""
        ...

    def close(self) -> None: ...
