"""What must hold in every run, judged from the plant, the wire and what people were told.

Figures are its own; nothing of how the claims are kept is known here. Findings are sentences with
their time. It never raises: whoever calls it is inside the stack, which swallows exceptions.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from protocols.belt import SpeedGrid
from simulators.firmware import SPEEDS

GLOBAL_CAP_MPS, GLOBAL_RAMP_MPS2 = 0.89408, 0.10
GRACE_S = ((0.2236, 0.5), (0.4471, 0.3), (0.6706, 0.22), (math.inf, 0.17))
DECISION_S = 0.1
"""From the end of the grace to the Stop octets."""
RESTATE_S = 0.25
LEAD_S = 0.6
LATE_TURN_S = 0.1
SILENT_GRIP_S = 0.5
LOUD_S = 3.5
"""A belt that moves so long after its Stop is told of as one that could not be stopped."""
FRESH_S = 1.5
"""Longest time from a belt's motion to a report of it, on a link that is well."""
EXCESS_MPS, EXCESS_S, BLIND_S = 0.06, 4.5, 6.5
"""So much above the cap for so long, without and with telemetry, and no Stop: a breach."""
CREEPS_MPS = 0.02
SLACK_S = 0.021
"""A slice of the scene: truth is sampled."""
ROUNDING = 1e-9
SET_SPEED, SET_INCLINE, START, STOP = 0x02, 0x03, 0x07, 0x08
STEEPEST, LIFT, LIFT_S = 50, 10, 2.0
"""Tenths of a per cent: at most, and from one to the next, which come so far apart."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One slice of what is so: the belt, the hands, since when the link takes writes, and when
    it last delivered a report."""

    now_s: float
    belt_mps: float
    hands_on: bool
    takes_since_s: float
    reported_at_s: float


