"""One walk in virtual time: the controller's own turn, gate and latch, and a simulated bedside.

There is no event loop: time goes from one moment at which something happens to the next. A turn
comes when the loop would take one: each period, at once on news, and when a grace ends.
"""

from collections.abc import Callable
from random import Random

from campaigns.bedside import Bedside
from campaigns.hands import Hands
from campaigns.outcome import Outcome
from campaigns.rails import Rails
from campaigns.road import Road
from campaigns.staff import Staff
from campaigns.tally import Tally
from controller.loop import following
from controller.safety.evidence import Evidence
from controller.safety.mark import CLEAN, Mark
from controller.safety.monitors import PERIOD_S
from controller.safety.view import QUIET, Phase
from controller.step import Decision, State, step
from protocols.belt import BeltOrder
from simulators.grip_sensor import HELD_N
from simulators.scene import Scene

SLICE_S = PERIOD_S
"""The belt is moved in slices of a turn: its model is exact in the lag up to twice that."""
FINE_S = 0.01
"""While hands move, or anything is broken, so that what follows is timed to the hundredth."""
LEAST_S = 1e-5
"""Time goes on between any two turns, as it does between two looks at a clock."""
ROUNDING_S = 1e-9

Tell = Callable[[float, str], None]


def silent(_now_s: float, _what: str) -> None:
    return


class Walk:
    """Make it, then `run` it once. `tell` hears the story."""

    def __init__(self, bedside: Bedside, seed: int, tell: Tell = silent) -> None:
        rng = Random(f"{seed} {bedside.number} walk")
        self._bedside = bedside
        self._scene = Scene(bedside.case.machine, seed=rng.getrandbits(63))
        self._scene.case = bedside.case
        self._fine = bool(bedside.case.grip or bedside.case.walk)
        self._tell = tell
        self._tally = Tally(bedside, self._scene, tell)
        self._road = Road(self._scene.treadmill, bedside.delay_s, self._tally.wrote)
        self._rails = Rails(self._scene)
        self._staff = Staff(bedside, Hands(bedside.walker, rng), self._scene, self._tally)
        self._state, self._kept = State(), CLEAN
        self._decision = Decision(BeltOrder())
        self._due_s = 0.0
        self.turns = 0

    @property
    def now_s(self) -> float:
        return self._scene.now_s

    def run(self) -> Outcome:
        """What came of it."""
        while self.goes_on():
            pass
        return self._tally.outcome(self._state, self._scene.now_s)

    def goes_on(self) -> bool:
        """Let time go on to the next happening; whether there is more to come."""
        scene, road, rails, staff = self._scene, self._road, self._rails, self._staff
        now_s = scene.now_s
        due_s = min(self._due_s, self._decision.wake_at_s)
        slice_s = min(due_s, road.due_at_s, rails.due_at_s, staff.due_at_s) - now_s
        most_s = FINE_S if self._fine or self._unsettled() else SLICE_S
        if slice_s > most_s:
            slice_s = most_s
        elif slice_s < LEAST_S:
            slice_s = LEAST_S
        scene.advance(slice_s)
        now_s = scene.now_s
        self._tally.saw(now_s)
        news = road.turn(now_s)
        news = rails.turn(now_s) or news
        news = staff.turn(self._state, now_s) or news
        if news or now_s >= due_s - ROUNDING_S:
            self._turn(now_s)
        return not staff.over(self._state, now_s)

    def _unsettled(self) -> bool:
        """A hand is on its way: it holds and is to leave, or the other way round."""
        wish, walker = self._scene.wish, self._scene.walker
        return (walker.left.force_n >= HELD_N) is not wish.left or (
            walker.right.force_n >= HELD_N
        ) is not wish.right

    def _turn(self, now_s: float) -> None:
        evidence = Evidence(
            belt=self._road.report,
            grip=self._rails.report,
            guard_seen_at_s=now_s,
            console_seen_at_s=now_s,
            journal_ok=True,
            awake_since_s=0.0,
            kept=self._kept,
            relay_ok=True,
            commissioned=True,
        )
        before = self._state
        commands = self._staff.commands()
        limits = self._bedside.limits
        self._state, decision = step(before, evidence, commands, limits, now_s)
        self._road.command(decision.order, now_s)
        self._decision = decision
        self._due_s = following(self._due_s, now_s)
        self.turns += 1
        if self._state.phase is not before.phase:
            self._moved(before.phase, now_s)
        if decision.answers or decision.escalate:
            self._staff.answered(decision.answers)
            self._tally.decided(decision, now_s)

    def _moved(self, before: Phase, now_s: float) -> None:
        """A phase has begun; the mark of it will be on the disk by the next turn."""
        phase, latch = self._state.phase, self._state.latch
        self._kept = Mark(phase not in QUIET, latch.cause if latch else "")
        self._tally.phase(self._state, now_s)
        if phase is Phase.WALKING:
            self._staff.began(now_s)
        elif before is Phase.WALKING:
            self._staff.left(now_s)


def walked(bedside: Bedside, seed: int, tell: Tell = silent) -> Outcome:
    """What comes of one walk. The same bedside and seed always give the same outcome."""
    return Walk(bedside, seed, tell).run()
