"""The desk process: how it starts, finds control, loses it and ends."""

import asyncio
import contextlib
import json
import os
import socket
import stat

import pytest

from controller.desk import listen
from controller.guard.children import Desk, Programs


async def test_it_announces_its_address_and_a_six_digit_pin_made_on_first_run(bare_stage):
    announced = await bare_stage.start()
    assert announced["event"] == "listening"
    assert announced["url"].startswith("http://127.0.0.1:")
    assert len(announced["pin"]) == 6
    assert announced["pin"].isdecimal()


async def test_the_pin_is_kept_as_an_argon2id_hash_that_only_its_owner_reads(bare_stage):
    announced = await bare_stage.start()
    kept = bare_stage.folder / "users.json"
    assert '"$argon2id$' in kept.read_text()
    assert announced["pin"] not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(("host", "serves"), [("127.0.0.1", True), ("192.0.2.1", False)])
def test_the_guard_learns_by_an_octet_whether_it_came_to_serve(tmp_path, host, serves):
    plan = {"hatch": str(tmp_path / "hatch"), "data_dir": str(tmp_path), "port": 0, "host": host}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    desk = Desk(Programs().desk, str(path))
    os.set_blocking(desk._serves_fd, True)
    assert desk.served() is serves
    desk.close()
    assert desk.process.returncode == (0 if serves else 1)


async def test_a_later_start_keeps_the_pin_and_does_not_show_it(bare_stage):
    await bare_stage.start()
    await bare_stage.end()
    assert (await bare_stage.start())["pin"] is None
    assert await bare_stage.cookie()


async def test_a_new_pin_replaces_the_old_one_when_the_plan_asks_for_it(bare_stage):
    await bare_stage.start()
    old = bare_stage.pin
    await bare_stage.end()
    announced = await bare_stage.start(new_pin=True)
    assert announced["pin"]
    async with bare_stage.client() as client:
        entry = {"pin": old if old != announced["pin"] else "wrong"}
        assert (await client.post("/api/sign-in", json=entry)).status_code == 403


async def test_it_ends_cleanly_on_sigterm_with_pages_open(stage):
    async with stage.page() as page:
        await stage.until(page, "hello")
        code, errors = await stage.end()
    assert (code, errors) == (0, "")


async def test_it_ends_cleanly_when_its_parent_is_gone_and_not_before(stage):
    stage.process.stdin.write(b"what a parent says is of no interest")
    await stage.process.stdin.drain()
    async with stage.page() as page:
        await stage.until(page, "hello")
        stage.process.stdin.close()
        code = await asyncio.wait_for(stage.process.wait(), 20)
    assert code == 0


async def test_a_desk_whose_standard_input_is_no_pipe_waits_for_a_signal(bare_stage):
    process = await bare_stage.spawn(stdin=asyncio.subprocess.DEVNULL)
    assert json.loads(await process.stdout.readline())["event"] == "listening"
    code, _ = await bare_stage.end()
    assert code == 0


async def test_a_port_in_use_is_one_sentence_and_exit_code_1(bare_stage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await bare_stage.spawn(port=port)
        out, errors = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    assert errors.decode() == (
        f"Port {port} is already in use on 127.0.0.1. "
        "End the program that uses it, or choose another port.\n"
    )


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"colour": "green"}, "is wrong at colour"),
        ({"port": "8080"}, "is wrong at port"),
        ({"host": "192.0.2.1"}, "cannot be served at 192.0.2.1"),
        ({"data_dir": "/proc/no-such-place"}, "The users cannot be kept"),
    ],
)
async def test_a_plan_that_cannot_be_served_is_one_sentence_and_exit_code_1(bare_stage, plan, said):
    process = await bare_stage.spawn(**plan)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert said in errors.decode()
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize("octets", [b"", b"123456\n", b"\xff", b'{"version": 2, "users": []}'])
async def test_a_damaged_file_of_users_lets_nobody_in_and_stop_works(bare_stage, octets):
    (bare_stage.folder / "users.json").write_bytes(octets)
    await bare_stage.control.open()
    announced = await bare_stage.start()
    assert announced["pin"] is None
    assert "is damaged" in announced["trouble"]
    async with bare_stage.page() as page, bare_stage.client() as client:
        await bare_stage.until(page, "pulse", control=True)
        refused = await client.post("/api/sign-in", json={"pin": "123456"})
        stopped = await client.post("/api/stop")
    assert refused.status_code == 503
    assert "Nobody can sign in" in refused.json()["reason"]
    assert stopped.status_code == 200
    assert (bare_stage.folder / "users.json").read_bytes() == octets


async def test_it_waits_for_control_and_finds_it(bare_stage):
    await bare_stage.start()
    async with bare_stage.page() as page:
        await bare_stage.until(page, "pulse", control=False)
        await bare_stage.control.open()
        await bare_stage.until(page, "pulse", control=True)


