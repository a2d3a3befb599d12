"""The supervisor, and what the walker means to do: begin the walk, stay, and end it as planned."""

from math import inf

from campaigns.bedside import Bedside
from campaigns.hands import Hands
from campaigns.knobs import INTENTS_THAT_END
from campaigns.tally import Tally
from controller.safety.view import QUIET, Phase
from controller.session.commands import Answer, Orientation, Role, Verb
from controller.step import Command, State
from simulators.scene import Scene

HOLD_AT_S = 0.3
"""Until then both hands are off, as sensors must prove themselves."""
PATIENCE_S = 20.0
"""From there to the last attempt to begin a walk."""
TRY_S = 0.25
PRESENT_S = 30.0
LATE_S = 30.0
"""So long after it left WALKING a walk is looked at: by then every belt rests that ever will."""
NEXT = {Phase.IDLE: Verb.ARM, Phase.ARMED: Verb.START}
PRESSES = {"stop": Verb.STOP, "pause": Verb.PAUSE}


class Staff:
    """`due_at_s` is when somebody does something next of their own accord."""

    def __init__(self, bedside: Bedside, hands: Hands, scene: Scene, tally: Tally) -> None:
        self._bedside = bedside
        self._hands = hands
        self._scene = scene
        self._tally = tally
        self._asks: list[Verb] = []
        self._presence_at_s = inf
        self._end_at_s = inf
        self._begun_at_s: float | None = None
        self._over_at_s = HOLD_AT_S + PATIENCE_S
        self.due_at_s = HOLD_AT_S

    def over(self, state: State, now_s: float) -> bool:
        """Nothing more is to come of this walk."""
        down = self._begun_at_s is not None and state.phase in QUIET
        return down or now_s >= self._over_at_s

    def turn(self, state: State, now_s: float) -> bool:
        """Do what is due; whether anybody asks the controller for something."""
        if now_s < self.due_at_s:
            return False
        if self._begun_at_s is None:
            if now_s < HOLD_AT_S + TRY_S:
                self._scene.intend("hold")
            self._asks += [NEXT[state.phase]] if state.phase in NEXT else []
            self.due_at_s = now_s + TRY_S
        elif state.phase is Phase.WALKING:
            self._walk(now_s)
        else:
            self.due_at_s = inf
        return bool(self._asks)

    def began(self, now_s: float) -> None:
        self._begun_at_s = now_s
        self._presence_at_s = now_s + PRESENT_S
        self._end_at_s = now_s + self._bedside.seconds
        self._over_at_s = inf
        self._schedule()

    def left(self, now_s: float) -> None:
        """The walk is no longer WALKING."""
        self._over_at_s = now_s + LATE_S

    def commands(self) -> tuple[Command, ...]:
        """What is asked for in this turn."""
        if not self._asks:
            return ()
        asks, self._asks = self._asks, []
        return tuple(
            Command(
                verb.value,
                verb,
                Role.SUPERVISOR,
                program=self._bedside.program,
                orientation=Orientation.TURNED,
            )
            for verb in asks
        )

    def answered(self, answers: tuple[Answer, ...]) -> None:
        for answer in answers:
            if answer.reason and self._begun_at_s is None:
                self._tally.refusal = answer.reason

    def _walk(self, now_s: float) -> None:
        began_s = self._begun_at_s or 0.0
        for intent in self._hands.due(now_s - began_s):
            self._tally.told(now_s, f"The walker: {intent}.")
            self._scene.intend(intent)
        if now_s >= self._presence_at_s:
            self._asks.append(Verb.PRESENT)
            self._presence_at_s = now_s + PRESENT_S
        if now_s >= self._end_at_s:
            self._end(now_s)
        self._schedule()

    def _end(self, now_s: float) -> None:
        """As it was planned; a program ends by itself."""
        end, self._end_at_s = self._bedside.end, inf
        if end in PRESSES:
            self._asks.append(PRESSES[end])
        elif end != "program":
            self._scene.intend(end)
        self._tally.ended(now_s)
        if end in INTENTS_THAT_END or end == "release":
            self._hands.rest()

    def _schedule(self) -> None:
        hands_s = (self._begun_at_s or 0.0) + self._hands.next_s
        self.due_at_s = min(hands_s, self._presence_at_s, self._end_at_s)
