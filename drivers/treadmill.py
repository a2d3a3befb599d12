"""What the loop needs of any treadmill driver."""

from collections.abc import Callable
from typing import Protocol, Self

from protocols.belt import BeltOrder, BeltReport

OnWire = Callable[[str, bytes], None]
"""Gets ("out", octets) and ("in", octets) as they pass."""


def unheard(_direction: str, _octets: bytes) -> None:
    return


class Treadmill(Protocol):
    """A one-slot mailbox in, the newest report out. Neither is ever awaited."""

    @property
    def report(self) -> BeltReport: ...

    def command(self, order: BeltOrder) -> None:
        """Replace the order in the slot and return at once; the writer takes it from there."""


class KeptTreadmill(Treadmill, Protocol):
    """One that keeps its link, or its port, while it is entered."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...
