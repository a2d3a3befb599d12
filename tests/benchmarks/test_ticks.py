"""The benchmark of ticks: how lateness is counted, and that every row has its figures."""

import pytest

from benchmarks import ticks
from benchmarks.parts.ticker import lateness_ns


def test_each_turn_is_as_late_as_it_comes_after_the_grid() -> None:
    assert lateness_ns(10.0, [10.051, 10.1, 10.152], 0.05) == pytest.approx([1e6, 0, 2e6], abs=2)


def test_at_another_pace_the_grid_is_its_own() -> None:
    assert lateness_ns(10.0, [10.021, 10.04, 10.071], 0.02) == pytest.approx([1e6, 0, 11e6], abs=2)


def test_a_turn_that_is_late_by_a_period_begins_a_new_grid() -> None:
    assert lateness_ns(10.0, [10.111, 10.161], 0.05) == pytest.approx([61e6, 0], abs=2)


def test_a_short_run_has_every_row_and_counts_lost_ticks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = ticks.run(seconds=0.5)
    assert len(result["rows"]) == 16
    for name, row in result["rows"].items():
        assert row["n"] == (10 if "20 Hz" in name else 25) or "FIFO" in name
        assert (row["lost"] is None) == (row["n"] == 0)
    assert len(ticks.table(result).splitlines()) == 1 + 16 + 2 + len(result["bounds"])
    assert "4 hogs" in capsys.readouterr().err
