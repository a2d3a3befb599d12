"""`retrotread patients`, `backup`, `restore`, `forget`; and that the document shows what works."""

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from controller.cli import archive as cli
from controller.cli import records
from controller.cli.failure import Failure
from controller.records.archive import Archive, Where
from controller.records.archive.bodies import Armed, Closed, Opened
from controller.records.notes import Patient
from controller.records.visit import diagram
from tests.controller.records.archive.test_backup import record
from tests.postgres import postgres

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "archive.md").read_text()
LONE = "0c1d9e7a5b8f4c2d8e6f7a9b0c1d2e3f"
OPENED = Opened(patient="P-07", supervisor="anna.k", program="demo", orientation="turned")


def furnished(place: Where) -> None:
    """A patient with a session, another without, and a record of nobody's."""

    async def story() -> None:
        sessions = place.folder / "sessions"
        async with Archive(place, sessions) as archive:
            for name in ("P-07", "P-08"):
                await archive.put_patient(Patient(pseudonym=name, program="demo"), "anna.k")
            visit = await archive.open_visit(OPENED, "anna.k")
            for name in ("aa", LONE):
                record(sessions, name)
            await archive.add(visit, Armed(record="aa"), "desk")
            await archive.add(visit, Closed(), "anna.k")
            await archive.take_in()

    asyncio.run(story())


@pytest.fixture
def place(tmp_path: Path) -> Where:
    furnished(Where(tmp_path))
    return Where(tmp_path)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines]


def retrotread(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """As somebody whose usual data folder lies in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "controller.cli", *arguments],
        capture_output=True, text=True, timeout=120, check=False, cwd=folder,
        env={**os.environ, "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_every_command_in_the_document_does_what_it_says(tmp_path: Path) -> None:
    usual = Where(tmp_path / "retrotread")
    furnished(usual)
    told = {}
    for program, *arguments in commands():
        assert program == "retrotread"
        done = retrotread(arguments, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        told[arguments[0]] = done.stdout
    assert {*told} == {"patients", "sessions", "backup", "restore", "forget"}
    assert [line.split()[0] for line in told["patients"].splitlines()] == ["P-07", "P-08"]
    assert [line.split()[-2:] for line in told["sessions"].splitlines()] == [
        ["-", "whole"], ["P-07", "whole"],
    ]  # fmt: skip
    assert sorted(row["patient"] or "" for row in sessions(Where(tmp_path / "another-folder"))) == [
        "", "P-07",
    ]  # fmt: skip
    assert sessions(usual) == []


def test_the_sql_in_the_document_makes_a_database_that_the_archive_can_use(tmp_path: Path) -> None:
    (block,) = blocks("sql")
    with postgres() as server:
        for statement in block.split(";")[:-1]:
            server.sql(statement)
        place = Where(tmp_path, server.url("retrotread", user="retrotread"))
        furnished(place)
        assert [row["patient"] for row in sessions(place)] == [None, "P-07"]


def test_the_diagram_in_the_document_is_drawn_from_the_table() -> None:
    assert blocks("mermaid") == [diagram() + "\n"]


def sessions(place: Where) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", LISTING, str(place.folder), place.url],
        capture_output=True, text=True, timeout=120, check=True, cwd=ROOT,
    )  # fmt: skip
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


LISTING = """
import sys
from pathlib import Path
from controller.cli import records
from controller.records.archive import Where
records.sessions(Where(Path(sys.argv[1]), sys.argv[2]), as_json=True)
"""


def test_the_list_of_sessions_keeps_its_keys_and_adds_what_the_archive_knows(
    place: Where, capsys: pytest.CaptureFixture[str]
) -> None:
    records.sessions(place, as_json=True)
    rows = {row["session"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows["aa"]) == {
        "session", "began", "duration_s", "program", "cause", "whole", "complete",
        "patient", "distance_m", "walked_s", "peak_mps", "mean_mps", "releases", "as_archived",
        "head_sha256",
    }  # fmt: skip
    assert (rows["aa"]["patient"], rows["aa"]["as_archived"]) == ("P-07", True)
    assert (rows[LONE]["patient"], rows[LONE]["releases"]) == (None, 0)


def test_a_record_that_was_written_anew_is_told_apart_from_the_one_that_was_taken_in(
    place: Where, capsys: pytest.CaptureFixture[str]
) -> None:
    record(place.folder / "sessions", "aa", wall=1.9e9)
    records.sessions(place, as_json=False)
    lines = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert lines == {"aa": "rewritten", LONE: "whole"}


def test_to_look_makes_no_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Where(tmp_path / "nothing")
    cli.patients(place, as_json=True)
    records.sessions(place, as_json=True)
    assert capsys.readouterr().out == "[]\n[]\n"
    cli.patients(place, as_json=False)
    assert "There are no patients in" in capsys.readouterr().out
    for attempt in (
        lambda: cli.backup(str(tmp_path / "kept.zip"), place),
        lambda: cli.forget("P-07", place, yes=True),
    ):
        with pytest.raises(Failure, match="There is no archive in"):
            attempt()
    assert not place.folder.exists()


def test_records_are_listed_although_the_archive_cannot_be_read(
    place: Where, capsys: pytest.CaptureFixture[str]
) -> None:
    place.file.write_text("this was never a database, whatever its name says")
    records.sessions(place, as_json=True)
    told = capsys.readouterr()
    assert len(json.loads(told.out)) == 2
    assert told.err == (
        "The archive is damaged. Move its files away, and restore the last backup.\n"
    )
    with pytest.raises(Failure, match="is damaged"):
        cli.patients(place, as_json=False)


@pytest.mark.parametrize("answer", ["no", "", "yess", "JA"])
def test_anything_but_a_yes_forgets_nothing(tmp_path: Path, answer: str) -> None:
    place = Where(tmp_path / "retrotread")
    furnished(place)
    done = subprocess.run(
        [sys.executable, "-m", "controller.cli", "forget", "P-07", "--data", str(place.folder)],
        input=f"{answer}\n", capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.endswith("Nothing was forgotten.\n")
    assert (place.folder / "sessions" / "aa.jsonl").exists()


def test_what_is_not_there_is_one_sentence(place: Where, tmp_path: Path) -> None:
    for attempt in (
        lambda: cli.forget("nobody", place, yes=True),
        lambda: cli.restore(str(tmp_path / "nowhere.zip"), Where(tmp_path / "new")),
        lambda: cli.where("", str(tmp_path / "nowhere.toml")),
    ):
        with pytest.raises(Failure) as failure:
            attempt()
        assert str(failure.value).endswith(".")


def test_the_archive_of_a_settings_file_is_the_one_that_it_names(tmp_path: Path) -> None:
    config = tmp_path / "retrotread.toml"
    config.write_text(
        'treadmill = "ftms:AA:BB:CC:DD:EE:FF"\ngrip = "grip:/dev/null"\n'
        f'data_dir = "{tmp_path}"\n'
        '[archive]\nurl = "postgresql://me@db/retrotread"\npassword_file = "/etc/secret"\n'
    )
    named = cli.where("", str(config))
    assert named == Where(tmp_path, "postgresql://me@db/retrotread", Path("/etc/secret"))
    assert cli.where(str(tmp_path / "x"), str(config)).folder == tmp_path / "x"
