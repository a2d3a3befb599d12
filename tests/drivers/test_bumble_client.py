"""bleak's own client and scanner on the Bumble backend, beyond what `BleakLink` uses."""

import asyncio
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError

from drivers.adapter import bleak_arguments
from protocols.ftms.uuids import FITNESS_MACHINE_SERVICE, HEART_RATE_SERVICE, from_short
from tests.drivers.conftest import Bench
from tests.drivers.peripheral import ADDRESS, COMMAND, DATA, FEATURE, NAME, POINT

DESCRIPTION, CCCD = from_short(0x2901), from_short(0x2902)


def client_of(bench: Bench, device: Any = ADDRESS, **named: Any) -> BleakClient:
    return BleakClient(device, **named, **bleak_arguments(bench.adapter).client)


def scanner_arguments(bench: Bench) -> dict[str, Any]:
    return bleak_arguments(bench.adapter).scanner


async def test_services_characteristics_and_descriptors_are_all_shown(bench: Bench) -> None:
    async with client_of(bench) as client:
        service = client.services.get_service(FITNESS_MACHINE_SERVICE)
        assert service is not None
        shown = {
            each.uuid: [descriptor.uuid for descriptor in each.descriptors]
            for each in service.characteristics
        }
        assert shown == {FEATURE: [DESCRIPTION], DATA: [CCCD], POINT: [CCCD], COMMAND: []}
        assert client.mtu_size == 517
        assert client.name == ADDRESS.replace(":", "-")


async def test_an_old_server_without_mtu_exchange_is_used_with_23_octets(bench: Bench) -> None:
    server = bench.peripheral.device.gatt_server
    server.on_att_exchange_mtu_request = server.on_att_request  # type: ignore[method-assign]
    async with client_of(bench) as client:
        assert client.mtu_size == 23
        assert await client.read_gatt_char(FEATURE) == bytes(range(8))


async def test_a_descriptor_shows_what_was_subscribed_and_unsubscribed(bench: Bench) -> None:
    async with client_of(bench) as client:
        data = client.services.get_characteristic(DATA)
        assert data is not None
        (cccd,) = data.descriptors
        heard: list[bytes] = []
        await client.start_notify(DATA, lambda _, octets: heard.append(bytes(octets)))
        assert await client.read_gatt_descriptor(cccd) == b"\x01\x00"
        await bench.peripheral.notify(b"\x01")
        await client.read_gatt_char(FEATURE)
        await client.stop_notify(DATA)
        assert await client.read_gatt_descriptor(cccd) == b"\x00\x00"
        await bench.peripheral.notify(b"\x02")
        await client.read_gatt_char(FEATURE)
        assert heard == [b"\x01"]


async def test_a_callback_that_raises_does_not_withhold_the_confirmation(bench: Bench) -> None:
    raised: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
    async with client_of(bench) as client:
        await client.start_notify(POINT, lambda _, octets: 1 // 0)
        await client.write_gatt_char(POINT, b"\x00", response=True)
        await client.write_gatt_char(POINT, b"\x07", response=True)
    assert [type(context["exception"]) for context in raised] == [ZeroDivisionError] * 2


async def test_what_offers_no_notifications_cannot_be_subscribed(bench: Bench) -> None:
    async with client_of(bench) as client:
        with pytest.raises(BleakError, match="cannot be subscribed"):
            await client.start_notify(FEATURE, lambda *_: None)


async def test_an_att_error_is_bleaks_own(bench: Bench) -> None:
    async with client_of(bench) as client:
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.write_gatt_char(POINT, b"\x00", response=True)
        assert refused.value.code == 0xFD


async def test_a_descriptor_can_be_written(bench: Bench) -> None:
    async with client_of(bench) as client:
        feature = client.services.get_characteristic(FEATURE)
        assert feature is not None
        (description,) = feature.descriptors
        await client.write_gatt_descriptor(description, b"speed")
        assert await client.read_gatt_descriptor(description) == b"speed"


async def test_a_device_from_the_scanner_is_connected_without_another_scan(bench: Bench) -> None:
    device = await BleakScanner.find_device_by_name(NAME, 5.0, **scanner_arguments(bench))
    assert device is not None
    async with client_of(bench, device) as client:
        assert client.name == NAME
        with pytest.raises(BleakError, match="already connected"):
            await client.connect()


async def test_the_disconnected_callback_comes_once_and_the_client_can_connect_again(
    bench: Bench,
) -> None:
    calls: list[BleakClient] = []
    client = client_of(bench, disconnected_callback=calls.append)
    for _ in range(2):
        await client.connect()
        await client.disconnect()
        await client.disconnect()
    assert calls == [client, client]
    with pytest.raises(BleakError):
        await client.read_gatt_char(FEATURE)


async def test_an_unknown_device_is_not_found_and_a_known_one_times_out(bench: Bench) -> None:
    with pytest.raises(BleakDeviceNotFoundError):
        await client_of(bench, "F0:F1:F2:F3:F4:00", timeout=0.1).connect()
    async with BleakScanner(**scanner_arguments(bench)):
        async with client_of(bench):
            bench.air.range_ok = False
        with pytest.raises(TimeoutError):
            await client_of(bench, timeout=0.1).connect()


async def test_a_scanner_delivers_to_its_callback_only_what_it_was_asked_for(
    bench: Bench,
) -> None:
    heard = asyncio.Event()
    unwanted: list[Any] = []
    straps = BleakScanner(
        lambda device, _: unwanted.append(device),
        [HEART_RATE_SERVICE],
        **scanner_arguments(bench),
    )
    treadmills = BleakScanner(
        lambda _device, _data: heard.set(), [FITNESS_MACHINE_SERVICE], **scanner_arguments(bench)
    )
    async with straps, treadmills:
        await heard.wait()
    assert unwanted == []
    assert [device.address for device in treadmills.discovered_devices] == [ADDRESS]
    await treadmills.stop()


async def test_pairing_encrypts_the_link_and_can_be_undone(bench: Bench) -> None:
    async with client_of(bench, pair=True) as client:
        assert bench.peripheral.connection is not None
        assert bench.peripheral.connection.is_encrypted
        await client.unpair()


async def test_the_last_user_closes_the_adapter(bench: Bench) -> None:
    controllers = len(bench.air.controllers)
    async with client_of(bench), BleakScanner(**scanner_arguments(bench)):
        assert len(bench.air.controllers) == controllers + 1
    async with client_of(bench):
        assert len(bench.air.controllers) == controllers + 1
