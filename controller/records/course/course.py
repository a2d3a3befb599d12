"""One pass over a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controller.records.chain import Finding, follow
from controller.records.course.counted import Counted
from controller.records.course.events import Chronicle, Event
from controller.records.course.figures import Figures, figures
from controller.records.course.samples import Sample, Sampler
from controller.records.course.stops import Sent, Stop, stops
from controller.records.course.world import World, figure
from controller.records.values import Plain, RecordError, decode
from controller.safety.limits import Limits
from protocols.belt import Identity


@dataclass(frozen=True, slots=True)
class Course:
    """A session as it went. `began_at` is Unix time, for people; `cause` is what latched first, ""
    if nothing did; `findings` are the chain's: of a record that is not whole, this is what stands
    before the first break."""

    session: str
    version: str
    began_at: float
    program: str
    orientation: str
    limits: Limits
    machine: Identity
    cause: str
    samples: tuple[Sample, ...]
    events: tuple[Event, ...]
    stops: tuple[Stop, ...]
    figures: Figures
    findings: tuple[Finding, ...]
    records: int
    last_hash: str

    @property
    def whole(self) -> bool:
        """Nothing was changed; the writer may have died."""
        return not any(found.kind == "broken" for found in self.findings)


def course(octets: bytes) -> Course:
    """The course that a record tells. Raises: `RecordError` for one without a beginning, and for
    one that holds what no record of this product holds."""
    taken = _Taken()
    findings = follow(octets, taken.take)
    reader = taken.reader
    if reader is None:
        raise RecordError("The record has no beginning that can be relied on.")
    halts = reader.stops()
    return Course(
        session=str(reader.head.get("session")),
        version=str(reader.head.get("version")),
        began_at=reader.began_at,
        program=str(reader.head.get("program", "")),
        orientation=str(reader.head.get("orientation", "")),
        limits=reader.limits,
        machine=reader.machine,
        cause=reader.cause,
        samples=tuple(reader.samples),
        events=tuple(reader.events),
        stops=halts,
        figures=figures(
            reader.samples, reader.events, halts, reader.sampler.track, reader.counted,
            duration_s=float(taken.last["t"]) - reader.began_s,
        ),
        findings=findings,
        records=taken.count,
        last_hash=str(taken.last.get("sha256", "")),
    )  # fmt: skip


class _Taken:
    """Records as they come. The chain begins with a `begin`, or nothing is taken at all."""

    def __init__(self) -> None:
        self.reader: _Reader | None = None
        self.last: Mapping[str, Plain] = {}
        self.count = 0

    def take(self, record: Mapping[str, Plain]) -> None:
        try:
            if self.reader is None:
                self.reader = _Reader(record)
            self.reader.follow(record)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise RecordError(f"Line {self.count + 1} cannot be read: {error}.") from error
        self.last, self.count = record, self.count + 1


class _Reader:
    """Everything that is gathered on the way."""

    def __init__(self, head: Mapping[str, Plain]) -> None:
        self.head = head
        self.limits: Limits = decode(Limits, known(head.get("limits") or {}))
        self.began_s = float(head["t"])
        self.began_at = float(head.get("wall") or 0.0)
        self.sampler = Sampler(self.began_s, self.limits.cap_mps, self.limits.grip_stale_s)
        self.chronicle = Chronicle(self.began_s)
        self.counted = Counted()
        self.samples: list[Sample] = []
        self.machine = Identity()
        self._phases: list[tuple[float, str, str]] = []
        self._rests: list[float] = []
        self._sent: list[Sent] = []
        self._heard: tuple[Plain, Plain] = (None, None)

    @property
    def cause(self) -> str:
        return next((cause for _, _, cause in self._phases if cause), "")

    def follow(self, record: Mapping[str, Plain]) -> None:
        kind, at_s = record.get("kind"), float(record["t"]) - self.began_s
        if kind == "turn":
            self._turn(record)
            return
        if kind == "phase":
            cause = str(record.get("cause") or "")
            self._phases.append((at_s, str(record.get("phase")), cause))
        elif kind == "wire" and record.get("direction") == "out":
            self._sent.append(Sent(at_s, str(record.get("octets"))))
        self.chronicle.record(record)

    def _turn(self, record: Mapping[str, Plain]) -> None:
        self.sampler.world.follow(record)
        self.sampler.cap_mps = min(self.limits.cap_mps, *_caps(record), self.sampler.cap_mps)
        sample = self.sampler.sample(float(record["t"]))
        self.samples.append(sample)
        self.chronicle.told(record, sample.at_s)
        self.chronicle.turn(sample, self.sampler.world)
        self._machine(self.sampler.world)

    def _machine(self, world: World) -> None:
        """What the machine counts, and since when it rests, where that is news."""
        belt = world.part("belt")
        heard = (belt.get("reported_at_s"), belt.get("rest_since_s"))
        if heard == self._heard:
            return
        self._heard = heard
        self.counted.heard(figure(belt.get("distance_m")), figure(belt.get("elapsed_s")))
        rest_s = figure(belt.get("rest_since_s"))
        if rest_s is not None and rest_s - self.began_s not in self._rests[-1:]:
            self._rests.append(rest_s - self.began_s)
        self.machine = decode(Identity, belt.get("identity") or {})

    @property
    def events(self) -> list[Event]:
        return sorted(self.chronicle.events, key=lambda event: event.at_s)

    def stops(self) -> tuple[Stop, ...]:
        return stops(self.events, self._phases, self._rests, self._sent, self.sampler.track)


def _caps(turn: Mapping[str, Plain]) -> list[float]:
    """The caps of programs that a turn was asked to arm."""
    armed = [c for c in turn.get("commands") or () if c.get("verb") == "arm"]
    caps = [figure((command.get("program") or {}).get("cap_mps")) for command in armed]
    return [cap_mps for cap_mps in caps if cap_mps is not None]


def known(limits: dict[str, Any]) -> dict[str, Any]:
    """The limits that today's rules have: another version's record can still be read."""
    return {name: each for name, each in limits.items() if name in Limits.__dataclass_fields__}
