"""The walk as the desk saw it: figures once a second, marks, and the story of the last stop. Pure.

A page that comes late or comes back asks for all of it, so that each page shows the same. It is for
looking at: control's record, not this, has the exact figures.
"""

from collections import deque
from dataclasses import asdict, dataclass, replace
from typing import Any

from controller.web.messages import Telemetry

SAMPLE_S = 1.0
SAMPLES = 3600
MARKS = 200
ENDS = frozenset({"stopping", "latched"})
WALKS = frozenset({"walking", "slowing", "belt_off"})
WORDS = {
    "armed": "Armed",
    "walking": "Start",
    "belt_off": "Start, motor off",
    "slowing": "Slowing",
    "latched": "At rest",
}

Sample = tuple[float, float | None, float | None, float | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: control's time, a word or two, and whether it was a trip."""

    at: float
    text: str
    grade: str = "note"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stop. `after_s` counts from the step before, except rest's, which counts from
    the stop; `carry_m` is what the belt ran between stop and rest, by its reported speeds."""

    kind: str
    at: float
    speed_mps: float | None
    after_s: float | None = None
    carry_m: float | None = None


class Course:
    """Fed with every telemetry; forgets with each new session."""

    def __init__(self) -> None:
        self.samples: deque[Sample] = deque(maxlen=SAMPLES)
        self.marks: deque[Mark] = deque(maxlen=MARKS)
        self.story: tuple[Step, ...] = ()
        self.session_id: str | None = None
        self._last: Telemetry | None = None
        self._released: Step | None = None
        self._carry_m = 0.0

    def take(self, now: Telemetry) -> tuple[Mark | None, bool]:
        """The mark that this telemetry makes, if it makes one, and whether the story is another."""
        last = self._last
        if last is not None and now.time_s < last.time_s:
            last = None  # another control process, with a clock of its own
            self.samples.clear()
        if now.session_id is not None and now.session_id != self.session_id:
            self._begin(now.session_id)
        mark = _mark(last, now)
        if mark is not None:
            self.marks.append(mark)
        told = self._tell(last, now)
        self._sample(now)
        self._last = now
        return mark, told

    def whole(self) -> dict[str, Any]:
        """Everything, for a page."""
        return {
            "session_id": self.session_id,
            "samples": list(self.samples),
            "events": [asdict(mark) for mark in self.marks],
        }

    def _begin(self, session_id: str) -> None:
        self.session_id = session_id
        self.marks.clear()
        self.story = ()

    def _sample(self, now: Telemetry) -> None:
        if self.samples and now.time_s - self.samples[-1][0] < SAMPLE_S:
            return
        belt, grip = now.belt, now.grip
        heard = grip.age_s is not None and grip.age_s <= 0.25
        hands = (int(grip.left), int(grip.right)) if heard else (None, None)
        speeds = (belt.speed_mps, now.set_point_mps, now.cap_mps)
        self.samples.append((now.time_s, *speeds, *hands, now.heart_rate_bpm))

    def _tell(self, last: Telemetry | None, now: Telemetry) -> bool:
        before = self.story
        self._note_release(now)
        stops = now.state in ENDS and now.cause is not None
        if stops and (last is None or last.state not in ENDS):
            self._stop(now)
        elif self.story and self.story[-1].kind == "stop":
            self._until_rest(last, now)
        return self.story != before

    def _note_release(self, now: Telemetry) -> None:
        """Since when no hand holds, before any stop."""
        if now.state not in WALKS:
            return
        if now.grip.left or now.grip.right:
            self._released = None
        elif self._released is None:
            self._released = Step("released", now.time_s, now.belt.speed_mps)

    def _stop(self, now: Telemetry) -> None:
        first = (self._released,) if self._released is not None else ()
        after_s = now.time_s - first[0].at if first else None
        self.story = (*first, Step("stop", now.time_s, now.belt.speed_mps, after_s))
        self._released, self._carry_m = None, 0.0

    def _until_rest(self, last: Telemetry | None, now: Telemetry) -> None:
        stop = self.story[-1]
        if last is not None and last.belt.speed_mps is not None:
            self._carry_m += last.belt.speed_mps * (now.time_s - last.time_s)
        if now.belt.at_rest:
            rest = Step("rest", now.time_s, 0.0, now.time_s - stop.at)
            self.story = (*self.story, replace(rest, carry_m=round(self._carry_m, 2)))


def _mark(last: Telemetry | None, now: Telemetry) -> Mark | None:
    if last is None or last.state == now.state:
        return None
    if now.state == "stopping" and now.cause is not None:
        return Mark(now.time_s, now.sentence, "trip")
    rests = now.state == "armed" and now.rest_left_s is not None
    word = "Rest" if rests else WORDS.get(now.state)
    return None if word is None else Mark(now.time_s, word)
