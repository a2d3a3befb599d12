"""Roles and fresh commands over the wire, at the real desk; and TLS."""

import asyncio
import contextlib
import json
import ssl

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from controller.cli.certificate import CERTIFICATE, KEY, run
from controller.web import pins
from controller.web.accounts import Accounts
from controller.web.challenge import TOO_LATE, TWICE
from controller.web.pages import PER_ADDRESS
from controller.web.rates import FRAMES_AT_ONCE

ONLY = "Only a signed-in supervisor may do that."
VERBS = ("arm", "disarm", "start", "slower", "faster", "reset", "present")
PULSE = json.dumps({"kind": "pulse", "seen": True})


@pytest.mark.parametrize("role", ["viewer", "engineer"])
async def test_who_is_no_supervisor_may_stop_and_nothing_else(stage, role):
    headers = await stage.user("eve", role)
    async with stage.page(headers["Cookie"]) as page:
        for verb in VERBS:
            answer = await stage.command(page, verb, verb)
            assert (answer["accepted"], answer["reason"]) == (False, ONLY)
        assert stage.control.commands.empty()
        assert (await stage.command(page, "stop"))["accepted"] is True
    heard = await stage.next(stage.control.commands)
    assert (heard["verb"], heard["role"]) == ("stop", role)


@pytest.mark.parametrize("role", ["viewer", "engineer"])
async def test_a_page_of_no_supervisor_is_no_presence(stage, role):
    headers = await stage.user("eve", role)
    async with stage.page(headers["Cookie"]) as page:
        for _ in range(5):
            assert (await stage.until(page, "pulse"))["roles"] == [role]
            await page.send(PULSE)
        assert stage.control.presences.empty()


async def test_a_user_who_is_removed_while_their_page_is_open_may_no_more(stage):
    headers = await stage.user("eve", "supervisor")
    async with stage.page(headers["Cookie"]) as page, stage.client() as client:
        assert (await stage.command(page, "present", "1"))["accepted"] is True
        removed = await client.delete("/api/users/eve", headers=await stage.signed_in())
        assert removed.status_code == 200
        await stage.until(page, "pulse", signed_in=False, user=None)
        assert (await stage.command(page, "present", "2"))["accepted"] is False


async def test_a_pin_that_is_renewed_on_the_command_line_ends_what_is_open(stage):
    async with stage.page(await stage.cookie()) as page:
        await stage.until(page, "pulse", signed_in=True)
        accounts = Accounts(stage.folder)
        await asyncio.to_thread(accounts.set_pin, "clinic", pins.decoy())
        await stage.until(page, "pulse", signed_in=False)


async def test_a_command_that_is_sent_again_is_carried_out_once(stage):
    async with stage.page(await stage.cookie()) as page:
        nonce = (await stage.until(page, "pulse"))["nonce"]
        frame = json.dumps({"kind": "command", "id": "7", "verb": "faster", "nonce": nonce})
        for _ in range(3):
            await page.send(frame)
        answers = [await stage.until(page, "answer", id="7") for _ in range(3)]
    assert sorted(answer["reason"] for answer in answers) == ["", TWICE, TWICE]
    assert (await stage.next(stage.control.commands))["verb"] == "faster"
    assert stage.control.commands.empty()


async def test_a_frame_of_another_page_or_without_a_nonce_is_not_carried_out(stage):
    cookie = await stage.cookie()
    async with stage.page(cookie) as first, stage.page(cookie) as second:
        foreign = (await stage.until(first, "pulse"))["nonce"]
        for number, more in enumerate(({"nonce": foreign}, {"nonce": None}, {}, {"nonce": ""})):
            message = {"kind": "command", "id": str(number), "verb": "start", **more}
            await second.send(json.dumps(message))
            answer = await stage.until(second, "answer", id=str(number))
            assert (answer["accepted"], answer["reason"]) == (False, TOO_LATE)
    assert stage.control.commands.empty()


async def test_a_command_that_a_bad_link_held_up_is_not_carried_out(stage):
    async with stage.page(await stage.cookie()) as page:
        nonce = (await stage.until(page, "pulse"))["nonce"]
        for _ in range(6):
            await stage.until(page, "pulse")
        late = {"kind": "command", "id": "1", "verb": "faster", "nonce": nonce}
        await page.send(json.dumps(late))
        assert (await stage.until(page, "answer", id="1"))["reason"] == TOO_LATE
        tap = {"kind": "tap", "id": "2", "request": "r", "accept": True, "nonce": nonce}
        await page.send(json.dumps(tap))
        assert (await stage.until(page, "answer", id="2"))["reason"] == TOO_LATE
    assert stage.control.commands.empty()


async def test_only_a_supervisor_taps_on_a_request(stage):
    headers = await stage.user("eve", "viewer")
    async with stage.page(headers["Cookie"]) as page:
        nonce = (await stage.until(page, "pulse"))["nonce"]
        tap = {"kind": "tap", "id": "2", "request": "r", "accept": False, "nonce": nonce}
        await page.send(json.dumps(tap))
        assert (await stage.until(page, "answer", id="2"))["reason"] == ONLY


