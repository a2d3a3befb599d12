"""Limits meet once, only ever get tighter, and none of them can be turned off."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.safety.limits import (
    FLOOR,
    HARD,
    NAMES,
    LimitError,
    Limits,
    checked,
    fingerprint,
    grace_s,
    narrowed,
    tightest,
)
from controller.safety.monitors import PERIOD_S
from protocols.ftms.control_point import ANSWER_LIMIT_S
from protocols.units import mps_from_mph

DEFAULTS, HIGHEST, LOWEST = asdict(Limits()), asdict(HARD), asdict(FLOOR)

figures = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.just(name), st.floats(LOWEST[name], HIGHEST[name]))
)
source = st.lists(figures, max_size=6).map(dict)
sources = st.dictionaries(st.sampled_from(["global", "site", "machine", "program"]), source)

Sources = Mapping[str, Mapping[str, float]]


def test_the_defaults_lie_between_the_floor_and_the_hard_maximum() -> None:
    assert all(LOWEST[name] <= DEFAULTS[name] <= HIGHEST[name] for name in NAMES)


MPH = 0.44704
FIGURES = {
    "cap_mps": (0.0, 1.0 * MPH, 2.0 * MPH),
    "start_mps": (0.0, 0.5 * MPH, 0.5 * MPH),
    "ramp_up_mps2": (0.005, 0.05, 0.10),
    "jerk_up_mps3": (0.01, 0.1, 0.1),
    "ramp_down_mps2": (0.05, 0.15, 0.25),
    "step_mps": (0.0, 0.1 * MPH, 0.2 * MPH),
    "rise_per_minute_mps": (0.0, 0.2 * MPH, 0.5 * MPH),
    "grace_factor": (0.0, 1.0, 1.0),
    "one_hand_hold_s": (0.0, 3.0, 5.0),
    "one_hand_stop_s": (1.0, 6.0, 10.0),
    "grip_stale_s": (0.1, 0.25, 0.5),
    "belt_hold_s": (1.0, 2.0, 2.5),
    "belt_stop_s": (1.5, 3.0, 5.0),
    "belt_lost_s": (2.0, 5.0, 5.0),
    "overspeed_mps": (0.05 * MPH, 0.1 * MPH, 0.1 * MPH),
    "overspeed_s": (0.1, 1.0, 1.0),
    "mismatch_mps": (0.1 * MPH, 0.2 * MPH, 0.2 * MPH),
    "mismatch_s": (1.0, 3.0, 3.0),
    "response_s": (1.0, 2.0, 2.0),
    "answer_s": (0.5, 1.0, 2.0),
    "turn_late_s": (0.075, 0.1, 0.1),
    "turn_lost_s": (0.15, 0.25, 0.25),
    "guard_silent_s": (0.25, 0.5, 0.5),
    "console_silent_s": (2.0, 5.0, 5.0),
    "confirm_s": (10.0, 60.0, 120.0),
    "session_s": (10.0, 1800.0, 2400.0),
    "session_m": (1.0, 1500.0, 2200.0),
    "fast_s": (0.0, 900.0, 1800.0),
    "escalate_s": (0.5, 3.0, 3.0),
    "start_patience_s": (4.0, 10.0, 15.0),
    "incline_pct": (0.0, 0.0, 5.0),
    "releases": (1.0, 3.0, 5.0),
}
"""Of each limit: floor, default, hard maximum. Who changes one changes it here as well."""


@pytest.mark.parametrize("name", NAMES)
def test_each_limit_has_the_figures_that_were_chosen(name: str) -> None:
    assert (LOWEST[name], DEFAULTS[name], HIGHEST[name]) == FIGURES[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("figure", [math.nan, math.inf, -math.inf, -1.0, 1e9])
def test_no_limit_has_a_value_that_means_off(name: str, figure: float) -> None:
    with pytest.raises(LimitError, match=f"{name} must be from"):
        checked(**{name: figure})


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_reaches_from_its_floor_to_its_hard_maximum(name: str) -> None:
    bounds = {name: LOWEST[name]}
    assert checked(**bounds) == bounds
    assert checked(**{name: HIGHEST[name]}) == {name: HIGHEST[name]}
    with pytest.raises(LimitError):
        checked(**{name: HIGHEST[name] + 1e-6})
    with pytest.raises(LimitError):
        checked(**{name: LOWEST[name] - 1e-6})


def test_no_setting_awaits_an_answer_for_longer_than_the_control_point_does() -> None:
    """What is not awaited any more is no longer told as unanswered."""
    assert HARD.answer_s + 10 * PERIOD_S <= ANSWER_LIMIT_S


def test_an_unknown_limit_is_refused_by_name() -> None:
    with pytest.raises(LimitError, match="speed_mps is not a limit"):
        checked(speed_mps=0.1)


def test_without_sources_the_defaults_bind() -> None:
    limits, bound_by = tightest({})
    assert limits == Limits()
    assert set(bound_by.values()) == {"default"}


def test_the_smallest_binds_and_is_named() -> None:
    limits, bound_by = tightest(
        {"site": {"cap_mps": 0.3}, "machine": {"cap_mps": 0.2}, "program": {"cap_mps": 0.4}}
    )
    assert limits.cap_mps == 0.2
    assert bound_by["cap_mps"] == "machine"
    assert bound_by["ramp_up_mps2"] == "default"


def test_a_source_may_widen_a_default_up_to_the_hard_maximum() -> None:
    limits, bound_by = tightest({"site": {"cap_mps": HARD.cap_mps}})
    assert (limits.cap_mps, bound_by["cap_mps"]) == (HARD.cap_mps, "site")
    with pytest.raises(LimitError):
        tightest({"site": {"cap_mps": 0.9}})


@given(sources)
def test_no_limit_is_ever_above_any_source_or_the_hard_maximum(sources: Sources) -> None:
    limits, bound_by = tightest(sources)
    for name in NAMES:
        given_figures = [some[name] for some in sources.values() if name in some]
        assert getattr(limits, name) == min(given_figures, default=DEFAULTS[name])
        assert LOWEST[name] <= getattr(limits, name) <= HIGHEST[name]
        binding = sources[bound_by[name]][name] if given_figures else DEFAULTS[name]
        assert binding == getattr(limits, name)


@given(sources, source)
def test_one_source_more_never_widens_what_others_gave(sources: Sources, more: dict) -> None:
    before, _ = tightest(sources)
    after, _ = tightest({**sources, "one more": more})
    for name in {name for some in sources.values() for name in some}:
        assert getattr(after, name) <= getattr(before, name)


@pytest.mark.parametrize(
    ("mph", "grace"),
    [
        (0.0, 0.5),
        (0.5, 0.5),
        (0.51, 0.3),
        (1.0, 0.3),
        (1.01, 0.22),
        (1.5, 0.22),
        (1.51, 0.17),
        (2.0, 0.17),
        (5.0, 0.17),
    ],
)
def test_the_grace_is_shorter_the_faster_the_belt(mph: float, grace: float) -> None:
    assert grace_s(mps_from_mph(mph), Limits()) == grace


def test_a_site_can_shorten_the_grace_and_a_speed_that_is_none_gets_the_shortest() -> None:
    assert grace_s(0.0, Limits(grace_factor=0.5)) == 0.25
    assert grace_s(math.nan, Limits()) == 0.17


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_grace_never_grows_with_speed(one_mps: float, other_mps: float) -> None:
    slower, faster = sorted((one_mps, other_mps))
    assert grace_s(faster, Limits()) <= grace_s(slower, Limits())


@given(st.floats(0, mps_from_mph(2.0)))
def test_the_belt_carries_a_standing_body_at_most_15_cm_within_the_grace(speed_mps: float) -> None:
    assert speed_mps * grace_s(speed_mps, Limits()) <= 0.155


def test_what_is_measured_tightens_and_never_widens() -> None:
    machine = {"machine": {"cap_mps": 0.3, "escalate_s": 2.0}}
    limits, bound_by = tightest({"settings": {"cap_mps": 0.5}}, machine)
    assert (limits.cap_mps, bound_by["cap_mps"]) == (0.3, "machine")
    assert (limits.escalate_s, bound_by["escalate_s"]) == (2.0, "machine")
    limits, bound_by = tightest({}, {"machine": {"cap_mps": 0.7}})
    assert (limits.cap_mps, bound_by["cap_mps"]) == (Limits().cap_mps, "default")


def test_any_other_limit_has_another_fingerprint() -> None:
    others = {fingerprint(replace(Limits(), **{name: LOWEST[name]})) for name in NAMES}
    same = {name for name in NAMES if DEFAULTS[name] == LOWEST[name]}
    assert len(others | {fingerprint(Limits())}) == len(NAMES) - len(same) + 1
    assert fingerprint(Limits()) == fingerprint(Limits())


def test_a_fingerprint_is_of_the_figures_in_the_order_of_their_names() -> None:
    told = json.dumps({name: DEFAULTS[name] for name in sorted(NAMES)}).encode()
    assert fingerprint(Limits()) == hashlib.sha256(told).hexdigest()


def test_a_program_narrows_the_limits_that_it_has_and_no_other() -> None:
    narrow = narrowed(Limits(), {"cap_mps": 0.3, "session_s": 600.0, "confirm_s": 90.0})
    assert narrow == replace(Limits(), cap_mps=0.3, session_s=600.0)
    assert narrowed(Limits(), {"cap_mps": 0.3}) == replace(Limits(), cap_mps=0.3)


@pytest.mark.parametrize("figures", [{}, {"cap_mps": 0.8}, {"confirm_s": 60.0}])
def test_what_narrows_nothing_leaves_the_very_limits(figures: dict[str, float]) -> None:
    limits = Limits()
    assert narrowed(limits, figures) is limits