async def test_a_page_is_told_when_control_is_lost_and_when_it_is_back(stage):
    async with stage.page() as page:
        await stage.until(page, "pulse", control=True)
        await stage.control.close()
        await stage.until(page, "pulse", control=False)
        await stage.control.open()
        await stage.until(page, "pulse", control=True)


async def test_stop_is_refused_with_the_way_out_while_control_is_away(bare_stage):
    await bare_stage.start()
    async with bare_stage.client() as client:
        response = await client.post("/api/stop")
    assert response.status_code == 503
    assert "pull the safety key" in response.json()["reason"]


async def test_a_question_that_control_leaves_open_when_it_goes_is_answered_at_once(stage):
    stage.control.mute = True
    async with stage.page() as page:
        await page.send(json.dumps({"kind": "command", "id": "s1", "verb": "stop"}))
        await stage.next(stage.control.commands)
        await stage.control.close()
        answer = await stage.until(page, "answer", id="s1")
    assert answer["accepted"] is False
    assert "not there" in answer["reason"]


async def test_a_control_that_never_answers_is_called_silent(stage):
    stage.control.mute = True
    async with stage.client() as client:
        response = await client.post("/api/stop")
    assert response.status_code == 503
    assert "did not answer" in response.json()["reason"]


async def test_presence_is_told_only_while_a_signed_in_page_answers(stage):
    cookie = await stage.cookie()
    async with stage.page() as stranger, stage.page(cookie) as mine:
        pulse = json.dumps({"kind": "pulse", "seen": True})
        for _ in range(4):
            await stage.until(stranger, "pulse")
            await stranger.send(pulse)
        assert stage.control.presences.empty()
        await stage.until(mine, "pulse", signed_in=True)
        await mine.send(pulse)
        await stage.next(stage.control.presences)


async def test_a_signed_in_page_that_stops_answering_is_no_presence(stage):
    cookie = await stage.cookie()
    async with stage.page(cookie) as page:
        await page.send(json.dumps({"kind": "pulse", "seen": True}))
        await stage.next(stage.control.presences)
        for _ in range(6):
            await stage.until(page, "pulse")
        while not stage.control.presences.empty():
            stage.control.presences.get_nowait()
        for _ in range(4):
            await stage.until(page, "pulse")
        assert stage.control.presences.empty()


async def test_a_page_that_is_not_on_screen_is_no_presence(stage):
    cookie = await stage.cookie()
    async with stage.page(cookie) as page:
        for _ in range(5):
            await stage.until(page, "pulse", signed_in=True)
            await page.send(json.dumps({"kind": "pulse", "seen": False}))
        assert stage.control.presences.empty()


async def next_telemetry(page):
    async for text in page:
        if '"kind":"telemetry"' in text:
            return text
    raise AssertionError("the page was closed")


async def test_twenty_pages_get_the_same_bytes(stage):
    async with contextlib.AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(stage.page()) for _ in range(20)]
        for page in pages:
            await stage.until(page, "hello")
        stage.control.say(sentence="The same for all.")
        heard = await asyncio.gather(*(next_telemetry(page) for page in pages))
    assert len(set(heard)) == 1
    assert "The same for all." in heard[0]


async def test_a_page_that_does_not_read_holds_up_neither_another_nor_the_end(stage):
    async with stage.page(max_queue=1, close_timeout=0.1), stage.page() as reader:
        for number in range(400):
            stage.control.say(seq=number, sentence="x" * 30_000)
            await stage.until(reader, "telemetry", seq=number)
        code, _ = await stage.end()
    assert code == 0


async def test_telemetry_with_new_or_missing_keys_still_reaches_the_page(stage):
    async with stage.page() as page:
        await stage.until(page, "hello")
        stage.control.publish({"kind": "telemetry", "time_s": 5.0, "state": "idle", "moon": "full"})
        message = await stage.until(page, "telemetry")
    assert message["may"] == []
    assert message["belt"]["speed_mps"] is None
    assert message["belt"]["at_rest"] is False
    assert "moon" not in message


async def test_telemetry_that_is_not_telemetry_is_not_shown(stage):
    async with stage.page() as page:
        await stage.until(page, "hello")
        stage.control.say(belt={"speed_mps": "fast"}, seq=1)
        stage.control.say(set_point_mps=float("nan"), seq=2)
        stage.control.say(seq=3)
        assert (await stage.until(page, "telemetry"))["seq"] == 3


async def test_an_event_reaches_every_page(stage):
    async with stage.page() as page:
        await stage.until(page, "hello")
        stage.control.publish({"kind": "event", "name": "session_started"})
        assert (await stage.until(page, "event"))["name"] == "session_started"


async def test_answers_never_wait_for_the_browsers_acknowledgement_of_telemetry():
    delayed = asyncio.Queue()

    async def accept(_reader, writer):
        option = (socket.IPPROTO_TCP, socket.TCP_NODELAY)
        delayed.put_nowait(writer.get_extra_info("socket").getsockopt(*option) == 0)
        writer.close()
        await writer.wait_closed()

    listener = listen("127.0.0.1", 0)
    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await delayed.get() is False
        writer.close()
        await writer.wait_closed()
