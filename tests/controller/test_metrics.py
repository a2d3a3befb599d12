"""Figures for Prometheus: what control counts, and what the desk tells of it, and to whom."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from controller.safety.limits import Limits
from controller.safety.view import Phase
from controller.step import Decision, State
from controller.step.state import tripped
from controller.tally import Tally
from controller.web.console import Console
from controller.web.metrics import Metrics, on_this_computer
from controller.web.reception import Reception
from controller.web.server import build
from protocols.belt import BeltOrder
from tests.conftest import Stage
from tests.controller.room import Room

LIMITS = Limits()
CALM = Decision(BeltOrder())
TALLY = {
    "turns": 1200,
    "late_turns": 3,
    "failed_turns": 0,
    "sessions": 2,
    "escalations": 1,
    "stops": {"grip_released": 2},
    "journal_ok": True,
    "journal_waiting": 7,
}

Figures = dict[tuple[str, ...], float]


def figures(text: str) -> Figures:
    """(name, label…) → value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def asked(stage: Stage) -> tuple[str, str]:
    async with stage.client() as client:
        response = await client.get("/metrics")
    assert response.status_code == 200
    return response.text, response.headers["content-type"]


async def test_a_prometheus_reads_what_control_told_last(stage: Stage) -> None:
    async with stage.page() as page:
        stage.control.say(tally=TALLY, session_id="a1b2c3d4")
        await stage.until(page, "telemetry", session_id="a1b2c3d4")
        text, kind = await asked(stage)
    assert kind.startswith("text/plain; version=0.0.4")
    found = figures(text)
    age_s = found.pop(("retrotread_telemetry_age_seconds",))
    assert 0 <= age_s < 30
    assert found == {
        ("retrotread_control_up",): 1,
        ("retrotread_sockets",): 1,
        ("retrotread_link_up",): 1,
        ("retrotread_belt_age_seconds",): 0.2,
        ("retrotread_state", "walking"): 1,
        ("retrotread_journal_ok",): 1,
        ("retrotread_journal_waiting",): 7,
        ("retrotread_turns_total",): 1200,
        ("retrotread_late_turns_total",): 3,
        ("retrotread_failed_turns_total",): 0,
        ("retrotread_sessions_total",): 2,
        ("retrotread_escalations_total",): 1,
        ("retrotread_stops_total", "grip_released"): 2,
    }
    assert "a1b2c3d4" not in text


async def test_before_control_speaks_only_that_is_told(bare_stage: Stage) -> None:
    await bare_stage.start()
    found = figures((await asked(bare_stage))[0])
    assert found == {("retrotread_control_up",): 0, ("retrotread_sockets",): 0}


async def test_the_connections_to_the_broker_are_told(bare_stage: Stage) -> None:
    await bare_stage.control.open()
    await bare_stage.start(mqtt={"port": 1})
    found = figures((await asked(bare_stage))[0])
    assert found["retrotread_mqtt_up", "device"] == 0
    assert found["retrotread_mqtt_up", "stop"] == 0


def metrics(clock: Callable[[], float]) -> Metrics:
    return Metrics(clock, lambda: True, lambda: 0)


@pytest.mark.parametrize("message", [{"tally": {"turns": "many"}}, {"belt": 3}, {"tally": None}])
def test_what_is_no_telemetry_changes_nothing(message: dict[str, Any]) -> None:
    found = metrics(lambda: 5.0)
    found.hear({"tally": TALLY})
    before = found.text()
    found.hear(message)
    assert found.text() == before


def test_the_age_of_telemetry_grows_while_control_is_silent() -> None:
    now_s = 10.0
    found = metrics(lambda: now_s)
    found.hear({"tally": TALLY})
    now_s = 14.5
    assert figures(found.text().decode())[("retrotread_telemetry_age_seconds",)] == 4.5


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.7", False),
        ("::ffff:192.168.1.7", False),
        ("fe80::1", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_only_the_loopback_may_read_figures(host: str, here: bool) -> None:
    assert on_this_computer(host) is here


async def test_for_another_computer_there_is_no_such_page(tmp_path: Path) -> None:
    console = Console("Room 1", tmp_path / "hatch", Reception(tmp_path))
    app = build(console, ["room"])

    async def status(host: str) -> int:
        way = httpx.ASGITransport(app=app, client=(host, 50000))
        async with httpx.AsyncClient(transport=way, base_url="http://room") as other:
            return (await other.get("/metrics")).status_code

    assert await status("192.168.1.7") == 404
    assert await status("127.0.0.1") == 200


def late(seconds: float) -> State:
    quiet = State()
    monitors = type(quiet.monitors)(late_s=seconds)
    return type(quiet)(monitors=monitors)


def test_turns_are_counted_and_a_late_one_is_late_past_its_limit() -> None:
    tally = Tally()
    for seconds in (0.0, LIMITS.turn_late_s, LIMITS.turn_late_s + 0.001):
        tally.turned(State(), late(seconds), LIMITS, CALM, seconds == 0.0)
    told = tally.told(False, 4)
    assert (told["turns"], told["late_turns"], told["failed_turns"]) == (3, 1, 1)
    assert (told["journal_ok"], told["journal_waiting"]) == (False, 4)


def test_a_trip_counts_once_under_its_cause_and_again_when_it_comes_again() -> None:
    tally, quiet = Tally(), State()
    trips = [tripped(quiet, "internal_error", now_s) for now_s in (1.0, 2.0)]
    for before, after in [(quiet, trips[0]), (trips[0], trips[0]), (trips[0], quiet)]:
        tally.turned(before, after, LIMITS, CALM, False)
    assert tally.stops == {"internal_error": 1}
    tally.turned(quiet, trips[1], LIMITS, CALM, False)
    assert tally.stops == {"internal_error": 2}


def test_an_escalation_counts_when_it_begins() -> None:
    tally = Tally()
    for escalate in (True, True, False, True):
        tally.turned(State(), State(), LIMITS, Decision(BeltOrder(), escalate=escalate), False)
    assert tally.escalations == 2


def test_a_walk_that_a_released_grip_ends_is_counted_by_the_loop() -> None:
    room = Room(Phase.WALKING)
    room.turn()
    before = room.told[-1]["tally"]
    room.hands.hold = False
    room.turn(40)
    after = room.told[-1]["tally"]
    assert room.cause == "grip_released"
    assert after["stops"] == {"grip_released": 1}
    assert 35 <= after["turns"] - before["turns"] <= 40
    assert (after["journal_ok"], after["journal_waiting"]) == (True, 0)
    assert (after["sessions"], after["late_turns"]) == (1, 0)
