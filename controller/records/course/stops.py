"""Each stop of a moving belt: what led to it, when Stop left, how long and how far the belt ran."""

from dataclasses import dataclass

from controller.records.course.events import Event
from controller.records.course.track import Track

RELEASES = frozenset({"grip_released", "grip_silent", "fall", "one_hand"})
"""Causes that begin with a hand, or with the sensor that vouches for it."""
RESTING = frozenset({"latched", "idle", "armed"})


@dataclass(frozen=True, slots=True)
class Stop:
    """Instants count from the record's beginning; None is what was not seen.

    - `kind`: `trip` for a protective stop, `slowing` for one that was ramped down first.
    - `began_s`: the rules decided it. `released_s`: the hands let go, where that was the cause.
    - `sent_s`: the first octets of Stop were handed to the link. `octets`: these, in hex.
    - `rest_s`: the first report of a standing belt that stayed so.
    - `way_m`: what the belt ran from the release, or else from the decision, until rest.
    - `verified`: rest was proven, and the session went on from it.
    """

    kind: str
    sentence: str
    began_s: float
    released_s: float | None
    sent_s: float | None
    octets: str
    rest_s: float | None
    way_m: float | None
    verified: bool

    @property
    def latency_s(self) -> float | None:
        """From the release, or else from the decision, to Stop; not of a belt that ramped down."""
        from_s = self.began_s if self.released_s is None else self.released_s
        unsent = self.sent_s is None or (self.kind == "slowing" and self.released_s is None)
        return None if unsent or self.sent_s is None else self.sent_s - from_s

    @property
    def to_rest_s(self) -> float | None:
        """From Stop to rest."""
        if self.sent_s is None or self.rest_s is None:
            return None
        return self.rest_s - self.sent_s

    @property
    def carry_m(self) -> float | None:
        """How far the belt would have carried somebody who stood still since letting go."""
        return None if self.released_s is None else self.way_m


@dataclass(frozen=True, slots=True)
class Sent:
    """Octets of one frame to the treadmill, and when they left."""

    at_s: float
    octets: str


def stops(
    events: list[Event],
    phases: list[tuple[float, str, str]],
    rests: list[float],
    sent: list[Sent],
    track: Track,
) -> tuple[Stop, ...]:
    """The stops among the events. `phases`: (when, which, cause); `rests`: when each rest began."""
    found: list[Stop] = []
    for event in events:
        moved = track.moved_at_s is not None and event.at_s > track.moved_at_s
        if event.kind not in ("trip", "slowing") or not moved:
            continue
        if found and (found[-1].rest_s is None or event.at_s <= found[-1].rest_s):
            continue
        found.append(_stop(event, events, phases, rests, sent, track))
    return tuple(found)


def _stop(
    event: Event,
    events: list[Event],
    phases: list[tuple[float, str, str]],
    rests: list[float],
    sent: list[Sent],
    track: Track,
) -> Stop:
    began_s = event.at_s
    cause = next((cause for at_s, _, cause in phases if at_s == began_s), "")
    released_s = _released(events, began_s) if cause in RELEASES else None
    sent_s = _first([e.at_s for e in events if e.kind == "stop_sent"], began_s)
    rest_s = None if sent_s is None else _first(rests, sent_s)
    from_s = began_s if released_s is None else released_s
    way_m = None if rest_s is None else track.metres_at(rest_s) - track.metres_at(from_s)
    after = next((phase for at_s, phase, _ in phases if rest_s is not None and at_s > rest_s), "")
    octets = next((s.octets for s in sent if sent_s is not None and s.at_s >= sent_s - 1e-3), "")
    return Stop(
        event.kind, event.sentence, began_s, released_s, sent_s, octets, rest_s, way_m,
        verified=after in RESTING,
    )  # fmt: skip


def _first(instants: list[float], from_s: float) -> float | None:
    """A frame that leaves in the turn that decides it may carry that turn's own instant."""
    return next((at_s for at_s in instants if at_s >= from_s - 1e-6), None)


def _released(events: list[Event], before_s: float) -> float | None:
    """When the hands that were off at `before_s` let go."""
    since_s = None
    for event in events:
        if event.at_s > before_s:
            break
        if event.kind in ("released", "one_hand"):
            since_s = event.at_s if since_s is None or event.kind == "released" else since_s
        elif event.kind == "held":
            since_s = None
    return since_s
