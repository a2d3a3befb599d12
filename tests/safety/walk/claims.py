"""What must hold of every turn, judged by the letter and the order alone.

Nothing here asks the rooms what they think: the figures are its own, and so is its memory.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from controller.programs.program import Kind
from controller.session.commands import Role, Verb
from controller.step.state import Command, Decision
from protocols.belt import Level
from tests.safety.walk.letters import Asked, Letter, Room

GLOBAL_CAP_MPS = 0.89408
GLOBAL_RAMP_MPS2 = 0.10
LONGEST_TURN_S = 0.1
"""At most so much ramp in one turn."""
LATE_S, LOST_S = 0.15, 0.3
"""A turn after more than this may not rise; after more than that it stops."""
SURELY_MOVING_MPS = 0.2
"""Above the lowest speed of every machine of the walk."""
SETTLED_S = 2.0
REST_GAP_S = 2.5
"""The longest silence across which rest is believed."""
GRACE_S = ((0.22352, 0.5), (0.44704, 0.3), (0.67056, 0.22), (math.inf, 0.17))
"""m/s, and how long both hands may be off up to that speed."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Ghost:
    """What a bystander remembers of orders and answers.

    `held_at_s`: when a hand was last told to hold; `cause`: of the stop, as the supervisor was
    told; `clear_since_s`: since when it has been absent; `refused`: whatever the last turn was
    asked for; `level`, `speed_mps`: its order; `belt_off`: the motor is to stay off in this walk;
    `hurts`: pain, effort or a symptom was told that forbids an increase.
    """

    armed: bool = False
    started: bool = False
    must_reset: bool = False
    speed_mps: float = 0.0
    level: Level = Level.WATCH
    held_at_s: float = -math.inf
    confirmed_at_s: float = -math.inf
    clear_since_s: float = math.inf
    cause: str = ""
    refused: bool = False
    belt_off: bool = False
    hurts: bool = False


def claim(kept: bool, sentence: str) -> None:
    """Raises: `AssertionError` with the sentence."""
    if not kept:
        raise AssertionError(sentence)


def judge(
    before: Ghost,
    told: Letter,
    asked: Asked,
    decision: Decision,
    cause: str,
    room: Room,
    elapsed_s: float,
    now_s: float,
) -> Ghost:
    """The bystander's memory after this turn. Raises: `AssertionError` for a broken claim."""
    order = decision.order
    refused_rightly = told.link == 5 or told.unproven or elapsed_s < 0
    claim(not decision.breach or refused_rightly, f"the gate refused: {decision.breach}")
    claim(order.decided_at_s == now_s, "an order of another moment (S25)")
    claim(len(decision.answers) == len(asked.commands), "a command without an answer")
    here = replace(
        before,
        clear_since_s=_clear_since_s(before, told, elapsed_s, now_s),
        held_at_s=now_s if told.holds_any else before.held_at_s,
        refused=True,
    )
    stopped = False
    for index, command in enumerate(asked.commands):
        accepted = not decision.answers[index].reason
        stopped = command.verb is Verb.STOP or (stopped and not accepted)
        here = _answered(here, before, told, command, accepted, room, now_s)
    if before.level is Level.STOP and _trips_to_rest(told, elapsed_s):
        here = replace(here, must_reset=here.must_reset or not before.must_reset)
    danger = _danger(told, before, elapsed_s)
    if danger:
        here = _stops(here, before, order.level, danger)
    claim(order.level is Level.STOP or not stopped, "no Stop after a Stop (S32)")
    return _ordered(here, before, told, order.level, order.speed_mps, cause, room, elapsed_s, now_s)


def _answered(
    here: Ghost,
    before: Ghost,
    told: Letter,
    command: Command,
    accepted: bool,
    room: Room,
    now_s: float,
) -> Ghost:
    """After one answer."""
    verb, local = command.verb, command.role is Role.SUPERVISOR
    if verb is Verb.STOP:
        claim(accepted, "a Stop was refused (S32)")
        here = replace(here, armed=False, started=False, must_reset=True)
    if not accepted:
        return here
    if local:
        here = replace(here, confirmed_at_s=now_s)
    let_in = verb is Verb.COMMISSION and command.role is Role.ENGINEER
    claim(local or let_in or verb in SLOWS, f"{verb.value} without a supervisor (S30)")
    if verb is Verb.RESET:
        claim(before.level is Level.STOP, "a reset of what was not stopped (S9)")
        claim(_rests(told, before, room), "a reset of a moving belt (S9)")
        claim(now_s - here.clear_since_s >= SETTLED_S, "a reset before the cause was gone (S9)")
        here = replace(here, must_reset=False)
    elif verb is Verb.ARM:
        claim(not here.must_reset, "armed without a reset (S9)")
        claim(told.holds_both, "armed with a hand off (S15)")
        claim(not told.unproven, "armed on a treadmill that nobody commissioned (S22)")
        belt_off = command.program.kind is Kind.BELT_OFF
        here = replace(here, armed=True, belt_off=belt_off, hurts=False)
    elif verb is Verb.START:
        claim(here.armed and not here.started, "started without arming (S9)")
        here = replace(here, started=True)
    elif verb is Verb.DISARM:
        claim(here.armed and not here.started, "disarmed what was not armed")
        here = replace(here, armed=False)
    elif verb is Verb.COMMISSION:
        claim(let_in, "a treadmill given up without an engineer")
        claim(not here.armed and not here.must_reset, "a treadmill given up amid something (S9)")
        claim(_rests(told, before, room), "a moving belt given up")
    elif verb is Verb.REPORT:
        here = replace(here, hurts=True)
    return replace(here, refused=False)


