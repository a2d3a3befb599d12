"""Whatever flags and octets a peer invents, decoding answers; it never raises."""

from random import Random

import pytest

from protocols.ftms.treadmill_data import Merger, decode

LONGEST = 40


@pytest.mark.parametrize("count", [100_000, pytest.param(10_000_000, marks=pytest.mark.deep)])
@pytest.mark.timeout(3600)
def test_no_sequence_of_flags_is_an_exception(count: int) -> None:
    """One merger hears all of it, so that every packet meets whatever the ones before have left.

    Ten packets in a row have their flags and their length in common: each pair has a reader made.
    """
    rng, merger, whole = Random(count), Merger(), 0
    for _ in range(count // 10):
        flags, length = rng.randbytes(2), rng.randrange(LONGEST)
        for _ in range(10):
            octets = (flags + rng.randbytes(length))[:length]
            assert decode(octets).truncated or length > 1
            record = merger.feed(octets)
            whole += record is not None
            assert record is None or not record.more_data
    assert whole > count / 4
