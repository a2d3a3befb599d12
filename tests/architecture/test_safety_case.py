"""The safety case is whole: nothing in docs/safety.md is without its test, and nothing is missing.

A hazard, a rule, a fault, an interlock or a simulated fault that is an orphan fails here; and each
sort of orphan, planted into a copy of the page, is found.
"""

import ast
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from controller.safety.interlocks import BY_NAME, INTERLOCKS
from simulators.faults import FAULTS
from tests.architecture.safety_page import MENTION, Entry, Page, read
from tests.safety.stack.afflictions import OWN, STRIKES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "safety.md").read_text()
RULES = [f"S{number}" for number in range(1, 38)]
FAULT_ROWS = [f"F{number}" for number in range(1, 101)]
HAZARDS = [f"H{number}" for number in range(1, 11)]

KINDS: dict[str, tuple[str, ...]] = {
    "exhaustive walk": ("tests/safety/test_walk.py",),
    "property": (
        "tests/safety/test_turns.py", "tests/safety/test_totality.py",
        "tests/safety/test_stateful.py",
    ),
    "fuzz": ("tests/safety/test_fuzz.py",),
    "simulation": ("tests/safety/test_stack_",),
    "processes": (
        "tests/acceptance/", "tests/controller/guard/whole/",
        "tests/controller/guard/test_processes.py", "tests/controller/test_desk.py",
        "tests/controller/test_journal.py", "tests/controller/test_journal_disk.py",
        "tests/controller/test_latch_store.py",
        "tests/controller/test_web_server.py", "tests/controller/mqtt/test_bridge.py",
        "tests/controller/mqtt/test_broker_faults.py", "tests/controller/mqtt/test_corpus.py",
        "tests/drivers/test_bumble_processes.py",
    ),
    "browser": ("tests/browser/",),
    "vectors": ("tests/protocols/",),
    "devices": ("tests/drivers/",),
    "architecture": ("tests/architecture/",),
    "story": ("tests/controller/",),
    "simulator": ("tests/simulators/",),
}  # fmt: skip
"""A test is of the kind whose path fits its own best; what Hypothesis feeds is a property."""

Finding = Iterator[str]


@functools.cache
def functions(path: str) -> dict[str, ast.AST]:
    """The tests of a module by name; none if there is no such module."""
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node for node in tree.body if isinstance(node, kinds)}


def kind(path: str, test: str) -> str:
    node = functions(path)[test]
    if any(ast.unparse(one).startswith("given(") for one in getattr(node, "decorator_list", [])):
        return "property"
    fits = [(len(start), kind) for kind, starts in KINDS.items() for start in starts
            if path.startswith(start)]  # fmt: skip
    return max(fits)[1]


def exists(path: str) -> bool:
    return (ROOT / path).exists()


def once(found: list[str], wanted: list[str]) -> Finding:
    yield from (f"{number} is missing" for number in wanted if number not in found)
    yield from (f"{number} is there twice" for number in wanted if found.count(number) > 1)
    yield from (f"{number} is unknown" for number in found if number not in wanted)


def numbers(page: Page) -> Finding:
    """Every number exactly once, every rule against a hazard, every mention one that is."""
    yield from once([rule.number for rule in page.rules], RULES)
    yield from once([fault.number for fault in page.faults], FAULT_ROWS)
    yield from once(list(page.held_off), HAZARDS)
    held = {rule for rules in page.held_off.values() for rule in rules}
    yield from (f"{rule} is against no hazard" for rule in RULES if rule not in held)
    known = {*RULES, *FAULT_ROWS}
    yield from (f"{each} is mentioned and is not" for each in MENTION.findall(page.text)
                if each not in known)  # fmt: skip


