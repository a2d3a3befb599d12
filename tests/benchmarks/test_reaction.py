"""The benchmark of reactions: what counts, what does not, and that every row has its figures."""

import pytest

from benchmarks import reaction
from benchmarks.parts.reactions import End, Reactions


def test_a_trial_counts_from_the_injectors_stamp_to_the_stop() -> None:
    reactions = Reactions()
    reactions.add(1000, End(read_ns=1100, stopped_ns=1500, cause="grip_released"))
    assert (reactions.wire, reactions.own, reactions.whole) == ([100], [400], [500])


@pytest.mark.parametrize("released_ns", [None, 1501])
def test_a_walk_that_was_stopped_before_the_release_is_excluded_by_its_cause(
    released_ns: int | None,
) -> None:
    reactions = Reactions()
    reactions.add(released_ns, End(read_ns=1100, stopped_ns=1500, cause="turn_lost"))
    assert reactions.whole == []
    assert reactions.excluded == {"turn_lost": 1}


def test_a_trial_without_a_stop_is_missing() -> None:
    reactions = Reactions()
    reactions.add(1000, None)
    assert (reactions.whole, reactions.missing) == ([], 1)


def test_a_short_run_accounts_for_every_release_in_every_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = reaction.run(n=4, polls=2)
    for row, asked in zip(result["rows"].values(), (4, 4, 2), strict=True):
        assert row["n"] + row["excluded"] + row["missing"] == asked
        assert row["missing"] == 0
    lines = reaction.table(result).splitlines()
    assert len(lines) == 1 + 3 * len(result["rows"])
    assert "round 2 of 2" in capsys.readouterr().err
