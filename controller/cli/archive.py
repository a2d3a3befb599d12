"""`retrotread patients`, `backup`, `restore`, `forget`: what the archive keeps, and no longer."""

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from controller.cli.failure import Failure
from controller.home import usual_folder
from controller.records.archive import Archive, ArchiveError, Where
from controller.records.notes import Patient, SessionNotes
from controller.settings import Settings, SettingsError, read

Result = TypeVar("Result")
NOTHING = "There is no archive in {}. The service makes one when it starts."


def where(data: str, config: str) -> Where:
    """The archive of a settings file, or the one in a data folder. Raises: `Failure`."""
    if not config:
        return Where(Path(data or usual_folder()))
    settings = _settings(config)
    named = settings.archive
    folder = Path(data) if data else settings.data_dir
    return Where(folder, named.url, named.password_file, named.ca_file)


def asked(place: Where, what: Callable[[Archive], Awaitable[Result]]) -> Result:
    """The answer of an archive that is opened for this question. Raises: `Failure`."""

    async def ask() -> Result:
        async with Archive(place, place.folder / "sessions") as archive:
            return await what(archive)

    try:
        return asyncio.run(ask())
    except ArchiveError as error:
        raise Failure(str(error)) from None


def is_there(place: Where) -> bool:
    """Looking at what is kept makes no archive."""
    return bool(place.url) or place.file.exists()


def patients(place: Where, *, as_json: bool) -> None:
    """List the patients, by pseudonym."""
    rows = asked(place, _patients) if is_there(place) else []
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(_line(row))
    if not rows:
        print(f"There are no patients in {place.folder}.")


async def _patients(archive: Archive) -> list[dict[str, Any]]:
    visits: dict[str, list[SessionNotes]] = {}
    for each in await archive.visits():
        visits.setdefault(each.patient, []).append(each)
    return [_row(each, visits.get(each.pseudonym, [])) for each in await archive.patients()]


def _row(patient: Patient, visits: list[SessionNotes]) -> dict[str, Any]:
    opened = [each.opened_at for each in visits if each.opened_at is not None]
    return {
        **patient.model_dump(mode="json"),
        "visits": len(visits),
        "records": [record for each in visits for record in each.records],
        "last_visit": max(opened).isoformat(timespec="seconds") if opened else None,
    }


def _line(row: dict[str, Any]) -> str:
    last = (row["last_visit"] or "-")[:10]
    return f"{row['pseudonym']:34}{last:12}{row['visits']:>4} visits  {row['program'] or '-'}"


def backup(target: str, place: Where) -> None:
    """Raises: `Failure`."""
    if not is_there(place):
        raise Failure(NOTHING.format(place.folder))
    counts = asked(place, lambda archive: archive.backup(Path(target)))
    print(f"{target}: {counts['rows']} rows and {counts['records']} records. Keep it locked away.")


def restore(source: str, place: Where) -> None:
    """Raises: `Failure`."""
    counts = asked(place, lambda archive: archive.restore(Path(source)))
    print(f"{counts['rows']} rows and {counts['records']} records are back, as they were.")


def forget(what: str, place: Where, *, yes: bool) -> None:
    """Raises: `Failure`, also for a no."""
    if not is_there(place):
        raise Failure(NOTHING.format(place.folder))
    patient = asked(place, lambda archive: archive.patient(what))
    kind = "session" if patient is None else "patient, with every session,"
    if not yes and not _agreed(kind):
        raise Failure("Nothing was forgotten.")
    who = getpass.getuser()

    async def act(archive: Archive) -> int:
        forgets = archive.forget_session if patient is None else archive.forget_patient
        return len((await forgets(what, who)).records)

    count = asked(place, act)
    print(f"Forgotten, and {count} records with it. Backups made before still hold it.")


def _agreed(kind: str) -> bool:
    """Asked on the terminal; anything but a yes is a no."""
    print(
        f"Forget this {kind} for ever, files and all? yes/no ", end="", file=sys.stderr, flush=True
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _settings(config: str) -> Settings:
    try:
        return read(Path(config), os.environ)
    except SettingsError as error:
        raise Failure(str(error)) from error
