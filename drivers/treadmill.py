"""What the loop needs of any treadmill driver."""

from typing import Protocol

from protocols.belt import BeltOrder, BeltReport


class Treadmill(Protocol):
    """A one-slot mailbox in, the newest report out. Neither is ever awaited."""

    @property
    def report(self) -> BeltReport: ...

    def command(self, order: BeltOrder) -> None:
        """Replace the order in the slot and return at once; the writer takes it from there."""
