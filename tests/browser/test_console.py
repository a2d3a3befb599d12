"""The console in a browser: what it shows for each state, and that Stop is always there."""

import re

import pytest
from playwright.async_api import expect

AT_REST = {"linked": True, "speed_mps": 0.0, "age_s": 0.2, "at_rest": True}
OFF = {
    "left": False,
    "right": False,
    "age_s": 0.03,
    "proven": True,
    "tether": None,
    "battery_pct": None,
}
LATCHED = {
    "state": "latched",
    "sentence": "Both hands left the rails.",
    "cause": "hands_released",
    "clears": "Hold both rails for 2 seconds.",
    "missing": ["Both hands must hold the rails for 2 seconds."],
    "may": ["stop", "reset"],
    "belt": AT_REST,
    "set_point_mps": 0.0,
    "grip": OFF,
    "confirm_in_s": None,
}
SCENES = {
    "idle": {
        "state": "idle",
        "sentence": "Ready for a session.",
        "missing": ["Both hands must hold the rails.", "No supervisor is signed in."],
        "may": ["stop"],
        "belt": AT_REST,
        "grip": OFF,
        "confirm_in_s": None,
    },
    "armed": {"state": "armed", "may": ["stop", "start", "disarm"], "belt": AT_REST},
    "walking": {"warnings": ["The grip unit's battery is low."]},
    "slowing": {"state": "slowing", "sentence": "The program is at its end.", "may": ["stop"]},
    "stopping": {"state": "stopping", "sentence": "Stop was pressed.", "may": ["stop"]},
    "latched": LATCHED,
    "pull-key": {"state": "stopping", "sentence": "The belt still moves.", "pull_key": True},
}
WORDS = {
    "idle": "Idle",
    "armed": "Armed",
    "walking": "Walking",
    "slowing": "Slowing down",
    "stopping": "Stopping",
    "latched": "Stopped, waiting for reset",
}
SIZES = {"wide": (1280, 800), "tall": (768, 1024), "phone": (390, 844)}

STOP_ON_TOP = """() => {
  const { left, top, width, height } = document.getElementById("stop").getBoundingClientRect();
  const at = document.elementFromPoint(left + width / 2, top + height / 2);
  return width > 200 && height >= 64 && top + height <= innerHeight && at.closest("#stop") !== null;
}"""
NO_SIDEWAYS_SCROLL = "document.documentElement.scrollWidth <= innerWidth"


async def open_console(stage, tab, **changes):
    stage.control.keep_saying(**changes)
    await tab.goto(stage.url)
    await expect(tab.locator("#live")).to_contain_text("Live")


async def sign_in(stage, tab):
    await tab.get_by_label("PIN").fill(stage.pin)
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
async def test_every_state_fits_the_screen_with_stop_on_top(stage, tab, tmp_path, size):
    width, height = SIZES[size]
    await tab.set_viewport_size({"width": width, "height": height})
    await open_console(stage, tab)
    await sign_in(stage, tab)
    for name, scene in SCENES.items():
        stage.control.keep_saying(**scene)
        if name in WORDS:
            await expect(tab.locator("#state-word")).to_have_text(WORDS[name])
        else:
            await expect(tab.locator("#cover-title")).to_have_text(
                "Could not verify the stop: pull the safety key."
            )
        assert await tab.evaluate(STOP_ON_TOP), name
        assert await tab.evaluate(NO_SIDEWAYS_SCROLL), name
        for scheme in ("light", "dark"):
            await tab.emulate_media(color_scheme=scheme)
            await tab.screenshot(path=tmp_path / f"{name}-{scheme}.png")


async def test_speeds_are_shown_in_the_chosen_unit_which_is_remembered(stage, tab):
    await open_console(stage, tab)
    await expect(tab.locator("#belt")).to_have_text("0.89")
    await expect(tab.locator("#cap")).to_have_text("1.00")
    await expect(tab.locator("#cap-source")).to_have_text("first three sessions")
    await tab.get_by_label("km/h").check()
    await expect(tab.locator("#belt")).to_have_text("1.44")
    await tab.reload()
    await expect(tab.locator("#belt")).to_have_text("1.44")
    await expect(tab.locator("#speed .figure .unit")).to_have_text("km/h")


async def test_hands_differ_in_words_and_shape(stage, tab):
    await open_console(stage, tab, grip={**OFF, "left": True})
    left, right = tab.locator("#left"), tab.locator("#right")
    await expect(left).to_contain_text("Held")
    await expect(right).to_contain_text("Off the rail")
    await expect(left.locator("use")).to_have_attribute("href", "#shape-held")
    await expect(right.locator("use")).to_have_attribute("href", "#shape-off")


