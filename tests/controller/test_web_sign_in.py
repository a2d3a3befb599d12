"""Sign-ins, PIN attempts, the PIN's file and the pages' queues, on a hand-moved clock."""

import json
import math

import pytest

from controller.web import messages
from controller.web.doorkeeper import own_names
from controller.web.pages import ALIVE_S, BACKLOG, Page, Pages
from controller.web.pin import Pin, PinError
from controller.web.sign_in import (
    IDLE_S,
    TRIES_IN_ALL,
    TRIES_PER_ADDRESS,
    WINDOW_S,
    Attempts,
    SignIns,
)


def test_a_sign_in_ends_when_no_page_kept_it_alive():
    sign_ins = SignIns()
    token = sign_ins.open(100.0)
    assert sign_ins.valid(token, 100.0 + IDLE_S - 1)
    assert not sign_ins.valid(token, 100.0 + IDLE_S)


def test_a_live_page_extends_its_sign_in_but_revives_none():
    sign_ins = SignIns()
    token = sign_ins.open(0.0)
    sign_ins.extend(token, IDLE_S - 1)
    assert sign_ins.valid(token, IDLE_S + 1)
    sign_ins.extend(token, 3 * IDLE_S)
    assert not sign_ins.valid(token, 3 * IDLE_S)


def test_nobody_is_signed_in_by_an_empty_or_invented_token():
    sign_ins = SignIns()
    sign_ins.open(0.0)
    sign_ins.extend("invented", 0.0)
    assert not sign_ins.valid(None, 0.0)
    assert not sign_ins.valid("", 0.0)
    assert not sign_ins.valid("invented", 0.0)


def test_one_address_may_try_again_when_its_window_has_passed():
    attempts = Attempts()
    assert all(attempts.allow("a", 0.0) for _ in range(TRIES_PER_ADDRESS))
    assert not attempts.allow("a", WINDOW_S - 1)
    assert attempts.allow("b", WINDOW_S - 1)
    assert attempts.allow("a", WINDOW_S)


def test_many_addresses_together_are_bounded_too():
    attempts = Attempts()
    allowed = [attempts.allow(str(number), 0.0) for number in range(TRIES_IN_ALL + 5)]
    assert sum(allowed) == TRIES_IN_ALL


def test_one_who_knew_the_pin_is_not_held_to_earlier_slips():
    attempts = Attempts()
    for _ in range(TRIES_PER_ADDRESS):
        attempts.allow("a", 0.0)
    attempts.forgive("a")
    assert attempts.allow("a", 1.0)


async def test_a_damaged_pin_file_names_the_way_out(tmp_path):
    (tmp_path / "console-pin").write_bytes(b"\xff\x00")
    with pytest.raises(PinError, match="Delete it"):
        Pin(tmp_path).prepare(renew=False)


async def test_a_pin_matches_itself_alone_also_after_a_restart(tmp_path):
    made = Pin(tmp_path).prepare(renew=False)
    again = Pin(tmp_path)
    assert again.prepare(renew=False) is None
    assert await again.matches(made)
    assert not await again.matches(made[::-1] + "0")


async def test_a_lagging_page_keeps_the_newest_messages_and_counts_the_dropped():
    page = Page()
    for number in range(BACKLOG + 3):
        page.offer(str(number))
    assert page.dropped == 3
    assert [await page.next() for _ in range(BACKLOG)] == [str(n) for n in range(3, BACKLOG + 3)]


def test_a_page_is_alive_only_for_a_short_time_after_it_answered():
    page = Page("mine")
    pages = Pages()
    with pages.opened(page):
        assert not pages.supervised(0.0, {"mine"}.__contains__)
        page.seen_at_s = 10.0
        assert pages.supervised(10.0 + ALIVE_S, {"mine"}.__contains__)
        assert not pages.supervised(10.1 + ALIVE_S, {"mine"}.__contains__)
        assert not pages.supervised(10.0, lambda _token: False)
    assert not pages.supervised(10.0, lambda _token: True)


def test_the_console_answers_to_loopback_and_to_its_configured_host_only():
    assert own_names("10.0.0.7", 8080) == {
        "127.0.0.1:8080",
        "localhost:8080",
        "[::1]:8080",
        "10.0.0.7:8080",
    }
    assert "10.0.0.7" in own_names("10.0.0.7", 80)
    assert "[fe80::1]:8080" in own_names("fe80::1", 8080)


@pytest.mark.parametrize("time_s", [None, "soon", math.nan, math.inf])
def test_telemetry_without_a_time_is_no_telemetry(time_s):
    assert messages.telemetry({"kind": "telemetry", "time_s": time_s}) is None


def test_absent_telemetry_promises_nothing():
    page = json.loads(messages.telemetry({"time_s": 1.0}).model_dump_json())
    assert page["may"] == []
    assert page["belt"] == {"linked": False, "speed_mps": None, "age_s": None, "at_rest": False}
    assert page["grip"]["left"] is page["grip"]["right"] is False
    assert page["cap_mps"] is None
