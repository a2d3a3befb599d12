"""The standby that stops the belt: replaced, and told again, until rest is verified."""

import pytest

from controller.guard import second_writer
from controller.guard.guard import Guard
from tests.controller.guard.whole.stage import RESCUED, SILENT, STOPS, Stage


def test_a_standby_that_dies_in_the_midst_of_a_stop_is_replaced_and_told_again(
    stage: Stage,
) -> None:
    standby = (
        """
if nth("standby") == 0:
    sys.stdin.readline()
    say("stop_sent")
    os._exit(1)
"""
        + STOPS
    )
    assert stage.run("beat(b'm', 0.2)\nos._exit(3)", standby=standby) == 0
    assert stage.events == [*RESCUED[:3], *RESCUED[2:]]
    assert stage.notes == ["standby heard stop", "control --restarted"]
    first, second = (line["standby"] for line in stage.lines if line["event"] == "guard_stop_sent")
    assert stage.of("control_lost")["standby"] == first != second


def test_a_standby_found_dead_at_the_moment_it_is_needed_is_replaced_and_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pipe is broken before its end was noticed."""
    standby = "if nth('standby') == 0: os._exit(1)\n" + STOPS
    programs = stage.programs("", standby)
    watched = Guard(programs, "plan", None, SILENT)
    assert watched._control is not None
    assert watched._second._standby is not None
    watched._second._standby.process.wait()
    watched._lose_control(watched._control, "died")
    assert watched.run() == 0
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_standby_that_hangs_in_the_midst_of_a_stop_is_replaced_and_told_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "RESCUE_S", 0.5)
    hangs_once = STOPS.replace(
        'say("stop_sent")', 'say("heard")\n    nth("stops") or time.sleep(60)\n    say("stop_sent")'
    )
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=hangs_once) == 0
    assert stage.events == RESCUED
    assert stage.notes.count("standby heard stop") == 2


def test_a_standby_that_does_not_even_say_that_it_heard_is_replaced_sooner(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "ANSWER_S", 0.5)
    deaf_once = "if nth('standby') == 0:\n    say('ready')\n    time.sleep(60)\n" + STOPS
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=deaf_once) == 0
    assert stage.events == RESCUED
    took_ns = stage.of("guard_stop_verified")["at_ns"] - stage.of("control_lost")["at_ns"]
    assert 0.5e9 < took_ns < 5e9


def test_a_standby_that_never_starts_is_replaced(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "STARTING_S", 0.5)
    stuck_once = "if nth('standby') == 0: time.sleep(60)\n" + STOPS
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=stuck_once) == 0
    assert stage.events == RESCUED


def test_a_standby_that_starts_slowly_is_given_its_time_and_stops_the_belt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_writer, "ANSWER_S", 0.5)
    slow = "nth('standby')\ntime.sleep(1)\n" + STOPS
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=slow) == 0
    assert stage.events == RESCUED
    assert (stage.folder / "standby").read_bytes() == b"."


def test_a_standby_that_dies_at_rest_is_replaced_quietly(stage: Stage) -> None:
    standby = "if nth('standby') == 0: os._exit(1)\nnote('a second standby')\n" + STOPS
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"r", 0.05)
"""
    assert stage.run(source, standby=standby) == 0
    assert stage.events == ["control_started"]


def test_what_a_standby_says_beside_its_events_is_passed_over(stage: Stage) -> None:
    standby = """
print("a library speaks up")
print("[1]")
print('{"no": "event"}')
sys.stdout.buffer.write(b"\\xff\\n")
say("verified")
""" + STOPS.replace(
        'say("stop_sent")', "print(end='{\"eve', flush=True)\n    print('nt\": \"stop_sent\"}')"
    )
    assert stage.run("beat(b'm', 0.2)\nos._exit(3)", standby=standby) == 0
    assert stage.events == RESCUED
