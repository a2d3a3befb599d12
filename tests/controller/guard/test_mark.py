"""How the guard reads what the service before has left on the disk."""

from pathlib import Path

import pytest

from controller.guard.mark import CLEAN, rests
from controller.records.latch_store import encode
from controller.safety import mark
from controller.safety.mark import Mark


def test_the_guard_knows_the_mark_of_a_clean_end_as_it_is_written() -> None:
    assert encode(mark.CLEAN) == CLEAN


@pytest.mark.parametrize(
    "octets",
    [
        encode(Mark(moving=True)),
        encode(Mark(moving=False, cause="grip_released")),
        CLEAN[:-1],
        CLEAN.replace(b"1", b"2", 1),
        b"",
    ],
)
def test_any_other_mark_may_be_of_a_belt_that_moves(tmp_path: Path, octets: bytes) -> None:
    latch = tmp_path / "latch"
    latch.write_bytes(octets)
    assert not rests(latch)


def test_a_belt_was_left_at_rest_by_a_clean_end_and_where_there_was_no_service(
    tmp_path: Path,
) -> None:
    latch = tmp_path / "latch"
    assert rests(latch)
    latch.write_bytes(CLEAN)
    assert rests(latch)


def test_a_mark_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "latch").mkdir()
    assert not rests(tmp_path / "latch")
