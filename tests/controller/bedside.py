"""A healthy room, a hand-moved clock, and a belt that does as it is told."""

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from controller.programs.program import FREE_WALK, Kind, Program, ProgramPhase
from controller.safety.belt_watch import BeltWatch
from controller.safety.evidence import Evidence, Hands
from controller.safety.limits import Limits
from controller.safety.mark import Mark
from controller.safety.monitors import PERIOD_S, Monitors
from controller.safety.told import Told
from controller.safety.view import Phase, View
from controller.session.commands import Answer, Role, Verb
from controller.step import Command, Decision, State, step
from protocols.belt import BeltOrder, BeltReport, Control, Level, SpeedGrid
from protocols.grip import GripFrame, GripReport

GRID = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=360.0)
"""0.5–6.0 km/h in steps of 0.1: a walking pad."""
LIMITS = Limits()
QUICK = Program("quick", "Quick", (ProgramPhase(60.0, 2.0),))
"""A program that is bounded by the cap alone."""
RESISTED = Program("resisted", "Resisted", (ProgramPhase(60.0, 0.0),), Kind.BELT_OFF)
"""The patient moves the belt."""
NOW_S = 1000.0
STOP_MPS2 = 0.5
TIMES = {"received_at_s", "advanced_at_s", "latency_s"}

Changes = Mapping[str, Any]
NONE: Changes = {}


def healthy(now_s: float = NOW_S, *, left: bool = True, right: bool = True) -> Evidence:
    """Everybody was heard at `now_s`, the belt has long been at rest, the hands hold."""
    frame = GripFrame(sequence=7, left_held=left, right_held=right, tether=True, battery_pct=90)
    belt = BeltReport(
        linked=True,
        control=Control.GRANTED,
        speed_mps=0.0,
        reported_at_s=now_s,
        distance_m=0.0,
        inclination_pct=0.0,
        rest_since_s=now_s - 60.0,
        grid=GRID,
    )
    grip = GripReport(frame, now_s, now_s)
    return Evidence(
        belt,
        grip,
        now_s,
        now_s,
        journal_ok=True,
        awake_since_s=0.0,
        kept=Mark(moving=True),
        commissioned=True,
        relay_ok=True,
    )


def changed(
    evidence: Evidence, belt: Changes = NONE, frame: Changes = NONE, other: Changes = NONE
) -> Evidence:
    """The same evidence but for some fields of the belt's report, of the grip frame, or others.

    `other` names fields of the evidence itself, or of the grip report beside its frame.
    """
    rest = dict(other)
    if belt:
        rest["belt"] = replace(evidence.belt, **belt)
    times = {key: rest.pop(key) for key in TIMES & rest.keys()}
    if frame or times:
        rest["grip"] = evidence.grip._replace(frame=evidence.grip.frame._replace(**frame), **times)
    return replace(evidence, **rest) if rest else evidence


def look(
    phase: Phase = Phase.WALKING,
    belt: Changes = NONE,
    frame: Changes = NONE,
    other: Changes = NONE,
    monitors: Changes = NONE,
    **view: Any,
) -> View:
    """A healthy view of a walk ten seconds old, changed as asked."""
    began_s = NOW_S - 10.0
    watched = Monitors(
        turn_at_s=NOW_S,
        hands=Hands(left=True, right=True),
        both_since_s=began_s,
        seen_released=True,
        proven=True,
        moved_at_s=began_s,
        belt=PROVEN,
    )
    found = View(
        changed(healthy(), belt, frame, other),
        replace(watched, **monitors),
        LIMITS,
        phase,
        now_s=NOW_S,
        since_s=began_s,
        armed_at_s=began_s,
        confirmed_at_s=began_s,
    )
    return replace(found, **view)


PROVEN = BeltWatch(matched_since_s=NOW_S - 10.0, probed=True)


