"""The benchmarks of speed measure what they say, at a small count."""

import asyncio
import time

import pytest

from benchmarks import sessions_per_core, virtual_time
from benchmarks.parts import codec_rows, own_core
from benchmarks.parts.virtual_stack import Stack
from simulators import virtual_time as virtual
from simulators.scene import Scene


def test_a_row_does_the_same_in_every_round() -> None:
    first, second = virtual_time._walk(), virtual_time._walk()
    assert len(first[0]) == len(second[0])
    assert first[1] == second[1] > 120


def test_each_row_has_its_speed_over_the_floor() -> None:
    result = virtual_time.run(1)
    rows = result["rows"]
    assert rows[virtual_time.FLOOR]["times"] > rows[virtual_time.WALK]["times"]
    assert rows[virtual_time.WALK]["times"] > rows[virtual_time.STACK]["times"] > 10
    assert len(virtual_time.table(result).splitlines()) == 1 + len(rows)


def test_the_stack_of_the_benchmark_walks() -> None:
    async def walk() -> tuple[bool, Scene]:
        async with Stack(3).alive() as stack:
            await asyncio.sleep(30.0)
            return stack.walking, stack.scene

    walking, scene = virtual.run(walk())
    assert walking
    assert scene.belt.speed_mps > 0.35


def test_sessions_that_are_late_are_not_counted() -> None:
    rows = [{"sessions": 1, "in_time": True}, {"sessions": 2, "in_time": False}]
    assert sessions_per_core.held(rows) == 1
    assert sessions_per_core.held(rows[1:]) == 0


def test_the_count_is_searched_between_what_was_in_time_and_what_was_not() -> None:
    held_up_to, tried = 37, [1, 2, 4, 8, 16, 32, 64]
    rows = [{"sessions": count, "in_time": count <= held_up_to} for count in tried]
    while count := sessions_per_core.between(rows):
        rows.append({"sessions": count, "in_time": count <= held_up_to})
    assert 33 <= sessions_per_core.held(rows) <= held_up_to
    assert len(rows) <= len(tried) + 4
    assert sessions_per_core.between([{"sessions": 1, "in_time": False}]) == 0


def test_one_session_costs_little_of_a_core_of_its_own() -> None:
    row = sessions_per_core._row(1, 2.0)
    assert row["walking"]
    assert 0 < row["cpu_ms_per_session_s"] == pytest.approx(10 * row["core_pct"], abs=0.5)


def test_on_a_core_of_its_own_work_takes_time_and_waiting_does_not() -> None:
    async def work() -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        began_s, cpu_s = clock(), time.process_time()
        await asyncio.sleep(5.0)
        while time.process_time() - cpu_s < 0.2:
            pass
        return clock() - began_s, time.process_time() - cpu_s

    told_s, cpu_s = own_core.run(work())
    assert 0.2 <= cpu_s < 1.0
    assert told_s == pytest.approx(5.0 + cpu_s, abs=0.05)


def test_the_packets_of_the_codec_are_whole_and_differ() -> None:
    for packets in (codec_rows.PACKETS, codec_rows.FULL):
        records = {codec_rows.treadmill_data.decode(packet) for packet in packets}
        assert len(records) == len(packets)
        assert not any(record.truncated or record.trailing for record in records)
    [row] = {len(codec_rows.floor(packet)) for packet in codec_rows.PACKETS}
    assert row == 10