SLOWS = (Verb.STOP, Verb.SLOWER, Verb.PAUSE, Verb.REPORT)


def _rests(told: Letter, before: Ghost, room: Room) -> bool:
    """Rest of two seconds is vouched for by fresh telemetry."""
    age_s = room.age_s(told.age)
    rests = told.belt in (1, 6) or (told.belt == 0 and not before.speed_mps)
    return rests and age_s is not None and 0 <= age_s <= REST_GAP_S


def _danger(told: Letter, before: Ghost, elapsed_s: float) -> str:
    """Something that must stop an armed session this very turn; "" if there is nothing."""
    for sentence, there in DANGERS:
        if there(told, before, elapsed_s):
            return sentence
    return ""


def _trips_to_rest(told: Letter, elapsed_s: float) -> bool:
    """A fall, the cord or the key: a stop for nothing becomes one for that (S16)."""
    return told.fall or told.tether_off or (elapsed_s >= 0 and told.event == 1)


DANGERS: tuple[tuple[str, Callable[[Letter, Ghost, float], bool]], ...] = (
    ("a fall (S16)", lambda told, before, elapsed_s: told.fall),
    ("the pull-cord (S16)", lambda told, before, elapsed_s: told.tether_off),
    ("a silent grip unit (S13)", lambda told, before, elapsed_s: told.hands >= 5),
    ("a grip unit too far away (S13)", lambda told, before, elapsed_s: told.latency > 0),
    ("a lost link (S21)", lambda told, before, elapsed_s: told.link in (3, 4)),
    ("a belt not heard (S13)", lambda told, before, elapsed_s: told.age >= 3),
    (
        "an event of the machine (S20)",
        lambda told, before, elapsed_s: elapsed_s >= 0 and told.event in (1, 3, 7),
    ),
    (
        "an event of a moving machine (S20)",
        lambda told, before, elapsed_s: (
            elapsed_s >= 0 and before.started and not before.belt_off and told.event in (2, 4)
        ),
    ),
    ("an open relay (S26)", lambda told, before, elapsed_s: told.relay_open),
    (
        "a machine that does not answer, or runs the other way (S20)",
        lambda told, before, elapsed_s: (
            before.started and not before.belt_off and told.machine in (1, 4)
        ),
    ),
    (
        "a machine that repeats itself (S13)",
        lambda told, before, elapsed_s: (
            before.speed_mps >= SURELY_MOVING_MPS and told.belt == 0 and told.machine == 2
        ),
    ),
    ("a silent guard (S26)", lambda told, before, elapsed_s: told.guard_silent),
    (
        "a computer that slept (S23)",
        lambda told, before, elapsed_s: elapsed_s > 0 and told.asleep > 0 and before.armed,
    ),
    ("a lost turn (S24)", lambda told, before, elapsed_s: elapsed_s > LOST_S),
    (
        "motion that nobody asked for (S20)",
        lambda told, before, elapsed_s: (
            (before.belt_off or not before.started) and told.belt in (3, 4, 5) and told.age == 0
        ),
    ),
)


def _stops(here: Ghost, before: Ghost, level: Level, danger: str) -> Ghost:
    """In danger: stopped, and latched whatever was asked for in the same turn."""
    claim(level is not Level.RUN, f"runs in spite of {danger} (S6)")
    claim(level is not Level.READY, f"stays armed in spite of {danger} (S6)")
    if not (here.armed and before.armed):
        return here
    claim(level is Level.STOP, f"no Stop in spite of {danger} (S6)")
    return replace(here, must_reset=True)


