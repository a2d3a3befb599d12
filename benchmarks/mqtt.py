"""From a released handrail to Stop octets at the simulated Bluetooth treadmill: wire and MQTT.

By wire: pty → control's driver → loop → Bluetooth. By MQTT: client → Mosquitto → desk → hatch →
loop → Bluetooth. Everything but the hands and the loop is what `retrotread demo` runs, each in a
process of its own; blocks of both ways alternate, so that each sees the same machine.
"""

import asyncio
import contextlib
import functools
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.measured import running
from benchmarks.parts.reactions import Reactions
from benchmarks.parts.steady_link import SteadyLink
from benchmarks.parts.walking import SPEED_UNITS, kept
from benchmarks.parts.ways import Ways
from controller.cli.broker import broker
from controller.cli.failure import Failure
from controller.cli.teller import Teller, started
from controller.control import Commands
from controller.hatch import Hatch
from controller.loop import Loop
from controller.records.journal import Journal
from controller.safety.limits import tightest
from drivers.ble import BleakLink
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.grip import BAUD, GripUnit
from drivers.network_sensors import NetworkGrip
from drivers.serial_port import open_port
from protocols.ftms.uuids import FITNESS_MACHINE_SERVICE

WIRE, MQTT = "wire", "mqtt"
DEVICE = "bench"
ROUNDS = 5
WARM_UP = 10
START_S = 20.0
P99_MS = 150.0
"""By MQTT: what the arm check lets a sensor be late, at most."""


def run(n: int = 500) -> dict[str, Any]:
    """`n` releases on each way."""
    facts = machine()
    rows = asyncio.run(_measure(n))
    figures = {name: _figures(reactions) for name, reactions in rows.items()}
    p99_ms = figures[MQTT]["whole"]["p99_ms"]
    return {
        "machine": facts,
        "n": n,
        "rows": figures,
        "bounds": {"p99_ms": P99_MS},
        "met": p99_ms is not None and p99_ms <= P99_MS,
    }


def table(result: dict[str, Any]) -> str:
    """A line per way and stretch."""
    rows = result["rows"]
    lines = [
        (
            f"{name}: {stretch}", row["n"], *row[stretch].values(),
            ratio(row[stretch]["p50_ms"], rows[WIRE][stretch]["p50_ms"]),
            ratio(row[stretch]["p99_ms"], rows[WIRE][stretch]["p99_ms"]),
            row["excluded"], row["missing"],
        )
        for stretch in ("whole", "wire", "own")
        for name, row in rows.items()
    ]  # fmt: skip
    head = ("ms", "n", "p50", "p99", "p99.9", "max", "p50/wire", "p99/wire")
    return drawn((*head, "excluded", "missing"), lines)


async def _measure(n: int) -> dict[str, Reactions]:
    rows = {way: Reactions() for way in (WIRE, MQTT)}
    rounds = min(ROUNDS, n)
    with tempfile.TemporaryDirectory(prefix="retrotread-") as name:
        async with _ways(Path(name)) as ways, running(ways.loop.run()):
            for way in rows:
                await ways.run(way, WARM_UP, Reactions())
            for part in range(1, rounds + 1):
                for way, reactions in rows.items():
                    await ways.run(way, n // rounds, reactions)
                _tell(part, rounds, rows)
    return rows


@contextlib.asynccontextmanager
async def _ways(folder: Path) -> AsyncIterator[Ways]:
    """Simulators, broker and desk, and the loop between them."""
    air = f"unix:{folder / 'air'}"
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(broker())
        if port is None:
            raise Failure("This benchmark needs Mosquitto; on Debian: apt install mosquitto.")
        start = functools.partial(_start, stack)
        await start("virtual air", "listening", "simulators.radio", "--listen", air)
        bench = await start(
            "bench", "ready", "simulators.bench", "--transport", air, "--script", "none"
        )
        hands = await start("hands", "ready", "benchmarks.parts.both_ways", str(port), DEVICE)
        ways = Ways(hands, bench, asyncio.Event())
        await _assemble(ways, stack, folder, air)
        await start("desk", "listening", "controller.desk", str(_desk_plan(folder, port)))
        yield ways


async def _start(
    stack: contextlib.AsyncExitStack, name: str, event: str, module: str, *arguments: str
) -> Teller:
    teller = await stack.enter_async_context(started(name, module, *arguments))
    await teller.event(event, START_S)
    return teller


async def _assemble(ways: Ways, stack: contextlib.AsyncExitStack, folder: Path, air: str) -> None:
    """The measured process: what control runs, with both grips."""
    limits, bound_by = tightest({"bench": {"grace_factor": 0.0}})
    journal = stack.enter_context(Journal(folder))
    pty, address = ways.hands.told[0]["grip"], ways.bench.told[0]["address"]
    link = BleakLink(address, f"hci:{air}", services=[FITNESS_MACHINE_SERVICE])
    treadmill = FtmsTreadmill(SteadyLink(link, SPEED_UNITS), ways.news.set)
    wired = GripUnit(functools.partial(open_port, pty, BAUD), ways.hear)
    network = NetworkGrip(ways.hear)
    ways.grips = {WIRE: wired, MQTT: network}
    ways.loop = Loop(
        treadmill,
        wired,
        journal,
        limits,
        bound_by,
        clock=time.monotonic,
        news=ways.news,
        kept=kept,
        commissioned=lambda: True,
    )
    hatch = Hatch(folder / "hatch", Commands(ways.loop, {"grip": network.take}).take)
    for part in (hatch, treadmill, wired):
        await stack.enter_async_context(part)
    ways.loop.publish = hatch.publish
    journal.begin("bench", time.monotonic())


def _desk_plan(folder: Path, port: int) -> Path:
    plan = folder / "desk.json"
    mqtt = {"port": port, "device": DEVICE, "discovery": False, "allow_sensors": ["grip"]}
    told = {"hatch": str(folder / "hatch"), "data_dir": str(folder), "port": 0, "mqtt": mqtt}
    plan.write_text(json.dumps(told))
    return plan


def _figures(reactions: Reactions) -> dict[str, Any]:
    return {
        "n": len(reactions.whole),
        "whole": quantiles_ms(reactions.whole),
        "wire": quantiles_ms(reactions.wire),
        "own": quantiles_ms(reactions.own),
        "excluded": sum(reactions.excluded.values()),
        "excluded_by": dict(reactions.excluded),
        "missing": reactions.missing,
    }


def _tell(part: int, rounds: int, rows: dict[str, Reactions]) -> None:
    done = ", ".join(f"{name} {len(row.whole)}" for name, row in rows.items())
    print(f"mqtt: round {part} of {rounds}: {done}", file=sys.stderr, flush=True)
