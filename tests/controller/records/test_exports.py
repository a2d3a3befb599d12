"""Exports: read back by others' decoders, of one mind, and silent about the patient."""

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import fitdecode
import fitfile
import pytest
from fhir.resources.R4B.bundle import Bundle

from controller.records.chain import check
from controller.records.course import Course, Figures, Sample, Stop, with_notes
from controller.records.course.events import Event
from controller.records.export import FORMATS, ExportError, chosen, export
from controller.records.notes import SessionNotes
from controller.records.values import decode
from controller.safety.limits import Limits
from tests.controller.records.fhir_rules import faults, observation
from tests.controller.records.noted import notes
from tests.controller.records.walked import Walked, read, resealed

NAMES = ("KN-017", "m.ruiz", "Miller", "Weiss")
"""Everything in the notes that names somebody."""


@pytest.fixture(scope="module")
def course(released: Walked) -> Course:
    return with_notes(read(released.octets), notes())


@pytest.fixture(scope="module")
def folder(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every export of a session with a release, without its patient."""
    made = tmp_path_factory.mktemp("exports")
    export(course, notes(), FORMATS, made)
    return made


def rows(folder: Path, ending: str = ".csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"walk-7{ending}").read_text())))


def messages(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """The FIT file by the first decoder."""
    with fitdecode.FitReader(
        folder / "walk-7.fit",
        check_crc=fitdecode.CrcCheck.RAISE,
        error_handling=fitdecode.ErrorHandling.RAISE,
    ) as reader:
        return [
            (frame.name, {field.name: field.value for field in frame.fields})
            for frame in reader
            if isinstance(frame, fitdecode.FitDataMessage)
        ]


def test_files_are_named_by_the_session(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == [
        "walk-7-events.csv", "walk-7.csv", "walk-7.fhir.json", "walk-7.fit", "walk-7.json",
    ]  # fmt: skip


def test_csv_has_every_turn_and_every_event(course: Course, folder: Path) -> None:
    table = rows(folder)
    assert tuple(table[0]) == Sample._fields
    assert len(table) == len(course.samples)
    for row, sample in zip(table, course.samples, strict=True):
        assert float(row["at_s"]) == pytest.approx(sample.at_s, abs=6e-4)
        assert (row["left"], row["right"]) == (str(int(sample.left)), str(int(sample.right)))
        assert row["belt_mps"] == f"{sample.belt_mps:.5f}"
        assert row["phase"] == sample.phase
    told = rows(folder, "-events.csv")
    assert [(row["kind"], row["sentence"]) for row in told] == [e[1:] for e in course.events]
    utc = datetime.fromisoformat(told[-1]["utc"]).timestamp()
    assert utc == pytest.approx(course.began_at + course.events[-1].at_s, abs=1e-3)


def test_json_gives_the_same_values_back(course: Course, folder: Path) -> None:
    told = json.loads((folder / "walk-7.json").read_text())
    figures = decode(Figures, told["figures"])
    assert figures.distance_m == pytest.approx(course.figures.distance_m, abs=1e-5)
    assert decode(Limits, told["limits"]) == course.limits
    assert [decode(Event, event)[1:] for event in told["events"]] == [e[1:] for e in course.events]
    assert decode(Stop, told["stops"][0]).carry_m == pytest.approx(
        course.stops[0].carry_m, abs=1e-5
    )
    columns = told["columns"]
    assert set(columns) == set(Sample._fields)
    assert {len(column) for column in columns.values()} == {len(course.samples)}
    for index in (0, len(course.samples) // 2, -1):
        back = decode(Sample, {name: column[index] for name, column in columns.items()})
        for value, true in zip(back, course.samples[index], strict=True):
            assert value == (pytest.approx(true, abs=1e-3) if isinstance(true, float) else true)
    assert told["record"] == {
        "whole": True, "complete": True, "lines": course.records,
        "last_sha256": course.last_hash, "findings": [],
    }  # fmt: skip


def test_fit_is_a_walk_on_a_treadmill_with_a_signed_velocity(course: Course, folder: Path) -> None:
    found = messages(folder)
    (session,) = [values for name, values in found if name == "session"]
    assert (session["sport"], session["sub_sport"]) == ("walking", "treadmill")
    records = [values for name, values in found if name == "record"]
    assert len(records) == pytest.approx(course.figures.duration_s, abs=8)
    for values in records:
        assert values["velocity"] == pytest.approx(-values["speed"], abs=1e-3)
        assert 0 <= values["hands"] <= 3
    assert max(values["speed"] for values in records) == pytest.approx(
        course.figures.peak_mps, abs=0.02
    )
    assert {values["hands"] for values in records} >= {3, 0}
    kinds = [values["event_kind"] for name, values in found if "event_kind" in values]
    assert kinds == [event.kind for event in course.events]
    times = [values["timestamp"] for name, values in found if "timestamp" in values]
    assert times == sorted(times)


def test_a_second_decoder_reads_the_same_fit_file(course: Course, folder: Path) -> None:
    kinds = fitfile.MessageType
    file = fitfile.File(str(folder / "walk-7.fit"))
    first = [values for name, values in messages(folder) if name == "record"]
    second = [message.fields for message in file[kinds.record]]
    assert len(second) == len(first)
    for one, other in zip(first, second, strict=True):
        assert other["dev_velocity"] == pytest.approx(one["velocity"])
        assert other["dev_hands"] == one["hands"]
        assert other["distance"] * 1000 == pytest.approx(one["distance"], abs=0.01)  # kilometres
        assert other["speed"] / 3.6 == pytest.approx(one["speed"], abs=1e-3)  # km/h
    (session,) = [message.fields for message in file[kinds.session]]
    assert session["total_distance"] * 1000 == pytest.approx(course.figures.distance_m, abs=0.01)
    assert session["sub_sport"].name == "treadmill"


def test_fhir_is_valid_to_the_models_and_to_our_own_rules(folder: Path) -> None:
    text = (folder / "walk-7.fhir.json").read_text()
    bundle = json.loads(text)
    assert faults(bundle) == []
    read_ = Bundle.model_validate_json(text)
    assert Bundle.model_validate_json(read_.model_dump_json()) == read_
    effort = observation(bundle, "82289-0")
    assert effort["method"]["text"] == "Borg scale, 6-20"
    pressure = observation(bundle, "85354-9")
    assert [c["valueQuantity"]["value"] for c in pressure["component"]] == [128, 78]


def test_our_own_rules_find_what_the_models_let_through(folder: Path) -> None:
    bundle = json.loads((folder / "walk-7.fhir.json").read_text())
    panel = next(e["resource"] for e in bundle["entry"] if "hasMember" in e["resource"])
    panel["status"] = "done"
    panel["hasMember"][0]["reference"] = "urn:uuid:nobody"
    panel["code"]["coding"][0]["code"] = "100197-4"
    distance = observation(bundle, "distance")
    distance["valueQuantity"]["code"] = "metres"
    Bundle.model_validate(bundle)
    assert len(faults(bundle)) == 4


def test_all_exports_agree_in_duration_distance_and_mean_speed(
    course: Course, folder: Path
) -> None:
    figures = course.figures
    last = rows(folder)[-1]
    (session,) = [values for name, values in messages(folder) if name == "session"]
    bundle = json.loads((folder / "walk-7.fhir.json").read_text())
    told = json.loads((folder / "walk-7.json").read_text())["figures"]
    mean = observation(bundle, "mean-speed")["valueQuantity"]["value"]
    durations_s = (
        float(last["walked_s"]), session["total_timer_time"], told["walked_s"],
        observation(bundle, "55411-3")["valueQuantity"]["value"] * 60,
    )  # fmt: skip
    distances_m = (
        float(last["distance_m"]), session["total_distance"], told["distance_m"],
        observation(bundle, "distance")["valueQuantity"]["value"],
    )  # fmt: skip
    means_mps = (
        float(last["distance_m"]) / float(last["walked_s"]), session["avg_speed"],
        told["mean_mps"], mean,
    )  # fmt: skip
    assert durations_s == pytest.approx([figures.walked_s] * 4, abs=0.01)
    assert distances_m == pytest.approx([figures.distance_m] * 4, abs=0.006)
    assert means_mps == pytest.approx([figures.mean_mps] * 4, abs=0.0006)


@pytest.mark.parametrize("form", FORMATS)
def test_no_export_tells_the_patient_unless_asked(
    course: Course, folder: Path, form: str, tmp_path: Path
) -> None:
    for file in folder.iterdir():
        octets = file.read_bytes()
        assert not [name for name in NAMES if name.encode() in octets], file.name
    files = export(course, notes(), [form], tmp_path, with_patient=True)
    tells = any(b"KN-017" in file.read_bytes() for file in files)
    assert tells == (form in ("json", "fhir"))
    assert not any("KN-017" in file.name for file in files)


def test_with_the_patient_every_observation_has_a_subject(course: Course, tmp_path: Path) -> None:
    (file,) = export(course, notes(), ["fhir"], tmp_path, with_patient=True)
    bundle = json.loads(file.read_text())
    assert faults(bundle) == []
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds.count("Patient") == 1
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Observation":
            assert entry["resource"]["subject"]
    told = json.loads(export(course, notes(), ["json"], tmp_path, with_patient=True)[0].read_text())
    assert SessionNotes.model_validate(told["notes"]) == notes()


@pytest.mark.parametrize(
    ("share", "status"), [(0.6, "preliminary"), (1.0, "final")], ids=["cut off", "whole"]
)
def test_a_record_that_is_not_complete_is_preliminary(
    released: Walked, tmp_path: Path, share: float, status: str
) -> None:
    cut = read(released.octets[: int(len(released.octets) * share)])
    for file in export(cut, None, FORMATS, tmp_path):
        assert file.stat().st_size
    bundle = json.loads((tmp_path / "walk-7.fhir.json").read_text())
    assert faults(bundle) == []
    assert observation(bundle, "100197-3")["status"] == status


def test_a_broken_record_is_of_unknown_status(released: Walked, tmp_path: Path) -> None:
    lines = released.octets.splitlines(keepends=True)
    lines[500] = b"x" + lines[500]
    (file,) = export(read(b"".join(lines)), None, ["fhir"], tmp_path)
    assert observation(json.loads(file.read_text()), "100197-3")["status"] == "unknown"


def test_a_session_with_a_strange_name_cannot_leave_its_folder(
    stopped: Walked, tmp_path: Path
) -> None:
    records = list(check(stopped.octets).records)
    records[0]["session"] = "../../etc/passwd"
    strange = read(resealed(records))
    inside = tmp_path / "inside"
    for file in export(strange, None, FORMATS, inside):
        assert file.parent == inside
        assert re.fullmatch(r"_.._etc_passwd[-a-z.]+", file.name)


@pytest.mark.parametrize("text", ["csv,xml", "", " , ", "CSV;FIT"])
def test_an_unknown_format_is_one_sentence_with_those_there_are(text: str) -> None:
    with pytest.raises(ExportError, match=r"csv, fit, fhir, json\.$"):
        chosen(text)


def test_formats_are_taken_once_each() -> None:
    assert chosen(" csv,FIT,csv ") == ("csv", "fit")
