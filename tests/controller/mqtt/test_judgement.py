"""Challenges, latencies, sequences, stops and requests: on a hand-moved clock."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiomqtt import Message

from controller.control_line import Answer, ControlLine
from controller.mqtt.commands import REMEMBERED, Judge
from controller.mqtt.intake import BACKLOG, STOPS, Intake
from controller.mqtt.latency import Latency
from controller.mqtt.messages import Reason
from controller.mqtt.nonce import VALID_S, Challenges
from controller.mqtt.outbox import BACKLOG as POSTS
from controller.mqtt.outbox import Outbox, Post
from controller.mqtt.refusals import SENTENCES, Allowance, Refused
from controller.mqtt.requests import Requests
from controller.mqtt.sensors import RESTART_S, Sensors
from controller.mqtt.stops import SPACING_S, Stops
from controller.setting_tables import MqttSettings
from controller.settings import SettingsError, parse


def test_a_challenge_is_good_for_two_seconds_and_not_before_it_was_issued() -> None:
    challenges = Challenges()
    first = challenges.issue(10.0)
    assert challenges.valid(first, 10.0 + VALID_S)
    assert not challenges.valid(first, 10.01 + VALID_S)
    assert not challenges.valid(first, 9.9)
    assert not challenges.valid("", 10.0)
    challenges.forget()
    assert not challenges.valid(first, 10.0)


def judged(judge: Judge, key: str, challenge: str, now_s: float) -> Reason | None:
    payload = f'{{"request_id": "{key}", "device": "d", "challenge": "{challenge}"}}'.encode()
    try:
        judge.judge("pause", payload, retained=False, session_id=None, now_s=now_s)
    except Refused as refused:
        return refused.reason
    return None


def test_no_more_ids_are_kept_than_are_needed() -> None:
    challenges = Challenges()
    judge = Judge("d", challenges)
    challenge = challenges.issue(0.0)
    found = [judged(judge, str(number), challenge, 0.0) for number in range(REMEMBERED + 1)]
    assert set(found[:-1]) == {None}
    assert found[-1] is Reason.BUSY
    later = challenges.issue(9.0)
    assert judged(judge, "new", later, 9.0) is None
    assert judged(judge, "new", later, 9.5) is Reason.DUPLICATE


def test_a_latency_is_the_first_return_of_a_challenge_or_the_age_of_one_that_is_out() -> None:
    latency = Latency()
    assert latency.round_trip_s(0.0) is None
    latency.issued(1.0)
    assert latency.round_trip_s(5.0) is None
    latency.issued(1.5)
    latency.echoed(1.5, 1.53)
    latency.echoed(1.5, 9.0)
    latency.echoed(1.0, 9.0)
    assert latency.round_trip_s(9.0) == pytest.approx(0.03)
    latency.issued(10.0)
    assert latency.round_trip_s(10.4) == pytest.approx(0.4)


def reading(sequence: int) -> bytes:
    return f'{{"sequence": {sequence}, "fall": false}}'.encode()


def why(sensors: Sensors, name: str, payload: bytes, now_s: float) -> Reason | None:
    try:
        sensors.judge(name, payload, retained=False, now_s=now_s)
    except Refused as refused:
        return refused.reason
    return None


def test_a_sequence_moves_forward_wraps_and_may_begin_anew_after_silence() -> None:
    sensors = Sensors(["fall"], Challenges())
    assert why(sensors, "fall", reading(65535), 0.0) is None
    assert why(sensors, "fall", reading(0), 0.1) is None
    assert why(sensors, "fall", reading(0), 0.2) is Reason.SEQUENCE
    assert why(sensors, "fall", reading(65000), 0.3) is Reason.SEQUENCE
    assert why(sensors, "fall", reading(65000), 0.1 + RESTART_S) is None


def test_a_sensor_that_floods_or_is_not_allowed_is_refused() -> None:
    sensors = Sensors(["fall"], Challenges())
    found = [why(sensors, "fall", reading(number), 0.0) for number in range(60)]
    assert found.count(Reason.BUSY) == 10
    assert why(sensors, "grip", b"{}", 0.0) is Reason.NOT_ALLOWED


def test_an_allowance_comes_back_with_time() -> None:
    allowance = Allowance(burst=2, per_s=10.0)
    assert [allowance.take(0.0) for _ in range(3)] == [True, True, False]
    assert allowance.take(0.1)


def message(topic: str, payload: bytes = b"") -> Message:
    return Message(topic, payload, 0, False, 0, None)


def test_a_flood_pushes_out_the_oldest_and_never_a_stop() -> None:
    intake = Intake("stop")
    intake.put_nowait(message("stop"))
    for number in range(BACKLOG + 5):
        intake.put_nowait(message("x", str(number).encode()))
    assert (intake.qsize(), intake.dropped) == (BACKLOG + 1, 5)
    assert intake.get_nowait().topic.value == "stop"
    assert intake.get_nowait().payload == b"5"
    for _ in range(STOPS + 1):
        intake.put_nowait(message("stop"))
    assert intake.dropped == 6


async def test_an_outbox_keeps_the_newest() -> None:
    outbox, published = Outbox(), list[Post]()
    for number in range(POSTS + 1):
        outbox.put(Post(str(number), b""))

    async def publish(post: Post) -> None:
        published.append(post)
        if len(published) == POSTS:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await outbox.pump(publish)
    assert outbox.dropped == 1
    assert published[0].topic == "1"


class Line(ControlLine):
    """Counts what is asked."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), lambda _: None, lambda _: None)
        self.asked: list[Callable[[Answer], None]] = []

    def ask(
        self, verb: str, role: str, reply: Callable[[Answer], None], **_more: str | float
    ) -> None:
        assert (verb, role) == ("stop", "network")
        self.asked.append(reply)


