"""Who a patient is stands in the archive, and nowhere else; nor does a password."""

import asyncio
import fcntl
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.records.archive import Archive, ArchiveError, Where
from controller.records.archive.bodies import Armed, Closed, Remark
from controller.records.archive.engines import Engines
from controller.records.archive.schema import events
from controller.records.notes import Patient
from controller.settings import SettingsError, parse
from tests.conftest import Stage
from tests.controller.records.archive.conftest import database
from tests.controller.records.archive.test_archive import ANNA, NOON, opened, pain
from tests.postgres import Postgres

MARKER = "Marker-4711"
PASSWORD = "s3cr3t-0815"  # noqa: S105 - the one that must not be seen
ADDRESS = f"postgresql://me:{PASSWORD}@db/retrotread"


def everything(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


async def test_no_error_and_no_log_names_a_patient_whatever_goes_wrong(
    where: Where, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("controller.records.archive.engines.PATIENCE_S", 0.05)
    told: list[str] = []
    async with Archive(where, where.folder / "sessions") as archive:
        await archive.put_patient(Patient(pseudonym=MARKER), ANNA)
        visit = await archive.open_visit(opened(MARKER), ANNA)
        await archive.add(visit, Remark(remark=f"{MARKER} limps"), ANNA)

        async def fails(what: object) -> None:
            with pytest.raises(ArchiveError) as error:
                await what  # type: ignore[misc]
            told.append(everything(error.value))

        await fails(archive.forget_patient(f"{MARKER}-2", ANNA))
        await fails(archive.add(f"{visit} {MARKER}", Closed(), ANNA))
        await fails(archive.open_visit(opened(f"{MARKER}-2"), ANNA))
        unreadable = Remark.model_construct(remark=f"{MARKER} \ud800")
        await fails(archive.add(visit, unreadable, ANNA))
        await fails(archive.backup(Path("/proc/nowhere/kept.zip")))
        if not where.url:
            with (where.folder / "archive.lock").open("r+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                await fails(archive.add(visit, Remark(remark=MARKER), ANNA))
        engines = Engines(where)
        with engines.writing() as connection:
            events.drop(connection)
        engines.close()
        await fails(archive.add(visit, Remark(remark=MARKER), ANNA))
        await fails(archive.notes(visit))
        told.append(archive.trouble)
    assert len(told) > 6
    assert all(told)
    assert MARKER not in "\n".join(told) + caplog.text
    assert "limps" not in "\n".join(told) + caplog.text


async def test_a_desk_tells_nobody_whom_it_serves(bare_stage: Stage, tmp_path: Path) -> None:
    """Its output, its pages, and its answers, with a patient on the belt and an archive in need."""
    stage = bare_stage
    sessions = tmp_path / "sessions"
    async with Archive(Where(tmp_path), sessions) as archive:
        await archive.put_patient(Patient(pseudonym=MARKER), ANNA)
        here = opened(MARKER).model_copy(update={"place": "Gait lab"})
        visit = await archive.open_visit(here, ANNA)
        await archive.add(visit, pain(2), ANNA)
        await stage.control.open()
        await stage.start(title="Gait lab")
        stage.control.keep_saying(state="walking", session_id="aa")
        async with stage.page() as page:
            await stage.until(page, "telemetry", session_id="aa")
            for _ in range(2000):
                if len(await archive.history(visit)) > 2:
                    break
                await asyncio.sleep(0.01)
            seen = [str(await page.recv()) for _ in range(20)]
        async with stage.client() as client:
            for path in ("/", "/api/state", "/healthz"):
                answer = await client.get(path)
                seen.append(answer.text + str(answer.headers))
        assert (await archive.history(visit))[2].body == Armed(record="aa")
        stage.control.keep_saying(state="latched", session_id="aa", cause="grip_released")
    code, errors = await stage.end()
    assert code == 0
    assert MARKER not in "\n".join(seen) + errors
    plan = (tmp_path / "plan.json").read_text()
    assert MARKER not in plan


@pytest.mark.parametrize(
    "url",
    [
        ADDRESS,
        f"postgresql://me@db/retrotread?password={PASSWORD}",
        f"mysql://me:{PASSWORD}@db/retrotread",
        f"postgresql+psycopg://me:{PASSWORD}@db/retrotread",
        f"postgresql://me:{PASSWORD}@db:notaport/retrotread",
        f"{PASSWORD}",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_shown(url: str, tmp_path: Path) -> None:
    table = {"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:/dev/null"}
    with pytest.raises(SettingsError) as refused:
        parse({**table, "archive": {"url": url}})
    assert "archive.url" in str(refused.value)
    assert PASSWORD not in str(refused.value)
    with pytest.raises(ArchiveError) as also:
        Engines(Where(tmp_path, url))
    assert PASSWORD not in everything(also.value)


@pytest.fixture
def guarded(server: Postgres) -> Iterator[str]:
    """The address of a database whose user needs a password."""
    rules = server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all careful scram-sha-256\n{before}")
    server.sql(f"CREATE ROLE careful LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    server.sql("SELECT pg_reload_conf()")
    yield database(server).replace(f"//{server.user}@", "//careful@")
    rules.write_text(before)
    server.sql("SELECT pg_reload_conf()")


async def test_a_password_comes_from_its_file_or_the_environment_and_is_told_to_nobody(
    guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    async with Archive(Where(tmp_path, guarded, file), tmp_path) as archive:
        await archive.put_patient(Patient(pseudonym="P-07"), ANNA)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    async with Archive(Where(tmp_path, guarded), tmp_path) as archive:
        assert len(await archive.patients()) == 1
    monkeypatch.setenv("PGPASSWORD", f"not {PASSWORD}")
    async with Archive(Where(tmp_path, guarded), tmp_path, now=lambda: NOON) as archive:
        with pytest.raises(ArchiveError, match="refuses this service") as refused:
            await archive.patients()
    async with Archive(Where(tmp_path, guarded, tmp_path / "none"), tmp_path) as archive:
        with pytest.raises(ArchiveError, match=r"password_file .* cannot be read"):
            await archive.patients()
    assert PASSWORD not in everything(refused.value) + caplog.text
