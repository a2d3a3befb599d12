"""The guard's second writer, warm: everything imported, waiting for one word on standard input.

    python -m controller.standby PLAN     a line "stop" stops the belt, end of file ends it

Says on standard output, one JSON line each: `ready`, `heard` when told to stop, `stop_sent`,
`verified`, with `at_ns` of the monotonic clock. Of a plan that cannot work it says nothing: control
does, which has the same one. Once told to stop it goes on until it sees rest, whoever listens.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from pathlib import Path

from controller import realtime
from controller.log import Log
from controller.plan import Plan
from controller.stopper import stop_belt
from drivers import adapter, address
from drivers.links import LinkError
from drivers.machines import check
from protocols.serial_machines import Fitting

STDOUT = 1


def say(event: str) -> None:
    """Past `sys.stdout`: what it kept of a line could not be flushed at the end either."""
    line = json.dumps({"event": event, "at_ns": time.monotonic_ns()})
    with contextlib.suppress(OSError):  # the guard may die in the midst of a stop
        os.write(STDOUT, line.encode() + b"\n")


def main(argv: list[str]) -> int:
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING, handlers=[Log()])
    plan = Plan.load(Path(argv[1]))
    try:
        place, fitting = address.treadmill(plan.treadmill), Fitting(**plan.machine)
        adapter.bleak_arguments(plan.adapter)
        check(place, fitting)
    except (ValueError, LinkError):
        return 1
    if plan.realtime:
        realtime.settle(realtime.CONTROL)
    say("ready")
    for line in sys.stdin:
        if line.strip() == "stop":
            say("heard")
            asyncio.run(stop_belt(place, plan.adapter, lambda: say("stop_sent"), fitting))
            say("verified")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
