"""How many connections there may be: the newest is always let in, the idlest goes.

So nobody can hold all of them and keep a Stop out.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

PER_ADDRESS, IN_ALL = 64, 256
"""Connections without a WebSocket; a browser opens six, and a router may have twenty behind it."""
FIRST_REQUEST_S = 10.0
"""A connection that has not brought a whole request by then is closed."""


class Bounded(H11Protocol):
    """uvicorn's HTTP with a bound on idle connections, and on the time that one may stay idle."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since_s = self.loop.time()
        self.loop.call_later(FIRST_REQUEST_S, self._close_if_silent)
        idle = [each for each in self.connections if isinstance(each, Bounded) and each.idle]
        own = [each for each in idle if each.host == self.host]
        for crowd, most in ((own, PER_ADDRESS), (idle, IN_ALL)):
            if len(crowd) > most:
                min(crowd, key=lambda each: each.since_s).transport.abort()

    @property
    def host(self) -> str:
        return self.client[0] if self.client else ""

    @property
    def idle(self) -> bool:
        """No whole request of it is being answered."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def since_s(self) -> float:
        return self._since_s

    def _close_if_silent(self) -> None:
        # One that has become a WebSocket is no longer among them.
        if self in self.connections and (self.cycle is None or self.cycle.more_body):
            self.transport.abort()
