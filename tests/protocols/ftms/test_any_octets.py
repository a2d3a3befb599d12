"""Whatever flags and octets a peer invents, decoding answers; it never raises."""

from random import Random

import pytest

from protocols.ftms.treadmill_data import Merger, decode

LONGEST = 40


@pytest.mark.parametrize("count", [100_000, pytest.param(10_000_000, marks=pytest.mark.deep)])
@pytest.mark.timeout(3600)
def test_no_sequence_of_flags_is_an_exception(count: int) -> None:
    """One merger hears all of it, so that every packet meets whatever the ones before have left."""
    rng, merger, whole = Random(count), Merger(), 0
    for _ in range(count):
        octets = rng.randbytes(rng.randrange(LONGEST))
        record = merger.feed(octets)
        if record is not None:
            whole += 1
            assert record.flags == decode(octets).flags or merger.dropped or record.more_data == 0
    assert whole > count / 4
