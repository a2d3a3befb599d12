"""Sessions that are walked once, for all who report of them."""

import pytest

from tests.controller.records.walked import Walked, walked


@pytest.fixture(scope="session")
def released() -> Walked:
    """A minute at 0.2 m/s; then both hands let go."""
    return walked(60.0, lets_go=True)


@pytest.fixture(scope="session")
def stopped() -> Walked:
    """A minute and a half, ended by Stop."""
    return walked(90.0, lets_go=False, seed=3)


@pytest.fixture(scope="session")
def half_an_hour() -> Walked:
    """29 minutes in steps, at the end of which both hands let go."""
    return walked(1740.0, lets_go=True)
