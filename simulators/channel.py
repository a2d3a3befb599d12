"""A way from one end to the other that loses, delays and damages what it carries. Pure, seeded.

The same for a radio's notifications and for a grip unit's line: octets in, parcels out, each with
the time it takes. Without troubles a parcel arrives at once and whole.
"""

from collections.abc import Callable, Sequence
from math import inf
from random import Random
from typing import NamedTuple

from simulators.trouble import Clocks, Trouble


class Parcel(NamedTuple):
    """Octets, and after how many seconds they arrive."""

    delay_s: float
    octets: bytes


Effect = Callable[[Parcel, float, Trouble, Random], list[Parcel]]
"""What becomes of a parcel so many seconds into the trouble's window."""


class Channel:
    """Carries in order, unless a trouble shuffles. Same seed and calls, same parcels."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = Random(seed)
        self._last_at_s = -inf

    def carry(
        self, octets: bytes, troubles: Sequence[Trouble], clocks: Clocks, now_s: float
    ) -> list[Parcel]:
        """The parcels that arrive for octets sent at `now_s`; none if they are lost."""
        parcels = [Parcel(0.0, octets)]
        if not troubles:
            return parcels
        shuffled = False
        for trouble in troubles:
            into_s = trouble.into_s(clocks)
            if into_s is not None:
                shuffled = shuffled or trouble.what == "shuffle"
                parcels = [
                    after for parcel in parcels for after in self._suffer(parcel, into_s, trouble)
                ]
        return parcels if shuffled else self._in_order(parcels, now_s)

    def _suffer(self, parcel: Parcel, into_s: float, trouble: Trouble) -> list[Parcel]:
        if trouble.share < 1.0 and self._chance.random() >= trouble.share:
            return [parcel]
        return EFFECTS[trouble.what](parcel, into_s, trouble, self._chance)

    def _in_order(self, parcels: list[Parcel], now_s: float) -> list[Parcel]:
        """A delayed parcel holds up those behind it, as on any wire and on Bluetooth."""
        ordered = []
        for parcel in parcels:
            self._last_at_s = max(self._last_at_s, now_s + parcel.delay_s)
            ordered.append(Parcel(self._last_at_s - now_s, parcel.octets))
        return ordered


def _lose(_parcel: Parcel, _into_s: float, _trouble: Trouble, _chance: Random) -> list[Parcel]:
    return []


def _delay(parcel: Parcel, _into_s: float, trouble: Trouble, _chance: Random) -> list[Parcel]:
    return [Parcel(parcel.delay_s + trouble.by, parcel.octets)]


def _jitter(parcel: Parcel, _into_s: float, trouble: Trouble, chance: Random) -> list[Parcel]:
    return [Parcel(parcel.delay_s + trouble.by * chance.random(), parcel.octets)]


def _hold(parcel: Parcel, into_s: float, trouble: Trouble, _chance: Random) -> list[Parcel]:
    """Until the window ends; then all that was held comes in one burst."""
    return [Parcel(parcel.delay_s + trouble.lasts_s - into_s, parcel.octets)]


def _duplicate(parcel: Parcel, _into_s: float, _trouble: Trouble, _chance: Random) -> list[Parcel]:
    return [parcel, parcel]


def _tear(parcel: Parcel, _into_s: float, _trouble: Trouble, chance: Random) -> list[Parcel]:
    """Only the beginning arrives, possibly nothing of it."""
    kept = int(chance.random() * len(parcel.octets))
    return [Parcel(parcel.delay_s, parcel.octets[:kept])]


def _pad(parcel: Parcel, _into_s: float, trouble: Trouble, chance: Random) -> list[Parcel]:
    return [Parcel(parcel.delay_s, parcel.octets + chance.randbytes(int(trouble.by)))]


def _garble(parcel: Parcel, _into_s: float, _trouble: Trouble, chance: Random) -> list[Parcel]:
    """As many octets as were sent, none of them those."""
    return [Parcel(parcel.delay_s, chance.randbytes(len(parcel.octets)))]


def _flip(parcel: Parcel, _into_s: float, _trouble: Trouble, chance: Random) -> list[Parcel]:
    """One bit is the other."""
    octets = bytearray(parcel.octets)
    bit = int(chance.random() * 8 * len(octets))
    if octets:
        octets[bit // 8] ^= 1 << bit % 8
    return [Parcel(parcel.delay_s, bytes(octets))]


EFFECTS: dict[str, Effect] = {
    "lose": _lose,
    "delay": _delay,
    "jitter": _jitter,
    "shuffle": _jitter,
    "hold": _hold,
    "duplicate": _duplicate,
    "tear": _tear,
    "pad": _pad,
    "garble": _garble,
    "flip": _flip,
}
"""`by`: seconds for delay, jitter (at most) and shuffle (at most); octets for pad."""
