"""A treadmill, a walker, a grip unit and a relay in one process, on a real radio and real ports.

    python -m simulators.bench --transport unix:/tmp/air [--fault NAME] [--script none]
                               [--relay pty] [--strap] [--pod]

Standard output carries the truth as JSON lines (see `simulators.witness`); the first one is
`ready` with the addresses of treadmill, grip unit and relay. Standard input takes one command per
line (see `simulators.commands`, `simulators.wearables`, and `quit`); one that is not known is
answered with an `error` line. The process ends when standard input closes, for then its parent is
gone; the end of a file or of /dev/null says nothing of a parent.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from protocols.relay import Order
from simulators.clock import ticks
from simulators.commands import obey
from simulators.ftms_machine import TICK_S, add_machine_arguments, first_of
from simulators.ftms_peripheral import on_air
from simulators.grip_unit import GripPort, open_port
from simulators.readings import named
from simulators.relay_unit import RelayUnit
from simulators.scene import Scene
from simulators.wearables import Wearables
from simulators.wearables import on_air as on_air_too
from simulators.wire import open_wire
from simulators.witness import Mouth, Witness

SCRIPTS: dict[str, tuple[tuple[float, str], ...]] = {
    "auto": ((1.0, "hold"),),
    "none": (),
}
"""Commands that come by themselves, each so many seconds after the start. In `auto` the walker
takes both rails a second late, so that the sensor is first seen released and then held."""


class Reporter(Protocol):
    """What carries the treadmill: it is asked, turn by turn, to say what is due."""

    async def report(self) -> None: ...


WORN_TICK_S = 0.1


class Bench:
    """Moves the scene, its radio and its grip unit along real time."""

    def __init__(self, scene: Scene, mouth: Mouth) -> None:
        self.witness = Witness(scene, mouth.tell)
        self.ended = asyncio.Event()
        self.relay: RelayUnit | None = None
        self.worn = Wearables()
        self._scene = scene
        self._mouth = mouth

    def take(self, line: str) -> None:
        """One line from standard input; a mistake in it is told and changes nothing."""
        if line.strip() == "quit":
            self.ended.set()
            return
        if self.worn.obey(line):
            return
        try:
            obey(self._scene, line)
        except ValueError as error:
            self._mouth.tell("error", sentence=str(error))

    async def run(self, peripheral: Reporter, port: GripPort, script: str) -> None:
        """For ever. Each turn: move, send the grip, tell the truth, report by radio."""
        waiting = list(SCRIPTS[script])
        async for dt_s in ticks(TICK_S):
            while waiting and self._scene.now_s >= waiting[0][0]:
                self.take(waiting.pop(0)[1])
            self._scene.advance(dt_s)
            self._send_grip(port)
            if self.relay is not None:
                self.relay.look()
            self.witness.watch()
            await peripheral.report()

    async def tell_worn(self) -> None:
        """For ever, beside `run`: a radio that takes its time holds up no grip unit."""
        async for _ in ticks(WORN_TICK_S):
            await self.worn.tell(self._scene.belt.speed_mps, self._scene.now_s)

    def _send_grip(self, port: GripPort) -> None:
        frame, parcels = self._scene.grip_lines()
        at_ns = time.monotonic_ns()
        for parcel in parcels:
            if parcel.delay_s > 0:
                asyncio.get_running_loop().call_later(parcel.delay_s, port.write, parcel.octets)
            else:
                port.write(parcel.octets)
        if frame is not None:
            self.witness.gripped(at_ns, frame)
        if not self._scene.grip_plugged:
            port.hang_up()

    def contact(self, closed: bool) -> None:
        """The relay's contact is part of the safety circuit: open, it is a pulled key."""
        self._mouth.tell("relay_closed" if closed else "relay_opened")
        self._scene.treadmill.press("return key" if closed else "pull key")

    def ordered(self, order: Order) -> None:
        self._mouth.tell(f"relay_told_to_{order.word.name.lower()}", sequence=order.sequence)


def main() -> int:
    arguments = _parser().parse_args()
    try:
        asyncio.run(_serve(arguments))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.bench",
        description="A Bluetooth treadmill, a walker on it, and a grip unit.",
    )
    add_machine_arguments(parser)
    add_bench_arguments(parser)
    parser.add_argument("--strap", action="store_true", help="a heart-rate strap on the air, too")
    parser.add_argument("--pod", action="store_true", help="a sensor of the belt's speed, too")
    return parser


def add_bench_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--grip", default="pty", metavar="pty|tcp:HOST:PORT")
    parser.add_argument("--relay", default="none", metavar="pty|tcp:HOST:PORT|none")
    parser.add_argument("--script", default="auto", choices=SCRIPTS)


async def _serve(arguments: argparse.Namespace) -> None:
    scene = Scene(seed=arguments.seed)
    scene.afflict(arguments.fault)
    mouth = Mouth(sys.stdout.fileno())
    bench = Bench(scene, mouth)
    radio = (arguments.transport, arguments.address, arguments.name)
    async with (
        open_port(arguments.grip) as port,
        relay_in_circuit(arguments.relay, bench) as relay,
        on_air_too(arguments.transport, strap=arguments.strap, pod=arguments.pod) as bench.worn,
        on_air(*radio, scene.treadmill, bench.witness.requested) as (peripheral, lost),
    ):
        names = {"address": arguments.address, "name": arguments.name}
        identity, grid = named(scene.treadmill.firmware.machine)
        facts: dict[str, object] = {"identity": identity, "grid": grid, **names}
        mouth.tell("ready", None, grip=port.address, relay=relay, **facts)
        listen(bench)
        turning = bench.run(peripheral, port, arguments.script)
        await first_of(turning, bench.tell_worn(), lost.wait(), bench.ended.wait())


@contextlib.asynccontextmanager
async def relay_in_circuit(place: str, bench: Bench) -> AsyncIterator[str | None]:
    """The address of a relay unit in the treadmill's safety circuit; None if none is fitted."""
    if place == "none":
        yield None
        return
    async with open_wire(place) as wire:
        bench.relay = RelayUnit(wire, bench.contact, bench.ordered)
        bench.relay.begin()
        yield wire.address


def listen(bench: Bench) -> None:
    """Lines of standard input to `bench`; its end ends the bench, but not that of a file.

    A thread reads it: asyncio cannot watch every kind of file, and would make a terminal
    non-blocking for the programs that share it.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bench.ended.set)

    def tell_loop(what: Callable[..., None], *facts: str) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(what, *facts)

    def read() -> None:
        kind = os.fstat(0).st_mode
        pending = b""
        while octets := os.read(0, 4096):
            *lines, pending = (pending + octets).split(b"\n")
            for line in lines:
                tell_loop(bench.take, line.decode("utf-8", "replace"))
        if os.isatty(0) or not (stat.S_ISREG(kind) or stat.S_ISCHR(kind)):
            tell_loop(bench.ended.set)

    threading.Thread(target=read, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
