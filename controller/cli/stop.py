"""`retrotread stop`: Stop one treadmill, verified, without a service."""

import asyncio
import logging

from controller.cli.failure import Failure
from controller.stopper import stop_belt
from drivers import address
from drivers.address import AddressError, Place
from drivers.links import LinkError
from protocols.serial_machines import Fitting


def run(text: str, adapter: str, seconds: float, baud: int | None) -> None:
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        asyncio.run(_stop(address.treadmill(text), adapter, seconds, Fitting(baud=baud)))
    except (AddressError, LinkError) as error:
        raise Failure(str(error)) from error
    except TimeoutError:
        raise Failure(
            f"The stop of {text} could not be verified within {seconds:g} seconds. "
            "Pull the treadmill's safety key."
        ) from None
    print(f"{text} has stopped: its belt was seen at rest.")


async def _stop(place: Place, adapter: str, seconds: float, fitting: Fitting) -> None:
    async with asyncio.timeout(seconds):
        await stop_belt(place, adapter, lambda: print("Stop sent.", flush=True), fitting)