async def test_a_page_that_floods_is_held_back_and_its_stop_is_not(stage):
    async with stage.page(await stage.cookie()) as page:
        nonce = (await stage.until(page, "pulse"))["nonce"]
        for number in range(10 * FRAMES_AT_ONCE):
            message = {"kind": "command", "id": str(number), "verb": "faster", "nonce": nonce}
            await page.send(json.dumps(message))
        await page.send(json.dumps({"kind": "command", "id": "halt", "verb": "stop"}))
        assert (await stage.until(page, "answer", id="halt"))["accepted"] is True
    heard = [stage.control.commands.get_nowait() for _ in range(stage.control.commands.qsize())]
    assert [message["verb"] for message in heard].count("stop") == 1
    assert len(heard) < 2 * FRAMES_AT_ONCE


async def test_one_page_more_than_an_address_may_have_is_closed_and_stop_works(stage):
    pages = [await stage.page() for _ in range(PER_ADDRESS)]
    async with stage.page() as one_more, stage.client() as client:
        with pytest.raises(ConnectionClosed) as closed:
            await one_more.recv()
        assert closed.value.rcvd.code == 1013
        assert "Stop works" in closed.value.rcvd.reason
        assert (await client.post("/api/stop")).status_code == 200
    for page in pages:
        await page.close()


async def test_connections_that_say_nothing_keep_no_stop_out(stage):
    host, port = stage.url.removeprefix("http://").split(":")
    held = [await asyncio.open_connection(host, int(port)) for _ in range(300)]
    for _, writer in held[::2]:
        writer.write(b"POST /api/sign-in HTTP/1.1\r\nHost: ")
    async with stage.client() as client:
        assert (await client.post("/api/stop")).status_code == 200
    oldest, _ = held[0]
    with contextlib.suppress(ConnectionResetError):  # what it had sent was not read
        assert await asyncio.wait_for(oldest.read(), 20) == b""
    for _, writer in held:
        writer.close()


async def test_a_websocket_outlives_the_time_that_a_request_may_take(stage):
    """The bound on silent connections is not for what has become a WebSocket."""
    async with stage.page() as page:
        async with asyncio.timeout(60):
            for _ in range(26):
                await stage.until(page, "pulse")


@pytest.fixture
def pair(tmp_path, capsys):
    """A certificate and its key, as `retrotread certificate` makes them."""
    run(["127.0.0.1", "localhost"], str(tmp_path), 30)
    capsys.readouterr()
    return {
        "cert_file": str(tmp_path / CERTIFICATE),
        "key_file": str(tmp_path / KEY),
    }


async def test_over_tls_a_browser_that_trusts_the_certificate_signs_in_and_commands(
    bare_stage, pair
):
    await bare_stage.control.open()
    announced = await bare_stage.start(**pair)
    assert announced["url"].startswith("https://127.0.0.1:")
    trusted = ssl.create_default_context(cafile=pair["cert_file"])
    async with httpx.AsyncClient(base_url=bare_stage.url, verify=trusted) as client:
        entry = {"pin": announced["pin"]}
        response = await client.post("/api/sign-in", json=entry)
        assert (await client.post("/api/stop")).status_code in (200, 503)
    assert response.headers["strict-transport-security"]
    cookie = response.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("__Host-retrotread=")
    assert "Secure" in response.headers["set-cookie"]
    address = bare_stage.url.replace("https", "wss") + "/ws"
    options = {"ssl": trusted, "proxy": None, "additional_headers": {"Cookie": cookie}}
    async with connect(address, origin=bare_stage.url, **options) as page:
        await bare_stage.until(page, "pulse", signed_in=True, control=True)
        assert (await bare_stage.command(page, "present"))["accepted"] is True
    plain = bare_stage.url.replace("https", "http")
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(address, origin=plain, **options):
            pass


async def test_nothing_older_than_tls_1_2_is_spoken(bare_stage, pair):
    await bare_stage.start(**pair)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    host, port = bare_stage.url.removeprefix("https://").split(":")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(host, int(port), ssl=old)
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(bare_stage.url.replace("https", "http"))


def neither(_pair):
    return {}


def no_key(pair):
    return {"cert_file": pair["cert_file"]}


def swapped(pair):
    return {"cert_file": pair["key_file"], "key_file": pair["cert_file"]}


@pytest.mark.parametrize(
    ("host", "files", "said"),
    [
        ("0.0.0.0", neither, "needs TLS"),  # noqa: S104 - it is refused
        ("127.0.0.1", no_key, "needs TLS"),
        ("127.0.0.1", swapped, "are no certificate and its key"),
    ],
)
async def test_a_console_that_would_be_served_without_tls_or_with_a_wrong_pair_is_not_served(
    bare_stage, pair, host, files, said
):
    process = await bare_stage.spawn(host=host, **files(pair))
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert said in errors.decode()
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda key: key.chmod(0o604), "Others may read or change the key"),
        (lambda key: key.chmod(0o620), "Others may read or change the key"),
        (lambda key: key.unlink(), "cannot be read: No such file"),
        (lambda key: key.write_text("no key"), "are no certificate and its key"),
    ],
)
async def test_a_key_that_others_read_or_that_is_none_is_one_sentence_with_the_way_out(
    bare_stage, pair, tmp_path, damage, said
):
    damage(tmp_path / KEY)
    process = await bare_stage.spawn(**pair)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert said in errors.decode()
    assert b"retrotread certificate" in errors or b"chmod 600" in errors
    assert errors.count(b"\n") == 1
