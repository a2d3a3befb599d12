"""How one machine's control point is to be treated, as it was measured to behave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conduct:
    """Measured facts; the defaults suit a machine that nobody has measured.

    - `answers_control`: False for one that never answers Request Control, yet obeys; nobody waits.
    - `start_toggles`: Start pauses a belt that moves, so it is never tried a second time.
    - `stop_once`: a second Stop may set the belt in motion, so that one is written only while the
      belt is still seen to move long after the first.
    - `spacing_s`: what follows a set-point sooner is lost, so no other set-point does.
    """

    answers_control: bool = True
    start_toggles: bool = False
    stop_once: bool = False
    spacing_s: float = 0.0


UNMEASURED = Conduct()
