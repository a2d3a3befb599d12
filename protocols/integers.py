"""Little-endian integers in a row, the stuff of which most characteristics are made."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.errors import ProtocolError


class Integer(NamedTuple):
    """One number of `size` octets, in the unit of the wire."""

    name: str
    size: int
    signed: bool = False


def pack(layout: Sequence[Integer], values: Sequence[int]) -> bytes:
    """The octets of `values`. Raises `ProtocolError` for a value out of range; none ever wraps."""
    if len(layout) != len(values):
        raise ProtocolError(f"{len(layout)} values are carried here, but {len(values)} given.")
    return b"".join(map(_octets, layout, values))


def unpack(layout: Sequence[Integer], octets: bytes) -> tuple[tuple[int, ...], bytes]:
    """The values that fit into `octets`, and what is left over. Never raises."""
    values: list[int] = []
    for integer in layout:
        if integer.size > len(octets):
            break
        number, octets = octets[: integer.size], octets[integer.size :]
        values.append(int.from_bytes(number, "little", signed=integer.signed))
    return tuple(values), bytes(octets)


def _octets(integer: Integer, value: int) -> bytes:
    try:
        return value.to_bytes(integer.size, "little", signed=integer.signed)
    except OverflowError:
        raise ProtocolError(f"{integer.name} {value} does not fit into its field.") from None
