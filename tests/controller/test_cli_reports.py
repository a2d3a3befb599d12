"""`retrotread report` and `export`: files, and plain sentences where there can be none."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from controller.cli import archive, records, reports
from controller.cli.failure import Failure
from controller.records.archive import Archive, Where
from controller.records.archive.bodies import Armed, Opened
from controller.records.notes import Moment, Patient
from tests.controller.records.noted import measured
from tests.controller.records.walked import Walked, walked


@pytest.fixture(scope="module")
def walk() -> Walked:
    return walked(20.0, lets_go=True)


@pytest.fixture
def data(tmp_path: Path, walk: Walked) -> Path:
    """A data folder with one session, and no archive."""
    folder = tmp_path / "data"
    (folder / "sessions").mkdir(parents=True)
    (folder / "sessions" / "walk-7.jsonl").write_bytes(walk.octets)
    return folder


def report(data: Path, session: str = "", patient: str = "", out: str = "", **more: Any) -> None:
    reports.report(
        session, patient, Where(data), {}, out, **{"pdf": False, "as_json": False, **more}
    )


def export(data: Path, formats: str, out: Path, **more: Any) -> None:
    told = {"with_patient": False, "as_json": False, **more}
    reports.export("walk-7", formats, Where(data), str(out), **told)


def sentence(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Failure) as failure:
        action(*arguments, **named)
    told = str(failure.value)
    assert told.endswith((".", "sessions."))
    assert "\n" not in told
    return told


async def fill(data: Path) -> None:
    """An archive in which the session is a visit of a patient."""
    async with Archive(Where(data), data / "sessions") as kept:
        await kept.put_patient(Patient(pseudonym="KN-017", program="steps"), "m.ruiz")
        visit = await kept.open_visit(
            Opened(patient="KN-017", supervisor="m.ruiz", program="steps", orientation="turned"),
            "m.ruiz",
        )
        await kept.add(visit, Armed(record="walk-7"), "m.ruiz")
        await kept.add(visit, measured(Moment.BEFORE, 3), "m.ruiz")
        await kept.add(visit, measured(Moment.PEAK, 5), "m.ruiz")


def test_a_report_lies_beside_the_records(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(data, "walk-7")
    file = Path(capsys.readouterr().out.strip())
    assert file == data / "reports" / "walk-7.html"
    assert "Both hands left the handrails." in file.read_text()
    report(data, "walk-7", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"report": str(file)}
    assert sorted(each.name for each in data.iterdir()) == ["reports", "sessions"]


def test_a_report_goes_where_it_is_told_to(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "page.pdf"
    report(data, str(data / "sessions" / "walk-7.jsonl"), out=str(out), pdf=True)
    assert out.read_bytes().startswith(b"%PDF-")
    assert [each.name for each in out.parent.iterdir()] == ["page.pdf"]


def test_the_archives_notes_are_in_the_report_and_its_export(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(fill(data))
    report(data, "walk-7")
    assert "patient KN-017" in (data / "reports" / "walk-7.html").read_text()
    export(data, "fhir", tmp_path, with_patient=True)
    assert "KN-017" in (tmp_path / "walk-7.fhir.json").read_text()
    assert "KN-017" not in capsys.readouterr().out


def test_a_patients_course_is_a_page_whose_name_tells_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(fill(data))
    report(data, patient="KN-017")
    file = Path(capsys.readouterr().out.strip())
    assert file == data / "reports" / "walk-7.course.html"
    text = file.read_text()
    assert "patient KN-017" in text
    assert "1 session" in text


def test_a_forgotten_patient_leaves_no_report(data: Path) -> None:
    asyncio.run(fill(data))
    report(data, "walk-7")
    report(data, patient="KN-017")
    assert len(list((data / "reports").iterdir())) == 2
    archive.forget("KN-017", Where(data), yes=True)
    assert list((data / "reports").iterdir()) == []
    assert list((data / "sessions").iterdir()) == []


def test_exports_are_listed(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(data, "csv,json", tmp_path, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["session"] == "walk-7"
    assert [Path(file).name for file in told["files"]] == [
        "walk-7.csv", "walk-7-events.csv", "walk-7.json",
    ]  # fmt: skip
    export(data, "fit", tmp_path)
    assert capsys.readouterr().out == f"{tmp_path / 'walk-7.fit'}\n"


def test_what_cannot_be_is_one_sentence_that_names_the_way_out(data: Path, tmp_path: Path) -> None:
    assert "See retrotread sessions" in sentence(report, data, "nobody")
    assert "--patient" in sentence(report, data)
    assert "--patient" in sentence(report, data, "walk-7", "KN-017")
    assert "no archive" in sentence(report, data, patient="KN-017")
    assert "There are: csv, fit, fhir, json." in sentence(export, data, "xml", tmp_path)
    assert "Leave --with-patient out." in sentence(
        export, data, "json", tmp_path, with_patient=True
    )
    asyncio.run(fill(data))
    unknown = sentence(report, data, patient="Mrs.Miller")
    assert "Miller" not in unknown
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"nothing\n")
    assert "no beginning" in sentence(report, data, str(broken))


def test_a_folder_that_cannot_be_written_is_one_sentence(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "page.html"
    assert "cannot be written" in sentence(report, data, "walk-7", out=str(out))
    assert "cannot be written" in sentence(export, data, "csv", out)


def test_without_the_extra_a_pdf_names_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert "pip install 'retrotread[pdf]'" in sentence(report, data, "walk-7", pdf=True)
    assert not (data / "reports").exists()


def test_reading_a_record_leaves_it_as_it_was(data: Path, walk: Walked, tmp_path: Path) -> None:
    report(data, "walk-7")
    export(data, "csv,fit,fhir,json", tmp_path)
    assert (data / "sessions" / "walk-7.jsonl").read_bytes() == walk.octets
    records.verify("walk-7", str(data), as_json=False)
