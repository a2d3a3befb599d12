"""A computer that can make no process for a while: told, tried again, and the belt is stopped."""

from collections.abc import Callable
from typing import Any

import pytest

from controller.guard import desk_line, guard, relay_line, second_writer
from controller.guard.children import Control, Desk, Speaker
from tests.controller.guard.whole.stage import KEEPS, RESCUED, WITH_RELAY, Stage

TRIES = 3


def failing(make: Callable[..., Any], after: int = 0) -> Callable[..., Any]:
    """`make`, which fails `TRIES` times once it has succeeded `after` times."""
    calls = iter(range(after + TRIES))

    def made(*args: Any, **kwargs: Any) -> Any:
        if next(calls, -1) >= after:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return make(*args, **kwargs)

    return made


def refused(stage: Stage) -> list[str]:
    return [line["child"] for line in stage.lines if line["event"] == "not_started"]


def happened(stage: Stage) -> list[str]:
    return [event for event in stage.events if event != "not_started"]


def test_a_standby_that_is_missing_in_a_rescue_is_made_as_soon_as_it_can_be_and_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "TRY_AGAIN_S", 0.05)
    monkeypatch.setattr(second_writer, "Speaker", failing(Speaker))
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    assert happened(stage) == RESCUED
    assert refused(stage) == ["standby"] * TRIES
    assert "Resource temporarily" in stage.of("not_started")["error"]
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_standby_that_dies_in_a_rescue_and_cannot_be_replaced_at_once_is_replaced_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "TRY_AGAIN_S", 0.05)
    monkeypatch.setattr(second_writer, "Speaker", failing(Speaker, after=1))
    standby = """
if nth("standby") == 0:
    sys.stdin.readline()
    os._exit(1)
for line in sys.stdin:
    say("stop_sent")
    say("verified")
"""
    assert stage.run("beat(b'm')\nos._exit(3)", standby=standby) == 0
    assert happened(stage) == RESCUED
    assert refused(stage) == ["standby"] * TRIES


def test_a_service_that_ends_without_a_standby_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "Speaker", failing(Speaker))
    assert stage.run("beat(b'r')") == 0
    assert stage.events == ["not_started", "control_started"]


def test_a_keeper_that_cannot_be_made_is_no_closed_contact_and_is_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_line, "TRY_AGAIN_S", 0.05)
    monkeypatch.setattr(relay_line, "Speaker", failing(Speaker, after=1))
    relay = "if nth('relay') == 0:\n    say('closed')\n    os.read(0, 1)\n    sys.exit(1)\n" + KEEPS
    source = """
while os.read(int(sys.argv[3]), 1) != b".":
    pass
while os.read(int(sys.argv[3]), 1) != b"!":
    beat(b"m")
while os.read(int(sys.argv[3]), 1) != b".":
    beat(b"r")
"""
    assert stage.run(source, relay=relay, means=WITH_RELAY) == 0
    assert refused(stage) == ["relay"] * TRIES
    assert stage.rungs == ["relay_closed", "relay_unseen", "relay_opened", "relay_closed"]


def test_a_service_that_ends_without_a_keeper_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_line, "Speaker", failing(Speaker))
    assert stage.run("beat(b'r')", means=WITH_RELAY) == 0
    assert refused(stage) == ["relay"]


def test_a_desk_that_cannot_be_made_is_tried_again_beside_a_walk(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_line, "AGAIN_S", 0.05)
    monkeypatch.setattr(desk_line, "Desk", failing(Desk))
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"m", 0.05)
beat(b"r")
"""
    desk = "note('a desk')\nwhile sys.stdin.readline(): pass"
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert refused(stage) == ["desk"] * TRIES
    assert happened(stage) == ["control_started"]


def test_a_control_that_cannot_be_made_again_leaves_the_belt_to_the_standby_until_it_can(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "Control", failing(Control, after=1))
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    stops = RESCUED[2:4]
    assert happened(stage) == [*RESCUED[:2], *stops * (TRIES + 1), RESCUED[-1]]
    assert refused(stage) == ["control"] * TRIES
    assert stage.lines[-1]["restarted"] is True


def test_a_first_control_that_cannot_be_made_is_tried_again_behind_a_verified_stop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "Control", failing(Control))
    assert stage.run("") == 0
    assert happened(stage) == [*RESCUED[2:4] * TRIES, "control_started"]