async def test_every_stop_is_asked_for_after_it_came_at_most_once_a_turn() -> None:
    line, now_s, told = Line(), 10.0, list[Answer]()
    stops = Stops(line, lambda: now_s)
    for _ in range(1000):
        stops.press(told.append)
    assert len(line.asked) == 1
    line.asked[0](Answer(True))
    assert len(told) == 1
    await asyncio.sleep(2 * SPACING_S)
    assert len(line.asked) == 2
    line.asked[1](Answer(True))
    assert len(told) == 65


def test_a_request_can_be_taken_up_once() -> None:
    ended = list[tuple[bool, Reason | None, str]]()
    requests = Requests(lambda: 0.0, lambda: 0.3)

    def note(done: bool, reason: Reason | None, sentence: str) -> None:
        ended.append((done, reason, sentence))

    requests.add("request_speed", "c", 60.0, note, speed_mps=0.2)
    requests.add("request_program", "c", 60.0, note, program="demo")
    slower, arm = requests.accept("1"), requests.accept("2")
    assert slower is not None
    assert arm is not None
    assert (slower.verb, slower.more) == ("slower", {"speed_mps": 0.2})
    assert (arm.verb, arm.more) == ("arm", {"program": "demo"})
    slower.settled(False, "Nobody is walking.")
    arm.settled(True, "")
    assert ended == [(False, Reason.REFUSED, "Nobody is walking."), (True, None, "")]
    assert requests.accept("1") is None
    assert not requests.dismiss("1")


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


@pytest.mark.parametrize("host", ["192.168.1.5", "broker.example", "::2"])
def test_a_broker_beyond_this_computer_is_spoken_to_over_tls(host: str) -> None:
    assert MqttSettings(host=host).tls
    assert MqttSettings(host=host).broker_port == 8883


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_a_broker_on_this_computer_may_do_without(host: str) -> None:
    assert not MqttSettings(host=host).tls
    assert MqttSettings(host=host).broker_port == 1883


def test_a_grip_unit_on_the_broker_needs_a_broker_that_it_may_speak_on() -> None:
    table = {"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:mqtt"}
    with pytest.raises(SettingsError, match="allow_sensors"):
        parse({**table, "mqtt": {}})
    with pytest.raises(SettingsError, match=r"no setting mqtt\.hst. Did you mean host"):
        parse({**table, "mqtt": {"hst": "x"}})
    assert parse({**table, "mqtt": {"allow_sensors": ["grip"]}}).mqtt is not None
