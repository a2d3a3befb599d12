"""The benchmark of reactions: what counts, what does not, and that every row has its figures."""

import pytest

from benchmarks import reaction
from benchmarks.parts import head_of_line
from benchmarks.parts.bounds import Bound
from benchmarks.parts.reaction_rows import ROWS
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
    result = reaction.run(n=3, stops=1, rounds=1)
    for name, row in result["rows"].items():
        assert row["n"] + row["excluded"] + row["missing"] == max(1, round(3 * ROWS[name].share))
        assert row["missing"] == 0
    lines = reaction.table(result).splitlines()
    head, gap = 1, 1
    rows = (3 * len(result["rows"]), len(result["link"]), len(result["bounds"]))
    assert len(lines) == sum(rows) + 3 * head + 2 * gap
    assert "round 1 of 1" in capsys.readouterr().err


def test_the_floor_is_measured_on_the_same_wire_with_the_same_scheduler() -> None:
    for row in ROWS.values():
        if row.of is not None:
            assert ROWS[row.of].is_floor
            assert ROWS[row.of].first == row.first


async def test_before_a_stop_at_most_one_request_is_on_the_link() -> None:
    rows = await head_of_line.measure(2)
    busy = {name for name in rows if name.startswith("link busy")}
    assert {name: row["before"] for name, row in rows.items()} == {
        name: int(name in busy) for name in rows
    }


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (Bound("at its limit", 2.0, at_most=2.0), True),
        (Bound("above it", 2.1, at_most=2.0), False),
        (Bound("below what is asked", 499.0, at_least=500.0), False),
        (Bound("not measured", None, at_most=2.0), True),
    ],
)
def test_a_bound_is_kept_up_to_its_limit(bound: Bound, kept: bool) -> None:
    assert bound.told()["kept"] is kept
