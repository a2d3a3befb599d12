"""The heart rate counts while it is fresh, and only against a limit."""

import pytest

from controller.safety.heart import FRESH_S, Beat, above, known
from tests.controller.bedside import NOW_S, changed, healthy


@pytest.mark.parametrize(
    ("bpm", "age_s", "is_known"),
    [(80, 0.0, True), (80, FRESH_S, True), (80, FRESH_S + 0.01, False), (80, -0.01, False),
     (None, 0.0, False)],
)  # fmt: skip
def test_a_heart_is_known_while_it_is_heard(bpm: int | None, age_s: float, is_known: bool) -> None:
    evidence = changed(healthy(), other={"heart_rate_bpm": bpm, "heart_rate_at_s": NOW_S - age_s})
    assert known(evidence, NOW_S) is is_known


def test_nothing_heard_is_nothing_known() -> None:
    assert not known(healthy(), NOW_S)
    assert Beat() == (None, None)


@pytest.mark.parametrize(
    ("bpm", "limit_bpm", "at_s", "is_above"),
    [(121, 120, NOW_S, True), (120, 120, NOW_S, False), (121, None, NOW_S, False),
     (121, 120, NOW_S - 6, False), (None, 120, NOW_S, False)],
)  # fmt: skip
def test_above_is_above_a_limit_and_known(
    bpm: int | None, limit_bpm: int | None, at_s: float, is_above: bool
) -> None:
    evidence = changed(healthy(), other={"heart_rate_bpm": bpm, "heart_rate_at_s": at_s})
    assert above(evidence, limit_bpm, NOW_S) is is_above
