"""What an FTMS treadmill says of itself when it is read: its speeds, its inclines, its names.

A machine that refuses a read does not say it; a link that fails raises `LinkError`.
"""

import logging

from drivers.links import GattLink, LinkError
from protocols.belt import Identity, InclineGrid, SpeedGrid
from protocols.device_information import text
from protocols.errors import ProtocolError
from protocols.ftms import uuids
from protocols.ftms.features import Features
from protocols.ftms.ranges import InclinationRange, SpeedRange

IDENTITY = (uuids.MODEL_NUMBER, uuids.FIRMWARE_REVISION, uuids.SERIAL_NUMBER)

_log = logging.getLogger(__name__)


async def speeds(link: GattLink) -> SpeedGrid | None:
    """The speeds it accepts; None makes it a machine that can be watched and stopped only."""
    if not link.properties(uuids.SPEED_RANGE):
        return None
    try:
        return SpeedRange.from_bytes(await link.read(uuids.SPEED_RANGE)).grid()
    except (ProtocolError, LinkError) as error:
        if isinstance(error, LinkError) and error.att_error is None:
            raise
        _log.warning("The treadmill names no speeds that can be used: %s", error)
        return None


async def inclines(link: GattLink) -> InclineGrid | None:
    """The inclines it accepts, if it claims to accept any and names a range of them."""
    try:
        features = Features.from_bytes(await _octets(link, uuids.FEATURE))
        if "inclination" not in features.target_settings:
            return None
        return InclinationRange.from_bytes(await _octets(link, uuids.INCLINATION_RANGE)).grid()
    except ProtocolError:
        return None


async def identity(link: GattLink) -> Identity:
    return Identity(*[text(await _octets(link, uuid)) for uuid in IDENTITY])


async def _octets(link: GattLink, uuid: str) -> bytes:
    """What the machine says there; nothing if it does not, or refuses to."""
    if "read" not in link.properties(uuid):
        return b""
    try:
        return await link.read(uuid)
    except LinkError as error:
        if error.att_error is None:
            raise
        return b""
