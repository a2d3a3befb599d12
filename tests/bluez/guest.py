"""`python -m tests.bluez.guest [STEP…]`, in the machine: take the steps, tell of each in one line.

Standard output is the machine's console; what begins with `MARK` is for whoever started it.
"""

import asyncio
import json
import sys
import time
import traceback
from pathlib import Path

from controller.cli.failure import Failure
from tests.bluez.radio import Stack, stack
from tests.bluez.steps import STEPS, Figures

MARK = "@bluez "
LOG = Path("/tmp/bluez.log")  # noqa: S108 - in a machine of its own
LIMIT_S = 180.0
"""For one step, of the guest's seconds."""


def tell(event: str, **facts: object) -> None:
    print(f"\n{MARK}{json.dumps({'event': event, **facts})}", flush=True)


async def take(name: str, there: Stack) -> None:
    """One step; whatever it raises is told, and the next one is taken all the same."""
    tell("begun", step=name)
    began_s = time.monotonic()
    figures: Figures = {}
    why = ""
    try:
        async with asyncio.timeout(LIMIT_S):
            figures = await STEPS[name](there)
    except Failure as failure:
        why = str(failure)
    except Exception as error:
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}"
    guest_s = round(time.monotonic() - began_s, 1)
    tell("ended", step=name, guest_s=guest_s, why=why, figures=figures)


async def main(names: list[str]) -> None:
    tell("begun", step="BlueZ")
    try:
        async with stack(LOG) as there:
            tell("ended", step="BlueZ", guest_s=round(time.monotonic(), 1), why="", figures={})
            for name in names or STEPS:
                await take(name, there)
    except Exception as error:
        traceback.print_exc()
        tell("ended", step="BlueZ", guest_s=0.0, why=repr(error), figures={})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
    print(LOG.read_text())
