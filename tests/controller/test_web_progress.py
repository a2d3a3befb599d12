"""What comes of the visits over HTTP: the next proposal, a patient's course, a clinic's own."""

import shutil
from typing import Any

from websockets.asyncio.client import ClientConnection

from controller.programs.library import parse
from controller.records.values import encode
from tests.conftest import Stage
from tests.controller.records.test_progress import PROGRAM, Clinic, clinic  # noqa: F401 - a fixture

OWN = parse(PROGRAM)
VISITS = "/api/patients/KN-017/visits"
REPORT = "/api/patients/KN-017/report"


async def kept(stage: Stage, clinic: Clinic) -> dict[str, str]:  # noqa: F811
    """A desk that has what this clinic has kept; returns who is signed in."""
    shutil.copytree(clinic.place.folder, stage.folder, dirs_exist_ok=True)
    await stage.control.open()
    await stage.start(own_programs=[encode(OWN)])
    return await stage.signed_in()


async def test_the_rules_proposal_stands_beside_the_visits(
    bare_stage: Stage,
    clinic: Clinic,  # noqa: F811
) -> None:
    who = await kept(bare_stage, clinic)
    async with bare_stage.client() as client:
        found: dict[str, Any] = (await client.get(VISITS, headers=who)).json()
    proposal = found["proposal"]
    assert (proposal["program"], proposal["light"]) == ("Short", "green")
    assert proposal["sentence"] == "Raise. 0.1 minutes longer."
    assert proposal["reasons"] == ["Green sessions in a row: 1."]
    assert proposal["rule"].startswith("After 1 green session: 0.1 minutes longer.")
    assert len(found["visits"]) == len(found["records"]) == 10


async def test_a_patients_course_is_a_page_in_which_nothing_runs(
    bare_stage: Stage,
    clinic: Clinic,  # noqa: F811
) -> None:
    who = await kept(bare_stage, clinic)
    async with bare_stage.client() as client:
        page = await client.get(REPORT, headers=who)
        stranger = await client.get(REPORT)
        nobody = await client.get("/api/patients/K-404/report", headers=who)
    assert page.status_code == 200
    assert "Course of KN-017" in page.text
    assert "0.1 minutes longer." in page.text
    assert "sandbox" in page.headers["content-security-policy"]
    assert (stranger.status_code, nobody.status_code) == (401, 409)


async def test_a_clinics_own_program_is_listed_and_titled(
    bare_stage: Stage,
    clinic: Clinic,  # noqa: F811
) -> None:
    who = await kept(bare_stage, clinic)
    chosen = {"patient": "KN-017", "program": "short", "orientation": "turned"}
    async with bare_stage.client() as client:
        programs = (await client.get("/api/programs", headers=who)).json()["programs"]
        visit = (await client.post("/api/visit", json=chosen, headers=who)).json()["visit"]
    [own] = [program for program in programs if program["id"] == "short"]
    assert (own["title"], own["own"], own["population"]) == ("Short", True, "A simulated patient")
    assert [phase["part"] for phase in own["phases"]] == ["warm_up", "walk", "cool_down"]
    assert visit["program_title"] == "Short"


async def test_a_free_walk_has_no_rule_and_no_proposal(bare_stage: Stage) -> None:
    await bare_stage.control.open()
    await bare_stage.start()
    who = await bare_stage.signed_in()
    chosen = {"patient": "K-1", "program": "free-walk", "orientation": "turned"}
    async with bare_stage.client() as client:
        assert (await client.put("/api/patients/K-1", json={}, headers=who)).is_success
        assert (await client.post("/api/visit", json=chosen, headers=who)).is_success
        found = (await client.get("/api/patients/K-1/visits", headers=who)).json()
    assert "proposal" not in found


async def test_an_effort_told_in_the_walk_is_kept_with_its_scale(bare_stage: Stage) -> None:
    await bare_stage.control.open()
    await bare_stage.start()
    who = await bare_stage.signed_in()
    chosen = {"patient": "K-1", "program": "free-walk", "orientation": "turned"}
    effort = {"effort": 13, "effort_scale": "borg_6_20"}
    async with bare_stage.client() as client, bare_stage.page(who["Cookie"]) as page:
        assert (await client.put("/api/patients/K-1", json={}, headers=who)).is_success
        assert (await client.post("/api/visit", json=chosen, headers=who)).is_success
        bare_stage.control.keep_saying(session_id="20261126-0915-ab12")
        assert (await bare_stage.command(page, "report", told=effort))["accepted"]
        measured = await _measured(bare_stage, page)
    assert [(each["moment"], each["effort"]) for each in measured] == [
        ("during", {"rating": 13, "scale": "borg_6_20"})
    ]


async def _measured(stage: Stage, page: ClientConnection) -> list[dict[str, Any]]:
    """Of the visit, once anything has been."""
    while True:
        seen = (await stage.until(page, "visit"))["visit"]
        measured: list[dict[str, Any]] = seen["measured"] if seen else []
        if measured:
            return measured
