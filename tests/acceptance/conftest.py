"""The installed console script, as a person calls it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def retrotread(tmp_path: Path) -> Run:
    """Calls `retrotread` with arguments, in a home and a folder of its own."""
    script = Path(sys.executable).with_name("retrotread")
    env = {**os.environ, "HOME": str(tmp_path), "COLUMNS": "100", "NO_COLOR": "1"}
    env.pop("XDG_DATA_HOME", None)

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script, *arguments],
            cwd=tmp_path,
            env=env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
