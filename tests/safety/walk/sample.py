"""Many random turns, each told as a digest: the compiled rooms and the plain ones must tell alike.

`python -m tests.safety.walk.sample SEED`, from the folder whose rooms are meant.
"""

import hashlib
import random
import sys

from controller import step as rooms
from controller.step.state import Decision, State
from protocols.belt import Level
from tests.safety.walk import letters
from tests.safety.walk.rooms import ROOMS

STORIES = 60
TURNS = 120


def told(state: State, decision: Decision) -> str:
    """All of a turn that anybody can see, and what decides the next ones."""
    order, watched, latch = decision.order, state.monitors, state.latch
    parts = (
        *(state.phase, state.since_s, state.ceiling_mps, state.slow_to_mps, state.rises),
        *(state.armed_at_s, state.confirmed_at_s, state.stop_speed_mps, state.ended),
        *(state.ramp.speed_mps, state.ramp.rise_mps2, state.program.id),
        *(order.level, order.speed_mps, order.decided_at_s, decision.breach, decision.warnings),
        *(decision.wake_at_s, decision.escalate, *(each.reason for each in decision.answers)),
        *(watched.late_s, watched.grace_left, watched.both_since_s, watched.one_hand_since_s),
        *(state.care.pain_peak, state.care.releases, state.care.symptom, state.incline_pct),
        *(watched.proven, watched.overspeed_since_s, watched.mismatch_since_s),
        *(watched.belt.probed, watched.belt.walked_m, watched.belt.fast_s),
        *(watched.moved_at_s, state.envelope.speed_mps, state.envelope.held_at_s),
        "" if latch is None else (latch.cause, latch.tripped_at_s, latch.clear_since_s),
    )
    return repr(parts)


def story(chance: random.Random) -> str:
    """A session that goes well at times, so that it walks, and badly at others."""
    room, state, now_s, units = chance.choice(ROOMS), State(), 1000.0, 0
    asked, digest, often = letters.asked(), hashlib.sha256(), chance.random() ** 2
    well = [0] * len(letters.SIZES)
    for turn in range(TURNS):
        values = [
            chance.randrange(size) if chance.random() < often / 8 else 0 for size in letters.SIZES
        ]
        letter = letters.letter(tuple([3, *well[1:]] if turn < 3 else values))
        now_s += chance.choice(letters.WAITS_S[:4] if chance.random() > often else letters.WAITS_S)
        commands = chance.choice(asked).commands if chance.random() < 0.5 else ()
        evidence = letters.evidence(letter, room, now_s, units)
        state, decision = rooms.step(state, evidence, commands, room.limits, now_s)
        order = decision.order
        units = room.grid.floor(order.speed_mps) if order.level is Level.RUN else 0
        digest.update(told(state, decision).encode())
    return f"{state.phase.value} {digest.hexdigest()}"


if __name__ == "__main__":
    print(rooms.__file__)
    for number in range(STORIES):
        print(story(random.Random(f"{sys.argv[1]} {number}")))
