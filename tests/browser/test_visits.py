"""Visits on the page: the same for everybody, kept, and refused to who may not."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import scenes, service
from tests.conftest import Stage


@pytest.fixture
async def clinic(bare_stage: Stage) -> Stage:
    await scenes.opened(bare_stage)
    bare_stage.control.keep_saying(**scenes.IDLE)
    return bare_stage


async def token(tab: Page) -> str:
    csrf: str = await tab.evaluate(
        "fetch('/api/state').then((a) => a.json()).then((s) => s.user.csrf)"
    )
    return csrf


async def ask(tab: Page, method: str, path: str, body: object) -> tuple[int, dict[str, object]]:
    """A request as the page itself would make it."""
    given = {"method": method, "path": path, "body": body, "csrf": await token(tab)}
    status, answer = await tab.evaluate(
        """async ({ method, path, body, csrf }) => {
          const headers = { "content-type": "application/json", "x-csrf-token": csrf };
          const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
          return [response.status, await response.json()];
        }""",
        given,
    )
    return status, answer


async def test_two_supervisors_see_one_visit(clinic: Stage, tab: Page, chromium: Browser) -> None:
    await tab.goto(f"{clinic.url}/#session")
    await service.sign_in(tab, clinic.pin)
    other = await chromium.new_page()
    await other.goto(f"{clinic.url}/#session")
    await service.sign_in(other, clinic.pin)
    await service.open_visit(tab, "K-017")
    heading = other.get_by_role("heading", name="Checklist: K-017")
    await expect(heading).to_be_visible()
    await service.answer_checklist(other)
    await expect(tab.get_by_role("heading", name="Before: K-017")).to_be_visible()
    await tab.get_by_role("button", name="Checklist").click()
    await expect(tab.get_by_role("heading", name="Checklist: K-017")).to_be_visible()
    await expect(tab.get_by_label("Edition of the form")).to_have_value("2026")
    await other.close()


async def test_nobody_is_armed_before_the_questions_are_answered(clinic: Stage, tab: Page) -> None:
    await tab.goto(clinic.url)
    await service.sign_in(tab, clinic.pin)
    await service.open_visit(tab, "K-017")
    await service.press(tab, "Keep the answers, go on")
    await expect(tab.locator("#note")).to_contain_text("questions are not answered")
    clinic.control.keep_saying(**{**scenes.IDLE, "missing": [], "may": ["stop", "arm"]})
    await service.press(tab, "Arm patient turned round")
    await expect(tab.locator("#note")).to_contain_text("screening questions")
    assert clinic.control.commands.empty()


async def test_what_a_form_cannot_hold_is_refused_in_one_sentence(clinic: Stage, tab: Page) -> None:
    await tab.goto(clinic.url)
    await service.sign_in(tab, clinic.pin)
    unknown = {"patient": "K-404", "program": "free-walk", "orientation": "turned"}
    assert await ask(tab, "POST", "/api/visit", unknown) == (
        409,
        {
            "accepted": False,
            "reason": "There is no such patient in the archive. Enter the patient first.",
        },
    )
    await ask(tab, "PUT", "/api/patients/K-017", {})
    known = {"patient": "K-017", "program": "free-walk", "orientation": "turned"}
    assert (await ask(tab, "POST", "/api/visit", known))[0] == 200
    for entry in (
        {"kind": "measured", "moment": "before", "pain_nprs": 11},
        {"kind": "armed", "record": "forged"},
        {"kind": "measured", "moment": "after", "pain_nprs": 1},
        {},
    ):
        status, answer = await ask(tab, "POST", "/api/visit/entries", entry)
        assert status == 409
        assert str(answer["reason"]).endswith(".")


async def test_a_viewer_sees_everything_and_moves_nothing(
    clinic: Stage, tab: Page, chromium: Browser
) -> None:
    await tab.goto(f"{clinic.url}/#setup/users")
    await service.sign_in(tab, clinic.pin)
    made = await ask(tab, "POST", "/api/users", {"name": "vera", "roles": ["viewer"]})
    other = await chromium.new_page()
    await other.goto(clinic.url)
    await other.get_by_label("Name").fill("vera")
    await service.sign_in(other, str(made[1]["pin"]))
    armable = {**scenes.IDLE, "missing": [], "may": ["stop", "arm", "present"]}
    clinic.control.keep_saying(**armable)
    await expect(tab.get_by_role("button", name="Arm patient turned round")).to_be_enabled()
    for name in ("Arm patient turned round", "I am here"):
        await expect(other.get_by_role("button", name=name)).to_be_disabled()
    assert (await ask(other, "PUT", "/api/patients/K-1", {}))[0] == 403
    await other.get_by_role("link", name="Setup").click()
    await other.get_by_role("link", name="Limits").click()
    await expect(other.get_by_role("row", name="cap")).to_contain_text("clinic’s settings")
    assert clinic.control.commands.empty()
    await other.get_by_role("button", name="Stop").click()
    assert (await clinic.next(clinic.control.commands))["verb"] == "stop"
    await other.close()


async def test_a_tap_without_a_link_is_said_and_never_sent_later(clinic: Stage, tab: Page) -> None:
    """The page reaches no WebSocket, yet its button is pressed; then the link comes back."""
    clinic.control.keep_saying()
    await tab.goto(clinic.url)
    await service.sign_in(tab, clinic.pin)
    faster = tab.get_by_role("button", name="Faster")
    await expect(faster).to_be_enabled()
    await tab.route_web_socket("**/ws", lambda socket: socket.close())
    answer = await tab.evaluate(
        """async () => {
          const { Link } = await import("/static/link.js");
          const link = new Link({ opened() {}, closed() {} });
          return link.command("faster");
        }"""
    )
    assert answer["reason"] == "The console is not connected. Nothing was sent."
    await service.press(tab, "Slower")
    assert (await clinic.next(clinic.control.commands))["verb"] == "slower"


async def test_what_the_patient_says_goes_to_control_and_into_the_visit(
    clinic: Stage, tab: Page
) -> None:
    await tab.goto(clinic.url)
    await service.sign_in(tab, clinic.pin)
    clinic.control.keep_saying(**scenes.WALK)
    await tab.get_by_role("button", name="Pain 4 of 10").click()
    heard = await clinic.next(clinic.control.commands)
    assert (heard["verb"], heard["told"]) == ("report", {"pain_nprs": 4})
    await expect(tab.get_by_role("button", name="Pain 4 of 10")).to_have_attribute(
        "aria-pressed", "true"
    )
    await tab.get_by_role("button", name="Dizzy").click()
    heard = await clinic.next(clinic.control.commands)
    assert heard["told"] == {"symptom": "dizziness"}
