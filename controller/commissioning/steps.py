"""The steps of a commissioning, as a table: what is asked of the machine, when a step is over, and
who judges what it showed."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.commissioning import judges
from controller.commissioning.judges import Judge
from controller.commissioning.notes import Notes, Scene
from protocols.belt import SpeedGrid
from protocols.ftms import quirks
from protocols.probing import Ask, Asked

FAST_MPS = 0.4
"""A set-point from which a stop takes several reports, and which no belt reaches within one."""
STEADY_S = 3.5
"""A set-point must stand for so long: some revert after three seconds."""
STOPS = 4
START_ANSWER_S = 2.0
SPACINGS_S = (0.2, 0.5, 1.0, 2.0)
AWAY_S = (0.7, 5.0)
"""How long the link stays down: first hardly longer than a dead-man, then longer than a pause."""

Over = Callable[[Scene], bool]
Needed = Callable[[Notes], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `question`: asked before it; a no ends everything. `target`: 0 the lowest speed,
    1 the fast one, for the judge and for the limit on what may be reported. `needed`: looked at
    when its turn comes.
    """

    name: str
    title: str
    judge: Judge = judges.nothing
    over: Over = lambda _scene: False
    limit_s: float = 10.0
    asks: tuple[Asked, ...] = ()
    question: str = ""
    target: int = 0
    needed: Needed = lambda _notes: True


def lowest(grid: SpeedGrid) -> int:
    return grid.minimum


