"""`retrotread campaign`: run a campaign or a sweep, tell what it found, replay one walk."""

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from campaigns import sweep
from campaigns.bedside import bedside
from campaigns.ledger import Ledger
from campaigns.many import here, on_cluster, processors
from campaigns.outcome import Outcome
from campaigns.page import campaign_page, sweep_page
from campaigns.plan import Campaign, CampaignError, parse
from campaigns.summary import FIGURES, summary
from campaigns.walk import walked

WIDE = 140


def run(
    file: str, *, workers: int, cluster: str, replay: int | None, out: str, as_json: bool
) -> None:
    """Raises: `CampaignError` with one sentence."""
    text = _read(Path(file))
    if sweep.is_sweep(text):
        _sweep(text, _folder(file, out), as_json=as_json)
        return
    campaign = parse(text)
    if replay is not None:
        _replay(campaign, replay, as_json=as_json)
        return
    folder = _folder(file, out)
    ledger = Ledger(folder / "outcomes.jsonl", text)
    _go_on(campaign, text, ledger, workers, cluster)
    outcomes = [ledger.done[number] for number in range(campaign.walks)]
    told = summary(campaign.title, outcomes)
    command = f"retrotread campaign {shlex.quote(file)} --replay"
    page = campaign_page(told, outcomes, command)
    _keep(folder, told, page)
    if as_json:
        print(json.dumps({**told, "page": str(folder / "summary.html")}, indent=1))
    else:
        _tell(told, command, folder)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CampaignError(f"The campaign {path} cannot be read: {error}.") from None


def _folder(file: str, out: str) -> Path:
    """Beside the file, and named after it."""
    folder = Path(out) if out else Path(file).with_suffix(".results")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CampaignError(f"The results cannot be kept in {folder}: {error}.") from None
    return folder


def _go_on(campaign: Campaign, text: str, ledger: Ledger, workers: int, cluster: str) -> None:
    """Run what has not been run, with a bar on standard error."""
    left = [number for number in range(campaign.walks) if number not in ledger.done]
    done: Iterator[list[Outcome]] = (
        on_cluster(text, left, cluster) if cluster else here(text, left, workers or processors())
    )
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(
            campaign.title, total=campaign.walks, completed=campaign.walks - len(left)
        )
        for outcomes in done:
            ledger.add(outcomes)
            progress.advance(bar, len(outcomes))


def _replay(campaign: Campaign, number: int, *, as_json: bool) -> None:
    """The story of one walk, and what came of it."""
    if not 0 <= number < campaign.walks:
        raise CampaignError(f"There is no walk {number}: they are 0 to {campaign.walks - 1}.")

    def tell(now_s: float, what: str) -> None:
        if not as_json:
            print(f"{now_s:10.3f} s  {what}")

    outcome = walked(bedside(campaign, number), campaign.seed, tell)
    drawn = campaign.figures(number)
    if as_json:
        print(json.dumps({"figures": drawn, "outcome": outcome.row()}, indent=1))
        return
    for part in (drawn, {"outcome": outcome.row()}):
        for section, figures in part.items():
            print(f"{section}: {_listed(figures)}")


def _listed(figures: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )


def _sweep(text: str, folder: Path, *, as_json: bool) -> None:
    swept = sweep.run(sweep.parse(text))
    told = swept.document()
    _keep(folder, told, sweep_page(swept))
    if as_json:
        print(json.dumps({**told, "page": str(folder / "summary.html")}, indent=1))
        return
    table = Table("latency, s", *(f"{mps2:.3g} m/s²" for mps2 in swept.stop_mps2), box=None)
    for latency_s, caps in zip(swept.latencies_s, swept.cap_mps, strict=True):
        table.add_row(f"{latency_s:.3g}", *(f"{cap:.3f}" for cap in caps))
    _console().print("Highest speed, m/s, from which nobody is carried over half a metre:")
    _console().print(table)
    print(f"The map: {folder / 'summary.html'}")


def _keep(folder: Path, told: dict[str, Any], page: str) -> None:
    (folder / "summary.json").write_text(json.dumps(told, indent=1) + "\n")
    (folder / "summary.html").write_text(page)


def _tell(told: dict[str, Any], command: str, folder: Path) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in told["kinds"].items() if count)
    print(f"{told['title']}: {told['walks']} walks, {told['walked_h']:.2f} h of walking; {kinds}.")
    figures = [f"{figure} {q}" for figure in FIGURES for q in ("p50", "max")]
    table = Table("end", "walks", *figures, box=None)
    for row in told["causes"]:
        cells = [(row[figure] or {}).get(q) for figure in FIGURES for q in ("p50", "max")]
        name = f"{row['kind']}: {row['cause']}"
        table.add_row(name, str(row["walks"]), *("–" if c is None else f"{c:.3f}" for c in cells))
    _console().print(table)
    print("The worst:")
    for row in told["worst"]:
        way = f"carry {row['carry_m']:.3f} m" if row["carry_m"] is not None else "no carry"
        print(f"  {command} {row['number']}   {row['cause'] or row['end']}, {way}")
    print(f"All of it: {folder / 'summary.html'}")


def _console() -> Console:
    return Console(file=sys.stdout, width=WIDE, highlight=False)
