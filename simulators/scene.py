"""A walker on a treadmill, hands on a grip unit's rails: everything that moves, on one clock.

The same machine, seed, intents and slices of time give the same walk, on a radio or a thousand
times faster without one.
"""

from simulators import walker
from simulators.faults import HONEST, Machine
from simulators.grip_sensor import HELD_N, GripSensor
from simulators.plant import BeltState
from simulators.treadmill import Treadmill
from simulators.walker import WalkerState, Wish, wish_after


class Scene:
    """Nobody holds anything until told to."""

    def __init__(self, machine: Machine = HONEST, seed: int = 0) -> None:
        self.treadmill = Treadmill(machine)
        self.walker = WalkerState(seed=seed)
        self.wish = Wish()
        self.sensor = GripSensor()
        self.now_s = 0.0
        self._released_at_m: float | None = None

    @property
    def belt(self) -> BeltState:
        return self.treadmill.belt

    @property
    def hands_on(self) -> bool:
        """At least one hand holds, in truth, whatever the sensor says."""
        return max(self.walker.left.force_n, self.walker.right.force_n) >= HELD_N

    @property
    def carry_m(self) -> float | None:
        """How far the belt's surface has moved since the last hand let go; None while one holds."""
        if self._released_at_m is None:
            return None
        return self.belt.distance_m - self._released_at_m

    def intend(self, intent: str) -> None:
        """Raises: `KeyError` for an intent that the walker does not know."""
        self.wish = wish_after(self.wish, intent)

    def advance(self, dt_s: float) -> None:
        held = self.hands_on
        self.walker = walker.step(self.walker, self.wish, self.belt.speed_mps, dt_s)
        if self.hands_on:
            self._released_at_m = None
        elif held:
            self._released_at_m = self.belt.distance_m
        self.treadmill.advance(dt_s, self.walker.load_n)
        self.now_s += dt_s
