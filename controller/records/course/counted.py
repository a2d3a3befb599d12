"""What the machine itself counts."""


class Counted:
    """The count of metres and seconds, from its first report to its last.

    A count that goes back was begun anew, and goes on from there.
    """

    def __init__(self) -> None:
        self.metres: float | None = None
        self.seconds: int | None = None
        self._last: tuple[float | None, float | None] = (None, None)

    def heard(self, metres: float | None, seconds: float | None) -> None:
        before_m, before_s = self._last
        if metres is not None:
            self.metres = (self.metres or 0.0) + _more(before_m, metres)
        if seconds is not None:
            self.seconds = (self.seconds or 0) + round(_more(before_s, seconds))
        self._last = (metres, seconds)


def _more(before: float | None, now: float) -> float:
    if before is None:
        return 0.0
    return now - before if now >= before else now
