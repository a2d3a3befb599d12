"""The pauses between two attempts."""

import itertools

from drivers.reconnect import FIRST_S, LAST_S, delays_s


def test_pauses_double_up_to_a_limit_and_never_end() -> None:
    pauses_s = list(itertools.islice(delays_s(), 100))
    assert pauses_s[:6] == [FIRST_S, 0.5, 1.0, 2.0, LAST_S, LAST_S]
    assert set(pauses_s[6:]) == {LAST_S}
