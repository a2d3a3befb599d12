"""`retrotread campaign`, as people call it, and what the document shows of it."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "campaigns.md").read_text()
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("campaign.toml", "sweep.toml"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text())
    return tmp_path


def examples() -> list[tuple[str, str]]:
    block = "\n".join(re.findall(r"^```console\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE))
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", block, re.MULTILINE)


def test_the_document_shows_what_the_commands_print(retrotread: Run, here: Path) -> None:
    assert len(examples()) == 3
    for command, shown in examples():
        program, *arguments = shlex.split(command)
        assert program == "retrotread"
        result = retrotread(*arguments)
        assert result.returncode == 0, result.stderr
        printed = [line.rstrip() for line in result.stdout.splitlines()]
        for line in filter(None, shown.splitlines()):
            assert line == "…" or line.rstrip() in printed, result.stdout
    assert (here / "campaign.results" / "summary.html").read_text().startswith("<!doctype html>")


def test_the_document_shows_the_example_as_it_is() -> None:
    shown = re.findall(r"^```toml\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    assert shown == [(EXAMPLES / name).read_text() for name in ("campaign.toml", "sweep.toml")]


def test_a_campaign_that_was_run_is_not_run_again(retrotread: Run, here: Path) -> None:
    (here / "few.toml").write_text("walks = 3\n[walk]\nseconds = 5\n")
    first = json.loads(retrotread("campaign", "few.toml", "--workers", "1", "--json").stdout)
    kept = (here / "few.results" / "outcomes.jsonl").read_text()
    again = json.loads(retrotread("campaign", "few.toml", "--workers", "1", "--json").stdout)
    assert first == again
    assert (here / "few.results" / "outcomes.jsonl").read_text() == kept
    assert json.loads((here / "few.results" / "summary.json").read_text())["walks"] == 3


def test_a_replay_is_the_walk_of_the_campaign(retrotread: Run, here: Path) -> None:
    (here / "few.toml").write_text("walks = 2\n[walk]\nseconds = 5\nend = 'fall'\n")
    told = json.loads(retrotread("campaign", "few.toml", "--workers", "1", "--json").stdout)
    replayed = json.loads(retrotread("campaign", "few.toml", "--replay", "1", "--json").stdout)
    assert replayed["outcome"] in told["worst"]
    story = retrotread("campaign", "few.toml", "--replay", "1").stdout
    assert "As planned: fall." in story
    assert "stopping: fall. The fall sensor reported a fall." in story


def test_a_sweep_gives_one_document(retrotread: Run, here: Path) -> None:
    told = json.loads(retrotread("campaign", "sweep.toml", "--json").stdout)
    assert len(told["carry_m"]) == len(told["latencies_s"]) == 4
    assert "<svg" in Path(here / told["page"]).read_text()


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        (None, (), "The campaign few.toml cannot be read"),
        ("walks = 0", (), "walks is a whole number"),
        ("walks = 2", ("--replay", "2"), "There is no walk 2: they are 0 to 1."),
        ("walks = 2", ("--out", "few.toml"), "The results cannot be kept in few.toml"),
        ("walks = 2", ("--cluster", "nowhere"), "nowhere is no scheduler's address"),
        ("[sweep]", (), "[sweep] needs"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(
    retrotread: Run, here: Path, text: str | None, arguments: tuple[str, ...], sentence: str
) -> None:
    if text is not None:
        (here / "few.toml").write_text(text)
    result = retrotread("campaign", "few.toml", *arguments)
    assert result.returncode == 1
    assert result.stdout == ""
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
