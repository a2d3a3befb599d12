"""Program files: what they may say, and the sentence for what they may not."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.programs.library import built_in, local, parse, read, titles
from controller.programs.program import Kind, Part, Program, ProgramError, ProgramPhase
from controller.programs.rules import Change, Ready, Row
from controller.programs.schema import PhaseTable, ProgramTable, RowTable
from controller.records.values import decode, encode
from controller.safety.limits import HARD, checked
from protocols.units import mps_from_kmh, mps_from_mph

WHOLE: dict[str, Any] = {
    "id": "mine",
    "title": "Mine",
    "version": 3,
    "population": "Anyone",
    "sources": ["A source"],
    "speed_basis": "choice",
    "cap_mph": 1.2,
    "max_minutes": 12,
    "max_incline_pct": 2,
    "per_week": 3,
    "weeks": 4,
    "max_releases": 2,
    "extra_stop": ["Swelling ends the walk."],
    "phases": [
        {"part": "warm_up", "minutes": 1, "mph": 0.5},
        {"minutes": 2.5, "kmh": 1.2, "incline_pct": 1},
        {"part": "rest", "minutes": 1},
        {"minutes": 2, "speed": "0.5*base"},
        {"part": "cool_down", "minutes": 1, "speed": "base"},
    ],
    "progression": {
        "text": "As it says.",
        "ready": {"sessions": 2, "rpe": 11},
        "rows": [
            {"sessions": 1, "minutes": 1, "most": 5},
            {"weeks": 2, "incline_pct": 1, "full_time": True},
            {"weeks": 1, "base_pct": 10, "then": True},
        ],
    },
}


def toml(table: dict[str, Any]) -> str:
    """Any such table as one TOML document, in inline form: JSON but for its equals signs."""
    return "".join(f"{key} = {_inline(value)}\n" for key, value in table.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def changed(**more: Any) -> str:
    table = {**WHOLE, **more}
    return toml({key: value for key, value in table.items() if value is not None})


def phase(**more: Any) -> str:
    return changed(phases=[{"minutes": 2, "mph": 0.5, **more}], progression=None)


def row(**more: Any) -> str:
    return changed(progression={"rows": [more]})


def refusal(text: str) -> str:
    with pytest.raises(ProgramError) as caught:
        parse(text, "mine.toml")
    said = str(caught.value)
    assert said.startswith("mine.toml")
    assert said.endswith((".", "?"))
    assert "\n" not in said
    return said.removeprefix("mine.toml: ")


def test_a_file_is_minutes_and_the_field_s_units_and_a_sheet_is_si() -> None:
    sheet = parse(toml(WHOLE))
    assert sheet.program == Program(
        "mine",
        "Mine",
        (
            ProgramPhase(60.0, mps_from_mph(0.5), part=Part.WARM_UP),
            ProgramPhase(150.0, mps_from_kmh(1.2), 1.0),
            ProgramPhase(60.0, 0.0, part=Part.REST),
            ProgramPhase(120.0, 0.0, base_share=0.5),
            ProgramPhase(60.0, 0.0, part=Part.COOL_DOWN, base_share=1.0),
        ),
        Kind.MOTOR,
        mps_from_mph(1.2),
        720.0,
        3,
        max_releases=2,
    )
    assert sheet.rows == (
        Row(Change.MINUTES, 60.0, sessions=1, most=300.0),
        Row(Change.INCLINE, 1.0, weeks=2, full_time=True),
        Row(Change.BASE, 0.1, weeks=1, then=True),
    )
    assert (sheet.ready, sheet.stops) == (Ready(2, 11.0), ("Swelling ends the walk.",))
    assert (sheet.per_week, sheet.weeks, sheet.releases, sheet.basis) == (3, 4, 2, "choice")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(max_minuts=12), "there is no key max_minuts. Did you mean max_minutes?"),
        (phase(minuts=2), "there is no key phases.1.minuts. Did you mean minutes?"),
        (phase(mpg=2), "there is no key phases.1.mpg. Did you mean mph?"),
        (row(sesions=1, mph=0.1), "there is no key progression.rows.1.sesions. Did you mean"),
        (changed(progression={"txt": "x"}), "there is no key progression.txt. Did you mean text?"),
        (changed(zzzz=1), "there is no key zzzz."),
        (changed(title=None), "the key title is missing."),
        (changed(sources=[]), "sources: list should have at least 1 item"),
        (changed(id="My Program"), "id is made of a to z, 0 to 9 and hyphens"),
        (changed(speed_basis="trial"), "speed_basis: input should be 'guidance', 'source' or"),
        (changed(cap_mph=2.1), "cap_mph must be at most 2; it is 2.1."),
        (changed(cap_mph=0), "cap_mph must be more than 0; it is 0."),
        (changed(cap_mph=True), "cap_mph: it must be a number."),
        (changed(cap_kmh=1.0), "a program has one cap: give cap_mph or cap_kmh."),
        (changed(cap_mph=None), "a program has one cap: give cap_mph or cap_kmh."),
        (changed(max_minutes=41), "max_minutes must be at most 40; it is 41."),
        (changed(max_minutes=7), "its phases take 7.5 minutes: max_minutes is 7."),
        (changed(max_incline_pct=5.5), "max_incline_pct must be at most 5; it is 5.5."),
        (changed(max_releases=6), "max_releases must be at most 5; it is 6."),
        (changed(per_week=0), "per_week must be at least 1; it is 0."),
        (changed(phases=[]), "phases: list should have at least 1 item"),
        (phase(minutes=0), "phases.1.minutes must be more than 0; it is 0."),
        (phase(minutes="2"), "phases.1.minutes: it must be a number."),
        (phase(mph=2.5), "phases.1.mph must be at most 2; it is 2.5."),
        (phase(mph=1.3), "phase 1 is faster than the program's own cap."),
        (phase(incline_pct=3), "phase 1 is steeper than max_incline_pct, 2."),
        (phase(incline_pct=-1), "phases.1.incline_pct must be at least 0; it is -1."),
        (phase(kmh=1), "phase 1 needs one speed: mph, kmh or speed."),
        (changed(phases=[{"minutes": 1}]), "phase 1 needs one speed: mph, kmh or speed."),
        (changed(phases=[{"minutes": 1, "speed": "fast"}]), "phases.1.speed is base or a share"),
        (changed(phases=[{"minutes": 1, "speed": "9*base"}]), "phase 1 has a share of base beyond"),
        (changed(phases=[{"minutes": 1, "speed": "0*base"}]), "phase 1 has a share of base beyond"),
        (phase(part="rest"), "its parts are out of order"),
        (phase(part="pause"), "phases.1.part: input should be"),
        (row(mph=0.1), "progression.rows.1: a row counts one of sessions and weeks."),
        (row(weeks=1, sessions=1, mph=0.1), "progression.rows.1: a row counts one of sessions"),
        (row(weeks=1), "progression.rows.1: a row changes one of minutes, rest_minutes, mph"),
        (row(weeks=1, mph=0.1, minutes=1), "progression.rows.1: a row changes one of"),
        (row(weeks=1, mph=0.3), "progression.rows.1.mph must be at most 0.2; it is 0.3."),
        (row(weeks=1, incline_pct=2), "progression.rows.1.incline_pct must be at most 1; it is 2."),
        (changed(kind="belt_off"), "phase 1 needs minutes alone: no belt moves in it."),
        (changed(max_minutes=0.1, phases=[{"minutes": 0.1, "mph": 0.5}], progression=None),
         "session_s must be from 10 to 2400; it is 6."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_key_and_its_bound(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


W, R, U, D = "walk", "rest", "warm_up", "cool_down"


@pytest.mark.parametrize("parts", [[R, W], [W, R], [W, R, R, W], [D, W], [W, U], [U], [U, R, W, D]])
def test_parts_have_their_order(parts: list[str]) -> None:
    speeds: dict[str, dict[str, float]] = {R: {}}
    phases = [{"part": part, "minutes": 1, **speeds.get(part, {"mph": 0.5})} for part in parts]
    assert "its parts are out of order" in refusal(changed(phases=phases, progression=None))


@pytest.mark.parametrize(
    ("row_of", "named"),
    [
        ({"weeks": 1, "base_pct": 5}, "base_pct"),
        ({"weeks": 1, "rest_minutes": 1}, "rest_minutes"),
    ],
)
def test_a_row_changes_what_the_program_has(row_of: dict[str, Any], named: str) -> None:
    text = changed(phases=[{"minutes": 2, "mph": 0.5}], progression={"rows": [row_of]})
    assert refusal(text) == (
        f"row 1 of its progression changes {named}, of which the program has none."
    )


def test_an_incline_row_needs_an_incline() -> None:
    flat = changed(
        max_incline_pct=0,
        phases=[{"minutes": 2, "mph": 0.5}],
        progression={"rows": [{"weeks": 1, "incline_pct": 1}]},
    )
    assert "changes incline_pct, of which the program has none" in refusal(flat)


def test_a_belt_off_program_is_minutes_alone() -> None:
    sheet = parse(changed(kind="belt_off", phases=[{"minutes": 2}], progression=None))
    assert sheet.program.kind is Kind.BELT_OFF
    assert sheet.program.phases == (ProgramPhase(120.0, 0.0),)
    faster = {"rows": [{"weeks": 1, "mph": 0.1}]}
    text = changed(kind="belt_off", phases=[{"minutes": 2}], progression=faster)
    assert "changes mph, of which the program has none" in refusal(text)


def test_what_is_not_toml_or_cannot_be_read_is_said_in_one_sentence(tmp_path: Path) -> None:
    assert "is not TOML" in refusal("id = ")
    assert "has lists in lists" in refusal("id = " + "[" * 9999)
    with pytest.raises(ProgramError, match=r"gone\.toml cannot be read: No such file"):
        read(tmp_path / "gone.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProgramError, match=r"odd\.toml is no text in UTF-8"):
        read(tmp_path / "odd.toml")


FIGURES = st.one_of(
    st.floats(allow_nan=True), st.integers(-5, 100), st.booleans(), st.text(max_size=3)
)
KEYS = (*PhaseTable.model_fields, "mpg")


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), FIGURES), max_size=4), FIGURES, FIGURES)
def test_whatever_a_file_says_it_is_refused_or_within_every_bound(
    phases: list[dict[str, Any]], cap: Any, minutes: Any
) -> None:
    table = {**WHOLE, "phases": phases, "cap_mph": cap, "max_minutes": minutes, "progression": {}}
    try:
        program = parse(re.sub(r"NaN|-?Infinity", "nan", toml(table)), "x").program
    except ProgramError:
        return
    checked(**program.limits)
    assert program.cap_mps <= HARD.cap_mps
    assert sum(each.duration_s for each in program.phases) <= program.max_s + 1e-6
    for each in program.phases:
        assert 0 <= each.speed_mps <= program.cap_mps + 1e-9
        assert 0 <= each.incline_pct <= 5.0


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_program_says_for_whom_it_is_and_on_what_grounds(name: str) -> None:
    sheet = built_in()[name]
    assert sheet.program.id == name
    assert sheet.population
    assert sheet.sources
    assert sheet.program.version >= 1
    assert sheet.program.cap_mps <= HARD.cap_mps
    assert decode(Program, json.loads(json.dumps(encode(sheet.program)))) == sheet.program


EXPECTED = {
    "familiarisation": (5, 1.0, 0, 5, "guidance"),
    "knee-oa-gentle": (5, 2.0, 3, 10, "guidance"),
    "knee-oa-6wk": (10, 2.0, 0, 10, "choice"),
    "knee-oa-progressive": (10, 2.0, 0, 30, "choice"),
    "pfp-incline-20": (10, 2.0, 5, 20, "choice"),
    "acl-late-proprioception": (10, 2.0, 5, 10, "choice"),
    "stroke-30": (26, 1.2, 0, 30, "choice"),
    "stroke-weekly-10pct": (30, 2.0, 0, 30, "source"),
    "stroke-short-6": (18, 1.2, 0, 20, "choice"),
    "older-adult-balance": (6, 1.2, 0, 10, "choice"),
    "cp-youth-15": (15, 1.0, 0, 15, "choice"),
    "conditioning-15": (15, 2.0, 5, 15, "guidance"),
}
"""Minutes of the first session, cap in mph, steepest incline, longest time, basis of the speeds."""


def test_the_twelve_programs_are_as_they_were_worked_out() -> None:
    found = {
        name: (
            round(sheet.program.duration_s / 60, 6),
            round(sheet.program.cap_mps / mps_from_mph(1), 6),
            sheet.max_incline_pct,
            sheet.program.max_s / 60,
            sheet.basis,
        )
        for name, sheet in built_in().items()
        if name != "demo"
    }
    assert found == EXPECTED


def test_a_clinic_s_own_programs_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(toml(WHOLE))
    (tmp_path / "notes.txt").write_text("not a program")
    own = local(tmp_path)
    assert list(own) == ["mine"]
    named = titles(own)
    assert (named["mine"], named["free-walk"]) == ("Mine", "Free walk")
    assert set(built_in()) < set(named)
    assert local(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("taken", ["demo", "free-walk", "mine"])
def test_no_two_programs_have_one_id(tmp_path: Path, taken: str) -> None:
    (tmp_path / "a.toml").write_text(toml(WHOLE))
    (tmp_path / "b.toml").write_text(changed(id=taken))
    with pytest.raises(ProgramError, match=rf"b\.toml: there is a program {taken} already"):
        local(tmp_path)


def test_every_key_of_the_schema_is_told_of_in_the_document() -> None:
    document = (Path(__file__).parents[3] / "docs" / "programs.md").read_text()
    for table in (ProgramTable, PhaseTable, RowTable):
        assert [key for key in table.model_fields if f"`{key}`" not in document] == []


def test_the_document_s_examples_are_programs() -> None:
    document = (Path(__file__).parents[3] / "docs" / "programs.md").read_text()
    examples = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    assert {parse(text).program.kind for text in examples} == set(Kind)
    assert all(tomllib.loads(text)["sources"] for text in examples)


def test_the_document_s_table_is_of_the_programs_there_are() -> None:
    document = (Path(__file__).parents[3] / "docs" / "programs.md").read_text()
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (guidance|source|choice) \|$", document, re.M)
    assert dict(rows) == {name: sheet.basis for name, sheet in built_in().items() if name != "demo"}
