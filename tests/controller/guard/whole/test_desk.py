"""The desk, which may come and go beside a walk."""

from tests.controller.guard.whole.stage import Stage


def test_a_desk_that_cannot_serve_ends_the_service_with_code_1(stage: Stage) -> None:
    source = "end_when_asked()\nbeat(b'r', 30)"
    assert stage.run(source, desk="sys.exit(1)", desk_plan=True) == 1
    assert stage.events == ["control_started"]


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