def links(page: Page) -> Finding:
    """Every test that is named exists, and its link leads to it."""
    for entry in (*page.rules, *page.faults):
        for path, test, label in entry.tests:
            if test not in functions(path):
                yield f"{entry.number}: there is no {path}::{test}"
            if page.links.get(label) != path:
                yield f"{entry.number}: the link {label} does not lead to {path}"
        if len(entry.tests) < entry.text.count("[tests/"):
            yield f"{entry.number} has a link to a test that cannot be read"
    named = set(re.findall(r"\]\[([\w-]+)\]", page.text))
    yield from (f"the link {label} leads nowhere" for label in named - set(page.links))
    yield from (f"the link {label} is not used" for label in set(page.links) - named)


def rules(page: Page) -> Finding:
    """Every rule is enforced, watched, and shown in two different ways."""
    for rule in page.rules:
        modules = rule.named("Enforced")
        if not modules or not all(map(exists, modules)):
            yield f"{rule.number} is enforced by no module, or by one that is not"
        if not rule.parts.get("Watched", "").strip(" .\n-"):
            yield f"{rule.number} is not watched"
        yield from watched(rule)
        there = [(path, test) for path, test, _ in rule.tests if test in functions(path)]
        if len({kind(path, test) for path, test in there}) < 2:
            yield f"{rule.number} is not shown in two ways"


def watched(entry: Entry) -> Finding:
    """What is in code quotes under Watched is an interlock, or a path."""
    for name in entry.named("Watched"):
        if not (exists(name) if "/" in name else name in BY_NAME or " " in name):
            yield f"{entry.number}: {name} watches nothing"


def faults(page: Page) -> Finding:
    """Every fault is tried, or it is said why not; what it names exists."""
    for fault in page.faults:
        yield from watched(fault)
        for name in fault.named("Tried"):
            if not (exists(name) if "/" in name else name in STRIKES):
                yield f"{fault.number}: there is no {name} to try it by"
        tried = fault.named("Tried") or fault.tests
        if not tried and not fault.parts.get("Not tried", "").strip():
            yield f"{fault.number} is not tried, and it is not said why"
        if not MENTION.search(fault.parts[""].partition("→")[2]):
            yield f"{fault.number} has no rule against it"


def tables(page: Page) -> Finding:
    """What the tables of the code say of faults, this page says too."""
    by_number = {fault.number: fault for fault in page.faults}
    for row in INTERLOCKS:
        for number in row.hazards:
            if number not in by_number or row.name not in by_number[number].named("Watched"):
                yield f"{number} does not name the interlock {row.name}"
    for name, simulated in FAULTS.items():
        for number in re.findall(r"\bF\d+\b", simulated.source.partition(";")[0]):
            if number not in by_number or name not in by_number[number].named("Tried"):
                yield f"{number} does not name the simulated fault {name}"
    watching = {name for rule in page.rules for name in rule.named("Watched")}
    yield from (f"{row.name} is watched for by no rule" for row in INTERLOCKS
                if row.name not in watching)  # fmt: skip
    tried = {name for fault in page.faults for name in fault.named("Tried")}
    yield from (f"{name} is struck for no fault" for name in OWN if name not in tried)


def kinds(page: Page) -> Finding:
    """The page tells the kinds as they are told apart here."""
    for each, starts in KINDS.items():
        if not set(starts) <= set(page.kinds.get(each, [])):
            yield f"the kind {each} is not told as it is"
        yield from (f"there is no {start}" for start in starts
                    if not list((ROOT / start).parent.glob(f"{Path(start).name}*")))  # fmt: skip


CHECKS: tuple[Callable[[Page], Finding], ...] = (numbers, links, rules, faults, tables, kinds)


def orphans(text: str) -> list[str]:
    page = read(text)
    return [finding for check in CHECKS for finding in check(page)]


def test_nothing_in_the_safety_case_is_an_orphan() -> None:
    assert orphans(TEXT) == []


def test_it_claims_no_conformity() -> None:
    """The names of standards are for those who have assessed against them."""
    assert not re.search(r"\b(ISO|IEC|EN|UL|CE)[ -]?\d|\bcertified\b|\bcomplies\b", TEXT)
    assert "safety key" in TEXT
    assert "not a medical device" in TEXT


def without(part: str) -> Callable[[str], str]:
    return lambda text: text.replace(part, "", 1)


