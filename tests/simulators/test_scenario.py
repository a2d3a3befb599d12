"""Scenario files: what they may say, and how a slip is answered."""

from pathlib import Path

import pytest

from simulators import scenario
from simulators.scenario import ACTORS, Event, ScenarioError, library, load, parse

WHOLE = """
title = "A fall"
story = "Somebody\\nfalls."
seed = 7
faults = ["slow_stop"]
[[events]]
at_s = 20
walker = "fall"
[[events]]
at_s = 3.5
supervisor = "faster"
[expect]
cause = "fall"
rest = true
carry_at_most_m = 0.5
"""


def test_a_file_is_read_as_it_is_told() -> None:
    told = parse(WHOLE)
    assert (told.title, told.story, told.seed) == ("A fall", "Somebody falls.", 7)
    assert told.events == (Event(3.5, "supervisor", "faster"), Event(20.0, "walker", "fall"))
    assert told.faults == ("slow_stop",)
    assert (told.expect.cause, told.expect.rest, told.expect.carry_at_most_m) == ("fall", True, 0.5)
    assert told.expect.starts
    assert told.expect.ends is None


SLIPS = {
    "no TOML": ("title =", "It is not TOML"),
    "too deep": ("title = " + "[" * 9999, "It has lists in lists"),
    "key": ('title = "A fall"', 'titel = "A fall"', "no key of a scenario 'titel'.*'title'"),
    "missing": ("seed = 7", "", "A scenario needs seed."),
    "seed": ("seed = 7", "seed = -7", "seed is a whole number"),
    "true is no seed": ("seed = 7", "seed = true", "seed is a whole number"),
    "title": ('"A fall"', "3", "title is text"),
    "story": ('"Somebody\\nfalls."', '" "', "story is text"),
    "fault": ("slow_stop", "slow_stopp", "no fault 'slow_stopp'.*'slow_stop'"),
    "faults": ('["slow_stop"]', '"slow_stop"', "faults is a list"),
    "actor": ("walker =", "walkr =", "no actor 'walkr'.*'walker'"),
    "act": ('"fall"\n[[', '"fal"\n[[', "no act of a walker 'fal'.*'fall'"),
    "two actors": ('walker = "fall"', 'walker = "fall"\nconsole = "stop"', "at_s and one actor"),
    "no time": ("at_s = 20", "", "at_s and one actor"),
    "time": ("at_s = 20", "at_s = nan", "at_s is a number from 0 to 600"),
    "late": ("at_s = 20", "at_s = 1e9", "at_s is a number from 0 to 600"),
    "expectation": ("rest = true", "rests = true", "no key of expect 'rests'.*'rest'"),
    "truth": ("rest = true", "rest = 1", "expect.rest is true or false"),
    "phase": ("rest = true", 'ends = "latch"', "no phase 'latch'.*'latched'"),
    "figure": ("= 0.5", '= "half"', "expect.carry_at_most_m is a number"),
    "cause": ('cause = "fall"', "cause = 3", "expect.cause is a name"),
    "table": ("[expect]", "[[expect]]", "expect is a table"),
    "program": ("seed = 7", 'seed = 7\nprogram = "quik"', "no program 'quik'.*'quick'"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_in_one_sentence_that_names_the_way_out(slip: str) -> None:
    *change, sentence = SLIPS[slip]
    text = WHOLE.replace(*change) if len(change) == 2 else change[0]
    assert text != WHOLE
    with pytest.raises(ScenarioError, match=sentence) as raised:
        parse(text)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.toml cannot be read: No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match=r"odd\.toml is no text in UTF-8\."):
        load(tmp_path / "odd.toml")
    (tmp_path / "odd.toml").write_text("seed = 1")
    with pytest.raises(ScenarioError, match=r"odd\.toml: A scenario needs title, story, expect\."):
        load(tmp_path / "odd.toml")


def test_the_library_has_each_title_once_and_uses_every_actor() -> None:
    told = library()
    assert len({each.title for each in told}) == len(told) >= 15
    assert {event.actor for each in told for event in each.events} == set(ACTORS)
    assert all(each.name == path.stem for each, path in zip(told, _files(), strict=True))


def _files() -> list[Path]:
    return sorted(scenario.LIBRARY.glob("*.toml"))
