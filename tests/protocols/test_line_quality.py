"""When a line without checksums is bad: by the count and the time of what could not be read."""

import math

import pytest

from protocols.line_quality import LineQuality


@pytest.mark.parametrize("base_s", [0.0, 1000.0])
@pytest.mark.parametrize(
    ("fed", "bad"),
    [
        ([(0, 0.0)], [False]),
        ([(1, 0.0)], [False]),
        ([(2, 0.0)], [False]),
        ([(3, 0.0)], [True]),
        ([(4, 0.0)], [True]),
        ([(9, 0.0)], [True]),
        ([(1, 0.0), (2, 0.5), (3, 1.0)], [False, False, True]),
        ([(1, 0.0), (2, 1.0), (3, 1.125)], [False, False, False]),
        ([(1, 0.0), (3, 1.0)], [False, True]),
        ([(2, 0.0), (3, 1.0), (4, 1.25)], [False, True, False]),
        ([(1, 0.0), (2, 0.25), (3, 0.5), (4, 0.75), (5, 1.0)], [False, False, True, True, True]),
        ([(3, 0.0), (3, 0.25), (4, 0.5)], [True, False, True]),
        ([(1, 0.0), (1, 0.25), (1, 0.5)], [False, False, False]),
        ([(9, 0.0), (10, 2.0), (11, 2.5), (12, 3.0)], [True, False, False, True]),
    ],
)
def test_three_unreadable_answers_within_a_second_make_a_line_bad_as_they_come(
    fed: list[tuple[int, float]], bad: list[bool], base_s: float
) -> None:
    quality = LineQuality()
    assert [quality.bad(rejected, base_s + at_s) for rejected, at_s in fed] == bad


def test_a_second_is_a_second_and_no_more() -> None:
    quality = LineQuality()
    quality.bad(2, 0.0)
    assert not quality.bad(3, math.nextafter(1.0, 2))
