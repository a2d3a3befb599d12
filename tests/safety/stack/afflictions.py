"""What may go wrong in a run, by name, and how it strikes: every fault of the simulators, and those
that befall people, the computer and the disk.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from simulators.faults import FAULTS, KINDS, Case, case
from simulators.faults.parts import Troubles
from simulators.trouble import LINK, RUN
from tests.safety.stack.bedside import Bedside

Strike = Callable[[Bedside], None]

AT_ONCE_S = 0.001
"""Onset of a fault that strikes now: after the instant in which it was given."""


def named(name: str, *, at_once: bool = True) -> Strike:
    """A fault of the simulators; `at_once` instead of so many seconds into the run."""

    def strike(bedside: Bedside) -> None:
        bedside.obliging &= not FAULTS[name].walk
        given = case([name])
        clock = LINK if bedside.supervisor.phase == "belt_off" else RUN
        bedside.scene.case = _hastened(given, clock) if at_once else given
        bedside.scene.treadmill.afflict(bedside.scene.case.machine)

    return strike


def _hastened(given: Case, clock: int) -> Case:
    """On a belt whose motor stays off nothing waits for it to run."""
    onset, machine = partial(_onset, clock), given.machine
    machine = machine._replace(
        habits=replace(machine.habits, runaway_after_s=0.0),
        quirks=onset(machine.quirks), manners=onset(machine.manners),
        voice=onset(machine.voice), mishaps=onset(machine.mishaps), link=onset(machine.link),
    )  # fmt: skip
    return Case(machine, onset(given.grip), onset(given.walk))


def _onset(clock: int, troubles: Troubles) -> Troubles:
    """The first begins now, the others as long after it as before."""
    first_s = min((trouble.after_s for trouble in troubles if trouble.after_s > 0), default=0.0)
    return tuple(
        trouble._replace(
            after_s=trouble.after_s - first_s + AT_ONCE_S, since=max(clock, trouble.since)
        )
        if trouble.after_s > 0
        else trouble
        for trouble in troubles
    )


def console(button: str) -> Strike:
    return lambda bedside: bedside.scene.treadmill.press(button)


def stalled_for(seconds: float) -> Strike:
    return lambda bedside: bedside.stall(seconds)


def supervisor_leaves(bedside: Bedside) -> None:
    bedside.supervisor.attends = False


def guard_dies(bedside: Bedside) -> None:
    bedside.guard_lives = False


def journal_fails(bedside: Bedside) -> None:
    bedside.ledger.works = False


def tether_off(bedside: Bedside) -> None:
    bedside.scene.sensor.tether = False


def mashed(verb: str) -> Strike:
    """Fifty presses within five seconds."""

    def strike(bedside: Bedside) -> None:
        for press in range(50):
            bedside.loop.call_later(press * 0.1, bedside.supervisor.press, verb)

    return strike


OWN: dict[str, Strike] = {
    "console_starts_now": console("start"),
    "console_pauses_now": console("pause"),
    "key_pulled_now": console("pull key"),
    "tether_off_now": tether_off,
    "supervisor_leaves": supervisor_leaves,
    "faster_mashed": mashed("faster"),
    "start_mashed": mashed("start"),
    "reset_mashed": mashed("reset"),
    "guard_dies": guard_dies,
    "short_stall": stalled_for(0.12),
    "stall": stalled_for(0.35),
    "computer_paused": stalled_for(1.0),
    "computer_suspended": stalled_for(20.0),
    "disk_full": journal_fails,
}
"""F41 F42 F96 F91 F89 F90 F67 F70 F74 F79 F82 F83 F84 of the project's fault catalogue."""

FROM_THE_START = frozenset(KINDS["table"]) | {
    "needs_unlock", "phantom_speed", "grip_other_version", "starts_after_connect", "short_visits",
    "control_starts", "coarse_grid", "truncated_report", "grip_stuck", "grip_left_stuck",
    "grip_of_another_room",
}  # fmt: skip
"""What a machine or a sensor is, not what befalls it: it is so before anybody connects."""

STRIKES: dict[str, Strike] = {**{name: named(name) for name in FAULTS}, **OWN}
