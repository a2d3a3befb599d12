"""The table of checks, and one visit to a computer: all at once, and none waited for too long."""

import contextlib
import queue
import threading
import time
from collections.abc import Sequence

from controller.doctor import archive, bluetooth, computer, folder, machine, network, wires
from controller.doctor.finding import Check, Finding, Subject, missing
from controller.home import HomelessError

VISIT_S = 6.0
"""The longest that all of them may take: a small computer that is busy needs seconds to load a
database's library."""

CHECKS = (
    Check("settings", machine.settings, machine.judge_settings),
    Check("Python", computer.python, computer.judge_python),
    Check("clock", computer.clocks, computer.judge_clocks),
    Check("sleep", computer.sleep, computer.judge_sleep),
    Check("scheduling", computer.scheduling, computer.judge_scheduling),
    Check("data folder", folder.look, folder.judge),
    Check("Bluetooth", bluetooth.look, bluetooth.judge),
    Check("wires", wires.look, wires.judge),
    Check("treadmill", machine.machine, machine.judge_machine),
    Check("archive", archive.look, archive.judge),
    Check("programs", machine.programs, machine.judge_programs),
    Check("users", machine.users, machine.judge_users),
    Check("console", network.port, network.judge_port),
    Check("files", network.files, network.judge_files),
    Check("broker", network.broker, network.judge_broker),
)

Place = tuple[int, Sequence[Finding]]


def examine(
    subject: Subject, checks: Sequence[Check] = CHECKS, limit_s: float = VISIT_S
) -> list[Finding]:
    """What all checks find, in the order of the table; one that is silent for too long says so."""
    told: queue.Queue[Place] = queue.Queue()
    for number, check in enumerate(checks):
        # A daemon: a disk or a name server that hangs must not keep the doctor from leaving.
        visit = threading.Thread(target=_visit, args=(number, check, subject, told), daemon=True)
        visit.start()
    found = _told(told, len(checks), time.monotonic() + limit_s)
    return [
        finding
        for number, check in enumerate(checks)
        for finding in found.get(number, [_silent(check)])
    ]


def _told(told: "queue.Queue[Place]", count: int, until_s: float) -> dict[int, Sequence[Finding]]:
    found: dict[int, Sequence[Finding]] = {}
    with contextlib.suppress(queue.Empty):
        while len(found) < count:
            number, findings = told.get(timeout=max(0.0, until_s - time.monotonic()))
            found[number] = findings
    return found


def _visit(number: int, check: Check, subject: Subject, told: "queue.Queue[Place]") -> None:
    try:
        told.put((number, check.judge(check.look(subject))))
    except HomelessError as error:
        way_out = "export HOME=/var/lib/retrotread, or a data_dir in the settings"
        told.put((number, [missing(check.name, str(error), way_out)]))
    except Exception as error:  # one check that fails may not hide the others
        says = f"it could not be looked at ({type(error).__name__}: {error})"
        told.put(
            (number, [missing(check.name, says, "report this, with retrotread doctor --json")])
        )


def _silent(check: Check) -> Finding:
    says = "it did not answer in time"
    return missing(check.name, says, "dmesg | tail; then retrotread doctor again")
