"""Twelve hundred commands that are old, copied, damaged or meant for others: none does anything."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from controller.mqtt.messages import Reason
from controller.mqtt.refusals import SENTENCES
from controller.mqtt.topics import Topics
from tests.controller.mqtt.conftest import DEVICE, Room
from tests.controller.mqtt.integrator import Integrator, Told
from tests.mosquitto import client

TOPICS = Topics(DEVICE)
EACH = 20
SEED = 20
VERBS: dict[str, Told] = {
    "pause": {},
    "lower": {"to_mps": 0.2},
    "request_start": {},
    "request_speed": {"speed_mps": 0.4},
    "request_program": {"program": "demo"},
}
DAMAGE: dict[str, tuple[Reason, Callable[[bytes], bytes]]] = {
    "cut short": (Reason.MALFORMED, lambda whole: whole[:-1]),
    "no UTF-8": (Reason.MALFORMED, lambda whole: b"\xff" + whole),
    "empty": (Reason.MALFORMED, lambda whole: b""),
    "a list": (Reason.MALFORMED, lambda whole: b"[" + whole + b"]"),
    "nested": (Reason.MALFORMED, lambda whole: b'{"a":' * 600 + b"1" + b"}" * 600),
    "long": (Reason.OVERSIZED, lambda whole: whole + b" " * 4096),
}
CHANGES: dict[str, tuple[Reason, Told]] = {
    "unknown key": (Reason.UNKNOWN_KEY, {"force": True}),
    "unicode key": (Reason.UNKNOWN_KEY, {"chällenge": "x"}),
    "other device": (Reason.WRONG_DEVICE, {"device": "room-2"}),
    "other session": (Reason.WRONG_SESSION, {"session_id": "yesterday"}),
    "no session": (Reason.WRONG_SESSION, {"session_id": ...}),
    "no challenge": (Reason.INVALID, {"challenge": ...}),
    "no id": (Reason.INVALID, {"request_id": ...}),
    "a number for an id": (Reason.INVALID, {"request_id": 7}),
    "challenge of nobody": (Reason.STALE, {"challenge": "x" * 16}),
    "future challenge": (Reason.STALE, {"challenge": "9999-12-31T23:59:59Z"}),
}


def changed(asking: Integrator, chance: random.Random) -> Iterator[tuple[str, bytes, bool, Reason]]:
    """What is wrong in one way each: verb, payload, whether it shall be kept, expected reason."""
    for _ in range(EACH):
        for verb, more in VERBS.items():
            name = chance.choice(list(CHANGES))
            reason, change = CHANGES[name]
            yield verb, _octets(asking.command(**more, **change)), False, reason
            reason, damage = DAMAGE[chance.choice(list(DAMAGE))]
            yield verb, damage(_octets(asking.command(**more))), False, reason
            yield verb, _octets(asking.command(**more)), True, Reason.RETAINED


def mutated(
    recorded: list[tuple[str, bytes]], chance: random.Random
) -> Iterator[tuple[str, bytes]]:
    """Recorded commands with one to four octets changed, and some as they were."""
    while True:
        verb, payload = chance.choice(recorded)
        octets = bytearray(payload)
        for _ in range(chance.randrange(5)):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        yield verb, bytes(octets)


def _octets(command: Told) -> bytes:
    return json.dumps(command).encode()


async def refused(room: Room) -> Counter[str]:
    """By reason, once everything that was sent before is judged."""
    await room.asking.fresh_state()
    return Counter((await room.asking.fresh_state())["refused"])


async def test_what_is_wrong_in_one_way_is_refused_for_that(room: Room) -> None:
    chance, expected = random.Random(SEED), Counter[str]()
    for verb, payload, kept, reason in changed(room.asking, chance):
        await room.asking.publish(TOPICS.command(verb), payload, retain=kept)
        expected[reason] += 1
    assert sum(expected.values()) == 300
    assert await refused(room) == expected
    assert await room.commands_so_far() == []
    assert room.asking.state["requests"] == 0


async def test_replayed_and_mutated_commands_do_nothing(room: Room) -> None:
    chance, recorded = random.Random(SEED), []
    for verb, more in VERBS.items():
        command = (
            room.asking.command(**more, valid_s=0.1)
            if "req" in verb
            else (room.asking.command(**more))
        )
        recorded.append((verb, _octets(command)))
        await room.asking.publish(*_command(recorded[-1]))
    assert len(await room.commands_so_far()) == 2
    for one in recorded:
        await room.asking.publish(*_command(one))
    assert (await refused(room))[Reason.DUPLICATE] == len(recorded)
    for _ in range(5):
        await room.asking.fresh_state()  # half a second each: the challenge is too old by now
    before = sum((await refused(room)).values())
    copies = mutated(recorded, chance)
    for _ in range(900):
        await room.asking.publish(*_command(next(copies)))
    after = await refused(room)
    assert sum(after.values()) - before == 900
    assert set(after) <= {reason.value for reason in SENTENCES}
    assert await room.commands_so_far() == []
    assert room.asking.state["requests"] == 0


async def test_what_was_sent_while_the_bridge_was_away_is_not_there_when_it_is_back(
    room: Room,
) -> None:
    command = room.asking.command()
    await room.end()
    async with client(room.broker_port) as other:
        for retain in (False, True):
            for verb in ("pause", "lower", "stop"):
                await other.publish(TOPICS.command(verb), _octets(command), qos=2, retain=retain)
    await room.bring_back()
    assert await room.commands_so_far() == []


async def test_a_challenge_of_the_last_connection_counts_no_more(room: Room) -> None:
    command = room.asking.command()
    await room.end()
    await room.bring_back()
    await room.asking.publish(TOPICS.command("pause"), command)
    result: dict[str, Any] = await room.asking.next(TOPICS.result("pause"))
    assert result["reason"] == Reason.STALE


def _command(one: tuple[str, bytes]) -> tuple[str, bytes]:
    verb, payload = one
    return TOPICS.command(verb), payload
