"""Backup and restore: across databases, verified, never over anything; and what is forgotten."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from controller.records.archive import Archive, ArchiveError, ArchiveRefusal, Where
from controller.records.archive.bodies import Armed, Closed, Remark
from controller.records.archive.engines import Engines
from controller.records.archive.schema import IN_ORDER
from controller.records.chain import sealed, seed
from controller.records.notes import Patient
from tests.controller.records.archive.test_archive import ANNA, opened, pain, visited

Rows = list[tuple[Any, ...]]


def record(folder: Path, session: str, *, ended: bool = True, wall: float = 1.8e9) -> Path:
    """A record of control's with nothing in it but its beginning, and its end."""
    folder.mkdir(exist_ok=True)
    begin = {"n": 0, "t": 1.0, "wall": wall, "kind": "begin", "session": session, "version": "1"}
    line, after = sealed(begin, seed(session, "1"))
    if ended:
        line += sealed({"n": 1, "t": 3.5, "wall": wall, "kind": "end"}, after)[0]
    file = folder / f"{session}.jsonl"
    file.write_bytes(line)
    return file


def everything(where: Where) -> dict[str, Rows]:
    engines = Engines(where)
    with engines.reading() as connection:
        rows = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in IN_ORDER
        }
    engines.close()
    return rows


async def furnished(where: Where) -> str:
    """Two patients, a visit with a record, a record of nobody's, and a forgotten one."""
    sessions = where.folder / "sessions"
    for session in ("aa", "bb", "cc"):
        record(sessions, session)
    async with Archive(where, sessions) as archive:
        visit = await visited(archive)
        await archive.put_patient(Patient(pseudonym="P-08"), ANNA)
        first = await archive.add(visit, pain(3), ANNA)
        await archive.add(visit, pain(4), ANNA, corrects=first.id)
        await archive.add(visit, Armed(record="aa"), ANNA)
        await archive.add(visit, Remark(remark="Größe „ok“ \U0001f600"), ANNA)
        assert await archive.take_in() == ("aa", "bb", "cc")
        await archive.forget_session("cc", ANNA)
        await archive.backup(where.folder / "kept.zip")
    return visit


async def test_a_backup_restored_into_either_database_is_the_same_to_the_last_row(
    where: Where, elsewhere: Where
) -> None:
    visit = await furnished(where)
    async with Archive(elsewhere, elsewhere.folder / "sessions") as archive:
        counts = await archive.restore(where.folder / "kept.zip")
        assert everything(elsewhere) == everything(where)
        assert counts["records"] == 2
        assert counts["rows"] == sum(map(len, everything(where).values()))
        later = await archive.add(visit, Closed(), ANNA)
        assert later.id > max(event.id for event in (await archive.history(visit))[:-1])
        await archive.backup(elsewhere.folder / "again.zip")
    for name in ("aa.jsonl", "bb.jsonl"):
        restored = elsewhere.folder / "sessions" / name
        assert restored.read_bytes() == (where.folder / "sessions" / name).read_bytes()
    assert not (elsewhere.folder / "sessions" / "cc.jsonl").exists()


async def test_a_backup_is_readable_by_any_tool_and_by_its_owner_alone(where: Where) -> None:
    await furnished(where)
    file = where.folder / "kept.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        manifest = json.loads(packed.read("manifest.json"))
        assert set(packed.namelist()) == {*manifest["files"], "manifest.json"}
        rows = [json.loads(line) for line in packed.read("archive.jsonl").splitlines()]
    assert {row["table"] for row in rows} == {table.name for table in IN_ORDER}
    assert [name.name for name in where.folder.glob(".*")] == []


async def test_a_backup_writes_over_nothing(where: Where) -> None:
    await furnished(where)
    async with Archive(where, where.folder / "sessions") as archive:
        before = (where.folder / "kept.zip").read_bytes()
        with pytest.raises(ArchiveRefusal, match="is there already"):
            await archive.backup(where.folder / "kept.zip")
        assert (where.folder / "kept.zip").read_bytes() == before
        with pytest.raises(ArchiveError, match="cannot be written: No such file"):
            await archive.backup(where.folder / "nowhere" / "kept.zip")


async def test_a_restore_goes_over_nothing(where: Where, elsewhere: Where) -> None:
    await furnished(where)
    kept = where.folder / "kept.zip"
    async with Archive(where, where.folder / "sessions") as archive:
        before = everything(where)
        with pytest.raises(ArchiveRefusal, match="Restore into an empty data folder"):
            await archive.restore(kept)
        assert everything(where) == before
    async with Archive(elsewhere, elsewhere.folder / "sessions") as archive:
        elsewhere.folder.mkdir(exist_ok=True)
        other = record(elsewhere.folder / "sessions", "aa", wall=5.0).read_bytes()
        with pytest.raises(ArchiveRefusal, match="Restore into an empty data folder"):
            await archive.restore(kept)
        assert (elsewhere.folder / "sessions" / "aa.jsonl").read_bytes() == other
        assert await archive.patients() == ()


