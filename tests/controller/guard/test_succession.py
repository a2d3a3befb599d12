"""Who comes after a child of the guard that has ended."""

import itertools

import pytest

from controller.commissioning import motion
from controller.guard import watch
from controller.guard.succession import Child, Next, after, may_be_asked_to_leave
from controller.guard.watch import LATCHED, MOVING, RESTING, STOPPING, UNVERIFIED, Watch
from controller.plan import GIVES_WAY

WORDS = (b"", MOVING, STOPPING, LATCHED, RESTING, UNVERIFIED)
CODES = (0, 1, 2, GIVES_WAY, -9, -15)


def follows(
    child: Child, code: int, word: bytes, *, ending: bool = False, rests: bool = True
) -> Next:
    return after(child, code, Watch(0.0, word), ending=ending, rests=rests)


@pytest.mark.parametrize("ending", [False, True])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("child", Child)
def test_whoever_ends_while_the_belt_may_move_was_lost(
    child: Child, code: int, ending: bool
) -> None:
    for word in (MOVING, STOPPING, UNVERIFIED):
        assert follows(child, code, word, ending=ending) is Next.RESCUE


def test_a_commissioner_is_let_in_by_one_code_and_one_word_alone() -> None:
    every = itertools.product(Child, CODES, WORDS, (False, True))
    let_in = [
        (child, code, word, ending)
        for child, code, word, ending in every
        if follows(child, code, word, ending=ending) is Next.COMMISSIONER
    ]
    assert let_in == [(Child.CONTROL, GIVES_WAY, RESTING, False)]


def test_control_comes_back_from_its_mark_after_a_commissioner_that_ended_well_alone() -> None:
    every = itertools.product(Child, CODES, WORDS, (False, True))
    back = {
        (child, code, word, ending)
        for child, code, word, ending in every
        if follows(child, code, word, ending=ending) is Next.CONTROL
    }
    assert back == {(Child.COMMISSIONER, 0, word, False) for word in (LATCHED, RESTING)}


@pytest.mark.parametrize(
    ("child", "code", "word", "ending", "next_"),
    [
        (Child.CONTROL, 0, RESTING, False, Next.LEAVE),
        (Child.CONTROL, 0, b"", False, Next.LEAVE),
        (Child.CONTROL, 0, LATCHED, True, Next.LEAVE),
        (Child.CONTROL, 1, b"", False, Next.CANNOT_SERVE),
        (Child.CONTROL, -15, b"", True, Next.LEAVE),
        (Child.CONTROL, 1, RESTING, False, Next.RESCUE),
        (Child.CONTROL, -9, RESTING, True, Next.RESCUE),
        (Child.CONTROL, GIVES_WAY, RESTING, True, Next.LEAVE),
        (Child.CONTROL, GIVES_WAY, LATCHED, False, Next.RESCUE),
        (Child.CONTROL, GIVES_WAY, b"", False, Next.CANNOT_SERVE),
        (Child.COMMISSIONER, 0, RESTING, True, Next.LEAVE),
        (Child.COMMISSIONER, 0, b"", False, Next.RESCUE),
        (Child.COMMISSIONER, 0, b"", True, Next.RESCUE),
        (Child.COMMISSIONER, 1, RESTING, False, Next.RESCUE),
        (Child.COMMISSIONER, GIVES_WAY, RESTING, False, Next.RESCUE),
        (Child.COMMISSIONER, -9, b"", False, Next.RESCUE),
    ],
)
def test_each_end_has_what_follows(
    child: Child, code: int, word: bytes, ending: bool, next_: Next
) -> None:
    assert follows(child, code, word, ending=ending) is next_


@pytest.mark.parametrize("ending", [False, True])
@pytest.mark.parametrize("code", CODES)
def test_a_control_that_was_never_heard_was_lost_unless_the_belt_rested_when_it_began(
    code: int, ending: bool
) -> None:
    found = follows(Child.CONTROL, code, b"", ending=ending, rests=False)
    assert found is (Next.LEAVE if code == 0 else Next.RESCUE)


def test_what_was_heard_counts_for_more_than_how_the_belt_was_left() -> None:
    every = itertools.product(Child, CODES, WORDS[1:], (False, True))
    for child, code, word, ending in every:
        left = [follows(child, code, word, ending=ending, rests=rests) for rests in (False, True)]
        assert left[0] is left[1]


@pytest.mark.parametrize(
    ("word", "rests", "may"),
    [(b"", False, False), (b"", True, True), (MOVING, False, True), (RESTING, True, True)],
)
def test_only_who_was_heard_is_asked_to_leave_a_belt_that_may_move(
    word: bytes, rests: bool, may: bool
) -> None:
    assert may_be_asked_to_leave(Watch(0.0, word), rests=rests) is may


def test_a_commissioner_says_what_the_guard_understands() -> None:
    said = (motion.MOVING, motion.STOPPING, motion.RESTING, motion.UNVERIFIED)
    assert said == (watch.MOVING, watch.STOPPING, watch.RESTING, watch.UNVERIFIED)
