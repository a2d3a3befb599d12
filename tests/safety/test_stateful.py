"""The world again, as a machine of rules: what people do depends on what they see.

Octets (`test_turns`) try everything at any time. Here each rule has its occasion: long, well
meant sessions come about in which one thing goes wrong at some moment. The oracle of the wire
judges every turn; what is written here judges the state beside it.
"""

import math
from collections import Counter
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step.state import State
from protocols.belt import Level
from tests.safety.world import ROOMS, WALKS, World

STEPS = 100_000
"""Turns that were decided and judged."""
RULES = 6_000
often = settings(
    max_examples=400,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
moods = st.sampled_from(
    ("granted", "failing", "forbidding", "nonsense", "late", "foreign", "silent", "broken")
)
belts = st.sampled_from(
    ("obeys", "stuck", "dead", "runaway", "restless", "miles", "mad", "endless", "backward")
)
waits = st.sampled_from((0.0, 0.02, 0.05, 0.05, 0.05, 0.09, 0.15, 0.2))
speeds = st.sampled_from((None, 0.14, 0.2, 0.3, 0.44, 0.8, 9.0, 0.0, -1.0, math.nan))


def phase_in(*phases: Phase) -> Any:
    return precondition(lambda machine: machine.world.state.phase in phases)


class Sessions(RuleBasedStateMachine):
    """Patients, supervisors, a network and a machine, each with its own mind."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.before = self.world.state

    @initialize(room=st.integers(0, len(ROOMS) - 1), walk=st.integers(0, len(WALKS) - 1))
    def begin(self, room: int, walk: int) -> None:
        self.world = World(room)
        self.world.helped(walk)

    @rule(turns=st.integers(1, 40), after_s=waits)
    def time_passes(self, turns: int, after_s: float) -> None:
        self.world.turns(turns, after_s)

    @rule(after_s=st.sampled_from((0.26, 0.31, 0.5, 3.0)))
    def the_loop_stalls(self, after_s: float) -> None:
        self.world.poll(after_s)
        self.world.turn(0.0)

    @rule(left=st.booleans(), right=st.booleans())
    def hands_go_where_they_like(self, left: bool, right: bool) -> None:
        self.world.left, self.world.right = left, right
        self.world.turn()

    @phase_in(Phase.WALKING, Phase.SLOWING)
    @rule(off_s=st.sampled_from((0.1, 0.25, 0.45, 0.8)))
    def both_hands_slip(self, off_s: float) -> None:
        self.world.left = self.world.right = False
        self.world.turns(round(off_s / 0.05))
        self.world.left = self.world.right = True
        self.world.turn()

    @rule(
        what=st.sampled_from(
            ("tether", "fall", "grip_frozen", "belt_mute", "guard", "console", "journal")
        )
    )
    def something_fails(self, what: str) -> None:
        setattr(self.world, what, what in {"fall", "grip_frozen", "belt_mute"})
        self.world.turns(3)

    @rule(mood=moods, mode=belts)
    def the_machine_has_its_moods(self, mood: str, mode: str) -> None:
        self.world.answering, self.world.belt_mode = mood, mode
        self.world.turns(4)

    @rule(
        field=st.sampled_from(
            ("safety_key_at_s", "console_stop_at_s", "foreign_at_s", "write_failed_at_s")
        )
    )
    def the_machine_tells_of_an_event(self, field: str) -> None:
        self.world.event(field)
        self.world.turn(0.0)

    @rule()
    def everything_is_well_again(self) -> None:
        self.world.well()
        self.world.turns(10)

    @phase_in(Phase.IDLE, Phase.STOPPING, Phase.LATCHED)
    @rule(walk=st.integers(0, len(WALKS) - 1))
    def a_supervisor_begins_anew(self, walk: int) -> None:
        self.world.helped(walk)

    @phase_in(Phase.WALKING)
    @rule(verb=st.sampled_from((Verb.FASTER, Verb.SLOWER, Verb.PRESENT)), speed_mps=speeds)
    def a_supervisor_guides(self, verb: Verb, speed_mps: float | None) -> None:
        self.world.ask(verb, speed_mps=speed_mps)
        self.world.turns(12)

    @rule(verb=st.sampled_from(Verb), role=st.sampled_from(Role), speed_mps=speeds)
    def somebody_asks(self, verb: Verb, role: Role, speed_mps: float | None) -> None:
        self.world.ask(verb, role=role, speed_mps=speed_mps)
        self.world.turn()

    @rule(verb=st.sampled_from(Verb), speed_mps=speeds)
    def the_network_asks(self, verb: Verb, speed_mps: float | None) -> None:
        """It may slow and stop; nothing that it says arms, starts, raises or resets (S30)."""
        before = self.world.state
        self.world.ask(verb, role=Role.NETWORK, speed_mps=speed_mps)
        self.world.turn()
        after = self.world.state
        assert after.phase is before.phase or after.phase not in {Phase.ARMED, Phase.WALKING}
        assert after.ceiling_mps <= before.ceiling_mps
        assert before.latch is None or after.latch is not None

    @rule()
    def the_link_is_lost(self) -> None:
        self.world.unplug()
        self.world.turn()

    @invariant()
    def only_a_walk_moves_the_belt(self) -> None:
        state, order = self.world.state, self.world.order
        self.seen["rules"] += 1
        if order.level is Level.RUN:
            assert state.phase in {Phase.WALKING, Phase.SLOWING}
            assert order.speed_mps <= self.world.limits.cap_mps
        else:
            assert not order.speed_mps
            assert not state.ramp.speed_mps

    @invariant()
    def a_latch_holds_the_belt(self) -> None:
        state = self.world.state
        if state.latch is not None:
            assert state.phase in {Phase.SLOWING, Phase.STOPPING, Phase.LATCHED}
        assert (state.phase is Phase.LATCHED) <= (state.latch is not None)

    @invariant()
    def the_gate_is_never_needed(self) -> None:
        assert not self.world.seen["gate"]

    def teardown(self) -> None:
        self.seen.update(self.world.seen)


def test_a_hundred_thousand_steps_of_well_meant_sessions_break_no_claim() -> None:
    Sessions.seen.clear()
    run_state_machine_as_test(Sessions, settings=often)  # type: ignore[no-untyped-call]
    seen = Sessions.seen
    assert seen["turns"] >= STEPS
    assert seen["rules"] >= RULES
    assert seen["walking"] >= STEPS // 5
    assert len([name for name in seen if name.startswith("latched by")]) >= 15


def test_a_first_turn_remembers_nothing() -> None:
    assert State() == Sessions().before
