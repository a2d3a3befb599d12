"""What a turn starts from and what it decides, as values."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from controller.programs.program import FREE_WALK, Kind, Program
from controller.ramp import Ramp
from controller.safety.evidence import Evidence
from controller.safety.gate import Envelope
from controller.safety.latch import Latch
from controller.safety.limits import Limits, narrowed
from controller.safety.monitors import Monitors
from controller.safety.told import Care, Told
from controller.safety.view import QUIET, Phase, View
from controller.session.commands import Answer, Orientation, Role, Verb
from controller.session.machine import Move, after, allows
from protocols.belt import BeltOrder
from protocols.value import replace, value

BELT_OFF, MOTOR_OFF, REVERSE = Phase.BELT_OFF, Kind.BELT_OFF, Orientation.REVERSE_BELT


@dataclass(frozen=True, slots=True)
class Command:
    """Something that was asked for.

    `program`, `baseline_mps` and `orientation` count only with ARM, which confirms how the patient
    walks, as do `pain_before` and `heart_rate_limit_bpm`, the clinician's. `baseline_mps` is the
    patient's measured walking speed, for programs that go by it. `speed_mps` is where SLOWER or
    FASTER shall lead; without it they lead one step on. `told` is what REPORT reports. `cause`
    is the row that STOP trips: nobody names another than the service itself.
    """

    id: str
    verb: Verb
    role: Role = Role.ANYONE
    program: Program = FREE_WALK
    speed_mps: float | None = None
    orientation: Orientation | None = None
    baseline_mps: float | None = None
    told: Told | None = None
    pain_before: int | None = None
    heart_rate_limit_bpm: int | None = None
    cause: str = "stop_pressed"


@value
class State:
    """All that a turn remembers. A default state is idle and has never turned.

    - `since_s`: when the phase began; `armed_at_s`, `confirmed_at_s`: as in `View`.
    - `ceiling_mps`: the highest speed that the supervisor wants now.
    - `slow_to_mps`: the speed to keep under while only one hand holds, None otherwise.
    - `rises`: presses of Faster in the last minute, as (when, by how much).
    - `stop_speed_mps`: how fast the belt was asked to run when STOPPING began.
    - `ended`: how the last session ended, one sentence.
    - `orientation`: how people walk at this site.
    - `yielded_at_s`: when the machine last announced a lower speed that became the ceiling.
    - `rest_until_s`: until when a rest that the program plans lasts at least; None for no rest.
    - `before_s`, `rested_s`: walked before the last rest, and the program's time that rests took.
    - `began_s`: first motion of a session that has rested.
    - `care`: what the patient has told in this session.
    - `incline_pct`, `inclined_at_s`: the incline last asked of this walk's deck, None while none
      was, and when.
    """

    phase: Phase = Phase.IDLE
    since_s: float = -math.inf
    monitors: Monitors = Monitors()
    envelope: Envelope = Envelope()
    ramp: Ramp = Ramp()
    latch: Latch | None = None
    program: Program = FREE_WALK
    ceiling_mps: float = 0.0
    slow_to_mps: float | None = None
    rises: tuple[tuple[float, float], ...] = ()
    armed_at_s: float = math.inf
    confirmed_at_s: float = -math.inf
    stop_speed_mps: float = 0.0
    ended: str = ""
    yielded_at_s: float = -math.inf
    orientation: Orientation = Orientation.TURNED
    rest_until_s: float | None = None
    before_s: float = 0.0
    rested_s: float = 0.0
    began_s: float = math.inf
    care: Care = Care()
    incline_pct: float | None = None
    inclined_at_s: float = -math.inf

    def bounded(self, limits: Limits) -> Limits:
        """The limits in force: while a program is under way, its own narrow them."""
        if self.phase in QUIET:
            return limits
        return narrowed(limits, self.program.limits)

    def view(self, evidence: Evidence, limits: Limits, now_s: float) -> View:
        """What the conditions look at."""
        return View(
            evidence,
            self.monitors,
            limits,
            self.phase,
            now_s,
            self.since_s,
            self.armed_at_s,
            self.confirmed_at_s,
            reverse=self.reverse,
            care=self.care,
        )

    @property
    def reverse(self) -> bool:
        """The belt is to run in reverse."""
        return self.orientation is REVERSE

    @property
    def belt_off(self) -> bool:
        """The motor stays off in this walk."""
        return self.program.kind is MOTOR_OFF

    @property
    def resting(self) -> bool:
        """Under way to a rest that the program plans, or at it."""
        return self.rest_until_s is not None and self.latch is None and not self.ended

    def rest_left_s(self, now_s: float) -> float:
        """Seconds until the rest may end; 0 for no rest."""
        return 0.0 if self.rest_until_s is None else max(0.0, self.rest_until_s - now_s)

    @property
    def walks_since_s(self) -> float | None:
        """Since when the belt has moved in this walk; of a belt without power, since its start."""
        return self.since_s if self.phase is BELT_OFF else self.monitors.moved_at_s

    def walked_s(self, now_s: float) -> float:
        """Seconds walked in this session; each walk counts from the belt's first motion on."""
        since_s = self.walks_since_s
        if self.rest_until_s is not None or since_s is None:
            return self.before_s
        return self.before_s + now_s - since_s

    def done_s(self, now_s: float) -> float:
        """Seconds of the program that are done. It stands while a rest takes longer than planned,
        and until the belt moves again."""
        return self.walked_s(now_s) + self.rested_s - self.rest_left_s(now_s)

    def session_s(self, now_s: float) -> float:
        """Seconds since the first motion of this session, rests and all."""
        since_s = self.walks_since_s
        began_s = self.began_s if since_s is None or self.began_s < since_s else since_s
        return now_s - began_s if now_s > began_s else 0.0


