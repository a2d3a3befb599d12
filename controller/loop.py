"""The loop: 20 turns a second, and one at once on news. It never awaits a device.

Each turn gathers evidence, lets `step` decide, hands the order to the treadmill's mailbox, answers
those who asked, and only then sends its heartbeat.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from controller.safety.evidence import Evidence
from controller.safety.heart import Beat
from controller.safety.limits import Limits, fingerprint
from controller.safety.mark import Mark
from controller.safety.monitors import PERIOD_S
from controller.safety.view import QUIET, Phase
from controller.safety.witness import Witnessed
from controller.session.commands import Answer, Verb, lets_in
from controller.sightings import Sightings
from controller.step import Command, Decision, State, step
from controller.step.state import tripped
from controller.tally import Tally
from controller.telemetry import snapshot
from controller.turned import Asked, Turned
from drivers.treadmill import Treadmill
from protocols.belt import BeltOrder, Level
from protocols.grip import GripReport

TELEMETRY_S = 0.1
NOTHING = Evidence()

_log = logging.getLogger(__name__)


class Grip(Protocol):
    """What the loop needs of a grip unit."""

    @property
    def report(self) -> GripReport: ...


class Journal(Protocol):
    """Where sessions are written down, beside the loop."""

    @property
    def ok(self) -> bool: ...

    @property
    def waiting(self) -> int: ...

    def begin(self, session_id: str, now_s: float, **facts: object) -> None: ...

    def add(self, kind: str, now_s: float, **facts: object) -> None: ...

    def end(self, now_s: float, **facts: object) -> None: ...


def following(due_s: float, now_s: float, period_s: float = PERIOD_S) -> float:
    """When the turn after the one at `now_s` is due without news.

    Turns that a timer called keep to their grid, so that what each is late adds up to nothing; one
    that news called, or that is late by a period, begins a new grid.
    """
    late_s = now_s - due_s
    return due_s + period_s if 0 <= late_s < period_s else now_s + period_s


@dataclass
class Loop:
    """Joins the pure turn to the world.

    Whoever sets `news` gets a turn at once, and who calls `at_once` gets it before that returns.
    `beat(moving, escalate)` ends each turn: whether the belt may move, and whether a stop was not
    seen to work in time; `publish` gets telemetry ten times a second and on each change of phase.
    """

    treadmill: Treadmill
    grip: Grip
    journal: Journal
    limits: Limits
    bound_by: dict[str, str]
    clock: Callable[[], float]
    news: asyncio.Event
    publish: Callable[[dict[str, Any]], None] = lambda _message: None
    beat: Callable[[bool, bool], None] = lambda _moving, _escalate: None
    state: State = field(default_factory=State)
    seen: Sightings = field(default_factory=Sightings)
    heart: Callable[[], Beat] = Beat
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    asleep_s: Callable[[], float] = lambda: 0.0
    """How long the computer has slept since it was switched on."""
    kept: Callable[[], Mark | None] = lambda: None
    """The mark that is on the disk for sure."""
    commissioned: Callable[[], bool] = lambda: False
    """Whether this very machine has passed."""
    witness: Callable[[], Witnessed] = Witnessed
    period_s: float = PERIOD_S
    leaving: str = ""
    """Why the loop is to end, as the row that stops what is under way; empty while it is not."""
    gives_way: bool = False
    """A commissioner was let in, in a turn that tripped nothing: the loop ends at rest."""
    session_id: str | None = None

    def __post_init__(self) -> None:
        self._asked: list[Asked] = []
        self._decision = Decision(BeltOrder())
        self._waits = False
        self._ahead: Turned | None = None
        self._published_at_s = float("-inf")
        self._records = False
        self._tally = Tally()

    def ask(self, command: Command, reply: Callable[[Answer], None]) -> None:
        """Put a command before the next turn, which comes at once."""
        self._asked.append((command, reply))
        self.news.set()

    def at_once(self) -> None:
        """A hand, the cord or a fall has changed: decide in the callback that read it, so that a
        Stop waits for nothing else that is ready. The rest of that turn comes as ever.

        In the middle of a turn, or before the first one, it is news like any other.
        """
        try:
            if self._waits:
                self._waits = False
                self._ahead = self._decide()
        finally:
            self.news.set()

    def leave(self, cause: str = "service_ended") -> None:
        """Stop the belt if it may move, and end the loop once rest is verified (S37)."""
        self.leaving = self.leaving or cause
        self.news.set()

    async def run(self) -> None:
        """Turn until told to leave, or to give way, and the belt is at rest."""
        due_s = self.clock() + self.period_s
        while not (self.gives_way or (self.leaving and self.state.phase in QUIET)):
            turned = await self._called(min(due_s, self._decision.wake_at_s))
            due_s = following(due_s, turned.now_s, self.period_s)
            await asyncio.sleep(0)  # the octets leave first; then this turn is told
            self._account(turned)
        if self._records:
            self.journal.end(self.clock(), leaving=True)

    async def _called(self, by_s: float) -> Turned:
        """The turn that news calls, or the time. After a sensor's, the news stands for others."""
        wait_s = max(by_s - self.clock(), 0.0)
        timer = asyncio.get_running_loop().call_later(wait_s, self.news.set)
        self._waits = True
        try:
            await self.news.wait()
        finally:
            self._waits = False
            timer.cancel()
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            self.news.clear()
        return ahead or self._decide()

    def turn(self) -> None:
        """One turn, whole."""
        self._account(self._decide())

    def _decide(self) -> Turned:
        """Evidence in, an order out. A mistake inside is a Stop, not an end."""
        now_s = self.clock()
        before, evidence, failed = self.state, NOTHING, False
        asked = self._take_commands()
        commands = tuple(command for command, _ in asked)
        try:
            self.seen.slept(self.asleep_s(), now_s)
            evidence = self._evidence()
            self.state, decision = step(before, evidence, commands, self.limits, now_s)
        except Exception:
            decision, failed = self._mistaken(now_s), True
        self.treadmill.command(decision.order)
        self._decision = decision
        return Turned(before, evidence, asked, decision, now_s, failed)

    def _mistaken(self, now_s: float) -> Decision:
        """The decision after an exception. After a second one, nothing here is to be relied on."""
        _log.exception("A turn failed; the belt is stopped.")
        again = self.state.latch is not None and self.state.latch.cause == "internal_error"
        self.state = tripped(self.state, "internal_error", now_s)
        return Decision(BeltOrder(Level.STOP, 0.0, now_s), escalate=again)

    def _account(self, turned: Turned) -> None:
        """Answer those who asked, write the turn down, tell the consoles, and beat.

        A mistake inside is a Stop too. No heartbeat follows: the turn was not completed.
        """
        try:
            self._spread(turned)
            self.beat(self.state.phase not in QUIET, self._decision.escalate)
            idle = self.state.phase is Phase.IDLE and not self.leaving
            self.gives_way = idle and lets_in(turned.decision.answers)
        except Exception:
            self._decision = self._mistaken(turned.now_s)
            self.treadmill.command(self._decision.order)

    def _spread(self, turned: Turned) -> None:
        for answer, (_, reply) in zip(turned.decision.answers, turned.asked, strict=False):
            reply(answer)
        self._record(turned)
        self._tally.turned(turned.before, self.state, self.limits, turned.decision, turned.failed)
        self._tell(turned.before, turned.evidence, turned.now_s)

    def _evidence(self) -> Evidence:
        return Evidence(
            belt=self.treadmill.report,
            grip=self.grip.report,
            guard_seen_at_s=self.seen.guard_at_s,
            relay_ok=self.seen.relay_ok,
            console_seen_at_s=self.seen.console_at_s,
            journal_ok=self.journal.ok,
            awake_since_s=self.seen.awake_since_s,
            kept=self.kept(),
            commissioned=self.commissioned(),
            **self.witness()._asdict(),
            **self.heart()._asdict(),
        )

    def _take_commands(self) -> list[Asked]:
        asked, self._asked = self._asked, []
        if self.leaving and self.state.phase not in QUIET | {Phase.STOPPING}:
            command = Command("leaving", Verb.STOP, cause=self.leaving)
            asked.append((command, lambda _answer: None))
        return asked

    def _record(self, turned: Turned) -> None:
        """A record begins with the turn that leaves rest, and ends with the one that comes back to
        it. While latched at rest only turns in which something is asked count; a record that
        broke off ends there, and a reset has one of its own."""
        before, decision, now_s = turned.before.phase, turned.decision, turned.now_s
        phase, writes = self.state.phase, turned.evidence.journal_ok
        moves = {before, phase} - QUIET
        counts = moves or (turned.asked and before is Phase.LATCHED)
        if counts and not self._records and (moves or writes):
            self._begin(now_s)
        for answer in decision.answers:
            self.journal.add("command", now_s, verb=answer.verb.value, refused=answer.reason)
        if phase is not before:
            latch = self.state.latch
            cause = latch.cause if latch else None
            self.journal.add("phase", now_s, phase=phase.value, cause=cause, breach=decision.breach)
        if counts and self._records:
            self.journal.add("turn", now_s, **turned.whole(self.state))
        if self._records and (phase is Phase.IDLE or (phase is Phase.LATCHED and not writes)):
            self._records = False
            self.journal.end(now_s)

    def _begin(self, now_s: float) -> None:
        self._records, self.session_id = True, self.new_id()
        self._tally.sessions += 1
        limits = {"limits": asdict(self.limits), "limits_sha256": fingerprint(self.limits)}
        how = {"program": self.state.program.id, "orientation": self.state.orientation.value}
        self.journal.begin(self.session_id, now_s, **how, **limits)

    def _tell(self, before: State, evidence: Evidence, now_s: float) -> None:
        changed = self.state.phase is not before.phase
        if not changed and now_s - self._published_at_s < TELEMETRY_S:
            return
        self._published_at_s = now_s
        told = snapshot(
            self.state,
            self._decision,
            evidence,
            self.limits,
            bound_by=self.bound_by,
            now_s=now_s,
        )
        tally = self._tally.told(evidence.journal_ok, self.journal.waiting)
        self.publish({"kind": "telemetry", "session_id": self.session_id, **told, "tally": tally})
