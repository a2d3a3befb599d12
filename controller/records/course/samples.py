"""The course as a table: one row per turn, as far as people look at it."""

from typing import NamedTuple

from controller.records.course.track import Track
from controller.records.course.world import World, figure

HEART_S = 5.0
"""A strap tells once a second; what it told longer ago is not known any more."""


class Sample(NamedTuple):
    """What one turn knew and decided.

    `at_s` counts from the record's beginning; `belt_mps` is the speed as the machine reported it
    last, None before it has; `set_point_mps` what was asked of it; `distance_m` and `walked_s` are
    what the belt has covered so far, and for how long it has moved.
    """

    at_s: float
    belt_mps: float | None
    set_point_mps: float
    cap_mps: float
    incline_pct: float | None
    heart_rate_bpm: int | None
    left: bool
    right: bool
    phase: str
    distance_m: float
    walked_s: float

    @property
    def hands(self) -> int:
        """How many hold."""
        return self.left + self.right

    @property
    def moves(self) -> bool:
        return bool(self.belt_mps)


class Sampler:
    """Makes rows of turns that are followed in order. `began_s` is the record's first instant."""

    def __init__(self, began_s: float, cap_mps: float, stale_s: float) -> None:
        self.began_s = began_s
        self.world = World()
        self.track = Track()
        self.cap_mps = cap_mps
        """Of the limits in force; the program that is armed may narrow it."""
        self._stale_s = stale_s
        self._reported_at_s: float | None = None

    def sample(self, now_s: float) -> Sample:
        """The row of the turn that was followed last."""
        world, track = self.world, self.track
        belt, order = world.part("belt"), world.order
        speed_mps, at_s = figure(belt.get("speed_mps")), figure(belt.get("reported_at_s"))
        if at_s is not None and at_s != self._reported_at_s and speed_mps is not None:
            self._reported_at_s = at_s
            track.heard(at_s - self.began_s, speed_mps)
        runs = order.get("level") == "run"
        left, right = world.hands(now_s, self._stale_s)
        return Sample(
            now_s - self.began_s,
            speed_mps,
            (figure(order.get("speed_mps")) or 0.0) if runs else 0.0,
            self.cap_mps,
            figure(belt.get("inclination_pct")),
            _heart_rate(world, now_s),
            left,
            right,
            str(world.decided.get("phase", "")),
            track.distance_m,
            track.walked_s,
        )


def _heart_rate(world: World, now_s: float) -> int | None:
    """Beats per minute, where the record has them and they are not old."""
    told = figure(world.evidence.get("heart_rate_bpm"))
    at_s = figure(world.evidence.get("heart_rate_at_s"))
    old = at_s is not None and now_s - at_s > HEART_S
    return None if told is None or old else round(told)
