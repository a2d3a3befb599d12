"""A profile speaks for one machine, and only while nobody has touched it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from controller.commissioning.notes import Notes
from controller.commissioning.plot import page
from controller.commissioning.profile import (
    Profile,
    ProfileError,
    decode,
    encode,
    made,
    tier_of,
)
from controller.commissioning.stopping import Curve, Point
from protocols.belt import BeltReport, Identity
from protocols.ftms.conduct import Conduct
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID

ADDRESS = "ftms:AA:BB:CC:DD:EE:FF"
IDENTITY = Identity("Pad <1>", "1.2", "7")
CURVE = Curve(0.02, 0.5, 0.25)
POINTS = tuple(Point(n / 10, CURVE.speed_mps(n / 10, 0.417), 0.417) for n in range(25))
NOTES = Notes(
    quirks=frozenset({"keeps_running", "start_toggles", "needs_spacing", "no_control_answer"}),
    points=POINTS,
    period_s=0.5,
    answer_s=0.04,
    spacing_s=1.0,
)


def profile(**changes: Any) -> Profile:
    whole = made(NOTES, GRID, address=ADDRESS, identity=IDENTITY, made_on="2026-11-26")
    return replace(whole, **changes)


def refusal(text: str, address: str = ADDRESS) -> str:
    with pytest.raises(ProfileError) as refused:
        decode(text, address)
    return str(refused.value)


def test_a_profile_survives_its_file() -> None:
    assert decode(encode(profile()), ADDRESS) == profile()


@pytest.mark.parametrize("key", ["cap_mps", "tier", "sha256", "version", "made_on"])
def test_a_profile_that_was_touched_is_refused(key: str) -> None:
    content = json.loads(encode(profile()))
    content[key] = {"cap_mps": 0.9, "tier": "A", "sha256": "0", "version": 2, "made_on": ""}[key]
    said = refusal(json.dumps(content))
    assert "changed or damaged" in said
    assert said.endswith(f"retrotread commission {ADDRESS}")


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "{}", '{"sha256": 1}', "\x00", '{"version": 1}', "[" * 9999]
)
def test_what_is_no_profile_is_refused(text: str) -> None:
    assert refusal(text).endswith(f"retrotread commission {ADDRESS}")


def test_a_profile_of_no_known_tier_is_refused() -> None:
    assert "cannot be read" in refusal(encode(profile(tier="S")))


def test_the_profile_of_another_address_is_refused() -> None:
    other = "ftms:11:22:33:44:55:66"
    assert refusal(encode(profile()), other).startswith(f"The profile is that of {ADDRESS}.")


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": replace(IDENTITY, model="Pad 2")},
        {"identity": replace(IDENTITY, firmware="1.3")},
        {"identity": replace(IDENTITY, serial="8")},
        {"identity": Identity()},
        {"grid": replace(GRID, minimum=60)},
        {"grid": None},
    ],
)
def test_it_speaks_only_for_the_machine_that_was_measured(changes: dict[str, Any]) -> None:
    report = BeltReport(linked=True, identity=IDENTITY, grid=GRID)
    assert profile().speaks_for(report)
    assert not profile().speaks_for(replace(report, **changes))


def test_the_tiers_cap_and_forbid() -> None:
    fast = profile(cap_mps=0.8, stop_s=1.2)
    assert fast.limits(relay=False, hardware_stop="") is None
    half = {"cap_mps": mps_from_mph(0.5), "escalate_s": pytest.approx(1.8)}
    assert fast.limits(relay=False, hardware_stop="safety_key") == half
    assert fast.limits(relay=True, hardware_stop="") == {**half, "cap_mps": 0.8}
    stops = replace(fast, tier="B")
    assert stops.limits(relay=False, hardware_stop="") == {**half, "cap_mps": mps_from_mph(1.5)}


@pytest.mark.parametrize(
    ("quirks", "silence_s", "tier"),
    [
        ({"keeps_running"}, None, "C"),
        (set(), None, "C"),
        ({"stops_unlinked"}, 0.9, "A"),
        ({"stops_unlinked"}, 1.1, "B"),
        ({"stops_unlinked"}, None, "B"),
        ({"stops_unlinked", "supervised_link"}, 0.9, "B"),
    ],
)
def test_a_tier_is_what_was_seen(quirks: set[str], silence_s: float | None, tier: str) -> None:
    assert tier_of(Notes(quirks=frozenset(quirks), silence_s=silence_s)) == tier


def test_the_quirks_become_the_conduct() -> None:
    assert profile().conduct == Conduct(answers_control=False, start_toggles=True, spacing_s=1.0)
    assert profile(quirks=()).conduct == Conduct()


@pytest.mark.parametrize("notes", [replace(NOTES, flaws=("echo",)), replace(NOTES, points=())])
def test_a_machine_that_has_not_passed_has_no_profile(notes: Notes) -> None:
    with pytest.raises(ProfileError):
        made(notes, GRID, address=ADDRESS, identity=IDENTITY, made_on="")


def test_the_page_shows_the_stop_and_loads_nothing() -> None:
    shown = page(profile(), POINTS)
    assert shown.count("<circle") == len(POINTS)
    assert "polyline" in shown
    assert "Pad &lt;1&gt;" in shown
    assert not [word for word in ("http", "src=", "@import", "<script") if word in shown]
    assert "<svg" in page(profile(), ())
