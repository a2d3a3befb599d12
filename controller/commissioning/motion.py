"""Whether the belt may move while it is commissioned, in the words of a heartbeat. Pure."""

import math
from dataclasses import dataclass, replace

from controller.commissioning.notes import Sight
from controller.commissioning.probe import START_S, Probe
from controller.safety.limits import HARD

MOVING, STOPPING, RESTING, UNVERIFIED = b"m", b"s", b"r", b"u"
"""As control says them: the belt may move · it is stopped for a cause · it rests · a stop was not
seen to work in time."""


@dataclass(frozen=True, slots=True)
class Motion:
    """`may`: the belt may move. `awaited`: it was started at `started_at_s` and not seen to move
    yet, which it may do at any moment."""

    may: bool = False
    awaited: bool = False
    started_at_s: float = -math.inf


def watched(motion: Motion, probe: Probe, sight: Sight) -> Motion:
    """After one turn of the probe. Once anything was asked of the machine, only fresh reports of
    rest show that the belt rests: while the link is away it may move."""
    moves = bool(sight.report.speed_mps)
    if probe.started_at_s > motion.started_at_s:
        motion = Motion(awaited=True, started_at_s=probe.started_at_s)
    waited_s = sight.now_s - motion.started_at_s
    awaited = motion.awaited and not moves and waited_s < START_S
    unseen = bool(probe.log) and not sight.report.at_rest_for_s(sight.now_s) > 0
    return replace(motion, may=awaited or moves or unseen, awaited=awaited)


def word(motion: Motion, probe: Probe, now_s: float) -> bytes:
    """What the guard is told of this turn."""
    if probe.over and not probe.verified:
        return UNVERIFIED
    if not motion.may:
        return RESTING
    if not (probe.ending and probe.flaw):
        return MOVING
    since_s = now_s if probe.since_s is None else probe.since_s
    return UNVERIFIED if now_s - since_s > HARD.escalate_s else STOPPING
