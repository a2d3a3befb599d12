"""The kinds of serial treadmills, and how a site fits one."""

import pytest

from protocols.biodex import Biodex
from protocols.conversation import Conversation
from protocols.csafe_machine import CsafeMachine
from protocols.dialect import Heading
from protocols.serial_machines import KINDS, Fitting, baud, dialect
from protocols.trackmaster import Trackmaster
from protocols.woodway import Woodway


def test_each_kind_has_its_rate_and_its_lowest_speed() -> None:
    assert {kind: baud(kind) for kind in KINDS} == {
        "trackmaster": 4800,
        "woodway": 4800,
        "biodex": 9600,
        "csafe": 9600,
    }
    assert all(dialect(kind).grid.mps(dialect(kind).grid.minimum) <= 0.22352 for kind in KINDS)


def test_a_site_s_own_figures_go_before_the_usual_ones() -> None:
    fitting = Fitting(units="kmh", minimum=1.0, maximum=3.0, baud=9600)
    grid = dialect("trackmaster", fitting).grid
    assert (grid.minimum, grid.maximum, grid.units_per_mps) == (10, 30, 36.0)
    assert baud("trackmaster", fitting) == 9600


@pytest.mark.parametrize(
    ("kind", "fitting", "sentence"),
    [
        ("trackmaster", Fitting(units="knots"), "counts in mph or kmh"),
        ("trackmaster", Fitting(minimum=0), "lowest first"),
        ("trackmaster", Fitting(minimum=5), "lowest first"),
        ("csafe", Fitting(maximum=26), "lowest first"),
        ("csafe", Fitting(minimum=0.31, maximum=0.39), r"in tenths: between 0\.31 and 0\.39"),
        ("trackmaster", Fitting(reverse=True), "cannot reverse its belt"),
    ],
)
def test_a_fitting_that_cannot_be_is_refused_in_a_sentence(
    kind: str, fitting: Fitting, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        dialect(kind, fitting)


def test_a_range_of_a_single_tenth_is_one() -> None:
    grid = dialect("csafe", Fitting(minimum=0.31, maximum=0.4)).grid
    assert (grid.minimum, grid.maximum) == (4, 4)


def test_a_belt_reverses_by_command_or_once_it_is_known_to() -> None:
    assert dialect("biodex").heading is Heading.BY_COMMAND
    assert dialect("woodway").heading is Heading.FORWARD_ONLY
    assert dialect("woodway", Fitting(reverse=True)).heading is Heading.WITH_SPEED


def test_a_write_that_failed_before_any_was_made_changes_nothing() -> None:
    conversation = Conversation(dialect("csafe"))
    conversation.write_failed()
    assert conversation.set_units == 0


@pytest.mark.parametrize(
    ("kind", "speaks", "lowest", "highest", "units_per_mps"),
    [
        ("trackmaster", Trackmaster, 5, 40, 22.369363),
        ("woodway", Woodway, 5, 40, 22.369363),
        ("biodex", Biodex, 5, 40, 22.369363),
        ("csafe", CsafeMachine, 8, 64, 36.0),
    ],
)
def test_a_kind_that_nothing_is_said_of_has_its_usual_words_units_and_range(
    kind: str, speaks: type, lowest: int, highest: int, units_per_mps: float
) -> None:
    words = dialect(kind)
    assert type(words) is speaks
    assert (words.grid.minimum, words.grid.maximum) == (lowest, highest)
    assert words.grid.units_per_mps == pytest.approx(units_per_mps)


@pytest.mark.parametrize(("units", "lowest", "highest"), [("mph", 5, 40), ("kmh", 8, 64)])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_range_is_usual_in_each_unit(kind: str, units: str, lowest: int, highest: int) -> None:
    grid = dialect(kind, Fitting(units=units)).grid
    assert (grid.minimum, grid.maximum) == (lowest, highest)


@pytest.mark.parametrize(
    ("fitting", "lowest", "highest"),
    [
        (Fitting(minimum=0.01), 1, 40),
        (Fitting(minimum=4.0), 40, 40),
        (Fitting(maximum=0.5), 5, 5),
        (Fitting(units="kmh", maximum=0.8), 8, 8),
        (Fitting(units="kmh", minimum=6.4), 64, 64),
        (Fitting(maximum=25), 5, 250),
        (Fitting(minimum=25, maximum=25), 250, 250),
    ],
)
def test_a_range_may_be_one_speed_and_end_at_25(
    fitting: Fitting, lowest: int, highest: int
) -> None:
    grid = dialect("trackmaster", fitting).grid
    assert (grid.minimum, grid.maximum) == (lowest, highest)


@pytest.mark.parametrize(
    "fitting",
    [
        Fitting(minimum=0.0),
        Fitting(minimum=-0.5),
        Fitting(minimum=4.01),
        Fitting(maximum=0.49),
        Fitting(units="kmh", maximum=0.79),
        Fitting(units="kmh", minimum=6.41),
        Fitting(maximum=0),
        Fitting(maximum=25.01),
        Fitting(minimum=3.0, maximum=2.9),
        Fitting(minimum=26.0, maximum=26.0),
    ],
)
def test_a_range_that_cannot_be_is_refused(fitting: Fitting) -> None:
    with pytest.raises(ValueError, match="from above 0 to at most 25, lowest first"):
        dialect("trackmaster", fitting)


@pytest.mark.parametrize(
    ("kind", "reverses"),
    [("trackmaster", False), ("woodway", True), ("biodex", True), ("csafe", False)],
)
def test_only_a_kind_that_can_be_told_to_reverse_is_fitted_so(kind: str, reverses: bool) -> None:
    if reverses:
        dialect(kind, Fitting(reverse=True))
    else:
        with pytest.raises(ValueError, match=f"A {kind} treadmill cannot reverse its belt"):
            dialect(kind, Fitting(reverse=True))


def test_a_fitting_leaves_every_figure_to_the_kind_and_reverses_nothing() -> None:
    usual = Fitting()
    assert (usual.units, usual.minimum, usual.maximum, usual.baud) == (None,) * 4
    assert usual.reverse is False
