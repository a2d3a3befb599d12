"""What a serial treadmill's driver does beyond the contract: ports that fail, and silence."""

import asyncio

import pytest

from drivers import serial_treadmill
from drivers.reconnect import FIRST_S
from drivers.serial_treadmill import SILENCE_S, SerialTreadmill
from protocols.belt import BeltOrder, BeltReport, Level
from protocols.conversation import Conversation
from protocols.serial_machines import dialect
from tests.drivers.subjects import SerialSubject, at_work
from tests.simulators.virtual_time import in_virtual_time, now_s


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


async def test_a_driver_that_was_never_entered_takes_orders_and_does_nothing() -> None:
    driver = SerialTreadmill(
        lambda: pytest.fail("opened"), lambda: Conversation(dialect("csafe")), lambda: None
    )
    driver.command(BeltOrder(Level.STOP))
    await driver.__aexit__(None, None, None)
    assert driver.report == BeltReport()
    assert serial_treadmill.TICK_S <= 0.05
