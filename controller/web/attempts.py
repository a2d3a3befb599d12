"""How often a PIN may be tried. Time is an argument; nothing is stored.

Guessing is slowed, nobody is locked out. Two counts are kept: of each address, whatever name it
tries, and of each name, over all addresses that have never been let in by it. So whoever guesses
from many places holds up other strangers to that name, and neither the tablet that was signed in
before nor the console's own computer.
"""

import ipaddress
from collections import OrderedDict
from typing import TypeVar

FREE = 5
"""Tries before the first wait: a person who is not sure of a PIN."""
WAIT_S, LONGEST_WAIT_S = 60.0, 15 * 60.0
"""After the last free try, and doubled with each further one up to the longest."""
FORGOTTEN_S = 60 * 60.0
"""After so long without a try a count begins anew."""
KEPT = 1024
"""Counts kept; the oldest are forgotten first."""

Key = tuple[str, str]
Value = TypeVar("Value")


class Attempts:
    """A million PINs at one try in 15 minutes take 28 years."""

    def __init__(self) -> None:
        self._tried: OrderedDict[Key, tuple[int, float]] = OrderedDict()
        self._known: OrderedDict[Key, None] = OrderedDict()

    def wait_s(self, name: str, address: str, now_s: float) -> float:
        """How long this try must wait; 0 if it may be made, and then it counts."""
        keys = self._keys(name, address)
        wait_s = max(self._left_s(key, now_s) for key in keys)
        if wait_s <= 0:
            for key in keys:
                self._count(key, now_s)
        return max(0.0, wait_s)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the slips of one who then knew the PIN, and know the place."""
        for key in self._keys(name, address):
            self._tried.pop(key, None)
        _keep(self._known, (name, network(address)), None)

    def _keys(self, name: str, address: str) -> list[Key]:
        place = network(address)
        keys = [("address", place)]
        if (name, place) not in self._known and place != LOOPBACK:
            keys.append(("name", name))
        return keys

    def _left_s(self, key: Key, now_s: float) -> float:
        count, at_s = self._tried.get(key, (0, now_s))
        if count < FREE or now_s - at_s >= FORGOTTEN_S:
            return 0.0
        wait_s = min(WAIT_S * 2.0 ** min(count - FREE, 16), LONGEST_WAIT_S)
        return at_s + wait_s - now_s

    def _count(self, key: Key, now_s: float) -> None:
        count, at_s = self._tried.pop(key, (0, now_s))
        count = 0 if now_s - at_s >= FORGOTTEN_S else count
        _keep(self._tried, key, (count + 1, now_s))


LOOPBACK = "loopback"


def network(address: str) -> str:
    """What counts as one place: an IPv4 address, or the 64 bits that an IPv6 network gives out."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.is_loopback:
        return LOOPBACK
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)
