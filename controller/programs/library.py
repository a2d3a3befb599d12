"""Which programs there are: the built-in ones and a clinic's own, read and checked.

Files are read by whoever starts a service or asks from the command line, never by control: that one
imports no schema, and is handed the checked programs as plain values in its plan. So there is one
reader, a faulty file is found before anything runs, and no file can change under a walk.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from controller.nearest import hint
from controller.programs import schema
from controller.programs.program import FREE_WALK, ProgramError
from controller.programs.rules import Sheet
from controller.safety.limits import LimitError, checked
from controller.toml_text import TomlError, read_toml, text_of

Sheets = dict[str, Sheet]
TABLES: dict[str, type[schema.Table]] = {
    "phases": schema.PhaseTable,
    "progression": schema.ProgressionTable,
    "ready": schema.ReadyTable,
    "rows": schema.RowTable,
}
BOUNDS = {"less_than_equal": "le", "greater_than_equal": "ge", "greater_than": "gt"}
PATTERNS = {
    "id": "made of a to z, 0 to 9 and hyphens, as in knee-oa-gentle",
    "speed": 'base or a share of it, as in "0.5*base"; other speeds are mph or kmh',
}
WORDS = {"le": "at most", "ge": "at least", "gt": "more than"}


def parse(text: str, named: str = "The program") -> Sheet:
    """What a TOML text says. Raises: `ProgramError`, one sentence that names the key."""
    try:
        sheet = schema.ProgramTable.model_validate(read_toml(text)).sheet()
        checked(**sheet.program.limits)
    except TomlError as error:
        raise ProgramError(f"{named} {error}") from error
    except ValidationError as error:
        raise ProgramError(f"{named}: {_sentence(_worst(error.errors()))}") from error
    except LimitError as error:
        raise ProgramError(f"{named}: {error}") from error
    return sheet


def read(path: Path) -> Sheet:
    """The program in a file. Raises: `ProgramError`."""
    try:
        text = text_of(path)
    except TomlError as error:
        raise ProgramError(f"{path} {error}") from error
    return parse(text, str(path))


@cache
def built_in() -> Sheets:
    """The programs that come with Retrotread, by id. Not to be changed."""
    folder = resources.files("controller.programs") / "library"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    sheets = (parse((folder / name).read_text(encoding="utf-8"), name) for name in files)
    return {sheet.program.id: sheet for sheet in sheets}


def local(folder: Path) -> Sheets:
    """A clinic's own programs, by id; none without the folder. Raises: `ProgramError`."""
    found: Sheets = {}
    for path in sorted(folder.glob("*.toml")):
        sheet = read(path)
        name = sheet.program.id
        if name in (*found, *built_in(), FREE_WALK.id):
            raise ProgramError(f"{path}: there is a program {name} already: choose another id.")
        found[name] = sheet
    return found


def titles(own: Sheets) -> dict[str, str]:
    """What may be armed, by id: the free walk, the built-in programs, and a clinic's own."""
    sheets = (*built_in().values(), *own.values())
    programs = (FREE_WALK, *(sheet.program for sheet in sheets))
    return {program.id: program.title for program in programs}


def _worst(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """A key that there is not comes first: it may be why another one is missing."""
    unknown = (error for error in errors if error["type"] == "extra_forbidden")
    return next(unknown, errors[0])


def _sentence(error: ErrorDetails) -> str:
    """One of pydantic's findings, as a sentence."""
    parts = error["loc"]
    name = _name(parts)
    if error["type"] == "extra_forbidden":
        return f"there is no key {name}.{hint(str(parts[-1]), _known(parts[:-1]))}"
    if error["type"] == "missing":
        return f"the key {name} is missing."
    bound = BOUNDS.get(error["type"])
    if bound is not None:
        most = error["ctx"][bound]
        return f"{name} must be {WORDS[bound]} {most:g}; it is {error['input']}."
    if error["type"] == "string_pattern_mismatch":
        return f"{name} is {PATTERNS[str(parts[-1])]}."
    said = _lowered(error["msg"].removeprefix("Value error, "))
    return f"{name}: {said}." if name else f"{said}."


def _name(parts: Iterable[Any]) -> str:
    """As people count: `phases.2.mph` is of the second phase."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in parts)


def _known(parts: tuple[Any, ...]) -> tuple[str, ...]:
    named = [part for part in parts if isinstance(part, str)]
    table = TABLES.get(named[-1], schema.ProgramTable) if named else schema.ProgramTable
    return tuple(table.model_fields)


def _lowered(said: str) -> str:
    return said[:1].lower() + said[1:]
