"""Sign-ins, PIN attempts, fresh commands, rates and the pages' queues, on a hand-moved clock."""

import json
import math

import pytest

from controller.session.commands import Role
from controller.web import messages
from controller.web.attempts import FORGOTTEN_S, FREE, KEPT, LONGEST_WAIT_S, WAIT_S, Attempts
from controller.web.challenge import FRESH_S, TOO_LATE, TWICE, Challenge
from controller.web.doorkeeper import own_names
from controller.web.pages import ALIVE_S, BACKLOG, IN_ALL, PER_ADDRESS, STRANGERS, Page, Pages
from controller.web.rates import ADDRESSES, REQUESTS_AT_ONCE, Bucket, Rates
from controller.web.sign_in import IDLE_S, LONGEST_S, PER_USER, SignIns, User

SEAL = "what the PIN was kept as"
TABLET, GUESSER = "10.0.0.7", "10.0.0.66"


def test_a_sign_in_ends_when_no_page_kept_it_alive():
    sign_ins = SignIns()
    token = sign_ins.open("ana", SEAL, 100.0)
    assert sign_ins.find(token, 100.0 + IDLE_S - 1)
    assert not sign_ins.find(token, 100.0 + IDLE_S)


def test_a_live_page_extends_its_sign_in_but_revives_none():
    sign_ins = SignIns()
    token = sign_ins.open("ana", SEAL, 0.0)
    sign_ins.extend(token, IDLE_S - 1)
    assert sign_ins.find(token, IDLE_S + 1)
    sign_ins.extend(token, 3 * IDLE_S)
    assert not sign_ins.find(token, 3 * IDLE_S)


def test_no_page_extends_a_sign_in_beyond_a_shift():
    sign_ins = SignIns()
    token = sign_ins.open("ana", SEAL, 0.0)
    for minute in range(int(LONGEST_S / 60)):
        sign_ins.extend(token, minute * 60.0)
    assert sign_ins.find(token, LONGEST_S - 1)
    sign_ins.extend(token, LONGEST_S - 1)
    assert not sign_ins.find(token, LONGEST_S)


def test_nobody_is_signed_in_by_an_empty_or_invented_token():
    sign_ins = SignIns()
    sign_ins.open("ana", SEAL, 0.0)
    sign_ins.extend("invented", 0.0)
    assert [sign_ins.find(token, 0.0) for token in (None, "", "invented")] == [None] * 3


def test_one_sign_in_more_than_a_user_may_have_ends_the_oldest_of_the_same_user():
    sign_ins = SignIns()
    other = sign_ins.open("ben", SEAL, 0.0)
    tokens = [sign_ins.open("ana", SEAL, 0.0) for _ in range(PER_USER + 1)]
    assert not sign_ins.find(tokens[0], 1.0)
    assert all(sign_ins.find(token, 1.0) for token in (other, *tokens[1:]))
    assert sign_ins.of("ana", SEAL, 1.0) == PER_USER
    assert sign_ins.of("ana", "another PIN", 1.0) == 0


def test_signing_out_everywhere_ends_every_sign_in_of_this_user_alone():
    sign_ins = SignIns()
    mine = [sign_ins.open("ana", SEAL, 0.0) for _ in range(3)]
    other = sign_ins.open("ben", SEAL, 0.0)
    sign_ins.close_all("ana")
    assert not any(sign_ins.find(token, 1.0) for token in mine)
    assert sign_ins.find(other, 1.0)


def test_each_sign_in_has_a_token_against_forged_requests_of_its_own():
    sign_ins = SignIns()
    tokens = [sign_ins.open("ana", SEAL, 0.0) for _ in range(20)]
    found = {sign_ins.find(token, 0.0).csrf for token in tokens}
    assert len(found) == 20
    assert not found & set(tokens)


@pytest.mark.parametrize(
    ("roles", "asks_as"),
    [
        ({Role.ENGINEER, Role.SUPERVISOR, Role.VIEWER}, Role.SUPERVISOR),
        ({Role.ENGINEER, Role.VIEWER}, Role.ENGINEER),
        ({Role.VIEWER}, Role.VIEWER),
    ],
)
def test_a_user_of_several_roles_asks_control_in_the_one_that_may_most(roles, asks_as):
    assert User("ana", frozenset(roles), "", 0.0).role is asks_as


