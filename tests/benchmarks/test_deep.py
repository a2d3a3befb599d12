"""The long campaigns: each claim at its full count."""

import pytest

from benchmarks import demo, guard

pytestmark = [pytest.mark.deep, pytest.mark.timeout(3600)]


def test_twenty_killed_and_twenty_frozen_with_and_without_a_relay_end_in_a_belt_at_rest() -> None:
    result = guard.run(20)
    assert result["met"], [trial for trial in result["trials"] if not trial["met"]]


def test_twenty_scripted_walks_keep_the_cap_and_the_grace() -> None:
    result = demo.run(20)
    assert result["met"], [walk for walk in result["walks"] if not walk["met"]]
