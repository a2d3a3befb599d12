"""Templates made into pages. Everything that is put into one is escaped."""

import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from controller.records.report import words


@functools.cache
def _environment() -> Environment:
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
