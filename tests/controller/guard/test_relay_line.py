"""When the relay's keeper is told what, and when it is replaced."""

import json
import os
import selectors
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from controller.guard import relay_line
from controller.guard.relay_line import RelayLine


class Keeper:
    """One that says what the test has it say, over a real pipe."""

    made: list["Keeper"] = []  # noqa: RUF012 - all of one test

    def __init__(self, program: tuple[str, ...], plan: str) -> None:
        self.started_with = (*program, plan)
        self.told = b""
        self.ended = ""
        reader, self._writer = os.pipe()
        self.out = os.fdopen(reader, "rb", buffering=0)
        Keeper.made.append(self)

    def say(self, event: str) -> None:
        os.write(self._writer, json.dumps({"event": event}).encode() + b"\n")

    def hang_up(self) -> None:
        os.close(self._writer)
        self._writer = -1

    def heard(self) -> list[str]:
        octets = os.read(self.out.fileno(), 4096)
        return [json.loads(line)["event"] for line in octets.splitlines()] or ["gone"]

    def tell(self, octets: bytes) -> None:
        self.told += octets

    def leave(self) -> None:
        self.ended += "left"

    def close(self) -> None:
        self.ended += "closed"
        self.out.close()

    def clear_away(self) -> None:
        self.out.close()
        if self._writer >= 0:
            self.hang_up()


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The line's clock, moved by hand."""
    now_s = [50.0]
    monkeypatch.setattr(relay_line, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    return now_s


@pytest.fixture
def selector(monkeypatch: pytest.MonkeyPatch) -> Iterator[selectors.BaseSelector]:
    monkeypatch.setattr(relay_line, "Speaker", Keeper)
    monkeypatch.setattr(Keeper, "made", [])
    with selectors.DefaultSelector() as found:
        yield found
    for keeper in Keeper.made:
        keeper.clear_away()


def hear(selector: selectors.BaseSelector) -> None:
    for key, _ in selector.select(5.0):
        key.data()


def line(selector: selectors.BaseSelector, *program: str) -> RelayLine:
    return RelayLine(program, "plan", selector)


def test_without_a_relay_everything_is_sound_and_nothing_is_done(
    selector: selectors.BaseSelector,
) -> None:
    none = line(selector)
    none.beat(0.0)
    none.open()
    none.may_close(0.0)
    none.look(1e9)
    none.close()
    assert none.sound
    assert Keeper.made == []


def test_turns_are_passed_on_ten_times_a_second_at_most(selector: selectors.BaseSelector) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    assert keeper.started_with == ("keeper", "plan")
    assert keeper.told == b""
    relay.beat(0.0)
    relay.beat(0.0999)
    assert keeper.told == b"."
    relay.beat(0.1)
    assert keeper.told == b".."
    relay.beat(100.0)
    relay.beat(100.05)
    assert keeper.told == b"..."


def test_it_is_sound_while_the_contact_is_seen_closed(
    selector: selectors.BaseSelector, capfd: pytest.CaptureFixture[str]
) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    assert not relay.sound
    for event, sound in (("opened", False), ("closed", True), ("closed", True), ("opened", False)):
        keeper.say(event)
        hear(selector)
        assert relay.sound is sound
    told = [json.loads(said)["event"] for said in capfd.readouterr().out.splitlines()]
    assert told == ["relay_opened", "relay_closed", "relay_opened"]


def test_it_is_asked_to_close_once_a_second_until_it_has(selector: selectors.BaseSelector) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    relay.may_close(100.0)
    relay.may_close(100.5)
    relay.may_close(100.999)
    assert keeper.told == b"c"
    relay.may_close(101.0)
    assert keeper.told == b"cc"
    keeper.say("closed")
    hear(selector)
    relay.may_close(110.0)
    assert keeper.told == b"cc"
    keeper.say("opened")
    hear(selector)
    relay.may_close(111.0)
    assert keeper.told == b"ccc"


def test_it_is_opened_each_time_that_it_is_asked_to_and_before_it_is_let_go(
    selector: selectors.BaseSelector,
) -> None:
    relay = line(selector, "keeper")
    relay.open()
    relay.open()
    relay.close()
    [keeper] = Keeper.made
    assert (keeper.told, keeper.ended) == (b"ooo", "left")


def told(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(said)["event"] for said in capfd.readouterr().out.splitlines()]


def test_a_contact_that_was_told_to_open_is_unsound_until_it_was_seen_to_be_open(
    selector: selectors.BaseSelector, capfd: pytest.CaptureFixture[str]
) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    for event, sound in (("closed", True), ("opened", False), ("closed", True)):
        keeper.say(event)
        hear(selector)
        assert relay.sound is sound
    relay.open()
    assert not relay.sound
    for event, sound in (("closed", False), ("unseen", False), ("closed", False)):
        keeper.say(event)
        hear(selector)
        assert relay.sound is sound
    for event, sound in (("opened", False), ("closed", True)):
        keeper.say(event)
        hear(selector)
        assert relay.sound is sound
    assert "relay_stuck" not in told(capfd)


def test_a_contact_that_is_closed_a_second_after_it_was_told_to_open_is_told_of_once(
    selector: selectors.BaseSelector, now_s: list[float], capfd: pytest.CaptureFixture[str]
) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    relay.open()
    now_s[0] = 50.5
    relay.open()
    found = []
    for now_s[0], stuck in ((51.0, 0), (51.01, 1), (60.0, 1), (70.0, 1)):
        keeper.say("closed")
        hear(selector)
        found += told(capfd)
        assert found.count("relay_stuck") == stuck
    relay.open()
    now_s[0] = 80.0
    keeper.say("closed")
    hear(selector)
    assert told(capfd) == []
    assert not relay.sound
    for contact in "opened", "closed":
        keeper.say(contact)
        hear(selector)
    assert relay.sound


def test_a_contact_that_is_not_seen_is_not_called_stuck(
    selector: selectors.BaseSelector, now_s: list[float], capfd: pytest.CaptureFixture[str]
) -> None:
    relay = line(selector, "keeper")
    [keeper] = Keeper.made
    relay.open()
    now_s[0] = 60.0
    for contact in "unseen", "opened", "closed":
        keeper.say(contact)
        hear(selector)
    assert told(capfd) == ["relay_unseen", "relay_opened", "relay_closed"]
    assert relay.sound


@pytest.mark.usefixtures("now_s")
def test_a_keeper_has_ten_seconds_for_its_first_word_and_two_for_each_other(
    selector: selectors.BaseSelector,
) -> None:
    relay = line(selector, "keeper")
    relay.look(60.0)
    assert len(Keeper.made) == 1
    Keeper.made[0].say("opened")
    hear(selector)
    relay.look(52.0)
    assert len(Keeper.made) == 1
    relay.look(52.01)
    assert len(Keeper.made) == 2
    relay.look(60.0)
    assert len(Keeper.made) == 2
    relay.look(60.01)
    assert len(Keeper.made) == 3


def test_a_keeper_that_could_not_be_made_is_tried_again_after_a_second(
    selector: selectors.BaseSelector, now_s: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object) -> NoReturn:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as full:
        full.setattr(relay_line, "Speaker", no_process)
        relay = line(selector, "keeper")
    assert not relay.sound
    relay.beat(now_s[0])
    relay.look(51.0)
    assert Keeper.made == []
    relay.look(51.01)
    assert len(Keeper.made) == 1


def test_keepers_that_die_at_once_are_begun_once_a_second(
    selector: selectors.BaseSelector, now_s: list[float]
) -> None:
    relay = line(selector, "keeper")
    for second in range(3):
        now_s[0] = 50.0 + second * 1.01
        relay.look(now_s[0])
        Keeper.made[second].hang_up()
        hear(selector)
        for later_s in (0.0, 1.0):
            relay.look(now_s[0] + later_s)
            relay.beat(now_s[0] + later_s)
            assert len(Keeper.made) == second + 1
    assert [keeper.ended for keeper in Keeper.made] == ["closed"] * 3
    assert not relay.sound


@pytest.mark.parametrize("how", ["gone", "hangs"])
def test_one_that_is_gone_or_hangs_is_replaced_and_its_contact_counts_as_unseen(
    selector: selectors.BaseSelector,
    now_s: list[float],
    how: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    relay = line(selector, "keeper")
    first: Any = Keeper.made[0]
    first.say("closed")
    hear(selector)
    assert relay.sound
    now_s[0] = 52.01
    if how == "gone":
        first.hang_up()
        hear(selector)
    relay.look(now_s[0])
    assert not relay.sound
    assert first.ended == "closed"
    assert "relay_unseen" in capfd.readouterr().out
    second = Keeper.made[1]
    relay.open()
    assert (first.told, second.told) == (b"", b"o")
    for contact in "opened", "closed":
        second.say(contact)
        hear(selector)
    assert relay.sound
