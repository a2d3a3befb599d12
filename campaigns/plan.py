"""A campaign file: what is varied, how many walks, from which seed. And one walk of it, drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from random import Random

from campaigns.chance import Chance, ChanceError, Value, read
from campaigns.knobs import KNOBS
from controller.toml_text import TomlError, read_toml

MOST = 10_000_000
TOP = ("title", "walks", "seed")

Figures = dict[str, dict[str, Value]]
"""By section and name, what one walk has drawn."""


class CampaignError(ValueError):
    """A campaign file that cannot be run; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """`chances`: by section and name, what the file varies; the rest has its default."""

    title: str
    walks: int
    seed: int
    chances: dict[str, dict[str, Chance]]

    def figures(self, number: int) -> Figures:
        """What walk `number` has drawn: each figure from a stream of its own, so that where it is
        run, and what else the file varies, changes nothing of it."""
        return {
            section: {
                name: chance.draw(
                    KNOBS[section][name].domain, Random(f"{self.seed} {number} {section}.{name}")
                )
                for name, chance in given.items()
            }
            for section, given in self.chances.items()
        }


def parse(text: str) -> Campaign:
    """The campaign in a TOML text. Raises: `CampaignError`."""
    try:
        found = read_toml(text)
    except TomlError as error:
        raise CampaignError(f"The campaign {error}") from None
    for key in found:
        _known(key, (*TOP, *KNOBS), "entry")
    title = found.get("title", "Campaign")
    if not isinstance(title, str) or not title.strip():
        raise CampaignError("title is text in quotes.")
    walks, seed = _whole(found, "walks", 1000, 1), _whole(found, "seed", 1, 0)
    chances = {section: _section(found.get(section, {}), section) for section in KNOBS}
    return Campaign(title.strip(), walks, seed, chances)


def _section(given: object, section: str) -> dict[str, Chance]:
    """The file's distributions, and fixed ones for the defaults; limits only if given."""
    if not isinstance(given, Mapping):
        raise CampaignError(f"[{section}] is a table.")
    for name in given:
        _known(name, tuple(KNOBS[section]), f"figure in [{section}]")
    chances = {}
    for name, knob in KNOBS[section].items():
        if name not in given and knob.default is None:
            continue
        try:
            chances[name] = read(given.get(name, knob.default), knob.domain)
        except ChanceError as error:
            raise CampaignError(f"{section}.{name} {error}.") from None
    return chances


def _known(key: str, known: tuple[str, ...], what: str) -> None:
    if key not in known:
        near = get_close_matches(key, known, 1, 0.0)[0]
        raise CampaignError(f"There is no {what} {key!r}. The nearest is {near!r}.")


def _whole(table: Mapping[str, object], key: str, default: int, low: int) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST:
        raise CampaignError(f"{key} is a whole number from {low} to {MOST}, not {value!r}.")
    return value
