"""What the bridge says to those who spoke to it: results, refusals and events."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from controller.control_line import Answer, Reply
from controller.mqtt.arrival import Arrival
from controller.mqtt.messages import Event, EventType, Outcome, Reason, Result, SensorResult
from controller.mqtt.outbox import Post
from controller.mqtt.refusals import SENTENCES, Refused, Tally
from controller.mqtt.topics import SENSORS, VERBS, Topics

UNKNOWN = "unknown"
"""In the result topic of a verb or a sensor that there is not: a stranger's word makes none."""


@dataclass
class Answers:
    """Publishes through `put`, and of a Stop through `put_stop`; neither waits.

    Refusals are all counted, told in measure, and not told twice (quality 0): in a flood the
    broker's receipts come late, and what waits for one would stand before what matters.
    """

    topics: Topics
    put: Callable[[Post], None]
    put_stop: Callable[[Post], None]
    clock: Callable[[], float]
    session_id: Callable[[], str | None]
    tally: Tally = field(default_factory=Tally)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1), init=False)

    def event(self, event_type: EventType, **facts: Any) -> None:
        seq, session_id = next(self._numbers), self.session_id()
        event = Event(seq=seq, event_type=event_type, session_id=session_id, **facts)
        qos = 0 if event_type == "message_refused" else 1
        self.put(Post(self.topics.event, event.model_dump_json().encode(), qos))

    def result(self, arrived: Arrival, result: Result) -> None:
        """On the verb's own topic and, if the sender named one, on its response topic."""
        payload = result.model_dump_json().encode()
        verb = result.verb if result.verb in VERBS else UNKNOWN
        qos = 0 if result.outcome == "refused" else 1
        put = self.put_stop if verb == "stop" else self.put
        put(Post(self.topics.result(verb), payload, qos))
        topic = arrived.response_topic
        if topic is not None and self.topics.may_answer_on(topic):
            put(Post(topic, payload, qos, correlation=arrived.correlation))

    def refused(self, arrived: Arrival, verb: str, refused: Refused) -> None:
        if not self.tally.add(refused.reason, self.clock()):
            return
        reason, sentence, request_id = refused.reason, refused.sentence, refused.request_id
        shown = verb if verb in VERBS else UNKNOWN
        result = Result(
            verb=shown, request_id=request_id, outcome="refused", reason=reason, sentence=sentence
        )
        self.result(arrived, result)
        self._refusal(arrived.topic, reason, sentence, request_id)

    def reading_refused(self, sensor: str, topic: str, refused: Refused) -> None:
        if not self.tally.add(refused.reason, self.clock()):
            return
        reason, sentence = refused.reason, refused.sentence
        count = self.tally.counts[reason.value]
        told = SensorResult(sensor=sensor, reason=reason, sentence=sentence, count=count)
        name = sensor if sensor in SENSORS else UNKNOWN
        self.put(Post(self.topics.sensor_result(name), told.model_dump_json().encode()))
        self._refusal(topic, reason, sentence, None)

    def reply(self, arrived: Arrival, verb: str, request_id: str | None) -> Reply:
        """Tells the sender what control made of its command."""

        def reply(answer: Answer) -> None:
            if answer.accepted:
                done = Result(verb=verb, request_id=request_id, outcome="accepted")
                self.result(arrived, done)
                return
            reason = Reason.REFUSED if answer.reached else Reason.CONTROL_AWAY
            self.refused(arrived, verb, Refused(reason, answer.reason, request_id))

        return reply

    def ended(
        self, arrived: Arrival, verb: str, request_id: str
    ) -> Callable[[bool, Reason | None, str], None]:
        """Tells the sender how its request for a supervisor's tap has ended."""

        def ended(done: bool, reason: Reason | None, sentence: str) -> None:
            said = sentence or (SENTENCES[reason] if reason else "")
            outcome: Outcome = "accepted" if done else "refused"
            result = Result(
                verb=verb, request_id=request_id, outcome=outcome, reason=reason, sentence=said
            )
            self.result(arrived, result)
            happened: EventType = "request_accepted" if done else "request_ended"
            self.event(happened, request_id=request_id, reason=reason, sentence=said)

        return ended

    def _refusal(self, topic: str, reason: Reason, sentence: str, request_id: str | None) -> None:
        self.event(
            "message_refused",
            topic=topic[:128],
            reason=reason,
            sentence=sentence,
            request_id=request_id,
            count=self.tally.counts[reason.value],
        )
