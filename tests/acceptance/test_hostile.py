"""Ten thousand hostile, replayed and malformed requests and frames against the whole service.

The desk, control and the simulated treadmill are real processes. A session could be armed at any
moment: only the right to do so is missing. What counts is what is written to the treadmill.
"""

import asyncio
import contextlib
import itertools
import json
import random
import socket
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.cli.simulated import Service, service
from controller.cli.supervisor import Supervisor, supervisor, walker_proves_the_sensors
from tests.acceptance import hostile

pytestmark = pytest.mark.service

REQUESTS, RAW, FRAMES = 2500, 500, 7000
AT_ONCE = 39
"""Frames of one page before it opens anew: with one more, as many as are looked at at once."""
LIMIT_S = 30.0
SEEN = json.dumps({"kind": "pulse", "seen": True})

addresses = (f"127.0.{high}.{low}" for high in itertools.count(1) for low in range(1, 255))
"""Each from the same computer, and each a stranger to the desk."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Door:
    """The console, as everybody comes to it."""

    def __init__(self, url: str, pin: str) -> None:
        self.url, self.pin = url.rstrip("/"), pin
        self.host = self.url.removeprefix("http://")

    def client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(local_address=next(addresses))
        return httpx.AsyncClient(base_url=self.url, timeout=LIMIT_S, transport=transport)

    def page(self, headers: dict[str, str], origin: str | None = None) -> connect:
        cookie = {"Cookie": headers["Cookie"]} if "Cookie" in headers else {}
        where = {"local_addr": (next(addresses), 0), "proxy": None, "open_timeout": LIMIT_S}
        address = f"ws://{self.host}/ws"
        return connect(address, additional_headers=cookie, origin=origin, **where)

    async def signed_in(self, name: str, pin: str) -> dict[str, str]:
        async with self.client() as client:
            response = await client.post("/api/sign-in", json={"name": name, "pin": pin})
            assert response.status_code == 200, response.text
            cookie = f"retrotread={response.cookies['retrotread']}"
            return {"Cookie": cookie, "X-CSRF-Token": response.json()["user"]["csrf"]}

    async def user(self, name: str, by: dict[str, str]) -> dict[str, str]:
        """Somebody new in the role of this name, signed in."""
        async with self.client() as client:
            entry = {"name": name, "roles": [name]}
            made = await client.post("/api/users", json=entry, headers=by)
            assert made.status_code == 201, made.text
        return await self.signed_in(name, made.json()["pin"])


class Desk:
    """A supervisor's own page: seen, and asking as a page does."""

    def __init__(self, page: ClientConnection) -> None:
        self._page = page
        self._nonce = ""
        self._answers: dict[str, dict[str, object]] = {}
        self._news = asyncio.Condition()
        self.sent: list[str] = []

    async def listen(self) -> None:
        async for text in self._page:
            message = json.loads(text)
            async with self._news:
                if message["kind"] == "pulse":
                    self._nonce = message["nonce"]
                    await self._page.send(SEEN)
                elif message["kind"] == "answer":
                    self._answers[message["id"]] = message
                self._news.notify_all()

    async def ask(self, verb: str, **more: str) -> dict[str, object]:
        async with self._news:
            await self._news.wait_for(lambda: bool(self._nonce))
            key = f"own-{verb}"
            message = {"kind": "command", "id": key, "verb": verb, "nonce": self._nonce, **more}
            self.sent.append(json.dumps(message))
            await self._page.send(self.sent[-1])
            async with asyncio.timeout(LIMIT_S):
                await self._news.wait_for(lambda: key in self._answers)
        return self._answers.pop(key)


def written(running: Service) -> list[str]:
    """Every octet that reached the treadmill's control point, in order."""
    told = running.bench.told
    assert not any("lost" in line for line in told)
    return [line["octets"] for line in told if "octets" in line]


@contextlib.asynccontextmanager
async def own_page(door: Door, headers: dict[str, str]):
    async with door.page(headers, door.url) as page:
        desk = Desk(page)
        listening = asyncio.create_task(desk.listen())
        try:
            yield desk
        finally:
            listening.cancel()


