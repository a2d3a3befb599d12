"""What all pages share: the line to control, who is signed in, what control last said."""

import asyncio
import functools
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from controller.control_line import Answer, ControlLine
from controller.hatch import Message
from controller.programs.library import Sheets, built_in
from controller.records.archive import ArchiveError
from controller.records.attendant import Attendant
from controller.session import authority
from controller.session.commands import Role, Verb
from controller.web import messages
from controller.web.course import Course
from controller.web.entries import SignedIn, State
from controller.web.inbox import Empty, Inbox
from controller.web.measuring import Measuring
from controller.web.messages import Command, Outcome, Reply, Tap, Telemetry
from controller.web.metrics import Metrics
from controller.web.pages import Page, Pages
from controller.web.rates import Rates
from controller.web.reception import Reception
from controller.web.room import Room
from controller.web.scanning import Scanner
from controller.web.visiting import Visiting

PULSE_S = 0.5
PULSES_PER_PRESENCE = 2
NO_REQUEST = "This request waits no more: it was taken up, withdrawn, or too old."
FRESH_S = 1.0
"""Control speaks ten times a second; what is older says nothing of now."""
BUSY = (
    "A look for devices takes radio time from the treadmill: it needs a belt at rest and no "
    "session under way."
)
SIGN_IN_FIRST = "Sign in with the PIN first. Stop works without it."


