"""The walk: breadth first over the real `step`, one representative for each key; sessions under way
and those at an end take turns, so that neither waits for the other.

From every state on the way, every letter, every command and every wait is tried, and each turn is
judged. A *transition* is one call of `step` with one state, letter, command and wait, whose order
and state were judged by `claims`; none is counted twice by a walk.
"""

from collections import Counter, deque

from controller.safety.evidence import Evidence
from controller.safety.view import Phase
from controller.step import step
from controller.step.state import State, crashed
from protocols.belt import Level
from tests.safety.walk.claims import Ghost, judge
from tests.safety.walk.keys import key
from tests.safety.walk.letters import (
    SIZES,
    WAITS_S,
    Asked,
    Letter,
    Room,
    asked,
    evidence,
    letter,
    letters,
    spelled,
)

BEGAN_S = 1000.0
HELD_S = 0.15
"""The longest wait that is not late: a letter that lasts is told this often."""
HELD_TURNS = 45
HEALTHY_TURNS = 110
"""How often a letter is told again: 7 s, so that each of its timers runs out; what is healthy and
what only lasts long, for 16 s."""
NOTHING = Asked((), local=False, stops=False)


class Place:
    """A state that was reached, the bystander's memory of it, and how it was reached."""

    def __init__(
        self,
        state: State,
        ghost: Ghost,
        now_s: float,
        units: int,
        before: "Place | None" = None,
        told: Letter | None = None,
        each: Asked = NOTHING,
        wait_s: float = 0.0,
    ) -> None:
        self.state = state
        self.ghost = ghost
        self.now_s = now_s
        self.units = units
        self.before = before
        self.told = told
        self.each = each
        self.wait_s = wait_s

    def path(self) -> list[str]:
        """How it was reached, a line for each turn."""
        here: Place | None = self
        found: list[str] = []
        while here is not None:
            told = "begins" if here.told is None else spelled(here.told)
            words = f"after {here.wait_s} s {told}; {here.each.words}"
            found.append(f"{words} -> {here.state.phase.value} {here.ghost.speed_mps:.3f}")
            here = here.before
        return found[::-1]


