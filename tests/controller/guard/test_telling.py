"""What the guard tells reaches whoever listens, and waits for nobody."""

import json
import os
import select
import time
from types import SimpleNamespace

import pytest

from controller.guard import telling
from controller.guard.telling import say, write
from tests.controller.guard.process import standard


def test_an_event_is_a_line_of_json_with_its_moment_on_standard_output() -> None:
    reader, writer = os.pipe()
    before_ns = time.monotonic_ns()
    with standard(1, writer):
        say("control_lost", why="silent", moving=True)
    os.close(writer)
    line = os.read(reader, 4096)
    os.close(reader)
    told = json.loads(line)
    assert before_ns <= told.pop("at_ns") <= time.monotonic_ns()
    assert told == {"event": "control_lost", "why": "silent", "moving": True}
    assert line.endswith(b"\n")


@pytest.mark.timeout(30)
def test_what_nobody_reads_is_lost_and_holds_up_nothing() -> None:
    reader, writer = os.pipe()
    for _ in range(100):
        write(writer, b"." * 4096)
    assert select.select([], [writer], [], 0)[1] == []
    os.close(reader)
    write(writer, b"nobody is there")
    os.close(writer)


def test_it_is_asked_without_any_wait_whether_it_can_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []

    class Poll:
        def register(self, descriptor: int, events: int) -> None:
            assert (descriptor, events) == (1, select.POLLOUT)

        def poll(self, wait_ms: float) -> list[tuple[int, int]]:
            waits.append(wait_ms)
            return []

    asked = SimpleNamespace(poll=Poll, POLLOUT=select.POLLOUT)
    monkeypatch.setattr(telling, "select", asked)
    write(1, b"never written")
    assert waits == [0]