async def test_a_restore_that_died_half_way_is_done_again(where: Where, tmp_path: Path) -> None:
    """Its records were there, its rows not yet."""
    await furnished(where)
    again = Where(tmp_path / "again")
    (again.folder / "sessions").mkdir(parents=True)
    record(again.folder / "sessions", "bb")
    async with Archive(again, again.folder / "sessions") as archive:
        await archive.restore(where.folder / "kept.zip")
        assert everything(again) == everything(where)


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup whose members were changed by somebody who knows the format."""
    with zipfile.ZipFile(source) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as packed:
        for name, octets in members.items():
            packed.writestr(name, octets)
    return target


def listing(members: dict[str, bytes], **changes: Any) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps({**manifest, **changes}).encode()


def lists(members: dict[str, bytes], name: str) -> None:
    files = json.loads(members["manifest.json"])["files"]
    files[name] = files["sessions/aa.jsonl"]
    members[name] = members["sessions/aa.jsonl"]
    listing(members, files=files)


def puts(members: dict[str, bytes], name: str, octets: bytes) -> None:
    """A member in the place of another, well listed."""
    files = json.loads(members["manifest.json"])["files"]
    files[name] = {"octets": len(octets), "sha256": hashlib.sha256(octets).hexdigest()}
    members[name] = octets
    listing(members, files=files)


MEDDLING: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a changed record": lambda m: m.update({"sessions/aa.jsonl": b"{}\n"}),
    "a changed row": lambda m: m.update({"archive.jsonl": m["archive.jsonl"] + b"\n"}),
    "a record taken away": lambda m: m.pop("sessions/aa.jsonl") and None,
    "a file that is not listed": lambda m: m.update({"sessions/zz.jsonl": b""}),
    "no manifest": lambda m: m.pop("manifest.json") and None,
    "a manifest that is none": lambda m: m.update({"manifest.json": b"[]"}),
    "a manifest too deep to be read": lambda m: m.update({"manifest.json": b"[" * 9999}),
    "files without what they are": lambda m: listing(m, files=[n for n in m if "mani" not in n]),
    "a path out of the folder": lambda m: lists(m, "sessions/../../evil.jsonl"),
    "an absolute path": lambda m: lists(m, "/tmp/evil.jsonl"),  # noqa: S108
    "rows that are none": lambda m: puts(m, "archive.jsonl", b"{}\n"),
    "rows too deep to be read": lambda m: puts(m, "archive.jsonl", b"[" * 9999),
    "rows of another table": lambda m: puts(m, "archive.jsonl", b'{"table": "x", "row": {}}\n'),
    "a newer schema": lambda m: listing(m, schema=99),
    "a newer format": lambda m: listing(m, format=2),
}


@pytest.mark.parametrize("change", MEDDLING.values(), ids=MEDDLING)
async def test_a_backup_that_was_meddled_with_changes_nothing(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    where, empty = Where(tmp_path / "here"), Where(tmp_path / "there")
    where.folder.mkdir()
    await furnished(where)
    bad = rewritten(where.folder / "kept.zip", tmp_path / "bad.zip", change)
    async with Archive(empty, empty.folder / "sessions") as archive:
        with pytest.raises(ArchiveError, match=r"is no whole backup: .* Nothing was changed"):
            await archive.restore(bad)
        assert await archive.patients() == ()
    assert not (empty.folder / "sessions").exists()
    assert names(tmp_path) == ["bad.zip", "here", "there"]


@pytest.mark.parametrize("keep", [0, 7, 100, 0.5, 0.99])
async def test_a_backup_that_breaks_off_changes_nothing(tmp_path: Path, keep: float) -> None:
    where, empty = Where(tmp_path / "here"), Where(tmp_path / "there")
    where.folder.mkdir()
    await furnished(where)
    octets = (where.folder / "kept.zip").read_bytes()
    short = tmp_path / "short.zip"
    short.write_bytes(octets[: int(keep if keep > 1 else keep * len(octets))])
    async with Archive(empty, empty.folder / "sessions") as archive:
        with pytest.raises(ArchiveError, match="is no whole backup"):
            await archive.restore(short)
        assert await archive.patients() == ()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def holding(folder: Path, marker: bytes) -> list[str]:
    """The files in which the marker stands."""
    found = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in found if marker in file.read_bytes()]


async def test_of_a_forgotten_patient_no_octet_remains_and_nobody_else_is_touched(
    where: Where,
) -> None:
    sessions, reports = where.folder / "sessions", where.folder / "reports"
    reports.mkdir()
    (reports / "aa.html").write_text("a report")
    async with Archive(where, sessions) as archive:
        other = await visited(archive, "P-08")
        await archive.add(other, Armed(record="bb"), ANNA)
        visit = await visited(archive, "Marker-4711")
        for session in ("aa", "bb"):
            record(sessions, session)
        await archive.add(visit, Armed(record="aa"), ANNA)
        await archive.add(visit, Remark(remark="Marker-4711 limps"), ANNA)
        await archive.take_in()
        kept = await archive.history(other)
        gone = await archive.forget_patient("Marker-4711", ANNA)
        assert (gone.visits, gone.records) == (1, ("aa",))
        assert [each.pseudonym for each in await archive.patients()] == ["P-08"]
        assert await archive.history(visit) == ()
        assert await archive.history(other) == kept
        assert [each.session for each in await archive.summaries()] == ["bb"]
        assert holding(where.folder, b"Marker-4711") == []
        assert [file.name for file in sessions.iterdir()] == ["bb.jsonl"]
        assert list(reports.iterdir()) == []
    marks = everything(where)["forgotten"]
    assert sorted(mark[1] for mark in marks) == ["patient", "record", "visit"]
    assert "Marker-4711" not in str(everything(where))


async def test_a_forgotten_record_is_never_taken_in_again_and_its_file_is_swept_up(
    where: Where,
) -> None:
    sessions = where.folder / "sessions"
    async with Archive(where, sessions) as archive:
        record(sessions, "aa")
        await archive.take_in()
        await archive.forget_session("aa", ANNA)
        record(sessions, "aa")
        assert await archive.take_in() == ()
        assert await archive.summaries() == ()
        assert (await archive.sweep(), await archive.sweep()) == (1, 0)
        assert not (sessions / "aa.jsonl").exists()
        visit = await visited(archive)
        with pytest.raises(ArchiveRefusal, match="was forgotten"):
            await archive.add(visit, Armed(record="aa"), ANNA)


async def test_a_session_is_forgotten_by_its_visit_or_by_any_record_in_it(where: Where) -> None:
    sessions = where.folder / "sessions"
    async with Archive(where, sessions) as archive:
        for by_record in (True, False):
            visit = await visited(archive)
            names = (f"{visit[:8]}-a", f"{visit[:8]}-b")
            for name in names:
                record(sessions, name)
                await archive.add(visit, Armed(record=name), ANNA)
            gone = await archive.forget_session(names[0] if by_record else visit, ANNA)
            assert sorted(gone.records) == list(names)
            assert await archive.notes(visit) is None
        assert list(sessions.iterdir()) == []
        assert await archive.patient("P-07") == Patient(pseudonym="P-07")


async def test_nothing_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    valued = record(outside, "valued")
    sessions = tmp_path / "data" / "sessions"
    sessions.mkdir(parents=True)
    (sessions / "valued.jsonl").symlink_to(valued)
    async with Archive(Where(tmp_path / "data"), sessions) as archive:
        assert await archive.take_in() == ()
        for key in ("../outside/valued", "../../outside/valued", str(valued), "valued", "", "."):
            with pytest.raises(ArchiveRefusal, match="There is no such session"):
                await archive.forget_session(key, ANNA)
    assert valued.exists()


async def test_what_nobody_forgot_stays_and_what_goes_on_is_not_forgotten(where: Where) -> None:
    sessions = where.folder / "sessions"
    async with Archive(where, sessions) as archive:
        visit = await visited(archive)
        running = record(sessions, "aa", ended=False)
        await archive.add(visit, Armed(record="aa"), ANNA)
        for attempt in (
            lambda: archive.forget_session("aa", ANNA),
            lambda: archive.forget_session(visit, ANNA),
            lambda: archive.forget_patient("P-07", ANNA),
        ):
            with pytest.raises(ArchiveRefusal, match="goes on"):
                await attempt()
        assert running.exists()
        with pytest.raises(ArchiveRefusal, match="no such patient"):
            await archive.forget_patient("P-99", ANNA)
        os.utime(running, (1, 1))
        await archive.forget_patient("P-07", ANNA)
        assert not running.exists()


async def test_what_is_kept_for_some_days_is_kept_so_long_and_no_longer(where: Where) -> None:
    sessions, now = where.folder / "sessions", [datetime(2026, 1, 1, tzinfo=UTC)]
    async with Archive(where, sessions, now=lambda: now[0]) as archive:
        old = await visited(archive, "P-01")
        await archive.add(old, Armed(record="aa"), ANNA)
        record(sessions, "aa", wall=now[0].timestamp())
        record(sessions, "bb", wall=now[0].timestamp())
        now[0] += timedelta(days=50)
        returned = await visited(archive, "P-02")
        await archive.open_visit(opened("P-02"), ANNA)
        record(sessions, "cc", wall=now[0].timestamp())
        await archive.take_in()
        now[0] += timedelta(days=49)
        assert await archive.expire(100) == 0
        now[0] += timedelta(days=2)
        assert await archive.expire(100) == 3
        assert [each.pseudonym for each in await archive.patients()] == ["P-02"]
        assert len(await archive.visits()) == 2
        assert await archive.notes(returned) is not None
        assert [file.name for file in sessions.iterdir()] == ["cc.jsonl"]
