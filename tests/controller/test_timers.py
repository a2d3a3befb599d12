"""Control's event loop: a wait is not rounded up to a millisecond, and files are heard as ever."""

import asyncio
import contextlib
import ctypes
import os
import selectors
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from controller import timers
from controller.timers import ExactSelector

WAITS_S = (0.0003, 0.0024, 0.0051)
TRIES = 50
SOON_S = 0.0003
"""Less than what a millisecond's rounding would add to any of these waits."""
NO_LONG_S = 0.05
FAR_S = 30.0


@pytest.fixture
def selector() -> Iterator[ExactSelector]:
    with contextlib.closing(ExactSelector()) as made:
        yield made


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


async def late_s(wait_s: float) -> float:
    loop = asyncio.get_running_loop()
    due_s = loop.time() + wait_s
    called: asyncio.Future[float] = loop.create_future()
    loop.call_at(due_s, lambda: called.set_result(loop.time()))
    return await called - due_s


@pytest.mark.parametrize("wait_s", WAITS_S)
def test_a_wait_ends_within_a_fraction_of_a_millisecond_and_not_before(wait_s: float) -> None:
    """The least of many: what else runs on the computer makes some of them late."""

    async def least_s() -> float:
        return min([await late_s(wait_s) for _ in range(TRIES)])

    with asyncio.Runner(loop_factory=timers.exact) as runner:
        assert -1e-6 <= runner.run(least_s()) < SOON_S


@pytest.mark.parametrize("timeout", [None, 0, FAR_S])
def test_a_file_that_is_ready_ends_every_wait(
    selector: ExactSelector, pipe: tuple[int, int], timeout: float | None
) -> None:
    selector.register(pipe[0], selectors.EVENT_READ, "ours")
    os.write(pipe[1], b".")
    assert [(key.data, mask) for key, mask in selector.select(timeout)] == [
        ("ours", selectors.EVENT_READ)
    ]


def test_a_wait_that_ends_in_time_tells_of_no_file(selector: ExactSelector) -> None:
    assert selector.select(0.001) == []
    assert selector.select(0) == []


def test_a_timer_that_has_fired_ends_no_later_wait(
    selector: ExactSelector, pipe: tuple[int, int]
) -> None:
    selector.register(pipe[0], selectors.EVENT_READ)
    selector.select(0.001)
    began_s = time.monotonic()
    assert selector.select(NO_LONG_S) == []
    assert time.monotonic() - began_s >= NO_LONG_S


def test_without_a_time_limit_it_waits_for_a_file_alone(
    selector: ExactSelector, pipe: tuple[int, int]
) -> None:
    selector.register(pipe[0], selectors.EVENT_READ)
    selector.select(0.001)
    writer = threading.Timer(NO_LONG_S, os.write, (pipe[1], b"."))
    writer.start()
    assert [key.fd for key, _ in selector.select(None)] == [pipe[0]]
    writer.join()


@pytest.mark.parametrize("timeout", [0.9999999999, 1.0, 1.9999999995, 86400.0])
def test_whole_seconds_are_no_nanoseconds(selector: ExactSelector, timeout: float) -> None:
    assert selector._set(timeout)
    assert 0 <= selector._spec.ns < timers.NS_PER_S


def test_a_timer_that_the_kernel_does_not_take_leaves_the_wait_to_epoll(
    selector: ExactSelector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selector, "_settime", lambda *_: -1)
    assert selector.select(0.001) == []


@pytest.mark.parametrize(
    "libc", [SimpleNamespace(), SimpleNamespace(timerfd_settime=1, timerfd_create=lambda *_: -1)]
)
def test_a_computer_without_timerfd_has_its_usual_loop(
    libc: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "PyDLL", lambda *_, **__: libc)
    with asyncio.Runner(loop_factory=timers.exact) as runner:
        assert runner.run(late_s(0.001)) >= -1e-6
