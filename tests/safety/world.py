"""A world of one patient, one machine and its radio, in which anything may go wrong.

The real `step` decides and the real `ControlPoint` writes what the oracle judges; everything around
them is as a test says.
"""

import math
from collections import Counter
from dataclasses import replace

from controller.programs.program import FREE_WALK, Program, ProgramPhase
from controller.safety.evidence import Evidence
from controller.safety.limits import HARD, Limits
from controller.safety.mark import Mark
from controller.safety.told import Told
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command, State, step
from protocols.belt import REST_GAP_S, BeltOrder, BeltReport, Level, SpeedGrid
from protocols.ftms import procedures
from protocols.ftms.control_point import ControlPoint
from protocols.grip import GripFrame, GripReport, fold
from tests.safety.oracle import SET_SPEED, START, STOP, Bounds, Oracle

TURN_S = 0.05
WALKS = (
    FREE_WALK,
    Program("quick", "Quick", (ProgramPhase(600.0, 2.0),)),
    Program("short", "Short", (ProgramPhase(20.0, 0.15), ProgramPhase(9.0, 0.9))),
    Program("crawl", "Crawl", (ProgramPhase(5.0, 0.01),)),
)
ROOMS = (
    (Limits(), SpeedGrid(50, 600, 10, 360.0)),
    (HARD, SpeedGrid(50, 600, 10, 360.0)),
    (Limits(), SpeedGrid(10, 2000, 1, 360.0)),
    (
        replace(Limits(), cap_mps=0.25, grip_stale_s=0.1, grace_factor=0.5),
        SpeedGrid(80, 320, 80, 360.0),
    ),
)
"""Limits and grids: the defaults, the widest, a fine grid, a tight site with a coarse machine."""


