"""Commission one machine: joins the pure probe to a road, to a person and to the clock."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from controller.commissioning.notes import Sight
from controller.commissioning.probe import TICK_S, Probe, advance, answered, interrupted
from controller.commissioning.steps import STOPS
from drivers.adapter import bleak_arguments
from drivers.address import FTMS, Place
from drivers.ble import BleakLink
from drivers.ftms_probe import FtmsProbe
from drivers.links import LinkError
from drivers.machines import treadmill_at
from drivers.order_probe import OrderProbe
from drivers.probe_road import ProbeRoad
from protocols import serial_machines
from protocols.belt import BeltReport
from protocols.ftms import quirks
from protocols.ftms.uuids import DEVICE_INFORMATION_SERVICE, FITNESS_MACHINE_SERVICE
from protocols.probing import Ask, Asked
from protocols.serial_machines import Fitting

LINK_S = 20.0
STOPS_AT_LEAST, RESTED_S = 3, 1.0
IDENTITY_S = 1.0
"""After the first record, for the machine to say who it is."""


NOT_HEARD = (
    "The treadmill was not heard: switch it on, bring it closer, and close every other program "
    "that uses it."
)
NOT_BEGUN = "The commissioning was ended before anything was asked of the treadmill."


class Person(Protocol):
    """Who stands beside the machine."""

    def waits(self) -> None:
        """Called again and again until the machine is heard."""

    def shows(self, probe: Probe, sight: Sight) -> None:
        """Called after each turn."""

    async def asked(self, question: str) -> bool: ...

    def told(self, sentence: str) -> None:
        """Something to know beforehand."""

    @property
    def stops(self) -> bool:
        """The person wants the belt to stop."""
        ...


async def commission(
    road: ProbeRoad,
    news: asyncio.Event,
    person: Person,
    probe: Probe,
    clock: Callable[[], float] = time.monotonic,
) -> Probe:
    """The whole commissioning; it ends with a belt at rest, or with one that could not be stopped.

    Raises: `LinkError` if the machine is not reached at the beginning; nothing was asked of it.
    """
    await _reached(road, news, person)
    names = (road.name, road.report.identity.model)
    for quirk in quirks.suspected(*names):
        person.told(f"Machines of this name were seen to {quirk.deviation} ({quirk.source}).")
    probe = replace(probe, extras=quirks.extras(*names))
    question: asyncio.Task[bool] | None = None
    try:
        while not probe.over:
            sight = Sight(clock(), road.report, road.answers)
            if person.stops:
                probe = interrupted(probe, sight)
            probe, acts = advance(probe, sight)
            _send(road, acts)
            person.shows(probe, sight)
            question, probe = _questioned(person, question, probe, sight)
            await _next(news)
    except BaseException:
        await _stopped(road)
        raise
    finally:
        if question is not None:
            question.cancel()
    return probe


async def commissioned(
    road_of: Callable[[Callable[[], None]], ProbeRoad], person: Person, stops: int = STOPS
) -> tuple[Probe, BeltReport]:
    """The probe at its end, with what the way of talking showed, and the machine's last report.

    Raises: `LinkError` or `ValueError` for a machine that is not reached, or cannot be.
    """
    news = asyncio.Event()
    async with road_of(news.set) as road:
        probe = await commission(road, news, person, Probe(stops=stops))
        notes = replace(probe.notes, quirks=probe.notes.quirks | road.remarks)
        return replace(probe, notes=notes), road.report


def road_to(
    place: Place, on_news: Callable[[], None], *, adapter: str, fitting: Fitting
) -> ProbeRoad:
    """The road to the machine at `place`, of whatever kind.

    Raises: `LinkError` or `ValueError` for an adapter or a fitting that cannot be.
    """
    if place.kind != FTMS:
        serial_machines.dialect(place.kind, fitting)
        return OrderProbe(lambda: treadmill_at(place, on_news, fitting=fitting), on_news)
    bleak_arguments(adapter)
    services = [FITNESS_MACHINE_SERVICE, DEVICE_INFORMATION_SERVICE]
    link = BleakLink(place.target, adapter, services=services)
    return FtmsProbe(link, on_news, named=lambda: link.name)


def _questioned(
    person: Person, question: asyncio.Task[bool] | None, probe: Probe, sight: Sight
) -> tuple[asyncio.Task[bool] | None, Probe]:
    """A question is asked once, and its answer taken when it has come."""
    if not probe.question:
        if question is not None:
            question.cancel()
        return None, probe
    if question is None:
        return asyncio.create_task(_asked(person, probe.question)), probe
    if not question.done():
        return question, probe
    return None, answered(probe, question.result(), sight)


async def _asked(person: Person, question: str) -> bool:
    return await person.asked(question)


async def _stopped(road: ProbeRoad) -> None:
    """Whatever has gone wrong here, the belt is not left running; one that toggles is not told to
    stop while it rests."""
    for number in range(STOPS_AT_LEAST):
        if number == 0 or road.report.speed_mps != 0:
            road.send(Asked(Ask.STOP))
        await asyncio.sleep(RESTED_S)


def _send(road: ProbeRoad, acts: tuple[Asked, ...]) -> None:
    for act in acts:
        road.send(act)


async def _reached(road: ProbeRoad, news: asyncio.Event, person: Person) -> None:
    try:
        async with asyncio.timeout(LINK_S):
            while not (road.report.linked and road.report.reported_at_s is not None):
                await _turned(news, person)
    except TimeoutError:
        raise LinkError(NOT_HEARD) from None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(IDENTITY_S):
            while True:
                await _turned(news, person)


async def _turned(news: asyncio.Event, person: Person) -> None:
    """One turn of waiting. Raises: `LinkError` if the person waits no more."""
    person.waits()
    if person.stops:
        raise LinkError(NOT_BEGUN)
    await _next(news)


async def _next(news: asyncio.Event) -> None:
    """Until there is news, and not longer than a tick."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TICK_S):
            await news.wait()
    news.clear()
