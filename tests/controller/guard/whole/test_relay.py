"""The relay and its keeper: closed only while control turns and nothing is latched."""

import pytest

from controller.guard import children, relay_line, watch
from controller.guard.guard import Guard
from tests.controller.guard.whole.stage import KEEPS, RESCUED, STOPS, WITH_RELAY, Stage


def test_a_control_that_is_lost_opens_the_relay_and_sounds_the_alarm_until_rest(
    stage: Stage,
) -> None:
    source = """
beat(b"r", 0.5)
beat(b"m", 0.3)
os._exit(3)
"""
    standby = STOPS.replace('say("verified")', 'time.sleep(0.3)\n    say("verified")')
    assert stage.run(source, standby=standby, means=WITH_RELAY) == 0
    assert stage.events == RESCUED
    assert stage.rungs[:5] == [
        "relay_opened",
        "relay_closed",
        "alarm",
        "relay_opened",
        "alarm_ended",
    ]
    assert stage.of("alarm")["why"] == "The control process was lost."
    when = {line["event"]: line["at_ns"] for line in stage.lines if line["event"] != "relay_closed"}
    assert when["control_lost"] <= when["alarm"] < when["alarm_ended"]
    assert when["guard_stop_verified"] <= when["alarm_ended"]
    until_anew = stage.notes[: stage.notes.index("control --restarted")]
    octets = "".join(note.removeprefix("relay ") for note in until_anew if note.startswith("relay"))
    assert octets.replace(".", "") == "co"
    assert octets.endswith("o")


def test_a_control_that_is_lost_at_rest_opens_the_relay_and_sounds_no_alarm(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RESTING_S", 0.5)
    assert stage.run("beat(b'r', 0.5)\ntime.sleep(30)", means=WITH_RELAY) == 0
    assert stage.rungs[:3] == ["relay_opened", "relay_closed", "relay_opened"]
    assert "alarm" not in stage.rungs


def test_a_stop_that_control_could_not_verify_opens_the_relay_and_control_lives_on(
    stage: Stage,
) -> None:
    source = """
beat(b"r", 0.5)
beat(b"m", 0.2)
beat(b"s", 0.2)
beat(b"u", 0.4)
beat(b"s", 0.2)
beat(b"l", 0.4)
note("still here")
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    assert stage.events == ["control_started"]
    assert stage.rungs == ["relay_opened", "relay_closed", "alarm", "relay_opened", "alarm_ended"]
    assert stage.of("alarm")["why"] == "The stop could not be verified."
    assert "still here" in stage.notes


def test_one_alarm_lasts_from_a_stop_not_verified_over_the_death_of_control_to_rest(
    stage: Stage,
) -> None:
    assert stage.run("beat(b'm')\nbeat(b'u', 0.3)\nos._exit(3)", means=WITH_RELAY) == 0
    assert stage.events == RESCUED
    assert stage.rungs.count("alarm") == stage.rungs.count("alarm_ended") == 1
    assert stage.of("alarm")["why"] == "The stop could not be verified."
    assert stage.of("alarm_ended")["at_ns"] > stage.of("guard_stop_verified")["at_ns"]


def test_heartbeats_reach_the_relay_ten_times_a_second_at_most_and_only_while_control_turns(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MOVING_S", 5.0)
    source = """
beat(b"m", 1.0)
note("silent")
time.sleep(0.2)
note("again")
beat(b"l")
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    before, after = stage.notes.index("silent"), stage.notes.index("again")
    assert 5 <= stage.notes[:before].count("relay .") <= 11
    assert stage.notes[before:after].count("relay .") <= 1


def test_the_relay_stays_open_while_control_is_latched_and_closes_after_the_reset(
    stage: Stage,
) -> None:
    source = """
beat(b"s", 0.3)
beat(b"l", 0.5)
note("reset")
beat(b"r", 0.5)
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    reset = stage.notes.index("reset")
    assert not any(
        "c" in note.removeprefix("relay ") for note in stage.notes[:reset] if "." in note
    )
    assert stage.rungs == ["relay_opened", "relay_closed"]


def test_a_service_that_ends_opens_the_relay(stage: Stage) -> None:
    assert stage.run("beat(b'r', 0.5)", means=WITH_RELAY) == 0
    assert "o" in stage.notes[-2]
    assert stage.notes[-1] == "relay end"


def test_a_keeper_that_dies_is_replaced_and_the_contact_counts_as_unseen(stage: Stage) -> None:
    relay = (
        """
if nth("relay") == 0:
    say("closed")
    sys.stdin.read(3)
    os._exit(1)
"""
        + KEEPS
    )
    assert stage.run("beat(b'r', 1.5)", relay=relay, means=WITH_RELAY) == 0
    assert stage.rungs == ["relay_closed", "relay_unseen", "relay_opened", "relay_closed"]


def test_a_keeper_that_hangs_is_replaced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_line, "SILENT_S", 0.3)
    relay = 'if nth("relay") == 0:\n    say("closed")\n    time.sleep(60)\n'
    relay += "while True:\n    say('opened')\n    time.sleep(0.05)\n"
    monkeypatch.setattr(children, "LEAVE_S", 0.1)
    assert stage.run("beat(b'r', 1.2)", relay=relay, means=WITH_RELAY) == 0
    assert stage.rungs[:3] == ["relay_closed", "relay_unseen", "relay_opened"]


def test_a_keeper_that_takes_nothing_does_not_hold_up_the_guard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LEAVE_S", 0.1)
    programs = stage.programs("beat(b'm', 0.3)\nos._exit(3)", relay="time.sleep(60)")
    watched = Guard(programs, "plan", None, WITH_RELAY)
    keeper = watched._ladder._relay._keeper
    assert keeper is not None
    keeper.tell(bytes(1 << 20))
    assert watched.run() == 0
    assert "standby heard stop" in stage.notes
