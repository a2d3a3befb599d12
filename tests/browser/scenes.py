"""Every view of the page, one after the other, for pictures and for whoever examines each of them.

The desk and its archive are real; control is scripted, and its past is told in a moment.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from controller import profiles
from controller.cli.simulated import simulated_profile
from controller.commissioning.flaws import FLAWS
from controller.commissioning.steps import LISTEN
from controller.commissioning.stopping import Point
from controller.programs.library import built_in
from controller.safety.interlocks import BY_NAME
from controller.session.requirements import ARM
from tests.browser import service
from tests.conftest import Stage
from tests.controller.records.walked import to_its_end

ADDRESS = "ftms:C8:47:8C:10:20:30"
ROOM = {
    "treadmill": ADDRESS,
    "grip": "grip:/dev/serial/by-id/usb-grip-unit-0001",
    "heart_rate": "hrs:D0:11:22:33:44:55",
    "limits": {"cap_mps": 0.44704},
}
READY = {
    "grid": {"minimum": 80, "maximum": 1200, "increment": 10, "units_per_mps": 360.0},
    "identity": {"model": "RT-100", "firmware": "1.4.2"},
}
PROGRAM = built_in()["knee-oa-gentle"].program
RECORD = "20261126-0915-ab12"
BORN_S = 150.0
RELEASED = BY_NAME["grip_released"]
AT_REST = {"linked": True, "speed_mps": 0.0, "age_s": 0.2, "at_rest": True}
BOTH = {"left": True, "right": True, "age_s": 0.03, "proven": True, "tether": True}
OFF = {**BOTH, "left": False, "right": False, "battery_pct": 87}
HELD = {**BOTH, "battery_pct": 87}
IDLE = {
    "state": "idle",
    "sentence": "Ready for a session.",
    "missing": [ARM[13][1], ARM[14][1]],
    "may": ["stop", "commission"],
    "belt": AT_REST,
    "grip": {**OFF, "proven": False},
    "set_point_mps": 0.0,
    "confirm_in_s": None,
    "walked_s": 0.0,
    "distance_m": None,
}
WALK: dict[str, Any] = {
    "session_id": RECORD,
    "program": PROGRAM.title,
    "program_id": PROGRAM.id,
    "cap_source": "program",
    "heart_rate_bpm": 104,
    "heart_rate_age_s": 0.4,
    "heart_rate_limit_bpm": 130,
    "step_mps": 0.0447,
    "phase": 2,
    "phases": 3,
    "part": "walk",
    "phase_left_s": 312.0,
    "pain_before": 2,
    "pain_peak": 3,
    "walked_s": 143.0,
    "distance_m": 52.0,
    "may": ["stop", "slower", "faster", "present", "report"],
}
TRIP = {
    **WALK,
    "state": "latched",
    "sentence": RELEASED.sentence,
    "cause": RELEASED.name,
    "clears": RELEASED.clears,
    "missing": ["Both hands must hold the rails for 2 seconds."],
    "may": ["stop", "present", "report"],
    "belt": AT_REST,
    "grip": OFF,
    "set_point_mps": 0.0,
    "confirm_in_s": None,
}

Scene = Callable[[Stage, Page], Awaitable[None]]


async def opened(stage: Stage) -> None:
    """The desk, with a treadmill that was measured."""
    profiles.save(stage.folder, simulated_profile(ADDRESS, READY))
    await stage.control.open()
    await stage.start(title="Gait lab", room=ROOM)


def say(stage: Stage, **changes: Any) -> None:
    stage.control.keep_saying(**changes)


async def past(stage: Stage, tab: Page) -> None:
    """Two minutes of a walk, told at once; then the page is loaded anew."""
    stage.control.fall_silent()
    now_s = asyncio.get_running_loop().time()
    for back in range(round(BORN_S), 0, -1):
        t_s = BORN_S - back
        speed = min(0.402, 0.012 * t_s) + 0.008 * math.sin(t_s)
        one = 60 <= t_s <= 63
        stage.control.say(
            **{
                **WALK,
                "state": "armed" if t_s < 4 else "walking",
                "time_s": now_s - back,
                "belt": {**AT_REST, "at_rest": t_s < 4, "speed_mps": max(0.0, speed)},
                "set_point_mps": min(0.402, 0.012 * t_s),
                "grip": {**HELD, "left": not one},
            }
        )
        await asyncio.sleep(0.004)
    say(stage, **WALK)
    await tab.reload()


async def signed_out(stage: Stage, tab: Page) -> None:
    say(stage, **IDLE)
    await tab.goto(stage.url)
    await expect(tab.locator("#state-word")).to_have_text("Idle")


async def patient(stage: Stage, tab: Page) -> None:
    await service.sign_in(tab, stage.pin)
    await tab.goto(f"{stage.url}/#session")
    for code in ("K-011", "K-014", "K-017"):
        await tab.locator("summary", has_text="New patient").click()
        await tab.get_by_label("Code").fill(code)
        await tab.get_by_label("Heart rate limit").fill("130")
        await service.press(tab, "Enter the patient")
        await expect(tab.get_by_text(f"Program for {code}")).to_be_visible()


async def checklist(stage: Stage, tab: Page) -> None:
    await tab.get_by_label("Program", exact=True).select_option(PROGRAM.id)
    await service.press(tab, "Begin the visit")
    await expect(tab.get_by_role("heading", name="Checklist: K-017")).to_be_visible()
    await service.press(tab, "All seven are “No”")


async def before(stage: Stage, tab: Page) -> None:
    await service.answer_checklist(tab)
    await expect(tab.get_by_role("heading", name="Before: K-017")).to_be_visible()
    await service.tell_pain(tab, "Pain now", 2)


async def arm(stage: Stage, tab: Page) -> None:
    await service.press(tab, "Keep, go on")
    say(stage, **{**IDLE, "missing": [], "grip": HELD, "may": ["stop", "arm"]})
    await expect(tab.get_by_role("heading", name="Arm: K-017")).to_be_visible()


async def countdown(stage: Stage, tab: Page) -> None:
    armed = {"state": "armed", "belt": AT_REST, "may": ["stop", "disarm", "start"]}
    say(stage, **{**IDLE, **armed, "sentence": "Armed. The belt is at rest.", "missing": []})
    await service.press(tab, "Start")
    await expect(tab.locator("#countdown")).to_be_visible()


async def walk(stage: Stage, tab: Page) -> None:
    await past(stage, tab)
    await service.state_is(tab, "walking")


async def one_hand(stage: Stage, tab: Page) -> None:
    warning = "One hand is off the rail. The speed does not rise."
    say(stage, **{**WALK, "grip": {**HELD, "right": False}, "warnings": [warning]})
    await expect(tab.locator("#warnings")).to_be_visible()


async def old_reading(stage: Stage, tab: Page) -> None:
    belt = {"linked": True, "speed_mps": 0.4, "age_s": 2.6, "at_rest": False}
    say(stage, **{**WALK, "belt": belt, "heart_rate_bpm": None})
    await expect(tab.locator("#speed.stale")).to_be_visible()


async def effort(stage: Stage, tab: Page) -> None:
    say(stage, **WALK)
    await service.press(tab, "Effort")
    await expect(tab.get_by_role("button", name="Effort 20 of 6 to 20")).to_be_visible()


async def rest(stage: Stage, tab: Page) -> None:
    stands = {"state": "armed", "belt": AT_REST, "set_point_mps": 0.0, "confirm_in_s": None}
    place = {"part": "rest", "phase": 4, "phases": 7, "phase_left_s": 42.0, "rest_left_s": 42.0}
    may = ["stop", "disarm", "present", "report"]
    say(stage, **{**WALK, **stands, **place, "program": "Stroke, 30 minutes", "may": may})
    await service.press(tab, "Pain now")
    await expect(tab.locator("#state-word")).to_have_text("Rest")


async def belt_off(stage: Stage, tab: Page) -> None:
    alone = {"state": "belt_off", "belt_off": True, "sentence": "Walking. The motor is off."}
    stands = {"set_point_mps": 0.0, "confirm_in_s": None, "may": ["stop", "present", "report"]}
    say(stage, **{**WALK, **alone, **stands, "program": "Belt off, 5 minutes"})
    await expect(tab.locator("#motor")).to_have_text("Stays off")


async def trip(stage: Stage, tab: Page) -> None:
    say(stage, **{**WALK, "grip": OFF})
    await asyncio.sleep(0.3)
    slowing = {"linked": True, "speed_mps": 0.3, "age_s": 0.1, "at_rest": False}
    say(stage, **{**TRIP, "state": "stopping", "belt": slowing, "missing": []})
    await asyncio.sleep(0.9)
    say(stage, **TRIP)
    await expect(tab.locator("#story-sum")).to_be_visible()


async def pull_key(stage: Stage, tab: Page) -> None:
    moving = {"linked": True, "speed_mps": 0.38, "age_s": 0.2, "at_rest": False}
    unverified = {"state": "stopping", "belt": moving, "pull_key": True}
    say(stage, **{**TRIP, **unverified, "sentence": "The belt did not come to rest after Stop."})
    await expect(tab.locator("#cover")).to_have_attribute("data-level", "high")


async def lost(stage: Stage, tab: Page) -> None:
    say(stage, **TRIP)
    await expect(tab.locator("#cover")).to_be_hidden()
    stage.control.fall_silent()
    await expect(tab.locator("#cover")).to_have_attribute("data-level", "stale")


async def after(stage: Stage, tab: Page) -> None:
    octets = await asyncio.to_thread(to_its_end, PROGRAM, 7, session=RECORD)
    (stage.folder / "sessions").mkdir(exist_ok=True)
    (stage.folder / "sessions" / f"{RECORD}.jsonl").write_bytes(octets)
    say(stage, **IDLE)
    await expect(tab.locator("#cover")).to_be_hidden()
    await tab.goto(f"{stage.url}/#session")
    await expect(tab.get_by_role("heading", name="After: K-017")).to_be_visible()
    await service.tell_pain(tab, "Pain now (before the walk: 2)", 2)
    await service.tell_pain(tab, "Worst pain while walking", 3)
    await service.tell_pain(tab, "Effort, Borg 6 to 20", 12)


async def summary(stage: Stage, tab: Page) -> None:
    await service.press(tab, "Keep, show the summary")
    await expect(tab.locator(".proposal")).to_be_visible()


def place(where: str, heading: str) -> Scene:
    async def go(stage: Stage, tab: Page) -> None:
        await tab.goto(f"{stage.url}/#{where}")
        await expect(tab.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await expect(tab.get_by_text("Asking…")).to_have_count(0)

    return go


MEASURED: dict[str, Any] = {
    "kind": "commissioning",
    "step": "run",
    "title": "Stop 2 of 4: running",
    "share": 0.55,
    "linked": True,
    "speed_mps": 0.414,
    "at_rest": False,
}


async def commission_begin(stage: Stage, tab: Page) -> None:
    for box in await tab.get_by_role("checkbox").all():
        await box.click()
    begin = tab.get_by_role("button", name="Begin the commissioning")
    await expect(begin).to_be_enabled()
    await tab.get_by_role("heading", name="Commissioning", exact=True).scroll_into_view_if_needed()
    await begin.scroll_into_view_if_needed()


async def commission_ask(stage: Stage, tab: Page) -> None:
    asks = {"step": LISTEN.name, "title": LISTEN.title, "question": LISTEN.question}
    say(stage, **{**MEASURED, **asks, "share": 0.0, "speed_mps": 0.0, "at_rest": True})
    await expect(tab.get_by_role("button", name="Yes")).to_be_visible()
    await expect(tab.locator("#cover")).to_be_hidden()


async def commission_run(stage: Stage, tab: Page) -> None:
    say(stage, **MEASURED)
    await expect(tab.get_by_text("Stop 2 of 4: running")).to_be_visible()


async def commission_passed(stage: Stage, tab: Page) -> None:
    """Then control is back, and the page shows what was found."""
    profile = simulated_profile(ADDRESS, READY)
    times_s = [0.3 + 0.23 * number for number in range(6)]
    points = tuple(Point(t_s, profile.curve.speed_mps(t_s, 0.414), 0.414) for t_s in times_s)
    found = {"profile": profiles.described(profile, points), "points": points}
    over = {"over": True, "passed": True, "share": 1.0, "speed_mps": 0.0, "at_rest": True}
    stage.control.fall_silent()
    stage.control.say(**{**MEASURED, **over, **found})
    await asyncio.sleep(0.3)
    say(stage, **IDLE)
    await expect(tab.get_by_role("heading", name="It passed. This is its profile.")).to_be_visible()
    await expect(tab.locator("#cover")).to_be_hidden()


async def commission_refused(stage: Stage, tab: Page) -> None:
    say(stage, **MEASURED)
    await expect(tab.get_by_text("Stop 2 of 4: running")).to_be_visible()
    stage.control.fall_silent()
    over = {"over": True, "passed": False, "refusal": FLAWS["mph_for_kmh"]}
    stage.control.say(**{**MEASURED, **over})
    await asyncio.sleep(0.3)
    say(stage, **IDLE)
    await expect(tab.locator("#outcome")).to_contain_text(FLAWS["mph_for_kmh"])
    await expect(tab.locator("#cover")).to_be_hidden()


SCENES: dict[str, Scene] = {
    "signed-out": signed_out,
    "patient": patient,
    "checklist": checklist,
    "before": before,
    "arm": arm,
    "countdown": countdown,
    "walk": walk,
    "one-hand": one_hand,
    "effort": effort,
    "rest": rest,
    "belt-off": belt_off,
    "old-reading": old_reading,
    "trip": trip,
    "pull-key": pull_key,
    "lost": lost,
    "after": after,
    "summary": summary,
    "archive": place("archive", "Archive"),
    "machine": place("setup/machine", "Machine"),
    "commission-begin": commission_begin,
    "commission-ask": commission_ask,
    "commission-run": commission_run,
    "commission-passed": commission_passed,
    "commission-refused": commission_refused,
    "grip": place("setup/grip", "Grip unit"),
    "limits": place("setup/limits", "Limits"),
    "programs": place("setup/programs", "Programs"),
    "users": place("setup/users", "Users"),
    "screen": place("setup/screen", "This screen"),
}
"""In this order, each from where the one before it ended."""
