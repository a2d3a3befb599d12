"""What comes back for a write to the control point."""

from typing import NamedTuple

CCCD_IMPROPERLY_CONFIGURED = 0xFD
PROCEDURE_ALREADY_IN_PROGRESS = 0xFE
"""ATT errors of the Core Specification Supplement, part B, 1.2."""


class Answer(NamedTuple):
    """What comes back for a write: an ATT error, or else a response to indicate after `delay_s`.

    Neither means that the write is taken and never answered. Whoever carries a response calls
    `Firmware.answered` when it hands the response over, which ends the procedure.
    """

    att_error: int | None = None
    response: bytes | None = None
    delay_s: float = 0.0
