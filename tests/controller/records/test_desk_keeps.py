"""The desk process and its archive: what it takes in, and that it serves without one."""

import asyncio
import json
from pathlib import Path
from typing import Any

from controller.records.archive import Archive, Where
from tests.conftest import WAIT_S, Stage
from tests.controller.records.archive.test_archive import visited
from tests.controller.records.archive.test_backup import record

TRIES = 2000


async def taken_in(folder: Path, count: int) -> list[str]:
    """What the archive has, once it has so many records."""
    found: list[str] = []
    async with Archive(Where(folder), folder / "sessions") as archive:
        for _ in range(TRIES):
            found = [each.session for each in await archive.summaries()]
            if len(found) >= count:
                break
            await asyncio.sleep(0.01)
    return found


async def test_a_desk_takes_in_what_ended_before_it_began_and_what_ends_while_it_serves(
    bare_stage: Stage, tmp_path: Path
) -> None:
    sessions = tmp_path / "sessions"
    record(sessions, "before", wall=1.0)
    await bare_stage.control.open()
    await bare_stage.start()
    assert await taken_in(tmp_path, 1) == ["before"]
    record(sessions, "meanwhile", wall=2.0)
    assert await taken_in(tmp_path, 2) == ["before", "meanwhile"]
    assert await bare_stage.end() == (0, "")


async def test_a_desk_forgets_what_is_older_than_it_is_told_to_keep(
    bare_stage: Stage, tmp_path: Path
) -> None:
    sessions = tmp_path / "sessions"
    async with Archive(Where(tmp_path), sessions) as archive:
        await visited(archive, "P-07")
        record(sessions, "ancient", wall=1e9)
        await archive.take_in()
        await bare_stage.start(archive={"keep_days": 30})
        for _ in range(TRIES):
            if not (await archive.summaries() or record_there(sessions)):
                break
            await asyncio.sleep(0.01)
        assert await archive.summaries() == ()
        assert len(await archive.visits("P-07")) == 1
    assert not record_there(sessions)


def record_there(sessions: Path) -> bool:
    return (sessions / "ancient.jsonl").exists()


async def served_without(stage: Stage, **plan: Any) -> str:
    """What stands on its standard error, after Stop was pressed and control had it."""
    await stage.control.open()
    await stage.start(**plan)
    async with stage.client() as client, stage.page() as page:
        await stage.until(page, "pulse", control=True)
        answer = await client.post("/api/stop")
        assert answer.status_code == 200
        assert (await stage.next(stage.control.commands))["verb"] == "stop"
    assert stage.process is not None
    assert stage.process.stderr is not None
    first = await asyncio.wait_for(stage.process.stderr.readline(), WAIT_S)
    code, errors = await stage.end()
    assert code == 0
    return first.decode() + errors


async def test_a_desk_whose_database_is_away_serves_stop_and_says_what_is_wrong(
    bare_stage: Stage, tmp_path: Path
) -> None:
    url = f"postgresql://retrotread@/archive?host={tmp_path}"
    errors = await served_without(bare_stage, archive={"url": url})
    assert "The archive's database cannot be reached" in errors
    assert url not in errors
    assert "Traceback" not in errors


async def test_a_desk_whose_archive_is_damaged_serves_stop_and_leaves_the_file_alone(
    bare_stage: Stage, tmp_path: Path
) -> None:
    text = json.dumps("this was never a database, whatever its name says")
    (tmp_path / "archive.sqlite").write_text(text)
    errors = await served_without(bare_stage)
    assert "The archive is damaged. Move its files away" in errors
    assert "Traceback" not in errors
    assert (tmp_path / "archive.sqlite").read_text() == text
