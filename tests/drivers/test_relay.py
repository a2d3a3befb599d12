"""The relay's driver before a simulated unit on a pty and on TCP, and on a GPIO line."""

import asyncio
import contextlib
import functools
import importlib.util
import sys
import types
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from drivers import gpio_relay, relay
from drivers.gpio_relay import GpioRelay, open_line
from drivers.links import LinkError
from drivers.relay import Relay, RelayUnit, relay_at
from protocols.relay import Status, encode_status
from protocols.relay_unit import HOLD_S
from simulators import relay_unit
from simulators.wire import open_wire

LIMIT_S = 10.0
LOOK_S = 0.01
BEAT_S = 0.1


async def until(wanted: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not wanted():
            each()
            await asyncio.sleep(LOOK_S)


@contextlib.asynccontextmanager
async def unit_at(place: str, contacts: list[bool]) -> AsyncIterator[str]:
    """A simulated unit that lives while entered, and its address."""
    async with open_wire(place) as wire:
        unit = relay_unit.RelayUnit(wire, contacts.append, lambda _order: None)
        unit.begin()

        async def live() -> None:
            while True:
                unit.look()
                await asyncio.sleep(LOOK_S)

        living = asyncio.create_task(live())
        yield wire.address
        living.cancel()


@pytest.mark.parametrize("place", ["pty", "tcp:127.0.0.1:0"])
async def test_heartbeats_hold_a_contact_that_was_closed_and_open_opens_it(place: str) -> None:
    contacts: list[bool] = []
    news: list[bool | None] = []
    async with unit_at(place, contacts) as address:
        driver: Relay = relay_at(address, lambda: news.append(driver.closed))
        assert driver.closed is None
        driver.close()  # nothing is known of the unit yet
        async with driver:
            await until(lambda: driver.closed is False)
            driver.beat()
            driver.close()
            await until(lambda: driver.closed is True)
            for _ in range(round(2 * HOLD_S / BEAT_S)):
                driver.beat()
                await asyncio.sleep(BEAT_S)
            assert contacts == [False, True]
            driver.open()
            await until(lambda: driver.closed is False)
            driver.beat()
            driver.close()
            await until(lambda: contacts == [False, True, False, True])
    assert news[:3] == [False, True, False]


async def test_a_driver_that_is_left_lets_the_contact_open() -> None:
    contacts: list[bool] = []
    async with unit_at("pty", contacts) as address:
        async with relay_at(address, lambda: None) as driver:
            await until(lambda: driver.closed is False)
            driver.beat()
            driver.close()
            await until(lambda: contacts == [False, True])
        assert driver.closed is None
        await until(lambda: contacts == [False, True, False])


async def test_a_port_that_is_not_there_yet_or_goes_away_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relay, "delays_s", lambda: iter([LOOK_S] * 1000))
    contacts: list[bool] = []
    async with unit_at("tcp:127.0.0.1:0", contacts) as address:
        place = "socket://127.0.0.1:1"
        opened = functools.partial(lambda: relay.open_port(place, relay.BAUD))
        async with RelayUnit(opened, lambda: None) as driver:
            await until(lambda: "cannot be opened" in caplog.text)
            driver.beat()
            assert driver.closed is None
            place = address
            await until(lambda: driver.closed is False)
            port = driver._port
            assert port is not None
            port._lost()  # type: ignore[attr-defined]
            await until(lambda: "went away" in caplog.text and driver.closed is False)


class Port:
    """One on which the test says what comes, whenever it likes."""

    def __init__(self) -> None:
        self.closed = False
        self.take: Callable[[bytes], None] = lambda _octets: None

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self.take = on_octets

    def write(self, octets: bytes) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


CLOSED = encode_status(Status(1, True, 7))


async def test_a_unit_that_falls_silent_is_not_seen_and_seen_again_when_it_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "LOOK_S", LOOK_S)
    port, news = Port(), list[bool | None]()
    clock = asyncio.get_running_loop().time
    async with RelayUnit(lambda: port, lambda: news.append(driver.closed)) as driver:
        await until(lambda: driver._port is port)
        said_at_s = clock()
        port.take(CLOSED)
        assert driver.closed is True
        await until(lambda: driver.closed is None)
        assert clock() - said_at_s >= relay.SILENT_S
        port.take(CLOSED)
        port.take(b"noise\r\n")
        assert driver.closed is True
        assert not port.closed
    assert news == [True, None, True, None]


