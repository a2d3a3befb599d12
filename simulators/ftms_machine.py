"""A Bluetooth treadmill with nobody on it.

    python -m simulators.ftms_machine --transport unix:/tmp/air

The transport is any of Bumble's: the virtual air of `simulators.radio`, a USB dongle (`usb:0`), a
serial controller (`serial:…`).
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable

from simulators.clock import ticks
from simulators.ftms_peripheral import Peripheral, on_air
from simulators.lifetime import ended
from simulators.scene import Scene
from simulators.witness import Mouth, Witness

NAME = "Retrotread Sim"
ADDRESS = "F0:52:54:52:44:01"
"""A random static address: its two upper bits are set."""

TICK_S = 0.01


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
        prog="python -m simulators.ftms_machine",
        description="A Bluetooth treadmill with nobody on it.",
    )
    add_machine_arguments(parser)
    return parser


def add_machine_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--transport", required=True, help="one of Bumble's: unix:PATH, usb:0, …")
    parser.add_argument("--address", default=ADDRESS, type=_address)
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME")
    parser.add_argument("--seed", type=int, default=0)


def _address(text: str) -> str:
    if re.fullmatch("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form {ADDRESS}")
    return text.upper()


async def _serve(arguments: argparse.Namespace) -> None:
    scene = Scene(seed=arguments.seed)
    scene.afflict(arguments.fault)
    scene.intend("step off")
    mouth = Mouth(sys.stdout.fileno())
    witness = Witness(scene, mouth.tell)
    where = (arguments.transport, arguments.address, arguments.name)
    async with on_air(*where, scene.treadmill, witness.requested) as (peripheral, lost):
        mouth.tell("ready", address=arguments.address, name=arguments.name)
        await first_of(_run(scene, witness, peripheral), lost.wait(), ended())


async def _run(scene: Scene, witness: Witness, peripheral: Peripheral) -> None:
    async for dt_s in ticks(TICK_S):
        scene.advance(dt_s)
        witness.watch()
        await peripheral.report()


async def first_of(*parts: Awaitable[object]) -> None:
    """Return, or raise, as soon as one of the parts does; the others are cancelled."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


if __name__ == "__main__":
    sys.exit(main())
