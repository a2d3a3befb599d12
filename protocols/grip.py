"""The grip unit's line protocol: which hands hold the rails, the pull-cord, a fall.

One frame is one ASCII line in the manner of NMEA 0183, `docs/grip-unit.md` tells how to build one:

    $RG,1,<sequence>,<left>,<right>,<flags>,<battery>*<crc>\\r\\n

    sequence  0–65535, one more in every frame, wraps to 0
    left      force of that hand in 0.1 N, 0–65535, or `-` from a unit with contacts only
    right     likewise
    flags     two hex digits: bit 0 left held, 1 right held, 2 tether attached, 3 fall
    battery   0–100 %, or `-` on mains
    crc       four hex digits: CRC-16/CCITT-FALSE over what stands between `$` and `*`

Hex digits are upper case: were both cases taken, one flipped bit could pass.
"""

import re
from typing import NamedTuple

from protocols.errors import ProtocolError
from protocols.lines import WORD_LIMIT, LineParser, line

_LEFT_HELD, _RIGHT_HELD, _TETHER, _FALL = 0x01, 0x02, 0x04, 0x08

_BODY = re.compile(rb"RG,1,([0-9]{1,5}),([0-9]{1,5}|-),([0-9]{1,5}|-),([0-9A-F]{2}),([0-9]{1,3}|-)")


class GripFrame(NamedTuple):
    """What a grip unit says at one instant. A default frame holds nothing.

    `left_force_n` and `right_force_n` are None from a unit with contacts only, `battery_pct` is
    None on mains. The unit decides what counts as held; a force alone never does.
    """

    sequence: int = 0
    left_held: bool = False
    right_held: bool = False
    left_force_n: float | None = None
    right_force_n: float | None = None
    tether: bool = False
    fall: bool = False
    battery_pct: int | None = None


class GripReport(NamedTuple):
    """All that is known of a grip unit. A default report knows nothing: both hands are off.

    - `frame`: the newest frame.
    - `received_at_s`: when it came, local monotonic clock; None before the first one.
    - `advanced_at_s`: when the sequence number last moved. Judge freshness by this one: a frozen
      sensor repeats itself. None until a second, different frame has shown that it moves.
    - `rejected`: lines that were no frame since the link came up.
    - `latency_s`: what the way here adds, as measured; 0 on a wire, None for one not known.
    """

    frame: GripFrame = GripFrame()
    received_at_s: float | None = None
    advanced_at_s: float | None = None
    rejected: int = 0
    latency_s: float | None = 0.0


def fold(
    report: GripReport, frame: GripFrame, now_s: float, rejected: int | None = None
) -> GripReport:
    """The report after `frame` arrived at `now_s`; `rejected` is the parser's count, if at hand."""
    moved = report.received_at_s is not None and frame.sequence != report.frame.sequence
    return GripReport(
        frame=frame,
        received_at_s=now_s,
        advanced_at_s=now_s if moved else report.advanced_at_s,
        rejected=report.rejected if rejected is None else rejected,
        latency_s=report.latency_s,
    )


def encode(frame: GripFrame) -> bytes:
    """The frame as one line. Raises: `ProtocolError` for a value outside its range."""
    flags = (
        _LEFT_HELD * frame.left_held
        | _RIGHT_HELD * frame.right_held
        | _TETHER * frame.tether
        | _FALL * frame.fall
    )
    fields = (
        "RG,1",
        _counted("sequence", frame.sequence, WORD_LIMIT),
        _tenths("left force", frame.left_force_n),
        _tenths("right force", frame.right_force_n),
        f"{flags:02X}",
        _counted("battery", frame.battery_pct, 100),
    )
    return line(",".join(fields).encode())


class GripParser(LineParser[GripFrame]):
    """Frames out of a stream of octets."""

    def __init__(self) -> None:
        super().__init__(_decode)


def _decode(body: bytes) -> GripFrame | None:
    """The frame in a body; None if it is of another kind or out of range."""
    match = _BODY.fullmatch(body)
    if match is None:
        return None
    sequence, left, right, flags, battery = match.groups()
    words = [_word(text) for text in (sequence, left, right)]
    battery_pct = _word(battery)
    if max(word or 0 for word in words) > WORD_LIMIT or (battery_pct or 0) > 100:
        return None
    return _frame(words, int(flags, 16), battery_pct)


def _frame(words: list[int | None], flags: int, battery_pct: int | None) -> GripFrame:
    sequence, left, right = words
    return GripFrame(
        sequence=sequence or 0,
        left_held=bool(flags & _LEFT_HELD),
        right_held=bool(flags & _RIGHT_HELD),
        left_force_n=None if left is None else left / 10,
        right_force_n=None if right is None else right / 10,
        tether=bool(flags & _TETHER),
        fall=bool(flags & _FALL),
        battery_pct=battery_pct,
    )


def _word(text: bytes) -> int | None:
    return None if text == b"-" else int(text)


def _tenths(name: str, force_n: float | None) -> str:
    if force_n is None:
        return "-"
    if not 0 <= force_n <= WORD_LIMIT / 10:
        raise ProtocolError(f"The {name} must be 0 to {WORD_LIMIT / 10} N, it is {force_n}.")
    return str(round(force_n * 10))


def _counted(name: str, value: int | None, limit: int) -> str:
    if value is None:
        return "-"
    if not 0 <= value <= limit:
        raise ProtocolError(f"The {name} must be 0 to {limit}, it is {value}.")
    return str(value)
