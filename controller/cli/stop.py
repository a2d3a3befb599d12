"""`retrotread stop`: Stop one treadmill, verified, without a service."""

import asyncio
import logging
from urllib.parse import urlsplit

from controller.cli.failure import Failure, MisuseFailure
from controller.cli.standing import STDOUT, tell
from controller.stopper import stop_belt
from drivers import address
from drivers.adapter import bleak_arguments
from drivers.address import FTMS, AddressError, Place
from drivers.links import LinkError
from protocols.serial_machines import Fitting

SOCKET = "socket://"


class LastWord(logging.Handler):
    """Keeps what the driver said last of its link, in place of printing all of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(logging.Filter("drivers"))
        self.sentence = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.sentence = record.getMessage()


def run(text: str, adapter: str, seconds: float, baud: int | None) -> None:
    place = _place(text, adapter)
    printed, last = logging.StreamHandler(), LastWord()
    printed.setLevel(logging.ERROR)
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[printed, last])
    try:
        asyncio.run(_stop(place, adapter, seconds, Fitting(baud=baud), last))
    except LinkError as error:
        raise Failure(str(error)) from error
    except TimeoutError:
        raise Failure(
            f"The stop of {text} could not be verified within {seconds:g} seconds. "
            f"Pull the treadmill's safety key. {last.sentence}".rstrip()
        ) from None
    print(f"{text} has stopped: its belt was seen at rest.")


def _place(text: str, adapter: str) -> Place:
    """Raises: `MisuseFailure` for what could not be reached however long it is tried."""
    try:
        place = address.treadmill(text)
        if place.kind == FTMS:
            bleak_arguments(adapter)
    except (AddressError, LinkError) as error:
        raise MisuseFailure(str(error)) from error
    if place.target.startswith(SOCKET) and not _has_a_port(place.target):
        raise MisuseFailure(
            f"{place.target!r} cannot be reached. Write {place.kind}:{SOCKET}HOST:PORT, with a "
            "port from 1 to 65535."
        )
    return place


def _has_a_port(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname and urlsplit(url).port)
    except ValueError:
        return False


async def _stop(
    place: Place, adapter: str, seconds: float, fitting: Fitting, last: LastWord
) -> None:
    def sent() -> None:
        last.sentence = ""
        tell(STDOUT, "Stop sent.")

    async with asyncio.timeout(seconds):
        await stop_belt(place, adapter, sent, fitting)
