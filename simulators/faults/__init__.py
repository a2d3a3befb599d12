"""Everything that misbehaves, as data: machines, links, grip units, walkers, each with its source.

A fault changes some parts of an honest `Case`. Faults compose in the order in which they are
named, and the same tables serve the radio and virtual time. Numbers such as F35 are rows of the
project's fault catalogue, D6 those of its list of machines seen in the field; `ELSEWHERE` names
those that no fault here stands for. `python -m simulators.faults` prints the tables as JSON.
"""

from collections.abc import Iterable

from simulators.faults.answers import ANSWERS
from simulators.faults.elsewhere import ELSEWHERE
from simulators.faults.grip import GRIP
from simulators.faults.link import LINKS
from simulators.faults.motion import MOTION
from simulators.faults.names import found
from simulators.faults.parts import HONEST, Case, Fault, GattTable, Habits, Machine
from simulators.faults.table import TABLE
from simulators.faults.telemetry import TELEMETRY
from simulators.faults.walker import WALKER

__all__ = [
    "ELSEWHERE",
    "FAULTS",
    "HONEST",
    "KINDS",
    "Case",
    "Fault",
    "GattTable",
    "Habits",
    "Machine",
    "afflicted",
    "case",
    "listing",
]

KINDS: dict[str, dict[str, Fault]] = {
    "none": {"none": Fault("Everything is as it should be.", "FTMS 1.0")},
    "motion": MOTION,
    "answers": ANSWERS,
    "telemetry": TELEMETRY,
    "table": TABLE,
    "link": LINKS,
    "grip": GRIP,
    "walker": WALKER,
}

FAULTS: dict[str, Fault] = {name: fault for kind in KINDS.values() for name, fault in kind.items()}


def case(names: Iterable[str], machine: Machine = HONEST, *, serial: bool = False) -> Case:
    """`machine`, its link, a grip unit and a walk with the named faults.

    Raises: `ValueError`, see `names.found`; and for one of which nothing would come on a `serial`
    machine.
    """
    made = Case(machine)
    for name in names:
        fault = FAULTS[found(name, FAULTS)]
        if serial and fault.of_bluetooth:
            raise ValueError(
                f"The fault {name} is one of a Bluetooth link, which a serial treadmill does not "
                "have: see `retrotread demo --list-faults --json` for those of any link."
            )
        made = fault.given_to(made)
    return made


def afflicted(names: Iterable[str], machine: Machine = HONEST) -> Machine:
    """`machine` and its link with the named faults; see `case`."""
    return case(names, machine).machine


def listing() -> dict[str, dict[str, str]]:
    """The tables for people: name → sentence, source, kind, and the link of the machines that can
    have it, `bluetooth` or `any`."""
    return {
        name: {
            "sentence": fault.sentence,
            "source": fault.source,
            "kind": kind,
            "link": "bluetooth" if fault.of_bluetooth else "any",
        }
        for kind, table in KINDS.items()
        for name, fault in table.items()
    }
