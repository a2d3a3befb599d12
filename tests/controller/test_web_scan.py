"""A look for devices from the page: who may ask, when, and what comes of it."""

import asyncio
import json
import sys

import pytest

from controller.cli.teller import started
from controller.web import scanning
from controller.web.console import BUSY
from controller.web.scanning import ENDED, FAILED, ONE_AT_A_TIME, TOO_LONG, Scanner, ScanRefused

ROOM = {"treadmill": "ftms:C8:47:8C:10:20:30", "grip": "grip:mqtt"}
REST = {"linked": True, "speed_mps": 0.0, "age_s": 0.1, "at_rest": True}
IDLE = {"state": "idle", "belt": REST}
AWAY = {"linked": False, "speed_mps": None, "age_s": None, "at_rest": False}
"""The belt of a treadmill that is not connected."""
ROW = {"address": "ftms:AA", "name": "Pad", "rssi_dbm": -50, "known_for": []}


def scanner(source, busy=lambda: ""):
    """One whose scan is this program."""
    return Scanner(busy, (sys.executable, "-S", "-c", "import sys, time\n" + source))


async def refused(looking):
    with pytest.raises(ScanRefused) as error:
        await looking
    return error.value.status, str(error.value)


async def test_the_scan_is_told_its_time_and_adapter_and_its_rows_are_told_on():
    source = f"""
assert sys.argv[1:] == ["scan", "--json", "--seconds", "6.0", "--adapter", "hci:usb:0"]
print({json.dumps(json.dumps([ROW]))})
"""
    assert await scanner(source).look("hci:usb:0") == [ROW]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("print('a warning', 'Switch Bluetooth on.', sep='\\n', file=sys.stderr); sys.exit(1)",
         "Switch Bluetooth on."),
        ("sys.exit(1)", FAILED),
        ("1 / 0", FAILED),
        ("print('usage', file=sys.stderr); sys.exit(2)", FAILED),
    ],
)  # fmt: skip
async def test_an_adapter_that_cannot_scan_is_one_sentence(source, reason):
    assert await refused(scanner(source).look("system")) == (503, reason)


async def test_there_is_one_look_at_a_time_and_another_after_it():
    looking = scanner("print('[]')")
    first = asyncio.create_task(looking.look("system"))
    await asyncio.sleep(0)
    assert await refused(looking.look("system")) == (409, ONE_AT_A_TIME)
    assert await first == []
    assert await looking.look("system") == []


async def test_nothing_is_started_while_the_radio_is_needed(tmp_path):
    source = f"open({str(tmp_path / 'began')!r}, 'w')"
    assert await refused(scanner(source, lambda: "Not now.").look("system")) == (409, "Not now.")
    assert list(tmp_path.iterdir()) == []


async def test_a_look_ends_at_once_when_something_is_under_way():
    answers = iter(["", "", "Not now."])
    looking = scanner("time.sleep(60)", lambda: next(answers))
    assert await refused(looking.look("system")) == (409, ENDED)


async def test_an_adapter_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(scanning, "LIMIT_S", 0.2)
    assert await refused(scanner("time.sleep(60)").look("system")) == (503, TOO_LONG)


async def ask(stage, headers):
    async with stage.client() as client:
        return await client.post("/api/scan", headers=headers)


async def told(stage, **changes):
    """Control keeps saying so, and the desk has heard it."""
    stage.control.keep_saying(**changes)
    async with stage.page() as page:
        await stage.until(page, "telemetry", state=changes["state"], belt=changes["belt"])


@pytest.mark.parametrize(
    "changes",
    [{"state": state, "belt": REST} for state in ("armed", "walking", "stopping", "latched")]
    + [{"state": "idle", "belt": {**REST, "at_rest": False}}],
)
async def test_no_radio_time_is_taken_from_a_session_or_a_belt_that_moves(bare_stage, changes):
    await bare_stage.control.open()
    await bare_stage.start(room=ROOM)
    await told(bare_stage, **changes)
    answer = await ask(bare_stage, await bare_stage.signed_in())
    assert (answer.status_code, answer.json()["reason"]) == (409, BUSY)


async def test_while_control_is_silent_nobody_knows_whether_the_belt_rests(bare_stage):
    await bare_stage.start(room=ROOM)
    answer = await ask(bare_stage, await bare_stage.signed_in())
    assert (answer.status_code, answer.json()["reason"]) == (409, BUSY)


async def test_only_an_engineer_looks_and_no_other_site(stage):
    for role in ("viewer", "supervisor"):
        answer = await ask(stage, await stage.user(role, role))
        assert answer.status_code == 403
    engineer = await stage.signed_in()
    foreign = {**engineer, "Origin": "http://evil.example"}
    assert (await ask(stage, foreign)).status_code == 403
    assert (await ask(stage, {"Cookie": engineer["Cookie"]})).status_code == 403
    assert (await ask(stage, {})).status_code == 401


async def test_a_desk_that_was_told_no_treadmill_looks_for_none(stage):
    await told(stage, **IDLE)
    assert (await ask(stage, await stage.signed_in())).status_code == 503


@pytest.mark.service
async def test_a_treadmill_on_the_air_is_listed_with_its_address(bare_stage, tmp_path):
    air = f"unix:{tmp_path / 'air'}"
    await bare_stage.control.open()
    async with started("air", "simulators.radio", "--listen", air) as radio:
        await radio.event("listening", 30)
        bench = started("machine", "simulators.ftms_machine", "--transport", air)
        async with bench as teller:
            ready = await teller.event("ready", 30)
            await bare_stage.start(room={**ROOM, "adapter": f"hci:{air}"})
            await told(bare_stage, state="idle", belt=AWAY)
            answer = await ask(bare_stage, await bare_stage.signed_in())
    assert answer.status_code == 200, answer.text
    [row] = answer.json()["devices"]
    assert row["address"] == f"ftms:{ready['address']}"
    assert isinstance(row["rssi_dbm"], int)
