"""TOML as people write it: a file's text, its table, or what is wrong with either."""

import tomllib
from pathlib import Path
from typing import Any


class TomlError(ValueError):
    """What cannot be read, or is no TOML; the end of a sentence that begins with its name."""


def text_of(path: Path) -> str:
    """The text in a file. Raises: `TomlError`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TomlError(f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TomlError("is no text in UTF-8.") from error


def read_toml(text: str) -> dict[str, Any]:
    """The table in a text. Raises: `TomlError`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"is not TOML: {error}.") from None
    except RecursionError:
        raise TomlError("has lists in lists, too deep to be read.") from None