class Walk:
    """One walk through one room, from a first start and from a restart."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.transitions = 0
        self.seen: Counter[str] = Counter()
        self.places: set[int] = set()
        self.queue: list[Place] = []
        self.waiting: tuple[deque[Place], deque[Place]] = (deque(), deque())
        self.alphabet = letters(0) + letters(1)
        self.pairs = letters(2)
        self.asked = asked()
        for began in (State(), crashed(BEGAN_S)):
            self._begin(began)

    @property
    def open(self) -> int:
        """States reached, but not yet walked on from."""
        return len(self.waiting[0]) + len(self.waiting[1])

    def walk(self, transitions: int) -> None:
        """Every letter with at most one atom off, from every state in turn: for about so many
        transitions, or until nothing is left."""
        until = self.transitions + transitions
        while self.open and self.transitions < until:
            for waiting in self.waiting:
                if waiting:
                    self._walk_on(waiting.popleft())

    def pair_up(self, at: int) -> None:
        """The letter with two atoms off that stands there, from every state that is known."""
        for place in self.queue[:]:
            self._tell(place, self.pairs[at])

    def _begin(self, state: State) -> None:
        if state.latch is None:
            ghost = Ghost()
        else:
            ghost = Ghost(must_reset=True, level=Level.STOP, cause=state.latch.cause)
        self._arrive(Place(state, ghost, BEGAN_S, 0))

    def _walk_on(self, place: Place) -> None:
        for told in self.alphabet:
            self._tell(place, told)
            self._hold(place, told)
        if place.state.phase is Phase.STOPPING:
            self._comes_to_rest(place)

    def _tell(self, place: Place, told: Letter) -> None:
        """The letter with each command, after each wait."""
        for wait_s in WAITS_S:
            found = evidence(told, self.room, place.now_s + wait_s, place.units)
            plain = self._turn(place, told, NOTHING, found, wait_s)
            for each in self.asked:
                self._compare(self._turn(place, told, each, found, wait_s), plain)

    def _turn(
        self, place: Place, told: Letter, each: Asked, found: Evidence, wait_s: float
    ) -> Place:
        """One transition, counted and judged."""
        self.transitions += 1
        room, now_s = self.room, place.now_s + wait_s
        state, decision = step(place.state, found, each.commands, room.limits, now_s)
        cause = "" if state.latch is None else state.latch.cause
        units = 0
        if decision.order.level is Level.RUN:
            units = room.grid.floor(decision.order.speed_mps)
        try:
            ghost = judge(place.ghost, told, each, decision, cause, room, wait_s, now_s)
        except AssertionError as broken:
            there = Place(state, place.ghost, now_s, units, place, told, each, wait_s)
            raise self._broken(there, str(broken)) from None
        there = Place(state, ghost, now_s, units, place, told, each, wait_s)
        self._arrive(there)
        return there

    def _arrive(self, place: Place) -> None:
        """Where nobody has been is to be walked on from."""
        number = key(place.state, self.room, place.now_s)
        if number in self.places:
            return
        self.places.add(number)
        self.queue.append(place)
        self.waiting[place.state.phase in ACTIVE].append(place)
        self.seen[place.state.phase.value] += 1
        if place.state.latch is not None:
            self.seen["latched by " + place.state.latch.cause] += 1
        if place.state.ramp.speed_mps == self.room.limits.cap_mps:
            self.seen["at the cap"] += 1

    def _compare(self, there: Place, plain: Place) -> None:
        """With the same turn without a command: the network may only slow, a refusal is nothing."""
        state, other = there.state, plain.state
        same = state.phase is other.phase and state.ceiling_mps == other.ceiling_mps
        same = same and there.ghost.speed_mps == plain.ghost.speed_mps
        if there.ghost.refused and not same:
            raise self._broken(there, "a refused command changed something")
        if there.each.local or there.each.stops or same:
            return
        slower = there.ghost.speed_mps <= plain.ghost.speed_mps
        slower = slower and state.ceiling_mps <= other.ceiling_mps
        if not (slower and DOWN[state.phase] >= DOWN[other.phase]):
            raise self._broken(there, "the network did more than to slow (S30)")

    def _hold(self, place: Place, told: Letter) -> None:
        """The same letter, told over and over: each timer that it starts runs out."""
        long = told is self.alphabet[0] or told.belt == 6
        here = place
        for _ in range(HEALTHY_TURNS if long else HELD_TURNS):
            here = self._again(here, told)

    def _again(self, here: Place, told: Letter) -> Place:
        found = evidence(told, self.room, here.now_s + HELD_S, here.units)
        return self._turn(here, told, NOTHING, found, HELD_S)

    def _comes_to_rest(self, place: Place) -> None:
        """Liveness: a belt that rests ends every stop."""
        here = place
        for _ in range(12):
            here = self._again(here, RESTS)
        ended = Phase.IDLE if place.state.latch is None else Phase.LATCHED
        if here.state.phase is not ended:
            raise self._broken(here, "a belt at rest, and still stopping")

    def _broken(self, place: Place, sentence: str) -> AssertionError:
        return AssertionError("\n  ".join([f"{sentence}, room {self.room.name}", *place.path()]))


ACTIVE = (Phase.ARMED, Phase.WALKING, Phase.SLOWING, Phase.BELT_OFF)
DOWN = {
    Phase.WALKING: 0, Phase.BELT_OFF: 0, Phase.ARMED: 0, Phase.IDLE: 1, Phase.SLOWING: 1,
    Phase.STOPPING: 2, Phase.LATCHED: 3,
}  # fmt: skip
RESTS = letter((0, 1, *[0] * (len(SIZES) - 2)))
