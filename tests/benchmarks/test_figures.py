"""Percentiles, spreads and tables of the benchmarks."""

import pytest

from benchmarks.parts.figures import percentile, quantiles_ms, ratio, spread, table


@pytest.mark.parametrize(
    ("share", "figure"), [(0.0, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_a_percentile_is_a_figure_that_was_measured(share: float, figure: int) -> None:
    assert percentile(range(1, 101), share) == figure


def test_quantiles_of_nothing_are_unknown() -> None:
    assert set(quantiles_ms([]).values()) == {None}


def test_quantiles_are_in_milliseconds() -> None:
    assert quantiles_ms([3_000_000, 1_000_000, 2_000_000])["p50_ms"] == 2.0


def test_a_spread_leaves_out_what_is_unknown() -> None:
    assert spread([3.0, None, 1.0, 2.0]) == (3, 1.0, 2.0, 3.0)
    assert spread([None]) == (0, None, None, None)


def test_a_ratio_to_nothing_is_unknown() -> None:
    assert ratio(1.0, 4.0) == 0.25
    assert ratio(None, 4.0) is None
    assert ratio(1.0, None) is None
    assert ratio(1.0, 0.0) is None


def test_a_table_lines_its_columns_up() -> None:
    drawn = table(("ms", "n", "p50"), [("idle", 5, 0.25), ("loaded", 10, None)])
    assert drawn.splitlines() == ["ms       n   p50", "idle     5  0.25", "loaded  10     –"]
