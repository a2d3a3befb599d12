"""The engineer at a page, as a commissioning sees them: what they are shown, asked, and say.

page → commissioner   {"kind": "command", "id": str, "verb": "stop", …}       from anybody
                      {"kind": "command", "id": str, "verb": "answer", "role": "engineer",
                       "step": str, "yes": bool}   to the question of that step, once
                      {"kind": "attended"}         a signed-in engineer's page is alive
commissioner → page   {"kind": "commissioning", …}, see `_told`; ten times a second at most
"""

import asyncio
import math
from collections.abc import Callable
from typing import Any

from controller import profiles
from controller.commissioning import motion
from controller.commissioning.motion import Motion
from controller.commissioning.notes import Sight
from controller.commissioning.probe import Probe
from controller.commissioning.profile import Profile
from controller.commissioning.stopping import Point
from controller.hatch import Message, Peer
from controller.records.latch_store import LatchStore
from controller.safety.limits import Limits
from controller.safety.mark import Mark
from controller.session import authority
from controller.session.commands import Role, Verb
from protocols.belt import BeltReport

TELL_S = 0.1
ABSENT_S = 5.0
"""As long as a walk goes on without a supervisor's page."""
SILENT_S = Limits().guard_silent_s
KEPT_S = 5.0
"""For a slow disk."""
MOVES = Mark(moving=True)

STOPPED = "Stop was pressed."
ABSENT = "No signed-in engineer's page was seen for 5 seconds."
ALONE = "The guard process has ended."
SILENT = "The guard process is not heard."
RELAY = "The safety relay opened."
NOT_KEPT = "That the belt may move cannot be written to the disk."
BUSY = "The treadmill is being commissioned. Only Stop, and the answer to its question, count now."
CONNECTING = "Looking for the treadmill"
NO_QUESTION = "That is not asked now."
RELAY_OPEN = "The safety relay is open, or does not answer yet. Wait a moment, or check its cable."


