"""What a receiver makes of octets that were sent at another baud rate, bit by bit, 8N1."""

from collections.abc import Callable, Iterator


def heard(octets: bytes, sent_baud: int, read_baud: int) -> bytes:
    """The octets that a receiver at `read_baud` samples out of a line spoken at `sent_baud`."""
    levels = [1] * 4 + [bit for octet in octets for bit in _bits(octet)] + [1] * 24
    ratio = sent_baud / read_baud

    def level(at: float) -> int:
        return levels[min(int(at * ratio), len(levels) - 1)]

    return bytes(_frames(level, int(len(levels) / ratio) - 12))


def _bits(octet: int) -> list[int]:
    return [0, *(octet >> bit & 1 for bit in range(8)), 1]


def _frames(level: Callable[[float], int], end: int) -> Iterator[int]:
    at = 0.0
    while at < end:
        if level(at):
            at += 0.25
            continue
        yield sum(level(at + 1.5 + bit) << bit for bit in range(8))
        at += 9.5
        while at < end and not level(at):
            at += 0.25
