"""What a serial treadmill's driver does beyond the contract: ports that fail, and silence."""

import asyncio

import pytest

from drivers.reconnect import FIRST_S
from drivers.serial_treadmill import SILENCE_S, TICK_S, SerialTreadmill
from protocols.belt import BeltOrder, BeltReport, Level
from protocols.conversation import Conversation
from protocols.dialect import Purpose
from protocols.serial_machines import dialect
from tests.drivers.subjects import SerialSubject, at_work
from tests.simulators.virtual_time import in_virtual_time, now_s

STOP = dialect("trackmaster").octets(Purpose.STOP)


@in_virtual_time
async def test_an_absent_port_is_looked_for_with_growing_pauses() -> None:
    subject = SerialSubject("trackmaster")
    subject.plugged = False
    async with at_work(subject):
        await asyncio.sleep(20.0)
        assert subject.opened == 9
        assert subject.report == BeltReport()
        subject.restore()
        await asyncio.sleep(4.5)
        assert subject.report.linked
        subject.cut()
        opened = subject.opened
        await asyncio.sleep(FIRST_S + 0.1)
        assert subject.opened == opened + 1


@in_virtual_time
async def test_a_machine_that_says_nothing_has_its_port_opened_anew() -> None:
    subject = SerialSubject("trackmaster")
    async with at_work(subject):
        await subject.ready()
        subject.mute()
        await asyncio.sleep(SILENCE_S + 1.0)
        assert subject.opened == 2
        subject.muted = False
        await asyncio.sleep(2.0)
        assert subject.report.at_rest_for_s(now_s()) > 1


@in_virtual_time
async def test_the_wire_is_told_as_it_was_spoken() -> None:
    subject, wire = SerialSubject("trackmaster"), []
    subject.driver._on_wire = lambda way, octets: wire.append((way, octets.hex()))  # type: ignore[attr-defined]
    async with at_work(subject):
        await asyncio.sleep(0.5)
        assert wire[:4] == [("out", "c1"), ("in", "d130303030"), ("out", "c0"), ("in", "d031")]


@in_virtual_time
async def test_a_recorder_that_fails_holds_back_no_octets() -> None:
    def refuse(_direction: str, _octets: bytes) -> None:
        raise OSError("The disk is full.")

    subject = SerialSubject("trackmaster")
    async with at_work(subject):
        await subject.walk(0.4)
        subject.driver._on_wire = refuse  # type: ignore[attr-defined]
        subject.order_to(Level.STOP)
        await asyncio.sleep(5.0)
        assert subject.belt_mps == 0
        assert subject.report.write_failed_at_s is not None


@in_virtual_time
async def test_an_unforeseen_failure_is_logged_and_the_port_is_tried_again() -> None:
    subject = SerialSubject("woodway")
    opened = subject.driver._open_port  # type: ignore[attr-defined]
    failures = iter([RuntimeError("Nobody thought of this.")])

    def fails_once() -> object:
        for failure in failures:
            raise failure
        return opened()

    subject.driver._open_port = fails_once  # type: ignore[attr-defined]
    async with at_work(subject):
        await asyncio.sleep(1.0)
        assert subject.report.linked
        subject.driver._converse = lambda: 1 / 0  # type: ignore[attr-defined]
        subject.cut()
        subject.restore()
        await asyncio.sleep(2.0)
        assert subject.report == BeltReport()


def refusing(subject: SerialSubject) -> list[bytes]:
    """The octets that are offered to a port that takes none of them, as they come."""
    offered: list[bytes] = []

    def refuse(octets: bytes) -> bool:
        offered.append(octets)
        return False

    subject.mute()
    subject.arrived = refuse  # type: ignore[method-assign]
    return offered


@in_virtual_time
async def test_who_commands_is_not_woken_by_a_port_that_takes_nothing() -> None:
    """It would command again at once, and again: a loop without a pause."""
    subject = SerialSubject("trackmaster")
    async with at_work(subject):
        await subject.walk(0.4)
        offered, news = refusing(subject), subject.news
        for _ in range(1000):
            subject.order_to(Level.STOP)
            await asyncio.sleep(0.001)
        assert subject.news == news
        assert subject.report.write_failed_at_s == pytest.approx(now_s(), abs=2 * TICK_S)
        assert 0.5 / TICK_S <= offered.count(STOP) <= 1.0 / TICK_S + 1


@in_virtual_time
async def test_a_stop_that_a_port_did_not_take_is_offered_again_though_nobody_commands() -> None:
    subject = SerialSubject("trackmaster")
    async with at_work(subject):
        await subject.walk(0.4)
        offered, subject.deciding = refusing(subject), False
        subject.order_to(Level.STOP)
        await asyncio.sleep(1.0)
        assert 0.5 / TICK_S <= offered.count(STOP) <= 1.0 / TICK_S + 1


@in_virtual_time
async def test_a_conversation_that_fails_within_an_order_wakes_nobody() -> None:
    subject = SerialSubject("trackmaster")
    async with at_work(subject):
        await subject.walk(0.4)
        subject.driver._conversation.next_write = lambda *_: 1 / 0  # type: ignore[attr-defined]
        news = subject.news
        subject.order_to(Level.STOP)
        assert (subject.news, subject.report.write_failed_at_s) == (news, now_s())


async def test_a_driver_that_was_never_entered_takes_orders_and_does_nothing() -> None:
    driver = SerialTreadmill(
        lambda: pytest.fail("opened"), lambda: Conversation(dialect("csafe")), lambda: None
    )
    driver.command(BeltOrder(Level.STOP))
    await driver.__aexit__(None, None, None)
    assert driver.report == BeltReport()
    assert TICK_S <= 0.05
