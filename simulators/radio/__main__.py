"""`python -m simulators.radio`: serve one virtual air until told to end."""

import argparse
import asyncio
import json
import sys

from simulators.lifetime import end
from simulators.radio.air import Air
from simulators.radio.link import Physics
from simulators.radio.server import adapter_of, serving


def main() -> int:
    arguments = _parser().parse_args()
    try:
        asyncio.run(_serve(arguments))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The virtual air cannot listen at {arguments.listen}: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.radio",
        description="A virtual Bluetooth LE air. Each H4 client gets a controller of its own.",
    )
    parser.add_argument("--listen", required=True, metavar="unix:PATH|tcp:HOST:PORT")
    parser.add_argument(
        "--interval-ms", type=float, default=0.0, help="connection interval; 0: at once (default)"
    )
    parser.add_argument("--supervision-ms", type=float, default=420.0)
    parser.add_argument("--loss-pct", type=float, default=0.0, help="connection events that fail")
    parser.add_argument("--seed", type=int, default=0)
    return parser


async def _serve(arguments: argparse.Namespace) -> None:
    physics = Physics(
        interval_s=arguments.interval_ms / 1000,
        supervision_s=arguments.supervision_ms / 1000,
        loss=arguments.loss_pct / 100,
        seed=arguments.seed,
    )
    told_to_end = await end()
    async with serving(Air(physics), arguments.listen) as address:
        ready = {"event": "listening", "address": address, "adapter": adapter_of(address)}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await told_to_end.wait()


if __name__ == "__main__":
    sys.exit(main())
