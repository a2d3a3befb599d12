"""Advertisements become found devices, and a broken adapter one sentence."""

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bumble import hci
from bumble.device import Advertisement

from drivers.bumble_backend.scanner import advertisement_data
from drivers.links import LinkError
from drivers.scan import found_from, scan
from protocols.ftms.uuids import FITNESS_MACHINE_SERVICE, HEART_RATE_SERVICE, from_short
from tests.drivers.conftest import Bench
from tests.drivers.peripheral import ADDRESS, NAME


def heard(fields: str) -> AdvertisementData:
    address = hci.Address(ADDRESS)
    return advertisement_data(Advertisement(address, rssi=-70, data_bytes=bytes.fromhex(fields)))


async def test_a_treadmill_in_reach_is_found_with_its_name_and_service_data(bench: Bench) -> None:
    (found,) = await scan(bench.adapter, 0.2)
    assert (found.address, found.name) == (ADDRESS, NAME)
    assert found.fitness_machine
    assert not found.heart_rate
    assert found.service_data == {FITNESS_MACHINE_SERVICE: b"\x01\x01\x00"}


async def test_what_is_neither_treadmill_nor_strap_is_not_listed(bench: Bench) -> None:
    await bench.peripheral.device.start_advertising(advertising_data=b"\x03\x03\x0f\x18")
    assert await scan(bench.adapter, 0.1) == []


async def test_nothing_in_reach_is_an_empty_list(bench: Bench) -> None:
    bench.air.range_ok = False
    assert await scan(bench.adapter, 0.05) == []


async def test_an_adapter_that_cannot_scan_is_one_sentence() -> None:
    with pytest.raises(LinkError, match="No Bluetooth adapter can be used"):
        await scan("hci:unix:/nowhere/air", 0.1)


def test_a_service_named_only_in_service_data_counts() -> None:
    data = heard("0616261801 0100".replace(" ", ""))
    found = found_from(BLEDevice(ADDRESS, None, None), data)
    assert data.service_uuids == []
    assert found.fitness_machine
    assert found.rssi_dbm == -70


def test_every_length_of_uuid_becomes_the_128_bit_form() -> None:
    long = "fb349b5f80000080001000000d180000"
    data = heard(f"0302 0d18 0504 2618 0000 11 07 {long}".replace(" ", ""))
    assert data.service_uuids == [HEART_RATE_SERVICE, FITNESS_MACHINE_SERVICE]
    data = heard("0720 2618 0000 ab cd".replace(" ", ""))
    assert data.service_data == {FITNESS_MACHINE_SERVICE: b"\xab\xcd"}


def test_cut_short_fields_say_only_what_they_hold() -> None:
    data = heard("0402261800 0216aa 02ff01".replace(" ", ""))
    assert data.service_uuids == [from_short(0x1826)]
    assert data.service_data == {}
    assert data.manufacturer_data == {}


def test_name_power_and_maker_are_read() -> None:
    data = heard("03085472 020af4 05ffffff0102".replace(" ", ""))
    assert data.local_name == "Tr"
    assert data.tx_power == -12
    assert data.manufacturer_data == {0xFFFF: b"\x01\x02"}
