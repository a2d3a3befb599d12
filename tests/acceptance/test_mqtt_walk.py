"""A walk with the whole service while its broker is flooded, killed or frozen."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.cli.broker import program
from controller.cli.simulated import DEVICE, Service, service
from controller.cli.supervisor import Supervisor, supervisor, walker_proves_the_sensors
from controller.mqtt.topics import Topics
from tests.controller.mqtt.integrator import Integrator, integrator
from tests.mosquitto import free_port

pytestmark = pytest.mark.alone

TOPICS = Topics(DEVICE)
FLOODER = Path(__file__).parent / "flooder.py"
RATE, FLOOD_S = 10_000, 10
STOP_S = 0.1
BACK_S = 2.0
LATE = "This computer is busy: no increase."


@dataclass
class Broker:
    """Mosquitto, to be killed and frozen."""

    config: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        found = program()
        assert found, "The tests need Mosquitto: make system"
        self.process = await asyncio.create_subprocess_exec(found, "-c", str(self.config))

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)


@dataclass
class Walk:
    """Somebody walks; `person` supervises, `broker` is at our mercy."""

    running: Service
    person: Supervisor
    broker: Broker

    async def watched_for(self, seconds: float) -> None:
        """The walk goes on as it was for so long, every turn in time."""
        until_s = self.person.now["time_s"] + seconds
        target_mps = self.person.now["target_mps"]

        def troubled(now: dict[str, object]) -> bool:
            still = now["state"] == "walking" and now["target_mps"] == target_mps
            return not still or LATE in now["warnings"]

        now = await self.person.until(
            lambda now: troubled(now) or now["time_s"] >= until_s, seconds + 20, "no news came"
        )
        assert not troubled(now), (now["sentence"], now["warnings"])


@pytest.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    broker = Broker(tmp_path / "mosquitto.conf", free_port())
    lines = (f"listener {broker.port} 127.0.0.1", "allow_anonymous true", "user root")
    broker.config.write_text("\n".join((*lines, "set_tcp_nodelay true", "log_type error", "")))
    await broker.start()
    options = {"machine": "ftms", "fault": "none", "data_dir": tmp_path, "mqtt_port": broker.port}
    try:
        async with (
            service(port=free_port(), **options) as running,
            supervisor(running.hatch) as person,
        ):
            await walker_proves_the_sensors(person, running.bench)
            for verb in ("arm", "start"):
                await person.until(lambda now, verb=verb: verb in now["may"], 20, verb)
                await person.command(verb)
            await person.until(lambda now: now["set_point_mps"] >= now["target_mps"], 20, "slow")
            yield Walk(running, person, broker)
    finally:
        with contextlib.suppress(ProcessLookupError):
            await broker.kill()


async def stopped(walk: Walk, asking: Integrator) -> float:
    """Seconds from a Stop over MQTT to its result."""
    clock = asyncio.get_running_loop().time
    began_s = clock()
    await asking.publish(TOPICS.command("stop"), b"", qos=0)
    assert (await asking.next(TOPICS.result("stop")))["outcome"] == "accepted"
    took_s = clock() - began_s
    await walk.person.until(lambda now: now["cause"] == "stop_pressed", 5, "Stop was not obeyed")
    return took_s


async def test_a_flood_delays_neither_a_turn_nor_a_stop(walk: Walk) -> None:
    async with integrator(walk.broker.port, DEVICE, quiet=True) as asking:
        arguments = (walk.broker.port, TOPICS.command("pause"), RATE, FLOOD_S + 2)
        flooder = await asyncio.create_subprocess_exec(
            sys.executable, str(FLOODER), *map(str, arguments)
        )
        await walk.watched_for(FLOOD_S)
        assert await stopped(walk, asking) <= STOP_S
        assert flooder.returncode is None
        flooder.kill()
        await flooder.wait()
        state = await asking.fresh_state()
        assert state["refused"].keys() <= {"invalid", "wrong_session", "stale", "malformed"}
        assert sum(state["refused"].values()) + state["dropped"] > RATE


async def test_a_broker_killed_in_mid_walk_changes_nothing_and_state_is_back_at_once(
    walk: Walk,
) -> None:
    await walk.broker.kill()
    await walk.watched_for(2)
    await walk.broker.start()
    began_s = asyncio.get_running_loop().time()
    async with integrator_when_up(walk.broker.port) as asking:
        assert asyncio.get_running_loop().time() - began_s <= BACK_S
        await walk.watched_for(1)
        assert asking.state["state"] == "walking"
        await stopped(walk, asking)


async def test_a_broker_frozen_in_mid_walk_changes_nothing(walk: Walk) -> None:
    walk.broker.signal(signal.SIGSTOP)
    await walk.watched_for(12)
    walk.broker.signal(signal.SIGCONT)
    async with integrator(walk.broker.port, DEVICE) as asking:
        assert asking.state["state"] == "walking"
        await stopped(walk, asking)


async def test_a_pause_over_mqtt_ends_the_walk_without_a_latch(walk: Walk) -> None:
    async with integrator(walk.broker.port, DEVICE) as asking:
        result = await asking.result(await asking.send("pause"))
        assert result["outcome"] == "accepted"
        now = await walk.person.until(lambda now: now["state"] == "idle", 20, "no rest")
        assert (now["cause"], now["sentence"]) == (None, "The session was paused.")


@contextlib.asynccontextmanager
async def integrator_when_up(port: int) -> AsyncIterator[Integrator]:
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.01)
    async with integrator(port, DEVICE) as found:
        yield found
