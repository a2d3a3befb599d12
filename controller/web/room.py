"""The room this desk serves: its treadmill, the limits in force, the programs. For the setup pages.

It works out the limits as control does, from the same settings and the same profile.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from controller import profiles
from controller.commissioning.profile import ProfileError
from controller.programs.library import built_in
from controller.programs.program import FREE_WALK, Kind, Program, ProgramPhase
from controller.programs.rules import Sheet
from controller.safety.limits import HARD, tightest
from controller.web.scanning import SECONDS

COMMANDS = (
    ("Find treadmills, straps and grip units in reach", "retrotread scan"),
    ("Measure this treadmill, with nobody on its belt", "retrotread commission {treadmill}"),
    ("Stop it, should it ever run on", "retrotread stop {treadmill}"),
)


class Room(BaseModel):
    """What the settings say of one treadmill."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    treadmill: str
    grip: str
    relay: str = ""
    hardware_stop: str = ""
    heart_rate: str = ""
    adapter: str = "system"
    limits: dict[str, float] = Field(default_factory=dict)

    def machine(self, data_dir: Path) -> dict[str, Any]:
        """The treadmill in use, and what commissioning measured of it."""
        told: dict[str, Any] = self.model_dump(include={"treadmill", "grip", "relay", "heart_rate"})
        told["scan_s"] = SECONDS
        commands = [
            {"does": does, "command": command.format(treadmill=self.treadmill)}
            for does, command in COMMANDS
        ]
        try:
            profile = profiles.load(data_dir, self.treadmill)
        except ProfileError as error:
            return {**told, "profile": None, "refusal": str(error), "commands": commands}
        return {
            **told,
            "profile": profiles.described(profile),
            "refusal": self._watched_only(data_dir),
            "commands": commands,
        }

    def limits_in_force(self, data_dir: Path) -> list[dict[str, Any]]:
        """Each limit: its value, which source bound it, and the hard limit."""
        limits, bound_by = tightest({"settings": self.limits}, self._measured(data_dir))
        return [
            {
                "name": name,
                "value": getattr(limits, name),
                "source": source,
                "hard": getattr(HARD, name),
            }
            for name, source in bound_by.items()
        ]

    def _permitted(self, data_dir: Path) -> dict[str, float]:
        """Raises: `ProfileError`."""
        fitted, path = bool(self.relay), self.hardware_stop
        return profiles.permitted(data_dir, self.treadmill, relay=fitted, hardware_stop=path)[1]

    def _measured(self, data_dir: Path) -> dict[str, dict[str, float]]:
        try:
            return {"machine": self._permitted(data_dir)}
        except ProfileError:
            return {}

    def _watched_only(self, data_dir: Path) -> str:
        try:
            self._permitted(data_dir)
        except ProfileError as error:
            return str(error)
        return ""


def programs(sheets: Iterable[Sheet]) -> list[dict[str, Any]]:
    """The programs that there are, the free walk first."""
    return [_program(FREE_WALK), *(_described(sheet) for sheet in sheets)]


def _described(sheet: Sheet) -> dict[str, Any]:
    """A program, and what its file says beside the walk."""
    return {
        **_program(sheet.program),
        "own": sheet.program.id not in built_in(),
        "population": sheet.population,
        "basis": sheet.basis,
        "progression": sheet.progression,
    }


def _program(program: Program) -> dict[str, Any]:
    speeds_mps = [phase.speed_mps for phase in program.phases]
    return {
        "id": program.id,
        "title": program.title,
        "minutes": program.duration_s / 60 if program.phases else None,
        "peak_mps": max(speeds_mps, default=None),
        "belt_off": program.kind is Kind.BELT_OFF,
        "asks_baseline": program.asks_baseline,
        "phases": [_phase(phase) for phase in program.phases],
    }


def _phase(phase: ProgramPhase) -> dict[str, Any]:
    return {
        "part": phase.part.value,
        "duration_s": phase.duration_s,
        "speed_mps": phase.speed_mps,
        "incline_pct": phase.incline_pct,
    }
