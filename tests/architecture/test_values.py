"""The type checker holds values frozen: nothing else does (ADR 0021)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLANTED = """
from controller.step.state import State
from protocols.value import replace

state = replace(State(), ceiling_mps=0.4)
state.ceiling_mps = 0.5
replace(state, ceiling_mph=1.0)
"""


def test_an_assignment_to_a_value_is_refused(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(PLANTED)
    command = [Path(sys.executable).with_name("mypy"), "--cache-dir", tmp_path / "cache", planted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if "error:" in line]
    assert len(errors) == 2, done.stdout
    assert 'Property "ceiling_mps" defined in "State" is read-only' in errors[0]
    assert 'Unexpected keyword argument "ceiling_mph"' in errors[1]
