"""What each word of control makes relay and alarm do."""

import pytest

from controller.guard.ladder import Ladder
from controller.guard.watch import LATCHED, MOVING, RESTING, STOPPING, UNVERIFIED


class Relay:
    sound = True

    def __init__(self, done: list[str]) -> None:
        self._done = done

    def beat(self, now_s: float) -> None:
        self._done.append(f"beat {now_s}")

    def open(self) -> None:
        self._done.append("open")

    def may_close(self, now_s: float) -> None:
        self._done.append(f"may close {now_s}")

    def look(self, now_s: float) -> None:
        self._done.append(f"look {now_s}")

    def close(self) -> None:
        self._done.append("close")


class Alarm:
    def __init__(self, done: list[str]) -> None:
        self._done = done
        self.sounding = False

    def begin(self, why: str, now_s: float) -> None:
        self.sounding = True
        self._done.append(f"alarm {now_s}: {why}")

    def once(self, now_s: float) -> None:
        self._done.append(f"once {now_s}")

    def keep_up(self, now_s: float) -> None:
        self._done.append(f"keep up {now_s}")

    def end(self) -> None:
        self.sounding = False
        self._done.append("end")

    def silence(self) -> None:
        self._done.append("silence")


class Rungs:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.relay, self.alarm = Relay(self.done), Alarm(self.done)
        self.ladder = Ladder(self.relay, self.alarm)  # type: ignore[arg-type]

    def after(self, *words: bytes) -> list[str]:
        """What the last of these words, said at 7 s, has led to."""
        for word in words:
            self.done.clear()
            self.ladder.turned(word, 7.0)
        return self.done


CLIMBED = ["open", "alarm 7.0: The stop could not be verified.", "once 7.0"]


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ((MOVING,), ["beat 7.0"]),
        ((RESTING,), ["beat 7.0", "end", "may close 7.0"]),
        ((STOPPING,), ["beat 7.0", "once 7.0"]),
        ((LATCHED,), ["beat 7.0", "end", "once 7.0"]),
        ((UNVERIFIED,), CLIMBED),
        ((STOPPING, STOPPING), ["beat 7.0"]),
        ((STOPPING, LATCHED), ["beat 7.0", "end"]),
        ((STOPPING, UNVERIFIED), CLIMBED[:2]),
        ((UNVERIFIED, UNVERIFIED), []),
        ((UNVERIFIED, LATCHED), ["beat 7.0", "end"]),
        ((LATCHED, RESTING), ["beat 7.0", "end", "may close 7.0"]),
        ((STOPPING, MOVING, STOPPING), ["beat 7.0", "once 7.0"]),
        ((UNVERIFIED, LATCHED, RESTING, MOVING, UNVERIFIED), CLIMBED),
        ((LATCHED, LATCHED), ["beat 7.0", "end"]),
        ((LATCHED, STOPPING), ["beat 7.0", "once 7.0"]),
        ((LATCHED, UNVERIFIED), CLIMBED),
        ((LATCHED, STOPPING, STOPPING), ["beat 7.0"]),
    ],
)
def test_each_word_leads_to_what_it_must(words: tuple[bytes, ...], done: list[str]) -> None:
    assert Rungs().after(*words) == done


def test_a_second_stop_out_of_a_latched_rest_is_heard_as_the_first_was() -> None:
    rungs = Rungs()
    for word in MOVING, STOPPING, STOPPING, LATCHED, LATCHED, STOPPING, LATCHED, RESTING:
        rungs.ladder.turned(word, 7.0)
    assert rungs.done.count("once 7.0") == 2


def test_a_control_that_is_lost_opens_the_relay_and_sounds_until_rest_is_seen() -> None:
    rungs = Rungs()
    rungs.ladder.lost()
    rungs.ladder.alarm("Lost.", 3.0)
    rungs.ladder.rested()
    assert rungs.done == ["open", "alarm 3.0: Lost.", "end"]


def test_between_words_both_are_looked_after_and_in_the_end_let_go() -> None:
    rungs = Rungs()
    rungs.ladder.look(4.0)
    rungs.ladder.close()
    assert rungs.done == ["look 4.0", "keep up 4.0", "close", "silence"]


@pytest.mark.parametrize("sound", [True, False])
def test_it_is_as_sound_as_its_relay(sound: bool) -> None:
    rungs = Rungs()
    rungs.relay.sound = sound
    assert rungs.ladder.sound is sound
