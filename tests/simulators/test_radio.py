"""The virtual air, met by Bumble's own host stack in virtual time."""

import asyncio
import contextlib
from typing import Any

import pytest
from bumble import core, hci
from bumble.core import UUID
from bumble.device import Advertisement, Connection, Device
from bumble.gatt import Characteristic, Service
from bumble.host import Host

from simulators.radio import Air, AirController, Physics
from tests.simulators.virtual_time import in_virtual_time, now_s

TREADMILL, DESK, GUARD = (f"F0:00:00:00:00:0{digit}" for digit in "123")
EVENT_S = 0.030
SUPERVISION_S = 0.42


async def device(air: Air, address: str, interval_ms: float = 100) -> Device:
    """A powered host on its own controller, with one readable characteristic."""
    controller = AirController(air)
    host = Host(controller, controller)
    made = Device(name="", address=hci.Address(address), host=host)
    readable = Characteristic("2ACC", Characteristic.Properties.READ, 1, b"\x01")
    made.add_service(Service(UUID("1826"), [readable]))
    made.advertising_interval_min = made.advertising_interval_max = interval_ms
    await made.power_on()
    return made


def controller_of(made: Device) -> AirController:
    sink = made.host.hci_sink
    assert isinstance(sink, AirController)
    return sink


class Ending:
    """When and why a connection ended, as its host was told."""

    def __init__(self, connection: Connection) -> None:
        self.reason: int | None = None
        self.at_s = 0.0
        self.happened = asyncio.Event()
        connection.on(Connection.EVENT_DISCONNECTION, self._note)

    def _note(self, reason: int) -> None:
        self.reason, self.at_s = reason, now_s()
        self.happened.set()


class Pair:
    """A treadmill and a desk that are connected, and how each end of the link ends."""

    def __init__(self, air: Air, treadmill: Device, desk: Device, central: Connection) -> None:
        self.air, self.treadmill, self.desk, self.central = air, treadmill, desk, central
        self.peripheral: Connection = next(iter(treadmill.connections.values()))
        self.at_treadmill, self.at_desk = Ending(self.peripheral), Ending(central)

    async def read(self) -> bytes:
        """Read the characteristic: one round trip, its handle being the last one."""
        handle = self.treadmill.gatt_server.attributes[-1].handle
        return await self.central.gatt_client.read_value(handle)


async def connected(physics: Physics | None = None) -> Pair:
    air = Air(physics)
    treadmill, desk = await device(air, TREADMILL), await device(air, DESK)
    await treadmill.start_advertising(auto_restart=True)
    central = await desk.connect_le(hci.Address(TREADMILL))
    return Pair(air, treadmill, desk, central)


@in_virtual_time
async def test_both_ends_learn_the_parameters_of_this_air() -> None:
    pair = await connected(Physics(interval_s=EVENT_S))
    for end in (pair.central, pair.peripheral):
        assert end.parameters.connection_interval == pytest.approx(1000 * EVENT_S)
        assert end.parameters.supervision_timeout == pytest.approx(1000 * SUPERVISION_S)


@in_virtual_time
async def test_a_radio_that_dies_is_noticed_after_the_supervision_timeout() -> None:
    pair = await connected()
    died_s = now_s()
    controller_of(pair.treadmill).unplug()
    await pair.at_desk.happened.wait()
    assert pair.at_desk.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR
    assert pair.at_desk.at_s == pytest.approx(died_s + SUPERVISION_S)


@in_virtual_time
async def test_another_central_gets_through_as_soon_as_a_dead_one_is_noticed() -> None:
    pair = await connected()
    guard = await device(pair.air, GUARD)
    died_s = now_s()
    controller_of(pair.desk).unplug()
    await guard.connect_le(hci.Address(TREADMILL))
    assert pair.at_treadmill.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR
    assert now_s() == pytest.approx(died_s + SUPERVISION_S, abs=0.001)


