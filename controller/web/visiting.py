"""The visit that goes on, between attendant and pages: the same for every page that is open."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from controller.programs.library import Sheets, titles
from controller.records.archive import ArchiveError
from controller.records.archive.bodies import Body, Symptom
from controller.records.attendant import Attendant
from controller.records.notes import Effort, EffortScale, Measured, Moment
from controller.web import messages
from controller.web.messages import Told
from controller.web.sight import Sight, sight

VISIT_FIRST = "A visit goes on here. Close it first."
LOOK_S = 0.5
NO_ARCHIVE = "This console has no archive. The free walk, without a patient, needs none."

_log = logging.getLogger(__name__)


class Visiting:
    """Without an attendant there is no archive: every visit is refused, and walks are free."""

    def __init__(
        self, attendant: Attendant | None, publish: Callable[[str], None], sheets: Sheets
    ) -> None:
        self._attendant = attendant
        self._publish = publish
        self._sheets = sheets
        self._noting: set[asyncio.Task[None]] = set()
        self._seen: Sight | None = None
        self.shown = messages.visit(None)
        """What a page that comes is told."""

    def attendant(self) -> Attendant:
        """Raises: `ArchiveError`."""
        if self._attendant is None:
            raise ArchiveError(NO_ARCHIVE)
        return self._attendant

    def withholds(self) -> str:
        """Why nobody may be armed now, as a sentence; "" if control may be asked."""
        return "" if self._attendant is None else self._attendant.withholds()

    def occupied(self) -> str:
        """Why nobody measures the treadmill now, as a sentence; "" if nobody is being seen."""
        going_on = self._attendant is not None and self._attendant.notes is not None
        return VISIT_FIRST if going_on else ""

    def arming(self) -> dict[str, object]:
        """What the visit adds to an arming: program and figures of the patient, if there is one."""
        seen = self._seen
        if seen is None:
            return {}
        facts = {
            "program": seen.program,
            "baseline_mps": seen.baseline_mps,
            "pain_before": seen.pain_before,
            "heart_rate_limit_bpm": seen.heart_rate_limit_bpm,
        }
        return {key: value for key, value in facts.items() if value is not None}

    def note(self, told: Told) -> None:
        """Keep what control has heard the patient say; a failure is the archive's to tell."""
        if self._attendant is None or self._attendant.notes is None:
            return
        task = asyncio.create_task(self._keep(self._attendant, told))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def sight(self) -> Sight | None:
        """The visit as it is now. Raises: `ArchiveError`."""
        attendant = self.attendant()
        notes = attendant.notes
        if notes is None:
            return None
        patient = await attendant.archive.patient(notes.patient)
        titled = titles(self._sheets).get(notes.program, notes.program)
        return sight(notes, attendant.stage, attendant.judgement(), patient, titled)

    async def show(self) -> Sight | None:
        """Show every page the visit as it is now. Raises: `ArchiveError`."""
        self._seen = await self.sight()
        told = self._seen.model_dump_json(exclude_none=True) if self._seen else None
        if messages.visit(told) != self.shown:
            self.shown = messages.visit(told)
            self._publish(self.shown)
        return self._seen

    async def follow(self) -> None:
        """Keep the pages to the visit, which control's word moves too; until cancelled."""
        while True:
            with contextlib.suppress(ArchiveError):
                await self.show()
            await asyncio.sleep(LOOK_S)

    async def _keep(self, attendant: Attendant, told: Told) -> None:
        who = attendant.notes.supervisor if attendant.notes else ""
        for body in _bodies(told):
            try:
                await attendant.enter(body, who)
            except ArchiveError as error:
                _log.warning("%s", error)


def _bodies(told: Told) -> list[Body]:
    """What was told, as the archive has it."""
    bodies: list[Body] = []
    if told.pain_nprs is not None or told.effort is not None:
        bodies.append(
            Measured(
                moment=Moment.DURING,
                at=datetime.now(UTC),
                pain_nprs=told.pain_nprs,
                effort=_effort(told),
            )
        )
    if told.symptom is not None:
        bodies.append(Symptom(symptom=told.symptom))
    return bodies


def _effort(told: Told) -> Effort | None:
    """Control has taken it, so both are there and belong together."""
    if told.effort is None or told.effort_scale is None:
        return None
    return Effort(rating=told.effort, scale=EffortScale(told.effort_scale))