class World:
    """`seen` counts what came about, so that a test can tell that it was not idle."""

    def __init__(self, room: int = 0) -> None:
        self.limits, self.grid = ROOMS[room % len(ROOMS)]
        grid = self.grid
        self.oracle = Oracle(
            Bounds(
                self.limits.cap_mps, self.limits.ramp_up_mps2, self.limits.grip_stale_s,
                self.limits.grace_factor, grid.minimum, grid.increment, grid.units_per_mps,
            )
        )  # fmt: skip
        self.now_s = 1000.0
        self.state = State()
        self.order = BeltOrder()
        self.point = ControlPoint(grid)
        self.report = BeltReport(linked=True, grid=grid)
        self.grip = GripReport()
        self.seen: Counter[str] = Counter()
        self.commands: list[Command] = []
        self.answers: list[tuple[float, bytes]] = []
        self.belt_mps = 0.0
        self.asked_mps = 0.0
        self.runs_at_s = 0.0
        self.well()

    def well(self) -> None:
        """Everything works and everybody is there; the hands hold."""
        self.left = self.right = self.tether = True
        self.fall = self.grip_frozen = self.belt_mute = False
        self.guard = self.console = self.journal = True
        self.answering = "granted"
        self.belt_mode = "obeys"
        self.countdown_s = 0.0
        if not self.report.linked:
            self.point = ControlPoint(self.grid)
            self.report = BeltReport(linked=True, grid=self.grid)
            self.oracle.reconnected()

    def turn(self, after_s: float = TURN_S) -> None:
        """Time passes, everybody reports, `step` decides, the writer writes."""
        self.now_s += after_s
        self._move_belt(after_s)
        self._hear_answers()
        self._hear_grip()
        if not self.belt_mute and self.report.linked:
            self.report = self.report.heard(self._reported_mps(), None, self.now_s)
        evidence = self._evidence()
        commands, self.commands = tuple(self.commands), []
        self.state, decision = step(self.state, evidence, commands, self.limits, self.now_s)
        self.order = decision.order
        for answer in decision.answers:
            self.oracle.told(answer.verb.value, answer.accepted)
        if self.oracle.armed and self._stop_cause():
            self.oracle.stop_cause()
        self.oracle.turned(self.order.level.value, self.order.speed_mps, self.now_s)
        self._count(decision.breach)
        self.poll(0.0)
        told_of_rest = self.report.speed_mps == 0 and self.report.age_s(self.now_s) <= REST_GAP_S
        if self.order.level is Level.STOP and self.report.linked and not told_of_rest:
            self.oracle.stop_is_told(self.now_s)

    def poll(self, after_s: float) -> None:
        """The writer looks for what is due, without a new decision."""
        self.now_s += after_s
        if not self.report.linked or self.order.level is Level.WATCH:
            return
        octets = self.point.next_write(self.order, self.report, self.now_s)
        if octets is not None:
            self.oracle.wrote(octets, self.report.speed_mps, self.now_s)
            self._obey(octets)

    def turns(self, count: int, after_s: float = TURN_S) -> None:
        for _ in range(count):
            self.turn(after_s)

    def ask(
        self,
        *verbs: Verb,
        role: Role = Role.SUPERVISOR,
        walk: int = 0,
        speed_mps: float | None = None,
        told: Told | None = None,
    ) -> None:
        self.commands += [
            Command("", verb, role, WALKS[walk], speed_mps, Orientation.TURNED, told=told)
            for verb in verbs
        ]

    def helped(self, walk: int, answering: str = "granted", countdown_s: float = 0.0) -> None:
        """A patient and a supervisor who do all that is asked of them, from wherever they are."""
        self.well()
        self.answering, self.countdown_s = answering, countdown_s
        self.left = self.right = False
        self.turns(4)
        self.left = self.right = True
        self.turns(120, 0.05)
        self.ask(Verb.RESET)
        self.left = self.right = False
        self.turns(3)
        self.left = self.right = True
        self.turns(45)
        self.ask(Verb.ARM, walk=walk)
        self.turns(2)
        self.ask(Verb.START)
        self.turns(160)

    def unplug(self) -> None:
        """The link is lost; whoever connects again begins with a new control point."""
        self.point = ControlPoint(self.grid)
        self.report = BeltReport()
        self.answers.clear()

    def event(self, field: str) -> None:
        self.report = replace(self.report, **{field: self.now_s})

    def _evidence(self) -> Evidence:
        if self.report.linked:
            self.report = replace(
                self.report, control=self.point.control, set_point_mps=self.point.set_point_mps
            )
        return Evidence(
            belt=self.report,
            grip=self.grip,
            guard_seen_at_s=self.now_s if self.guard else None,
            console_seen_at_s=self.now_s if self.console else None,
            journal_ok=self.journal,
            awake_since_s=0.0,
            kept=Mark(moving=True),
            commissioned=True,
            relay_ok=True,
        )

    def _hear_grip(self) -> None:
        sequence = self.grip.frame.sequence
        if not self.grip_frozen:
            sequence += 1
            if self.left or self.right:
                self.oracle.sees_hands(self.now_s)
        frame = GripFrame(sequence, self.left, self.right, tether=self.tether, fall=self.fall)
        self.grip = fold(self.grip, frame, self.now_s)

    def _hear_answers(self) -> None:
        due = [octets for at_s, octets in self.answers if at_s <= self.now_s]
        self.answers = [answer for answer in self.answers if answer[0] > self.now_s]
        for octets in due:
            self.point.hear_answer(octets, self.now_s)

    def _stop_cause(self) -> bool:
        """Something this world knows of that must stop an armed session, this very turn."""
        events = (self.report.safety_key_at_s, self.report.foreign_at_s)
        return self.fall or not self.tether or not self.report.linked or self.now_s in events

    def _obey(self, octets: bytes) -> None:
        """The machine does what was written, and answers as it is minded."""
        op = octets[0]
        if self.answering == "broken":
            self.point.write_failed(op)
            return
        codes = {"granted": 0x01, "failing": 0x04, "forbidding": 0x05, "nonsense": 0x77}
        if self.answering in codes:
            answer = procedures.response(op, codes[self.answering])
            self.answers.append((self.now_s + 0.04, answer))
        elif self.answering == "late":
            self.answers.append((self.now_s + 1.7, procedures.response(op, 0x01)))
        elif self.answering == "foreign":
            self.answers.append((self.now_s, procedures.response(op ^ 0x0A, 0x01)))
        if op == STOP:
            self.asked_mps = 0.0
        elif op == START:
            self.asked_mps = self.grid.mps(self.grid.minimum)
            self.runs_at_s = self.now_s + self.countdown_s
            self.seen["started"] += 1
        elif op == SET_SPEED:
            self.asked_mps = int.from_bytes(octets[1:], "little") / 360.0
            self.seen["set"] += 1

    def _move_belt(self, seconds: float) -> None:
        speeds = {"stuck": self.belt_mps, "dead": 0.0, "runaway": 3.0, "restless": 0.2}
        if self.belt_mode in speeds:
            self.belt_mps = speeds[self.belt_mode]
            return
        asked_mps = self.asked_mps * (1.609 if self.belt_mode == "miles" else 1.0)
        if self.now_s < self.runs_at_s:
            asked_mps = 0.0
        most_mps = 0.4 * seconds
        self.belt_mps += min(max(asked_mps - self.belt_mps, -most_mps), most_mps)

    def _reported_mps(self) -> float:
        lies = {"mad": math.nan, "endless": math.inf, "backward": -0.3}
        return lies.get(self.belt_mode, round(self.belt_mps, 4))

    def _count(self, breach: str) -> None:
        self.seen["turns"] += 1
        self.seen[self.state.phase.value] += 1
        self.seen["gate"] += bool(breach)
        if self.state.phase is Phase.WALKING:
            self.seen["moving"] += self.oracle.wire_mps > 0
            self.seen["at the cap"] += self.order.speed_mps == self.limits.cap_mps
        if self.state.latch:
            self.seen["latched by " + self.state.latch.cause] += 1
