"""The data folder of the documents' examples: a patient, and a walk that was recorded."""

import asyncio
from pathlib import Path

from controller.records.archive import Archive, Where
from controller.records.archive.bodies import Armed, Opened
from controller.records.chain import check
from controller.records.notes import Patient
from tests.controller.records.walked import resealed, walked


def furnish(folder: Path) -> None:
    """The session 4f1c of the patient KN-017, who let go of both rails."""
    sessions = folder / "sessions"
    sessions.mkdir(parents=True)
    records = list(check(walked(10.0, lets_go=True).octets).records)
    records[0]["session"] = "4f1c"
    (sessions / "4f1c.jsonl").write_bytes(resealed(records))
    asyncio.run(_archived(folder))


async def _archived(folder: Path) -> None:
    async with Archive(Where(folder), folder / "sessions") as archive:
        await archive.put_patient(Patient(pseudonym="KN-017"), "desk")
        opened = Opened(patient="KN-017", supervisor="desk", program="steps", orientation="turned")
        visit = await archive.open_visit(opened, "desk")
        await archive.add(visit, Armed(record="4f1c"), "desk")
