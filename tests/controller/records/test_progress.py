"""Ten walks of one simulated patient: what the rules propose is what they give by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from controller.cli.kept import course_of
from controller.programs.library import parse
from controller.programs.prescription import Prescription
from controller.programs.prescription import prescribed as to_walk
from controller.programs.progression import propose
from controller.programs.rules import Sheet
from controller.records.archive import Archive, Where
from controller.records.archive.bodies import Armed, Body, Opened
from controller.records.notes import (
    Effort,
    EffortScale,
    Measured,
    Moment,
    Patient,
    SessionNotes,
)
from controller.records.progress import outcome, planned, prescribed, steps
from controller.records.report.patient import Walk, patient_page
from controller.records.walks import proposals
from protocols.units import mps_from_mph
from tests.controller.records.noted import measured
from tests.controller.records.test_report import told
from tests.controller.records.walked import BEGAN_AT, to_its_end

PROGRAM = """
id = "short"
title = "Short"
version = 1
population = "A simulated patient"
sources = ["A test"]
speed_basis = "choice"
cap_mph = 1.0
max_minutes = 1
per_week = 3
weeks = 4
[[phases]]
part = "warm_up"
minutes = 0.2
mph = 0.5
[[phases]]
part = "walk"
minutes = 0.4
mph = 0.6
[[phases]]
part = "cool_down"
minutes = 0.2
mph = 0.5
[progression]
text = "0.1 minutes more after each green session, to 1 minute; then 0.1 mph after each green week."
[[progression.rows]]
sessions = 1
minutes = 0.1
[[progression.rows]]
weeks = 1
mph = 0.1
full_time = true
"""


class Told(NamedTuple):
    """One visit: its day, what the patient answers, and what the rules give by hand."""

    day: int
    before: int
    peak: int
    rpe: int
    settled: bool | None
    light: str
    act: str
    changes: str


MINUTE, SLOWER = "0.1 minutes longer.", "0.1 mph (0.16 km/h) slower."
FASTER, SHORTER = "0.1 mph (0.16 km/h) faster.", "0.1 minutes shorter."
SAME = "Nothing changes."
VISITS = (
    Told(0, 3, 3, 11, True, "green", "raise", MINUTE),  # 0.8 → 0.9 min
    Told(2, 3, 4, 11, True, "amber", "repeat", SAME),  # pain 4
    Told(4, 2, 3, 13, True, "green", "raise", MINUTE),  # → 1.0 min, as long as it may be
    Told(7, 2, 2, 12, True, "green", "repeat", SAME),  # first at full time
    Told(9, 2, 2, 12, True, "green", "repeat", SAME),  # second
    Told(11, 2, 3, 12, True, "green", "raise", FASTER),  # a week of three green ones
    Told(14, 2, 5, 14, True, "red", "reduce", SLOWER),  # rose by 3
    Told(16, 2, 3, 12, None, "amber", "repeat", SAME),  # nobody asked the next morning
    Told(18, 2, 3, 12, False, "red", "reduce", SHORTER),  # not settled; no speed left to take back
    Told(21, 1, 2, 11, True, "green", "raise", MINUTE),  # 0.9 → 1.0 min again
)


class Clinic(NamedTuple):
    place: Where
    sheet: Sheet
    walked: list[Prescription]


async def visit(archive: Archive, told: Told, number: int) -> None:
    at = datetime.fromtimestamp(BEGAN_AT, UTC) + timedelta(days=told.day)
    opened = Opened(patient="KN-017", supervisor="desk", program="short", orientation="turned")
    said: tuple[Body, ...] = (
        Armed(record=f"walk-{number}"),
        measured(Moment.BEFORE, told.before, 7, at=at),
        measured(Moment.PEAK, told.peak, told.rpe, at=at),
        Measured(moment=Moment.NEXT_MORNING, at=at + timedelta(days=1), settled=told.settled),
    )
    one = await archive.open_visit(opened, "desk")
    for body in said:
        await archive.add(one, body, "desk")


async def fill(place: Where) -> None:
    async with Archive(place, place.folder / "sessions") as archive:
        await archive.put_patient(Patient(pseudonym="KN-017", program="short"), "desk")
        for number, told in enumerate(VISITS):
            await visit(archive, told, number)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """The ten visits, each walked with the whole stack as was proposed after the one before."""
    place, sheet = Where(tmp_path_factory.mktemp("clinic")), parse(PROGRAM)
    sessions = place.folder / "sessions"
    sessions.mkdir()
    asyncio.run(fill(place))
    walked, now = [], Prescription()
    for number, one in enumerate(VISITS):
        walked.append(now)
        octets = to_its_end(
            to_walk(sheet, now), number, session=f"walk-{number}", at=BEGAN_AT + 86400 * one.day
        )
        (sessions / f"walk-{number}.jsonl").write_bytes(octets)
        now = steps(sheet, kept(place))[number].proposal.prescription
    return Clinic(place, sheet, walked)


def kept(place: Where) -> list[Walk]:
    """The visits that have been walked so far."""
    _, walks = course_of(place, "KN-017")
    return [walk for walk in walks if walk.figures is not None]


def test_ten_sessions_give_the_proposals_that_the_rules_give_by_hand(clinic: Clinic) -> None:
    found = proposals(clinic.sheet, kept(clinic.place))
    assert [(p.light, p.act, p.changes) for p in found] == [
        (told.light, told.act, told.changes) for told in VISITS
    ]
    assert [p.number for p in found] == list(range(1, 11))


def test_the_page_shows_each_proposal_with_its_reasons(clinic: Clinic) -> None:
    walks = kept(clinic.place)
    text = told(patient_page(Patient(pseudonym="KN-017"), walks, proposals(clinic.sheet, walks)))
    shown = text.split("Proposed after each session")[1]
    for expected in (
        "Pain rose by 3.", "The pain had not settled by the next day.", "Peak pain was 4 of 10.",
        "Whether the pain settled by the next day is not known: ask.",
    ):  # fmt: skip
        assert expected in shown
    for number, one in enumerate(VISITS, 1):
        assert f"{number} {one.light} {one.act.capitalize()}. {one.changes}" in shown
    assert f"Raise. {MINUTE} Green sessions in a row: 1." in text.split("Proposed after")[0]


def test_what_was_planned_is_read_from_the_record(clinic: Clinic) -> None:
    for number, prescription in enumerate(clinic.walked):
        octets = (clinic.place.folder / "sessions" / f"walk-{number}.jsonl").read_bytes()
        program = planned(octets)
        assert program == to_walk(clinic.sheet, prescription)
        found = prescribed(clinic.sheet, program)
        assert vars_of(found) == vars_of(prescription)
    assert max(each.faster_mps for each in clinic.walked) == pytest.approx(mps_from_mph(0.1))


def vars_of(prescription: Prescription) -> tuple[float, ...]:
    return tuple(round(getattr(prescription, name), 6) for name in Prescription.__slots__)


@pytest.mark.parametrize(
    ("efforts", "kept"),
    [
        ([(13, EffortScale.BORG_6_20), (8, EffortScale.CR_0_10)], (8, "0-10")),
        ([(12, EffortScale.BORG_6_20), (5, EffortScale.CR_0_10)], (5, "0-10")),
        ([(16, EffortScale.BORG_6_20), (6, EffortScale.CR_0_10)], (16, "6-20")),
    ],
)
def test_of_efforts_on_two_scales_the_harder_one_counts(
    efforts: list[tuple[int, EffortScale]], kept: tuple[int, str]
) -> None:
    at = datetime.fromtimestamp(BEGAN_AT, UTC)
    rounds = tuple(
        Measured(moment=Moment.AFTER, at=at, effort=Effort(rating=rating, scale=scale))
        for rating, scale in efforts
    )
    notes = SessionNotes(
        patient="K-1", supervisor="eve", program="short", orientation="turned", measured=rounds
    )
    made = outcome(parse(PROGRAM), Walk(BEGAN_AT, notes, None, whole=True))
    assert (made.rpe, made.rpe_scale) == kept


def test_a_patient_without_a_walk_is_proposed_nothing(clinic: Clinic) -> None:
    assert steps(clinic.sheet, []) == []
    assert propose(clinic.sheet, Prescription(), []).changes == SAME


DEEP = b'{"commands":' + b"[" * 9999


@pytest.mark.parametrize(
    "octets", [b"", b"{", b'{"commands":1}\n', b'{"commands":[1]}\n' * 3, DEEP]
)
def test_a_record_that_does_not_tell_what_was_planned_is_none(octets: bytes) -> None:
    assert planned(octets) is None
