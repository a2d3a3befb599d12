"""What a check finds: one line, and the command that helps."""

import getpass
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from controller.home import usual_folder
from controller.settings import Settings

OK, WARNING, MISSING = "ok", "warning", "missing"


class Finding(NamedTuple):
    """`way_out` is a command to type, or what to write into the settings; "" for what is well."""

    state: Literal["ok", "warning", "missing"]
    thing: str
    says: str
    way_out: str = ""


def ok(thing: str, says: str) -> Finding:
    return Finding("ok", thing, says)


def warning(thing: str, says: str, way_out: str) -> Finding:
    """The service runs, less well."""
    return Finding("warning", thing, says, way_out)


def missing(thing: str, says: str, way_out: str) -> Finding:
    """The service does not run, or cannot drive the treadmill."""
    return Finding("missing", thing, says, way_out)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined: one computer, for one treadmill if there are settings.

    `root` is where its files begin; `refused` is why there are no settings, if some were named.
    """

    settings: Settings | None = None
    refused: str = ""
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def user(self) -> str:
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return str(os.getuid())

    @property
    def data_dir(self) -> Path:
        """Raises: `HomelessError`."""
        return usual_folder() if self.settings is None else self.settings.data_dir

    def at(self, path: str) -> Path:
        """A file of the computer by its absolute path."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str:
        """What is in a file; "" if it cannot be read."""
        try:
            return self.at(path).read_text(errors="replace")
        except OSError:
            return ""


class Check(NamedTuple):
    """`look` may wait a little; `judge` is pure."""

    name: str
    look: Callable[[Subject], Any]
    judge: Callable[[Any], Sequence[Finding]]
