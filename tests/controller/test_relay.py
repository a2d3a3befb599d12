"""The relay's keeper as its guard has it: octets in, JSON lines out, a real unit beside it."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller import relay
from controller.plan import Plan
from protocols.relay import Order
from simulators import relay_unit
from simulators.wire import open_wire

LIMIT_S = 20.0
LOOK_S = 0.01


class Bedside:
    """A keeper, the unit, and the contact."""

    def __init__(self) -> None:
        self.contact = asyncio.Condition()
        self.contacts: list[bool] = []
        self.orders: list[str] = []
        self.process: Process | None = None

    def say(self, octets: bytes) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(octets)

    async def hear(self, event: str) -> None:
        """Until the keeper says so."""
        assert self.process is not None
        assert self.process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            while json.loads(await self.process.stdout.readline())["event"] != event:
                pass

    def ordered(self, order: Order) -> None:
        self.orders.append(order.word.name)


def saved(folder: Path, address: str) -> str:
    path = folder / "plan.json"
    Plan("", "", "", "", str(folder), relay=address).save(path)
    return str(path)


@pytest.fixture
async def bedside(tmp_path: Path) -> AsyncIterator[Bedside]:
    scene = Bedside()
    async with open_wire("pty") as wire:
        unit = relay_unit.RelayUnit(wire, scene.contacts.append, scene.ordered)
        unit.begin()

        async def live() -> None:
            while True:
                unit.look()
                await asyncio.sleep(LOOK_S)

        living = asyncio.create_task(live())
        plan = saved(tmp_path, f"relay:{wire.address}")
        scene.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "controller.relay", plan), stdin=PIPE, stdout=PIPE
        )
        yield scene
        with contextlib.suppress(ProcessLookupError):
            scene.process.kill()
        await scene.process.wait()
        living.cancel()


async def test_it_says_how_the_contact_stands_and_has_it_closed_and_opened(
    bedside: Bedside,
) -> None:
    await bedside.hear("opened")
    bedside.say(b".c")
    await bedside.hear("closed")
    bedside.say(b".")
    bedside.say(b"o")
    await bedside.hear("opened")
    assert bedside.contacts == [False, True, False]


async def test_it_makes_no_heartbeat_of_its_own(bedside: Bedside) -> None:
    await bedside.hear("opened")
    bedside.say(b".c")
    await bedside.hear("closed")
    await bedside.hear("opened")
    assert bedside.orders == ["CLOSE"]


async def test_the_end_of_the_guard_is_an_opening_and_its_own_end(bedside: Bedside) -> None:
    await bedside.hear("opened")
    bedside.say(b".c")
    await bedside.hear("closed")
    assert bedside.process is not None
    assert bedside.process.stdin is not None
    bedside.process.stdin.close()
    assert await asyncio.wait_for(bedside.process.wait(), LIMIT_S) == 0
    async with asyncio.timeout(LIMIT_S):
        while len(bedside.contacts) < 3:  # noqa: ASYNC110 - no event tells of a contact
            await asyncio.sleep(LOOK_S)
    assert bedside.orders == ["CLOSE", "OPEN"]


async def test_a_relay_that_does_not_answer_is_unseen(bedside: Bedside) -> None:
    await bedside.hear("unseen")


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"....", ["beat"]),
        (b".c", ["beat", "close"]),
        (b"..c.o", ["open"]),
        (b"c.o.", ["open", "beat"]),
        (b"o.c", ["open", "beat", "close"]),
        (b"?", []),
    ],
)
def test_octets_that_waited_together_are_taken_for_what_counts(
    octets: bytes, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    class Recorder:
        closed = None

        def beat(self) -> None:
            taken.append("beat")

        def open(self) -> None:
            taken.append("open")

        def close(self) -> None:
            taken.append("close")

    monkeypatch.setattr(relay, "relay_at", lambda _place, _news: Recorder())
    relay.Keeper("anywhere").take(octets)
    assert taken == words


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("relay:nowhere", "is no relay address"), ("relay:gpio:gpiochip0:4", "retrotread[gpio]")],
)
def test_a_relay_that_cannot_be_had_is_one_plain_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    sentence: str,
) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    assert relay.main(["relay", saved(tmp_path, address)]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