def waited(attempts, name, address, now_s):
    """Make every free try; the wait that the next one meets."""
    for _ in range(FREE):
        assert attempts.wait_s(name, address, now_s) == 0
    return attempts.wait_s(name, address, now_s)


def test_after_the_free_tries_each_wait_is_twice_the_last_up_to_the_longest():
    attempts, now_s, waits = Attempts(), 0.0, []
    waited(attempts, "ana", TABLET, now_s)
    for _ in range(8):
        wait_s = attempts.wait_s("ana", TABLET, now_s)
        waits.append(wait_s)
        now_s += wait_s
        assert attempts.wait_s("ana", TABLET, now_s) == 0
    assert waits == [WAIT_S, 2 * WAIT_S, 4 * WAIT_S, 8 * WAIT_S] + [LONGEST_WAIT_S] * 4


def test_a_try_that_must_wait_is_not_counted_and_does_not_lengthen_the_wait():
    attempts = Attempts()
    waited(attempts, "ana", TABLET, 0.0)
    assert [attempts.wait_s("ana", TABLET, 10.0) for _ in range(100)] == [WAIT_S - 10] * 100
    assert attempts.wait_s("ana", TABLET, WAIT_S) == 0


def test_one_address_waits_whatever_name_it_tries():
    attempts = Attempts()
    for number in range(FREE):
        assert attempts.wait_s(f"user{number}", TABLET, 0.0) == 0
    assert attempts.wait_s("another", TABLET, 0.0) == WAIT_S


def test_one_name_that_many_addresses_try_makes_strangers_wait():
    attempts = Attempts()
    for number in range(FREE):
        assert attempts.wait_s("ana", f"10.0.1.{number}", 0.0) == 0
    assert attempts.wait_s("ana", "10.0.2.1", 0.0) == WAIT_S
    assert attempts.wait_s("ben", "10.0.2.1", 0.0) == 0


def test_guessing_from_elsewhere_keeps_neither_a_known_tablet_nor_this_computer_out():
    attempts = Attempts()
    assert attempts.wait_s("ana", TABLET, 0.0) == 0
    attempts.succeeded("ana", TABLET)
    for number in range(200):
        attempts.wait_s("ana", f"10.0.3.{number}", 1.0)
    assert attempts.wait_s("ana", TABLET, 1.0) == 0
    assert attempts.wait_s("ana", "127.0.0.1", 1.0) == 0
    assert attempts.wait_s("ana", "10.0.4.1", 1.0) > 0


def test_one_who_knew_the_pin_is_not_held_to_earlier_slips():
    attempts = Attempts()
    waited(attempts, "ana", TABLET, 0.0)
    attempts.succeeded("ana", TABLET)
    assert attempts.wait_s("ana", TABLET, 1.0) == 0


def test_a_count_begins_anew_after_an_hour_without_a_try():
    attempts = Attempts()
    waited(attempts, "ana", TABLET, 0.0)
    assert attempts.wait_s("ana", TABLET, WAIT_S) == 0
    assert attempts.wait_s("ana", TABLET, WAIT_S) == 2 * WAIT_S
    assert waited(attempts, "ana", TABLET, WAIT_S + FORGOTTEN_S) == WAIT_S


def test_the_addresses_of_one_ipv6_network_are_one_place():
    attempts = Attempts()
    for number in range(FREE):
        attempts.wait_s(f"user{number}", f"2001:db8::{number + 1}", 0.0)
    assert attempts.wait_s("ana", "2001:db8::ffff", 0.0) == WAIT_S
    assert attempts.wait_s("ben", "2001:db8:0:1::1", 0.0) == 0


def test_a_million_guesses_fill_no_memory():
    attempts = Attempts()
    for number in range(3 * KEPT):
        attempts.wait_s(f"name{number}", f"place{number}", 0.0)
        attempts.succeeded(f"name{number}", f"place{number}")
        attempts.wait_s(f"other{number}", f"elsewhere{number}", 0.0)
    assert len(attempts._tried) <= KEPT
    assert len(attempts._known) <= KEPT


