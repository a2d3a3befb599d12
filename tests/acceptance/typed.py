"""The commands in the documents: found, and sorted into ways of trying each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("deploy/**/*.md"),
    ]
)
SHELLS = ("sh", "console")
PROGRAMS = re.compile(
    r"(\S*/)?(retrotread|make|python3?|pip|sudo|apt|apt-get|systemctl|journalctl|docker|curl|ruff|mypy"
    r"|lint-imports|mosquitto_\w+|rfkill|bluetoothctl|vcgencmd|scripts/\w+|upgrade\.py)(\s|$)"
)
"""What a line begins with that somebody would type."""
NO_COMMAND = re.compile(r".*(\\\\n|<)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?<=\n\n)(?:    .*\n)+")
INLINE = re.compile(r"`([^`\n]+)`")
SAID = re.compile(r"\s{2,}.*| # .*")
"""After a gap: what is said of the command on its line."""


class Typed(NamedTuple):
    """One command: the heading it stands under, how its block is marked, and what is shown of its
    answer. `text` is as a shell takes it."""

    chapter: str
    block: str
    text: str
    shown: str = ""


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def commands(document: Path) -> list[Typed]:
    """What stands in blocks, in its order."""
    chapters = re.split(r"^(?=## )", document.read_text(), flags=re.MULTILINE)
    return [each for chapter in chapters for each in _of_chapter(chapter)]


def _of_chapter(text: str) -> Iterator[Typed]:
    title = text.partition("\n")[0]
    for block in re.split(r"(^```.*?^```\n)", text, flags=re.DOTALL | re.MULTILINE):
        fenced = FENCED.match(block)
        if fenced is None:
            yield from (Typed(title, "indented", line) for line in _indented(block))
        elif fenced[1] == "sh":
            yield from (Typed(title, "sh", line) for line in _lines(fenced[2]))
        elif fenced[1] == "console":
            shown = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", fenced[2], re.MULTILINE)
            yield from (Typed(title, "console", *each) for each in shown)
        elif fenced[1] not in ("python", "yaml", "toml", "sql", "mermaid"):
            yield from (Typed(title, "untold", line) for line in _commands(fenced[2]))


def _lines(block: str) -> list[str]:
    """A line that ends in a backslash goes on in the next one."""
    lines = block.replace("\\\n", " ").splitlines()
    return [SAID.sub("", line) for line in lines if line and not line.startswith("#")]


def _indented(text: str) -> list[str]:
    blocks = INDENTED.findall(text)
    return _commands(re.sub(r"^    ", "", "".join(blocks), flags=re.MULTILINE))


def _commands(block: str) -> list[str]:
    return [SAID.sub("", line) for line in block.splitlines() if PROGRAMS.match(line)]


def spans(document: Path) -> list[str]:
    """Commands named within the text, in backquotes; a bare program's name is none, nor is text
    with ends of lines in it."""
    prose = INDENTED.sub("", FENCED.sub("", document.read_text()))
    found = [span for span in INLINE.findall(prose) if PROGRAMS.match(span) and " " in span]
    found = [span for span in found if r"\n" not in span]
    return list(dict.fromkeys(found))


def files(document: Path) -> dict[str, str]:
    """Settings that the commands use: each TOML block that is introduced by its file's name."""
    return dict(
        re.findall(
            r"`([\w-]+\.toml)`:\n\n```toml\n(.*?)^```",
            document.read_text(),
            re.DOTALL | re.MULTILINE,
        )
    )
