"""Scenario files: a walk as a clinician would tell it, and what must be true at its end.

    title = "Both hands let go at steady speed"
    story = "..."              in words, for people
    seed = 7                   of all that is left to chance
    program = "quick"          what is walked; see `PROGRAMS`
    faults = ["slow_stop"]     from the start; see `simulators.faults`
    watch_s = 30.0             how long it lasts after Start

    [[events]]
    at_s = 20.0                seconds after Start was pressed
    walker = "release"         or supervisor, heart, console, machine, computer; see `ACTORS`

    [expect]                   see `Expect`

Nothing unknown is passed over: a word that does not exist is refused with the nearest that does.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from simulators.console import BUTTONS
from simulators.faults import FAULTS
from simulators.walker import INTENTS

LIBRARY = Path(__file__).parent / "scenarios"
PROGRAMS = ("quick", "climb", "resisted", "rested", "demo", "free-walk")
"""`quick` asks for the cap at once and does not end; `climb` goes up to 3 % and back at a gentle
speed, at a site that permits it; in `resisted` the motor stays off; `rested` has a rest of 20 s
after 15 s. The others are the product's own."""
WATCH_AT_MOST_S = 600.0

SUPERVISOR = ("stop", "pause", "slower", "faster", "reset", "arm", "start", "leave", "return")
REPORTS = ("tells of amber pain", "tells of red pain", "tells of hard effort", "tells of dizziness")
"""What the supervisor writes down of the patient."""
HEART = ("races", "calms down", "strap falls off", "strap falls silent", "strap hangs")
"""A walk in which any of these happens is armed with a limit of the heart rate."""
COMPUTER = ("pauses for a second", "disk full", "disk works again", "guard dies")
ACTORS: dict[str, tuple[str, ...]] = {
    "walker": (*INTENTS, "pull the cord", "clip the cord on"),
    "supervisor": (*SUPERVISOR, *REPORTS),
    "heart": HEART,
    "console": tuple(BUTTONS),
    "machine": tuple(FAULTS),
    "computer": COMPUTER,
}
"""Who may do something, and what. `machine` is any fault that begins then."""
ENDS = ("idle", "armed", "walking", "slowing", "stopping", "latched", "belt_off")


class ScenarioError(ValueError):
    """A scenario that cannot be played; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Event:
    """At `at_s` seconds after Start, `actor` does `act`."""

    at_s: float
    actor: str
    act: str


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be true. A key that is not given asks nothing.

    - `starts`: false for a session that must be refused.
    - `cause`: why it was stopped; "" for a walk that nothing stopped.
    - `ends`: the session's phase at the end.
    - `rest`: the belt rests, in truth.
    - `pull_key`: the supervisor was told to pull the safety key.
    - `stop_within_s`: from the first event to the first Stop octets, at most.
    - `rest_within_s`: from those to rest, at most.
    - `carry_at_most_m`: how far the belt took what stood on it after the last hand let go.
    - `peak_at_most_mps`, `peak_at_least_mps`: highest true belt speed.
    - `incline_at_least_pct`, `ends_at_most_pct`: the steepest true incline, and the last.
    """

    starts: bool = True
    cause: str | None = None
    ends: str | None = None
    rest: bool | None = None
    pull_key: bool | None = None
    stop_within_s: float | None = None
    rest_within_s: float | None = None
    carry_at_most_m: float | None = None
    peak_at_most_mps: float | None = None
    peak_at_least_mps: float | None = None
    incline_at_least_pct: float | None = None
    ends_at_most_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file."""

    title: str
    story: str
    seed: int
    expect: Expect
    program: str = "quick"
    faults: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    watch_s: float = 30.0
    name: str = field(default="", compare=False)


def load(path: Path) -> Scenario:
    """Raises: `ScenarioError`, one plain sentence that begins with the file's name."""
    try:
        scenario = parse(path.read_text(encoding="utf-8"))
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name} is no text in UTF-8.") from error
    except OSError as error:
        raise ScenarioError(f"{path.name} cannot be read: {error.strerror}.") from error
    object.__setattr__(scenario, "name", path.stem)
    return scenario


