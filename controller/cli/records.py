"""`retrotread sessions`, `verify`, `replay`: what is kept of sessions, and whether it is true."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from controller.cli import archive
from controller.cli.failure import Failure
from controller.home import usual_folder
from controller.records.archive import Archive, Where
from controller.records.archive.summary import Summary
from controller.records.chain import Checked, Finding, Record, check
from controller.records.replay import Replayed, octets, replay
from controller.records.values import RecordError


def sessions(place: Where, *, as_json: bool) -> None:
    """List what is kept, oldest first, with what the archive knows of it."""
    folder = place.folder / "sessions"
    known = _archived(place)
    rows = [_row(file) for file in folder.glob("*.jsonl")]
    rows = sorted(({**row, **_known(row, known)} for row in rows), key=_begun)
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(_line(row))
    if not rows:
        print(f"There are no sessions in {folder}.")


Known = dict[str, tuple[Summary | None, str | None]]


def _archived(place: Where) -> Known:
    """By session, its figures and its patient; an archive that cannot be read says so."""
    if not archive.is_there(place):
        return {}
    try:
        return archive.asked(place, _all_known)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return {}


async def _all_known(kept: Archive) -> Known:
    figures = {each.session: each for each in await kept.summaries()}
    whose = {name: each.patient for each in await kept.visits() for name in each.records}
    return {name: (figures.get(name), whose.get(name)) for name in {**figures, **whose}}


def _known(row: dict[str, Any], known: Known) -> dict[str, Any]:
    """`as_archived`: the record is still the one that was taken in; None if none was."""
    kept, patient = known.get(row["session"], (None, None))
    names = ("distance_m", "walked_s", "peak_mps", "mean_mps", "releases")
    head = row["head_sha256"]
    return {
        "patient": patient,
        **{name: getattr(kept, name, None) for name in names},
        "as_archived": None if kept is None or not kept.complete else kept.head_sha256 == head,
    }


def verify(named: str, data: str, *, as_json: bool) -> None:
    """Raises: `Failure` for a record with any finding."""
    file = record_file(named, data)
    checked = check(record_octets(file))
    count, findings = len(checked.records), (*_renamed(file, checked), *checked.findings)
    if as_json:
        told = [asdict(found) for found in findings]
        good = {"records": count, "whole": checked.whole, "verified": not findings}
        print(json.dumps({"file": str(file), **good, "findings": told}, indent=2))
    else:
        for found in findings:
            print(f"line {found.line}: {found.kind}: {found.sentence}")
    if findings:
        raise Failure(_verdict(file, checked, findings))
    if not as_json:
        print(f"{count} records, every one as it was written, from begin to end.")


def again(named: str, data: str, *, as_json: bool) -> None:
    """Raises: `Failure` for a difference, a broken record, or one that cannot be read."""
    file = record_file(named, data)
    checked = check(record_octets(file))
    try:
        replayed = replay(checked.records)
    except RecordError as error:
        raise Failure(f"{file} cannot be replayed. {error}") from error
    if as_json:
        alike = checked.whole and replayed.difference is None
        told = {"file": str(file), "identical": alike, "whole": checked.whole}
        print(json.dumps({**told, **asdict(replayed)}, indent=2))
    _replayed(file, checked, replayed, quiet=as_json)


def _replayed(file: Path, checked: Checked, replayed: Replayed, *, quiet: bool) -> None:
    if replayed.difference is not None:
        number, now_s = replayed.difference.number, replayed.difference.now_s
        if not quiet:
            print(f"recorded: {octets(replayed.difference.recorded).decode()}")
            print(f"today:    {octets(replayed.difference.today).decode()}")
        raise Failure(
            f"{replayed.turns} turns are alike; record {number}, at {now_s:.3f} s, is decided "
            "otherwise today."
        )
    if not checked.whole:
        raise Failure(
            f"{replayed.turns} turns are alike, up to where the chain is broken. "
            f"See retrotread verify {file}."
        )
    if not quiet:
        print(f"{replayed.turns} turns, every decision byte-identical.")


def _verdict(file: Path, checked: Checked, findings: tuple[Finding, ...]) -> str:
    if not checked.whole or findings[0].kind == "renamed":
        return f"{file} is not as it was written: rely on nothing from line {findings[0].line} on."
    return f"{file} is as it was written, but it is not complete."


def _renamed(file: Path, checked: Checked) -> tuple[Finding, ...]:
    named = str(checked.records[0].get("session")) if checked.records else file.stem
    if named == file.stem:
        return ()
    return (Finding("renamed", 1, f"It is the record of session {named}."),)


def data_folder(data: str) -> Path:
    return Path(data or usual_folder())


def _folder(data: str) -> Path:
    return data_folder(data) / "sessions"


def record_file(named: str, data: str) -> Path:
    """A session's id, or the path of a file. Raises: `Failure`."""
    kept = _folder(data) / f"{named}.jsonl"
    for file in (Path(named), kept):
        if file.is_file():
            return file
    raise Failure(f"There is no file {named}, and no {kept}. See retrotread sessions.")


def record_octets(file: Path) -> bytes:
    """Raises: `Failure`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error


def _begun(row: dict[str, Any]) -> tuple[float, str]:
    return row["began"] or 0.0, row["session"]


def _row(file: Path) -> dict[str, Any]:
    """What the list tells of one record; figures are None where it cannot be relied on."""
    try:
        checked = check(file.read_bytes())
    except OSError:
        checked = check(b"")
    records = checked.records
    return {
        "session": file.stem,
        "began": records[0]["wall"] if records else None,
        "duration_s": round(records[-1]["t"] - records[0]["t"], 3) if records else None,
        "program": records[0].get("program") if records else None,
        "cause": _cause(records),
        "whole": checked.whole,
        "complete": not checked.findings,
        "head_sha256": records[-1]["sha256"] if records else "",
    }


def _cause(records: tuple[Record, ...]) -> str:
    """What latched the session first; empty for one that ended by itself."""
    causes = (str(record["cause"]) for record in records if record.get("cause"))
    return next(causes, "")


def _line(row: dict[str, Any]) -> str:
    began = "?"
    if row["began"] is not None:
        began = datetime.fromtimestamp(row["began"], UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    lasted = "?" if row["duration_s"] is None else f"{row['duration_s']:.0f} s"
    chain = "whole" if row["complete"] else "incomplete" if row["whole"] else "broken"
    chain = "rewritten" if row["as_archived"] is False and row["whole"] else chain
    program, cause = row["program"] or "?", row["cause"] or "-"
    whose = row["patient"] or "-"
    return f"{row['session']:34}{began:22}{lasted:>8}  {program:20}{cause:18}{whose:12} {chain}"
