"""One pair of hands on two ways, each release stamped: a process of its own.

    python -m benchmarks.parts.both_ways BROKER_PORT DEVICE

A grip unit on a pty, and a sensor that publishes at a broker; one of them speaks, as it is told.
The first line on standard output is `ready` with the pty. Lines on standard input:

    wire, mqtt    who speaks from now on, 50 times a second
    hold          both rails, at once
    release       lets go, at once; told as `released` with `at_ns`, CLOCK_MONOTONIC just before the
                  octets were handed to the pty, or the reading to the MQTT client

The process ends with standard input.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
import tty

import aiomqtt

from controller.mqtt.messages import GripReading
from controller.mqtt.topics import Topics
from protocols.grip import GripFrame, encode

PERIOD_S = 0.02
WRAP = 0x10000
HELD = GripFrame(left_held=True, right_held=True, tether=True)
RELEASED = HELD._replace(left_held=False, right_held=False)


def say(event: str, **facts: object) -> None:
    os.write(sys.stdout.fileno(), json.dumps({"event": event, **facts}).encode() + b"\n")


class Hands:
    """What they do now, and the way on which it is told."""

    def __init__(self, broker: aiomqtt.Client, topics: Topics) -> None:
        self._broker = broker
        self._topics = topics
        self._ours, theirs = os.openpty()
        for end in (self._ours, theirs):
            tty.setraw(end)
        self.pty = os.ttyname(theirs)
        self._frame = HELD
        self._way = "wire"
        self._challenge: str | None = None

    async def keep_telling(self) -> None:
        while True:
            await self._tell()
            await asyncio.sleep(PERIOD_S)

    async def hear_challenges(self) -> None:
        """As a sensor must whose latency is to be known."""
        await self._broker.subscribe(self._topics.state)
        async for message in self._broker.messages:
            self._challenge = json.loads(bytes(message.payload))["challenge"]

    async def obey(self, line: str) -> None:
        if line in {"wire", "mqtt"}:
            self._way = line
        elif line == "hold":
            self._frame = HELD._replace(sequence=self._frame.sequence)
            await self._tell()
        elif line == "release":
            self._frame = RELEASED._replace(sequence=self._frame.sequence)
            say("released", at_ns=await self._tell())

    async def _tell(self) -> int:
        """One frame, at once; the stamp is taken last before it."""
        self._frame = self._frame._replace(sequence=(self._frame.sequence + 1) % WRAP)
        if self._way == "wire":
            octets = encode(self._frame)
            at_ns = time.monotonic_ns()
            os.write(self._ours, octets)
            return at_ns
        reading = self._reading().model_dump_json(exclude_none=True)
        at_ns = time.monotonic_ns()
        await self._broker.publish(self._topics.sensor("grip"), reading)
        return at_ns

    def _reading(self) -> GripReading:
        frame = self._frame
        return GripReading(
            sequence=frame.sequence,
            latency_probe=self._challenge,
            left=frame.left_held,
            right=frame.right_held,
            tether=frame.tether,
        )


async def serve(port: int, device: str) -> None:
    nodelay = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    version = aiomqtt.ProtocolVersion.V5
    client = aiomqtt.Client("127.0.0.1", port, protocol=version, socket_options=nodelay)
    async with client as broker:
        hands = Hands(broker, Topics(device))
        say("ready", grip=hands.pty)
        tasks = [
            asyncio.create_task(hands.keep_telling()),
            asyncio.create_task(hands.hear_challenges()),
        ]
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        async for line in reader:
            await hands.obey(line.decode().strip())
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
