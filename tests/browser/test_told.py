"""What the patient says during the walk: within reach, with its scale, a symptom from anybody."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import scenes, service
from tests.conftest import Stage

SIZES = {"wide": (1280, 800), "tall": (768, 1024), "phone": (390, 844)}
ON_TOP = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = document.elementFromPoint(left + width / 2, top + height / 2);
  return top >= 0 && top + height <= innerHeight && at !== null && element.contains(at);
}"""
WARNED = {"warnings": ["One hand is off the rail. The speed does not rise."]}
RESTS = {"state": "armed", "part": "rest", "belt": scenes.AT_REST, "set_point_mps": 0.0}
ALONE = {"state": "belt_off", "belt_off": True, "sentence": "Walking. The motor is off."}


@pytest.fixture
async def walk(bare_stage: Stage, tab: Page) -> Stage:
    await scenes.opened(bare_stage)
    scenes.say(bare_stage, **scenes.WALK)
    await tab.goto(bare_stage.url)
    await service.state_is(tab, "walking")
    return bare_stage


async def told(stage: Stage) -> dict[str, object]:
    """The next command that reaches control, without its id."""
    command = await stage.next(stage.control.commands)
    return {key: value for key, value in command.items() if key not in ("v", "kind", "id")}


async def test_a_symptom_is_taken_from_somebody_who_is_not_signed_in(
    walk: Stage, tab: Page
) -> None:
    await expect(tab.get_by_role("button", name="Pain 3 of 10")).to_be_disabled()
    await expect(tab.locator("#symptom-title")).to_contain_text("works without sign-in")
    await service.press(tab, "Dizzy")
    assert await told(walk) == {
        "verb": "report",
        "role": "anyone",
        "told": {"symptom": "dizziness"},
    }
    await expect(tab.locator("#note")).to_contain_text("Dizzy: noted, and the walk ends.")


async def test_stop_is_pressed_for_a_symptom_that_is_not_taken(walk: Stage, tab: Page) -> None:
    walk.control.refusals["report"] = "Control knows no such symptom."
    await service.press(tab, "Pale")
    assert (await told(walk))["verb"] == "report"
    assert (await told(walk))["verb"] == "stop"
    await expect(tab.locator("#note")).to_have_text(
        "Control knows no such symptom. Stop is pressed for it."
    )


async def test_effort_goes_to_control_with_the_scale_that_it_was_asked_on(
    walk: Stage, tab: Page
) -> None:
    await service.sign_in(tab, walk.pin)
    await service.press(tab, "Effort")
    await service.press(tab, "Effort 13 of 6 to 20")
    assert (await told(walk))["told"] == {"effort": 13, "effort_scale": "borg_6_20"}
    await expect(tab.get_by_role("button", name="Pain 3 of 10")).to_be_enabled()
    await service.press(tab, "Effort")
    await service.press(tab, "Scale 0 to 10")
    await service.press(tab, "Effort 4 of 0 to 10")
    assert (await told(walk))["told"] == {"effort": 4, "effort_scale": "cr_0_10"}


async def test_a_rest_says_when_start_goes_on_and_what_it_needs(walk: Stage, tab: Page) -> None:
    await service.sign_in(tab, walk.pin)
    place = {"phase": 2, "phase_left_s": 42.0, "rest_left_s": 42.0, "may": ["stop", "disarm"]}
    scenes.say(walk, **{**scenes.WALK, **RESTS, **place})
    await expect(tab.locator("#state-word")).to_have_text("Rest")
    await expect(tab.locator("#sentence")).to_have_text(
        "Start goes on in 0:42, with both hands on the rails."
    )
    await expect(tab.locator("#phase")).to_have_text("Rest, 2 of 3")
    start = tab.get_by_role("button", name="Start goes on in 0:42")
    await expect(start).to_be_disabled()
    over = {"rest_left_s": 0.0, "phase_left_s": 0.0, "sentence": "The rest is over.", "missing": []}
    scenes.say(walk, **{**scenes.WALK, **RESTS, **over, "may": ["stop", "disarm", "start"]})
    await expect(tab.locator("#sentence")).to_have_text("The rest is over.")
    await service.press(tab, "Start goes on")


async def test_a_walk_without_the_motor_says_so(walk: Stage, tab: Page) -> None:
    await service.sign_in(tab, walk.pin)
    scenes.say(walk, **{**scenes.WALK, **ALONE, "may": ["stop", "present", "report"]})
    await expect(tab.locator("#state-word")).to_have_text("Walking, motor off")
    await expect(tab.locator("#motor")).to_have_text("Stays off")
    await expect(tab.locator("#set-point")).to_have_count(0)
    for name in ("Slower", "Faster"):
        await expect(tab.get_by_role("button", name=name)).to_be_disabled()


async def test_a_phase_has_its_name_and_a_heart_rate_its_age(walk: Stage, tab: Page) -> None:
    await expect(tab.locator("#phase")).to_have_text("Walk, 2 of 3")
    await expect(tab.locator("#phase-left")).to_have_text("5:12")
    await expect(tab.locator("#heart-note")).to_contain_text("Limit 130 · heard 0.")
    scenes.say(walk, **{**scenes.WALK, "heart_rate_bpm": None, "heart_rate_age_s": None})
    await expect(tab.locator("#heart-note")).to_have_text("No strap is heard · limit 130")


@pytest.mark.parametrize("size", SIZES)
async def test_stop_presence_and_pain_need_no_scrolling(walk: Stage, tab: Page, size: str) -> None:
    width, height = SIZES[size]
    await tab.set_viewport_size({"width": width, "height": height})
    await service.sign_in(tab, walk.pin)
    for changes in ({}, WARNED, ALONE, {**RESTS, "rest_left_s": 9.0}):
        scenes.say(walk, **{**scenes.WALK, **changes})
        await service.state_is(tab, str(changes.get("state", "walking")))
        for name in ("Stop or the space bar", "Pain 0 of 10", "Pain 10 of 10"):
            button = tab.get_by_role("button", name=name, exact=True)
            assert await button.evaluate(ON_TOP), (name, changes)
        assert await tab.locator('[data-verb="present"]').evaluate(ON_TOP), changes
