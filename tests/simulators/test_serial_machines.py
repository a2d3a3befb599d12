"""The simulated serial treadmills, spoken to in octets; and their bench."""

import json
from typing import Any

import pytest

from controller.cli.teller import started
from drivers.serial_port import open_port
from protocols import csafe
from protocols.csafe import Command, FrameParser
from protocols.dialect import Purpose, tenths
from protocols.serial_machines import KINDS, dialect
from simulators.faults import FAULTS, afflicted
from simulators.serial_machine import SerialMachine
from simulators.serial_machines import machine
from simulators.treadmill import Treadmill

DT_S = 0.02
LIMIT_S = 20.0


class Hand:
    """Writes requests by hand, and lets time pass."""

    def __init__(self, kind: str, *faults: str) -> None:
        self.told: list[tuple[str, bool]] = []
        self.treadmill = Treadmill(afflicted(faults))
        self.words = dialect(kind)
        self.machine: SerialMachine = machine(kind, self.treadmill, self._told)

    @property
    def belt_mps(self) -> float:
        return self.machine.belt.speed_mps

    def wait(self, seconds: float, every: bytes = b"") -> bytes:
        said = b""
        for _ in range(round(seconds / DT_S)):
            self.treadmill.advance(DT_S)
            said += self.machine.pass_time(DT_S)
            if every:
                self.machine.take(every)
        return said

    def write(self, purpose: Purpose, units: int = 0) -> bytes:
        return self.machine.take(self.words.octets(purpose, units))

    def _told(self, event: str, _at_ns: int, _octets: bytes, accepted: bool) -> None:
        self.told.append((event, accepted))


def test_a_trackmaster_acknowledges_reports_and_refuses() -> None:
    hand = Hand("trackmaster")
    assert hand.write(Purpose.START) == b"\xb0"
    assert hand.write(Purpose.STATUS) == b"\xd02"
    assert hand.write(Purpose.SET_SPEED, 10) == b"\xb3"
    assert hand.write(Purpose.SET_POINT) == b"\xd30010"
    hand.wait(5.0, every=b"\xc0")
    assert hand.write(Purpose.SPEED) == b"\xd10010"
    assert hand.write(Purpose.SET_SPEED, 99) == b"\xbe"
    assert hand.machine.take(b"\xa300x0") == b"\xbe"
    assert hand.machine.take(b"\x91") == b"\xbf"
    assert hand.machine.take(b"\xac\xa40000\xc2\xc4") == b"\xbc\xb4\xd20000\xd40000"
    assert hand.write(Purpose.STOP) == b"\xb2"
    hand.wait(3.0)
    assert hand.write(Purpose.STATUS) == b"\xd01"
    assert hand.belt_mps == 0


def test_a_trackmaster_stops_after_half_a_second_of_silence_if_it_was_started_so() -> None:
    for start, stops in ((b"\xa0", True), (b"\xa1", False)):
        hand = Hand("trackmaster")
        hand.machine.take(start)
        hand.wait(2.0, every=b"\xc1")
        assert hand.machine.running
        assert hand.write(Purpose.STATUS) == (b"\xd02" if stops else b"\xd03")
        hand.wait(0.45)
        assert hand.machine.running
        hand.wait(0.1)
        assert hand.machine.running is not stops


def test_an_automatic_stop_goes_by_the_lowest_speed() -> None:
    for kind in ("trackmaster", "woodway"):
        hand = Hand(kind)
        hand.write(Purpose.START)
        hand.write(Purpose.SET_SPEED, 20)
        hand.wait(8.0, every=b"\xc0")
        hand.machine.take(b"\xaa")
        hand.wait(2.0, every=b"\xc0")
        assert hand.machine.running
        hand.wait(6.0, every=b"\xc0")
        assert hand.belt_mps == 0


