"""The names of what can misbehave, as the simulators know them; they are asked, not imported."""

import json
import subprocess
import sys

from controller.cli.failure import Failure

ASK = (sys.executable, "-m", "simulators.faults")


def meant(words: list[str]) -> list[str]:
    """The faults that these words mean. Raises: `Failure` for a word that means none."""
    asked = [*ASK, "--", *words]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if told.returncode != 0:
        raise Failure(told.stderr.strip())
    names: list[str] = json.loads(told.stdout)
    return names


def list_elsewhere() -> None:
    """What no fault stands for, and why."""
    told = subprocess.run([*ASK, "--elsewhere"], capture_output=True, check=True)  # noqa: S603
    print("\nnot simulated")
    for row, why in json.loads(told.stdout).items():
        print(f"  {row:<24} {why}")
