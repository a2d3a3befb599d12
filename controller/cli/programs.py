"""`retrotread programs`: which programs there are, and whether a file is one."""

import json
import os
from pathlib import Path
from typing import Any

from controller.cli.failure import Failure
from controller.cli.serve import own_programs
from controller.home import usual_folder
from controller.programs import library
from controller.programs.program import FREE_WALK, ProgramError
from controller.programs.rules import Sheet
from controller.records.values import encode
from controller.settings import SettingsError, read
from protocols.units import kmh_from_mps, mph_from_mps


def show(config: str, data: str, *, as_json: bool) -> None:
    """List the built-in and the local ones."""
    own = clinics_own(config, data)
    rows = [
        {"local": sheet.program.id in own, **_row(sheet)}
        for sheet in (*library.built_in().values(), *own.values())
    ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(_line(row))
    print(f"{FREE_WALK.id}: without phases; the supervisor sets the speed.")


def check(file: str) -> None:
    """Raises: `Failure` with one sentence that names the file, the key and the way out."""
    try:
        sheet = library.read(Path(file))
    except ProgramError as error:
        raise Failure(str(error)) from error
    print(f"{file} can be walked: {_line(_row(sheet))}")


def clinics_own(config: str, data: str) -> library.Sheets:
    """A clinic's programs: of a settings file, or in a data folder. Raises: `Failure`."""
    folder = Path(data) if data else usual_folder()
    try:
        if config:
            return own_programs(read(Path(config), os.environ))
        return library.local(folder / "programs")
    except (ProgramError, SettingsError) as error:
        raise Failure(str(error)) from error


def _row(sheet: Sheet) -> dict[str, Any]:
    """All that the file says: SI with its units in the names, but for minutes."""
    told: dict[str, Any] = encode(sheet)
    program = told.pop("program")
    minutes = sheet.program.duration_s / 60
    return {**program, "minutes": round(minutes, 2), **told}


def _line(row: dict[str, Any]) -> str:
    cap_mps, often = row["cap_mps"], f"{row['per_week']} a week for {row['weeks']} weeks"
    cap = f"up to {mph_from_mps(cap_mps):.1f} mph ({kmh_from_mps(cap_mps):.1f} km/h)"
    return f"{row['id']}: {row['title']}. {row['minutes']:g} minutes, {cap}, {often}."