def test_a_woodway_says_that_its_time_is_out() -> None:
    hand = Hand("woodway")
    assert hand.write(Purpose.START) == b"\xb0"
    hand.wait(2.0, every=b"\xc0")
    assert hand.wait(1.1) == b"\xbd"
    assert not hand.machine.running
    assert hand.machine.take(b"\xc3\xc0\x90") == b"\xd30100\xd01\xbf"
    assert hand.machine.take(b"\xa31005") == b"\xbe"


def test_a_woodway_is_never_turned_while_it_moves() -> None:
    hand = Hand("woodway")
    hand.machine.take(b"\xa0\xa33005")
    hand.wait(3.0, every=b"\xc0")
    assert hand.write(Purpose.SPEED) == b"\xd13005"
    hand.machine.take(b"\xa30005")
    assert (hand.machine.turned_moving, hand.machine.reverse) == (1, True)


def test_a_biodex_echoes_what_it_obeys() -> None:
    hand = Hand("biodex")
    assert hand.machine.take(b"\x84R") == b"\x84"
    assert hand.machine.take(b"\xa2") == b"\xa2R"
    assert hand.machine.take(b"\x80\x82010") == b"\x80\x82"
    hand.wait(5.0)
    assert hand.machine.take(b"\xa0\xa1\xa7") == b"\xa0010\xa100\xa7100"
    assert hand.machine.take(b"\x84F\x84X\x82999") == b""
    assert hand.machine.turned_moving == 1
    assert hand.machine.take(b"\xa2") == b"\xa2R"
    assert hand.machine.take(b"\x81\x8305") == b"\x81\x83"
    hand.wait(30.0)
    assert hand.machine.take(b"\xa7") == b"\xa7000"


def test_a_csafe_treadmill_keeps_its_states() -> None:
    hand, parser = Hand("csafe"), FrameParser()

    def state(*commands: Command) -> tuple[int, int]:
        (contents,) = parser.feed(hand.machine.take(csafe.request(*commands)))
        answer = csafe.read_answer(contents)
        assert answer is not None
        return answer.previous, answer.state

    speed = Command(csafe.SET_SPEED, csafe.speed_data(20, csafe.TENTH_KMH))
    assert state(Command(csafe.GO_IN_USE)) == (csafe.REJECTED, csafe.READY)
    assert state(speed) == (csafe.REJECTED, csafe.READY)
    assert state(Command(csafe.RESET)) == (csafe.REJECTED, csafe.READY)
    assert state(Command(csafe.GO_IDLE)) == (csafe.OK, csafe.IDLE)
    assert state(Command(csafe.GO_IN_USE), speed) == (csafe.OK, csafe.IN_USE)
    hand.wait(6.0)
    hand.treadmill.press("pause")
    assert state(Command(csafe.GET_STATUS)) == (csafe.OK, csafe.PAUSED)
    assert state(Command(csafe.GO_FINISHED)) == (csafe.OK, csafe.FINISHED)
    assert state(Command(csafe.GO_FINISHED)) == (csafe.OK, csafe.FINISHED)
    assert state(Command(csafe.GO_READY)) == (csafe.OK, csafe.READY)
    (contents,) = parser.feed(hand.machine.take(csafe.frame(b"\x25\x03")))
    assert csafe.read_answer(contents) == csafe.Answer(csafe.BAD, csafe.READY)
    hand.wait(4.0)
    hand.treadmill.press("start")
    assert state(Command(csafe.GET_STATUS)) == (csafe.OK, csafe.IN_USE)
    hand.treadmill.press("pull key")
    assert state(Command(csafe.GO_IDLE)) == (csafe.REJECTED, csafe.FINISHED)


def test_a_csafe_treadmill_without_its_key_does_not_start() -> None:
    hand = Hand("csafe")
    hand.machine.take(csafe.request(Command(csafe.GO_IDLE)))
    hand.treadmill.press("pull key")
    hand.machine.take(csafe.request(Command(csafe.GO_IN_USE)))
    assert hand.told[-1] == ("start_received", False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["ignores_stop", "mph_for_kmh", "slow_stop", "start_toggles"])
