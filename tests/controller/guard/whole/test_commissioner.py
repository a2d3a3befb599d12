"""A commissioner in control's place: the same heartbeat, and the same ladder."""

import pytest

from controller.plan import GIVES_WAY
from tests.controller.guard.whole.stage import WITH_RELAY, Stage

GIVES_WAY_ONCE = f"""
note("control " + " ".join(FLAGS))
if nth("control") == 0:
    beat(b"r")
    os._exit({GIVES_WAY})
beat(b"r", 0.2)
"""
"""Then it ends well, and the service with it."""
LOST = [
    "control_started",
    "commissioner_started",
    "control_lost",
    "guard_stop_sent",
    "guard_stop_verified",
    "control_started",
]


def test_a_control_that_gives_way_is_followed_by_a_commissioner_and_that_by_control(
    stage: Stage,
) -> None:
    commissioner = "note(' '.join(['commissioner', sys.argv[1], *FLAGS]))\nbeat(b'rmr')"
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == ["control_started", "commissioner_started", "control_started"]
    assert [line.get("restarted") for line in stage.lines] == [False, None, False]
    assert stage.notes == ["control ", "commissioner plan", "control "]


def test_a_commissioner_hears_the_guard_and_is_asked_to_leave_with_the_service(
    stage: Stage,
) -> None:
    commissioner = """
def stop(*_):
    note("the commissioner stops the belt")
    beat(b"r")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
assert os.read(int(sys.argv[3]), 1) == b"."
beat(b"m")
leave_the_guard()
beat(b"m", 30)
"""
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == ["control_started", "commissioner_started"]
    assert stage.notes == ["control ", "the commissioner stops the belt"]


@pytest.mark.parametrize(
    ("commissioner", "why"),
    [
        ("beat(b'm')\nos.kill(os.getpid(), signal.SIGKILL)", "died"),
        ("beat(b'm')\nos._exit(0)", "died"),
        ("beat(b'u')\nos._exit(1)", "died"),
        ("beat(b'm')\nos.kill(os.getpid(), signal.SIGSTOP)", "silent"),
        ("beat(b'm')\ntime.sleep(30)", "silent"),
        ("os._exit(1)", "died"),
        ("os._exit(0)", "died"),
    ],
    ids=["killed", "ended", "unverified", "frozen", "silent", "no beginning", "no word"],
)
def test_a_commissioner_that_is_lost_is_replaced_by_a_stop_and_a_control_that_begins_latched(
    stage: Stage, commissioner: str, why: str
) -> None:
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == LOST
    assert (stage.of("control_lost")["why"], stage.of("control_lost")["moving"]) == (why, True)
    assert stage.lines[-1]["restarted"] is True
    assert stage.notes == ["control ", "standby heard stop", "control --restarted"]
    assert stage.rungs == ["alarm", "alarm_ended"]


def test_a_commissioner_that_dies_at_rest_is_followed_by_a_control_that_begins_latched(
    stage: Stage,
) -> None:
    assert stage.run(GIVES_WAY_ONCE, commissioner="beat(b'mr')\nos._exit(1)") == 0
    assert stage.events == [*LOST[:3], LOST[-1]]
    assert stage.lines[-1]["restarted"] is True


def test_a_control_that_gives_way_with_something_latched_is_followed_by_control(
    stage: Stage,
) -> None:
    assert stage.run(f"beat(b'l')\nos._exit({GIVES_WAY})") == 0
    assert stage.events == ["control_started", "control_lost", "control_started"]
    assert stage.lines[-1]["restarted"] is True


def test_each_word_of_a_commissioner_reaches_the_relay(stage: Stage) -> None:
    commissioner = """
while os.read(int(sys.argv[3]), 1) != b".":
    beat(b"r")
beat(b"m", 0.3)
beat(b"u", 0.2)
beat(b"r")
"""
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner, means=WITH_RELAY) == 0
    assert stage.rungs[:2] == ["relay_opened", "relay_closed"]
    assert "alarm" in stage.rungs
