"""A recorded session decided once more, by today's rules."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from controller.records.turns import Turn, decided, turns
from controller.records.values import Plain, RecordError, decode, encode, merged
from controller.safety.limits import Limits
from controller.step import Decision, State, step
from protocols.belt import BeltOrder

UNSAID: Plain = encode(decided(Decision(BeltOrder()), State()))
"""What a record that is older than a field of a decision is taken to have said of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first turn that is decided otherwise: `recorded` and `today` are what differs."""

    number: int
    now_s: float
    recorded: Plain
    today: Plain


@dataclass(frozen=True, slots=True)
class Replayed:
    """`turns`: decided again, all alike but for the `difference`; `parts`: how many unbroken
    rows of turns they are; `failed`: turns that an exception ended, which no rule decided."""

    turns: int
    parts: int
    failed: int
    difference: Difference | None = None


def replay(records: Sequence[dict[str, Any]]) -> Replayed:
    """Feed each turn to `step` until one is decided otherwise. Raises: `RecordError`."""
    if not records or records[0].get("kind") != "begin":
        raise RecordError("The record has no beginning.")
    limits = decode(Limits, records[0].get("limits"))
    state: State | None = None
    done = parts = failed = 0
    for turn in turns(records):
        parts += turn.state is not None
        failed += turn.failed
        state = turn.state or state
        if turn.failed or state is None:
            continue
        state, today = _again(state, turn, limits)
        recorded = merged(UNSAID, turn.decided)
        if octets(today) != octets(recorded):
            return Replayed(done, parts, failed, _difference(turn, recorded, today))
        done += 1
    return Replayed(done, parts, failed)


def octets(plain: Plain) -> bytes:
    """The one way to write a plain value."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _again(state: State, turn: Turn, limits: Limits) -> tuple[State, Plain]:
    """What comes of the turn today; an exception is told like any other difference."""
    try:
        state, decision = step(state, turn.evidence, turn.commands, limits, turn.now_s)
    except Exception as error:
        return state, {"exception": f"{type(error).__name__}: {error}"}
    return state, encode(decided(decision, state))


def _difference(turn: Turn, recorded: Plain, today: Plain) -> Difference:
    recorded, now = _apart(recorded, today)
    return Difference(turn.number, turn.now_s, recorded, now)


def _apart(one: Plain, other: Plain) -> tuple[Plain, Plain]:
    """Both, without what they have in common."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return one, other
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    pairs = {name: _apart(one.get(name), other.get(name)) for name in names}
    return {name: pair[0] for name, pair in pairs.items()}, {
        name: pair[1] for name, pair in pairs.items()
    }