@dataclass
class Verdict:
    """`blind`: the sensor or the machine hides the truth, so what nobody can know is not asked.

    `grip_blind`: of hands; `belt_blind`: of the belt. `grip_slow_s`: how long a sensor may be
    believed that is not to be. `stalled_until_s`: the computer stood still until then. `rests`: the
    program has some; each is left by a Start alone, for it was armed before.
    """

    cap_mps: float
    ramp_mps2: float
    found: list[str] = field(default_factory=list)
    grip_blind: bool = False
    belt_blind: bool = False
    grip_slow_s: float = 0.0
    stalled_until_s: float = 0.0
    rests: bool = False

    def __post_init__(self) -> None:
        self.cap_mps = min(self.cap_mps, GLOBAL_CAP_MPS)
        ramp_mps2 = min(self.ramp_mps2, GLOBAL_RAMP_MPS2)
        self.ramp_mps2 = ramp_mps2
        self.grid = SPEEDS
        self.truth = Truth(0.0, 0.0, False, math.inf, -math.inf)
        self.armed = self.granted = self.must_reset = False
        self.wire_mps, self._lowest = 0.0, math.inf
        self.phase, self.cause, self.pull_key = "idle", None, False
        self.stops: list[float] = []
        self._stop_at_s: float | None = None
        self._last_stop_s = -math.inf
        self._stopping_since_s: float | None = None
        self._off_since_s: float | None = None
        self._off_lowest_mps = math.inf
        self._moving_since_s: float | None = None
        self._excess_since_s: float | None = None
        self.rested_at_s: float | None = None
        self.wire_incline = self.peak_incline = 0
        self._lifted_at_s = -math.inf
        self.peak_wire_mps = self.peak_belt_mps = 0.0

    def announced(self, grid: SpeedGrid) -> None:
        """The machine said which speeds it accepts."""
        self.grid = grid

    def says(self, sentence: str) -> None:
        if len(self.found) < 20:
            self.found.append(f"{self.truth.now_s:.3f} s: {sentence}")

    def wrote(self, octets: bytes, now_s: float) -> None:
        """These octets were handed to the link."""
        op = octets[0] if octets else -1
        if op == STOP:
            self._stops(octets, now_s)
        elif op == START:
            self._moves(octets == b"\x07")
            began_s = self._moving_since_s
            if began_s is not None and now_s - began_s > FRESH_S and not self.belt_blind:
                self.says("Start was written to a belt that moves")
        elif op == SET_SPEED:
            self._moves(len(octets) == 3)
            self._sets(int.from_bytes(octets[1:], "little"), now_s)
        elif op == SET_INCLINE:
            self._moves(len(octets) == 3)
            self._lifts(int.from_bytes(octets[1:], "little", signed=True), now_s)
        elif octets != b"\x00":
            self.says(f"an unknown request {octets.hex()}")

    def answered(self, verb: str, accepted: bool) -> None:
        """A supervisor was answered."""
        if verb == "stop":
            self.granted = self.armed = False
            if not accepted:
                self.says("a Stop was refused")
        elif accepted and verb == "reset":
            self.must_reset = False
        elif accepted and verb == "arm":
            if self.must_reset:
                self.says("a session was armed without a reset")
            self.armed = True
        elif accepted and verb == "disarm":
            self.armed = False
        elif accepted and verb == "start":
            if not self.armed:
                self.says("a session was started without arming")
            self.armed, self.granted = False, True

    def heard(self, told: dict[str, Any]) -> None:
        """What control told its consoles."""
        before, self.phase = self.phase, told["state"]
        self.cause, self.pull_key = told["cause"], told["pull_key"]
        if self.phase == "stopping":
            if before != "stopping":
                self._stopping_since_s = self.truth.now_s
            self.granted = self.armed = False
            self.must_reset |= self.cause is not None
        else:
            self._stopping_since_s = None
        if self.cause is not None and self.phase in ("idle", "armed", "walking"):
            self.says(f"a stop for {self.cause} is not latched but {self.phase}")
        rests = self.rests and self.phase == "armed" and told["rest_left_s"] is not None
        if before == "stopping" and rests and not self.must_reset:
            self.armed = True
        elif before == "stopping" and self.phase not in ("stopping", "idle", "latched"):
            self.says(f"a stop led to {self.phase}")
        if before == "latched" and self.phase == "idle" and self.must_reset:
            self.says("the latch went without a reset")

    def saw(self, truth: Truth) -> None:
        """One more slice of the truth."""
        self.truth = truth
        moving = truth.belt_mps > 0
        self.peak_belt_mps = max(self.peak_belt_mps, truth.belt_mps)
        if not moving:
            if self._moving_since_s is not None:
                self.rested_at_s = truth.now_s
            self._moving_since_s = None
            self._stop_at_s = None
        elif self._moving_since_s is None:
            self._moving_since_s = truth.now_s
        self._watch_hands()
        if moving:
            self._watch_stop()
            self._watch_excess()
            self._watch_uncommanded()

    def _stops(self, octets: bytes, now_s: float) -> None:
        if octets != b"\x08\x01":
            self.says("a Stop that is no Stop")
        if self._stop_at_s is None and self.truth.belt_mps > 0:
            self._stop_at_s = now_s
        self.stops.append(now_s)
        self._last_stop_s = now_s
        self.granted = self.armed = False
        self.wire_mps, self._lowest = 0.0, math.inf

    def _moves(self, well_formed: bool) -> None:
        if not well_formed:
            self.says("a malformed request")
        if not self.granted:
            self.says("motion was asked for without arm and start after the last stop")
        if self.must_reset:
            self.says("motion was asked for without a reset")

    def _sets(self, units: int, now_s: float) -> None:
        grid, ramp_mps2 = self.grid, self.ramp_mps2
        speed_mps = grid.mps(units)
        if speed_mps > self.cap_mps:
            self.says(f"a set-point of {speed_mps} m/s is above the cap")
        if units < grid.minimum or (units - grid.minimum) % grid.increment:
            self.says(f"a set-point of {units} is off the grid")
        stood_mps = self.wire_mps or grid.mps(grid.minimum)
        self._lowest = min(self._lowest, stood_mps - ramp_mps2 * now_s)
        lead_mps = max(grid.mps(grid.increment), ramp_mps2 * LEAD_S) + ramp_mps2 * LATE_TURN_S
        limit_mps = self._lowest + ramp_mps2 * now_s + lead_mps + ROUNDING
        if speed_mps > limit_mps:
            self.says(f"rose to {speed_mps} m/s where {limit_mps} was allowed")
        self.wire_mps = speed_mps
        self.peak_wire_mps = max(self.peak_wire_mps, speed_mps)

    def _lifts(self, tenths: int, now_s: float) -> None:
        if not 0 <= tenths <= STEEPEST:
            self.says(f"an incline of {tenths / 10} %")
        if abs(tenths - self.wire_incline) > LIFT or now_s - self._lifted_at_s < LIFT_S:
            self.says(f"an incline of {tenths / 10} % after one of {self.wire_incline / 10} %")
        self.wire_incline, self._lifted_at_s = tenths, now_s
        self.peak_incline = max(self.peak_incline, tenths)

    def _watch_hands(self) -> None:
        truth = self.truth
        if truth.hands_on or not self.wire_mps:
            self._off_since_s, self._off_lowest_mps = None, math.inf
            return
        if self._off_since_s is None:
            self._off_since_s = truth.now_s
        self._off_lowest_mps = min(self._off_lowest_mps, self.wire_mps)
        grace_s = next(s for fastest_mps, s in GRACE_S if self._off_lowest_mps <= fastest_mps)
        allowed_s = max(grace_s, self.grip_slow_s) + DECISION_S + SLACK_S
        began_s = max(self._off_since_s, truth.takes_since_s)
        if truth.now_s - began_s > allowed_s and not self.grip_blind:
            self.says(f"no Stop {truth.now_s - began_s:.3f} s after both hands let go")
            self._off_since_s = math.inf

    def _watch_stop(self) -> None:
        """Repeated until the belt rests; and if it does not, said aloud."""
        truth, stop_at_s = self.truth, self._stop_at_s
        if self.belt_blind:
            return
        if stop_at_s is not None:
            quiet_s = truth.now_s - max(self._last_stop_s, truth.takes_since_s)
            if quiet_s > RESTATE_S + SLACK_S:
                self.says(f"a belt that moves was not told to stop for {quiet_s:.3f} s")
                self._stop_at_s = None
        began_s = self._stopping_since_s
        if began_s is None or self.pull_key:
            return
        moving_since_s = self._moving_since_s or began_s
        if truth.now_s - max(began_s, moving_since_s, self.stalled_until_s) > LOUD_S:
            self.says("the belt does not stop and nobody was told to pull the key")
            self._stopping_since_s = None

    def _watch_excess(self) -> None:
        truth = self.truth
        if truth.belt_mps <= self.cap_mps + EXCESS_MPS or self.belt_blind:
            self._excess_since_s = None
            return
        if self._excess_since_s is None:
            self._excess_since_s = truth.now_s
        limit_s = EXCESS_S if truth.now_s - truth.reported_at_s < FRESH_S else BLIND_S
        if self.phase == "walking" and truth.now_s - self._excess_since_s > limit_s:
            self.says(f"the belt ran at {truth.belt_mps:.2f} m/s and was not stopped")
            self._excess_since_s = math.inf

    def _watch_uncommanded(self) -> None:
        truth, began_s = self.truth, self._moving_since_s
        resting = self.phase in ("idle", "armed", "latched", "belt_off")
        if not resting or began_s is None or truth.belt_mps < CREEPS_MPS or self.belt_blind:
            return
        heard = truth.reported_at_s > began_s + 2 * SLACK_S
        if heard and truth.now_s - began_s > FRESH_S:
            self.says(f"the belt moves while control says {self.phase}")
            self._moving_since_s = math.inf