def library() -> list[Scenario]:
    """Every scenario that comes with Retrotread, by name."""
    return [load(path) for path in sorted(LIBRARY.glob("*.toml"))]


def parse(text: str) -> Scenario:
    """The scenario in a TOML text. Raises: `ScenarioError`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"It is not TOML: {error}.") from error
    except RecursionError:
        raise ScenarioError("It has lists in lists, too deep to be read.") from None
    _keys(table, Scenario, "A scenario", without=("name",))
    events = [_event(row) for row in _list(table, "events", dict)]
    faults = tuple(_known(name, FAULTS, "fault") for name in _list(table, "faults", str))
    return Scenario(
        title=_text(table, "title"),
        story=" ".join(_text(table, "story").split()),
        seed=_whole(table, "seed"),
        expect=_expect(table["expect"]),
        program=_known(table.get("program", "quick"), PROGRAMS, "program"),
        faults=faults,
        events=tuple(sorted(events, key=lambda event: event.at_s)),
        watch_s=_seconds(table.get("watch_s", 30.0), "watch_s"),
    )


def _event(row: Mapping[str, Any]) -> Event:
    actors = [key for key in row if key != "at_s"]
    if len(actors) != 1 or "at_s" not in row:
        raise ScenarioError("An event has at_s and one actor: " + ", ".join(ACTORS) + ".")
    actor = _known(actors[0], ACTORS, "actor")
    act = _known(row[actor], ACTORS[actor], f"act of a {actor}")
    return Event(_seconds(row["at_s"], "at_s"), actor, act)


def _expect(table: object) -> Expect:
    if not isinstance(table, dict):
        raise ScenarioError("expect is a table of what must be true.")
    _keys(table, Expect, "expect")
    for key, value in table.items():
        if key in ("starts", "rest", "pull_key"):
            if not isinstance(value, bool):
                raise ScenarioError(f"expect.{key} is true or false, not {value!r}.")
        elif key == "ends":
            _known(value, ENDS, "phase")
        elif key == "cause":
            if not isinstance(value, str):
                raise ScenarioError(f"expect.cause is a name in quotes, not {value!r}.")
        else:
            _seconds(value, f"expect.{key}")
    return Expect(**table)


def _keys(table: Mapping[str, Any], kind: type, what: str, without: tuple[str, ...] = ()) -> None:
    """Every key is a field of `kind`, and every field without a default is there."""
    known = {part.name: part for part in fields(kind) if part.name not in without}
    for key in table:
        _known(key, known, f"key of {what.lower()}")
    missing = [
        name
        for name, part in known.items()
        if part.default is MISSING and part.default_factory is MISSING and name not in table
    ]
    if missing:
        raise ScenarioError(f"{what} needs {', '.join(missing)}.")


def _known(word: object, known: Any, what: str) -> str:
    if isinstance(word, str) and word in known:
        return word
    near = get_close_matches(str(word), list(known), 1, 0.0)[0]
    raise ScenarioError(f"There is no {what} {word!r}. The nearest is {near!r}.")


def _list(table: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, kind) for row in rows):
        raise ScenarioError(f"{key} is a list.")
    return rows


def _text(table: Mapping[str, Any], key: str) -> str:
    if not isinstance(table[key], str) or not table[key].strip():
        raise ScenarioError(f"{key} is text in quotes.")
    return str(table[key]).strip()


def _whole(table: Mapping[str, Any], key: str) -> int:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ScenarioError(f"{key} is a whole number from 0 on, not {value!r}.")
    return value


def _seconds(value: object, key: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= float(str(value)) <= WATCH_AT_MOST_S:
        raise ScenarioError(f"{key} is a number from 0 to {WATCH_AT_MOST_S:g}, not {value!r}.")
    return float(str(value))
