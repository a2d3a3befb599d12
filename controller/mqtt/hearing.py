"""What is done about each message: Stop at once, the rest only after judgement."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from controller.control_line import ControlLine
from controller.mqtt.answers import Answers
from controller.mqtt.arrival import Arrival
from controller.mqtt.commands import Judge
from controller.mqtt.messages import (
    Command,
    Lower,
    Reason,
    RequestProgram,
    RequestSpeed,
    RequestStart,
    Result,
)
from controller.mqtt.reading import request_id
from controller.mqtt.refusals import Refused
from controller.mqtt.requests import Requests
from controller.mqtt.sensors import Sensors
from controller.mqtt.stops import Stops

ROLE = "network"


@dataclass
class Hearing:
    """Takes every message of a device. Nothing here raises, whatever came."""

    judge: Judge
    sensors: Sensors
    stops: Stops
    requests: Requests
    answers: Answers
    line: ControlLine
    session_id: Callable[[], str | None]
    clock: Callable[[], float]
    programs: Collection[str]
    _retained_stop: bool = field(default=False, init=False)

    def connected(self) -> None:
        """A new connection: a Stop that the broker keeps may be obeyed once more."""
        self._retained_stop = False

    def stop(self, arrived: Arrival) -> None:
        """In any form. One that the broker kept counts once per connection: it can do no harm,
        but obeyed again and again it would let nobody walk."""
        if arrived.retained:
            again, self._retained_stop = self._retained_stop, True
            self.answers.event("retained_stop", topic=arrived.topic)
            if again:
                named = Refused(Reason.RETAINED, request_id=request_id(arrived.payload))
                self.answers.refused(arrived, "stop", named)
                return
        reply = self.answers.reply(arrived, "stop", request_id(arrived.payload))
        self.stops.press(reply)

    def command(self, verb: str, arrived: Arrival) -> None:
        try:
            command = self.judge.judge(
                verb,
                arrived.payload,
                retained=arrived.retained,
                session_id=self.session_id(),
                now_s=self.clock(),
            )
            self._obey(verb, command, arrived)
        except Refused as refused:
            self.answers.refused(arrived, verb, refused)

    def reading(self, sensor: str, arrived: Arrival) -> None:
        try:
            told = self.sensors.judge(
                sensor, arrived.payload, retained=arrived.retained, now_s=self.clock()
            )
        except Refused as refused:
            self.answers.reading_refused(sensor, arrived.topic, refused)
        else:
            self.line.reading(sensor, told)

    def _obey(self, verb: str, command: Command, arrived: Arrival) -> None:
        if verb.startswith("request_"):
            self._show(verb, command, arrived)
            return
        reply = self.answers.reply(arrived, verb, command.request_id)
        if isinstance(command, Lower):
            more = {} if command.to_mps is None else {"speed_mps": command.to_mps}
            self.line.ask("slower", ROLE, reply, **more)
        else:
            self.line.ask("pause", ROLE, reply)

    def _show(self, verb: str, command: Command, arrived: Arrival) -> None:
        """Put it before the supervisor. Raises: `Refused`."""
        assert isinstance(command, RequestStart | RequestSpeed | RequestProgram)  # noqa: S101
        key, program = command.request_id, getattr(command, "program", None)
        if not self.line.linked:
            raise Refused(Reason.CONTROL_AWAY, request_id=key)
        if program is not None and program not in self.programs:
            raise Refused(Reason.INVALID, "There is no such program.", key)
        ended = self.answers.ended(arrived, verb, key)
        speed_mps = getattr(command, "speed_mps", None)
        shown = self.requests.add(
            verb, command.client, command.valid_s, ended, speed_mps=speed_mps, program=program
        )
        if not shown:
            raise Refused(Reason.BUSY, "Enough requests wait for the supervisor already.", key)
        waiting = Result(verb=verb, request_id=key, outcome="waiting", expires_in_s=command.valid_s)
        self.answers.result(arrived, waiting)
        self.answers.event("request_made", request_id=key, topic=arrived.topic)
