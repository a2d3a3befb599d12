"""TOML as people write it: a table, or what is wrong with the text."""

import tomllib
from typing import Any


class TomlError(ValueError):
    """A text that is no TOML; the end of a sentence that begins with the text's name."""


def read_toml(text: str) -> dict[str, Any]:
    """The table in a text. Raises: `TomlError`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"is not TOML: {error}.") from None
    except RecursionError:
        raise TomlError("has lists in lists, too deep to be read.") from None
