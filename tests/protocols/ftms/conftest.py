"""A machine that has told of itself for two seconds."""

import pytest

from tests.protocols.ftms.point_story import Story


@pytest.fixture
def story() -> Story:
    story = Story()
    story.after(2.0)
    return story
