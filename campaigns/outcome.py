"""What came of one walk."""

from enum import Enum
from typing import Any, NamedTuple


class Kind(Enum):
    """Why a walk ended."""

    PLANNED = "planned"
    """As the campaign had it."""
    NUISANCE = "nuisance"
    """It was stopped although nothing was wrong but what the walker's hands and the link do."""
    FAULT = "fault"
    """It was stopped while something was broken."""
    REFUSED = "refused"
    """It was never begun."""


class Outcome(NamedTuple):
    """Of walk `number`; what does not apply is None.

    - `end`: what the campaign had in mind; `fault`: what was broken; `cause`: the latch's, "" for
      an end without one; for a walk that was refused, why.
    - `walked_s`: from Start until the walk was over; `speed_mps`: of the belt, when the last hand
      let go or Stop was written, whichever came first; `peak_mps`: its highest.
    - `latency_s`: from what ended the walk until Stop was handed to the link; None for an end that
      nothing in the walk brought about.
    - `stop_m`: the belt's way from there to rest; `stop_s`: its time.
    - `carry_m`: the belt's way from the moment from which no hand held; None if one did.
    - `rested`: the belt has come to rest; `verified`: the controller knows.
    - `escalated`: people were told to pull the safety key.
    """

    number: int
    kind: str
    end: str
    fault: str
    cause: str
    walked_s: float
    speed_mps: float
    peak_mps: float
    latency_s: float | None
    stop_m: float | None
    stop_s: float | None
    carry_m: float | None
    rested: bool
    verified: bool
    escalated: bool
    lasted_s: float
    """In virtual time, the preparations included."""

    def row(self) -> dict[str, Any]:
        """As JSON, figures to the micrometre and microsecond."""
        return {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in self._asdict().items()
        }

    @property
    def badness(self) -> tuple[bool, bool, float, int]:
        """Greater is worse: a belt that did not rest, a stop nobody could verify, then the way."""
        way_m = max(self.carry_m or 0.0, self.stop_m or 0.0)
        return not self.rested, not self.verified, way_m, -self.number
