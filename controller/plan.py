"""What one process tells the next at its start: settings already checked, as one JSON file.

Standard library only, so that guard and control can read it without the weight of settings.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

GIVES_WAY = 40
"""The exit code of a control that has ended at rest, nothing latched, so that a commissioner takes
its place."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One service: its machine, its sensors, its limits, its console.

    - `treadmill`, `grip`: addresses; `adapter`: `system` or `hci:<transport>`.
    - `limits`: by source, the limits that it sets (SI).
    - `hatch`: the Unix socket between desk and control.
    - `relay`: the address of the relay that holds the safety circuit closed; "" if none is fitted.
    - `hardware_stop`: what else can stop the belt without software, as the installer records it:
      "safety_key", "relay", or "" for nothing.
    - `heart_rate`, `witness`: addresses of a strap and of a speed sensor; "" for none.
    - `machine`: how a serial treadmill is set up, the fields of a `Fitting`.
    - `orientation`: `turned`, the patient faces the rear; or `reverse_belt`, the belt runs back.
    - `programs`: the checked programs that may be armed beside the free walk, as plain values.
    - `alarm`: the program that sounds the alarm, and its arguments; none rings the terminal's bell.
    - `realtime`: come before other programs and stay in memory, if this is permitted.
    """

    treadmill: str
    grip: str
    adapter: str
    hatch: str
    data_dir: str
    limits: dict[str, dict[str, float]] = field(default_factory=dict)
    relay: str = ""
    hardware_stop: str = ""
    heart_rate: str = ""
    witness: str = ""
    alarm: list[str] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    orientation: str = "turned"
    programs: list[dict[str, Any]] = field(default_factory=list)
    realtime: bool = False

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> "Plan":
        return cls(**json.loads(path.read_text()))
