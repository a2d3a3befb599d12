"""A treadmill on a serial port: orders in by a one-slot mailbox, reports out.

Opening the port writes nothing but reads of the machine's state. Which octets to write, and when,
is the `Conversation`'s affair; this module hands them to the port at once and turns what comes
back, or does not, into a report. A port that takes no octets is evidence, never waited for.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from drivers.links import ByteLink, LinkError
from drivers.reconnect import delays_s
from drivers.treadmill import OnWire, unheard
from protocols.belt import BeltOrder, BeltReport
from protocols.conversation import Conversation
from protocols.value import replace

TICK_S = 0.05
"""The conversation is asked at least so often for what is due."""
SILENCE_S = 10.0
"""A port whose machine has said nothing for so long is opened anew: a network that swallows octets
looks like a machine that is switched off."""

_log = logging.getLogger(__name__)


class SerialTreadmill:
    """Keeps the port open while it is entered; owns and ends its task.

    `open_port` blocks and may raise `LinkError`; `converse` makes the conversation of one
    connection. `on_news` is called after every report, but for a write that failed: the next turn
    reads of it. `on_wire` gets ("out", octets) for each write and ("in", octets) for what arrives.
    """

    def __init__(
        self,
        open_port: Callable[[], ByteLink],
        converse: Callable[[], Conversation],
        on_news: Callable[[], None],
        on_wire: OnWire = unheard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_port = open_port
        self._converse = converse
        self._on_news = on_news
        self._on_wire = on_wire
        self._clock = clock
        self._order = BeltOrder()
        self._port: ByteLink | None = None
        self._conversation: Conversation | None = None
        self._heard_at_s = 0.0
        self._task: asyncio.Task[None] | None = None
        self.report = BeltReport()

    async def __aenter__(self) -> "SerialTreadmill":
        self._task = asyncio.create_task(self._keep_open())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def command(self, order: BeltOrder) -> None:
        """What the order makes due is with the port when this returns, and nothing was awaited."""
        self._order = order
        self._attempt(self._hand_over_what_is_due)

    async def _keep_open(self) -> None:
        delays = delays_s()
        while True:
            try:
                port = await asyncio.to_thread(self._open_port)
                if await self._serve(port):
                    delays = delays_s()
            except LinkError as error:
                _log.warning("%s", error)
            except Exception:
                _log.exception("The treadmill's port is given up, and tried again.")
            await asyncio.sleep(next(delays))

    async def _serve(self, port: ByteLink) -> bool:
        """Talk until the port goes away or the machine falls silent; whether it ever spoke."""
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            self._begin(port, lost)
            while not lost.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await asyncio.shield(lost)
                self._attempt(self._hand_over_what_is_due)
                if self._clock() - self._heard_at_s >= SILENCE_S and not lost.done():
                    lost.set_result("The treadmill says nothing: is it on, and its cable right?")
            _log.warning("%s", lost.result())
            return self.report.reported_at_s is not None
        finally:
            port.close()
            self._port = self._conversation = None
            self._tell(BeltReport())

    def _begin(self, port: ByteLink, lost: "asyncio.Future[str]") -> None:
        """Nothing of an earlier connection is kept."""

        def gone(sentence: str) -> None:
            if not lost.done():
                lost.set_result(sentence)

        self._heard_at_s = self._clock()
        self._conversation = self._converse()
        self._port = port
        port.start(self._take, gone)
        self._tell(self._conversation.noted(BeltReport(linked=True)))

    def _take(self, octets: bytes) -> None:
        self._attempt(lambda: self._hear(octets))
        self._attempt(self._hand_over_what_is_due)
        self._attempt(lambda: self._on_wire("in", octets))

    def _hear(self, octets: bytes) -> None:
        if self._conversation is not None:
            self._heard_at_s = self._clock()
            self._tell(self._conversation.hear(octets, self.report, self._heard_at_s))

    def _hand_over_what_is_due(self) -> None:
        port, conversation = self._port, self._conversation
        if port is None or conversation is None:
            return
        octets = conversation.next_write(self._order, self.report, self._clock())
        if octets is not None:
            self._hand_over(port, conversation, octets)
        self.report = conversation.noted(self.report)

    def _hand_over(self, port: ByteLink, conversation: Conversation, octets: bytes) -> None:
        """The write begins before it is recorded: a recorder wakes threads, which take the time."""
        if not port.write(octets):
            conversation.write_failed()
            self._note_failed_write()
        asyncio.get_running_loop().call_soon(self._attempt, lambda: self._on_wire("out", octets))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            _log.exception("A word with the treadmill failed; the next one is tried.")
            self._note_failed_write()

    def _note_failed_write(self) -> None:
        """No news: it may arise within `command`, and who is called would command again, for ever
        while the port takes nothing."""
        self.report = replace(self.report, write_failed_at_s=self._clock())

    def _tell(self, report: BeltReport) -> None:
        self.report = report
        self._on_news()
