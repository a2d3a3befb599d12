"""What systemd hears: life from completed turns alone."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.guard.guard import Means
from tests.controller.guard.process import told_to
from tests.controller.guard.whole.stage import STOPS, Stage


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The receiving end of $NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        yield receiver


def test_systemd_hears_ready_from_the_first_turn_life_from_turns_alone_and_the_end(
    stage: Stage, systemd: socket.socket
) -> None:
    source = """
time.sleep(0.2)
end_when_asked()
beat(b"r", 1.2)
time.sleep(1.2)
beat(b"r")
leave_the_guard()
beat(b"r", 30)
"""
    means = Means(alarm=("true",), notify=systemd.getsockname())
    assert stage.run(source, means=means) == 0
    told = told_to(systemd)
    assert told[:2] == ["READY=1", "WATCHDOG=1"]
    assert "STOPPING=1" in told
    assert told.count("READY=1") == 1
    assert told[: told.index("STOPPING=1")].count("WATCHDOG=1") in (3, 4)


def test_systemd_hears_no_life_while_nobody_controls_the_belt(
    stage: Stage, systemd: socket.socket
) -> None:
    standby = STOPS.replace('say("verified")', 'time.sleep(1.5)\n    say("verified")')
    means = Means(alarm=("true",), notify=systemd.getsockname())
    assert stage.run("beat(b'm')\nos._exit(3)", standby=standby, means=means) == 0
    told = told_to(systemd)
    assert told[:2] == ["READY=1", "WATCHDOG=1"]
    assert told.count("WATCHDOG=1") <= 3


def test_a_systemd_that_does_not_listen_changes_nothing(stage: Stage) -> None:
    for address in (str(stage.folder / "nobody"), "@retrotread-nobody"):
        assert stage.run("beat(b'r')", means=Means(alarm=("true",), notify=address)) == 0