async def send_requests(door: Door, people: list[dict[str, str]]) -> set[int]:
    """The status of every answer."""
    found = hostile.requests(random.Random(7), people)
    codes = set()
    for _ in range(REQUESTS // 250):
        async with door.client() as client:
            for request in itertools.islice(found, 250):
                response = await client.request(
                    request.method, request.path, headers=request.headers, content=request.body
                )
                codes.add(response.status_code)
    return codes


async def send_octets(door: Door, people: list[dict[str, str]]) -> None:
    """Requests that no client would write, each on a connection of its own."""
    chance = random.Random(8)
    name, port = door.host.split(":")
    for request in itertools.islice(hostile.requests(chance, people), RAW):
        reader, writer = await asyncio.open_connection(
            name, int(port), local_addr=(next(addresses), 0)
        )
        with contextlib.suppress(ConnectionError, TimeoutError):
            writer.write(hostile.wire(chance, request, door.host))
            writer.write_eof()
            await asyncio.wait_for(reader.read(4096), 2.0)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def send_frames(door: Door, people: list[dict[str, str]], old: list[str]) -> int:
    """How many were answered with a refusal or not at all; one that was accepted fails the test."""
    chance = random.Random(9)
    found = hostile.frames(chance, old)
    refused = 0
    for number in range(FRAMES // AT_ONCE):
        with contextlib.suppress(ConnectionClosed):
            async with door.page(people[number % len(people)]) as page:
                refused += await burst(page, itertools.islice(found, AT_ONCE))
    return refused


async def burst(page: ClientConnection, frames) -> int:
    """Send them with the nonce of this page's newest pulse; then hear what was said."""
    nonce, refused = "", 0
    async for text in page:
        message = json.loads(text)
        if message["kind"] == "pulse":
            nonce = message["nonce"]
            break
    for frame in frames:
        await page.send(frame.replace("{nonce}", nonce) if isinstance(frame, str) else frame)
    # The answer to this last one comes after all the others'.
    await page.send(json.dumps({"kind": "command", "id": "last", "verb": "start"}))
    async for text in page:
        message = json.loads(text)
        assert message.get("accepted") is not True, message
        refused += message["kind"] in ("answer", "refused")
        if message.get("id") == "last":
            break
    return refused


async def walk(person: Supervisor, desk: Desk) -> None:
    """The one who may does so after all."""
    assert (await desk.ask("arm", orientation="turned"))["accepted"], "it still could be armed"
    await person.until(lambda now: "start" in now["may"], LIMIT_S, "it could not be started")
    assert (await desk.ask("start"))["accepted"]
    await person.until(lambda now: now["belt"]["speed_mps"] > 0, LIMIT_S, "it stood still")


async def may_arm(person: Supervisor) -> None:
    await person.until(lambda now: "arm" in now["may"], LIMIT_S, "it could not be armed")


async def test_ten_thousand_hostile_requests_and_frames_write_nothing_and_stop_still_stops(
    tmp_path: Path,
) -> None:
    async with (
        service(machine="ftms", fault="none", port=free_port(), data_dir=tmp_path) as running,
        supervisor(running.hatch, present=False) as onlooker,
    ):
        listening = await running.guard.event("listening", LIMIT_S)
        door = Door(listening["url"], listening["pin"])
        clinic = await door.signed_in("clinic", door.pin)
        people = [await door.user(role, clinic) for role in ("viewer", "engineer")]
        async with own_page(door, clinic) as desk:
            await walker_proves_the_sensors(onlooker, running.bench)
            await may_arm(onlooker)
            assert (await desk.ask("arm", orientation="turned"))["accepted"], "it could be armed"
            assert (await desk.ask("disarm"))["accepted"]
            await walker_proves_the_sensors(onlooker, running.bench)
            await may_arm(onlooker)
            before = written(running)
            codes, refused, _ = await asyncio.gather(
                send_requests(door, people),
                # Strangers, a viewer, an engineer; and the supervisor's own frames over again.
                send_frames(door, [{}, *people, {}], desk.sent),
                send_octets(door, people),
            )
            await may_arm(onlooker)
            assert written(running) == before
            assert onlooker.now["state"] == "idle"
            assert 500 not in codes
            assert {401, 403, 404, 405} <= codes
            assert refused > FRAMES / 10
            await replays_are_refused(door, clinic, desk)
            assert written(running) == before
            assert "moving" not in [line["event"] for line in running.bench.told]
            await walk(onlooker, desk)
            async with door.client() as stranger:
                assert (await stranger.post("/api/stop")).json()["accepted"] is True
            stopped = await running.bench.event("stop_received", LIMIT_S)
            rested = await running.bench.event("at_rest", LIMIT_S)
            assert stopped["octets"] == "0801"
            assert stopped["at_ns"] < rested["at_ns"]


async def replays_are_refused(door: Door, clinic: dict[str, str], desk: Desk) -> None:
    """Even with the supervisor's own cookie: on their page, and on another one."""
    async with door.page(clinic) as page:
        for frame in desk.sent * 5:
            await page.send(frame)
        heard = 0
        async for text in page:
            message = json.loads(text)
            if message["kind"] == "answer":
                assert message["accepted"] is False
                assert "too late" in str(message["reason"]) or "already" in str(message["reason"])
                heard += 1
                if heard == 5 * len(desk.sent):
                    break
