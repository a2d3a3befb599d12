"""What a campaign, or a sweep, has found, as one self-contained HTML file without network."""

from collections.abc import Sequence
from html import escape
from typing import Any

from campaigns.drawing import heat_map, histograms
from campaigns.outcome import Outcome
from campaigns.summary import FIGURES, QUANTILES, by_cause, known
from campaigns.sweep import CARRY_M, Swept

TITLES = {
    "latency_s": "From what ended the walk to Stop, s",
    "stop_m": "The belt's way from Stop to rest, m",
    "stop_s": "From Stop to rest, s",
    "carry_m": "The belt's way after the last hand had left, m",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}}
table{{border-collapse:collapse}}td,th{{padding:.1rem .8rem .1rem 0;text-align:right}}
td:first-child,th:first-child{{text-align:left}}svg{{width:100%;font-size:12px}}
svg rect{{fill:#06c}}svg.map rect{{fill:revert-layer}}code{{white-space:nowrap}}</style>
<h1>{title}</h1>
{body}</html>
"""


def campaign_page(told: dict[str, Any], outcomes: Sequence[Outcome], replay: str) -> str:
    """The page of a campaign; `replay` is the command that shows a walk, without its number."""
    groups = by_cause(outcomes)
    plots = "".join(
        f"<h2>{TITLES[figure]}</h2>" + histograms(rows, TITLES[figure])
        for figure in FIGURES
        if (rows := _rows(groups, figure))
    )
    worst = "".join(
        _line(row["number"], row["cause"], _text(row["carry_m"]), _text(row["stop_m"]))
        + f"<td><code>{escape(replay)} {row['number']}</code>"
        for row in told["worst"]
    )
    facts = (
        f"<p>{told['walks']} walks, {told['walked_h']:.1f} hours of walking: "
        + ", ".join(f"{count} {kind}" for kind, count in told["kinds"].items())
        + f". Nuisance stops per hour of walking: {_text(told['nuisance_stops_per_walked_hour'])}. "
        f"Belts that did not come to rest: {told['unrested']}.</p>"
    )
    head = _line("walk", "cause", "carry, m", "stop, m", tag="th")
    return _PAGE.format(
        title=escape(told["title"]),
        body=f"{facts}{_causes(told)}{plots}<h2>The worst</h2><table>{head}{worst}</table>",
    )


def sweep_page(swept: Swept) -> str:
    """A heat map of the carry for each latency; red is more than a commissioning lets pass."""
    maps = "".join(
        f"<h2>{latency_s:.3g} s from the hands' leaving to the machine's Stop</h2>"
        + heat_map(
            layer,
            swept.stop_mps2,
            swept.speeds_mps,
            axes=("deceleration, m/s²", "speed, m/s"),
            bound=CARRY_M,
        ).replace("<svg ", '<svg class="map" ', 1)
        for latency_s, layer in zip(swept.latencies_s, swept.carry_m, strict=True)
    )
    text = f"<p>How far the belt carries a body that does nothing, m. Red: over {CARRY_M} m.</p>"
    return _PAGE.format(title=escape(swept.title), body=text + maps)


def _rows(
    groups: dict[tuple[str, str], list[Outcome]], figure: str
) -> list[tuple[str, list[float]]]:
    rows = [(f"{kind}: {cause}", known(some, figure)) for (kind, cause), some in groups.items()]
    return [(name, values) for name, values in rows if values]


def _causes(told: dict[str, Any]) -> str:
    head = ["end", "walks", *(f"{figure} {q}" for figure in FIGURES for q in QUANTILES)]
    rows = [
        [
            f"{row['kind']}: {row['cause']}",
            row["walks"],
            *(_text((row[figure] or {}).get(q)) for figure in FIGURES for q in QUANTILES),
        ]
        for row in told["causes"]
    ]
    lines = "".join(_line(*row) for row in rows)
    return f"<h2>Ends</h2><table>{_line(*head, tag='th')}{lines}</table>"


def _line(*cells: object, tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}" for cell in cells)


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
