"""A whole service with a browser beside it: what the tests of whole sessions share."""

import contextlib
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from controller.cli.simulated import Service, service
from controller.cli.supervisor import Supervisor, supervisor, walker_keeps_habits

SOON_MS = 20_000
CLIMB_MS = 40_000


@dataclass(frozen=True, slots=True)
class Ward:
    """What runs, the console's address and PIN, and somebody on the hatch who only looks."""

    running: Service
    url: str
    pin: str
    onlooker: Supervisor

    @property
    def desk_pid(self) -> int:
        """Of the desk that serves this ward's hatch, and no other."""
        plan = str(self.running.hatch.with_name("desk.json")).encode()
        lines = {path.parent.name: path for path in Path("/proc").glob("[0-9]*/cmdline")}
        [pid] = [int(pid) for pid, path in lines.items() if plan in _read(path) and _desk(path)]
        return pid


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _desk(path: Path) -> bool:
    return b"controller.desk" in _read(path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def ward(data_dir: Path) -> AsyncIterator[Ward]:
    """A service whose simulated walker does between walks what the next session needs."""
    async with (
        service(machine="ftms", fault="none", port=free_port(), data_dir=data_dir) as running,
        supervisor(running.hatch, present=False) as onlooker,
        walker_keeps_habits(onlooker, running.bench),
    ):
        listening = await running.guard.event("listening", 30)
        yield Ward(running, listening["url"], listening["pin"], onlooker)


async def sign_in(tab: Page, pin: str) -> None:
    await tab.get_by_label("PIN").fill(pin)
    await press(tab, "Sign in")
    await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


async def press(tab: Page, name: str, *, exact: bool = True) -> None:
    button = tab.get_by_role("button", name=name, exact=exact)
    await expect(button).to_be_enabled(timeout=SOON_MS)
    await button.click()


async def state_is(tab: Page, state: str) -> None:
    await expect(tab.locator("#state")).to_have_attribute("data-state", state, timeout=CLIMB_MS)


async def open_visit(tab: Page, code: str, program: str = "free-walk") -> None:
    """A new patient, chosen, with a program; without a limit of the heart rate, as without it no
    strap is needed."""
    await tab.get_by_role("link", name="Session", exact=True).click()
    await tab.get_by_text("New patient").click()
    await tab.get_by_label("Code").fill(code)
    await press(tab, "Enter the patient")
    await expect(tab.get_by_text(f"Program for {code}")).to_be_visible()
    await tab.get_by_label("Program", exact=True).select_option(program)
    await press(tab, "Begin the visit")


async def answer_checklist(tab: Page) -> None:
    """Every question with the answer that lets the patient walk."""
    await press(tab, "All seven are “No”")
    for question in await tab.locator(".yes-no[data-question]").all():
        key = await question.get_attribute("data-question")
        good = "Yes" if key in ("two_commands", "grip_both") else "No"
        await question.get_by_role("radio", name=good, exact=True).check()
    await tab.get_by_label("Edition of the form").fill("2026")
    await tab.get_by_label("The patient has consented").check()
    await tab.get_by_label("Version of the consent form").fill("3")
    await tab.get_by_label(re.compile("This was explained")).check()
    await tab.get_by_label("The safety key was pulled once").check()
    await press(tab, "Keep the answers, go on")


async def tell_pain(tab: Page, legend: str, value: int) -> None:
    group = tab.get_by_role("group", name=legend)
    await group.get_by_role("radio", name=str(value), exact=True).check()


async def walk_off(tab: Page) -> None:
    """Arm and start, from wherever the page is."""
    await press(tab, "Arm patient turned round")
    await press(tab, "Start")
    await state_is(tab, "walking")