@in_virtual_time
async def test_a_clean_disconnect_is_heard_at_once() -> None:
    pair = await connected()
    left_s = now_s()
    await pair.central.disconnect()
    await pair.at_treadmill.happened.wait()
    assert pair.at_treadmill.reason == hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR
    assert pair.at_treadmill.at_s == left_s


@in_virtual_time
async def test_an_hci_reset_silences_the_radio() -> None:
    pair = await connected()
    await pair.treadmill.host.send_sync_command(hci.HCI_Reset_Command())
    await pair.at_desk.happened.wait()
    assert pair.at_desk.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR
    assert controller_of(pair.treadmill).le_connections == {}


@in_virtual_time
async def test_out_of_range_both_ends_lose_the_link() -> None:
    pair = await connected()
    pair.air.range_ok = False
    await pair.at_desk.happened.wait()
    await pair.at_treadmill.happened.wait()
    assert pair.at_desk.reason == pair.at_treadmill.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR


@in_virtual_time
async def test_a_short_gap_in_range_delays_and_loses_nothing() -> None:
    pair = await connected()
    pair.air.range_ok = False
    reading = asyncio.create_task(pair.read())
    await asyncio.wait({reading}, timeout=SUPERVISION_S - 0.01)
    assert not reading.done()
    pair.air.range_ok = True
    assert await reading == b"\x01"
    await asyncio.wait({asyncio.create_task(pair.at_desk.happened.wait())}, timeout=1.0)
    assert pair.at_desk.reason is None


@in_virtual_time
async def test_a_farewell_that_nobody_hears_ends_in_supervision() -> None:
    pair = await connected()
    pair.air.range_ok = False
    await pair.central.disconnect()
    await pair.at_treadmill.happened.wait()
    assert pair.at_treadmill.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR


@in_virtual_time
async def test_on_a_paced_air_packets_travel_at_connection_events() -> None:
    pair = await connected(Physics(interval_s=EVENT_S))
    await pair.read()
    began_s = now_s()
    for _ in range(10):
        assert await pair.read() == b"\x01"
    # A request goes at one event and its response at the next.
    assert now_s() - began_s == pytest.approx(20 * EVENT_S)


@in_virtual_time
async def test_loss_delays_by_events_and_loses_nothing() -> None:
    pair = await connected(Physics(interval_s=EVENT_S, loss=0.3, seed=1))
    await pair.read()
    began_s = now_s()
    for _ in range(50):
        assert await pair.read() == b"\x01"
    events = (now_s() - began_s) / EVENT_S
    assert events == pytest.approx(round(events))
    assert events > 100
    assert pair.at_desk.reason is None


@in_virtual_time
async def test_loss_is_the_same_for_the_same_seed() -> None:
    assert await _reading_time_s(seed=7) == await _reading_time_s(seed=7)


async def _reading_time_s(seed: int) -> float:
    pair = await connected(Physics(interval_s=EVENT_S, loss=0.2, seed=seed))
    began_s = now_s()
    for _ in range(20):
        await pair.read()
    return round(now_s() - began_s, 6)


@in_virtual_time
async def test_losing_nearly_everything_loses_the_link() -> None:
    pair = await connected(Physics(interval_s=EVENT_S, loss=0.9, seed=1))
    with contextlib.suppress(asyncio.CancelledError):
        while pair.at_desk.reason is None:
            await pair.read()
    assert pair.at_desk.reason == hci.HCI_CONNECTION_TIMEOUT_ERROR


@in_virtual_time
async def test_a_connection_update_changes_how_long_silence_may_last() -> None:
    pair = await connected(Physics(interval_s=EVENT_S))
    await pair.central.update_parameters(60, 60, 0, 6000)
    await pair.read()
    died_s = now_s()
    controller_of(pair.treadmill).unplug()
    await pair.at_desk.happened.wait()
    assert pair.at_desk.at_s == pytest.approx(died_s + 6.0)


