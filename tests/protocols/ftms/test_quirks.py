"""A name warns and makes a commissioning look longer; it decides nothing."""

import re

import pytest

from protocols.ftms.quirks import HOLD_LONGER, LISTEN_LONGER, QUIRKS, extras, suspected


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.pattern)
def test_each_row_has_a_pattern_a_deviation_and_a_source(quirk: object) -> None:
    pattern, deviation, source, extra = quirk  # type: ignore[misc]
    assert re.compile(pattern)
    assert deviation
    assert source
    assert extra in {"", LISTEN_LONGER, HOLD_LONGER}


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("CITYSPORTS-Linker", "start on Request Control alone"),
        ("ks-hd-k12", "start on Stop while paused"),
        ("UREVO URTM024", "report the set-point"),
        ("OMEGA Z", "never answer"),
        ("fs-465d50", "go back to the old speed"),
    ],
)
def test_a_name_is_known_from_its_beginning_in_any_case(name: str, deviation: str) -> None:
    assert any(quirk.deviation.startswith(deviation) for quirk in suspected(name))


def test_an_unknown_name_and_none_are_suspected_of_nothing() -> None:
    assert suspected("", "Simulated treadmill") == ()
    assert extras("Simulated treadmill") == frozenset()


def test_the_extras_of_all_names_are_joined() -> None:
    assert extras("3G Cardio", "HORIZON") == {LISTEN_LONGER, HOLD_LONGER}