def instead(part: str, other: str) -> Callable[[str], str]:
    return lambda text: text.replace(part, other, 1)


def without_part_of(number: str, label: str) -> Callable[[str], str]:
    """A rule or a fault whose text under this label is gone."""

    def cut(text: str) -> str:
        page = read(text)
        entry = next(each for each in (*page.rules, *page.faults) if each.number == number)
        return text.replace(entry.text, entry.text.replace(entry.parts[label], " \n", 1), 1)

    return cut


PLANTED: tuple[tuple[Callable[[str], str], str], ...] = (
    (instead("### S7 · ", "### "), "S7 is missing"),
    (instead("### S7 · ", "### S6 · "), "S6 is there twice"),
    (instead("### S7 · ", "### S38 · "), "S38 is unknown"),
    (instead("- **F20** ", "- "), "F20 is missing"),
    (instead("- **F20** ", "- **F21** "), "F21 is there twice"),
    (instead("| H4 |", "| |"), "H4 is missing"),
    (instead("S1 S2 S4 S5 S18 S33 |", "S1 S2 S4 S5 S18 |"), "S33 is against no hazard"),
    (instead("(S13 S21)", "(S13 S77)"), "S77 is mentioned and is not"),
    (instead("test_gate.py::test_each_breach_alone_is_a_stop", "test_gate.py::test_no_such"),
     "S1: there is no tests/controller/safety/test_gate.py::test_no_such"),
    (instead("tests/controller/test_ramp.py::", "tests/controller/test_slope.py::"),
     "S2: there is no tests/controller/test_slope.py::"),
    (instead("_is_a_stop][gate]", "_is_a_stop][latch]"), "S1: the link latch does not lead to"),
    (without("[gate]: ../tests/controller/safety/test_gate.py\n"), "the link gate leads nowhere"),
    (without("::test_each_breach_alone_is_a_stop"), "S1 has a link to a test that cannot be read"),
    (lambda text: text + "[spare]: ../tests/safety/test_walk.py\n", "the link spare is not used"),
    (without_part_of("S9", "Enforced"), "S9 is enforced by no module"),
    (instead("`controller/ramp.py`", "`controller/slope.py`"), "S2 is enforced by no module"),
    (without_part_of("S9", "Watched"), "S9 is not watched"),
    (without_part_of("S9", "Shown"), "S9 is not shown in two ways"),
    (instead("`stop_pressed`; the order", "`stop_wished`; the order"),
     "S6: stop_wished watches nothing"),
    (without("`restarted`."), "F64 does not name the interlock restarted"),
    (instead("`lets_go`", "`lets_be`"), "F20: there is no lets_be to try it by"),
    (instead("`lets_go`, ", ""), "F20 does not name the simulated fault lets_go"),
    (instead("`grip_released`, `one_hand`.", "`grip_released`."),
     "F20 does not name the interlock one_hand"),
    (without("`one_hand_prompt`"), "one_hand_prompt is watched for by no rule"),
    (without("`reset_mashed`,"), "reset_mashed is struck for no fault"),
    (without_part_of("F18", "Not tried"), "F18 is not tried, and it is not said why"),
    (instead("scenarios/runaway.toml", "scenarios/run.toml"), "run.toml to try it by"),
    (instead("- **browser**", "- browser"), "the kind browser is not told as it is"),
)  # fmt: skip


@pytest.mark.parametrize(("plant", "finding"), PLANTED)
def test_a_planted_orphan_is_found(plant: Callable[[str], str], finding: str) -> None:
    planted = plant(TEXT)
    assert planted != TEXT
    assert any(finding in found for found in orphans(planted)), orphans(planted)


def test_a_rule_shown_in_one_way_only_is_found() -> None:
    page = read(TEXT)
    rule = next(rule for rule in page.rules if rule.number == "S4")
    lines = [line for line in rule.text.splitlines() if "test_stack_bounds" not in line]
    assert "S4 is not shown in two ways" in orphans(TEXT.replace(rule.text, "\n".join(lines)))
