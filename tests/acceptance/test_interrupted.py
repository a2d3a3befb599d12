"""A service whose terminal says that it shall end, from the outside."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mosquitto import free_port

pytestmark = pytest.mark.service

LIMIT_S = 60.0
LOOK_S = 0.05
FOLDERS = ("HOME", "XDG_DATA_HOME", "TMPDIR")
"""One for everything, so that it is on the command line of each process."""
SETTINGS = """
treadmill = "trackmaster:socket://127.0.0.1:{nobody}"
grip = "grip:socket://127.0.0.1:{nobody}"
data_dir = "data"
console = {{ port = {port} }}
"""
IMPATIENT = """
import importlib
from controller.cli import main
importlib.import_module("controller.cli.serve").PATIENCE_S = 1.0
main()
"""
"""The command with less patience than 90 seconds."""


@contextmanager
def running(folder: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """In a home of its own; its errors are a file, which others may hold longer than it."""
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder, env={**os.environ, **dict.fromkeys(FOLDERS, str(folder))},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A service whose treadmill is not there, once it has said where its console is."""
    (folder / "clinic.toml").write_text(SETTINGS.format(nobody=free_port(), port=free_port()))
    with running(folder, "-c", IMPATIENT, "serve", "--config", "clinic.toml") as service:
        assert service.stdout is not None
        assert any(line.startswith("Console: ") for line in service.stdout)
        yield service


def listed(text: str) -> list[tuple[int, str]]:
    """Process and command line of those that live and have `text` in it."""
    lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            lines.append((int(entry.name), line))
    return [(pid, line) for pid, line in lines if text in line]


def processes(text: str) -> list[str]:
    return [line for _, line in listed(text)]


def left_behind(text: str) -> list[str]:
    """Who of them still lives when everybody had time to go: one that was killed is there for a
    moment more, one that nobody ended stays."""
    until = time.monotonic() + LIMIT_S
    while (left := processes(text)) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return left


def test_a_service_that_cannot_see_rest_goes_on_and_the_way_to_end_it_is_told(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as service:
        service.send_signal(signal.SIGINT)
        service.wait(LIMIT_S)
    errors = (tmp_path / "errors").read_text()
    assert "the belt is being stopped" in errors
    told = re.search(r"The belt .* safety key.* guard is process (\d+)\..* by: (.+)", errors)
    assert told is not None, errors
    plan = Path(Path(f"/proc/{told[1]}/cmdline").read_text().split("\0")[3])
    try:
        assert service.returncode == 1
        modules = {line.split()[2] for line in processes(str(tmp_path))}
        assert modules >= {"controller.guard", "controller.control", "controller.standby"}
        assert plan.exists()
    finally:
        subprocess.run(["sh", "-c", told[2]], check=True)
    assert left_behind(str(tmp_path)) == []


def test_control_that_outlives_its_guard_goes_on_and_the_way_to_end_it_is_told(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as service:
        [guard] = (pid for pid, line in listed(str(tmp_path)) if "controller.guard" in line)
        os.kill(guard, signal.SIGKILL)
        service.wait(LIMIT_S)
    try:
        errors = (tmp_path / "errors").read_text()
        assert "Traceback" not in errors
        assert "has died. Control stops the belt" in errors
        told = re.search(r"has died, and .* safety key\. .* by: (pkill .* (.+))\n", errors)
        assert told is not None, errors
        assert service.returncode == 1
        assert any("controller.control" in line for line in processes(told[2]))
        assert Path(told[2]).exists()
        subprocess.run(told[1].split(), check=True)
        assert left_behind(str(tmp_path)) == []
    finally:
        for pid, _ in listed(str(tmp_path)):
            os.kill(pid, signal.SIGKILL)


WALKS = "Started: the belt ramps up."
AUTO = ("demo", "--auto", "--fault", "ignores_stop")


def test_a_scripted_walk_that_is_asked_to_end_leaves_nobody_behind(tmp_path: Path) -> None:
    with running(tmp_path, "-m", "controller.cli", *AUTO) as demo:
        errors = tmp_path / "errors"
        while WALKS not in errors.read_text():
            assert demo.poll() is None, errors.read_text()
            time.sleep(LOOK_S)
        assert processes(str(tmp_path))
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(LIMIT_S) == 1
    assert errors.read_text().endswith("The walk was interrupted.\n")
    assert left_behind(str(tmp_path)) == []