async def test_a_silent_grip_unit_is_unknown_not_held(stage, tab):
    await open_console(stage, tab, grip={**OFF, "left": True, "right": True, "age_s": 0.8})
    await expect(tab.locator("#left")).to_contain_text("Unknown")
    await expect(tab.locator("#hands-note")).to_contain_text("No news from the grip unit for 0.")


async def test_an_old_speed_greys_and_says_how_old_it_is(stage, tab):
    old = {"linked": True, "speed_mps": 0.4, "age_s": 3.4, "at_rest": False}
    await open_console(stage, tab, belt=old)
    await expect(tab.locator("#speed")).to_have_class(re.compile("stale"))
    await expect(tab.locator("#belt-note")).to_contain_text("Old: reported 3.")


async def test_buttons_follow_what_control_would_take_and_need_a_sign_in(stage, tab):
    await open_console(stage, tab, **SCENES["armed"])
    start = tab.get_by_role("button", name="Start")
    await expect(start).to_be_disabled()
    await sign_in(stage, tab)
    await expect(start).to_be_enabled()
    await expect(tab.get_by_role("button", name="Disarm")).to_be_enabled()
    await expect(tab.get_by_role("button", name="Faster")).to_be_disabled()
    await start.click()
    heard = await stage.next(stage.control.commands)
    assert (heard["verb"], heard["role"]) == ("start", "supervisor")


async def test_a_refusal_is_shown_in_words(stage, tab):
    stage.control.refusals["faster"] = "The belt is at its cap."
    await open_console(stage, tab)
    await sign_in(stage, tab)
    await tab.get_by_role("button", name="Faster").click()
    await expect(tab.locator("#note")).to_have_text("The belt is at its cap.")


async def test_a_wrong_pin_is_said_and_signs_nobody_in(stage, tab):
    await open_console(stage, tab)
    await tab.get_by_label("PIN").fill("000000" if stage.pin != "000000" else "000001")
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.locator("#note")).to_contain_text("do not belong together")
    await expect(tab.get_by_label("PIN")).to_have_value("")
    await expect(tab.get_by_role("button", name="Sign out")).to_be_hidden()


async def test_signing_in_and_out_never_hides_the_walk(stage, tab):
    await open_console(stage, tab)
    await expect(tab.locator("#cover")).to_be_hidden()
    await tab.evaluate(
        """() => {
          window.covered = 0;
          const cover = document.getElementById("cover");
          const look = () => (window.covered += cover.hidden ? 0 : 1);
          new MutationObserver(look).observe(cover, { attributeFilter: ["hidden"] });
        }"""
    )
    await sign_in(stage, tab)
    await tab.get_by_role("button", name="Sign out").click()
    await expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    assert await tab.evaluate("window.covered") == 0


async def test_a_signed_in_page_on_screen_is_presence(stage, tab):
    await open_console(stage, tab)
    await sign_in(stage, tab)
    await stage.next(stage.control.presences)


async def test_stop_needs_no_sign_in_and_its_answer_is_shown(stage, tab):
    await open_console(stage, tab)
    await tab.get_by_role("button", name="Stop").click()
    heard = await stage.next(stage.control.commands)
    assert (heard["verb"], heard["role"]) == ("stop", "anyone")
    await expect(tab.locator("#stop-note")).to_have_text("Stop received")


async def test_the_space_bar_is_stop_even_with_another_button_in_focus(stage, tab):
    await open_console(stage, tab)
    await sign_in(stage, tab)
    await tab.get_by_role("button", name="Faster").focus()
    await tab.keyboard.press(" ")
    await expect(tab.locator("#stop-note")).to_have_text("Stop received")
    await tab.get_by_role("button", name="Slower").click()
    verbs = set()
    while "slower" not in verbs:
        verbs.add((await stage.next(stage.control.commands))["verb"])
    assert verbs == {"stop", "slower"}


async def test_a_stop_that_is_not_confirmed_fills_the_screen_until_it_is(stage, tab):
    await open_console(stage, tab)
    stage.control.mute = True
    await tab.get_by_role("button", name="Stop").click()
    title = tab.locator("#cover-title")
    await expect(title).to_have_text("Stop not confirmed. Pull the safety key.")
    assert await tab.evaluate(STOP_ON_TOP)
    stage.control.mute = False
    await expect(tab.locator("#stop-note")).to_have_text("Stop received")
    await expect(title).to_be_hidden()


async def test_stop_finds_control_over_http_when_the_websocket_is_gone(stage, tab):
    await tab.route_web_socket("**/ws", lambda socket: socket.close())
    await tab.goto(stage.url)
    await tab.get_by_role("button", name="Stop").click()
    assert (await stage.next(stage.control.commands))["verb"] == "stop"
    await expect(tab.locator("#stop-note")).to_have_text("Stop received")


