"""The road of a commissioning to a machine: single acts, sent as they are. No walk may take it.

Only `controller.commission` imports this module and those that implement it; an import contract
and a test see to that.
"""

from typing import Protocol, Self

from protocols.belt import BeltReport
from protocols.probing import Answer, Asked


class ProbeRoad(Protocol):
    """A machine that is watched, and to which single acts can be sent. Enter it once."""

    @property
    def report(self) -> BeltReport: ...

    @property
    def name(self) -> str:
        """What the machine is called, as far as that is known."""
        ...

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that the machine said to acts, oldest first."""
        ...

    @property
    def remarks(self) -> frozenset[str]:
        """What its way of talking shows, as names of quirks."""
        ...

    def send(self, asked: Asked) -> None:
        """Hand one act over and return at once."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...
