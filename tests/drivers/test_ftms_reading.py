"""Which inclines a treadmill is taken at its word for."""

import pytest

from drivers import ftms_reading as reading
from drivers.links import LinkError
from protocols.belt import InclineGrid
from protocols.ftms import uuids
from protocols.ftms.features import Features
from protocols.ftms.ranges import InclinationRange
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import in_virtual_time

CLAIMS = bytes(Features.naming(("inclination",), ("speed", "inclination")))
CLAIMS_NONE = bytes(Features.naming(("inclination",), ("speed",)))


@in_virtual_time
async def test_a_claim_and_a_range_make_inclines() -> None:
    assert await reading.inclines(MachineLink()) == InclineGrid(0, 100, 5, 10)


@pytest.mark.parametrize(
    ("uuid", "octets"),
    [
        (uuids.FEATURE, CLAIMS_NONE),
        (uuids.FEATURE, b"\x00"),
        (uuids.INCLINATION_RANGE, b"\x00\x00"),
        (uuids.INCLINATION_RANGE, bytes(InclinationRange(0, 0, 0))),
        (uuids.INCLINATION_RANGE, bytes(InclinationRange(50, 0, 5))),
    ],
)
def test_without_either_there_are_none(uuid: str, octets: bytes) -> None:
    @in_virtual_time
    async def story() -> None:
        link = MachineLink()
        link.fixed[uuid] = octets
        assert await reading.inclines(link) is None

    story()


@pytest.mark.parametrize("uuid", [uuids.FEATURE, uuids.INCLINATION_RANGE])
def test_a_characteristic_that_is_not_there_is_no_word(uuid: str) -> None:
    @in_virtual_time
    async def story() -> None:
        link = MachineLink()
        link.offered = {each: how for each, how in link.offered.items() if each != uuid}
        assert await reading.inclines(link) is None

    story()


class Refusing(MachineLink):
    """It refuses to be read, or the link fails."""

    att_error: int | None = None

    async def read(self, uuid: str) -> bytes:
        raise LinkError("The treadmill refuses.", self.att_error)


def test_a_machine_that_refuses_says_nothing_and_a_link_that_fails_is_one_that_fails() -> None:
    @in_virtual_time
    async def story() -> None:
        link = Refusing()
        with pytest.raises(LinkError):
            await reading.inclines(link)
        link.att_error = 0x02
        assert await reading.inclines(link) is None

    story()


def test_a_claim_is_of_the_targets_not_of_what_is_measured() -> None:
    assert "inclination" in Features.from_bytes(CLAIMS).target_settings
    assert "inclination" not in Features.from_bytes(CLAIMS_NONE).target_settings