async def test_a_trip_tells_its_cause_and_what_clears_it(stage, tab):
    await open_console(stage, tab, **LATCHED)
    await expect(tab.locator("#sentence")).to_have_text("Both hands left the rails.")
    await expect(tab.locator("#clears")).to_have_text("To clear it: Hold both rails for 2 seconds.")
    await sign_in(stage, tab)
    await tab.get_by_role("button", name="Reset").click()
    assert (await stage.next(stage.control.commands))["verb"] == "reset"


async def test_telemetry_that_ends_covers_what_was_shown(stage, tab):
    await open_console(stage, tab, **LATCHED)
    stage.control.fall_silent()
    await expect(tab.locator("#cover-title")).to_have_text("No live data.")
    await expect(tab.locator("#live")).to_have_text("No live data")
    assert await tab.evaluate(STOP_ON_TOP)
    covered = "document.elementFromPoint(innerWidth / 2, 120).closest('#cover') !== null"
    assert await tab.evaluate(covered)
    stage.control.keep_saying()
    await expect(tab.locator("#cover")).to_be_hidden()


async def test_a_lost_control_is_named(stage, tab):
    await open_console(stage, tab)
    await stage.control.close()
    title = tab.locator("#cover-title")
    await expect(title).to_have_text("The control process is not there.")


async def test_a_lost_desk_is_named_and_stop_says_that_it_failed(stage, tab):
    await open_console(stage, tab)
    await stage.end()
    title = tab.locator("#cover-title")
    await expect(title).to_have_text("Connection to the console lost.")
    await tab.get_by_role("button", name="Stop").click()
    await expect(title).to_have_text("Stop not confirmed. Pull the safety key.")


async def test_a_late_burst_is_as_old_as_its_oldest_part_says(stage, tab):
    await tab.goto(stage.url)
    age_s = await tab.evaluate(
        """async () => {
          const { Freshness } = await import("/static/freshness.js");
          const freshness = new Freshness();
          const ages = [freshness.age_s(0)];
          freshness.heard(100, 50);
          ages.push(freshness.age_s(50.2));
          freshness.heard(101, 53);
          ages.push(freshness.age_s(53));
          freshness.heard(5, 54);
          ages.push(freshness.age_s(54));
          return ages.map((age) => (age === Infinity ? "never" : Math.round(age * 10) / 10));
        }"""
    )
    assert age_s == ["never", 0.2, 2.0, 0.0]


async def test_the_page_keeps_to_the_words(stage, tab):
    await open_console(stage, tab)
    text = (await tab.locator("body").inner_text()).lower()
    assert "emergency" not in text
    assert "not a medical device" in text
    assert "safety key in your hand" in text


NOTE_BEEPS = """() => {
  const beeps = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    beeps.push(this.frequency.value);
    document.body.dataset.beeps = beeps.join(" ");
    return start.apply(this, when);
  };
}"""
TRIP = "660 660 660"


async def test_each_stop_out_of_a_latched_rest_and_each_new_cause_is_heard_again(stage, tab):
    await tab.add_init_script(f"({NOTE_BEEPS})()")
    await open_console(stage, tab)
    await sign_in(stage, tab)
    body = tab.locator("body")
    stage.control.keep_saying(**LATCHED)
    await expect(body).to_have_attribute("data-beeps", TRIP)
    stage.control.keep_saying(**LATCHED | {"state": "stopping"})
    await expect(body).to_have_attribute("data-beeps", f"{TRIP} {TRIP}")
    other = LATCHED | {"cause": "fall_signal", "sentence": "A fall was told."}
    stage.control.keep_saying(**other | {"state": "stopping"})
    await expect(body).to_have_attribute("data-beeps", f"{TRIP} {TRIP} {TRIP}")
    stage.control.keep_saying(**other | {"warnings": ["At rest again."]})
    await expect(body).to_contain_text("At rest again.")
    await expect(body).to_have_attribute("data-beeps", f"{TRIP} {TRIP} {TRIP}")


async def test_a_stop_to_be_reset_is_heard_once_and_one_that_fails_without_end(stage, tab):
    await tab.add_init_script(f"({NOTE_BEEPS})()")
    await open_console(stage, tab)
    await sign_in(stage, tab)  # sound is allowed from the first touch on
    body = tab.locator("body")
    stage.control.keep_saying(**LATCHED)
    await expect(body).to_have_attribute("data-beeps", TRIP)
    stage.control.keep_saying(**LATCHED | {"warnings": ["Still there."]})
    await expect(body).to_contain_text("Still there.")
    await expect(body).to_have_attribute("data-beeps", TRIP)
    stage.control.keep_saying(**SCENES["pull-key"])
    await expect(body).to_have_attribute("data-beeps", re.compile(f"^{TRIP}( 880){{20}}"))
