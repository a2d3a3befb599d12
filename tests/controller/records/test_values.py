"""Values as plain JSON and back: by their fields, to the last octet."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.records.turns import Decided
from controller.records.values import RecordError, changes, decode, encode, merged
from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command, Decision, State
from protocols.belt import BeltOrder, BeltReport, SpeedGrid

KINDS = (Evidence, State, Decision, Command, Limits, Decided)
often = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def text(plain: Any) -> str:
    return json.dumps(plain, allow_nan=False)


@often
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    plain = encode(value)
    again = decode(kind, json.loads(text(plain)))
    assert repr(again) == repr(value)
    assert text(encode(again)) == text(plain)


@often
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_changes_make_one_value_out_of_any_other(kind: type, data: st.DataObject) -> None:
    before, after = data.draw(st.from_type(kind)), data.draw(st.from_type(kind))
    assert text(merged(encode(before), changes(before, after))) == text(encode(after))


MADE = (Evidence(), State(), Decision(BeltOrder()), Command("1", Verb.ARM), Limits())


@pytest.mark.parametrize("value", MADE, ids=lambda value: type(value).__name__)
def test_a_record_has_every_field_that_the_class_has(value: Any) -> None:
    assert list(encode(value)) == list(type(value).__annotations__)


def test_a_field_added_tomorrow_is_in_the_record_and_in_the_changes() -> None:
    wider = dataclasses.make_dataclass(
        "Wider", [("slope_pct", float | None, None)], bases=(Evidence,)
    )
    assert changes(wider(), wider(slope_pct=1.5)) == {"slope_pct": 1.5}
    assert decode(wider, encode(wider(slope_pct=1.5))) == wider(slope_pct=1.5)
    assert decode(wider, encode(Evidence())) == wider()


def test_only_what_has_changed_is_written() -> None:
    before = Evidence(belt=BeltReport(linked=True, speed_mps=0.2, reported_at_s=5.0))
    belt = dataclasses.replace(before.belt, speed_mps=0.3)
    assert changes(before, dataclasses.replace(before, belt=belt)) == {"belt": {"speed_mps": 0.3}}


@pytest.mark.parametrize(("old", "new"), [(0.0, -0.0), (0, 0.0), (1.0, True), (None, 0.0)])
def test_figures_that_are_equal_and_written_otherwise_have_changed(old: Any, new: Any) -> None:
    before, after = Evidence(witness_mps=old), Evidence(witness_mps=new)
    assert repr(changes(before, after)["witness_mps"]) == repr(new)


def test_a_whole_value_may_come_and_go() -> None:
    grid = SpeedGrid(1, 10, 1, 360.0)
    with_one, without = BeltReport(grid=grid), BeltReport()
    for before, after in ((with_one, without), (without, with_one)):
        assert merged(encode(before), changes(before, after)) == encode(after)


def test_figures_that_json_has_no_word_for() -> None:
    odd = encode(Evidence(witness_mps=math.nan, witness_at_s=-math.inf, awake_since_s=math.inf))
    assert (odd["witness_mps"], odd["witness_at_s"], odd["awake_since_s"]) == ("nan", "-inf", "inf")
    assert math.isnan(decode(Evidence, odd).witness_mps)


def test_what_is_no_value_of_ours_is_text() -> None:
    assert encode({"where": Path("/x"), "phase": Phase.IDLE, 1: (2, [3])}) == {
        "where": "/x", "phase": "idle", "1": [2, [3]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (Evidence, {"color": "red"}), (Evidence, {"belt": None}), (Evidence, {"belt": 5}),
        (Evidence, {"journal_ok": 1}), (Evidence, {"witness_mps": "fast"}), (Evidence, "text"),
        (Evidence, {"witness_mps": True}), (Evidence, {"kept": {"cause": ""}}), (Evidence, None),
        (State, {"phase": "flying"}), (State, {"rises": [[1.0]]}), (State, {"rises": 3}),
        (Command, {"id": "1"}), (Role, "king"), (Orientation | None, "sideways"), (float, None),
    ],
)  # fmt: skip
def test_what_stands_for_no_value_is_one_sentence(kind: Any, plain: Any) -> None:
    with pytest.raises(RecordError, match=r"^There is no .*\.$"):
        decode(kind, plain)
