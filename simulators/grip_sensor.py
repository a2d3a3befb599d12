"""What a grip unit's processor makes of the walker's hands. Pure but for its count of frames.

A sensor's trouble is an edit of what it reads (`READINGS`), or one of the two that concern its
count: `freeze` and `flood`.
"""

from collections.abc import Callable, Sequence
from math import inf
from random import Random

from protocols.grip import GripFrame
from simulators.trouble import Clocks, Trouble
from simulators.walker import WalkerState

HELD_N = 4.0
"""A hand counts as holding from here; a light touch is 1 N, a resting hold 5 N and more."""

PERIOD_S = 0.02


class GripSensor:
    """Turns hands into frames, one at a time; `due` says when the next one must go.

    `tether` is the pull-cord, `frozen` a sensor whose processor repeats itself for ever.
    """

    def __init__(self, seed: int = 0) -> None:
        self.tether = True
        self.frozen = False
        self._chance = Random(seed + 4)
        self._edits: list[Trouble] = []
        self._flooded_at_s = -inf
        self._last = GripFrame(sequence=0xFFFF)
        self._due_at_s = -inf

    def due(self, walker: WalkerState, now_s: float) -> GripFrame | None:
        """The frame to send now, if the period has passed or a flag has changed."""
        if now_s < self._due_at_s and self._as_before(walker):
            return None
        frame = self._read(walker)
        if not self._falls_due(frame, now_s):
            return None
        self._last = frame
        return frame

    def _as_before(self, walker: WalkerState) -> bool:
        """Whether an honest frame would have the flags of the last one."""
        last = self._last
        return (
            (walker.left.force_n >= HELD_N) is last.left_held
            and (walker.right.force_n >= HELD_N) is last.right_held
            and self.tether is last.tether
            and walker.fallen is last.fall
        )

    def _falls_due(self, frame: GripFrame, now_s: float) -> bool:
        if now_s >= self._due_at_s:
            on_time = now_s - self._due_at_s < PERIOD_S
            self._due_at_s = (self._due_at_s if on_time else now_s) + PERIOD_S
            return True
        return _flags(frame) != _flags(self._last)

    def frames(
        self,
        walker: WalkerState,
        now_s: float,
        troubles: Sequence[Trouble],
        clocks: Clocks,
    ) -> list[GripFrame]:
        """As `due`, from a sensor with these troubles; one that floods gives many at once."""
        active = {trouble.what: trouble for trouble in troubles if trouble.active(clocks)}
        self._edits = [trouble for trouble in active.values() if trouble.what in READINGS]
        last = self._last
        frame = last if "freeze" in active else self._read(walker)
        frames = [frame] if self._falls_due(frame, now_s) else []
        if "flood" in active:
            frames = self._flood(frame, now_s, active["flood"].by)
        self._last = frames[-1] if frames else last
        self._edits = []
        return frames

    def _flood(self, frame: GripFrame, now_s: float, per_s: float) -> list[GripFrame]:
        count = int(min(now_s - self._flooded_at_s, PERIOD_S) * per_s)
        self._flooded_at_s = now_s
        numbers = range(frame.sequence, frame.sequence + count)
        return [frame._replace(sequence=number & 0xFFFF) for number in numbers]

    def _read(self, walker: WalkerState) -> GripFrame:
        if self.frozen:
            return self._last
        frame = self._seen(walker)
        for trouble in self._edits:
            if trouble.share >= 1.0 or self._chance.random() < trouble.share:
                frame = READINGS[trouble.what](frame, trouble.by, self._chance)
        return frame

    def _seen(self, walker: WalkerState) -> GripFrame:
        left_n, right_n = walker.left.force_n, walker.right.force_n
        return GripFrame(
            sequence=(self._last.sequence + 1) & 0xFFFF,
            left_held=left_n >= HELD_N,
            right_held=right_n >= HELD_N,
            left_force_n=int(left_n * 10 + 0.5) / 10,
            right_force_n=int(right_n * 10 + 0.5) / 10,
            tether=self.tether,
            fall=walker.fallen,
            battery_pct=None,
        )


def _flags(frame: GripFrame) -> tuple[bool, bool, bool, bool]:
    return frame.left_held, frame.right_held, frame.tether, frame.fall


def _held(frame: GripFrame, by: float, _chance: Random) -> GripFrame:
    return frame._replace(left_held=True, right_held=True, left_force_n=by, right_force_n=by)


def _left_held(frame: GripFrame, by: float, _chance: Random) -> GripFrame:
    return frame._replace(left_held=True, left_force_n=by)


def _released(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    return frame._replace(left_held=False, right_held=False, left_force_n=0.0, right_force_n=0.0)


def _somebody_else(frame: GripFrame, by: float, chance: Random) -> GripFrame:
    """Hands that hold in another room, each sample with its own force."""
    left_n, right_n = (round(by * (0.8 + 0.4 * chance.random()), 1) for _ in range(2))
    return GripFrame(frame.sequence, True, True, left_n, right_n, tether=True)


def _fall(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    return frame._replace(fall=True)


def _no_fall(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    return frame._replace(fall=False)


def _contact_alone(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    """Both contacts say held, no force at all."""
    return frame._replace(left_held=True, right_held=True, left_force_n=0.0, right_force_n=0.0)


def _force_alone(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    """The forces of two hands, both contacts open."""
    return frame._replace(left_held=False, right_held=False)


def _battery(frame: GripFrame, by: float, _chance: Random) -> GripFrame:
    return frame._replace(battery_pct=int(by))


def _backward(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    return frame._replace(sequence=(frame.sequence - 2) & 0xFFFF)


def _any_number(frame: GripFrame, _by: float, chance: Random) -> GripFrame:
    return frame._replace(sequence=int(chance.random() * 0x10000))


def _untethered(frame: GripFrame, _by: float, _chance: Random) -> GripFrame:
    return frame._replace(tether=False)


READINGS: dict[str, Callable[[GripFrame, float, Random], GripFrame]] = {
    "held": _held,
    "left held": _left_held,
    "released": _released,
    "somebody else": _somebody_else,
    "fall": _fall,
    "no fall": _no_fall,
    "contact alone": _contact_alone,
    "force alone": _force_alone,
    "battery": _battery,
    "backward": _backward,
    "any number": _any_number,
    "untethered": _untethered,
}
"""`by`: newtons of a hold, per cent of a battery."""
