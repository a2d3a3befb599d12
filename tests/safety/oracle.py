"""An oracle of the wire: it knows the claims and nothing of how they are kept.

It sees what the world was, what people asked for and were answered, and the octets that went out.
Figures are its own, in m/s and monotonic seconds.
"""

import math
from dataclasses import dataclass

GLOBAL_CAP_MPS = 0.89408
GLOBAL_RAMP_MPS2 = 0.10
GRACE_S = ((0.2236, 0.5), (0.4471, 0.3), (0.6706, 0.22), (math.inf, 0.17))
"""m/s, and how long both hands may be off up to that speed."""
LOST_TURN_S = 0.3
"""A turn that comes later than this is a stop by itself; a release is seen by the next turn."""
PERMIT_S = 0.25
RESTATE_S = 0.25
LEAD_S = 0.6
"""The set-point may be this much ramp, or one grid step, ahead of what was last written."""
TURN_S = 0.1
"""At most so much ramp in one turn."""
ROUNDING_MPS = 1e-6

REQUEST_CONTROL, SET_SPEED, START, STOP = 0x00, 0x02, 0x07, 0x08


@dataclass
class Bounds:
    """What this walk may never exceed; `units_per_mps` and the rest are the machine's grid."""

    cap_mps: float
    ramp_mps2: float
    grip_stale_s: float
    grace_factor: float
    minimum: int
    increment: int
    units_per_mps: float


class Oracle:
    """Raises `AssertionError` with a sentence as soon as a claim is broken."""

    def __init__(self, bounds: Bounds) -> None:
        self.cap_mps = min(bounds.cap_mps, GLOBAL_CAP_MPS)
        self.ramp_mps2 = min(bounds.ramp_mps2, GLOBAL_RAMP_MPS2)
        self.bounds = bounds
        grid_step_mps = bounds.increment / bounds.units_per_mps
        self.step_mps = max(grid_step_mps, self.ramp_mps2 * LEAD_S) + self.ramp_mps2 * TURN_S
        self.held_at_s = -math.inf
        self.turned_at_s = self.stopped_at_s = -math.inf
        self.armed = self.granted = self.must_reset = self.started = self.lapsed = False
        self.order_mps = 0.0
        self.wire_mps = 0.0
        self._lowest = math.inf

    def sees_hands(self, now_s: float) -> None:
        """A new frame says that at least one hand holds."""
        self.held_at_s = now_s

    def stop_cause(self) -> None:
        """Something happened after which only a reset, arming and starting may move the belt."""
        self.armed = self.granted = False
        self.must_reset = True

    def reconnected(self) -> None:
        """A new link owes nothing to the old one: no walk goes on over it."""
        self.granted = self.started = False
        self.wire_mps, self._lowest = 0.0, math.inf

    def told(self, verb: str, accepted: bool) -> None:
        if verb == "stop":
            assert accepted, "a Stop was refused"
            self.stop_cause()
        elif accepted and verb == "reset":
            assert not self.wire_mps, "a reset was accepted while a set-point stood"
            self.must_reset = False
        elif accepted and verb == "arm":
            assert not self.must_reset, "a session was armed without a reset"
            self.armed = True
        elif accepted and verb == "disarm":
            self.armed = False
        elif accepted and verb == "start":
            assert self.armed, "a session was started without arming"
            self.granted, self.lapsed = True, False

    def turned(self, level: str, speed_mps: float, now_s: float) -> None:
        """A turn decided this."""
        self.turned_at_s = now_s
        self.order_mps = speed_mps if level == "run" else 0.0
        if level != "run":
            self.granted = False
        if level == "stop":
            self.armed = False
        if level == "run":
            off_s = now_s - self.held_at_s
            assert off_s <= self._off_limit_s(speed_mps), f"runs with no hand for {off_s} s"

    def stop_is_told(self, now_s: float) -> None:
        """A Stop was decided, the link is up and the belt moves."""
        assert now_s - self.stopped_at_s <= RESTATE_S, "a moving belt was not told to stop"

    def wrote(self, octets: bytes, belt_mps: float | None, now_s: float) -> None:
        """These octets were handed to the link; the belt's last report said `belt_mps`."""
        op = octets[0]
        if op == STOP:
            assert octets == b"\x08\x01", "a Stop that is no Stop"
            self._stops(now_s)
        elif op == START:
            assert octets == b"\x07"
            assert belt_mps == 0, "Start was sent to a belt that moves or is not heard"
            self._moves(now_s)
            self.started = True
        elif op == SET_SPEED:
            self._moves(now_s)
            assert self.started or belt_mps, "a set-point was sent to a belt that was not started"
            self._sets(int.from_bytes(octets[1:], "little"), octets, now_s)
        else:
            assert octets == b"\x00", f"an unknown request {octets.hex()}"

    @property
    def _minimum_mps(self) -> float:
        return self.bounds.minimum / self.bounds.units_per_mps

    def _stops(self, now_s: float) -> None:
        """A walk is stopped by a decision, or for want of a fresh one, and not otherwise.

        To ask for less than the lowest speed is to decide on a Stop.
        """
        self.lapsed |= not now_s - self.turned_at_s <= PERMIT_S
        self.granted &= self.order_mps >= self._minimum_mps
        assert not self.granted or self.lapsed, "a Stop was sent into a walk that goes on"
        self.wire_mps, self._lowest, self.started = 0.0, math.inf, False
        self.stopped_at_s = now_s

    def _moves(self, now_s: float) -> None:
        """Nothing that moves the belt is written but for a walk that may go on."""
        assert self.granted, "motion was asked for without arm and start after the last stop"
        assert not self.must_reset, "motion was asked for without a reset"
        assert now_s - self.turned_at_s <= PERMIT_S, "motion was asked for on an old decision"

    def _off_limit_s(self, speed_mps: float) -> float:
        grace_s = next(seconds for fastest_mps, seconds in GRACE_S if speed_mps <= fastest_mps)
        return max(self.bounds.grip_stale_s, LOST_TURN_S) + grace_s * self.bounds.grace_factor

    def _sets(self, units: int, octets: bytes, now_s: float) -> None:
        speed_mps = units / self.bounds.units_per_mps
        assert len(octets) == 3
        assert units >= self.bounds.minimum, "a set-point below the lowest speed"
        assert (units - self.bounds.minimum) % self.bounds.increment == 0, "off the grid"
        assert speed_mps <= self.cap_mps, f"{speed_mps} m/s is above the cap"
        assert speed_mps <= self.order_mps, "the set-point was rounded up"
        self._rises(speed_mps, now_s)
        self.wire_mps = speed_mps

    def _rises(self, speed_mps: float, now_s: float) -> None:
        """Over every window since the last Stop: no faster than the ramp, and one step.

        A set-point stands until the next one, so the window that shows the steepest rise begins
        just before a write; the lowest `speed - ramp * time` of all such instants bounds them all.
        The machine's minimum is the first step.
        """
        stood_mps = self.wire_mps or self._minimum_mps
        self._lowest = min(self._lowest, stood_mps - self.ramp_mps2 * now_s)
        limit_mps = self._lowest + self.ramp_mps2 * now_s + self.step_mps + ROUNDING_MPS
        assert speed_mps <= limit_mps, f"rose to {speed_mps} m/s, {limit_mps} was allowed"
