"""What is seen of one walk from outside, in truth: the figures of its outcome, and its story."""

from collections.abc import Callable
from typing import NamedTuple

from campaigns.bedside import Bedside
from campaigns.outcome import Kind, Outcome
from controller.safety.view import Phase
from controller.step import Decision, State
from protocols.ftms.procedures import OpCode
from simulators.scene import Scene

Tell = Callable[[float, str], None]
AT_ONCE = frozenset({"fall", "stop"})
"""Ends that the controller is told of in the moment in which they are brought about."""


class Stop(NamedTuple):
    """The first Stop of a walk, as it was handed to the link: when, and what the belt did then."""

    at_s: float
    distance_m: float
    speed_mps: float


class Tally:
    """Call `saw` after each slice of time, and the rest as it happens."""

    def __init__(self, bedside: Bedside, scene: Scene, tell: Tell) -> None:
        self._bedside = bedside
        self._scene = scene
        self.told = tell
        self.refusal = ""
        self._now_s = 0.0
        self._began_s: float | None = None
        self._over_s: float | None = None
        self._ended_s: float | None = None
        self._off_s: float | None = None
        self._off_mps = 0.0
        self._released_s: float | None = None
        self._stop: Stop | None = None
        self._rest_s: float | None = None
        self._rest_m = 0.0
        self._peak_mps = 0.0
        self._escalated = False

    def saw(self, now_s: float) -> None:
        """The scene has moved on."""
        scene, self._now_s = self._scene, now_s
        belt = scene.treadmill.belt
        self._peak_mps = max(self._peak_mps, belt.speed_mps)
        off = scene.carry_m is not None
        if off is (self._off_s is None):
            self._hands_moved(off, now_s)
        if self._stop is not None and belt.speed_mps == 0.0 and self._rest_s is None:
            self._rest_s, self._rest_m = now_s, belt.distance_m
            self.told(now_s, "The belt rests.")

    def _hands_moved(self, off: bool, now_s: float) -> None:
        self._off_s = now_s if off else None
        self._off_mps = self._scene.belt.speed_mps
        self.told(now_s, "The last hand has left the rails." if off else "A hand holds again.")

    def wrote(self, octets: bytes) -> None:
        """A write was handed to the link."""
        if octets[0] == OpCode.STOP_OR_PAUSE and self._stop is None:
            belt = self._scene.belt
            self._stop = Stop(self._now_s, belt.distance_m, belt.speed_mps)
            self._released_s = self._off_s
            self.told(self._now_s, f"Stop is written; the belt runs at {belt.speed_mps:.3f} m/s.")

    def ended(self, now_s: float) -> None:
        """What was planned to end the walk happens now."""
        self._ended_s = now_s
        self.told(now_s, f"As planned: {self._bedside.end}.")

    def phase(self, state: State, now_s: float) -> None:
        """A phase has begun."""
        if state.phase is Phase.WALKING:
            self._began_s, self._stop, self._rest_s = now_s, None, None
        elif self._began_s is not None and self._over_s is None:
            self._over_s = now_s
        latch = state.latch
        why = f": {latch.cause}. {latch.row.sentence}" if latch else f". {state.ended}"
        self.told(now_s, f"{state.phase.value}{why}".strip())

    def decided(self, decision: Decision, now_s: float) -> None:
        for answer in decision.answers:
            if answer.reason:
                self.told(now_s, f"Refused to {answer.verb.value}: {answer.reason}")
        if decision.escalate and not self._escalated:
            self._escalated = True
            self.told(now_s, "The stop could not be verified in time: pull the safety key.")

    def outcome(self, state: State, now_s: float) -> Outcome:
        cause = state.latch.cause if state.latch else ""
        kind = self._kind(cause)
        refused = kind is Kind.REFUSED
        return Outcome(
            number=self._bedside.number,
            kind=kind.value,
            end=self._bedside.end,
            fault=self._bedside.fault,
            cause=cause or (self.refusal if refused else ""),
            walked_s=0.0 if self._began_s is None else (self._over_s or now_s) - self._began_s,
            speed_mps=self._speed_mps(),
            peak_mps=self._peak_mps,
            latency_s=self._latency_s(cause),
            stop_m=self._way_m(),
            stop_s=self._stop_s(),
            carry_m=self._scene.carry_m if self._began_s is not None else None,
            rested=self._scene.belt.speed_mps == 0.0,
            verified=state.phase in (Phase.IDLE, Phase.LATCHED),
            escalated=self._escalated,
            lasted_s=now_s,
        )

    def _kind(self, cause: str) -> Kind:
        if self._began_s is None:
            return Kind.REFUSED
        if self._ended_s is not None or not cause:
            return Kind.PLANNED
        return Kind.NUISANCE if self._bedside.fault == "none" else Kind.FAULT

    def _speed_mps(self) -> float:
        if self._off_s is not None:
            return self._off_mps
        return self._stop.speed_mps if self._stop else self._scene.belt.speed_mps

    def _latency_s(self, cause: str) -> float | None:
        """Only where something in the walk asks for a stop at once."""
        if self._stop is None:
            return None
        began_s = self._released_s if cause == "grip_released" else None
        if self._ended_s is not None and self._bedside.end in AT_ONCE:
            began_s = self._ended_s
        return None if began_s is None else self._stop.at_s - began_s

    def _stop_s(self) -> float | None:
        if self._stop is None or self._rest_s is None:
            return None
        return self._rest_s - self._stop.at_s

    def _way_m(self) -> float | None:
        if self._stop is None or self._rest_s is None:
            return None
        return self._rest_m - self._stop.distance_m
