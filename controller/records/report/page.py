"""Templates made into pages. Everything that is put into one is escaped."""

import functools
from typing import TYPE_CHECKING, Any

from controller.records.report import words

if TYPE_CHECKING:
    from jinja2 import Environment


@functools.cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - a desk starts without what only reports need
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    made = Environment(
        loader=PackageLoader("controller.records.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("speed", "figure", "lasting", "instant", "moment", "day", "plain", "yes")
    made.filters.update({name: getattr(words, name) for name in names})
    return made


def page(template: str, **facts: Any) -> str:
    return _environment().get_template(template).render(**facts)
