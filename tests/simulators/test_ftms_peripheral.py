"""The simulated treadmill over Bluetooth: Bumble's whole stack on both ends of a virtual air.

The test moves the treadmill's time by hand; only the radio runs in real time.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.ble import BleakLink
from drivers.links import LinkError
from protocols.belt import SpeedGrid
from protocols.ftms import features, machine_status, procedures, treadmill_data, uuids
from protocols.ftms.ranges import SpeedRange
from protocols.ftms.treadmill_data import TreadmillData
from simulators.faults import Habits, Machine, afflicted
from simulators.firmware import Answer, Mode
from simulators.ftms_peripheral import Peripheral, advertisement, on_air
from simulators.radio import Air, serving
from simulators.treadmill import Treadmill

ADDRESS = "F0:52:54:52:44:99"
PROMPT = Machine(habits=Habits(answer_s=0.0))
"""Answers at once, so that no test waits."""


class Bed:
    """A treadmill on the air and a client connected to it."""

    def __init__(self, peripheral: Peripheral, treadmill: Treadmill, adapter: str) -> None:
        self.peripheral = peripheral
        self.treadmill = treadmill
        self.requests: list[bytes] = []
        self.adapter = adapter
        self.gone = asyncio.Event()
        self.link = BleakLink(ADDRESS, adapter)
        self.heard: dict[str, asyncio.Queue[bytes]] = {}

    async def connect(self) -> None:
        await self.link.connect(self.gone.set)

    async def subscribe(self, *names: str) -> None:
        for uuid in names:
            queue = self.heard[uuid] = asyncio.Queue()
            await self.link.subscribe(uuid, queue.put_nowait)

    async def ask(self, octets: bytes) -> bytes:
        """Write to the control point and give the indication that answers."""
        await self.link.write(uuids.CONTROL_POINT, octets, response=True)
        async with asyncio.timeout(5):
            return await self.heard[uuids.CONTROL_POINT].get()

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.treadmill.advance(0.05)
            await self.peripheral.report()

    async def last_report(self) -> TreadmillData:
        """The newest report once the radio has carried everything that was sent."""
        await self.link.read(uuids.TRAINING_STATUS)
        queue = self.heard[uuids.TREADMILL_DATA]
        octets = [queue.get_nowait() for _ in range(queue.qsize())]
        return treadmill_data.decode(octets[-1])


@contextlib.asynccontextmanager
async def bed(path: Path, machine: Machine = PROMPT) -> AsyncIterator[Bed]:
    treadmill = Treadmill(machine)
    requests: list[bytes] = []

    def on_request(_at_ns: int, octets: bytes, _answer: Answer) -> None:
        requests.append(octets)

    async with serving(Air(), f"unix:{path}/air") as air:
        place = on_air(air, ADDRESS, "Retrotread Sim", treadmill, on_request)
        async with place as (peripheral, _):
            made = Bed(peripheral, treadmill, f"hci:{air}")
            made.requests = requests
            await made.connect()
            try:
                yield made
            finally:
                await made.link.disconnect()


async def test_a_client_finds_a_treadmill_whole(tmp_path: Path) -> None:
    async with bed(tmp_path) as made:
        claimed = features.Features.from_bytes(await made.link.read(uuids.FEATURE))
        assert {"speed", "inclination"} == set(claimed.target_settings)
        grid = SpeedRange.from_bytes(await made.link.read(uuids.SPEED_RANGE)).grid()
        assert grid == SpeedGrid(50, 600, 10, 360)
        assert await made.link.read(uuids.TRAINING_STATUS) == b"\x00\x01"
        assert await made.link.read(uuids.MANUFACTURER_NAME) == b"Retrotread"
        assert made.link.properties(uuids.CONTROL_POINT) == {"write", "indicate"}
        assert made.link.properties(uuids.TREADMILL_DATA) == {"notify"}
        assert made.requests == []


async def test_a_walk_over_the_air(tmp_path: Path) -> None:
    async with bed(tmp_path) as made:
        await made.subscribe(uuids.CONTROL_POINT, uuids.TREADMILL_DATA)
        assert await made.ask(procedures.request_control()) == bytes.fromhex("800001")
        assert await made.ask(procedures.start()) == bytes.fromhex("800701")
        assert await made.ask(procedures.set_target_speed(160)) == bytes.fromhex("800201")
        await made.run(8)
        assert (await made.last_report()).speed == 160
        assert await made.ask(procedures.stop()) == bytes.fromhex("800801")
        await made.run(4)
        report = await made.last_report()
        assert (report.speed, report.distance_m) == (0, int(made.treadmill.belt.distance_m))
        assert await made.ask(procedures.stop()) == bytes.fromhex("800804")


async def test_a_write_before_indications_are_on_is_refused_with_fd(tmp_path: Path) -> None:
    async with bed(tmp_path) as made:
        with pytest.raises(LinkError) as refusal:
            await made.link.write(uuids.CONTROL_POINT, b"\x00", response=True)
        assert refusal.value.att_error == 0xFD
        assert made.requests == [b"\x00"]


async def test_a_write_during_a_procedure_is_refused_with_fe(tmp_path: Path) -> None:
    slow = Machine(habits=Habits(answer_s=0.3))
    async with bed(tmp_path, slow) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.link.write(uuids.CONTROL_POINT, procedures.request_control(), response=True)
        with pytest.raises(LinkError) as refusal:
            await made.link.write(uuids.CONTROL_POINT, procedures.start(), response=True)
        assert refusal.value.att_error == 0xFE
        assert await made.heard[uuids.CONTROL_POINT].get() == bytes.fromhex("800001")
        assert await made.ask(procedures.start()) == bytes.fromhex("800701")


async def test_a_request_written_on_hearing_the_last_answer_is_not_too_early(
    tmp_path: Path,
) -> None:
    async with bed(tmp_path) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.ask(procedures.request_control())
        for units in range(50, 550, 10):
            assert await made.ask(procedures.set_target_speed(units)) == b"\x80\x02\x01"


async def test_a_console_key_reaches_the_client_as_machine_status(tmp_path: Path) -> None:
    async with bed(tmp_path) as made:
        await made.subscribe(uuids.MACHINE_STATUS, uuids.TREADMILL_DATA)
        made.treadmill.press("pull key")
        await made.run(0.1)
        assert await made.heard[uuids.MACHINE_STATUS].get() == machine_status.safety_key()


async def test_after_a_lost_link_it_advertises_again_runs_on_and_asks_for_control_anew(
    tmp_path: Path,
) -> None:
    async with bed(tmp_path) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.ask(procedures.request_control())
        await made.ask(procedures.start())
        await made.run(3)
        await made.link.disconnect()
        await made.run(3)
        assert made.treadmill.belt.speed_mps == pytest.approx(50 / 360, abs=0.001)
        await made.connect()
        await made.subscribe(uuids.CONTROL_POINT)
        assert await made.ask(procedures.stop()) == bytes.fromhex("800805")
        await made.ask(procedures.request_control())
        assert await made.ask(procedures.stop()) == bytes.fromhex("800801")


async def test_a_link_lost_in_mid_procedure_does_not_leave_the_control_point_busy(
    tmp_path: Path,
) -> None:
    slow = Machine(habits=Habits(answer_s=30.0))
    async with bed(tmp_path, slow) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.link.write(uuids.CONTROL_POINT, procedures.request_control(), response=True)
        await made.link.disconnect()
        made.treadmill.firmware.machine = PROMPT
        await made.connect()
        await made.subscribe(uuids.CONTROL_POINT)
        assert await made.ask(procedures.request_control()) == bytes.fromhex("800001")


async def test_a_request_control_that_is_never_answered_holds_nothing_up(tmp_path: Path) -> None:
    async with bed(tmp_path, afflicted(["no_control_answer"], PROMPT)) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.link.write(uuids.CONTROL_POINT, procedures.request_control(), response=True)
        assert await made.ask(procedures.start()) == bytes.fromhex("800701")


async def test_a_pad_that_takes_commands_only_and_notifies_its_answers(tmp_path: Path) -> None:
    machine = afflicted(["no_control_needed"], PROMPT)
    commands = machine.table.control_point - {"write", "indicate"}
    table = replace(machine.table, control_point=commands | {"write-without-response", "notify"})
    async with bed(tmp_path, machine._replace(table=table)) as made:
        assert made.link.properties(uuids.CONTROL_POINT) == {"write-without-response", "notify"}
        await made.subscribe(uuids.CONTROL_POINT)
        await made.link.write(uuids.CONTROL_POINT, procedures.start(), response=False)
        async with asyncio.timeout(5):
            assert await made.heard[uuids.CONTROL_POINT].get() == bytes.fromhex("800701")


async def test_a_link_that_is_cut_comes_back_without_its_control_point(tmp_path: Path) -> None:
    faults = afflicted(["link_cut", "table_changes", "no_name"], PROMPT)
    async with bed(tmp_path, faults) as made:
        gone = made.gone
        await made.subscribe(uuids.CONTROL_POINT)
        await made.ask(procedures.request_control())
        await made.ask(procedures.start())
        await made.run(5.2)
        async with asyncio.timeout(5):
            await gone.wait()
        await made.run(2.2)
        await made.connect()
        assert made.link.properties(uuids.CONTROL_POINT) == frozenset()
        assert made.link.properties(uuids.TREADMILL_DATA) == {"notify"}
        assert made.treadmill.belt.speed_mps > 0.1


async def test_a_write_that_never_ends_and_reports_that_do_not_come(tmp_path: Path) -> None:
    faults = afflicted(["writes_unacknowledged", "notifications_stop"], PROMPT)
    async with bed(tmp_path, faults) as made:
        await made.subscribe(uuids.CONTROL_POINT, uuids.TREADMILL_DATA)
        await made.ask(procedures.request_control())
        await made.ask(procedures.start())
        await made.run(5.2)
        await made.last_report()
        await made.run(2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(made.ask(procedures.stop()), 0.5)
        assert made.requests[-1] == procedures.stop()
        assert made.treadmill.firmware.mode is Mode.STOPPING
        assert made.heard[uuids.TREADMILL_DATA].empty()


async def test_after_a_cut_another_device_of_the_same_name_is_there(tmp_path: Path) -> None:
    async with bed(tmp_path, afflicted(["other_device"], PROMPT)) as made:
        await made.subscribe(uuids.CONTROL_POINT)
        await made.ask(procedures.request_control())
        await made.ask(procedures.start())
        await made.run(8)
        async with asyncio.timeout(5):
            await made.gone.wait()
        await made.run(1)
        await made.peripheral.settled()
        stranger = str(made.peripheral.device.random_address).partition("/")[0]
        assert stranger != ADDRESS
        other = BleakLink(stranger, made.adapter)
        await other.connect(lambda: None)
        assert other.properties(uuids.CONTROL_POINT) == {"write", "indicate"}
        await other.disconnect()


@pytest.mark.parametrize(
    ("fault", "kind", "octets"),
    [
        ("no_name", 0x09, None),
        ("no_service_data", 0x16, None),
        ("service_data_byte", 0x16, b"\x26\x18\x01\x01"),
        ("service_data_swapped", 0x16, b"\x26\x18\x01\x00\x01"),
    ],
)
def test_an_advertisement_can_lack_what_it_should_hold(
    fault: str, kind: int, octets: bytes | None
) -> None:
    table = afflicted([fault]).table
    assert fields_of(advertisement("Retrotread Sim", table)).get(kind) == octets


def fields_of(advertised: bytes) -> dict[int, bytes]:
    fields = {}
    rest = advertised
    while rest:
        fields[rest[1]] = rest[2 : rest[0] + 1]
        rest = rest[rest[0] + 1 :]
    return fields


def test_the_advertisement_holds_flags_service_type_and_name() -> None:
    octets = advertisement("Retrotread Sim")
    assert len(octets) <= 31
    assert fields_of(octets) == {
        0x01: b"\x06",
        0x03: b"\x26\x18",
        0x16: b"\x26\x18\x01\x01\x00",
        0x09: b"Retrotread Sim",
    }


def test_a_name_too_long_to_advertise_is_refused_with_the_length_that_fits() -> None:
    assert len(advertisement("n" * 15)) == 31
    with pytest.raises(ValueError, match="at most 15 octets"):
        advertisement("n" * 16)
