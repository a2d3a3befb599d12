"""A serial treadmill, a walker, a grip unit and a relay in one process, on real ports.

    python -m simulators.serial_bench --machine trackmaster [--port pty|tcp:HOST:PORT]
                                      [--fault NAME] [--script none] [--relay pty]

It tells and takes the same lines as `simulators.bench`; `address` in its `ready` is the
treadmill's port.
"""

import argparse
import asyncio
import sys

from simulators.bench import Bench, add_bench_arguments, listen, relay_in_circuit
from simulators.ftms_machine import first_of
from simulators.grip_unit import open_port
from simulators.scene import Scene
from simulators.serial_machines import MACHINES, SerialEnd, machine
from simulators.wire import open_wire
from simulators.witness import Mouth


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
        prog="python -m simulators.serial_bench",
        description="A serial treadmill, a walker on it, and a grip unit.",
    )
    parser.add_argument("--machine", required=True, choices=MACHINES)
    parser.add_argument("--port", default="pty", metavar="pty|tcp:HOST:PORT")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME")
    parser.add_argument("--seed", type=int, default=0)
    add_bench_arguments(parser)
    return parser


async def _serve(arguments: argparse.Namespace) -> None:
    scene = Scene(seed=arguments.seed, serial=True)
    scene.afflict(arguments.fault)
    mouth = Mouth(sys.stdout.fileno())
    bench = Bench(scene, mouth)
    one = machine(arguments.machine, scene.treadmill, bench.witness.commanded)
    bench.witness.reverse = lambda: one.reverse
    async with (
        open_port(arguments.grip) as port,
        open_wire(arguments.port, "The treadmill") as wire,
        relay_in_circuit(arguments.relay, bench) as relay,
    ):
        end = SerialEnd(one, wire, lambda: scene.now_s)
        named = {"address": wire.address, "name": arguments.machine}
        mouth.tell("ready", grip=port.address, relay=relay, **named)
        listen(bench)
        await first_of(bench.run(end, port, arguments.script), bench.ended.wait())


if __name__ == "__main__":
    sys.exit(main())
