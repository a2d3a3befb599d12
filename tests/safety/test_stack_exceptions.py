"""The claim (S11): an exception from outside ends in Stop and a latch, and skips nothing else."""

import pytest

from tests.safety.stack import exceptions
from tests.safety.stack.exceptions import CONNECTING_SITES, ERRORS, STOPPING_SITES, WALKING_SITES

CAUSES = {"internal_error", "write_failed"}
STOP_S = 0.6
"""The next set-point, half a second away at most, and a turn."""


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("site", WALKING_SITES)
def test_one_exception_in_a_walk_is_a_stop_and_a_latch(site: str, error: str) -> None:
    fate = exceptions.while_walking(site, error, seed=len(site) + len(error))
    assert fate.sprung == 1
    assert fate.found == ()
    assert (fate.cause in CAUSES, fate.phase, fate.rests) == (True, "latched", True)
    assert fate.stop_s is not None
    assert fate.stop_s <= STOP_S


@pytest.mark.parametrize("site", [site for site in WALKING_SITES if site != "link.write"])
def test_a_place_that_fails_for_ever_still_ends_in_a_belt_at_rest(site: str) -> None:
    fate = exceptions.while_walking(site, "ValueError", seed=3, lasts=True)
    assert fate.found == ()
    assert fate.cause in CAUSES
    assert fate.phase in ("stopping", "latched")
    assert fate.rests


def test_a_link_that_takes_nothing_more_is_said_aloud() -> None:
    """The verdict itself asks for it: a belt that moves on, and nobody told, is found."""
    fate = exceptions.while_walking("link.write", "LinkError", seed=4, lasts=True)
    assert (fate.cause, fate.phase, fate.rests, fate.found) == (
        "write_failed", "stopping", False, (),
    )  # fmt: skip


@pytest.mark.parametrize("lasts", [False, True])
@pytest.mark.parametrize("site", STOPPING_SITES)
def test_an_exception_while_stopping_does_not_end_the_stop(site: str, lasts: bool) -> None:
    fate = exceptions.while_stopping(site, "ValueError", seed=5, lasts=lasts)
    assert fate.sprung
    assert fate.found == ()
    assert fate.phase in ("stopping", "latched")
    assert fate.rests or (site, lasts) == ("link.write", True)


@pytest.mark.parametrize("error", ["LinkError", "ValueError"])
@pytest.mark.parametrize("site", CONNECTING_SITES)
def test_an_exception_while_connecting_is_tried_again_and_not_the_end(
    site: str, error: str
) -> None:
    fate = exceptions.while_connecting(site, error, seed=6)
    assert fate.sprung == 1
    assert (fate.cause, fate.phase, fate.rests, fate.found) == (
        "stop_pressed", "latched", True, (),
    )  # fmt: skip
