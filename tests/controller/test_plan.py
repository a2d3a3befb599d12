"""What one process tells the next, through a file."""

import subprocess
import sys
from pathlib import Path

import pytest

from controller.plan import Plan

PLAN = Plan(
    treadmill="ftms:AA:BB:CC:DD:EE:FF",
    grip="grip:socket://localhost:7000",
    adapter="hci:usb:0",
    hatch="/run/hatch",
    data_dir="/var/lib/retrotread",
    limits={"settings": {"cap_mps": 0.4}},
)


def test_a_plan_is_read_as_it_was_saved(tmp_path: Path) -> None:
    PLAN.save(tmp_path / "plan.json")
    assert Plan.load(tmp_path / "plan.json") == PLAN


def test_a_plan_with_a_word_that_nobody_knows_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    PLAN.save(path)
    path.write_text(path.read_text().replace('"grip"', '"grasp"'))
    with pytest.raises(TypeError, match="grasp"):
        Plan.load(path)


def test_reading_a_plan_takes_the_standard_library_alone() -> None:
    source = "import sys, controller.plan; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert {"pydantic", "bleak", "asyncio", "drivers"}.isdisjoint(done.stdout.split())
