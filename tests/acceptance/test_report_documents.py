"""The examples of docs/reports.md and docs/exports.md, run in order."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from controller.records.course import Sample
from controller.records.export.fit import FIELDS
from tests.acceptance.clinic import furnish

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
REPORTS, EXPORTS = ((ROOT / "docs" / name).read_text() for name in ("reports.md", "exports.md"))


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """The folder in which the examples are typed: the session is under `clinic`."""
    furnish(tmp_path / "clinic")
    return tmp_path


@pytest.mark.parametrize("document", [REPORTS, EXPORTS], ids=["reports", "exports"])
def test_the_examples_print_what_they_show_and_leave_the_files(
    retrotread: Run, clinic: Path, document: str
) -> None:
    shown = re.findall(r"^\$ (.*)\n((?:(?!\$ |```).*\n)*)", document, re.MULTILINE)
    assert shown
    for command, printed in shown:
        program, *arguments = shlex.split(command)
        assert program == "retrotread"
        result = retrotread(*arguments)
        assert result.returncode == 0, result.stderr
        assert result.stdout == printed
        for name in printed.split():
            assert (clinic / name).stat().st_size > 500


def test_the_tables_of_the_exports_have_every_column_and_field() -> None:
    for name in (*Sample._fields, *FIELDS):
        assert f"`{name}`" in EXPORTS


def test_the_picture_of_a_report_is_small() -> None:
    assert (ROOT / "docs" / "report.png").stat().st_size < 200_000
