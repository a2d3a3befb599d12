"""The stage that every test here plays on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controller.guard.process import handlers_kept
from tests.controller.guard.whole.stage import Stage


@pytest.fixture
def stage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Stage]:
    with handlers_kept():
        yield Stage(tmp_path, capfd)