class Engineer:
    """The person of `controller.commission`, on the hatch. `beat` is told the word of each turn.

    `why`: for what this commissioning is to end, in a sentence; "" while it goes on. `alone`: there
    is no guard any more.
    """

    def __init__(
        self, store: LatchStore, beat: Callable[[bytes], None], clock: Callable[[], float]
    ) -> None:
        self.publish: Callable[[Message], None] = lambda _message: None
        self.why = ""
        self.alone = False
        self._store, self._beat, self._clock = store, beat, clock
        self._guard_at_s = self._page_at_s = clock()
        self._relay_ok = self._begun = self._missed = False
        self._motion = Motion()
        self._probe, self._report = Probe(), BeltReport()
        self._answer: asyncio.Future[bool] | None = None
        self._heard: list[str] = []
        self._end: dict[str, Any] = {}
        self._told_at_s = -math.inf

    def guarded(self, relay_ok: bool) -> None:
        """The guard was heard; `relay_ok`: the relay would let the belt run, or there is none."""
        self._guard_at_s, self._relay_ok = self._clock(), relay_ok

    def ends(self, why: str) -> None:
        """Whatever is under way ends with a Stop."""
        self.why = self.why or why

    def guard_ended(self) -> None:
        self.alone = True
        self.ends(ALONE)

    @property
    def stops(self) -> bool:
        """Asked before each turn."""
        now_s = self._clock()
        missed, self._missed = self._missed, now_s - self._guard_at_s > SILENT_S
        if missed and self._missed:  # twice: after a turn that was itself late, it is not read yet
            self.ends(SILENT)
        if now_s - self._page_at_s > ABSENT_S:
            self.ends(ABSENT)
        if self._begun and not self._relay_ok:
            self.ends(RELAY)
        return bool(self.why)

    @property
    def acted(self) -> bool:
        """Something was asked of the machine."""
        return bool(self._probe.log)

    @property
    def over(self) -> bool:
        """Nothing more will be asked, and the belt was seen at rest."""
        return self._probe.over and self._probe.verified

    def waits(self) -> None:
        self.turned(motion.RESTING)

    def shows(self, probe: Probe, sight: Sight) -> None:
        self._probe, self._report = probe, sight.report
        self._motion = motion.watched(self._motion, probe, sight)
        self.turned(motion.word(self._motion, probe, sight.now_s))

    def told(self, sentence: str) -> None:
        self._heard.append(sentence)

    async def asked(self, question: str) -> bool:
        """Yes only once it is on the disk that the belt may move."""
        self._answer = asyncio.get_running_loop().create_future()
        try:
            yes = await self._answer
        finally:
            self._answer = None
        if yes and not await self._kept():
            self.ends(NOT_KEPT)
        self._begun = yes and not self.why
        return self._begun

    def take(self, message: Message, peer: Peer) -> None:
        """A message of a page, through the desk. Every command is answered."""
        if message["kind"] == "attended":
            self._page_at_s = self._clock()
        elif message["kind"] == "command":
            reason = self._commanded(message)
            key = str(message.get("id"))
            peer.send({"kind": "answer", "id": key, "accepted": not reason, "reason": reason})

    def refused(self, sentence: str, *, verified: bool = True) -> None:
        self._end = {"passed": False, "refusal": sentence, "pull_key": not verified}

    def passed(self, profile: Profile, points: tuple[Point, ...]) -> None:
        spots = [[round(each, 4) for each in point] for point in points]
        self._end = {
            "passed": True,
            "profile": profiles.described(profile, points),
            "points": spots,
        }

    def _commanded(self, message: Message) -> str:
        """What comes of a command: why it is refused, or ""."""
        if message.get("verb") == Verb.STOP.value:
            self.ends(STOPPED)
            return ""
        if message.get("verb") != "answer":
            return BUSY
        return _denied(message.get("role")) or self._answered(message)

    def _answered(self, message: Message) -> str:
        answer, yes = self._answer, message.get("yes")
        here = message.get("step") == self._probe.step.name
        if answer is None or answer.done() or not here or not isinstance(yes, bool):
            return NO_QUESTION
        if yes and not self._relay_ok:
            return RELAY_OPEN
        answer.set_result(yes)
        return ""

    async def _kept(self) -> bool:
        """That the belt may move is on the disk, for whoever begins after a power cut (S10)."""
        self._store.keep(MOVES)
        until_s = self._clock() + KEPT_S
        while self._store.kept != MOVES and self._clock() < until_s:  # noqa: ASYNC110 - a thread's
            await asyncio.sleep(TELL_S / 2)
        return self._store.kept == MOVES

    def turned(self, word: bytes) -> None:
        """A turn is complete: the pages are told, then the guard."""
        now_s = self._clock()
        if now_s - self._told_at_s >= TELL_S:
            self._told_at_s = now_s
            self.publish(self._told(now_s, word))
        self._beat(word)

    def _told(self, now_s: float, word: bytes) -> Message:
        probe, report, last = self._probe, self._report, len(self._probe.steps) - 1
        return {
            "kind": "commissioning",
            "time_s": round(now_s, 3),
            "step": probe.step.name,
            "title": CONNECTING if probe.since_s is None else probe.step.title,
            "share": round(probe.index / last, 3) if last else 0.0,
            "linked": report.linked,
            "speed_mps": None if report.speed_mps is None else round(report.speed_mps, 4),
            "at_rest": report.at_rest_for_s(now_s) > 0,
            "moving": word != motion.RESTING,
            "question": probe.question if self._answer is not None else "",
            "told": self._heard,
            "stopping": self.why,
            "over": bool(self._end),
            "passed": None,
            "refusal": "",
            "pull_key": word == motion.UNVERIFIED,
            "profile": None,
            "points": [],
            **self._end,
        }


def _denied(role: object) -> str:
    """Who may have it commissioned may answer."""
    try:
        return authority.refusal(Verb.COMMISSION, Role(role))
    except (ValueError, TypeError):
        return authority.ENGINEERS_ONLY
