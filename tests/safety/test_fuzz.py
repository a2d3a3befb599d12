"""No parser raises anything but its own error, whatever the octets; and no set-point is rounded up.

`python -m tests.safety.fuzz` does the same for hours, led by coverage.
"""

import random

import pytest

from protocols.belt import SpeedGrid
from protocols.ftms import procedures
from tests.safety.fuzz.corpus import damaged, seeds
from tests.safety.fuzz.parsers import PARSERS

EACH = 3_000
SEED = 4
GRIDS = (
    SpeedGrid(50, 600, 10, 360.0),
    SpeedGrid(10, 2000, 1, 360.0),
    SpeedGrid(80, 320, 80, 360.0),
    SpeedGrid(0, 65535, 1, 360.0),
    SpeedGrid(1, 255, 1, 22.369),
    SpeedGrid(5, 120, 5, 22.3693629),
)


@pytest.mark.parametrize("name", PARSERS)
def test_no_parser_raises_for_damaged_octets(name: str) -> None:
    parser, chance, known = PARSERS[name], random.Random(f"{SEED} {name}"), seeds()
    for octets in known:
        parser(octets)
    for _ in range(EACH):
        parser(damaged(chance, known))
    for _ in range(EACH // 3):
        parser(chance.randbytes(chance.randrange(40)))


def test_every_set_point_is_written_as_it_is_read() -> None:
    """All 65,536 codes (S1)."""
    for units in range(0x10000):
        asked = procedures.decode_request(procedures.set_target_speed(units))
        assert asked is not None
        assert (asked.op, asked.values, asked.trailing, asked.fault) == (
            *(procedures.OpCode.SET_TARGET_SPEED, (units,), b"", None),
        )


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_no_speed_is_rounded_up_to_the_grid(grid: SpeedGrid) -> None:
    """Every speed on and about every point of the grid."""
    for units in range(grid.maximum + grid.increment):
        for off in (-1e-12, 0.0, 1e-12, 0.4):
            speed_mps = (units + off) / grid.units_per_mps
            found = grid.floor(speed_mps)
            assert grid.mps(found) <= max(speed_mps, 0.0)
            assert not found or grid.minimum <= found <= grid.maximum
        on_grid = grid.minimum <= units <= grid.maximum
        if units and on_grid and (units - grid.minimum) % grid.increment == 0:
            assert grid.floor(grid.mps(units)) == units
