"""A walker on a treadmill, hands on a grip unit's rails: everything that moves, on one clock.

The same case, seed, intents and slices of time give the same walk, on a radio or a thousand times
faster without one. What stands between it and a controller in virtual time: for the treadmill the
calls of `simulators.link_model`, for the grip unit `grip_lines` after each slice.
"""

from collections.abc import Iterable
from random import Random

from protocols.grip import GripFrame
from simulators import walker
from simulators.channel import Parcel
from simulators.faults import HONEST, Case, Machine, case
from simulators.grip_line import GripLine
from simulators.grip_sensor import HELD_N, GripSensor
from simulators.plant import BeltState
from simulators.treadmill import Treadmill
from simulators.trouble import Clocks
from simulators.walker import WalkerState, Wish, wish_after


class Scene:
    """Nobody holds anything until told to. `serial`: the treadmill is not one with a radio."""

    def __init__(self, machine: Machine = HONEST, seed: int = 0, *, serial: bool = False) -> None:
        self.case = Case(machine)
        self._serial = serial
        self.treadmill = Treadmill(machine, seed)
        self.walker = WalkerState(seed=seed)
        self.wish = Wish()
        self.sensor = GripSensor(seed)
        self.now_s = 0.0
        self._line = GripLine(seed)
        self._chance = Random(seed)
        self._released_at_m: float | None = None

    @property
    def belt(self) -> BeltState:
        return self.treadmill.belt

    @property
    def hands_on(self) -> bool:
        """At least one hand holds, in truth, whatever the sensor says."""
        walker = self.walker
        return walker.left.force_n >= HELD_N or walker.right.force_n >= HELD_N

    @property
    def carry_m(self) -> float | None:
        """How far the belt's surface has moved since the last hand let go; None while one holds."""
        if self._released_at_m is None:
            return None
        return self.belt.distance_m - self._released_at_m

    @property
    def grip_plugged(self) -> bool:
        """Whether the grip unit's port is there at all."""
        return not any(
            trouble.what == "unplugged" and trouble.active(self.treadmill.firmware.clocks())
            for trouble in self.case.grip
        )

    def afflict(self, names: Iterable[str]) -> None:
        """The named faults instead of those before. Raises: `ValueError`, see `faults.case`."""
        self.case = case(names, serial=self._serial)
        self.treadmill.afflict(self.case.machine)

    def intend(self, intent: str) -> None:
        """Raises: `KeyError` for an intent that the walker does not know."""
        self.wish = wish_after(self.wish, intent)

    def advance(self, dt_s: float) -> None:
        treadmill = self.treadmill
        before = treadmill.firmware.clocks() if self.case.walk else None
        held = self.hands_on
        self.walker = walker.step(self.walker, self.wish, treadmill.belt.speed_mps, dt_s)
        if self.hands_on:
            self._released_at_m = None
        elif held:
            self._released_at_m = self.belt.distance_m
        treadmill.advance(dt_s, self.walker.load_n)
        self.now_s += dt_s
        if before is not None:
            self._falter(before, treadmill.firmware.clocks())

    def grip_lines(self) -> tuple[GripFrame | None, list[Parcel]]:
        """What the grip unit sends now: its newest frame, if one is due, and what arrives when."""
        troubles, now_s = self.case.grip, self.now_s
        if not troubles:
            frame = self.sensor.due(self.walker, now_s)
            return frame, [] if frame is None else self._line.honest(frame)
        clocks = self.treadmill.firmware.clocks()
        frames = self.sensor.frames(self.walker, now_s, troubles, clocks)
        parcels = [
            parcel
            for frame in frames
            for parcel in self._line.carry(frame, troubles, clocks, now_s)
        ]
        return (frames[-1] if frames else None), parcels

    def _falter(self, before: Clocks, now: Clocks) -> None:
        for trouble in self.case.walk:
            if trouble.begins(before, now) and self._chance.random() < trouble.share:
                self.intend(trouble.what)
