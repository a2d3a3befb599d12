"""A commissioning at the desk: who may begin and answer, who counts as present, what pages see."""

import asyncio
import json

import httpx
import pytest

from controller.session.authority import ENGINEERS_ONLY
from controller.web.challenge import TOO_LATE
from controller.web.console import SIGN_IN_FIRST
from controller.web.visiting import VISIT_FIRST

PULSE = json.dumps({"kind": "pulse", "seen": True})
ASKS = {
    "kind": "commissioning",
    "step": "listen",
    "question": "Is the belt empty?",
    "linked": True,
    "speed_mps": 0.0,
    "at_rest": True,
}
OVER = {**ASKS, "question": "", "over": True, "passed": False, "refusal": "Stop is ignored."}


async def reply(stage, page, key="a", **more):
    """An answer as a page gives it, with the nonce of the newest pulse unless it has another."""
    nonce = (await stage.until(page, "pulse"))["nonce"]
    message = {"kind": "reply", "id": key, "step": "listen", "yes": True, "nonce": nonce, **more}
    await page.send(json.dumps(message))
    return await stage.until(page, "answer", id=key)


async def measuring(stage, **changes):
    stage.control.keep_saying(**{**ASKS, **changes})
    async with stage.page() as page:
        return await stage.until(page, "commissioning")


async def test_who_is_engineer_and_supervisor_asks_for_it_as_an_engineer(stage):
    async with stage.page(await stage.cookie()) as page:
        assert (await stage.command(page, "commission"))["accepted"] is True
        heard = await stage.next(stage.control.commands)
        assert (heard["verb"], heard["role"]) == ("commission", "engineer")
        await stage.command(page, "faster", "k2")
        assert (await stage.next(stage.control.commands))["role"] == "supervisor"


@pytest.mark.parametrize("role", ["viewer", "supervisor"])
async def test_who_is_no_engineer_neither_begins_nor_answers_it(stage, role):
    headers = await stage.user("eve", role)
    await measuring(stage)
    async with stage.page(headers["Cookie"]) as page:
        assert (await stage.command(page, "commission"))["reason"] == ENGINEERS_ONLY
        assert (await reply(stage, page))["reason"] == ENGINEERS_ONLY
        assert stage.control.commands.empty()


async def test_a_stranger_neither_begins_nor_answers_it_and_stops_it(stage):
    await measuring(stage)
    async with stage.page() as page:
        assert (await stage.command(page, "commission"))["reason"] == SIGN_IN_FIRST
        assert (await reply(stage, page))["reason"] == SIGN_IN_FIRST
        assert stage.control.commands.empty()
        assert (await stage.command(page, "stop", "halt"))["accepted"] is True
    assert (await stage.next(stage.control.commands))["verb"] == "stop"


async def test_an_answer_goes_to_its_step_once_and_fresh(stage):
    async with stage.page(await stage.cookie()) as page:
        assert (await reply(stage, page))["accepted"] is True
        heard = await stage.next(stage.control.commands)
        said = {key: heard[key] for key in ("verb", "role", "step", "yes")}
        assert said == {"verb": "answer", "role": "engineer", "step": "listen", "yes": True}
        for key, nonce in (("b", None), ("c", "old"), ("d", "")):
            assert (await reply(stage, page, key, nonce=nonce))["reason"] == TOO_LATE
        for wrong in ({"yes": "yes"}, {"step": ""}, {"more": 1}):
            nonce = (await stage.until(page, "pulse"))["nonce"]
            frame = {"kind": "reply", "id": "e", "step": "listen", "yes": True, "nonce": nonce}
            await page.send(json.dumps({**frame, **wrong}))
            await stage.until(page, "refused")
        assert stage.control.commands.empty()


async def test_an_engineer_s_page_on_screen_is_told_to_the_commissioner(stage):
    await measuring(stage)
    async with stage.page(await stage.cookie()) as page:
        await page.send(PULSE)
        await stage.next(stage.control.attended)


@pytest.mark.parametrize("role", ["viewer", "supervisor", None])
async def test_nobody_else_s_page_is(stage, role):
    headers = {"Cookie": ""} if role is None else await stage.user("eve", role)
    await measuring(stage)
    async with stage.page(headers["Cookie"]) as page:
        for _ in range(5):
            await stage.until(page, "pulse")
            await page.send(PULSE)
        assert stage.control.attended.empty()


async def test_a_page_that_comes_late_sees_what_goes_on_and_what_came_of_the_last_one(stage):
    assert (await measuring(stage))["question"] == "Is the belt empty?"
    stage.control.fall_silent()
    await asyncio.sleep(0.2)
    stage.control.say(**OVER)
    await asyncio.sleep(0.2)
    stage.control.keep_saying(state="idle")
    async with stage.page() as page:
        await stage.until(page, "telemetry", state="idle")
    async with stage.page() as page:
        told = await stage.until(page, "commissioning")
    assert (told["over"], told["refusal"]) == (True, "Stop is ignored.")


async def test_one_that_was_lost_is_not_shown_any_more(stage):
    await measuring(stage)
    stage.control.keep_saying(kind="telemetry", state="stopping")
    async with stage.page() as page:
        await stage.until(page, "telemetry", state="stopping")
    async with stage.client() as client:
        state = (await client.get("/api/state")).json()
    assert state["commissioning"] is None


@pytest.mark.parametrize("wrong", [{"speed_mps": "fast"}, {"share": float("nan")}, {"told": "x"}])
async def test_what_is_no_word_of_a_commissioner_is_passed_over(stage, wrong):
    stage.control.publish({**ASKS, "time_s": 1.0, **wrong})
    stage.control.keep_saying(state="idle")
    async with stage.page() as page:
        await stage.until(page, "telemetry")
    async with stage.client() as client:
        assert (await client.get("/api/state")).json()["commissioning"] is None


async def test_nobody_measures_the_treadmill_while_a_patient_is_seen(stage):
    headers = await stage.signed_in()
    entry = {"patient": "K-017", "program": "free-walk", "orientation": "turned"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers) as client:
        await client.put("/api/patients/K-017", json={})
        opened = await client.post("/api/visit", json=entry)
        assert opened.status_code in (200, 201), opened.text
    async with stage.page(headers["Cookie"]) as page:
        assert (await stage.command(page, "commission"))["reason"] == VISIT_FIRST
    assert stage.control.commands.empty()
