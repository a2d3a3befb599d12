"""The whole guard, over small real children.

Each child is a Python program in a file of its own. What it is to do stands in the test; the words
it may use (`beat`, `say`, `leave_the_guard`, …) are in `WORDS`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from controller.guard.children import Programs
from controller.guard.guard import Guard, Means

WORDS = '''
import itertools, json, os, signal, sys, time

FOLDER, FLAGS = os.path.dirname(sys.argv[0]), sys.argv[4:]
guard = os.getppid()

def beat(octet, seconds=0.0):
    """One heartbeat, then more of them for a while."""
    ends = time.monotonic() + seconds
    while True:
        os.write(int(sys.argv[2]), octet)
        if time.monotonic() >= ends:
            return
        time.sleep(0.02)

def serves():
    """As a desk does once it listens."""
    os.write(int(sys.argv[2]), b".")

def say(event):
    print(json.dumps({"event": event}), flush=True)

def note(line):
    """What the test will read."""
    with open(os.path.join(FOLDER, "notes"), "a") as notes:
        notes.write(line + "\\n")

def nth(name):
    """How often a child of this name was started before, counted in a file."""
    path = os.path.join(FOLDER, name)
    with open(path, "a") as count:
        count.write(".")
    return os.path.getsize(path) - 1

def leave_the_guard():
    os.kill(guard, signal.SIGTERM)

def end_when_asked():
    """As control does, with the belt at rest."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
'''

SILENT = Means(alarm=("true",))
"""No bell in the terminal of whoever runs the tests."""
LEFT_MOVING = Means(alarm=("true",), rests=False)
"""The service before did not end well."""
WITH_RELAY = Means(relay=True, alarm=("true",))
RUNGS = ("relay", "alarm")
WAITS = "while sys.stdin.readline(): pass"
STOPS = """
say("ready")
for line in sys.stdin:
    note("standby heard " + line.strip())
    say("stop_sent")
    say("verified")
"""
KEEPS = """
contact, since = "opened", 0
while True:
    say(contact)
    octets = os.read(0, 4096).decode()
    note("relay " + (octets or "end"))
    if not octets:
        break
    contact = {"c": "closed", "o": "opened"}.get(octets.strip(".")[-1:], contact)
"""
RESTS_THEN_LEAVES = """
note("control " + " ".join(FLAGS))
end_when_asked()
beat(b"r")
leave_the_guard()
beat(b"r", 30)
"""
RESCUED = [
    "control_started",
    "control_lost",
    "guard_stop_sent",
    "guard_stop_verified",
    "control_started",
]


class Stage:
    """Children from source, a guard run over them, and what became of it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capfd = capfd
        self.lines: list[dict[str, Any]] = []

    def program(self, name: str, source: str) -> tuple[str, ...]:
        path = self.folder / f"{name}.py"
        path.write_text(WORDS + source)
        return (sys.executable, "-S", "-E", str(path))

    def programs(
        self,
        control: str,
        standby: str = STOPS,
        desk: str = WAITS,
        relay: str = KEEPS,
        commissioner: str = "",
    ) -> Programs:
        """`control` runs once; started again, it rests and has the guard leave."""
        again = "\n".join("    " + line for line in RESTS_THEN_LEAVES.splitlines())
        either = "\n".join("    " + line for line in control.splitlines())
        whole = f"if FLAGS:\n{again}\nelse:\n{either or '    pass'}\n"
        return Programs(
            self.program("control", whole),
            self.program("standby", standby),
            self.program("desk", desk),
            self.program("relay", relay),
            self.program("commissioner", commissioner),
        )

    def run(
        self, control: str, *, desk_plan: bool = False, means: Means = SILENT, **others: str
    ) -> int:
        """The guard's exit code; its lines are in `lines`. `others` are as in `programs`."""
        programs = self.programs(control, **others)
        code = Guard(programs, "plan", "desk plan" if desk_plan else None, means).run()
        self.lines = [json.loads(line) for line in self._capfd.readouterr().out.splitlines()]
        return code

    @property
    def events(self) -> list[str]:
        """What happened to control and the belt; see `rungs` for the rest."""
        return [line["event"] for line in self.lines if not line["event"].startswith(RUNGS)]

    @property
    def rungs(self) -> list[str]:
        """What happened to relay and alarm."""
        return [line["event"] for line in self.lines if line["event"].startswith(RUNGS)]

    @property
    def notes(self) -> list[str]:
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def of(self, event: str) -> dict[str, Any]:
        return next(line for line in self.lines if line["event"] == event)
