"""A visit from the desk's side, with a scripted control at the other end of a real hatch."""

import asyncio
import contextlib
import fcntl
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from controller.records import attendant as module
from controller.records.archive import Archive, ArchiveRefusal, Where
from controller.records.archive.bodies import (
    AdverseEvent,
    Body,
    Checks,
    Closed,
    Opened,
    Symptom,
    Withdrawn,
)
from controller.records.attendant import ANOTHER, NOBODY, Attendant
from controller.records.notes import Consent, Measured, Moment, Patient, Screening
from controller.records.screening import checklist
from controller.records.visit import REFUSALS, Stage
from controller.together import together
from tests.conftest import ScriptedControl
from tests.controller.records.archive.test_backup import record

TRIES = 2000
ANNA = "anna.k"
NOW = datetime.now(UTC)
OPENED = Opened(patient="P-07", supervisor=ANNA, program="demo", orientation="turned")


def pain(moment: Moment, nprs: int = 2) -> Measured:
    return Measured(moment=moment, at=NOW, pain_nprs=nprs)


def answers() -> Screening:
    asked = checklist()
    good = {
        **{topic.key: False for topic in asked.parq.topics},
        **{question.key: question.good for question in asked.question},
    }
    return Screening(
        checklist=asked.id, version=asked.version, at=NOW, answers=good, parq_version="2024"
    )


READY: tuple[Body, ...] = (
    answers(),
    Consent(given=True, form_version="1", at=NOW, explained_by=ANNA),
    Checks(orientation_explained=True, safety_key_checked=True),
    pain(Moment.BEFORE),
)


class Desk:
    """An attendant that runs, its archive, and control."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.control = ScriptedControl(folder / "hatch")
        self.archive = Archive(Where(folder), folder / "sessions")
        self.attendant = Attendant(self.archive, folder / "hatch", "Room 1", **more)
        self._works: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        await self.control.open()
        await self.archive.put_patient(Patient(pseudonym="P-07"), ANNA)
        self._works = asyncio.create_task(together(self.attendant.run(), self.attendant.line.run()))
        await self.until(lambda: self.attendant.line.linked)

    async def end(self) -> None:
        if self._works is not None:
            self._works.cancel()
            await asyncio.wait([self._works])
        await self.control.close()
        await self.archive.__aexit__()

    async def until(self, true: Callable[[], bool | Awaitable[bool]]) -> None:
        """Wait for the attendant's own tasks to have found out."""
        for _ in range(TRIES):
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)
        pytest.fail("it did not come to be")

    async def has(self, visit: str, *kinds: str) -> bool:
        return (await self.kinds(visit))[1:] == [*kinds]

    async def taken_in(self) -> bool:
        return [each.session for each in await self.archive.summaries()] == ["aa"]

    async def kinds(self, visit: str) -> list[str]:
        return [event.kind for event in await self.archive.history(visit)]


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(module, "POLL_S", 0.02)
    monkeypatch.setattr(module, "AGAIN_S", 0.02)
    made = Desk(tmp_path)
    await made.begin()
    yield made
    await made.end()


async def test_a_visit_is_followed_from_the_choice_to_the_next_morning(desk: Desk) -> None:
    attendant = desk.attendant
    visit = await attendant.choose(OPENED, ANNA)
    assert attendant.withholds() == "The screening questions have not been answered."
    for body in READY:
        await attendant.enter(body, ANNA)
    assert attendant.judgement().free
    assert attendant.withholds() == ""
    desk.control.keep_saying(state="armed", session_id="aa")
    await desk.until(lambda: attendant.stage is Stage.WALKING)
    await attendant.enter(pain(Moment.DURING, 4), ANNA)
    desk.control.keep_saying(state="latched", session_id="aa", cause="grip_released")
    await desk.until(lambda: attendant.stage is Stage.AFTER)
    record(desk.folder / "sessions", "aa")
    desk.control.keep_saying(state="idle", session_id="aa")
    await attendant.enter(pain(Moment.AFTER, 3), ANNA)
    await attendant.enter(Closed(), ANNA)
    assert (attendant.notes, attendant.stage) == (None, Stage.CLOSED)
    await attendant.add_later(visit, pain(Moment.NEXT_MORNING), ANNA)
    notes = await desk.archive.notes_of("aa")
    assert notes is not None
    assert [each.moment for each in notes.measured] == [
        Moment.BEFORE, Moment.DURING, Moment.AFTER, Moment.NEXT_MORNING,
    ]  # fmt: skip
    kinds = await desk.kinds(visit)
    assert kinds[5:10] == ["armed", "measured", "rested", "measured", "closed"]
    await desk.until(desk.taken_in)


