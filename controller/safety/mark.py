"""What must survive a power cut: whether the belt may move, and what was latched (S10)."""

from typing import NamedTuple


class Mark(NamedTuple):
    """`moving`: the belt may be asked to move; `cause`: of the latch that stands, "" for none."""

    moving: bool
    cause: str = ""


CLEAN = Mark(moving=False)
"""The belt rests and nothing is latched: the only mark after which a start is not a restart."""
