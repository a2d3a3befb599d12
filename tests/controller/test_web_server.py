"""The console over the wire: who may do what, and what the refused are told."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

WRONG = {"pin": "not it"}
STRANGE_FRAMES = (
    '{"kind": "command", "id": "1", "verb": "sprint"}',
    '{"kind": "command", "id": "1", "verb": "stop", "role": "supervisor"}',
    '{"kind": "command", "id": 1, "verb": "stop"}',
    '{"kind": "command", "id": "", "verb": "stop"}',
    '{"kind": "pulse"}',
    '{"kind": "telemetry"}',
    "[" * 2000,
    "",
    b"\x00\xff",
)
STRANGE_SIGN_INS = (
    b"",
    b"{",
    b"[]",
    b'{"pin": 1}',
    b'{"pin": "1", "role": "supervisor"}',
    b"\xff",
)


async def test_the_right_pin_opens_a_session_in_a_cookie_no_script_or_other_site_can_use(stage):
    async with stage.client() as client:
        response = await client.post("/api/sign-in", json={"pin": stage.pin})
    assert response.json()["accepted"] is True
    assert response.json()["user"]["name"] == "clinic"
    assert response.json()["user"]["roles"] == ["engineer", "supervisor"]
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert stage.pin not in cookie


async def test_a_wrong_pin_opens_nothing(stage):
    async with stage.client() as client:
        response = await client.post("/api/sign-in", json=WRONG)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert response.json()["reason"].startswith("This name and PIN do not belong")


async def test_the_sixth_pin_in_a_minute_is_not_looked_at_and_stop_still_works(stage):
    async with stage.client() as client:
        codes = [(await client.post("/api/sign-in", json=WRONG)).status_code for _ in range(5)]
        late = await client.post("/api/sign-in", json={"pin": stage.pin})
        stop = await client.post("/api/stop")
    assert codes == [403] * 5
    assert late.status_code == 429
    assert "Wait a minute" in late.json()["reason"]
    assert stop.status_code == 200


async def test_stop_without_a_sign_in_reaches_control_as_anyone(stage):
    async with stage.client() as client:
        response = await client.post("/api/stop")
    heard = await stage.next(stage.control.commands)
    assert response.json() == {"accepted": True, "reason": ""}
    assert (heard["verb"], heard["role"]) == ("stop", "anyone")


async def test_stop_from_a_page_without_a_sign_in_is_answered(stage):
    async with stage.page() as page:
        answer = await stage.command(page, "stop")
    assert answer["accepted"] is True
    assert (await stage.next(stage.control.commands))["role"] == "anyone"


async def test_two_hundred_stops_at_once_all_reach_control(stage):
    async with stage.page(close_timeout=0.1) as page:
        for number in range(200):
            await page.send(json.dumps({"kind": "command", "id": str(number), "verb": "stop"}))
        heard = [await stage.next(stage.control.commands) for _ in range(200)]
    assert {message["verb"] for message in heard} == {"stop"}


async def test_everything_but_stop_needs_a_sign_in(stage):
    async with stage.page() as page:
        for verb in ("arm", "disarm", "start", "slower", "faster", "reset", "present"):
            answer = await stage.command(page, verb)
            assert answer["accepted"] is False, verb
            assert answer["reason"] == "Sign in with the PIN first. Stop works without it."
    assert stage.control.commands.empty()


def report(**told: object) -> str:
    return json.dumps({"kind": "command", "id": "r", "verb": "report", "told": told})


async def test_a_symptom_needs_no_sign_in_and_a_figure_does(stage):
    async with stage.page() as page:
        await page.send(report(symptom="dizziness"))
        assert (await stage.until(page, "answer"))["accepted"] is True
        for told in ({"pain_nprs": 4}, {"symptom": "dizziness", "pain_nprs": 4}, {}):
            await page.send(report(**told))
            answer = await stage.until(page, "answer")
            assert answer["reason"] == "Sign in with the PIN first. Stop works without it."
    heard = await stage.next(stage.control.commands)
    assert (heard["verb"], heard["role"]) == ("report", "anyone")
    assert heard["told"] == {"symptom": "dizziness"}
    assert stage.control.commands.empty()


async def test_a_signed_in_page_commands_as_supervisor_and_hears_the_reason_of_a_refusal(stage):
    stage.control.refusals["arm"] = "Both hands must hold the rails."
    async with stage.page(await stage.cookie()) as page:
        refused = await stage.command(page, "arm", "k1")
        accepted = await stage.command(page, "present", "k2")
    assert refused["reason"] == "Both hands must hold the rails."
    assert accepted["accepted"] is True
    assert (await stage.next(stage.control.commands))["role"] == "supervisor"


async def test_a_page_that_is_already_open_loses_its_role_at_sign_out(stage):
    headers = await stage.signed_in()
    async with stage.page(headers["Cookie"]) as page, stage.client() as client:
        await stage.until(page, "pulse", signed_in=True)
        await client.post("/api/sign-out", headers=headers)
        await stage.until(page, "pulse", signed_in=False)
        assert (await stage.command(page, "start"))["accepted"] is False


async def test_a_frame_the_desk_does_not_know_is_refused_in_one_sentence(stage):
    async with stage.page(await stage.cookie()) as page:
        for frame in STRANGE_FRAMES:
            await page.send(frame)
            refused = await stage.until(page, "refused")
            assert refused["reason"].endswith("Reload the page and try again."), frame
        assert (await stage.command(page, "present"))["accepted"] is True
    assert (await stage.next(stage.control.commands))["verb"] == "present"
    assert stage.control.commands.empty()


async def test_a_sign_in_that_is_no_sign_in_is_refused_in_one_sentence(stage):
    async with stage.client() as client:
        for body in STRANGE_SIGN_INS:
            response = await client.post(
                "/api/sign-in", content=body, headers={"content-type": "application/json"}
            )
            assert response.status_code in (400, 422), body
            assert response.json() == {
                "accepted": False,
                "reason": "The console did not understand this. Reload the page and try again.",
            }


async def test_a_post_from_another_site_is_refused(stage):
    async with stage.client() as client:
        for path in ("/api/sign-in", "/api/sign-out", "/api/stop"):
            for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
                response = await client.post(
                    path, json={"pin": stage.pin}, headers={"Origin": origin}
                )
                assert response.status_code == 403, (path, origin)
                assert "Another site" in response.json()["reason"]
    assert stage.control.commands.empty()


async def test_a_websocket_from_another_site_is_refused(stage):
    with pytest.raises(InvalidStatus, match="403"):
        async with stage.page(origin="http://evil.example"):
            pass


async def test_a_name_that_was_pointed_at_this_machine_is_refused(stage):
    async with stage.client() as client:
        for method, path in [("GET", "/"), ("GET", "/api/state"), ("POST", "/api/stop")]:
            response = await client.request(method, path, headers={"Host": "evil.example"})
            assert response.status_code == 403, path
            assert "does not answer to this address" in response.json()["reason"]


async def test_the_console_answers_to_localhost_as_well(stage):
    port = stage.url.rpartition(":")[2]
    own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    async with stage.client() as client:
        assert (await client.post("/api/stop", headers=own)).status_code == 200


async def test_a_long_or_open_ended_body_is_not_read(stage):
    async def endless():
        yield b"x"

    async with stage.client() as client:
        long = await client.post("/api/sign-in", content=b"x" * 5000)
        open_ended = await client.post("/api/sign-in", content=endless())
    assert (long.status_code, open_ended.status_code) == (413, 411)


async def test_every_answer_forbids_inline_script_and_framing(stage):
    async with stage.client() as client:
        for path in ("/", "/static/page.js", "/api/state", "/nowhere"):
            policy = (await client.get(path)).headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy


async def test_the_page_holds_no_inline_script_or_style(stage):
    async with stage.client() as client:
        page = (await client.get("/")).text
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


async def test_state_tells_what_control_said_last_and_how_long_ago(stage):
    async with stage.page() as page, stage.client() as client:
        before = (await client.get("/api/state")).json()
        stage.control.say(state="armed", seq=9)
        await stage.until(page, "telemetry", seq=9)
        after = (await client.get("/api/state")).json()
    assert before["telemetry"] is None
    assert before["age_s"] is None
    assert after["telemetry"]["state"] == "armed"
    assert after["age_s"] >= 0
    assert (after["control"], after["signed_in"]) == (True, False)


async def test_health_tells_of_desk_and_control_apart(stage):
    async with stage.client() as client:
        assert (await client.get("/healthz")).json() == {"desk": True, "control": True}


async def test_a_wrong_address_is_answered_in_plain_words(stage):
    async with stage.client() as client:
        for method, path, status in (
            ("GET", "/nowhere", 404),
            ("GET", "/api/stop", 405),
            ("GET", "/static/../desk.py", 404),
            ("GET", "/static/%2e%2e/server.py", 404),
        ):
            response = await client.request(method, path)
            assert response.status_code == status, path
            assert response.json()["reason"].endswith(".")


async def test_answers_go_only_to_the_page_that_asked_even_when_ids_are_equal(stage):
    cookie = await stage.cookie()
    stage.control.refusals["arm"] = "Not now."
    async with stage.page(cookie) as first, stage.page(cookie) as second:
        answers = await asyncio.gather(
            stage.command(first, "arm", "same"), stage.command(second, "present", "same")
        )
    assert [answer["accepted"] for answer in answers] == [False, True]
