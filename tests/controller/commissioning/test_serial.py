"""Serial treadmills are commissioned by the same steps, through their own driver."""

import asyncio
import contextlib

import pytest

from controller.commission import commission
from controller.commissioning.probe import Probe
from controller.commissioning.profile import tier_of
from controller.commissioning.stopping import fitted
from drivers.order_probe import OrderProbe
from drivers.serial_treadmill import SerialTreadmill
from protocols.conversation import Conversation
from protocols.serial_machines import dialect
from tests.controller.commissioning.empty_belt import Person, timeless
from tests.drivers.subjects import SerialSubject
from tests.simulators.virtual_time import now_s


async def commissioned(kind: str, *faults: str, person: Person | None = None) -> Probe:
    subject = SerialSubject(kind, *faults)
    news = asyncio.Event()

    def opened() -> SerialTreadmill:
        words = lambda: Conversation(dialect(kind))  # noqa: E731 - as the opener has it
        return SerialTreadmill(subject._open, words, news.set, clock=now_s)

    living = asyncio.create_task(subject.live())
    try:
        async with OrderProbe(opened, news.set, now_s) as road:
            probe = await commission(road, news, person or Person(), Probe(stops=4), now_s)
    finally:
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living
    if probe.verified:
        assert subject.belt_mps == 0
    return probe


@pytest.mark.parametrize(
    ("kind", "tier"), [("trackmaster", "A"), ("woodway", "B"), ("biodex", "C"), ("csafe", "C")]
)
@timeless
async def test_each_kind_passes_and_its_dead_man_makes_the_tier(kind: str, tier: str) -> None:
    probe = await commissioned(kind)
    assert probe.notes.flaws == ()
    assert tier_of(probe.notes) == tier
    curve = fitted(probe.notes.points)
    assert curve is not None
    assert curve.slope_mps2 == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("fault", "flaw"),
    [
        ("mph_for_kmh", "mph_for_kmh"),
        ("slow_stop", "stop_too_slow"),
        ("ignores_stop", "ignores_stop"),
        ("success_without_motion", "no_motion"),
    ],
)
@timeless
async def test_a_serial_machine_that_cannot_be_trusted_is_refused_by_name(
    fault: str, flaw: str
) -> None:
    probe = await commissioned("trackmaster", fault)
    assert probe.flaw == flaw


@timeless
async def test_a_person_can_stop_it() -> None:
    probe = await commissioned("trackmaster", person=Person(stops_in="faster"))
    assert probe.flaw == "interrupted"
    assert probe.verified
