"""Distributions: what may be written, and what is drawn."""

from random import Random
from statistics import fmean, median

import pytest

from campaigns.chance import ChanceError, Names, Span, read

SHARE = Span(0.0, 1.0)
WORDS = Names(("stop", "fall", True))


def drawn(written: object, domain: Span | Names = SHARE, count: int = 2000) -> list[object]:
    chance, rng = read(written, domain), Random(1)
    return [chance.draw(domain, rng) for _ in range(count)]


def test_a_value_is_always_that_value() -> None:
    assert set(drawn(0.25)) == {0.25}
    assert set(drawn({"fixed": 0.25})) == {0.25}
    assert set(drawn("fall", WORDS)) == {"fall"}


def test_each_distribution_has_its_middle() -> None:
    assert fmean(drawn({"uniform": [0.2, 0.4]})) == pytest.approx(0.3, abs=0.005)
    assert fmean(drawn({"normal": [0.5, 0.1]})) == pytest.approx(0.5, abs=0.01)
    assert median(drawn({"lognormal": [0.1, 0.5]})) == pytest.approx(0.1, rel=0.05)


def test_a_choice_follows_its_weights() -> None:
    values = drawn({"choice": ["stop", "fall"], "weights": [9, 1]}, WORDS)
    assert values.count("fall") / len(values) == pytest.approx(0.1, abs=0.02)
    assert set(drawn({"choice": ["stop", True]}, WORDS)) == {"stop", True}


def test_nothing_beyond_what_a_figure_may_be_is_drawn() -> None:
    values = drawn({"normal": [0.9, 5.0]})
    assert all(0 <= value <= 1 for value in values)
    assert len(set(values)) > 1900


def test_where_no_draw_fits_the_nearest_bound_counts() -> None:
    assert set(drawn({"lognormal": [1.0, 0.0]}, Span(1.0, 1.0))) == {1.0}
    assert read({"normal": [1.0, 1e-12]}, Span(0.0, 1.0)).draw(Span(2.0, 3.0), Random(1)) == 2.0


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (2.0, "must be a number from 0 to 1; it says 2.0"),
        (True, "must be a number from 0 to 1; it says True"),
        ("half", "must be a number from 0 to 1; it says 'half'"),
        ([0.1], "is neither a value nor a table"),
        ({}, "needs exactly one of fixed, uniform"),
        ({"uniform": [0, 1], "normal": [0, 1]}, "needs exactly one of"),
        ({"gauss": [0, 1]}, "needs exactly one of"),
        ({"uniform": [0.1]}, "needs 2 values for its uniform"),
        ({"fixed": [0.1, 0.2]}, "needs 1 values for its fixed"),
        ({"uniform": [0.1, "much"]}, "needs numbers for its uniform"),
        ({"uniform": [0.1, 1.1]}, "must be a number from 0 to 1; it says 1.1"),
        ({"uniform": []}, "needs values for its uniform"),
        ({"uniform": [[0.1], 0.2]}, "needs values for its uniform"),
        ({"normal": [0.1, -1]}, "standard deviation that is not negative"),
        ({"lognormal": [0.0, 1]}, "a median above zero"),
        ({"normal": [0.5, 0.1], "weights": [1, 1]}, "weights only with a choice"),
        ({"choice": [0.1, 0.2], "weights": [1]}, "needs 2 weights"),
        ({"choice": [0.1, 0.2], "weights": [0, 0]}, "needs 2 weights"),
        ({"choice": [0.1, 0.2], "weights": "even"}, "needs 2 weights"),
        ({"choice": [0.1, 3.0]}, "must be a number from 0 to 1; it says 3.0"),
    ],
)
def test_what_is_no_distribution_is_told_in_a_sentence(written: object, sentence: str) -> None:
    with pytest.raises(ChanceError, match=sentence):
        read(written, SHARE)


def test_words_have_no_mean() -> None:
    with pytest.raises(ChanceError, match="must be one of stop, fall, True"):
        read({"normal": [0.1, 0.1]}, WORDS)
    with pytest.raises(ChanceError, match="one of stop, fall, True; it says 'stpo'"):
        read("stpo", WORDS)
