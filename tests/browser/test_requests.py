"""What the network asks for, on the page of the supervisor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Stage
from tests.controller.mqtt.integrator import Integrator, integrator
from tests.mosquitto import mosquitto


@pytest.fixture
async def room(bare_stage: Stage, tmp_path: Path) -> AsyncIterator[Stage]:
    """A desk with a broker, and control that says that somebody walks."""
    async with mosquitto(tmp_path) as port:
        await bare_stage.control.open()
        bare_stage.control.keep_saying(session_id="walk", target_mps=0.3)
        await bare_stage.start(mqtt={"port": port, "device": "room-1"})
        bare_stage.broker_port = port
        yield bare_stage


@pytest.fixture
async def asking(room: Stage) -> AsyncIterator[Integrator]:
    async with integrator(room.broker_port, "room-1") as found:
        yield found


async def open_page(room: Stage, tab: Page) -> None:
    await tab.goto(room.url)
    await tab.get_by_label("PIN").fill(room.pin)
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


async def test_a_tap_on_accept_sends_the_supervisors_own_command_once(
    room: Stage, tab: Page, asking: Integrator
) -> None:
    await open_page(room, tab)
    asked = await asking.send("request_speed", speed_mps=0.4, client="Gait lab")
    row = tab.locator("#requests li")
    await expect(row).to_contain_text("Gait lab: set the speed to 0.89 mph")
    await expect(row.locator("time")).to_have_text("59 s")
    await row.get_by_role("button", name="Accept").click()
    command = await room.next(room.control.commands)
    assert (command["verb"], command["role"], command["speed_mps"]) == ("faster", "supervisor", 0.4)
    await expect(tab.locator("#requests")).to_be_hidden()
    assert [(await asking.result(asked))["outcome"] for _ in range(2)] == ["waiting", "accepted"]
    assert room.control.commands.empty()


async def test_a_dismissed_request_does_nothing(room: Stage, tab: Page, asking: Integrator) -> None:
    await open_page(room, tab)
    asked = await asking.send("request_start")
    await tab.get_by_role("button", name="Dismiss").click()
    assert (await asking.result(asked))["outcome"] == "waiting"
    assert (await asking.result(asked))["reason"] == "dismissed"
    assert room.control.commands.empty()


async def test_a_request_goes_away_by_itself_when_its_time_is_over(
    room: Stage, tab: Page, asking: Integrator
) -> None:
    await open_page(room, tab)
    asked = await asking.send("request_program", program="demo", valid_s=1)
    await expect(tab.locator("#requests")).to_contain_text("arm the program “demo”")
    await expect(tab.locator("#requests")).to_be_hidden()
    assert (await asking.result(asked))["outcome"] == "waiting"
    assert (await asking.result(asked))["reason"] == "expired"


async def test_who_is_not_signed_in_sees_requests_and_cannot_accept_them(
    room: Stage, tab: Page, asking: Integrator
) -> None:
    await tab.goto(room.url)
    await asking.send("request_start")
    await expect(tab.get_by_role("button", name="Accept")).to_be_disabled()
