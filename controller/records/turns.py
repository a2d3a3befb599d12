"""Turns as records, whole enough to be decided again.

A turn is written as what has changed since the turn before. The first one, and any that does not
start from the state in which the last written one ended, is written whole, with the state that it
starts `from`: after it nothing needs what stands before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from controller.records.values import Plain, RecordError, changes, decode, encode, merged
from controller.safety.evidence import Evidence
from controller.safety.view import Phase
from controller.step import Command, Decision, State


class Decided(NamedTuple):
    """What came of a turn: the decision, and where the session stands."""

    decision: Decision
    phase: Phase
    cause: str = ""


class Turn(NamedTuple):
    """A turn as read. `state` is None where it goes on from the turn before; `failed`: it was
    not decided by the rules, an exception stopped the belt."""

    number: int
    now_s: float
    state: State | None
    evidence: Evidence
    commands: tuple[Command, ...]
    decided: Plain
    failed: bool


def decided(decision: Decision, after: State) -> Decided:
    return Decided(decision, after.phase, after.latch.cause if after.latch else "")


class Scribe:
    """Makes turns plain. Its facts are those of a `turn` as the loop hands them over."""

    def __init__(self) -> None:
        self._after: State | None = None
        self._evidence = Evidence()
        self._decided: Decided | None = None

    def plain(self, facts: Mapping[str, Any]) -> dict[str, Plain]:
        before, after, evidence = facts["before"], facts["after"], facts["evidence"]
        now = decided(facts["decision"], after)
        written: dict[str, Plain]
        if before is self._after and self._decided is not None:
            written = {
                "evidence": changes(self._evidence, evidence),
                "decided": changes(self._decided, now),
            }
        else:
            whole = {"from": before, "evidence": evidence, "decided": now}
            written = {name: encode(value) for name, value in whole.items()}
        if facts["commands"]:
            written["commands"] = encode(facts["commands"])
        if facts["failed"]:
            written["failed"] = True
        self._after = None if facts["failed"] else after
        self._evidence, self._decided = evidence, now
        return written


def turns(records: Iterable[Mapping[str, Plain]]) -> Iterator[Turn]:
    """The turns among the records, each with all its evidence. Raises: `RecordError`."""
    evidence: Plain = None
    outcome: Plain = None
    for record in records:
        if record.get("kind") != "turn":
            continue
        whole = "from" in record
        if not whole and outcome is None:
            raise RecordError(f"Record {record['n']} goes on from a turn that is not there.")
        told, came = record.get("evidence"), record.get("decided")
        evidence = told if whole else merged(evidence, told)
        outcome = came if whole else merged(outcome, came)
        yield Turn(
            record["n"],
            decode(float, record.get("t")),
            decode(State, record["from"]) if whole else None,
            decode(Evidence, evidence),
            decode(tuple[Command, ...], record.get("commands", [])),
            outcome,
            bool(record.get("failed")),
        )
