"""What a fault can change: the parts of a machine, of its link, of the grip unit and the walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from protocols.belt import SpeedGrid
from protocols.ftms.treadmill_data import SPEED_UNITS_PER_MPS
from simulators.plant import Drive
from simulators.trouble import LINK, Trouble

Troubles = tuple[Trouble, ...]

SPEEDS = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=SPEED_UNITS_PER_MPS)
"""0.5–6.0 km/h in steps of 0.1, a walking pad's usual range."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the firmware behaves. The defaults are an honest machine that follows the standard."""

    answer_s: float = 0.04
    """From a request to its response; a UREVO pad took 40–50 ms."""
    report_period_s: float = 0.5
    """UREVO and W2 Pro pads report every 0.49–0.54 s."""
    speeds: SpeedGrid = SPEEDS
    needs_control: bool = True
    """False: it obeys also who has not requested control."""
    moves: bool = True
    """False: every request succeeds, and the motor does nothing."""
    unit_scale: float = 1.0
    """True speed of one commanded km/h, in km/h."""
    incline_scale: float = 1.0
    """True incline of one commanded per cent, in per cent."""
    runaway_mps2: float = 0.0
    """How fast the set-point climbs by itself, up to the machine's maximum."""
    runaway_after_s: float = 0.0
    """Seconds of running until it begins to climb."""
    stops_unlinked: bool = False
    """True: it stops when its client is lost, as few do."""


RADIO_HABITS = frozenset(
    {"answer_s", "report_period_s", "speeds", "needs_control", "stops_unlinked"}
)
"""Those that a serial machine does not have: it answers at once, tells what it is asked, counts in
its own kind's units, and knows of no client."""
OF_PERMISSION = frozenset({"control starts", "lose control"})
"""Troubles with the control that a Bluetooth machine grants; a serial one obeys whoever speaks."""


@dataclass(frozen=True, slots=True)
class GattTable:
    """What a client finds on connecting, and what is advertised. Defaults: all as it should be.

    None for octets means what the machine's own figures give.
    """

    control_point: frozenset[str] = frozenset({"write", "indicate"})
    features: bytes | None = None
    speed_range: bytes | None = None
    missing: frozenset[str] = frozenset()
    """UUIDs that are not there."""
    missing_later: frozenset[str] = frozenset()
    """UUIDs that are not there from the second connection on."""
    surplus: tuple[str, ...] = ()
    """UUIDs of other machines' data that are offered, too."""
    named: bool = True
    service_data: bytes | None = None
    """What follows the service's UUID in the advertisement; empty: there is no such field."""
    stranger_later: bool = False
    """After the first connection it has another address under the same name."""


class Machine(NamedTuple):
    """One treadmill, as built, and the radio link to it.

    `quirks`: see `simulators.quirks`; `manners`: see `simulators.manners`; `voice`: see
    `simulators.voice`; `mishaps`: see `simulators.mishaps`; `link`: see `simulators.link_model`.
    """

    habits: Habits = Habits()
    drive: Drive = Drive()
    table: GattTable = GattTable()
    quirks: Troubles = ()
    manners: Troubles = ()
    voice: Troubles = ()
    mishaps: Troubles = ()
    link: Troubles = ()


HONEST = Machine()


class Case(NamedTuple):
    """Everything that can be amiss at once. `grip`: see `simulators.grip_sensor` and
    `simulators.grip_line`; `walk`: intents of the walker.
    """

    machine: Machine = HONEST
    grip: Troubles = ()
    walk: Troubles = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: a plain sentence, where it was seen, what it changes.

    `source` begins with the rows of the project's fault catalogue (F1…) and its list of machines
    seen in the field (D1…) that it stands for.
    """

    sentence: str
    source: str
    habits: Mapping[str, Any] = field(default_factory=dict)
    drive: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    quirks: Troubles = ()
    manners: Troubles = ()
    voice: Troubles = ()
    mishaps: Troubles = ()
    link: Troubles = ()
    grip: Troubles = ()
    walk: Troubles = ()

    @property
    def of_bluetooth(self) -> bool:
        """Whether all that it changes is there on a Bluetooth machine alone: on a serial one
        nothing would come of it."""
        orders = (*self.quirks, *self.mishaps)
        radio = (self.table, self.manners, self.voice, self.link, self.habits, orders)
        wherever = (
            self.habits.keys() - RADIO_HABITS,
            self.drive,
            [trouble for trouble in orders if _of_any_machine(trouble)],
            self.grip,
            self.walk,
        )
        return any(radio) and not any(wherever)

    def given_to(self, case: Case) -> Case:
        """`case` with this fault on top: figures are replaced, troubles are added."""
        machine = case.machine
        afflicted = Machine(
            replace(machine.habits, **self.habits),
            machine.drive._replace(**self.drive),
            _merged(machine.table, self.table),
            machine.quirks + self.quirks,
            machine.manners + self.manners,
            machine.voice + self.voice,
            machine.mishaps + self.mishaps,
            machine.link + self.link,
        )
        return Case(afflicted, case.grip + self.grip, case.walk + self.walk)


def _of_any_machine(trouble: Trouble) -> bool:
    return trouble.since != LINK and trouble.what not in OF_PERMISSION


def _merged(table: GattTable, changes: Mapping[str, Any]) -> GattTable:
    """Collections of the two are joined, so that two faults may each take something away."""
    joined = {
        part.name: getattr(table, part.name) | changes[part.name]
        for part in fields(table)
        if part.name in changes and part.name.startswith("missing")
    }
    return replace(table, **{**changes, **joined})
