"""When the others were last heard, and how long the computer has been awake."""

from dataclasses import dataclass

from controller.safety.conditions import ASLEEP_S


@dataclass
class Sightings:
    """When others were last heard, monotonic seconds; None until then."""

    guard_at_s: float | None = None
    relay_ok: bool = False
    """As the guard said last: the relay would let the belt run, or there is none."""
    console_at_s: float | None = None
    asleep_s: float | None = None
    """What the computer had slept in all, and since when it has not slept any more."""
    awake_since_s: float | None = None

    def pulse(self, relay_ok: bool, now_s: float) -> None:
        """The guard was heard."""
        self.guard_at_s, self.relay_ok = now_s, relay_ok

    def slept(self, asleep_s: float, now_s: float) -> None:
        if self.asleep_s is None or not abs(asleep_s - self.asleep_s) <= ASLEEP_S:
            self.asleep_s, self.awake_since_s = asleep_s, now_s
