"""The archive against a model: whatever is entered, corrected, forgotten, in whatever order."""

import asyncio
import itertools
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from controller.records.archive import Archive, ArchiveRefusal, Where
from controller.records.archive.bodies import Armed, Body, Checks, Closed, Remark, Symptom
from controller.records.notes import Measured, Moment, Patient
from tests.controller.records.archive.conftest import database
from tests.controller.records.archive.test_archive import ANNA, NOON, opened
from tests.postgres import Postgres

Result = TypeVar("Result")
PSEUDONYMS = st.sampled_from(["P-01", "P-02", "P-03"])
RECORDS = st.sampled_from(["aa", "bb", "cc", "dd"])
MEASURED = st.builds(
    Measured, moment=st.sampled_from(Moment), at=st.just(NOON), pain_nprs=st.integers(0, 10)
)
BODIES = st.one_of(
    MEASURED,
    st.builds(Remark, remark=st.text("aä \U0001f600'\";\\\n", min_size=1, max_size=8)),
    st.builds(Symptom, symptom=st.sampled_from(["dizzy", "chest pain"])),
    st.builds(Checks, harness=st.booleans(), safety_key_checked=st.booleans()),
    st.just(Closed()),
)


@dataclass
class Known:
    """A visit as the model has it: what was entered, by its number, with what it corrects."""

    patient: str
    entries: dict[int, tuple[Body, int | None]] = field(default_factory=dict)

    def records(self) -> list[str]:
        bodies = [body for body, _ in self.entries.values()]
        return [body.record for body in bodies if isinstance(body, Armed)]

    def measured(self, moment: Moment) -> list[int | None]:
        """Pain at one moment, each in its place, the newest correction of each."""
        first: dict[int, int] = {}
        newest: dict[int, Body] = {}
        for number, (body, corrects) in self.entries.items():
            first[number] = number if corrects is None else first[corrects]
            newest[first[number]] = body
        found = [
            body.pain_nprs
            for body in newest.values()
            if isinstance(body, Measured) and body.moment is moment
        ]
        return found if moment is Moment.DURING else found[-1:]


class AgainstModel(RuleBasedStateMachine):
    """Each step is done to both; after each, all that can be read is alike."""

    place: Where
    runner: asyncio.Runner

    visits = Bundle("visits")

    def __init__(self) -> None:
        super().__init__()
        self.patients: dict[str, Patient] = {}
        self.known: dict[str, Known] = {}
        self.gone: set[str] = set()
        self.archive = self.opened()

    def opened(self) -> Archive:
        return Archive(self.place, self.place.folder / "sessions")

    def do(self, what: Awaitable[Result]) -> Result:
        async def act() -> Result:
            return await what

        return self.runner.run(act())

    def refused(self, what: Awaitable[Any]) -> None:
        with pytest.raises(ArchiveRefusal):
            self.do(what)

    @rule(name=PSEUDONYMS, speed=st.none() | st.sampled_from([0.2, 0.45]))
    def describe(self, name: str, speed: float | None) -> None:
        self.patients[name] = Patient(pseudonym=name, baseline_mps=speed)
        self.do(self.archive.put_patient(self.patients[name], ANNA))

    @rule(target=visits, name=PSEUDONYMS)
    def open(self, name: str) -> str:
        if name not in self.patients:
            self.refused(self.archive.open_visit(opened(name), ANNA))
            return "0" * 32
        visit = self.do(self.archive.open_visit(opened(name), ANNA))
        self.known[visit] = Known(name)
        return visit

    @rule(visit=visits, body=BODIES)
    def enter(self, visit: str, body: Body) -> None:
        if visit not in self.known:
            self.refused(self.archive.add(visit, body, ANNA))
            return
        event = self.do(self.archive.add(visit, body, ANNA))
        self.known[visit].entries[event.id] = (body, None)

    @rule(visit=visits, body=MEASURED, which=st.integers(0, 5))
    def correct(self, visit: str, body: Measured, which: int) -> None:
        entries = self.known[visit].entries if visit in self.known else {}
        numbers = [n for n, (other, _) in entries.items() if isinstance(other, Measured)]
        if not numbers:
            self.refused(self.archive.add(visit, body, ANNA, corrects=10**9))
            return
        number = numbers[which % len(numbers)]
        event = self.do(self.archive.add(visit, body, ANNA, corrects=number))
        entries[event.id] = (body, number)

    @rule(visit=visits, record=RECORDS)
    def arm(self, visit: str, record: str) -> None:
        others = [known.records() for key, known in self.known.items() if key != visit]
        taken = record in itertools.chain(*others) or record in self.gone
        if visit not in self.known or taken:
            self.refused(self.archive.add(visit, Armed(record=record), ANNA))
            return
        event = self.do(self.archive.add(visit, Armed(record=record), ANNA))
        self.known[visit].entries[event.id] = (Armed(record=record), None)

    @rule(visit=consumes(visits))
    def forget_visit(self, visit: str) -> None:
        if visit not in self.known:
            self.refused(self.archive.forget_session(visit, ANNA))
            return
        self.do(self.archive.forget_session(visit, ANNA))
        self.gone |= {*self.known.pop(visit).records()}

    @rule(name=PSEUDONYMS)
    def forget(self, name: str) -> None:
        if name not in self.patients:
            self.refused(self.archive.forget_patient(name, ANNA))
            return
        self.do(self.archive.forget_patient(name, ANNA))
        del self.patients[name]
        for visit in [key for key, known in self.known.items() if known.patient == name]:
            self.gone |= {*self.known.pop(visit).records()}

    @rule()
    def end_and_begin_again(self) -> None:
        self.do(self.archive.__aexit__())
        self.archive = self.opened()

    @invariant()
    def all_that_can_be_read_is_alike(self) -> None:
        told = self.do(self.archive.patients())
        assert told == tuple(self.patients[name] for name in sorted(self.patients))
        visits = {notes.visit: notes for notes in self.do(self.archive.visits())}
        assert set(visits) == set(self.known)
        for visit, known in self.known.items():
            notes = visits[visit]
            assert notes.patient == known.patient
            assert list(notes.records) == list(dict.fromkeys(known.records()))
            for moment in Moment:
                pains = [each.pain_nprs for each in notes.measured if each.moment is moment]
                assert pains == known.measured(moment)
            history = self.do(self.archive.history(visit))[1:]
            assert {each.id: (each.body, each.corrects) for each in history} == known.entries

    def teardown(self) -> None:
        self.do(self.archive.__aexit__())


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_archive_is_what_its_model_says(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: Postgres = request.getfixturevalue("server") if engine == "postgresql" else None

    with asyncio.Runner() as runner:

        class Here(AgainstModel):
            def __init__(self) -> None:
                folder = Path(tempfile.mkdtemp(dir=tmp_path))
                self.place = Where(folder, database(server) if server else "")
                self.runner = runner
                super().__init__()

        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Here,
            settings=settings(
                max_examples=12,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
