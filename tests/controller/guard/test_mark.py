"""How the guard reads what the service before has left on the disk."""

from pathlib import Path

import pytest

from controller.guard.mark import rests
from controller.records.latch_store import encode
from controller.safety.mark import CLEAN, Mark

LATCHED = Mark(moving=False, cause="grip_released")


@pytest.mark.parametrize("mark", [CLEAN, LATCHED])
def test_a_belt_was_left_at_rest_by_a_service_that_has_verified_it(
    tmp_path: Path, mark: Mark
) -> None:
    latch = tmp_path / "latch"
    latch.write_bytes(encode(mark))
    assert rests(latch)


@pytest.mark.parametrize(
    "octets",
    [
        encode(Mark(moving=True)),
        encode(Mark(moving=True, cause="grip_released")),
        encode(CLEAN)[:-1],
        encode(CLEAN) + b"\n",
        encode(CLEAN).replace(b"1", b"2", 1),
        encode(Mark(moving=True)).replace(b"true", b"false"),
        encode(LATCHED).replace(b"grip", b"gasp"),
        b"",
    ],
)
def test_any_other_mark_may_be_of_a_belt_that_moves(tmp_path: Path, octets: bytes) -> None:
    latch = tmp_path / "latch"
    latch.write_bytes(octets)
    assert not rests(latch)


def test_where_there_was_no_service_the_belt_was_left_at_rest(tmp_path: Path) -> None:
    assert rests(tmp_path / "latch")


def test_a_mark_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "latch").mkdir()
    assert not rests(tmp_path / "latch")
