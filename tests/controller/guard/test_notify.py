"""What systemd hears, and that nothing of it can hold up the guard."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.guard.notify import Notifier
from tests.controller.guard.process import told_to


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """An address as in $NOTIFY_SOCKET, and who listens there."""
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        abstract = request.param == "abstract"
        listener.bind("\0" + name if abstract else name)
        listener.setblocking(False)
        yield ("@" + name if abstract else name), listener


def test_the_first_turn_makes_it_ready_and_turns_keep_it_alive_twice_a_second(
    systemd: tuple[str, socket.socket],
) -> None:
    address, listener = systemd
    notifier = Notifier(address)
    assert told_to(listener) == []
    notifier.turned(100.0)
    assert told_to(listener) == ["READY=1", "WATCHDOG=1"]
    notifier.turned(100.25)
    notifier.turned(100.499)
    assert told_to(listener) == []
    notifier.turned(100.5)
    assert told_to(listener) == ["WATCHDOG=1"]
    notifier.turned(100.75)
    assert told_to(listener) == []
    notifier.stopping()
    assert told_to(listener) == ["STOPPING=1"]
    notifier.close()


def test_without_systemd_there_is_nothing_to_tell() -> None:
    notifier = Notifier("")
    notifier.turned(0.0)
    notifier.stopping()
    notifier.close()


def test_a_systemd_that_is_gone_or_does_not_listen_holds_up_nothing(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    notifier = Notifier(name)
    notifier.turned(0.0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name)
        for turn in range(1, 2000):
            notifier.turned(turn * 0.5)
    notifier.turned(2000.0)
    notifier.close()


def test_a_closed_notifier_says_nothing_more(systemd: tuple[str, socket.socket]) -> None:
    address, listener = systemd
    notifier = Notifier(address)
    notifier.close()
    notifier.turned(0.0)
    assert told_to(listener) == []
