"""Sessions to report of: walked in virtual time by the whole stack, recorded in memory."""

import asyncio
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from controller.programs.program import Program, ProgramPhase
from controller.records.chain import sealed, seed
from controller.records.course import Course, course
from controller.records.turns import Scribe
from controller.records.values import encode
from controller.safety.heart import Beat
from tests.safety.stack.bedside import Bedside, Room, run

BEGAN_AT = 1_795_680_000.0
"""Of the wall clock, when virtual time is 0."""
STEPS = Program(
    "steps", "Steps", tuple(ProgramPhase(90.0, v) for v in (0.2, 0.3, 0.4, 0.44, 0.36) * 4)
)


class Book:
    """A journal in memory, which is never slow: virtual time would leave a thread behind."""

    ok = True
    waiting = 0

    def __init__(self, began_at: float = BEGAN_AT) -> None:
        self._began_at = began_at
        self._lines: list[bytes] = []
        self._after, self._number, self._open = "", 0, False
        self._scribe = Scribe()

    def begin(self, session_id: str, now_s: float, **facts: Any) -> None:
        if self._lines:
            return
        self._open, self._after = True, seed(session_id, "0.1.0")
        self.add("begin", now_s, format=1, session=session_id, version="0.1.0", **facts)

    def add(self, kind: str, now_s: float, **facts: Any) -> None:
        if not self._open:
            return
        plain = self._scribe.plain(facts) if kind == "turn" else encode(facts)
        head = {"n": self._number, "t": now_s, "wall": self._began_at + now_s, "kind": kind}
        line, self._after = sealed({**head, **plain}, self._after)
        self._lines.append(line)
        self._number += 1

    def end(self, now_s: float, **facts: Any) -> None:
        self.add("end", now_s, **facts)
        self._open = False

    def whole(self) -> bytes:
        return b"".join(self._lines)


class Walked(NamedTuple):
    """A record, and what was true: how far the belt ran, and how far after the hands let go."""

    octets: bytes
    belt_m: float
    carry_m: float


def walked(seconds: float, *, lets_go: bool, seed: int = 7, program: Program = STEPS) -> Walked:
    """A walk of so many seconds. At its end the hands let go, or Stop is pressed."""
    book = Book()
    belt_m, carry_m = run(_story(book, seconds, seed, program, lets_go=lets_go), seed)
    return Walked(book.whole(), belt_m, carry_m)


def to_its_end(program: Program, seed: int, *, session: str, at: float = BEGAN_AT) -> bytes:
    """The record of a program that is walked until it ends by itself."""
    book = Book(at)
    run(_program(book, program, seed, session), seed)
    return book.whole()


async def _program(book: Book, program: Program, seed: int, session: str) -> None:
    bedside = Bedside(seed, Room())
    bedside.control.journal = bedside.ledger = book  # type: ignore[assignment]
    bedside.control.new_id = lambda: session
    bedside.supervisor.program = program
    bedside.supervisor.wants = ["arm", "start"]
    async with bedside.alive():
        await bedside.until(lambda: bedside.verdict.phase == "walking", 20.0)
        await bedside.until(
            lambda: bedside.verdict.phase in ("idle", "latched"), program.duration_s + 30.0
        )
        await asyncio.sleep(2.0)


def read(octets: bytes) -> Course:
    return course(octets)


def resealed(records: Iterable[dict[str, Any]]) -> bytes:
    """Records as a whole chain, whatever is in them."""
    lines, after = [], ""
    for number, record in enumerate(records):
        plain = {k: v for k, v in record.items() if k not in ("after", "sha256")}
        if not number:
            after = seed(str(plain["session"]), str(plain["version"]))
        line, after = sealed(plain, after)
        lines.append(line)
    return b"".join(lines)


def beats(now_s: float) -> int:
    """A heart that rises from 76 towards 112 per minute."""
    return round(112 - 36 * math.exp(-now_s / 120) + 3 * math.sin(now_s / 17))


async def _story(
    book: Book, seconds: float, seed: int, program: Program, *, lets_go: bool
) -> tuple[float, float]:
    bedside = Bedside(seed, Room())
    bedside.control.journal = bedside.ledger = book  # type: ignore[assignment]
    bedside.control.new_id = lambda: f"walk-{seed}"
    bedside.control.heart = lambda: Beat(beats(bedside.now_s), bedside.now_s)
    bedside.supervisor.program = program
    bedside.supervisor.wants = ["arm", "start"]
    async with bedside.alive():
        await bedside.until(lambda: bedside.verdict.phase == "walking", 20.0)
        until_s = bedside.now_s + seconds
        await asyncio.sleep(seconds / 3)
        await _one_hand(bedside)
        bedside.supervisor.press("slower")
        await asyncio.sleep(until_s - bedside.now_s)
        if lets_go:
            bedside.obliging = False
            bedside.scene.intend("release")
        else:
            bedside.supervisor.press("stop")
        await bedside.until(lambda: bedside.verdict.phase == "latched", 20.0)
        truth = bedside.scene.belt.distance_m, bedside.scene.carry_m or 0.0
        bedside.obliging = True
        bedside.supervisor.wants = ["reset"]
        await asyncio.sleep(6.0)
    return truth


async def _one_hand(bedside: Bedside) -> None:
    """The patient scratches an ear."""
    bedside.obliging = False
    bedside.scene.intend("release left")
    await asyncio.sleep(1.2)
    bedside.scene.intend("hold")
    bedside.obliging = True
    await asyncio.sleep(1.0)
