"""What the documents show is what the program does."""

import asyncio
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from controller.session.machine import diagram

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, str]]:
    """Each `$ command` of the console blocks with what is shown below it."""
    return [
        (command, shown)
        for block in blocks("console")
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.mark.parametrize(("command", "shown"), examples(), ids=lambda text: text.split("\n")[0])
def test_a_command_in_the_readme_prints_what_it_shows(
    retrotread: Run, command: str, shown: str
) -> None:
    program, *arguments = shlex.split(command)
    assert program == "retrotread"
    result = retrotread(*arguments)
    assert result.returncode == 0
    printed = result.stderr + result.stdout
    for line in shown.splitlines():
        assert line == "…" or line in printed.splitlines(), printed


def test_the_settings_in_the_readme_are_valid(retrotread: Run, tmp_path: Path) -> None:
    [settings] = blocks("toml")
    (tmp_path / "settings.toml").write_text(settings)
    result = retrotread("serve", "--config", "settings.toml", "--check")
    assert result.returncode == 0, result.stderr
    assert re.search(r"cap_mps +0\.3576 +settings", result.stdout)


def test_the_programs_in_the_readme_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, stop = blocks("python")
    exec(compile(read, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert capsys.readouterr().out == "0.4444444444444444 10\n"
    ran = []
    monkeypatch.setattr(asyncio, "run", ran.append)
    exec(compile(stop, "README.md", "exec"), {})  # noqa: S102
    assert ran[0].cr_code.co_name == "stop_belt"
    ran[0].close()


def test_the_diagram_of_a_session_is_drawn_from_its_table() -> None:
    assert diagram() in (ROOT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_a_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


def anchors(document: Path) -> set[str]:
    """Of the headings, as GitHub names them."""
    titles = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_a_link_leads_to_a_heading_that_is_there(document: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", document.read_text()):
        assert anchor in anchors(document.parent / target if target else document), anchor
