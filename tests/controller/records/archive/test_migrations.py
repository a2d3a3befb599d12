"""From one schema to the next: whole or not at all, forward only."""

import pytest
from sqlalchemy import Connection, inspect, text, update

from controller.records.archive import Archive, ArchiveError, Where
from controller.records.archive import migrations as module
from controller.records.archive.engines import Engines
from controller.records.archive.migrations import STEPS, migrate, version
from controller.records.archive.schema import VERSION, metadata, schema
from tests.controller.records.archive.test_archive import ANNA, pain, visited


def _adds_a_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE visits ADD COLUMN room VARCHAR(8) DEFAULT 'one'"))


def _fails_half_way(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (way INTEGER)"))
    connection.execute(text("SELECT * FROM nowhere"))


def tables(where: Where) -> set[str]:
    engines = Engines(where)
    with engines.reading() as connection:
        found = set(inspect(connection).get_table_names())
    engines.close()
    return found


async def test_an_archive_of_yesterday_is_brought_up_to_date_with_all_that_is_in_it(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Archive(where, where.folder) as archive:
        visit = await visited(archive)
        await archive.add(visit, pain(3), ANNA)
        before = await archive.history(visit)
    monkeypatch.setattr(module, "STEPS", (*STEPS, _adds_a_column))
    async with Archive(where, where.folder) as archive:
        assert await archive.history(visit) == before
    engines = Engines(where)
    with engines.reading() as connection:
        assert version(connection) == len(STEPS) + 1
        assert connection.execute(text("SELECT room FROM visits")).scalars().all() == ["one"]
    engines.close()


async def test_a_backup_of_yesterday_is_restored_into_the_schema_of_today(
    where: Where, elsewhere: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Archive(where, where.folder / "sessions") as archive:
        visit = await visited(archive)
        await archive.add(visit, pain(3), ANNA)
        before = await archive.history(visit)
        await archive.backup(where.folder / "kept.zip")
    monkeypatch.setattr(module, "STEPS", (*STEPS, _adds_a_column))
    async with Archive(elsewhere, elsewhere.folder / "sessions") as archive:
        assert await archive.patients() == ()
        await archive.restore(where.folder / "kept.zip")
        assert await archive.history(visit) == before
        later = await archive.add(visit, pain(4), ANNA)
        assert later.id > before[-1].id
    engines = Engines(elsewhere)
    with engines.reading() as connection:
        assert version(connection) == len(STEPS) + 1
        assert connection.execute(text("SELECT room FROM visits")).scalars().all() == ["one"]
    with pytest.raises(Exception, match="events are only added"), engines.writing() as connection:
        connection.execute(text("UPDATE events SET who = 'mallory'"))
    engines.close()


async def test_a_step_that_fails_leaves_everything_as_it_was(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Archive(where, where.folder) as archive:
        visit = await visited(archive)
        before = tables(where)
        history = await archive.history(visit)
    with monkeypatch.context() as broken:
        broken.setattr(module, "STEPS", (*STEPS, _adds_a_column, _fails_half_way))
        async with Archive(where, where.folder) as archive:
            with pytest.raises(ArchiveError, match="Nothing of this was kept"):
                await archive.history(visit)
    assert tables(where) == before
    async with Archive(where, where.folder) as archive:
        assert await archive.history(visit) == history


async def test_a_newer_schema_is_refused_in_one_sentence_and_not_touched(where: Where) -> None:
    async with Archive(where, where.folder) as archive:
        await visited(archive)
    engines = Engines(where)
    with engines.writing() as connection:
        connection.execute(update(schema).values(version=99))
    async with Archive(where, where.folder) as archive:
        with pytest.raises(ArchiveError, match="was written by a newer Retrotread"):
            await archive.patients()
        assert "newer Retrotread" in archive.trouble
    with engines.writing() as connection:
        assert version(connection) == 99
        connection.execute(update(schema).values(version=VERSION))
    engines.close()
    async with Archive(where, where.folder) as archive:
        assert [each.pseudonym for each in await archive.patients()] == ["P-07"]


def test_the_steps_lead_to_the_tables_that_the_code_knows(where: Where) -> None:
    engines = Engines(where)
    with engines.writing() as connection:
        assert (migrate(connection), migrate(connection)) == (0, VERSION)
        there = inspect(connection)
        for table in metadata.sorted_tables:
            columns = {column["name"] for column in there.get_columns(table.name)}
            assert columns == set(table.columns.keys())
    engines.close()
    assert len(STEPS) == VERSION
