"""A loop in a healthy room: a belt, hands and a journal in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from controller.loop import Loop
from controller.safety.limits import tightest
from controller.safety.mark import Mark
from controller.safety.monitors import PERIOD_S
from controller.safety.view import Phase
from controller.session.commands import Answer, Orientation, Role, Verb
from controller.sightings import Sightings
from controller.step import Command
from controller.step.state import State
from protocols.belt import BeltOrder, BeltReport, Level
from protocols.grip import GripReport
from tests.controller.bedside import GRID, healthy, in_phase


class Belt:
    """A treadmill that does at once what it is told, and remembers it all."""

    def __init__(self, clock: Callable[[], float], moving: bool) -> None:
        self._clock = clock
        self._speed_mps = 0.2 if moving else 0.0
        self._rest_since_s = clock() - 60.0
        self.orders: list[BeltOrder] = []
        self.obeys = True

    @property
    def report(self) -> BeltReport:
        rest_since_s = None if self._speed_mps else self._rest_since_s
        return replace(
            healthy(self._clock()).belt,
            speed_mps=self._speed_mps,
            set_point_mps=self._speed_mps,
            rest_since_s=rest_since_s,
        )

    def command(self, order: BeltOrder) -> None:
        self.orders.append(order)
        speed_mps = GRID.mps(GRID.floor(order.speed_mps)) if order.level is Level.RUN else 0.0
        if self.obeys and speed_mps != self._speed_mps:
            self._speed_mps, self._rest_since_s = speed_mps, self._clock()


class Hands:
    """A grip unit in somebody's hands."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.hold = True

    @property
    def report(self) -> GripReport:
        return healthy(self._clock(), left=self.hold, right=self.hold).grip


class Ledger:
    """A journal in memory."""

    def __init__(self) -> None:
        self.ok = True
        self.waiting = 0
        self.lines: list[dict[str, Any]] = []

    def begin(self, session_id: str, now_s: float, **facts: object) -> None:
        self.add("begin", now_s, session=session_id, **facts)

    def add(self, kind: str, now_s: float, **facts: object) -> None:
        self.lines.append({"kind": kind, "t": now_s, **facts})

    def end(self, now_s: float, **facts: object) -> None:
        self.add("end", now_s, **facts)

    def kinds(self) -> list[str]:
        return [line["kind"] for line in self.lines]


class Room:
    """A loop with everything around it. Its clock is moved by hand unless another is given."""

    def __init__(
        self,
        phase: Phase = Phase.IDLE,
        clock: Callable[[], float] | None = None,
        state: State | None = None,
    ) -> None:
        story = in_phase(phase)
        self.now_s = story.now_s
        self.asleep_s = 0.0
        self.clock = clock or (lambda: self.now_s)
        self.belt = Belt(self.clock, moving=phase is Phase.WALKING)
        self.hands = Hands(self.clock)
        self.ledger = Ledger()
        self.told: list[dict[str, Any]] = []
        self.beats: list[tuple[bool, bool]] = []
        """Whether the belt may move, and whether its stop is overdue."""
        self.answers: list[Answer] = []
        limits, bound_by = tightest({})
        self.loop = Loop(
            self.belt,
            self.hands,
            self.ledger,
            limits,
            bound_by,
            clock=self.clock,
            news=asyncio.Event(),
            publish=self.told.append,
            beat=lambda *told: self.beats.append(told),
            state=state or story.state,
            seen=Sightings(asleep_s=0.0, awake_since_s=0.0),
            asleep_s=lambda: self.asleep_s,
            kept=lambda: Mark(moving=True),
            commissioned=lambda: True,
        )
        self.seen()

    @property
    def phase(self) -> Phase:
        return self.loop.state.phase

    @property
    def cause(self) -> str | None:
        return self.loop.state.latch.cause if self.loop.state.latch else None

    def seen(self) -> None:
        """Guard and console are heard."""
        self.loop.seen.pulse(True, self.clock())
        self.loop.seen.console_at_s = self.clock()

    def turn(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_s += PERIOD_S
            self.seen()
            self.loop.turn()

    def ask(self, verb: Verb, role: Role = Role.SUPERVISOR) -> None:
        self.loop.ask(
            Command(verb.value, verb, role, orientation=Orientation.TURNED), self.answers.append
        )
