"""What happened, in order, each in one sentence for people."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from controller.records.course.samples import Sample
from controller.records.course.world import World
from controller.records.values import Plain
from controller.safety.interlocks import BY_NAME

MOVING = frozenset({"walking", "slowing"})
ROUTINE = frozenset({"present", "report"})
"""Verbs that say nothing new: presence is confirmed every minute, and reports are told as such."""
HANDS = ("No hand holds the rails.", "One hand holds the rails.", "Both hands hold the rails.")


class Event(NamedTuple):
    """`at_s` counts from the record's beginning; `kind` is one of `KINDS`."""

    at_s: float
    kind: str
    sentence: str


KINDS = {
    "begin": "Record begins",
    "armed": "Armed",
    "command": "Command",
    "refused": "Refused",
    "start": "Start",
    "motion": "Belt moves",
    "released": "Release",
    "one_hand": "One hand off",
    "held": "Held again",
    "pain": "Report",
    "warning": "Warning",
    "pause": "Pause",
    "slowing": "Ramp down",
    "trip": "Protective stop",
    "stop_sent": "Stop sent",
    "rest": "At rest",
    "reset": "Reset",
    "end": "End",
}


class Chronicle:
    """Notes events while turns and other records pass by in order. `began_s` as in `Sampler`."""

    def __init__(self, began_s: float) -> None:
        self.events: list[Event] = []
        self.phase = ""
        self._began_s = began_s
        self._warnings: frozenset[str] = frozenset()
        self._hands = 2
        self._moved = False
        self._stop_sent_at_s: Plain = None
        self.refused: set[tuple[float, Plain]] = set()

    def add(self, at_s: float, kind: str, sentence: str) -> None:
        self.events.append(Event(at_s, kind, sentence))

    def told(self, turn: Mapping[str, Plain], at_s: float) -> None:
        """What the patient said, where a turn's commands report it and it was taken."""
        for command in turn.get("commands") or ():
            told = command.get("told") or {}
            if told and (at_s, command.get("verb")) not in self.refused:
                self.add(at_s, "pain", _report(told))

    def record(self, record: Mapping[str, Plain]) -> None:
        """One that is no turn."""
        told = RECORDS.get(str(record.get("kind")))
        if told is not None:
            told(self, record, float(record["t"]) - self._began_s)

    def turn(self, sample: Sample, world: World) -> None:
        self._hold(sample)
        self._motion(sample, world)
        warnings = frozenset(world.warnings)
        for sentence in sorted(warnings - self._warnings):
            self.add(sample.at_s, "warning", sentence)
        self._warnings = warnings

    def _hold(self, sample: Sample) -> None:
        """Hands count while somebody walks, and until the belt rests."""
        if sample.phase not in MOVING and not sample.moves:
            self._hands = 2
            return
        before, self._hands = self._hands, sample.hands
        if self._hands == before:
            return
        kind = "held" if self._hands == 2 else "one_hand" if self._hands else "released"
        self.add(sample.at_s, kind, HANDS[self._hands])

    def _motion(self, sample: Sample, world: World) -> None:
        if sample.moves and not self._moved:
            self.add(sample.at_s, "motion", "The belt moves.")
        if self._moved and sample.belt_mps == 0:
            self.add(sample.at_s, "rest", "The belt is at rest.")
        self._moved = sample.moves
        sent_at_s = world.part("belt").get("stop_sent_at_s")
        if sent_at_s != self._stop_sent_at_s and sent_at_s is not None and sample.phase:
            self.add(sent_at_s - self._began_s, "stop_sent", "Stop was handed to the link.")
        self._stop_sent_at_s = sent_at_s


def sentence_of(cause: str) -> str:
    """What an interlock says of itself; a name that today's table does not have stays a name."""
    return BY_NAME[cause].sentence if cause in BY_NAME else f"{cause}."


def _begin(chronicle: Chronicle, record: Mapping[str, Plain], at_s: float) -> None:
    chronicle.add(at_s, "begin", f"The record of program {record.get('program')} begins.")


def _phase(chronicle: Chronicle, record: Mapping[str, Plain], at_s: float) -> None:
    before, chronicle.phase = chronicle.phase, str(record.get("phase"))
    cause, breach = str(record.get("cause") or ""), str(record.get("breach") or "")
    kind, sentence = PHASES.get(chronicle.phase, ("", ""))
    if chronicle.phase == "stopping" and before == "slowing" and not cause:
        return
    if chronicle.phase == "idle" and before == "latched":
        kind, sentence = "reset", "The latch was reset."
    if kind in ("trip", "slowing") and cause:
        sentence = " ".join(filter(None, (sentence_of(cause), breach)))
    if kind == "trip" and not cause:
        kind = "slowing"
    if kind:
        chronicle.add(at_s, kind, sentence)


PHASES = {
    "armed": ("armed", "The session is armed."),
    "walking": ("start", "The belt may start."),
    "belt_off": ("start", "The walk on an unpowered belt begins."),
    "slowing": ("slowing", "The belt is ramped down."),
    "stopping": ("trip", "The belt is stopped."),
}


def _command(chronicle: Chronicle, record: Mapping[str, Plain], at_s: float) -> None:
    verb, refused = str(record.get("verb")), str(record.get("refused") or "")
    if refused:
        chronicle.refused.add((at_s, verb))
        chronicle.add(at_s, "refused", f"{_said(verb)} was refused: {refused}")
    elif verb == "pause":
        chronicle.add(at_s, "pause", "Pause was pressed.")
    elif verb not in ROUTINE:
        chronicle.add(at_s, "command", f"{_said(verb)} was asked for.")


def _end(chronicle: Chronicle, record: Mapping[str, Plain], at_s: float) -> None:
    why = "The service was ended." if record.get("leaving") else "The session is over."
    chronicle.add(at_s, "end", why)


def _report(told: Mapping[str, Plain]) -> str:
    """As in `Pain 4 of 10, effort 12, dizziness.`"""
    parts = []
    if told.get("pain_nprs") is not None:
        parts.append(f"pain {told['pain_nprs']} of 10")
    if told.get("effort") is not None:
        parts.append(f"effort {told['effort']}")
    if told.get("symptom"):
        parts.append(str(told["symptom"]).replace("_", " "))
    return ", ".join(parts).capitalize() + "."


def _said(verb: str) -> str:
    return verb.replace("_", " ").capitalize()


RECORDS: dict[str, Callable[[Chronicle, Mapping[str, Plain], float], None]] = {
    "begin": _begin,
    "phase": _phase,
    "command": _command,
    "end": _end,
}
