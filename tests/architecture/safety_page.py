"""docs/safety.md as data: what it says of each rule and fault, by its own few labels."""

import re
from dataclasses import dataclass

RULE = re.compile(r"^### (S\d+) · ", re.MULTILINE)
FAULT = re.compile(r"^- \*\*(F\d+)\*\* ", re.MULTILINE)
LABEL = re.compile(r"\*(Enforced|Watched|Shown|Tried|Not tried|Differs):\*")
LINK = re.compile(r"\[(tests/[\w/.]+)::(\w+)\]\[([\w-]+)\]")
CODE = re.compile(r"`([^`]+)`")
KIND = re.compile(r"^- \*\*([a-z ]+)\*\* · (.*?)\.$", re.MULTILINE | re.DOTALL)
HAZARD = re.compile(r"^\| (H\d+) \| .* \| (S[S\d ]+) \|$", re.MULTILINE)
DEFINITION = re.compile(r"^\[([\w-]+)\]: \.\./(\S+)$", re.MULTILINE)
MENTION = re.compile(r"\b[SF]\d+\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule or a fault: its number, its text, and its text by label; "" before the first one."""

    number: str
    text: str
    parts: dict[str, str]

    def named(self, label: str) -> list[str]:
        """What stands in code quotes under this label: words, or paths."""
        return CODE.findall(self.parts.get(label, ""))

    @property
    def tests(self) -> list[tuple[str, str, str]]:
        """Path, test, and the label of its link."""
        return LINK.findall(self.text)


@dataclass(frozen=True, slots=True)
class Page:
    """`kinds`: of verification, with the paths that begin so; `held_off`: rules by hazard."""

    text: str
    rules: list[Entry]
    faults: list[Entry]
    kinds: dict[str, list[str]]
    held_off: dict[str, list[str]]
    links: dict[str, str]


def read(text: str) -> Page:
    return Page(
        text,
        _entries(RULE, text),
        _entries(FAULT, text),
        {kind: CODE.findall(told) for kind, told in KIND.findall(text)},
        {hazard: rules.split() for hazard, rules in HAZARD.findall(text)},
        dict(DEFINITION.findall(text)),
    )


def _entries(head: re.Pattern[str], text: str) -> list[Entry]:
    """Each from its head to the next head of any sort."""
    return [_entry(found[1], _until_next(text, found.end())) for found in head.finditer(text)]


def _until_next(text: str, start: int) -> str:
    following = re.compile(r"^(#|- \*\*F\d|\[[\w-]+\]: )", re.MULTILINE).search(text, start)
    return text[start : following.start() if following else len(text)]


def _entry(number: str, text: str) -> Entry:
    before, *labelled = LABEL.split(text)
    return Entry(
        number, text, {"": before, **dict(zip(labelled[::2], labelled[1::2], strict=True))}
    )
