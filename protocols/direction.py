"""Which way a belt heads, as far as it is known, and when it may be told to head another way."""

from protocols.belt import REST_PROOF_S, BeltReport
from protocols.dialect import Heading

FRESH_S = 0.6
"""Rest is believed of telemetry no older than this."""


class Direction:
    """Of one machine on one connection. `reverse` is None while it is not known."""

    def __init__(self, heading: Heading) -> None:
        self._heading = heading
        self.reverse = None if heading is Heading.BY_COMMAND else False

    @property
    def known(self) -> bool:
        return self.reverse is not None

    def told(self) -> bool | None:
        """What a report says of it: None for a machine that has no direction."""
        return None if self._heading is Heading.FORWARD_ONLY else self.reverse

    def turn_due(self, reverse: bool, report: BeltReport, now_s: float) -> bool:
        """Whether a belt that is to head so must be told, and its rest is verified.

        After a True the direction is not known until it has been read back.
        """
        forward_only = self._heading is Heading.FORWARD_ONLY
        if forward_only or self.reverse is None or self.reverse is reverse:
            return False
        if report.at_rest_for_s(now_s) < REST_PROOF_S or report.age_s(now_s) > FRESH_S:
            return False
        self.reverse = None if self._heading is Heading.BY_COMMAND else reverse
        return self._heading is Heading.BY_COMMAND

    def heard(self, reverse: bool | None) -> bool:
        """After it was read; whether the belt heads as it can. Read: one that only heads forward
        and says that it runs in reverse is not what it was taken for."""
        if self._heading is Heading.FORWARD_ONLY:
            return not reverse
        self.reverse = self.reverse if reverse is None else reverse
        return True