def _ordered(
    here: Ghost,
    before: Ghost,
    told: Letter,
    level: Level,
    speed_mps: float,
    cause: str,
    room: Room,
    elapsed_s: float,
    now_s: float,
) -> Ghost:
    """After the order."""
    claim(level is Level.STOP or not here.must_reset, "not stopped, yet not reset (S9)")
    if level is Level.RUN:
        claim(here.armed and here.started, "runs without arming and starting (S9)")
        claim(not here.belt_off, "the motor runs in a walk without it")
        _moves(here, before, told, room, speed_mps, elapsed_s, now_s)
    else:
        claim(speed_mps == 0, "a speed without motion (S3)")
    claim(
        level is not Level.READY or (here.armed and (here.belt_off or not here.started)),
        "armed without being asked",
    )
    goes_on = level is Level.RUN or level is Level.READY
    return replace(
        here,
        armed=here.armed and goes_on,
        started=here.started and goes_on,
        speed_mps=speed_mps,
        level=level,
        clear_since_s=here.clear_since_s if cause == before.cause else math.inf,
        cause=cause,
    )


def _moves(
    here: Ghost,
    before: Ghost,
    told: Letter,
    room: Room,
    speed_mps: float,
    elapsed_s: float,
    now_s: float,
) -> None:
    """The claims about a belt that is asked to run."""
    limits = room.limits
    claim(math.isfinite(speed_mps) and speed_mps >= 0, "the speed is no magnitude (S3)")
    claim(speed_mps <= min(limits.cap_mps, GLOBAL_CAP_MPS), "faster than the cap (S1)")
    step_s = min(max(elapsed_s, 0.0), LONGEST_TURN_S)
    risen_mps = speed_mps - before.speed_mps
    steepest_mps2 = min(limits.ramp_up_mps2, GLOBAL_RAMP_MPS2)
    claim(risen_mps <= steepest_mps2 * step_s + ROUNDING, "steeper than the ramp (S2)")
    off_limit_s = max(limits.grip_stale_s, LOST_S) + _grace_s(before.speed_mps, room)
    claim(now_s - here.held_at_s <= off_limit_s, "runs with no hand (S15)")
    degraded = told.age > 0 or elapsed_s > LATE_S or not told.holds_both or told.link == 5
    claim(risen_mps <= 0 or not degraded, "faster while degraded (S5)")
    alone = told.console_silent or now_s - before.confirmed_at_s > limits.confirm_s
    alone = alone and here.confirmed_at_s != now_s
    claim(risen_mps <= 0 or not alone, "faster without a supervisor (S34)")
    claim(risen_mps <= 0 or not here.hurts, "faster in spite of what the patient told")
    claim(risen_mps <= 0 or not told.journal_fails, "faster, and not recorded (S35)")
    claim(risen_mps <= 0 or told.mark != 2, "faster, and not marked (S10)")


def _grace_s(speed_mps: float, room: Room) -> float:
    for up_to_mps, seconds in GRACE_S:
        if speed_mps <= up_to_mps + ROUNDING:
            return seconds * room.limits.grace_factor
    return 0.0


def _clear_since_s(before: Ghost, told: Letter, elapsed_s: float, now_s: float) -> float:
    """Since when what stopped the belt has been absent; infinite while it is not."""
    if not before.cause:
        return math.inf
    present = PRESENT.get(before.cause)
    if present is not None and present(told, elapsed_s):
        return math.inf
    return min(before.clear_since_s, now_s)


PRESENT: dict[str, Callable[[Letter, float], bool]] = {
    "grip_released": lambda told, elapsed_s: not told.holds_both,
    "grip_silent": lambda told, elapsed_s: not told.holds_both,
    "one_hand": lambda told, elapsed_s: not told.holds_both,
    "fall": lambda told, elapsed_s: told.fall,
    "tether": lambda told, elapsed_s: told.tether_off,
    "grip_late": lambda told, elapsed_s: told.latency > 0,
    "link_lost": lambda told, elapsed_s: told.link == 4,
    "safety_key": lambda told, elapsed_s: told.event in (1, 5),
    "console_stop": lambda told, elapsed_s: told.event == 2,
    "foreign_speed": lambda told, elapsed_s: told.event == 3,
    "write_failed": lambda told, elapsed_s: told.event == 4,
    "uncommanded_motion": lambda told, elapsed_s: told.belt in (3, 4, 5) and told.age == 0,
    "belt_garbled": lambda told, elapsed_s: told.event == 7,
    "unanswered": lambda told, elapsed_s: told.machine == 1,
    "direction": lambda told, elapsed_s: told.machine == 4,
    "guard_silent": lambda told, elapsed_s: told.guard_silent,
    "turn_lost": lambda told, elapsed_s: elapsed_s > LOST_S,
    "belt_lost": lambda told, elapsed_s: told.age >= 3,
    "belt_silent": lambda told, elapsed_s: told.age >= 2,
    "console_lost": lambda told, elapsed_s: told.console_silent,
    "not_recorded": lambda told, elapsed_s: told.journal_fails or told.mark == 2,
    "motor_on": lambda told, elapsed_s: told.belt in (3, 4, 5) and told.age == 0,
    "releases": lambda told, elapsed_s: not told.holds_both,
}
"""Causes that a letter can tell to be still there."""
