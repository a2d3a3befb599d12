"""The benchmark of ticks: how lateness is counted, and that every row has its figures."""

import pytest

from benchmarks import ticks
from benchmarks.parts.ticker import lateness_ns


def test_each_turn_is_as_late_as_it_comes_after_the_grid() -> None:
    assert lateness_ns(10.0, [10.051, 10.1, 10.152]) == pytest.approx([1e6, 0, 2e6], abs=2)


def test_a_turn_that_is_late_by_a_period_begins_a_new_grid() -> None:
    assert lateness_ns(10.0, [10.111, 10.161]) == pytest.approx([61e6, 0], abs=2)


def test_a_short_run_has_every_row_and_counts_lost_ticks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = ticks.run(seconds=0.5)
    assert len(result["rows"]) == 8
    for name, row in result["rows"].items():
        assert row["n"] == 10 or "FIFO" in name
        assert (row["lost"] is None) == (row["n"] == 0)
    assert len(ticks.table(result).splitlines()) == 9
    assert "4 hogs" in capsys.readouterr().err
