"""Is this command fresh, whole and meant for us? Stop alone is never asked (S31, S32)."""

from dataclasses import dataclass, field

from controller.mqtt.messages import COMMANDS, Command, Reason
from controller.mqtt.nonce import VALID_S, Challenges
from controller.mqtt.reading import read
from controller.mqtt.refusals import Refused

REMEMBERED = 256
"""Request ids kept. One is needed only while its challenge is valid, so this is 128 a second."""


@dataclass
class Judge:
    """Judges what arrives under `cmd/` for one device."""

    device: str
    challenges: Challenges
    _seen: dict[str, float] = field(default_factory=dict, init=False)

    def judge(
        self, verb: str, payload: bytes, *, retained: bool, session_id: str | None, now_s: float
    ) -> Command:
        """The command to obey; `session_id` is of the session that runs, if any.

        Raises: `Refused`.
        """
        if verb not in COMMANDS:
            raise Refused(Reason.UNKNOWN_VERB)
        if retained:
            raise Refused(Reason.RETAINED)
        command = read(COMMANDS[verb], payload)
        reason = self._unfit(command, session_id, now_s)
        if reason is not None:
            raise Refused(reason, request_id=command.request_id)
        self._seen[command.request_id] = now_s
        return command

    def _unfit(self, command: Command, session_id: str | None, now_s: float) -> Reason | None:
        self._forget(now_s)
        tests = (
            (command.device == self.device, Reason.WRONG_DEVICE),
            (command.request_id not in self._seen, Reason.DUPLICATE),
            (self.challenges.valid(command.challenge, now_s), Reason.STALE),
            (command.session_id == session_id, Reason.WRONG_SESSION),
            (len(self._seen) < REMEMBERED, Reason.BUSY),
        )
        return next((reason for fit, reason in tests if not fit), None)

    def _forget(self, now_s: float) -> None:
        """Ids older than any challenge: a replay of theirs is stale anyway."""
        kept = {key: at_s for key, at_s in self._seen.items() if now_s - at_s <= 2 * VALID_S}
        self._seen = kept