def test_a_fault_of_a_machine_is_one_on_any_wire(kind: str, fault: str) -> None:
    hand = Hand(kind, fault)
    step = hand.words.prepare()
    while step is not None:
        hand.words.hear(hand.machine.take(step))
        step = hand.words.prepare()
    hand.write(Purpose.START)
    hand.write(Purpose.SET_SPEED, 10)
    poll = hand.words.octets(Purpose.SPEED)
    hand.wait(6.0, every=poll)
    asked_mps = hand.words.grid.mps(10)
    scale = 1.609344 if fault == "mph_for_kmh" else 1.0
    assert hand.belt_mps == pytest.approx(asked_mps * scale, rel=0.02)
    if fault == "start_toggles":
        hand.write(Purpose.START)
        if kind != "csafe":
            hand.wait(6.0, every=poll)
            assert hand.belt_mps == 0
        return
    hand.write(Purpose.STOP)
    hand.wait(3.0, every=poll)
    assert (hand.belt_mps > 0) is (fault in ("ignores_stop", "slow_stop"))


def test_a_fault_that_comes_later_leaves_the_machine_its_units() -> None:
    hand = Hand("trackmaster")
    hand.treadmill.afflict(afflicted(["mph_for_kmh"]))
    hand.wait(0.1)
    assert hand.treadmill.firmware.speeds == tenths("mph", 0.5, 4.0)


def walked(kind: str, fault: str) -> list[object]:
    """All that a walk shows: what the machine says, and how its belt moves."""
    hand = Hand(kind, fault)
    hand.treadmill.press("start")
    seen: list[object] = []
    asked = hand.words.octets(Purpose.SPEED, 0)
    for units in (10, 9):
        seen.append(hand.write(Purpose.SET_SPEED, units))
        for _ in range(100):
            seen += [hand.wait(3 * DT_S), hand.machine.take(asked), hand.belt_mps]
    seen.append(hand.write(Purpose.STOP))
    return [*seen, hand.wait(4.0), hand.belt_mps, hand.told]


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_fault_of_bluetooth_nothing_comes_here(kind: str) -> None:
    honest = walked(kind, "none")
    assert walked(kind, "runaway_late") != honest
    idle = [name for name, fault in FAULTS.items() if fault.of_bluetooth]
    assert [name for name in idle if walked(kind, name) != honest] == []


def test_the_faults_of_bluetooth_are_those_that_change_nothing_else() -> None:
    of_it = ("link_cut", "frozen_telemetry", "no_control_point", "coarse_grid", "needs_unlock")
    anywhere = ("none", "runaway", "slow_stop", "ignores_stop", "key_pulled", "grip_late", "falls")
    assert [FAULTS[name].of_bluetooth for name in (*of_it, *anywhere)] == [True] * 5 + [False] * 7


@pytest.mark.parametrize("port", ["pty", "tcp:127.0.0.1:0"])
async def test_the_bench_tells_where_its_treadmill_is_and_what_it_is_told(port: str) -> None:
    options = ("--machine", "trackmaster", "--port", port, "--script", "none")
    async with started("bench", "simulators.serial_bench", *options) as bench:
        ready: dict[str, Any] = await bench.event("ready", LIMIT_S)
        assert json.dumps(ready["name"]) == '"trackmaster"'
        line = open_port(ready["address"], 4800)
        line.start(lambda _: None, lambda _: None)
        line.write(b"\xa0")
        begun = await bench.event("start_received", LIMIT_S)
        assert begun["octets"] == "a0"
        moving = await bench.event("moving", LIMIT_S)
        assert moving["reverse"] is False
        line.close()
        await bench.event("at_rest", LIMIT_S)
        bench.say("quit")
        assert await bench.ended() == 0


async def test_a_port_that_cannot_be_is_refused_in_a_sentence(
    capfd: pytest.CaptureFixture[str],
) -> None:
    options = ("--machine", "csafe", "--port", "usb:0")
    async with started("bench", "simulators.serial_bench", *options) as bench:
        assert await bench.ended() == 1
    assert "The treadmill sits on 'pty' or 'tcp:HOST:PORT'" in capfd.readouterr().err
