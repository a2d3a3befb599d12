"""The guard's own turns at the exact moment, over children that sleep."""

import json
import os
import selectors
import sys
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from controller.guard import guard, second_writer
from controller.guard.children import Control, Programs
from controller.guard.guard import Guard, Means
from controller.guard.succession import Next
from controller.guard.watch import MOVING, Watch
from tests.controller.guard.process import handlers_kept

ASLEEP = ("sh", "-c", "exec sleep 60")


def saying(*events: str) -> tuple[str, ...]:
    """A standby that says so at once, and hangs then."""
    words = "".join(json.dumps({"event": event}) + "\n" for event in events)
    code = f"import time; print({words!r}, end='', flush=True); time.sleep(60)"
    return (sys.executable, "-S", "-E", "-c", code)


class Bed:
    """A guard whose clock the test moves. Nothing runs it: each look is the test's own."""

    def __init__(self, standby: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.pulses: list[bool] = []
        clock = SimpleNamespace(monotonic=lambda: self.now_s)
        monkeypatch.setattr(guard, "time", clock)
        monkeypatch.setattr(second_writer, "time", clock)
        monkeypatch.setattr(Control, "pulse", lambda _, *, sound: self.pulses.append(sound))
        programs = Programs(control=ASLEEP, standby=standby)
        self.guard = Guard(programs, "plan", None, Means(alarm=("true",)))

    def look(self, now_s: float) -> None:
        self.now_s = now_s
        self.guard._watch_control(now_s)
        self.guard._second.look(now_s)

    def hear(self) -> None:
        for key, _ in self.guard._selector.select(10.0):
            key.data()

    @property
    def standby_pid(self) -> int | None:
        return self.guard._second.pid

    def lose_control(self) -> None:
        control = self.guard._control
        assert control is not None
        self.guard._lose_control(control, "silent")


@pytest.fixture
def bed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bed]:
    with handlers_kept():
        found = Bed(getattr(request, "param", ASLEEP), monkeypatch)
        yield found
        found.guard._close()


def test_control_hears_the_guard_ten_times_a_second(bed: Bed) -> None:
    for now_s, pulses in ((0.0999, 0), (0.1, 1), (0.15, 1), (0.199, 1), (0.2, 2)):
        bed.look(now_s)
        assert len(bed.pulses) == pulses
    assert bed.pulses == [True, True]


def test_the_guard_looks_again_a_millisecond_after_control_would_be_lost(bed: Bed) -> None:
    bed.guard._watch = Watch(0.0, MOVING)
    assert bed.guard._pause_s(0.0) == 0.02
    assert bed.guard._pause_s(0.24) == pytest.approx(0.011)
    assert bed.guard._pause_s(0.25) == 0.001
    assert bed.guard._pause_s(9.0) == 0.001


def test_a_standby_without_a_word_has_twenty_seconds_to_start(bed: Bed) -> None:
    """From its beginning, whenever it was told to stop."""
    bed.look(10.0)
    bed.lose_control()
    first = bed.standby_pid
    bed.look(20.0)
    assert bed.standby_pid == first
    bed.look(20.01)
    second = bed.standby_pid
    assert second != first
    bed.look(40.0)
    assert bed.standby_pid == second
    bed.look(40.02)
    assert bed.standby_pid != second


@pytest.mark.parametrize("bed", [saying("ready")], indirect=True)
def test_one_that_was_ready_has_three_seconds_to_answer_and_the_next_one_its_start(
    bed: Bed,
) -> None:
    bed.hear()
    bed.look(10.0)
    bed.lose_control()
    first = bed.standby_pid
    bed.look(13.0)
    assert bed.standby_pid == first
    bed.look(13.01)
    second = bed.standby_pid
    assert second != first
    bed.look(33.0)
    assert bed.standby_pid == second
    bed.look(33.02)
    assert bed.standby_pid != second


@pytest.mark.parametrize("bed", [saying("ready")], indirect=True)
def test_one_that_comes_to_be_ready_in_a_rescue_has_three_seconds_from_then(bed: Bed) -> None:
    bed.lose_control()
    first = bed.standby_pid
    bed.look(18.0)
    bed.hear()
    bed.look(21.0)
    assert bed.standby_pid == first
    bed.look(21.01)
    assert bed.standby_pid != first


@pytest.mark.parametrize("bed", [saying("ready", "heard"), saying("heard")], indirect=True)
def test_one_that_has_answered_has_fifteen_seconds_to_see_rest(bed: Bed) -> None:
    bed.lose_control()
    first = bed.standby_pid
    bed.hear()
    bed.look(15.0)
    assert bed.standby_pid == first
    bed.look(15.01)
    assert bed.standby_pid != first


def test_a_standby_that_could_not_be_made_is_tried_again_after_a_second(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed.lose_control()
    with monkeypatch.context() as full:
        full.setattr(second_writer, "Speaker", no_process)
        bed.look(21.0)
        assert bed.standby_pid is None
        bed.look(21.5)
        assert bed.standby_pid is None
    bed.look(21.99)
    assert bed.standby_pid is None
    bed.look(22.0)
    assert bed.standby_pid is not None


@pytest.mark.parametrize("bed", [("true",)], indirect=True)
@pytest.mark.parametrize("in_a_rescue", [False, True])
def test_standbys_that_die_at_once_are_begun_once_a_second(bed: Bed, in_a_rescue: bool) -> None:
    if in_a_rescue:
        bed.lose_control()
    pids = {bed.standby_pid}
    for second in range(3):
        bed.hear()
        for now_s in (second, second + 0.99):
            bed.look(now_s)
            assert bed.standby_pid is None
        bed.look(second + 1.0)
        assert bed.standby_pid not in pids | {None}
        pids.add(bed.standby_pid)


def test_one_that_dies_after_a_while_is_replaced_in_the_same_turn(bed: Bed) -> None:
    bed.look(1.0)
    first = bed.guard._second._standby
    assert first is not None
    first.process.kill()
    bed.hear()
    bed.look(1.0)
    assert bed.standby_pid not in (None, first.process.pid)


def no_process(*_: object) -> NoReturn:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_who_was_started_is_told(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    pids = []
    for start in (
        partial(bed.guard._succeed, Next.COMMISSIONER),
        partial(bed.guard._start_control, restarted=False),
        partial(bed.guard._start_control, restarted=True),
    ):
        assert bed.guard._control is not None
        bed.guard._let_go(bed.guard._control)
        start()
        pids.append(bed.guard._control.process.pid)
    lines: list[dict[str, Any]] = [json.loads(said) for said in capfd.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == [
        *("commissioner_started", "control_started", "control_started"),
    ]
    assert [line.get("restarted") for line in lines] == [None, False, True]
    assert [line["pid"] for line in lines] == pids


def test_a_parent_that_is_gone_is_heard_once(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(guard, "STDIN", reader)
    bed.guard._selector.register(reader, selectors.EVENT_READ, bed.guard._hear_parent)
    os.close(writer)
    bed.hear()
    assert bed.guard._ending
    assert reader not in bed.guard._selector.get_map()
    os.close(reader)
