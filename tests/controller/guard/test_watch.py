"""Is control alive? Judged from heartbeats on a hand-moved clock."""

import pytest

from controller import control
from controller.guard import watch
from controller.guard.watch import MOVING_S, Watch

JUST = 0.001


def test_a_fresh_control_has_time_to_start_and_no_more() -> None:
    watch = Watch(10.0)
    assert not watch.heard
    assert not watch.moving
    assert not watch.silent(10.0 + 20.0)
    assert watch.silent(10.0 + 20.0 + JUST)


@pytest.mark.parametrize(
    ("octet", "patience_s"),
    [
        (b"m", 0.25),
        (b"s", 0.25),
        (b"u", 0.25),
        (b"l", 2.0),
        (b"r", 2.0),
    ],
)
def test_a_heartbeat_renews_a_patience_that_depends_on_the_belt(
    octet: bytes, patience_s: float
) -> None:
    watch = Watch(10.0).beat(octet, 50.0)
    assert watch.heard
    assert not watch.silent(50.0 + patience_s)
    assert watch.silent(50.0 + patience_s + JUST)


def test_the_last_of_several_heartbeats_counts() -> None:
    assert Watch(0.0).beat(b"rrrm", 1.0).moving
    assert not Watch(0.0).beat(b"mmmr", 1.0).moving


@pytest.mark.parametrize("octets", [b"x", b"\x00", b"R", b"r\n", b"L", b"s", b"u"])
def test_only_a_plain_r_or_l_says_that_the_belt_rests(octets: bytes) -> None:
    assert Watch(0.0).beat(octets, 1.0).moving


def test_a_silent_control_is_found_out_within_300_ms_while_the_belt_moves() -> None:
    assert MOVING_S < 0.3


def test_guard_and_control_mean_the_same_by_each_word() -> None:
    """The guard may not import control."""
    for name in ("MOVING", "STOPPING", "LATCHED", "RESTING", "UNVERIFIED"):
        assert getattr(watch, name) == getattr(control, name)
