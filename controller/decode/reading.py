"""What one packet turned out to say, and how each reader reports the same defects."""

from enum import IntEnum
from typing import Any, NamedTuple

Fields = dict[str, Any]


class Reading(NamedTuple):
    """`fields` for the document, `problems` in plain sentences. Without `accepted`, nothing was."""

    fields: Fields
    problems: list[str]
    accepted: bool = True


NOTHING = Reading({}, ["The packet is empty."], accepted=False)


def with_surplus(fields: Fields, problems: list[str], trailing: bytes) -> Reading:
    """A reading, with the octets that belong to no field as `trailing_hex` and as a problem."""
    if not trailing:
        return Reading(fields, problems)
    noun = "octet belongs" if len(trailing) == 1 else "octets belong"
    told = f"{len(trailing)} {noun} to no field."
    return Reading({**fields, "trailing_hex": trailing.hex()}, [*problems, told])


def reserved(bits: int, where: str) -> list[str]:
    return [f"Reserved bits are set in the {where}: 0x{bits:X}."] if bits else []


def cut_short(truncated: bool) -> list[str]:
    return ["The packet ends before all fields that it announces."] if truncated else []


def name_of(code: int, known: type[IntEnum]) -> str:
    return known(code).name.lower() if code in set(known) else "reserved"


def scaled(value: int | None, divisor: int) -> int | float | None:
    """`value` in its unit. An integer divided by a power of ten prints as the exact decimal."""
    return value if value is None or divisor == 1 else value / divisor
