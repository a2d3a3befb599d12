"""Strap, speed sensor and names on the real Bluetooth stack, over the virtual air."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from controller.plan import Plan
from controller.safety.witness import Witnessed
from controller.sensors import heart_of, strap_of, witness_of, witnessed
from drivers import address
from drivers.address import AddressError
from drivers.ble import BleakLink
from drivers.links import LinkError
from drivers.network_sensors import Vitals
from drivers.scan import scan
from protocols.ftms.uuids import HEART_RATE_MEASUREMENT, HEART_RATE_SERVICE
from simulators.radio import Air, Physics, adapter_of, serving
from simulators.wearables import POD_ADDRESS, STRAP_ADDRESS, Wearables, on_air, wearable

LIMIT_S = 20.0


class Body:
    """A walker with both on, at a belt speed that the test sets; time runs tenfold for them."""

    def __init__(self, worn: Wearables, air: Air, place: str) -> None:
        self.worn, self.air, self.place = worn, air, place
        self.adapter = adapter_of(place)
        self.belt_mps = 0.4

    def plan(self) -> Plan:
        return Plan(
            "", "", self.adapter, "", "",
            heart_rate=f"hrs:{STRAP_ADDRESS}", witness=f"rsc:{POD_ADDRESS}",
        )  # fmt: skip

    async def live(self) -> None:
        now_s = 0.0
        while True:
            await self.worn.tell(self.belt_mps, now_s)
            await asyncio.sleep(0.05)
            now_s += 0.5


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not true():  # noqa: ASYNC110 - a body is not asked for its events
            await asyncio.sleep(0.01)


@pytest.fixture
async def body(socket_path: str) -> AsyncIterator[Body]:
    air = Air(Physics(supervision_s=0.05))
    async with (
        serving(air, f"unix:{socket_path}") as place,
        on_air(place, strap=True, pod=True) as worn,
    ):
        person = Body(worn, air, place)
        living = asyncio.create_task(person.live())
        yield person
        living.cancel()


async def test_both_are_found_by_a_scan(body: Body) -> None:
    found = {each.address: each for each in await scan(body.adapter, 0.5)}
    assert found[STRAP_ADDRESS].heart_rate
    assert found[POD_ADDRESS].running_speed
    assert not found[POD_ADDRESS].fitness_machine


async def test_a_strap_that_is_taken_off_is_not_believed_though_it_goes_on_telling(
    body: Body,
) -> None:
    strap = strap_of(body.plan())
    assert strap is not None
    hurry = 10.0
    strap._clock = lambda: asyncio.get_running_loop().time() * hurry
    async with strap:
        await until(lambda: strap.heart_rate_bpm == 88)
        body.worn.obey("strap off")
        await until(lambda: strap.heart_rate_bpm is None)
        assert strap.report.rate_bpm == 88
        body.worn.obey("strap on")
        await until(lambda: strap.heart_rate_bpm == 88)
    assert heart_of(strap, Vitals(lambda: None)).heart_rate_bpm is not None
    assert heart_of(None, Vitals(lambda: None)) == (None, None)


async def test_a_speed_sensor_tells_and_is_forgotten_when_its_link_is_lost(body: Body) -> None:
    news = asyncio.Event()
    sensor = witness_of(body.plan(), news)
    assert sensor is not None
    assert witnessed(sensor) == Witnessed(None, None, True)
    async with sensor:
        await until(lambda: sensor.speed_mps == pytest.approx(0.4, abs=0.004))
        assert news.is_set()
        assert witnessed(sensor).witness_at_s is not None
        body.worn.obey("pod lies")
        await until(lambda: sensor.speed_mps == pytest.approx(0.2, abs=0.004))
        body.air.range_ok = False
        await until(lambda: sensor.speed_mps is None)
        body.air.range_ok = True
        body.worn.obey("pod on")
        await until(lambda: sensor.speed_mps == pytest.approx(0.4, abs=0.004))
    assert witnessed(None) == Witnessed()


async def test_a_name_that_two_devices_have_is_refused_with_both_addresses(body: Body) -> None:
    kind = (HEART_RATE_SERVICE, HEART_RATE_MEASUREMENT)
    first, second = "F0:52:54:52:44:11", "F0:52:54:52:44:12"
    link = BleakLink("name=Twin", body.adapter)
    async with wearable(body.place, first, "Twin", *kind):
        async with wearable(body.place, second, "Twin", *kind):
            with pytest.raises(LinkError, match=f"{first} and {second}. Give the address"):
                await link.connect(lambda: None)
        await until_gone(body, second)
        await link.connect(lambda: None)
        assert link.name == "Twin"
        await link.disconnect()


async def test_another_device_of_the_same_name_is_never_used_in_its_place(body: Body) -> None:
    kind = (HEART_RATE_SERVICE, HEART_RATE_MEASUREMENT)
    link = BleakLink("name=Twin", body.adapter, connect_limit_s=4.0)
    assert link.name == ""
    async with wearable(body.place, "F0:52:54:52:44:11", "Twin", *kind):
        await link.connect(lambda: None)
        await link.disconnect()
    async with wearable(body.place, "F0:52:54:52:44:12", "Twin", *kind):
        with pytest.raises(LinkError, match="not in reach"):
            await link.connect(lambda: None)


async def until_gone(body: Body, address_: str) -> None:
    async with asyncio.timeout(LIMIT_S):
        while address_ in {each.address for each in await scan(body.adapter, 0.3)}:
            pass


def test_addresses_of_strap_and_sensor_are_checked() -> None:
    assert address.heart_rate("hrs:aa:bb:cc:dd:ee:ff") == "AA:BB:CC:DD:EE:FF"
    assert address.witness("rsc:AA:BB:CC:DD:EE:FF") == "AA:BB:CC:DD:EE:FF"
    for read, text in ((address.heart_rate, "rsc:AA:BB:CC:DD:EE:FF"), (address.witness, "rsc:x")):
        with pytest.raises(AddressError, match="Write "):
            read(text)


def test_a_plan_without_them_has_none() -> None:
    plan = Plan("", "", "system", "", "")
    assert strap_of(plan) is None
    assert witness_of(plan, asyncio.Event()) is None
