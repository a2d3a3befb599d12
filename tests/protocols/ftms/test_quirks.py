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


SEEN: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("take km/h for mph, and pause on Start while moving", "QZ #5100", ""): (
        "Vitalwalk 2",
        "TM11GY",
    ),
    ("take km/h for mph", "QZ #4904, #4364, #4241", ""): (
        "JFTM-1",
        "T202",
        "TM4800",
        "TM6500",
        "WT703",
        "TheRun",
    ),
    ("report rest while running, and stay silent until unlocked", "QZ #4212", ""): ("Merach-W50",),
    ("start on Request Control alone", "hughesjs/FitnessMachine", "listen longer"): (
        "CITYSPORTS-Linker",
    ),
    ("start after a client connects, and ignore Stop", "QZ #923", "listen longer"): (
        "Horizon 7",
        "7.4AT-01",
    ),
    (
        "start on Stop while paused, and refuse set-points for 2.5 s",
        "QZ #470, ph4-walkingpad PR 25",
        "",
    ): ("KS-HD", "KingSmith", "WalkingPad"),
    ("run past a set-point, also on a lower one", "QZ #3382", "hold longer"): (
        "3G Cardio",
        "3G-1",
        "Pro Runner",
    ),
    ("go back to the old speed after a set-point", "QZ #2630", "hold longer"): (
        "FITSHOW",
        "FS-465D50",
    ),
    ("succeed and do nothing", "hassio-ftms #26", ""): ("Sperax", "RM-01", "XTERRA TR", "TR85"),
    ("ignore set-points", "QZ #2385", ""): ("F85", "SOLE F80"),
    ("report the set-point for the belt's speed", "treadspan captures", ""): ("UREVO", "URTM024"),
    ("never answer Request Control", "Belgian-Coder/treadmill-runner", ""): ("Omega Z",),
    (
        "report motion that there is none, and ignore low speeds",
        "QZ #3404, #2659",
        "listen longer",
    ): ("Mobvoi Home", "TMP"),
    ("want Start before each set-point", "QZ", ""): ("MyRun",),
}
"""Names by what each is suspected of: deviation, source, extra."""


@pytest.mark.parametrize(
    ("name", "deviation", "source", "extra"),
    [(name, *seen) for seen, names in SEEN.items() for name in names],
)
def test_a_name_is_suspected_of_what_its_source_saw(
    name: str, deviation: str, source: str, extra: str
) -> None:
    (quirk,) = suspected(name)
    assert (quirk.deviation, quirk.source, quirk.extra) == (deviation, source, extra)
    assert extras(name) == ({extra} if extra else set())
    assert suspected("x" + name) == ()


def test_a_name_that_two_rows_fit_is_suspected_of_both_in_their_order() -> None:
    mph, reverts = suspected("FS-BT-T4")
    assert (mph.deviation, mph.source) == ("give their speed range in mph", "justintout/treadmill")
    assert reverts.deviation == "go back to the old speed after a set-point"
    assert suspected("FS-1", "nobody", "FS-BT-T4") == (mph, reverts)


def test_an_unknown_name_and_none_are_suspected_of_nothing() -> None:
    assert suspected("", "Simulated treadmill") == ()
    assert extras("Simulated treadmill") == frozenset()


def test_the_extras_of_all_names_are_joined() -> None:
    assert extras("3G Cardio", "HORIZON") == {LISTEN_LONGER, HOLD_LONGER}
