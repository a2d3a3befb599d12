"""The desk, which may come and go beside a walk."""

import pytest

from controller.guard import desk_line
from tests.controller.guard.whole.stage import Stage


def test_a_desk_that_cannot_serve_ends_the_service_with_code_1(stage: Stage) -> None:
    source = "end_when_asked()\nbeat(b'r', 30)"
    assert stage.run(source, desk="sys.exit(1)", desk_plan=True) == 1
    assert stage.events == ["control_started"]


@pytest.mark.parametrize("end", ["raise OSError(28)", "sys.exit(1)"])
def test_no_exit_code_of_a_desk_that_has_served_ends_the_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Python's own code for an exception is that of a desk which cannot serve."""
    monkeypatch.setattr(desk_line, "AGAIN_S", 0.1)
    desk = f"""
if nth("desk") == 0:
    serves()
    {end}
if nth("desk") == 2:
    sys.exit(1)
note("a third desk")
while sys.stdin.readline(): pass
"""
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"m", 0.05)
beat(b"r")
"""
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert stage.events == ["control_started"]
    assert stage.notes == ["a third desk"]


def test_a_desk_that_crashes_is_started_again_beside_a_control_that_does_not_notice(
    stage: Stage,
) -> None:
    desk = """
if nth("desk") == 0:
    os.kill(os.getpid(), signal.SIGKILL)
note("a second desk")
while sys.stdin.readline(): pass
"""
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"r", 0.05)
"""
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert stage.events == ["control_started"]
    assert stage.notes == ["a second desk"]


def test_a_desk_that_ends_while_the_service_leaves_is_not_started_again(stage: Stage) -> None:
    desk = "nth('desk')\nend_when_asked()\ntime.sleep(30)"
    source = """
def leave(*_):
    beat(b"r", 0.2)
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
beat(b"r", 0.2)
leave_the_guard()
beat(b"r", 30)
"""
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert (stage.folder / "desk").read_bytes() == b"."
