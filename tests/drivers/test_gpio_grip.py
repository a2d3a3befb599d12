"""Grip contacts on GPIO lines: closed is held, and a line that has gone is a hand that is off."""

import asyncio
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from drivers import address
from drivers.address import AddressError
from drivers.gpio_grip import Contacts, GpioGrip, open_contacts
from drivers.links import LinkError
from tests.simulators.virtual_time import in_virtual_time, now_s

PLACE = "gpio:/dev/gpiochip0:17:27"


class Rails:
    """Two contacts that a test closes, and whose lines it takes away."""

    def __init__(self) -> None:
        self.closed = (False, False)
        self.gone = False
        self.released = 0

    def held(self) -> tuple[bool, bool]:
        if self.gone:
            raise OSError("no such device")
        return self.closed

    def release(self) -> None:
        self.released += 1


@in_virtual_time
async def test_hands_are_told_as_they_are_and_a_change_is_news() -> None:
    rails, news = Rails(), []
    async with GpioGrip(lambda: rails, lambda: news.append(now_s()), now_s) as grip:
        await asyncio.sleep(0.1)
        assert not grip.report.frame.left_held
        assert grip.report.advanced_at_s == pytest.approx(now_s(), abs=0.011)
        before = len(news)
        rails.closed = (True, False)
        await asyncio.sleep(0.02)
        assert (grip.report.frame.left_held, grip.report.frame.right_held) == (True, False)
        rails.closed = (True, True)
        await asyncio.sleep(0.5)
        assert len(news) == before + 2
        assert grip.report.frame.right_held
    assert rails.released == 1


@in_virtual_time
async def test_lines_that_have_gone_are_hands_that_are_off_until_they_come_back() -> None:
    rails = Rails()
    rails.closed = (True, True)
    async with GpioGrip(lambda: rails, lambda: None, now_s) as grip:
        await asyncio.sleep(0.1)
        assert grip.report.frame.left_held
        rails.gone = True
        await asyncio.sleep(0.05)
        assert grip.report.advanced_at_s is None
        assert not grip.report.frame.left_held
        rails.gone = False
        await asyncio.sleep(1.0)
        assert grip.report.frame.left_held


@in_virtual_time
async def test_lines_that_cannot_be_had_are_tried_again() -> None:
    rails, tries = Rails(), []

    def opening() -> Contacts:
        tries.append(now_s)
        if len(tries) < 3:
            raise LinkError("They cannot be had.")
        return rails

    async with GpioGrip(opening, lambda: None, now_s) as grip:
        await asyncio.sleep(2.0)
        assert len(tries) == 3
        assert grip.report.advanced_at_s is not None


class Gpiod(ModuleType):
    """libgpiod as far as it is used; `values` by line number."""

    def __init__(self, values: dict[int, int]) -> None:
        super().__init__("gpiod")
        self.values = values
        self.asked: list[Any] = []
        self.line = SimpleNamespace(
            Value=SimpleNamespace(ACTIVE=1, INACTIVE=0),
            Direction=SimpleNamespace(INPUT="in"),
            Bias=SimpleNamespace(PULL_UP="up"),
        )

    def LineSettings(self, **settings: Any) -> dict[str, Any]:  # noqa: N802 - libgpiod's name
        return settings

    def request_lines(self, chip: str, **asked: Any) -> Any:
        if chip != "/dev/gpiochip0":
            raise FileNotFoundError(chip)
        self.asked.append(asked)
        return SimpleNamespace(
            get_values=lambda lines: [self.values[line] for line in lines],
            release=lambda: self.asked.append("released"),
        )


def test_a_contact_pulls_its_line_down_so_that_a_cut_wire_is_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpiod = Gpiod({17: 1, 27: 0})
    monkeypatch.setitem(sys.modules, "gpiod", gpiod)
    contacts = open_contacts(PLACE)
    assert contacts.held() == (True, False)
    (settings,) = gpiod.asked[0]["config"].values()
    assert settings == {"direction": "in", "bias": "up", "active_low": True}
    contacts.release()
    assert gpiod.asked[-1] == "released"


def test_a_chip_that_is_not_there_and_a_library_that_is_not_are_one_sentence_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", Gpiod({}))
    with pytest.raises(LinkError, match="cannot be had"):
        open_contacts("gpio:/dev/gpiochip9:1:2")
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(LinkError, match=r"install retrotread\[gpio\]"):
        open_contacts(PLACE)


def test_the_address_names_a_chip_and_two_lines() -> None:
    assert address.grip("grip:gpio:gpiochip0:17:27") == PLACE
    assert address.grip(f"grip:{PLACE}") == PLACE
    with pytest.raises(AddressError, match="grip:gpio:CHIP:LEFT:RIGHT"):
        address.grip("grip:gpio:gpiochip0:17")
