"""A folder in which the commands of one document are typed, in their order."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.typed import Typed
from tests.mosquitto import free_port

WAIT_S = 120.0
PORTS = re.compile(r"(?<=127\.0\.0\.1:)(4001|4002|8080)")
"""Those that the documents use; here each is a free one."""
READY = {
    "retrotread": "Console: http://",
    "simulators.radio": '"listening"',
    "simulators.bench": '"ready"',
    "simulators.serial_bench": '"ready"',
}
"""What a program that serves says when it does."""


class Served(NamedTuple):
    """A program that runs until it is ended; `chapter`: the heading of what started it."""

    what: str
    chapter: str
    process: subprocess.Popen[str]


class Sandbox:
    """`folder` is home and clone; its `.venv` is the tests' own."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        self.ports = {port: str(free_port()) for port in ("4001", "4002", "8080")}
        self.served: list[Served] = []
        (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
        for file, text in files.items():
            (folder / file).write_text(self.here(text))
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "RETROTREAD_CONSOLE__PORT": self.ports["8080"],
            "NO_COLOR": "1",
            "COLUMNS": "100",
        }
        self.env.pop("XDG_DATA_HOME", None)

    def here(self, text: str) -> str:
        return PORTS.sub(lambda port: self.ports[port[0]], text)

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        """As a shell takes it, until it ends."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(text)],
            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=WAIT_S, check=False,
        )  # fmt: skip

    def serve(self, command: Typed) -> None:
        """Start it, and wait until it says that it serves. It then runs on for the commands that
        need it: a service to the end of its chapter, a simulator to that of the document."""
        words = shlex.split(self.here(command.text))
        what = words[2] if words[1] == "-m" else words[0]
        if command.text == "retrotread demo":
            words += ["--port", self.ports["8080"]]
        process = subprocess.Popen(
            ["/usr/bin/env", *words],
            cwd=self.folder, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.served.append(Served(what, command.chapter, process))
        assert process.stdout is not None
        said = iter(process.stdout.readline, "")
        assert any(READY[what] in line for line in said), f"{command.text} says nothing of serving"

    def turn_to(self, chapter: str) -> None:
        """End the services of other chapters."""
        for served in list(self.served):
            if served.what == "retrotread" and served.chapter != chapter:
                self.end(served)

    def end(self, served: Served) -> None:
        """By SIGTERM, as systemd and people do; it must end well."""
        self.served.remove(served)
        served.process.send_signal(signal.SIGTERM)
        served.process.communicate(timeout=WAIT_S)
        assert served.process.returncode == 0, served.what

    def close(self) -> None:
        for served in reversed(list(self.served)):
            self.end(served)
