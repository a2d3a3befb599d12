"""The engineer on the hatch: what ends a commissioning, what may be answered, what is told."""

import asyncio
import os
from pathlib import Path

import pytest

from controller import engineer as room
from controller.commissioning import motion
from controller.commissioning.notes import Sight
from controller.commissioning.probe import Probe, advance
from controller.engineer import (
    ABSENT,
    ALONE,
    NO_QUESTION,
    NOT_KEPT,
    RELAY,
    RELAY_OPEN,
    SILENT,
    STOPPED,
    Engineer,
)
from controller.hatch import Message
from controller.records.latch_store import LatchStore
from controller.safety.mark import Mark
from protocols.belt import BeltReport

STEP_S = 0.05


class Wire:
    """The commissioner's end of the hatch."""

    def __init__(self) -> None:
        self.answers: list[Message] = []

    def send(self, message: Message) -> None:
        self.answers.append(message)


class Bench:
    """An engineer with a clock moved by hand, and everything that they hear."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 100.0
        self.beats: list[bytes] = []
        self.told: list[Message] = []
        self.wire = Wire()
        self.store = LatchStore(folder / "latch")
        self.person = Engineer(self.store, self.beats.append, lambda: self.now_s)
        self.person.publish = self.told.append
        self.person.guarded(True)

    def live(self, seconds: float, *, guard: bool = True, page: bool = True) -> bool:
        """Whether it is to end after so long."""
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            if guard:
                self.person.guarded(True)
            if page:
                self.person.take({"kind": "attended"}, self.wire)  # type: ignore[arg-type]
            if self.person.stops:
                return True
        return False

    def command(self, **more: object) -> str:
        message = {"kind": "command", "id": "1", **more}
        self.person.take(message, self.wire)  # type: ignore[arg-type]
        answer = self.wire.answers[-1]
        assert answer["accepted"] is not bool(answer["reason"])
        return str(answer["reason"])

    async def asked(self) -> asyncio.Task[bool]:
        """The first question, put."""
        probe, _ = advance(Probe(), Sight(self.now_s, BeltReport()))
        self.person.shows(probe, Sight(self.now_s, BeltReport()))
        task = asyncio.create_task(self.person.asked(probe.question))
        await asyncio.sleep(0)
        return task

    def answers(self, *, yes: bool) -> str:
        return self.command(verb="answer", role="engineer", step="listen", yes=yes)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_it_goes_on_while_guard_and_page_are_heard(bench: Bench) -> None:
    assert not bench.live(20.0)
    assert bench.person.why == ""


def test_a_page_that_is_not_seen_for_five_seconds_ends_it(bench: Bench) -> None:
    assert not bench.live(4.9, page=False)
    assert bench.live(0.2, page=False)
    assert bench.person.why == ABSENT


def test_a_silent_guard_ends_it(bench: Bench) -> None:
    assert bench.live(room.SILENT_S + 2 * STEP_S, guard=False)
    assert bench.person.why == SILENT


def test_a_turn_that_is_itself_late_does_not_blame_the_guard(bench: Bench) -> None:
    bench.now_s += 3.0
    assert not bench.person.stops
    assert not bench.live(1.0)


def test_a_guard_that_has_ended_ends_it(bench: Bench) -> None:
    bench.person.guard_ended()
    assert bench.person.stops
    assert (bench.person.why, bench.person.alone) == (ALONE, True)


@pytest.mark.parametrize("role", ["anyone", "viewer", "engineer", "king", None, ["x"], {}])
def test_a_stop_ends_it_whoever_asks_and_the_first_reason_is_kept(
    bench: Bench, role: object
) -> None:
    assert bench.command(verb="stop", role=role) == ""
    assert bench.person.stops
    bench.person.ends("Something else.")
    assert bench.person.why == STOPPED


async def test_yes_counts_once_it_is_on_the_disk_that_the_belt_may_move(bench: Bench) -> None:
    with bench.store:
        asking = await bench.asked()
        assert bench.answers(yes=True) == ""
        assert await asking
        assert bench.store.read() == Mark(moving=True)
        assert bench.answers(yes=True) == NO_QUESTION


async def test_no_counts_and_leaves_the_mark_alone(bench: Bench) -> None:
    with bench.store:
        asking = await bench.asked()
        assert bench.answers(yes=False) == ""
        assert not await asking
        assert bench.store.read() is None


async def test_a_disk_that_takes_nothing_lets_nothing_move(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(room, "KEPT_S", -1.0)
    os.mkdir(tmp_path / "latch.new")
    with bench.store:
        asking = await bench.asked()
        bench.answers(yes=True)
        assert not await asking
    assert bench.person.why == NOT_KEPT


async def test_nothing_is_answered_with_yes_while_the_relay_is_open(bench: Bench) -> None:
    bench.person.guarded(False)
    asking = await bench.asked()
    assert not bench.person.stops
    assert bench.answers(yes=True) == RELAY_OPEN
    assert not asking.done()
    asking.cancel()


async def test_a_relay_that_opens_after_a_yes_ends_it(bench: Bench) -> None:
    with bench.store:
        asking = await bench.asked()
        bench.answers(yes=True)
        await asking
    bench.person.guarded(False)
    assert bench.person.stops
    assert bench.person.why == RELAY


def test_each_turn_beats_and_pages_are_told_ten_times_a_second(bench: Bench) -> None:
    for _ in range(40):
        bench.now_s += 0.025
        bench.person.waits()
    assert bench.beats == [motion.RESTING] * 40
    assert 9 <= len(bench.told) <= 11
    assert bench.told[0]["title"] == room.CONNECTING
    assert bench.told[0]["question"] == ""


async def test_a_question_is_told_while_it_waits(bench: Bench) -> None:
    asking = await bench.asked()
    bench.now_s += 1.0
    bench.person.waits()
    assert bench.told[-1]["question"].startswith("Is the belt empty")
    asking.cancel()


def test_messages_of_other_kinds_are_passed_over(bench: Bench) -> None:
    for kind in ("presence", "sensor", "telemetry", ""):
        bench.person.take({"kind": kind}, bench.wire)  # type: ignore[arg-type]
    assert bench.wire.answers == []
