"""The relay's keeper: passes the guard's octets on to the relay, and tells of its contact.

    python -m controller.relay PLAN

Reads standard input: `.` is a heartbeat, `o` opens, `c` closes; its end opens too, for then there
is no guard. Says twice a second and on each change, with `at_ns` of the monotonic clock: `closed`,
`opened`, or `unseen` for a relay that does not answer. It adds no heartbeat of its own: if this
process hangs or dies, the relay drops.
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
from drivers import address
from drivers.address import AddressError
from drivers.links import LinkError
from drivers.relay import Relay, relay_at

STDIN, STDOUT = 0, 1
READ_LIMIT = 4096
TELL_S = 0.5
CONTACT = {True: "closed", False: "opened", None: "unseen"}


class Keeper:
    """Octets of the guard to the relay. `ended` is set at their end."""

    def __init__(self, place: str) -> None:
        self.ended = asyncio.Event()
        self.relay: Relay = relay_at(place, self.tell)

    def take(self, octets: bytes) -> None:
        """Several heartbeats that waited are one; an opening undoes what came before it."""
        _, opened, rest = octets.rpartition(b"o")
        if opened:
            self.relay.open()
        if b"." in rest:
            self.relay.beat()
        if b"c" in rest:
            self.relay.close()

    def read(self) -> None:
        octets = os.read(STDIN, READ_LIMIT)
        if octets:
            self.take(octets)
        else:
            self.relay.open()
            self.ended.set()

    def tell(self) -> None:
        event = {"event": CONTACT[self.relay.closed], "at_ns": time.monotonic_ns()}
        with contextlib.suppress(OSError):  # the guard may be gone before its last word is read
            os.write(STDOUT, json.dumps(event).encode() + b"\n")


async def serve(place: str) -> None:
    """Until standard input ends. Raises: `LinkError` for a relay that cannot be had."""
    keeper = Keeper(place)
    loop = asyncio.get_running_loop()
    async with keeper.relay:
        loop.add_reader(STDIN, keeper.read)
        while not keeper.ended.is_set():
            keeper.tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TELL_S):
                    await keeper.ended.wait()
        loop.remove_reader(STDIN)


def main(argv: list[str]) -> int:
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[Log()])
    plan = Plan.load(Path(argv[1]))
    if plan.realtime:
        realtime.settle(realtime.KEEPER)
    try:
        asyncio.run(serve(address.relay(plan.relay)))
    except (AddressError, LinkError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
