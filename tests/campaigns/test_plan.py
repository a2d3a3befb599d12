"""A campaign file: what it may say, and what each walk draws."""

import pytest

from campaigns.bedside import bedside
from campaigns.plan import CampaignError, parse
from controller.commissioning.cap import cap_mps
from controller.commissioning.stopping import Curve

TWO = """
seed = 3
[machine]
stop_mps2 = { uniform = [0.3, 0.6] }
"""


def test_an_empty_file_is_a_thousand_honest_walks() -> None:
    campaign = parse("")
    assert (campaign.title, campaign.walks, campaign.seed) == ("Campaign", 1000, 1)
    first = bedside(campaign, 0)
    assert first.fault == "none"
    assert first.end == "release"
    assert first.program.phases[0].speed_mps == 0.4


def test_what_else_a_file_varies_changes_no_draw() -> None:
    more = TWO + "lag_s = { uniform = [0.1, 0.4] }\n[walk]\nseconds = { uniform = [10, 20] }\n"
    few, many = parse(TWO), parse(more)
    for number in range(50):
        one, other = few.figures(number), many.figures(number)
        assert one["machine"]["stop_mps2"] == other["machine"]["stop_mps2"]
    assert few.figures(0)["machine"] != few.figures(1)["machine"]


def test_another_seed_is_another_campaign() -> None:
    other = parse(TWO.replace("seed = 3", "seed = 4"))
    assert parse(TWO).figures(0) != other.figures(0)


def test_the_cap_is_the_one_that_a_commissioning_would_give_this_machine() -> None:
    weak = "[machine]\nstop_mps2 = 0.1\n[link]\ndelay_s = 0.01\n"
    limits = bedside(parse(weak), 0).limits
    assert limits.cap_mps == cap_mps(Curve(0.02, 0.1, 0.25)) < 0.3
    without = bedside(parse(weak + "[settings]\ncommissioned_cap = false\n"), 0).limits
    assert without.cap_mps == pytest.approx(0.44704)


def test_settings_are_limits() -> None:
    text = "[settings]\ngrace_factor = { choice = [0.5, 1.0] }\nramp_up_mps2 = 0.1\n"
    limits = [bedside(parse(text), number).limits for number in range(40)]
    assert {one.grace_factor for one in limits} == {0.5, 1.0}
    assert {one.ramp_up_mps2 for one in limits} == {0.1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("walks = ", "The campaign is not TOML"),
        ("walks = " + "[" * 9999, "The campaign has lists in lists"),
        ("wlaks = 3", "There is no entry 'wlaks'. The nearest is 'walks'."),
        ("walks = 0", "walks is a whole number from 1 to 10000000, not 0."),
        ("walks = true", "walks is a whole number"),
        ("seed = -1", "seed is a whole number from 0"),
        ("title = 7", "title is text in quotes."),
        ("walk = 7", r"\[walk\] is a table."),
        ("[walk]\nsecond = 7", r"no figure in \[walk\] 'second'. The nearest is 'seconds'."),
        ("[walk]\nseconds = 1", "walk.seconds must be a number from 5 to 2400; it says 1."),
        ("[faults]\nname = 'Ignores_sop'", "faults.name .*--list-faults.*Near it: ignores_stop, "),
        ("[faults]\nname = 'no_control_point'", "faults.name must be one of those that .*`table`;"),
        ("[faults]\nname = 'x'", "it says 'x'.$"),
        ("[settings]\ncap_mps = 1.5", "settings.cap_mps must be a number from 0 to 0.89408"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(CampaignError, match=sentence):
        parse(text)
