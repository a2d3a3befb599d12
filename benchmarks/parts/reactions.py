"""What many trials gave: the nanoseconds of those that count, the number of those that do not."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class End(NamedTuple):
    """How a trial ended: when the release was read, when Stop was handed over, what caused it."""

    read_ns: int
    stopped_ns: int
    cause: str


@dataclass
class Reactions:
    """Of every trial that counts, in order, nanoseconds:

    - `wire`: octets leave the injector → octets read at the process.
    - `own`: octets read → Stop handed to the link.
    - `whole`: both together.

    `excluded`: trials in which something else had stopped the walk before the release, by cause.
    `missing`: trials without a Stop.
    """

    wire: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    missing: int = 0

    def add(self, released_ns: int | None, end: End | None) -> None:
        if end is None:
            self.missing += 1
        elif released_ns is None or end.stopped_ns < released_ns:
            self.excluded[end.cause] += 1
        else:
            self.wire.append(end.read_ns - released_ns)
            self.own.append(end.stopped_ns - end.read_ns)
            self.whole.append(end.stopped_ns - released_ns)