class Story:
    """One session told turn by turn. `belt`, `frame` and `other` hold what is not healthy now."""

    def __init__(self, limits: Limits = LIMITS, state: State | None = None) -> None:
        self.limits = limits
        self.state = state or State()
        self.now_s = NOW_S
        self.left = self.right = False
        self.belt_mps = 0.0
        self.rest_since_s = NOW_S - 60.0
        self.belt: dict[str, Any] = {}
        self.frame: dict[str, Any] = {}
        self.other: dict[str, Any] = {}
        self.decision = Decision(BeltOrder())

    @property
    def evidence(self) -> Evidence:
        belt = {
            "speed_mps": self.belt_mps,
            "set_point_mps": self.belt_mps,
            "rest_since_s": None if self.belt_mps else self.rest_since_s,
            **self.belt,
        }
        room = healthy(self.now_s, left=self.left, right=self.right)
        return changed(room, belt, self.frame, self.other)

    @property
    def view(self) -> View:
        return self.state.view(self.evidence, self.limits, self.now_s)

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def cause(self) -> str | None:
        return self.state.latch.cause if self.state.latch else None

    @property
    def set_point_mps(self) -> float:
        return self.decision.order.speed_mps

    def turn(self, *commands: Command, after_s: float = PERIOD_S) -> Decision:
        """One turn, `after_s` after the last; then the belt follows at once."""
        self.now_s += after_s
        arguments = (self.state, self.evidence, commands, self.limits, self.now_s)
        self.state, self.decision = step(*arguments)
        self._move_belt(after_s)
        return self.decision

    def wait(self, seconds: float) -> Decision:
        for _ in range(round(seconds / PERIOD_S)):
            self.turn()
        return self.decision

    def ask(
        self,
        verb: Verb,
        role: Role = Role.SUPERVISOR,
        program: Program = FREE_WALK,
        **more: Any,
    ) -> Answer:
        """One turn with one command; its answer. A report tells of no pain unless it says more."""
        if verb is Verb.REPORT and not more:
            more = {"told": Told(pain_nprs=0)}
        command = Command("1", verb, role, program, orientation=self.state.orientation, **more)
        return self.turn(command).answers[0]

    def must(self, verb: Verb, program: Program = FREE_WALK, **more: Any) -> None:
        answer = self.ask(verb, program=program, **more)
        assert answer.accepted, answer.reason

    def hold(self, *, left: bool = True, right: bool = True) -> "Story":
        self.left, self.right = left, right
        return self

    def release(self) -> "Story":
        return self.hold(left=False, right=False)

    def armed(self, program: Program = FREE_WALK) -> "Story":
        """From idle, by the book: let go, hold, wait, arm."""
        self.release().wait(0.2)
        self.hold().wait(2.2)
        self.must(Verb.ARM, program)
        return self

    def walking(self, seconds: float = 10.0, program: Program = FREE_WALK) -> "Story":
        self.armed(program).must(Verb.START)
        self.wait(seconds)
        assert self.phase is Phase.WALKING, self.cause
        return self

    def without_motor(self) -> "Story":
        self.armed(RESISTED).must(Verb.START)
        return self

    def copy(self) -> "Story":
        """The same story so far; what happens to one does not happen to the other."""
        other = copy.copy(self)
        other.belt, other.frame, other.other = dict(self.belt), dict(self.frame), dict(self.other)
        return other

    def slowing(self) -> "Story":
        self.walking().other["console_seen_at_s"] = None
        self.turn()
        self.other.clear()
        return self

    def stopping(self) -> "Story":
        self.walking().must(Verb.STOP)
        return self

    def latched(self) -> "Story":
        self.stopping().wait(5.0)
        return self

    def _move_belt(self, seconds: float) -> None:
        before_mps, order = self.belt_mps, self.decision.order
        if order.level is Level.RUN:
            self.belt_mps = GRID.mps(GRID.floor(order.speed_mps))
        else:
            self.belt_mps = max(0.0, before_mps - STOP_MPS2 * seconds)
        if before_mps and not self.belt_mps:
            self.rest_since_s = self.now_s


def in_phase(phase: Phase) -> Story:
    """A story that has just come to a phase, everything being well."""
    return _in_phase(phase).copy()


@functools.cache
def _in_phase(phase: Phase) -> Story:
    return _WAYS[phase](Story())


_WAYS: dict[Phase, Callable[[Story], Story]] = {
    Phase.IDLE: lambda story: story.hold(),
    Phase.ARMED: Story.armed,
    Phase.WALKING: Story.walking,
    Phase.SLOWING: Story.slowing,
    Phase.STOPPING: Story.stopping,
    Phase.LATCHED: Story.latched,
    Phase.BELT_OFF: Story.without_motor,
}