def fast(grid: SpeedGrid) -> int:
    """The lowest set-point at or above `FAST_MPS`, and at least one step above the lowest."""
    above = max(1, -(-(FAST_MPS * grid.units_per_mps - grid.minimum) // grid.increment))
    return min(int(grid.minimum + above * grid.increment), grid.maximum)


def rested(seconds: float) -> Over:
    return lambda scene: scene.rest_s >= seconds


def lasted(seconds: float) -> Over:
    return lambda scene: scene.now_s - scene.since_s >= seconds


def moves(scene: Scene) -> bool:
    """It moves, and has said so, or will not any more."""
    waited_s = scene.now_s - scene.since_s
    return scene.moving and (scene.answered(Ask.START) is not None or waited_s > START_ANSWER_S)


def settled(scene: Scene) -> bool:
    """The belt has run at one speed since the set-point for as long as one must stand."""
    records = max(3, round(STEADY_S / scene.notes.period_s))
    return scene.steady(records)


def returned(scene: Scene) -> bool:
    """The link is back, and the belt was heard for a while."""
    if len(scene.sent_at_s) < len((Ask.LEAVE, Ask.RETURN)):
        return False
    back = [sample for sample in scene.samples if sample.at_s > scene.sent_at_s[-1]]
    return len(back) >= 3


def plan(
    grid: SpeedGrid | None,
    period_s: float,
    stops: int = STOPS,
    extras: frozenset[str] = frozenset(),
) -> tuple[Step, ...]:
    """All steps for a machine with this grid that reports in this period; `extras`: see
    `protocols.ftms.quirks`."""
    if grid is None:
        return (LISTEN,)
    listen = (LISTEN, LISTEN_LONGER) if quirks.LISTEN_LONGER in extras else (LISTEN,)
    hold = (HOLD_LONGER,) if quirks.HOLD_LONGER in extras else ()
    return (
        *listen,
        *_first_motion(grid, hold),
        *_stops(grid, period_s, stops),
        *_spacings(grid),
        *_away(),
    )


LISTEN = Step(
    "listen", "Listening to the machine at rest", judges.listened, lasted(6.0), 7.0,
    question="Is the belt empty, is nobody near it, and do you hold the safety key in your hand?",
)  # fmt: skip
LISTEN_LONGER = Step(
    "listen_longer", "Listening for longer: machines of this name start by themselves",
    judges.listened, lasted(20.0), 21.0,
)  # fmt: skip
HOLD_LONGER = Step(
    "hold_longer", "Holding for longer: machines of this name leave a set-point", judges.held,
    lasted(12.0), 13.0, target=1,
)  # fmt: skip
ENDING = Step(
    "ending", "Stopping the belt", judges.at_the_end, rested(2.0), 12.0,
    (Asked(Ask.STOP), Asked(Ask.CONTROL, after_s=0.3), Asked(Ask.STOP, after_s=0.6),
     Asked(Ask.STOP, after_s=4.0), Asked(Ask.PAUSE, after_s=7.0)),
)  # fmt: skip
"""A Stop that was accepted is not repeated soon, for it may toggle; see the probe."""


def _first_motion(grid: SpeedGrid, hold: tuple[Step, ...]) -> tuple[Step, ...]:
    slow = Asked(Ask.SPEED, lowest(grid))
    again = slow._replace(after_s=3.0)
    return (
        Step("control", "Requesting control", judges.control_asked, lasted(3.0), 4.0,
             (Asked(Ask.CONTROL),)),
        Step("idle_stop", "Stop at rest", judges.stopped_at_rest, lasted(4.0), 5.0,
             (Asked(Ask.STOP), Asked(Ask.STOP, after_s=1.0))),
        Step("start", "Start: the belt moves at its lowest speed", judges.started, moves, 10.0,
             (Asked(Ask.START),)),
        Step("minimum", "The lowest speed: are the units right?", judges.at_minimum, lasted(7.5),
             8.0, (slow, again)),
        Step("faster", "A little faster", judges.at_target, settled, 14.0,
             (Asked(Ask.SPEED, fast(grid)),), target=1),
        *hold,
        Step("slower", "And slower again", judges.at_target, settled, 14.0, (slow,)),
        Step("start_again", "Start, sent to a belt that moves", judges.started_again, lasted(4.0),
             5.0, (Asked(Ask.START),)),
        Step("pause", "Pause", judges.nothing, rested(1.0), 6.0, (Asked(Ask.PAUSE),)),
        Step("stop", "Stop after a pause", judges.stopped_after_pause, rested(3.0), 8.0,
             (Asked(Ask.STOP),)),
    )  # fmt: skip


def _stops(grid: SpeedGrid, period_s: float, stops: int) -> tuple[Step, ...]:
    """Each stop begins at another moment between two reports; the last one is re-stated."""
    steps: list[Step] = []
    for number in range(stops):
        later_s = (number + 0.5) / stops * period_s
        asks = [Asked(Ask.STOP, after_s=later_s)]
        if number == stops - 1:
            asks += [Asked(Ask.STOP, after_s=later_s + more_s) for more_s in (0.15, 0.3, 0.45)]
        steps += [
            Step("start_anew", f"Stop {number + 1} of {stops}: starting", judges.started, moves,
                 10.0, (Asked(Ask.START),)),
            Step("run", f"Stop {number + 1} of {stops}: running", judges.at_target, settled, 14.0,
                 (Asked(Ask.SPEED, fast(grid)), Asked(Ask.SPEED, fast(grid), 3.0)), target=1),
            Step("measured_stop", f"Stop {number + 1} of {stops}: stopping", judges.stopped,
                 rested(2.0), 20.0, tuple(asks), target=1),
        ]  # fmt: skip
    steps.append(Step("reckoning", "Reckoning", judges.reckoned, lasted(0.0)))
    return tuple(steps)


def _spacings(grid: SpeedGrid) -> tuple[Step, ...]:
    other = min(grid.minimum + grid.increment, grid.maximum)
    tries = [
        Step("spacing", f"Two set-points {apart_s:g} s apart", judges.spaced(apart_s),
             lasted(apart_s + 1.5), apart_s + 2.0,
             (Asked(Ask.SPEED, other), Asked(Ask.SPEED, lowest(grid), apart_s)), target=1,
             needed=lambda notes: notes.spacing_s is None)
        for apart_s in SPACINGS_S
    ]  # fmt: skip
    return (
        Step("start_anew", "Starting once more", judges.started, moves, 10.0, (Asked(Ask.START),)),
        Step("wait", "The lowest speed", judges.nothing, lasted(3.0), 4.0),
        *tries,
        Step("spacing_found", "The lowest speed", judges.spacing_found, lasted(2.0), 3.0),
    )


def _away() -> tuple[Step, ...]:
    short_s, long_s = AWAY_S
    consent = (
        "Now the link is dropped while the belt runs at its lowest speed, to see whether the "
        "machine stops by itself. Is the belt still empty, and the key in your hand?"
    )
    return (
        Step("away", "The link is dropped", judges.away, returned, 30.0,
             (Asked(Ask.LEAVE), Asked(Ask.RETURN, after_s=short_s)), consent),
        Step("away_longer", "The link is dropped for longer", judges.away, returned, 35.0,
             (Asked(Ask.LEAVE), Asked(Ask.RETURN, after_s=long_s)),
             needed=lambda notes: "keeps_running" in notes.quirks),
    )  # fmt: skip
