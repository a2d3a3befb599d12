"""What a grip unit's processor makes of the walker's hands. Pure but for its count of frames."""

from math import inf

from protocols.grip import GripFrame
from simulators.walker import WalkerState

HELD_N = 4.0
"""A hand counts as holding from here; a light touch is 1 N, a resting hold 5 N and more."""

PERIOD_S = 0.02


class GripSensor:
    """Turns hands into frames, one at a time; `due` says when the next one must go.

    `tether` is the pull-cord, `frozen` a sensor whose processor repeats itself for ever.
    """

    def __init__(self) -> None:
        self.tether = True
        self.frozen = False
        self._last = GripFrame(sequence=0xFFFF)
        self._due_at_s = -inf

    def due(self, walker: WalkerState, now_s: float) -> GripFrame | None:
        """The frame to send now, if the period has passed or a flag has changed."""
        frame = self._read(walker)
        if now_s >= self._due_at_s:
            on_time = now_s - self._due_at_s < PERIOD_S
            self._due_at_s = (self._due_at_s if on_time else now_s) + PERIOD_S
        elif _flags(frame) == _flags(self._last):
            return None
        self._last = frame
        return frame

    def _read(self, walker: WalkerState) -> GripFrame:
        if self.frozen:
            return self._last
        return GripFrame(
            sequence=(self._last.sequence + 1) & 0xFFFF,
            left_held=walker.left.force_n >= HELD_N,
            right_held=walker.right.force_n >= HELD_N,
            left_force_n=round(walker.left.force_n, 1),
            right_force_n=round(walker.right.force_n, 1),
            tether=self.tether,
            fall=walker.fallen,
            battery_pct=None,
        )


def _flags(frame: GripFrame) -> tuple[bool, bool, bool, bool]:
    return frame.left_held, frame.right_held, frame.tether, frame.fall
