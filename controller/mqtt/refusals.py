"""Why messages are refused: one sentence each, a count of each, and a bound on telling of them."""

from collections import Counter

from controller.mqtt.messages import COMMAND_LIMIT, Reason

SENTENCES: dict[Reason, str] = {
    Reason.OVERSIZED: f"The message is longer than {COMMAND_LIMIT} octets.",
    Reason.MALFORMED: "The message is not one JSON object in UTF-8.",
    Reason.UNKNOWN_KEY: "The message has a key that the contract does not know.",
    Reason.INVALID: "A key is missing or has a value that the contract does not allow.",
    Reason.UNKNOWN_VERB: "There is no such command over MQTT.",
    Reason.RETAINED: "The message was retained: nobody knows how old it is. Send it unretained.",
    Reason.WRONG_DEVICE: "The message names another device.",
    Reason.WRONG_SESSION: "The message names another session than the one that runs.",
    Reason.STALE: "The challenge is not of the last two seconds. Take it from the newest state.",
    Reason.DUPLICATE: "This request id was seen before. Every message needs a new one.",
    Reason.SEQUENCE: "The reading's sequence number did not move forward.",
    Reason.BUSY: "Too many messages at once. Send fewer.",
    Reason.NOT_ALLOWED: "The settings do not let this device hear that sensor.",
    Reason.CONTROL_AWAY: "The control process did not answer.",
    Reason.REFUSED: "It was refused.",
    Reason.DISMISSED: "The supervisor dismissed the request.",
    Reason.EXPIRED: "Nobody took up the request in time.",
    Reason.WITHDRAWN: "The session that the request was made for has stopped or changed.",
}


class Refused(Exception):  # noqa: N818 - a judgement on a message, not a fault
    """A message that is not obeyed. `request_id` is the sender's, if it could be read."""

    def __init__(self, reason: Reason, sentence: str = "", request_id: str | None = None) -> None:
        super().__init__(sentence or SENTENCES[reason])
        self.reason = reason
        self.request_id = request_id

    @property
    def sentence(self) -> str:
        return str(self)


class Allowance:
    """So many in a burst, and so many per second after it. Time is an argument."""

    def __init__(self, burst: int, per_s: float) -> None:
        self._left, self._burst, self._per_s = float(burst), burst, per_s
        self._at_s: float | None = None

    def take(self, now_s: float) -> bool:
        elapsed_s = 0.0 if self._at_s is None else max(0.0, now_s - self._at_s)
        self._at_s = now_s
        self._left = min(self._burst, self._left + elapsed_s * self._per_s)
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Tally:
    """Counts every refusal; says which of them may be published, so that a flood makes no other."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._telling = Allowance(burst=50, per_s=20)

    def add(self, reason: Reason, now_s: float) -> bool:
        """Count one; whether it may be told."""
        self.counts[reason.value] += 1
        return self._telling.take(now_s)
