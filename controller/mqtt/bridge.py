"""The bridge: joins the broker to control's hatch. It decides nothing about the belt.

It has its own place at the hatch and two or three connections to the broker, so that a flood of
one kind stands in nobody else's way: Stop on one, sensors on another, everything else on the last.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

from aiomqtt import Message

from controller.control_line import ControlLine
from controller.hatch import Message as Told
from controller.mqtt import picture
from controller.mqtt.answers import Answers
from controller.mqtt.arrival import Arrival, arrival
from controller.mqtt.commands import Judge
from controller.mqtt.connection import Connection, Line, Said
from controller.mqtt.discovery import Discovery
from controller.mqtt.hearing import Hearing
from controller.mqtt.messages import OFFLINE, ONLINE, Info
from controller.mqtt.nonce import VALID_S, Challenges
from controller.mqtt.outbox import Post
from controller.mqtt.picture import Picture
from controller.mqtt.requests import Requests
from controller.mqtt.sensors import Sensors
from controller.mqtt.stops import Stops
from controller.mqtt.topics import VERBS, Topics
from controller.programs.library import titles
from controller.setting_tables import MqttSettings
from controller.together import together

SOFTWARE = version("retrotread")
STATE_S = 0.5
TELEMETRY_S = 0.095
"""A tenth of a second, and what timers are early."""

_log = logging.getLogger(__name__)


class Bridge:
    """One device on one broker. `run` until cancelled; the console shows `requests`.

    `programs`: what may be asked for, titles by id; the built-in ones unless others are given.
    """

    def __init__(
        self,
        settings: MqttSettings,
        hatch: Path,
        title: str,
        console_url: str = "",
        programs: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._title = title
        self._programs = titles({}) if programs is None else dict(programs)
        self._topics = Topics(settings.device)
        self._discovery = Discovery(
            self._topics, title, SOFTWARE, console_url, settings.discovery_prefix
        )
        self._discovers = settings.discovery
        self._picture = Picture()
        self._told_at_s = float("-inf")
        self._seq = 0
        self._challenges = Challenges()
        self.line = ControlLine(hatch, self._take, self._linked)
        self.requests = Requests(clock, lambda: self._now().target_mps)
        self._answers = Answers(self._topics, self._put, self._put_stop, clock, self._session_id)
        self._sensors = Sensors(settings.allow_sensors, self._challenges)
        self._hearing = Hearing(
            Judge(settings.device, self._challenges),
            self._sensors,
            Stops(self.line, clock),
            self.requests,
            self._answers,
            self.line,
            self._session_id,
            clock,
            self._programs,
        )
        self._main, self._stop, *more = self._connections(settings)
        self._all = (self._main, self._stop, *more)

    def up(self) -> dict[str, bool]:
        """Which of its connections to the broker are up."""
        return {each.line.name or "device": each.up for each in self._all}

    async def run(self) -> None:
        connections = (connection.run() for connection in self._all)
        await together(self.line.run(), self._beat(), *connections)

    def _connections(self, settings: MqttSettings) -> list[Connection]:
        topics, offline = self._topics, Post(self._topics.status, OFFLINE.encode(), 1, True)
        birth = [(self._discovery.birth_topic, 1)] if self._discovers else []
        main = Line("", [(topics.command("+"), 1), *birth], "", self._greeting, offline)
        stop_topic = topics.command("stop")
        stop = Line("stop", [(stop_topic, 1)], stop_topic)
        joined, said, hear = partial(Connection, settings), Said(), self._guarded
        found = [
            joined(main, hear(self._on_main), said, self._up),
            joined(stop, hear(self._hearing.stop), said, self._hearing.connected),
        ]
        if settings.allow_sensors:
            # Quality 0: of readings only the newest counts, and none is worth a second sending.
            sensors = Line("sensors", [(topics.sensor("+"), 0)])
            found.append(joined(sensors, hear(self._on_sensor), said))
        return found

    def _guarded(self, take: Callable[[Arrival], None]) -> Callable[[Message], None]:
        """A mistake of ours about one message may not end the others."""

        def guarded(message: Message) -> None:
            try:
                take(arrival(message))
            except Exception:
                _log.exception("A message from the broker could not be handled.")

        return guarded

    def _on_main(self, arrived: Arrival) -> None:
        verb = self._topics.verb(arrived.topic)
        if verb == "stop":
            # It has a connection of its own, which a flood here does not touch.
            if not self._stop.up:
                self._hearing.stop(arrived)
        elif verb is not None:
            self._hearing.command(verb, arrived)
        elif self._discovery.is_birth(arrived.topic, arrived.payload):
            self._put(self._discovered())

    def _on_sensor(self, arrived: Arrival) -> None:
        name = self._topics.sensor_name(arrived.topic)
        if name is not None:
            self._hearing.reading(name, arrived)

    def _up(self) -> None:
        """What was said before this connection counts no more (S31)."""
        self._challenges.forget()
        self._sensors.forget()

    def _greeting(self) -> list[Post]:
        info = Info(
            device=self._topics.device,
            title=self._title,
            software=SOFTWARE,
            verbs=list(VERBS),
            programs=self._programs,
            challenge_valid_s=VALID_S,
        )
        kept = partial(Post, qos=1, retain=True)
        found = [kept(self._topics.info, info.model_dump_json().encode())]
        if self._discovers:
            found.append(self._discovered())
        return [*found, kept(self._topics.status, ONLINE.encode())]

    def _discovered(self) -> Post:
        return Post(self._discovery.topic, self._discovery.payload(), 1, True)

    def _put(self, post: Post) -> None:
        self._main.put(post)

    def _put_stop(self, post: Post) -> None:
        """On the connection that no flood of anything else holds up."""
        (self._stop if self._stop.up else self._main).put(post)

    def _now(self) -> Picture:
        return self._picture.fresh(self._clock())

    def _session_id(self) -> str | None:
        return self._now().session_id

    async def _beat(self) -> None:
        """Twice a second: a new challenge, and the state that carries it."""
        due_s = self._clock()
        while True:
            self.requests.expire()
            if self._main.up:
                self._tell_state(self._clock())
            due_s = max(due_s + STATE_S, self._clock())
            await asyncio.sleep(due_s - self._clock())

    def _tell_state(self, now_s: float) -> None:
        self._seq += 1
        challenge = self._challenges.issue(now_s)
        self._sensors.challenged(now_s)
        own = {
            "device": self._topics.device,
            "seq": self._seq,
            "challenge": challenge,
            "requests": len(self.requests),
            "sensor_latency_s": self._sensors.latencies_s(now_s),
            "refused": dict(self._answers.tally.counts),
            "dropped": sum(connection.dropped for connection in self._all),
        }
        state = self._now().state(**own)
        self._put(Post(self._topics.state, state.model_dump_json().encode()))

    def _take(self, message: Told) -> None:
        """Control spoke."""
        if message["kind"] == "commissioning":
            message = picture.measured(message)
        if message["kind"] != "telemetry":
            return
        now_s = self._clock()
        before, after = self._now(), Picture(message, now_s)
        if not after.sound:
            return
        self._picture = after
        if picture.other_session(before, after):
            self.requests.withdraw()
        happened = picture.event(before, after)
        if happened is not None:
            facts = {key: message.get(key) for key in ("sentence", "cause")}
            self._answers.event(happened, **facts)
        if now_s - self._told_at_s >= TELEMETRY_S:
            self._told_at_s = now_s
            self._seq += 1
            told = after.telemetry(self._seq)
            self._put(Post(self._topics.telemetry, told.model_dump_json().encode()))

    def _linked(self, linked: bool) -> None:
        self._answers.event("control_found" if linked else "control_lost")
