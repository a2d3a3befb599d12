"""The radio link to a treadmill as it fails: what of a write or a notification gets through. Pure.

A treadmill carries its link (`Treadmill.link`), so the same model serves Bluetooth and virtual
time. Whoever stands between a client and a `Treadmill` makes these calls:

1. For a write: `passage = treadmill.arriving()`. Wait `passage.delay_s`. If it `arrives`,
   call `treadmill.firmware.write(…)`. Then finish the client's write: with `passage.att_error` or
   the firmware's own error as a failure, as written if `acked`, else not before the link is cut.
   After the answer's `delay_s` call `treadmill.firmware.answered()` and send the response as 2.
2. For all that the machine says (each of `treadmill.due()`, each response):
   `treadmill.leaving(uuid, octets)` gives parcels; deliver each after its `delay_s`.
3. After each slice of time: where `treadmill.reachable` is False cut the link, and let nobody
   connect until it is True. Tell of every link with `treadmill.connected()` and
   `treadmill.disconnected()`.

`tests/drivers/machine_link.py` is such a harness in virtual time, `simulators.ftms_peripheral` the
one on Bluetooth.
"""

from collections.abc import Callable, Sequence
from math import inf
from random import Random
from typing import NamedTuple

from simulators.channel import EFFECTS, Channel, Parcel
from simulators.trouble import Clocks, Trouble

UNLIKELY_ERROR = 0x0E
"""The ATT error of a peer that cannot say what went wrong."""

ANSWERS = "answers "
"""Begins the name of an effect that befalls the control point's responses."""

_OF_BOTH = ("delay", "jitter", "hold")
"""What holds up reports holds up responses too."""


class Passage(NamedTuple):
    """What becomes of a write. `acked`: the client is told that it was written."""

    delay_s: float = 0.0
    arrives: bool = True
    acked: bool = True
    att_error: int | None = None


FREE = Passage()


class LinkModel:
    """Draws its chance from `seed`; the troubles are the machine's own and come with each call."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = Random(seed)
        self._reports = Channel(seed + 1)
        self._answers = Channel(seed + 2)
        self._cut_until_s = -inf

    def arriving(self, troubles: Sequence[Trouble], clocks: Clocks) -> Passage:
        passage = FREE
        for trouble in troubles:
            if trouble.what in WRITES and trouble.active(clocks) and self._happens(trouble):
                passage = WRITES[trouble.what](passage, trouble.by)
        return passage

    def leaving(
        self,
        octets: bytes,
        troubles: Sequence[Trouble],
        clocks: Clocks,
        now_s: float,
        *,
        answer: bool,
    ) -> list[Parcel]:
        channel = self._answers if answer else self._reports
        return channel.carry(octets, _befalling(troubles, answer=answer), clocks, now_s)

    def reachable(self, troubles: Sequence[Trouble], clocks: Clocks, now_s: float) -> bool:
        if now_s < self._cut_until_s:
            return False
        return not any(trouble.what == "cut" and trouble.active(clocks) for trouble in troubles)

    def cut_until(self, at_s: float) -> None:
        """The machine itself is gone, as while it starts up again."""
        self._cut_until_s = at_s

    def _happens(self, trouble: Trouble) -> bool:
        return trouble.share >= 1.0 or self._chance.random() < trouble.share


def _befalling(troubles: Sequence[Trouble], *, answer: bool) -> list[Trouble]:
    """Those that befall a response, or else a report, by their names in `EFFECTS`."""
    if not troubles:
        return []
    if not answer:
        return [trouble for trouble in troubles if trouble.what in EFFECTS]
    own = [
        trouble._replace(what=trouble.what.removeprefix(ANSWERS))
        for trouble in troubles
        if trouble.what.startswith(ANSWERS)
    ]
    return own + [trouble for trouble in troubles if trouble.what in _OF_BOTH]


WRITES: dict[str, Callable[[Passage, float], Passage]] = {
    "hang": lambda passage, _by: passage._replace(arrives=False, acked=False),
    "swallow": lambda passage, _by: passage._replace(arrives=False),
    "unacked": lambda passage, _by: passage._replace(acked=False),
    "late": lambda passage, by: passage._replace(delay_s=passage.delay_s + by),
    "refuse": lambda passage, _by: passage._replace(arrives=False, att_error=UNLIKELY_ERROR),
}
"""What can happen to a write; it is `late` by so many seconds."""
