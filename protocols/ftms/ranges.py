"""The ranges a machine accepts: speed, inclination, resistance, heart rate, power (2AD4…2AD8).

    minimum, maximum, increment

A range is a machine's word, and machines send odd ones: all zero (UREVO's inclination), or
mph × 100 where 0.01 km/h is due (FITSHOW FS-BT-T4), which nothing here can tell.
"""

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Self

from protocols.belt import InclineGrid, SpeedGrid
from protocols.errors import ProtocolError


@dataclass(frozen=True, slots=True)
class Range:
    """Integers in units of the wire."""

    minimum: int
    maximum: int
    increment: int

    QUANTITY: ClassVar[str]
    LAYOUT: ClassVar[Struct]

    @classmethod
    def from_bytes(cls, octets: bytes) -> Self:
        """A range one may rely on; surplus octets are ignored.

        Raises: `ProtocolError` if `octets` are too few or the range has a `fault`.
        """
        claimed = cls.as_claimed(octets)
        fault = claimed.fault
        if fault is not None:
            raise ProtocolError(fault, bytes(octets))
        return claimed

    @classmethod
    def as_claimed(cls, octets: bytes) -> Self:
        """The range as it was sent, faulty or not. Raises `ProtocolError` if octets are missing."""
        layout = cls.layout(len(octets))
        if len(octets) < layout.size:
            raise ProtocolError(
                f"The {cls.QUANTITY} range has {len(octets)} octets, but {layout.size} are due.",
                bytes(octets),
            )
        return cls(*layout.unpack_from(octets))

    @classmethod
    def layout(cls, length: int) -> Struct:
        """The layout of a value of `length` octets."""
        return cls.LAYOUT

    def __bytes__(self) -> bytes:
        return self.LAYOUT.pack(self.minimum, self.maximum, self.increment)

    @property
    def fault(self) -> str | None:
        """Why this range is unusable, in one sentence, or None."""
        if self.minimum == self.maximum == 0:
            return f"The {self.QUANTITY} range is empty."
        if self.maximum < self.minimum:
            return f"The {self.QUANTITY} range ends below its beginning."
        if self.increment == 0 and self.maximum > self.minimum:
            return f"The {self.QUANTITY} range has no increment."
        return None


class SpeedRange(Range):
    """0.01 km/h."""

    __slots__ = ()
    QUANTITY = "speed"
    LAYOUT = Struct("<HHH")

    def grid(self) -> SpeedGrid:
        """Raises `ProtocolError` if the range has a `fault`."""
        if self.fault is not None:
            raise ProtocolError(self.fault, bytes(self))
        return SpeedGrid(self.minimum, self.maximum, max(1, self.increment), units_per_mps=360)


class InclinationRange(Range):
    """0.1 %."""

    __slots__ = ()
    QUANTITY = "inclination"
    LAYOUT = Struct("<hhH")

    def grid(self) -> InclineGrid:
        """Raises `ProtocolError` if the range has a `fault`."""
        if self.fault is not None:
            raise ProtocolError(self.fault, bytes(self))
        return InclineGrid(self.minimum, self.maximum, max(1, self.increment), units_per_pct=10)


class ResistanceRange(Range):
    """0.1 in six octets (2017); the Specification Supplement has three octets with unit 1."""

    __slots__ = ()
    QUANTITY = "resistance"
    LAYOUT = Struct("<hhH")
    SHORT_LAYOUT: ClassVar[Struct] = Struct("<BBB")

    @classmethod
    def layout(cls, length: int) -> Struct:
        return cls.SHORT_LAYOUT if length < cls.LAYOUT.size else cls.LAYOUT


class HeartRateRange(Range):
    """Beats per minute."""

    __slots__ = ()
    QUANTITY = "heart-rate"
    LAYOUT = Struct("<BBB")


class PowerRange(Range):
    """Watts."""

    __slots__ = ()
    QUANTITY = "power"
    LAYOUT = Struct("<hhH")
