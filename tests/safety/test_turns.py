"""The claim: whatever people ask, whatever the evidence, whenever the turns, the wire is safe.

No set-point above the cap, none that rises faster than the ramp, none without a fresh grip, and
after a stop none without a reset, arming and starting.
"""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.safety.acts import ACTS, play
from tests.safety.world import ROOMS, World

WALKS = 56
"""Of 48 acts each, some of which take hundreds of turns."""
calm = settings(
    max_examples=WALKS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_a_hundred_thousand_turns_break_no_claim() -> None:
    seen: Counter[str] = Counter()

    @calm
    @given(st.binary(min_size=49, max_size=49))
    def any_walk(octets: bytes) -> None:
        seen.update(play(octets).seen)

    any_walk()
    assert seen["turns"] >= 100_000
    assert seen["walking"] >= 25_000
    assert seen["moving"] >= 15_000
    assert seen["at the cap"] >= 2_000
    assert seen["started"] >= 60
    assert seen["set"] >= 400
    causes = [name for name in seen if name.startswith("latched by")]
    assert len(causes) >= 15
    assert not seen["gate"], "the ramp and the gate disagree"


def test_there_is_an_octet_for_every_act() -> None:
    assert len(ACTS) <= 256


def test_every_room_can_be_walked_to_its_cap() -> None:
    """So that a claim about speed cannot hold for want of speed."""
    for room in range(len(ROOMS)):
        world = World(room)
        world.helped(1)
        world.turns(600)
        assert world.seen["at the cap"] > 100
        assert world.oracle.wire_mps > 0