class Decision(NamedTuple):
    """What one turn decides.

    `order` goes to the belt; `answers` to those who asked; `warnings` are sentences for the
    supervisor; `breach` is what the gate refused, if it did; by `wake_at_s` the next turn is due
    even without news. `escalate`: a stop was not seen to work in time, so that whoever else can
    stop the belt shall do it, and people pull the safety key.
    """

    order: BeltOrder
    answers: tuple[Answer, ...] = ()
    warnings: tuple[str, ...] = ()
    breach: str = ""
    wake_at_s: float = math.inf
    escalate: bool = False


def moved(state: State, move: Move, now_s: float) -> State:
    """The state after a move that the table has; unchanged by one that it does not have."""
    if not allows(state.phase, move):
        return state
    phase = after(state.phase, move)
    return state if phase is state.phase else replace(state, phase=phase, since_s=now_s)


def stopped(state: State, move: Move, now_s: float) -> State:
    """The machine's own Stop, from the speed that was last asked for."""
    speed_mps = max(state.ramp.speed_mps, state.stop_speed_mps)
    return replace(moved(state, move, now_s), stop_speed_mps=speed_mps, ramp=Ramp())


def tripped(state: State, cause: str, now_s: float) -> State:
    """A protective stop: to STOPPING at once, latched. The first cause is the one that is kept,
    unless a new one arises at rest or while ramping down."""
    keeps = state.phase is Phase.STOPPING and state.latch is not None
    latch = state.latch if keeps else Latch(cause, now_s)
    return replace(stopped(state, Move.TRIP, now_s), latch=latch)


def wound_down(state: State, cause: str, ended: str, now_s: float) -> State:
    """A controlled stop: ramp down, then the machine's Stop. A `cause` latches, an end does not."""
    latch = state.latch
    if cause and latch is None:
        latch = Latch(cause, now_s)
    state = moved(state, Move.WIND_DOWN, now_s)
    return replace(state, latch=latch, ended=ended or state.ended)


def rested(state: State, left_s: float, now_s: float) -> State:
    """A rest that the program plans: a controlled stop that keeps the program's place.

    The rest's time, `left_s`, begins now: slowing down is part of it.
    """
    since_s = state.walks_since_s
    before_s, rested_s = state.walked_s(now_s), state.rested_s + left_s
    began_s = state.began_s if since_s is None else min(state.began_s, since_s)
    state = wound_down(state, "", "", now_s)
    return replace(
        state,
        rest_until_s=now_s + left_s,
        before_s=before_s,
        rested_s=rested_s,
        began_s=began_s,
    )


def unproven(state: State) -> State:
    """Each session begins with sensors that prove themselves anew: let go, then held (F22)."""
    monitors = replace(state.monitors, seen_released=False, proven=False)
    return replace(state, monitors=monitors)


def crashed(now_s: float, cause: str = "restarted") -> State:
    """Where control begins after a death: the belt may move, so it is stopped and latched.

    At which speed is not known, so it has as long to come to rest as from any.
    """
    latch = Latch(cause, now_s)
    return State(phase=Phase.STOPPING, since_s=now_s, latch=latch, stop_speed_mps=math.inf)
