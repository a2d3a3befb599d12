"""The people of a run: a supervisor who goes by the book, and what each of them wants."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from controller.programs.program import FREE_WALK, Program
from controller.safety import told as patient
from controller.session.commands import Answer, Orientation, Role, Verb
from controller.step import Command

CONFIRM_BELOW_S = 25.0
PRESS_S = 0.5
"""Nobody presses twice within half a second."""
ROAD_S = 0.003
"""From a tap to control: browser, desk and hatch."""

Told = dict[str, Any]
Ask = Callable[[Command, Callable[[Answer], None]], None]


class Supervisor:
    """Looks at what is told, and presses what is wanted as soon as it may be pressed; once more if
    it was refused, for what is told is a little old.

    `wants` is the list of verbs still to press, in order. `attends`: the console is open and
    presence confirmed in time.
    """

    def __init__(self, later: Callable[..., Any], ask: Ask, rng: Random) -> None:
        self._later = later
        self._ask = ask
        self._rng = rng
        self._pressed_at_s = -1.0
        self.wants: list[str] = []
        self.program: Program = FREE_WALK
        self.baseline_mps: float | None = None
        self.attends = True
        self.limit_bpm: int | None = None
        self.told: Told = {}
        self.answers: list[tuple[str, str]] = []
        self.on_answer: Callable[[str, bool], None] = lambda _verb, _accepted: None

    @property
    def phase(self) -> str:
        return str(self.told.get("state", "idle"))

    def hear(self, told: Told) -> None:
        self.told = told
        now_s = told["time_s"]
        if not self.attends or now_s - self._pressed_at_s < PRESS_S:
            return
        if self.wants and self.wants[0] in told["may"]:
            self._pressed_at_s = now_s
            self.press(self.wants.pop(0), wanted=True)
        elif (told["confirm_in_s"] or CONFIRM_BELOW_S) < CONFIRM_BELOW_S:
            self._pressed_at_s = now_s
            self.press("present")

    def press(
        self,
        verb: str,
        speed_mps: float | None = None,
        told: patient.Told | None = None,
        *,
        wanted: bool = False,
    ) -> None:
        command = Command(
            verb,
            Verb(verb),
            Role.SUPERVISOR,
            self.program,
            speed_mps,
            Orientation.TURNED,
            self.baseline_mps,
            told=told,
            heart_rate_limit_bpm=self.limit_bpm,
        )
        answered = partial(self._answered, wanted)
        self._later(ROAD_S * (1 + self._rng.random()), self._ask, command, answered)

    def _answered(self, wanted: bool, answer: Answer) -> None:
        self.answers.append((answer.verb.value, answer.reason))
        if wanted and not answer.accepted:
            self.wants.insert(0, answer.verb.value)
        self.on_answer(answer.verb.value, answer.accepted)