@in_virtual_time
async def test_the_second_of_two_centrals_never_established_its_connection() -> None:
    air = Air()
    treadmill, desk, guard = [await device(air, each) for each in (TREADMILL, DESK, GUARD)]
    attempts = [
        asyncio.create_task(each.connect_le(hci.Address(TREADMILL))) for each in (desk, guard)
    ]
    await asyncio.wait(attempts, timeout=0.01)
    await treadmill.start_advertising()
    ends = [await each for each in attempts]
    endings = [Ending(each) for each in ends]
    await asyncio.wait([asyncio.create_task(each.happened.wait()) for each in endings], timeout=1.0)
    assert sorted(each.reason or 0 for each in endings) == [
        0,
        hci.HCI_CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR,
    ]


@in_virtual_time
async def test_a_cancelled_attempt_ends_and_the_next_one_succeeds() -> None:
    air = Air()
    treadmill, desk = await device(air, TREADMILL), await device(air, DESK)
    attempt = asyncio.create_task(desk.connect_le(hci.Address(TREADMILL)))
    await asyncio.wait({attempt}, timeout=0.01)
    await desk.cancel_connection()
    with pytest.raises(core.ConnectionError):
        await attempt
    await treadmill.start_advertising()
    assert (await desk.connect_le(hci.Address(TREADMILL))).handle


@in_virtual_time
async def test_a_second_connection_to_the_same_peer_is_refused() -> None:
    pair = await connected()
    with pytest.raises(hci.HCI_Error):
        await pair.desk.connect_le(hci.Address(TREADMILL))
    assert await pair.read() == b"\x01"


@in_virtual_time
async def test_a_central_with_a_public_address_is_answered() -> None:
    air = Air()
    treadmill, desk = await device(air, TREADMILL), await device(air, DESK)
    await treadmill.start_advertising()
    central = await desk.connect_le(
        hci.Address(TREADMILL), own_address_type=hci.OwnAddressType.PUBLIC
    )
    assert await Pair(air, treadmill, desk, central).read() == b"\x01"


@in_virtual_time
async def test_advertising_keeps_its_interval_and_answers_active_scans() -> None:
    air = Air()
    treadmill, desk = await device(air, TREADMILL, interval_ms=100), await device(air, DESK)
    heard: list[Advertisement] = []
    desk.on(Device.EVENT_ADVERTISEMENT, heard.append)
    await desk.start_scanning(active=True)
    await treadmill.start_advertising(
        advertising_data=b"\x02\x01\x06", scan_response_data=b"\x02\x0a\x04"
    )
    await asyncio.wait({asyncio.create_task(asyncio.sleep(10.0))})
    # 100 ms and a delay of 0 to 10 ms.
    assert 10.0 / 0.110 <= len(heard) <= 10.0 / 0.100 + 1
    assert {bytes(each.data) for each in heard} == {b"\x02\x01\x06\x02\x0a\x04"}


@in_virtual_time
async def test_a_passive_scan_hears_no_scan_response() -> None:
    air = Air()
    treadmill, desk = await device(air, TREADMILL), await device(air, DESK)
    heard: list[Advertisement] = []
    desk.on(Device.EVENT_ADVERTISEMENT, heard.append)
    await desk.start_scanning(active=False)
    await treadmill.start_advertising(
        advertising_data=b"\x02\x01\x06", scan_response_data=b"\x02\x0a\x04"
    )
    await asyncio.wait({asyncio.create_task(asyncio.sleep(1.0))})
    assert {bytes(each.data) for each in heard} == {b"\x02\x01\x06"}


@in_virtual_time
async def test_no_central_is_promised_events_that_never_come() -> None:
    air = Air()
    desk = await device(air, DESK)
    unsent: Any = hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LL_PRIVACY
    assert not desk.host.local_le_features & unsent
    assert not desk.host.supports_command(hci.HCI_LE_EXTENDED_CREATE_CONNECTION_COMMAND)
