"""What the guard does besides the second writer when a stop is not seen to work: relay and alarm.

Each completed turn of control is passed on to the relay, so that a control which falls silent
starves it. A control that is lost, or that says that it cannot stop the belt, has it opened at
once.
"""

from controller.guard.alarm import Alarm
from controller.guard.relay_line import RelayLine
from controller.guard.watch import AT_REST, RESTING, STOPPING, TRIPPED, UNVERIFIED

UNDER_WAY = frozenset({STOPPING, UNVERIFIED})


def begins_a_stop(before: bytes, word: bytes) -> bool:
    """Whether, between two words, a stop has begun that stays latched: also out of the rest that
    an earlier one has led to."""
    return word in TRIPPED and word != before and before not in UNDER_WAY


class Ladder:
    """Give it each word of control, and the moments between which nobody controls the belt."""

    def __init__(self, relay: RelayLine, alarm: Alarm) -> None:
        self._relay = relay
        self._alarm = alarm
        self._word = b""

    @property
    def sound(self) -> bool:
        """The relay would let the belt run, or there is none."""
        return self._relay.sound

    def turned(self, word: bytes, now_s: float) -> None:
        """Control has completed a turn."""
        if word == UNVERIFIED:
            self._climb(now_s)
        else:
            self._relay.beat(now_s)
        if word in AT_REST:
            self._alarm.end()
        if word == RESTING:
            self._relay.may_close(now_s)
        if begins_a_stop(self._word, word):
            self._alarm.once(now_s)
        self._word = word

    def lost(self) -> None:
        """Control is gone or silent."""
        self._relay.open()

    def alarm(self, why: str, now_s: float) -> None:
        """Until rest is seen."""
        self._alarm.begin(why, now_s)

    def rested(self) -> None:
        """Without control, the belt was seen at rest."""
        self._alarm.end()

    def look(self, now_s: float) -> None:
        """Call often."""
        self._relay.look(now_s)
        self._alarm.keep_up(now_s)

    def close(self) -> None:
        self._relay.close()
        self._alarm.silence()

    def _climb(self, now_s: float) -> None:
        """Once for each stop that could not be verified."""
        if not self._alarm.sounding:
            self._relay.open()
            self.alarm("The stop could not be verified.", now_s)
