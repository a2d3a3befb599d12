"""docs/stops.md against the tables it tells of: no stop is missing there, and none is made up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.safety import conditions
from controller.safety.interlocks import INTERLOCKS
from controller.safety.interlocks.row import Interlock
from controller.safety.limits import Limits
from controller.safety.patient import HEART_HIGH_S, HEART_LOST_S
from controller.safety.view import Action

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "stops.md").read_text()
COVER = (ROOT / "controller/web/static/views/cover.js").read_text()
CHAPTERS = {
    "Stops at once": {Action.PROTECTIVE},
    "Slows down, then stops": {Action.CONTROLLED},
    "Goes on, and no faster": {Action.SLOW, Action.HOLD, Action.WARN},
}
DOES = {Action.SLOW: "20 % slower", Action.HOLD: "no increase", Action.WARN: "tells you"}
LIMITS = Limits()
SECONDS: dict[str, float] = {
    "grip_silent": conditions.GRIP_LOST_S,
    "grip_late": LIMITS.grip_stale_s,
    "grip_disagrees": conditions.DISAGREE_S,
    "overspeed": LIMITS.overspeed_s,
    "units": conditions.PROBE_S,
    "unresponsive": LIMITS.response_s,
    "mismatch": LIMITS.mismatch_s,
    "witness_disagrees": conditions.WITNESS_S,
    "belt_lost": LIMITS.belt_lost_s,
    "unanswered": LIMITS.answer_s,
    "frozen": conditions.FROZEN_S,
    "guard_silent": LIMITS.guard_silent_s,
    "turn_lost": LIMITS.turn_lost_s,
    "one_hand": LIMITS.one_hand_stop_s,
    "heart_rate": HEART_HIGH_S,
    "heart_silent": HEART_LOST_S,
    "console_lost": LIMITS.console_silent_s,
    "not_confirmed": LIMITS.confirm_s,
    "belt_silent": LIMITS.belt_stop_s,
    "did_not_start": LIMITS.start_patience_s,
    "one_hand_slow": LIMITS.one_hand_hold_s,
    "one_hand_prompt": conditions.PROMPT_S,
    "grip_missed": LIMITS.grip_stale_s / 2,
    "incline_refused": conditions.INCLINE_LATE_S,
    "answer_late": conditions.ANSWER_LATE_S,
    "belt_late": LIMITS.belt_hold_s,
    "turn_late": LIMITS.turn_late_s,
}
"""By interlock, the time that its row on the page must name."""


def rows(title: str) -> list[list[str]]:
    """The cells of all tables under a heading of the second level, without their heads."""
    chapter = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    [text] = [each for each in chapter if each.startswith(f"{title}\n")]
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    cells = [line.split(" | ") for line in lines]
    return [each for each in cells if not each[0].startswith(("the ", "---"))]


def chapter_of(row: Interlock) -> str:
    return next(title for title, actions in CHAPTERS.items() if row.action in actions)


@pytest.mark.parametrize("title", CHAPTERS)
def test_a_chapter_has_each_of_its_interlocks_once_and_nothing_else(title: str) -> None:
    told = [cells[0] for cells in rows(title)]
    there = [row.sentence for row in INTERLOCKS if row.action in CHAPTERS[title]]
    assert sorted(told) == sorted(there)


@pytest.mark.parametrize("row", INTERLOCKS, ids=lambda row: row.name)
def test_a_row_says_what_clears_it_or_what_it_does(row: Interlock) -> None:
    [(_, watched, then)] = [each for each in rows(chapter_of(row)) if each[0] == row.sentence]
    assert DOES.get(row.action, row.clears) in then
    assert row.action in DOES or then == row.clears
    if row.name in SECONDS:
        assert f"{SECONDS[row.name]:g} s" in watched


def test_the_page_tells_how_long_a_cause_must_be_gone() -> None:
    assert f"for {conditions.SETTLED_S:g} seconds" in PAGE
    assert f"within {LIMITS.escalate_s:g} seconds" in PAGE


def test_what_covers_the_page_is_told() -> None:
    titles = [cells[0] for cells in rows("When the page says to pull the key")]
    assert titles
    there = re.findall(r'"([A-Z][^"]*\.)"', COVER)
    assert set(titles) == {each for each in there if not each.startswith(("No answer", "Nothing"))}


def ended(tree: ast.AST) -> Iterator[str]:
    """The sentences with which a walk ends as planned: of `wound_down`, and of its bounds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "_spent":
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            yield from (each.value for each in returned if isinstance(each, ast.Constant))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "wound_down":
            sentence = node.args[2]
            if isinstance(sentence, ast.Constant):
                yield sentence.value


def test_a_planned_end_is_told_and_none_is_made_up() -> None:
    files = (ROOT / "controller" / "step").glob("*.py")
    there = {each for file in files for each in ended(ast.parse(file.read_text())) if each}
    assert {cells[0] for cells in rows("Ends as planned")} == there