async def test_a_unit_that_speaks_in_time_stays_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line counts anew: silence is what lies between two of them."""
    monkeypatch.setattr(relay, "LOOK_S", LOOK_S)
    port, news = Port(), list[bool | None]()
    async with RelayUnit(lambda: port, lambda: news.append(driver.closed)) as driver:
        await until(lambda: driver._port is port)
        ends_s = asyncio.get_running_loop().time() + 2 * relay.SILENT_S
        await until(lambda: asyncio.get_running_loop().time() > ends_s, lambda: port.take(CLOSED))
        assert news == [True]


async def test_a_port_on_which_nothing_is_said_for_long_is_opened_anew(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert relay.GONE_S == 10.0
    monkeypatch.setattr(relay, "GONE_S", 0.05)
    monkeypatch.setattr(relay, "LOOK_S", LOOK_S)
    monkeypatch.setattr(relay, "delays_s", lambda: iter([LOOK_S] * 1000))
    ports: list[Port] = []

    def opened() -> Port:
        ports.append(Port())
        return ports[-1]

    async with RelayUnit(opened, lambda: None) as driver:
        await until(lambda: len(ports) > 1)
        assert ports[0].closed
        assert "says nothing" in caplog.text
        assert driver.closed is None


class Line:
    """What came of an output line."""

    def __init__(self) -> None:
        self.levels: list[bool] = []
        self.released = False

    def set(self, high: bool) -> None:
        self.levels.append(high)

    def release(self) -> None:
        self.released = True


def gpio(now_s: list[float]) -> tuple[Line, list[bool], GpioRelay]:
    line, news = Line(), list[bool]()
    driver = GpioRelay(line, lambda: news.append(driver.closed), clock=lambda: now_s[0])
    return line, news, driver


def test_on_a_gpio_line_each_heartbeat_is_one_edge_but_only_after_close() -> None:
    now_s = [100.0]
    line, news, driver = gpio(now_s)
    driver.beat()
    driver.beat()
    assert (line.levels, driver.closed) == ([], False)
    driver.close()
    assert (line.levels, driver.closed) == ([], True)
    for _ in range(4):
        driver.beat()
    assert line.levels == [True, False, True, False]
    assert news == [True]


@pytest.mark.parametrize("beats", [1, 2])
def test_on_a_gpio_line_open_ends_the_edges_at_the_low_level(beats: int) -> None:
    line, news, driver = gpio([100.0])
    driver.beat()
    driver.close()
    for _ in range(beats):
        driver.beat()
    driver.open()
    count = len(line.levels)
    assert line.levels[-1] is False
    for _ in range(5):
        driver.beat()
    assert len(line.levels) == count
    assert news == [True, False]


async def test_on_a_gpio_line_silence_opens_and_it_stays_open() -> None:
    now_s = [100.0]
    line, news, driver = gpio(now_s)
    async with driver:
        driver.beat()
        driver.close()
        driver.beat()
        now_s[0] += HOLD_S
        await until(lambda: not driver.closed)
        driver.beat()
        assert line.levels == [True, False]
        driver.close()
        driver.beat()
        assert line.levels == [True, False, True]
    assert news == [False, True, False, True]
    assert line.released


def test_without_libgpiod_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(LinkError, match=r"needs libgpiod: install retrotread\[gpio\]"):
        relay_at("gpio:/dev/gpiochip0:17", lambda: None)


class FakeGpiod(types.ModuleType):
    """The few names of libgpiod 2 that are used, without a chip: this machine has none."""

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__("gpiod")
        self.calls: list[Any] = []
        self.fault = fault
        value = types.SimpleNamespace(ACTIVE="active", INACTIVE="inactive")
        direction = types.SimpleNamespace(OUTPUT="output")
        self.line = types.SimpleNamespace(Value=value, Direction=direction)

    def LineSettings(self, **settings: Any) -> dict[str, Any]:  # noqa: N802 - gpiod's name
        return settings

    def request_lines(self, path: str, consumer: str, config: Any) -> "FakeGpiod":
        self._fail()
        self.calls.append((path, consumer, config))
        return self

    def set_value(self, line: int, value: str) -> None:
        self._fail()
        self.calls.append((line, value))

    def release(self) -> None:
        self.calls.append("released")

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


def test_a_line_of_libgpiod_is_asked_for_as_a_low_output_and_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpiod = FakeGpiod()
    monkeypatch.setitem(sys.modules, "gpiod", gpiod)
    line = open_line("/dev/gpiochip0", 17)
    line.set(True)
    line.set(False)
    gpiod.fault = OSError("gone")
    line.set(True)
    line.release()
    asked = {17: {"direction": "output", "output_value": "inactive"}}
    assert gpiod.calls == [
        ("/dev/gpiochip0", "retrotread", asked),
        (17, "active"),
        (17, "inactive"),
        "released",
    ]


@pytest.mark.parametrize("fault", [OSError("busy"), ValueError("no such line")])
def test_a_line_that_cannot_be_had_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", FakeGpiod(fault))
    with pytest.raises(LinkError, match=r"Line 17 of /dev/gpiochip0 cannot be had"):
        relay_at("gpio:/dev/gpiochip0:17", lambda: None)


def test_nothing_loads_libgpiod_before_a_line_is_asked_for() -> None:
    assert gpio_relay.__name__ in sys.modules
    assert importlib.util.find_spec("gpiod") is None or "gpiod" not in sys.modules
