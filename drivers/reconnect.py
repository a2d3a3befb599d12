"""How long to wait before trying a lost device again."""

from collections.abc import Iterator

FIRST_S = 0.25
"""A treadmill advertises again within a second of losing its central."""
LAST_S = 4.0


def delays_s() -> Iterator[float]:
    """Doubling delays in seconds, without end. Take a new iterator after each success."""
    delay_s = FIRST_S
    while True:
        yield delay_s
        delay_s = min(2 * delay_s, LAST_S)