class Console:
    """The desk's web side without its web server: everything that a route or a page needs."""

    def __init__(
        self,
        title: str,
        hatch: Path,
        reception: Reception,
        inbox: Inbox | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        secure: bool = False,
        attendant: Attendant | None = None,
        room: Room | None = None,
        own: Sheets | None = None,
        data_dir: Path = Path(),
    ) -> None:
        self.title = title
        self.reception = reception
        self.clock = clock
        self.secure = secure
        self.line = ControlLine(hatch, self._take, self._link_changed)
        self.pages = Pages()
        self.rates = Rates()
        self.course = Course()
        self.data_dir = data_dir
        self.sheets = built_in() | (own or {})
        self.visiting = Visiting(attendant, self._show_visit, self.sheets)
        self.scanner = Scanner(self._busy)
        self.measuring = Measuring(clock)
        self._room = room
        self._inbox = Empty() if inbox is None else inbox
        self._inbox.watch(self._tell_requests)
        self.metrics = Metrics(clock, lambda: self.line.linked, lambda: len(self.pages))
        self._latest: Telemetry | None = None
        self._heard_at_s: float | None = None

    @property
    def cookie(self) -> str:
        """Its name. Over TLS the prefix keeps neighbours on the same host from planting one."""
        return "__Host-retrotread" if self.secure else "retrotread"

    @property
    def sessions(self) -> Path:
        """The folder of control's records."""
        return self.data_dir / "sessions"

    def role(self, token: str | None, verb: Verb = Verb.STOP) -> Role:
        """In which somebody asks for that."""
        user = self.reception.who(token)
        return Role.ANYONE if user is None else user.role_for(verb)

    def carry(self, page: Page, command: Command) -> None:
        """Take one tap to control; the answer goes to its page. Only what stops needs no sign-in:
        of a report, control takes a symptom from anybody, and nothing more."""
        verb = Verb(command.verb)
        role = self.role(page.token, verb)
        free = verb is Verb.STOP or command.only_stops
        reason = "" if free else self._refusal(page, role, verb, command)
        if verb is Verb.ARM:
            reason = reason or self.visiting.withholds()
        if verb is Verb.COMMISSION:
            reason = reason or self.visiting.occupied()
        if reason:
            _answer(page, command.id, Answer(False, reason))
            return
        more = command.more | (self.visiting.arming() if verb is Verb.ARM else {})
        self.line.ask(verb.value, role.value, functools.partial(self._heard, page, command), **more)

    def _heard(self, page: Page, command: Command, answer: Answer) -> None:
        _answer(page, command.id, answer)
        if answer.accepted and command.told is not None:
            self.visiting.note(command.told)

    def reply(self, page: Page, reply: Reply) -> None:
        """An engineer's answer to what a commissioner asks."""
        role = self.role(page.token, Verb.COMMISSION)
        reason = self._refusal(page, role, Verb.COMMISSION, reply)
        if reason:
            _answer(page, reply.id, Answer(False, reason))
            return
        take = functools.partial(_answer, page, reply.id)
        self.line.ask("answer", role.value, take, step=reply.step, yes=reply.yes)

    def _refusal(self, page: Page, role: Role, verb: Verb, asked: Command | Tap | Reply) -> str:
        """Why the desk does not pass this on; control asks the same table once more."""
        if role is Role.ANYONE:
            return SIGN_IN_FIRST
        late = page.challenge.refusal
        return authority.refusal(verb, role) or late(asked.nonce, asked.id, self.clock())

    def tap(self, page: Page, tap: Tap) -> None:
        """Accept or dismiss a request. Accepted, it is the supervisor's own command, once."""
        reason = self._refusal(page, self.role(page.token), Verb.FASTER, tap)
        if reason:
            _answer(page, tap.id, Answer(False, reason))
        elif tap.accept:
            self._accept(page, tap)
        else:
            done = self._inbox.dismiss(tap.request)
            _answer(page, tap.id, Answer(done, "" if done else NO_REQUEST))

    def _accept(self, page: Page, tap: Tap) -> None:
        accepted = self._inbox.accept(tap.request)
        if accepted is None:
            _answer(page, tap.id, Answer(False, NO_REQUEST))
            return

        def reply(answer: Answer) -> None:
            accepted.settled(answer.accepted, answer.reason)
            _answer(page, tap.id, answer)

        more = {**accepted.more, **_confirmed(tap.orientation)}
        self.line.ask(accepted.verb, Role.SUPERVISOR.value, reply, **more)

    def greet(self, page: Page) -> None:
        """Everything that a page must know when it comes, or comes back."""
        page.offer(messages.hello(self.title))
        self.pulse(page)
        page.offer(messages.requests(self._inbox.rows()))
        page.offer(self._story())
        if self.measuring.shown is not None:
            page.offer(self.measuring.shown.model_dump_json())
        page.offer(self.visiting.shown if self._knows(page) else messages.visit(None))

    def _show_visit(self, text: str) -> None:
        """To signed-in pages alone: who walks is nobody else's to know."""
        for page in self.pages:
            if self._knows(page):
                page.offer(text)

    def _knows(self, page: Page) -> bool:
        return self.role(page.token) is not Role.ANYONE

    def the_room(self) -> Room:
        """Raises: `ArchiveError` where this desk was not told its treadmill."""
        if self._room is None:
            raise ArchiveError("This console was not told which treadmill it serves.")
        return self._room

    def _busy(self) -> str:
        """Why the radio is not free; "" while nothing is under way. Without a link there is nobody
        to take time from."""
        now = self._latest
        heard = self._heard_at_s is not None and self.clock() - self._heard_at_s <= FRESH_S
        if now is None or not heard or now.state != "idle":
            return BUSY
        return BUSY if now.belt.linked and not now.belt.at_rest else ""

    def _tell_requests(self) -> None:
        self.pages.publish(messages.requests(self._inbox.rows()))

    def seen(self, page: Page) -> None:
        """The page answered a pulse while on screen."""
        page.seen_at_s = self.clock()
        self.reception.seen(page.token)

    def pulse(self, page: Page) -> None:
        user, nonce = self.reception.who(page.token), page.challenge.nonce(self.clock())
        page.offer(messages.pulse(user, control=self.line.linked, nonce=nonce))

    def state(self, token: str | None) -> State:
        age_s = None if self._heard_at_s is None else self.clock() - self._heard_at_s
        user = self.reception.who(token)
        return State(
            title=self.title,
            signed_in=user is not None,
            user=SignedIn.of(user) if user else None,
            control=self.line.linked,
            age_s=age_s,
            telemetry=self._latest,
            commissioning=self.measuring.shown,
        )

    def room(self, page: Page) -> bool:
        """Whether one more page may be opened."""
        who = self.reception.who
        return self.pages.room(
            page.address, who(page.token) is not None, lambda token: who(token) is not None
        )

    async def attend(self) -> None:
        """Pulse every page; while a supervisor's is alive, tell control so. Until cancelled."""
        beat = 0
        while True:
            for page in self.pages:
                self.pulse(page)
            if self._inbox.rows():
                self._tell_requests()
            beat = (beat + 1) % PULSES_PER_PRESENCE
            if beat == 0 and self.pages.supervised(self.clock(), self.reception.supervises):
                self.line.presence()
            if self.measuring.goes_on:
                self._attend_to_it()
            await asyncio.sleep(PULSE_S)

    def _attend_to_it(self) -> None:
        """A commissioning goes on for as long as an engineer's page is alive."""
        if self.pages.supervised(self.clock(), self.reception.engineers):
            self.line.attended()

    def _take(self, message: Message) -> None:
        if message["kind"] == "event":
            self.pages.publish(json.dumps(message))
            return
        if message["kind"] == "commissioning":
            told = self.measuring.take(message)
            if told is not None:
                self.pages.publish(told)
            return
        telemetry = messages.telemetry(message) if message["kind"] == "telemetry" else None
        if telemetry is not None:
            self._latest = telemetry
            self.measuring.ended()
            self.metrics.hear(message)
            self._heard_at_s = self.clock()
            self.pages.publish(telemetry.model_dump_json())
            self._follow(telemetry)

    def _follow(self, telemetry: Telemetry) -> None:
        mark, told = self.course.take(telemetry)
        if mark is not None:
            self.pages.publish(messages.mark(asdict(mark)))
        if told:
            self.pages.publish(self._story())

    def _story(self) -> str:
        return messages.story([asdict(step) for step in self.course.story])

    def _link_changed(self, _linked: bool) -> None:
        for page in self.pages:
            self.pulse(page)


def _confirmed(orientation: str | None) -> dict[str, object]:
    """What the supervisor's tap says of how the patient walks, for control."""
    return {} if orientation is None else {"orientation": orientation}


def _answer(page: Page, key: str, answer: Answer) -> None:
    page.offer(messages.answer(key, Outcome(accepted=answer.accepted, reason=answer.reason)))
