"""What a simulated service leaves behind when its belt is gone."""

import subprocess
from types import SimpleNamespace
from typing import Any

from controller.cli.simulated import _leave_nobody_behind

LIMIT_S = 20.0


def test_the_last_control_and_standby_are_ended_and_nobody_whose_number_was_told_before() -> None:
    before, control, standby = (subprocess.Popen(["sleep", "600"]) for _ in range(3))
    told = [
        {"event": "control_started", "pid": before.pid},
        {"event": "control_lost", "standby": before.pid},
        {"event": "guard_stop_sent", "standby": standby.pid},
        {"event": "guard_stop_sent", "standby": None},
        {"event": "control_started", "pid": control.pid},
    ]
    guard: Any = SimpleNamespace(told=told)
    try:
        _leave_nobody_behind(guard)
        assert [each.wait(LIMIT_S) for each in (control, standby)] == [-9, -9]
        _leave_nobody_behind(guard)
        assert before.poll() is None
    finally:
        before.kill()
        before.wait()
