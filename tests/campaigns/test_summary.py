"""What a campaign tells of its walks: by cause, the worst first, on one page without network."""

import re
from html.parser import HTMLParser

import pytest

from campaigns.outcome import Outcome
from campaigns.page import campaign_page
from campaigns.summary import NO_CAUSE, quantiles, summary, worst

QUIET = Outcome(
    0, "planned", "release", "none", "grip_released", 36.0, 0.4, 0.41, 0.3, 0.2, 1.4, 0.35,
    rested=True, verified=True, escalated=False, lasted_s=45.0,
)  # fmt: skip
SLIPPED = QUIET._replace(number=1, kind="nuisance", carry_m=None)
ENDED = QUIET._replace(number=2, end="program", cause="", latency_s=None, carry_m=None)
RUNS_ON = QUIET._replace(
    number=3, kind="fault", fault="ignores_stop", stop_m=None, stop_s=None, carry_m=11.0,
    rested=False, verified=False, escalated=True,
)  # fmt: skip
ALL = [QUIET, SLIPPED, ENDED, RUNS_ON]


def test_walks_are_told_by_kind_and_cause() -> None:
    told = summary("Few", ALL)
    assert told["kinds"] == {"planned": 2, "nuisance": 1, "fault": 1, "refused": 0}
    assert {(row["kind"], row["cause"]) for row in told["causes"]} == {
        ("planned", "grip_released"),
        ("planned", NO_CAUSE),
        ("nuisance", "grip_released"),
        ("fault", "grip_released, with ignores_stop"),
    }
    assert told["walked_h"] == 0.04
    assert told["nuisance_stops_per_walked_hour"] == 25.0
    assert (told["unrested"], told["unverified"], told["escalated"]) == (1, 1, 1)


def test_a_campaign_that_nobody_walked_has_no_rate() -> None:
    told = summary("None", [QUIET._replace(walked_s=0.0, kind="refused")])
    assert told["nuisance_stops_per_walked_hour"] is None


def test_quantiles_are_values_that_occurred() -> None:
    assert quantiles([1.0, 2.0, 3.0, 4.0]) == {"p5": 1.0, "p50": 2.0, "p95": 4.0, "max": 4.0}
    assert quantiles([]) is None


def test_the_worst_are_belts_that_ran_on_then_the_longest_ways() -> None:
    far = QUIET._replace(number=9, carry_m=0.5)
    assert [outcome.number for outcome in worst([*ALL, far])] == [3, 9, 0, 1, 2]
    assert len(worst([QUIET] * 50)) == 10


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_page_has_its_plots_and_needs_no_network() -> None:
    text = campaign_page(summary("<Few & more>", ALL), ALL, "retrotread campaign few.toml --replay")
    page = Page(text)
    assert page.tags.count("svg") == 4
    assert page.tags.count("code") == len(ALL)
    assert "&lt;Few &amp; more&gt;" in text
    assert "retrotread campaign few.toml --replay 3" in text
    assert not re.search(r"(src|href)=|https?:|<script", text)


def test_every_walk_is_in_a_bar() -> None:
    text = campaign_page(summary("Few", ALL), ALL, "")
    assert text.count("planned: grip_released (1)") == 4
    assert text.count("planned: (its planned end) (1)") == 2


@pytest.mark.parametrize("figure", ["latency_s", "carry_m"])
def test_a_plot_without_any_figure_is_left_out(figure: str) -> None:
    ended = [ENDED]
    text = campaign_page(summary("Few", ended), ended, "")
    assert Page(text).tags.count("svg") == 2, figure