def test_a_command_is_done_once_and_only_while_its_nonce_is_fresh():
    challenge = Challenge()
    nonce = challenge.nonce(10.0)
    assert challenge.refusal(nonce, "1", 10.0) == ""
    assert challenge.refusal(nonce, "1", 10.1) == TWICE
    assert challenge.refusal(nonce, "2", 10.0 + FRESH_S) == ""
    assert challenge.refusal(nonce, "3", 10.1 + FRESH_S) == TOO_LATE


def test_a_nonce_of_another_page_an_invented_or_no_nonce_does_nothing():
    challenge, other = Challenge(), Challenge()
    challenge.nonce(10.0)
    for nonce in (other.nonce(10.0), "invented", "", None):
        assert challenge.refusal(nonce, "1", 10.0) == TOO_LATE


def test_an_old_frame_is_refused_however_often_it_is_sent_again():
    challenge = Challenge()
    nonce = challenge.nonce(0.0)
    assert challenge.refusal(nonce, "1", 0.5) == ""
    told = {challenge.refusal(nonce, "1", tenth / 10) for tenth in range(6, 100)}
    assert told == {TWICE, TOO_LATE}


def test_a_bucket_gives_its_burst_and_then_its_rate():
    bucket = Bucket(2.0, 5)
    assert sum(bucket.take(100.0) for _ in range(20)) == 5
    assert sum(bucket.take(101.0) for _ in range(20)) == 2
    assert sum(bucket.take(1000.0) for _ in range(20)) == 5


def test_one_address_that_knocks_too_often_shuts_no_other_out_and_fills_no_memory():
    rates = Rates()
    allowed = sum(rates.take(GUESSER, 0.0) for _ in range(2 * REQUESTS_AT_ONCE))
    assert allowed == REQUESTS_AT_ONCE
    assert rates.take(TABLET, 0.0)
    for number in range(2 * ADDRESSES):
        rates.take(str(number), 0.0)
    assert len(rates._buckets) == ADDRESSES


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


def filled(pages, stack, count, token=None, address=""):
    for number in range(count):
        stack.append(pages.opened(Page(token, address or str(number))))
        stack[-1].__enter__()


def test_one_address_has_so_many_pages_and_no_more():
    pages, stack = Pages(), []
    filled(pages, stack, PER_ADDRESS, "mine", TABLET)
    assert not pages.room(TABLET, True, bool)
    assert pages.room(GUESSER, True, bool)
    stack.pop().__exit__(None, None, None)
    assert pages.room(TABLET, True, bool)


def test_strangers_who_fill_their_places_leave_room_for_who_is_signed_in():
    pages, stack = Pages(), []
    filled(pages, stack, STRANGERS)
    assert not pages.room(TABLET, False, bool)
    assert pages.room(TABLET, True, bool)
    filled(pages, stack, IN_ALL - STRANGERS, "mine")
    assert not pages.room(TABLET, True, bool)


def test_the_console_answers_to_loopback_and_to_its_configured_names_only():
    assert own_names("10.0.0.7", 8080, secure=True) == {
        "127.0.0.1:8080",
        "localhost:8080",
        "[::1]:8080",
        "10.0.0.7:8080",
    }
    assert "10.0.0.7" in own_names("10.0.0.7", 80, secure=False)
    assert "10.0.0.7" in own_names("10.0.0.7", 443, secure=True)
    assert "10.0.0.7" not in own_names("10.0.0.7", 443, secure=False)
    assert "[fe80::1]:8080" in own_names("fe80::1", 8080, secure=True)
    assert "gait-lab.local:8080" in own_names("10.0.0.7", 8080, ["Gait-Lab.local"], secure=True)


@pytest.mark.parametrize("time_s", [None, "soon", math.nan, math.inf])
def test_telemetry_without_a_time_is_no_telemetry(time_s):
    assert messages.telemetry({"kind": "telemetry", "time_s": time_s}) is None


def test_absent_telemetry_promises_nothing():
    page = json.loads(messages.telemetry({"time_s": 1.0}).model_dump_json())
    assert page["may"] == []
    assert page["belt"] == {"linked": False, "speed_mps": None, "age_s": None, "at_rest": False}
    assert page["grip"]["left"] is page["grip"]["right"] is False
    assert page["cap_mps"] is None
