"""What may happen in a world, by octets.

Each octet names an act of `ACTS`, octet 0 an uneventful turn. So the shortest, plainest story that
breaks a claim is the lowest string of octets, which is what Hypothesis looks for.
"""

import math
from collections.abc import Callable
from typing import Any

from controller.safety.told import Symptom, Told
from controller.session.commands import Role, Verb
from tests.safety.world import TURN_S, WALKS, World

Act = Callable[[World], Any]


def _set(**values: Any) -> Act:
    def act(world: World) -> None:
        for name, value in values.items():
            setattr(world, name, value)
        world.turn()

    return act


def _asks(*verbs: Verb, **how: Any) -> Act:
    def act(world: World) -> None:
        world.ask(*verbs, **how)
        world.turn()

    return act


def _event(field: str) -> Act:
    def act(world: World) -> None:
        world.now_s += TURN_S
        world.event(field)
        world.turn(0.0)

    return act


def _lets_go(seconds: float, after_s: float, **how: bool) -> Act:
    """The hands, or what is heard of them, are gone for so long."""

    def act(world: World) -> None:
        for name, value in how.items():
            setattr(world, name, value)
        world.turns(round(seconds / after_s), after_s)

    return act


def _regrips(world: World) -> None:
    """One hand goes its own way for long enough to be slowed down, and comes back."""
    world.left = False
    world.turns(80)
    world.left = True
    world.turns(60)


def _flap(off_s: float) -> Act:
    def act(world: World) -> None:
        for _ in range(20):
            world.left = world.right = not world.left
            world.turn(off_s)

    return act


def _lose_control(world: World) -> None:
    world.point.permission_lost()
    world.turn()


def _turn(after_s: float) -> Act:
    return lambda world: world.turn(after_s)


def _turns(count: int, after_s: float) -> Act:
    return lambda world: world.turns(count, after_s)


def _poll(after_s: float) -> Act:
    return lambda world: world.poll(after_s)


PEACE: tuple[Act, ...] = (
    _turn(0.05),
    *(_turns(count, 0.05) for count in (5, 20, 60)),
    *(_turns(20, after_s) for after_s in (0.013, 0.09)),
    *(_poll(after_s) for after_s in (0.02, 0.05)),
    *(_asks(verb) for verb in (Verb.PRESENT, Verb.FASTER, Verb.SLOWER)),
    World.well,
)


def _helps(walk: int, answering: str, countdown_s: float) -> Act:
    return lambda world: world.helped(walk, answering, countdown_s)


HELP: tuple[Act, ...] = (
    *(_helps(walk, "granted", 0.0) for walk in range(len(WALKS))),
    *(_helps(1, answering, 0.0) for answering in ("late", "silent", "foreign")),
    *(_helps(walk, "granted", 4.0) for walk in (1, 2)),
)
RELEASE: tuple[Act, ...] = (
    _lets_go(0.4, 0.05, left=False, right=False),
    _lets_go(0.75, 0.05, left=False, right=False),
    _lets_go(1.5, 0.02, left=False, right=False),
    _lets_go(1.0, 0.09, left=False, right=False),
    _lets_go(1.0, 0.05, grip_frozen=True),
    _lets_go(8.0, 0.05, left=False),
    _regrips,
)
TROUBLE: tuple[Act, ...] = (
    *(_turn(after_s) for after_s in (0.0, 0.2, 0.29, 0.5, 30.0)),
    *(_poll(after_s) for after_s in (0.2, 0.26, 0.6, 3.0)),
    *(_set(left=left, right=right) for left in (False, True) for right in (False, True)),
    *(_flap(off_s) for off_s in (0.02, 0.05, 0.09)),
    _set(tether=False), _set(fall=True), _set(grip_frozen=True), _set(belt_mute=True),
    _set(guard=False), _set(console=False), _set(journal=False),
    *(
        _set(answering=mood)
        for mood in ("failing", "forbidding", "nonsense", "late", "foreign", "silent", "broken")
    ),
    *(
        _set(belt_mode=mode)
        for mode in ("stuck", "dead", "runaway", "restless", "miles", "mad", "endless", "backward")
    ),
    *(
        _event(field)
        for field in (
            "safety_key_at_s", "console_stop_at_s", "foreign_at_s", "write_failed_at_s",
            "garbled_at_s",
        )
    ),
    _lose_control, World.unplug,
    *(_asks(verb) for verb in Verb), _asks(Verb.STOP, role=Role.ANYONE),
    *(_asks(Verb.ARM, walk=walk) for walk in range(len(WALKS))),
    _asks(Verb.ARM, Verb.START), _asks(Verb.START, Verb.STOP), _asks(Verb.RESET, Verb.ARM),
    _asks(*Verb), _asks(Verb.ARM, Verb.START, Verb.STOP, role=Role.ANYONE),
)  # fmt: skip

SPEEDS: tuple[Act, ...] = (
    *(_asks(Verb.FASTER, speed_mps=speed_mps) for speed_mps in (0.25, 0.44, 9.0, math.nan)),
    *(_asks(Verb.SLOWER, speed_mps=speed_mps) for speed_mps in (0.15, 0.0, -1.0, math.inf)),
    _asks(*Verb, role=Role.NETWORK, speed_mps=0.2),
)
REPORTS: tuple[Act, ...] = tuple(
    _asks(Verb.REPORT, role=role, told=told)
    for role, told in (
        (Role.SUPERVISOR, Told(pain_nprs=4)),
        (Role.SUPERVISOR, Told(pain_nprs=7)),
        (Role.ANYONE, Told(symptom=Symptom.DIZZINESS)),
    )
)
ACTS: tuple[Act, ...] = PEACE * 4 + HELP * 4 + RELEASE * 4 + TROUBLE * 2 + SPEEDS + REPORTS
"""Each as often as it should come about; there are octets for all of them."""


def play(octets: bytes) -> World:
    """The world after the acts that `octets` name; the first one chooses the room."""
    world = World(octets[0] if octets else 0)
    for octet in octets[1:]:
        ACTS[octet % len(ACTS)](world)
    return world