async def test_what_does_not_belong_to_the_stage_is_refused(desk: Desk) -> None:
    attendant = desk.attendant
    with pytest.raises(ArchiveRefusal, match=NOBODY):
        await attendant.enter(Closed(), ANNA)
    visit = await attendant.choose(OPENED, ANNA)
    with pytest.raises(ArchiveRefusal, match=ANOTHER):
        await attendant.choose(OPENED, ANNA)
    with pytest.raises(ArchiveRefusal, match=REFUSALS[Stage.BEFORE]):
        await attendant.enter(pain(Moment.AFTER), ANNA)
    desk.control.keep_saying(state="walking", session_id="aa")
    await desk.until(lambda: attendant.stage is Stage.WALKING)
    with pytest.raises(ArchiveRefusal, match=REFUSALS[Stage.WALKING]):
        await attendant.enter(Closed(), ANNA)
    event = await attendant.enter(Symptom(symptom="dizzy"), ANNA)
    await attendant.enter(Withdrawn(), ANNA, corrects=event.id)
    await attendant.enter(AdverseEvent(adverse_event="stumbled"), ANNA)
    assert attendant.notes is not None
    assert (attendant.notes.symptoms, attendant.notes.visit) == ((), visit)


async def test_a_patient_who_must_not_walk_is_turned_away(desk: Desk) -> None:
    attendant = desk.attendant
    visit = await attendant.choose(OPENED, ANNA)
    for body in READY[:-1]:
        await attendant.enter(body, ANNA)
    await attendant.enter(pain(Moment.BEFORE, 7), ANNA)
    assert attendant.withholds() == "Pain before the walk is above 5 of 10."
    await attendant.enter(Closed(turned_away="Pain."), ANNA)
    notes = await desk.archive.notes(visit)
    assert notes is not None
    assert (notes.closed, notes.session) == (True, None)


async def test_records_of_no_visit_and_of_a_service_that_begins_are_bound_to_nobody(
    desk: Desk,
) -> None:
    """A reset after a power cut has a record of its own, which is no walk of whoever is next."""
    attendant = desk.attendant
    desk.control.keep_saying(state="walking", session_id="nobody")
    visit = await attendant.choose(OPENED, ANNA)
    desk.control.keep_saying(state="stopping", session_id="reset")
    await attendant.enter(READY[0], ANNA)
    desk.control.keep_saying(state="idle", session_id="reset")
    desk.control.keep_saying(state="armed", session_id="../../etc/passwd")
    desk.control.keep_saying(state="armed", session_id="own")
    await desk.until(lambda: attendant.notes is not None and attendant.notes.records != ())
    notes = await desk.archive.notes(visit)
    assert notes is not None
    assert "own" in notes.records
    assert not {"reset", "../../etc/passwd"} & {*notes.records}


async def test_armed_twice_is_one_visit_with_two_records(desk: Desk) -> None:
    attendant = desk.attendant
    visit = await attendant.choose(OPENED, ANNA)
    for state, session in (("armed", "aa"), ("idle", "aa"), ("armed", "bb"), ("idle", "bb")):
        desk.control.keep_saying(state=state, session_id=session)
        stage = Stage.WALKING if state == "armed" else Stage.AFTER
        await desk.until(lambda stage=stage: attendant.stage is stage)  # type: ignore[misc]
    await desk.until(lambda: desk.has(visit, "armed", "rested", "armed", "rested"))
    notes = await desk.archive.notes(visit)
    assert notes is not None
    assert (notes.records, notes.session) == (("aa", "bb"), "bb")


async def test_a_desk_that_begins_anew_knows_the_visit_that_goes_on(desk: Desk) -> None:
    visit = await desk.attendant.choose(OPENED, ANNA)
    desk.control.keep_saying(state="walking", session_id="aa")
    await desk.until(lambda: desk.attendant.stage is Stage.WALKING)
    await desk.until(lambda: desk.has(visit, "armed"))
    after, elsewhere, later = (
        Attendant(desk.archive, desk.folder / "hatch", "Room 1"),
        Attendant(desk.archive, desk.folder / "hatch", "Room 2"),
        Attendant(
            desk.archive, desk.folder / "hatch", "Room 1",
            now=lambda: NOW + module.SAME_VISIT * 2,
        ),
    )  # fmt: skip
    for each in (after, elsewhere, later):
        await each.resume()
    assert after.notes is not None
    assert (after.notes.visit, after.stage) == (visit, Stage.WALKING)
    assert (elsewhere.notes, later.notes) == (None, None)


async def test_what_the_archive_cannot_take_now_it_takes_later(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds it while the patient is armed; nothing is lost, and it is said."""
    attendant = desk.attendant
    visit = await attendant.choose(OPENED, ANNA)
    monkeypatch.setattr("controller.records.archive.engines.PATIENCE_S", 0.05)
    lock = desk.folder / "archive.lock"
    with held(lock), caplog.at_level(logging.ERROR):
        desk.control.keep_saying(state="walking", session_id="aa")
        await desk.until(lambda: "in use by another program" in caplog.text)
        assert attendant.stage is Stage.WALKING
        assert desk.archive.trouble.startswith("The archive is in use")
    await desk.until(lambda: attendant.notes is not None and attendant.notes.records == ("aa",))
    assert (await desk.kinds(visit))[1:] == ["armed"]


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """The archive's lock, as another process holds it while it writes."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def test_where_patients_are_required_nobody_is_armed_without_one(tmp_path: Path) -> None:
    async with Archive(Where(tmp_path), tmp_path / "sessions") as archive:
        required = Attendant(archive, tmp_path / "hatch", "Room 1", required=True)
        assert required.withholds() == NOBODY
        free = Attendant(archive, tmp_path / "hatch", "Room 1")
        assert free.withholds() == ""
