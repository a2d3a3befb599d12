"""`retrotread stop`: Stop one treadmill, verified, without a service."""

import asyncio
import logging

from controller.cli.failure import Failure
from controller.stopper import stop_belt
from drivers import address
from drivers.address import AddressError
from drivers.links import LinkError


def run(text: str, adapter: str, seconds: float) -> None:
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        asyncio.run(_stop(address.treadmill(text), adapter, seconds))
    except (AddressError, LinkError) as error:
        raise Failure(str(error)) from error
    except TimeoutError:
        raise Failure(
            f"The stop of {text} could not be verified within {seconds:g} seconds. "
            "Pull the treadmill's safety key."
        ) from None
    print(f"{text} has stopped: its belt was seen at rest.")


async def _stop(target: str, adapter: str, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await stop_belt(target, adapter, lambda: print("Stop sent.", flush=True))
