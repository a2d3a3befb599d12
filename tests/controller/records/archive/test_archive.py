"""What people enter, kept as they entered it; on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from controller.records.archive import Archive, ArchiveError, ArchiveRefusal, Where
from controller.records.archive.bodies import (
    Armed,
    Checks,
    Closed,
    Helped,
    Opened,
    Remark,
    Symptom,
    Withdrawn,
)
from controller.records.archive.engines import Engines
from controller.records.archive.schema import events
from controller.records.notes import (
    Assistance,
    Effort,
    EffortScale,
    Measured,
    Moment,
    Patient,
    SessionNotes,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANNA = "anna.k"


def opened(patient: str = "P-07") -> Opened:
    return Opened(
        patient=patient, supervisor=ANNA, program="free-walk", orientation="turned", place="Room 1"
    )


def pain(nprs: int, moment: Moment = Moment.BEFORE) -> Measured:
    return Measured(moment=moment, at=NOON, pain_nprs=nprs)


async def visited(archive: Archive, patient: str = "P-07") -> str:
    await archive.put_patient(Patient(pseudonym=patient), ANNA)
    return await archive.open_visit(opened(patient), ANNA)


async def noted(archive: Archive, visit: str) -> SessionNotes:
    notes = await archive.notes(visit)
    assert notes is not None
    return notes


async def test_a_patient_is_as_last_described(archive: Archive) -> None:
    assert await archive.patients() == ()
    await archive.put_patient(Patient(pseudonym="P-08"), ANNA)
    await archive.put_patient(Patient(pseudonym="P-07", program="demo"), ANNA)
    known = Patient(pseudonym="P-07", baseline_mps=0.6, heart_rate_limit_bpm=120)
    await archive.put_patient(known, "ben")
    assert await archive.patient("P-07") == known
    assert await archive.patients() == (known, Patient(pseudonym="P-08"))
    assert await archive.patient("P-09") is None


async def test_a_visit_is_all_that_was_said_of_it(archive: Archive) -> None:
    visit = await visited(archive)
    effort = Effort(rating=12, scale=EffortScale.BORG_6_20)
    peak = Measured(moment=Moment.PEAK, at=NOON, pain_nprs=4, effort=effort)
    said = [
        Checks(safety_key_checked=True, orientation_explained=True, harness=True),
        pain(2),
        Armed(record="aa"),
        pain(3, Moment.DURING),
        pain(4, Moment.DURING),
        Symptom(symptom="dizzy"),
        Armed(record="bb"),
        peak,
        Helped(assistance=Assistance.CONTACT_GUARD),
        Remark(remark="one"),
        Remark(remark="two"),
        Closed(),
    ]
    for body in said:
        await archive.add(visit, body, ANNA)
    notes = await noted(archive, visit)
    assert (notes.patient, notes.program, notes.visit) == ("P-07", "free-walk", visit)
    assert notes.measured == (pain(2), pain(3, Moment.DURING), pain(4, Moment.DURING), peak)
    assert (notes.session, notes.records) == ("bb", ("aa", "bb"))
    assert (notes.harness, notes.safety_key_checked) == (True, True)
    assert (notes.symptoms, notes.assistance) == (("dizzy",), Assistance.CONTACT_GUARD)
    assert (notes.remark, notes.closed) == ("one\ntwo", True)
    assert await archive.notes_of("aa") == notes.model_copy(update={"session": "aa"})
    assert await archive.notes_of("cc") is None
    assert await archive.visits("P-07") == (notes,)


async def test_a_correction_is_a_new_event_and_nothing_is_overwritten(where: Where) -> None:
    async with Archive(where, where.folder, now=iter([NOON] * 9).__next__) as archive:
        visit = await visited(archive)
        wrong = await archive.add(visit, pain(3, Moment.DURING), ANNA)
        await archive.add(visit, pain(5, Moment.DURING), ANNA)
        right = await archive.add(visit, pain(4, Moment.DURING), "ben", corrects=wrong.id)
        assert [each.pain_nprs for each in (await noted(archive, visit)).measured] == [4, 5]
        again = await archive.add(visit, pain(2, Moment.DURING), "ben", corrects=right.id)
        assert [each.pain_nprs for each in (await noted(archive, visit)).measured] == [2, 5]
        await archive.add(visit, Withdrawn(), "ben", corrects=again.id)
        assert [each.pain_nprs for each in (await noted(archive, visit)).measured] == [5]
        history = await archive.history(visit)
    kinds = [(event.who, event.kind) for event in history[1:]]
    assert kinds == [(ANNA, "measured")] * 2 + [("ben", "measured")] * 2 + [("ben", "withdrawn")]
    assert [event.at for event in history] == [NOON] * 6


async def test_what_cannot_be_is_refused_in_one_sentence_and_leaves_nothing(
    archive: Archive,
) -> None:
    visit = await visited(archive)
    other = await visited(archive, "P-08")
    event = await archive.add(visit, pain(3), ANNA)
    await archive.add(visit, Armed(record="aa"), ANNA)
    before = await archive.history(visit), await archive.history(other)
    for attempt in (
        lambda: archive.open_visit(opened("P-99"), ANNA),
        lambda: archive.add("f" * 32, pain(3), ANNA),
        lambda: archive.add(other, pain(3), ANNA, corrects=event.id),
        lambda: archive.add(visit, Remark(remark="x"), ANNA, corrects=event.id),
        lambda: archive.add(other, Armed(record="aa"), ANNA),
        lambda: archive.add(visit, Withdrawn(), ANNA),
        lambda: archive.add(visit, pain(3), ANNA, corrects=2**70),
        lambda: archive.add(visit, pain(3), ANNA, corrects=-1),
    ):
        with pytest.raises(ArchiveRefusal) as refused:
            await attempt()
        assert str(refused.value).count(". ") <= 1
        assert str(refused.value).endswith(".")
    assert (await archive.history(visit), await archive.history(other)) == before
    assert archive.trouble == ""


async def test_what_was_entered_is_there_after_the_end(where: Where) -> None:
    async with Archive(where, where.folder) as archive:
        visit = await visited(archive)
        await archive.add(visit, pain(3), ANNA)
        notes = await archive.notes(visit)
    async with Archive(where, where.folder) as archive:
        assert await archive.notes(visit) == notes


async def test_events_are_in_the_order_of_their_entry_whatever_the_clock_says(
    where: Where,
) -> None:
    clock = iter(NOON - timedelta(hours=number) for number in range(9))
    async with Archive(where, where.folder, now=clock.__next__) as archive:
        visit = await visited(archive)
        for nprs in (1, 2, 3):
            await archive.add(visit, pain(nprs), ANNA)
        assert (await noted(archive, visit)).measured == (pain(3),)


async def test_the_database_itself_changes_no_event(where: Where) -> None:
    async with Archive(where, where.folder) as archive:
        visit = await visited(archive)
        before = await archive.history(visit)
        engines = Engines(where)
        with pytest.raises(Exception, match="events are only added"), engines.writing() as opened:
            opened.execute(update(events).values(who="mallory"))
        engines.close()
        assert await archive.history(visit) == before


async def test_a_database_that_is_not_there_is_one_sentence_and_found_when_it_comes(
    where: Where,
) -> None:
    away = Where(where.folder / "file" / "in", where.url.replace("archive_", "nowhere_"))
    (where.folder / "file").write_text("")
    async with Archive(away, where.folder) as archive:
        with pytest.raises(ArchiveError, match=r"^The archive[^.]*\. [A-Z][^.]*\.$") as told:
            await archive.patients()
        assert archive.trouble == str(told.value)


async def test_ids_that_nobody_could_have_given_find_nothing_and_harm_nothing(
    archive: Archive,
) -> None:
    visit = await visited(archive)
    for odd in ("\0", f"{visit}\0", "\ud800", "' OR 1=1 --", "", "x" * 10_000, "%", "_" * 32):
        assert await archive.patient(odd) is None
        assert await archive.notes(odd) is None
        assert await archive.notes_of(odd) is None
        assert await archive.history(odd) == ()
        assert await archive.visits(odd) == ()
        with pytest.raises(ArchiveRefusal):
            await archive.add(odd, pain(3), ANNA)
        with pytest.raises(ArchiveRefusal):
            await archive.forget_session(odd, ANNA)
        with pytest.raises(ArchiveRefusal):
            await archive.forget_patient(odd, ANNA)
    for nobody in ("", "x" * 65, "a\nb", "\0"):
        with pytest.raises(ArchiveRefusal, match="Who says this must be named"):
            await archive.add(visit, pain(3), nobody)
    assert len(await archive.history(visit)) == 1
    assert archive.trouble == ""


async def test_many_open_an_empty_place_at_once_and_find_one_archive(where: Where) -> None:
    async def one(number: int) -> None:
        async with Archive(where, where.folder / "sessions") as archive:
            await archive.put_patient(Patient(pseudonym=f"P-{number}"), ANNA)

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(one(number))
    async with Archive(where, where.folder / "sessions") as archive:
        assert len(await archive.patients()) == 6
