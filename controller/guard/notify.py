"""What systemd is told: ready, alive, stopping. Without systemd, nothing."""

import contextlib
import socket

WATCHDOG_EVERY_S = 0.5


class Notifier:
    """`address` is $NOTIFY_SOCKET. Nothing here waits, nothing raises."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        self._alive_at_s = float("-inf")
        self._ready = False
        if self._socket is not None:
            self._socket.setblocking(False)

    def turned(self, now_s: float) -> None:
        """Control has completed a turn: this alone makes the service ready and keeps it alive."""
        if not self._ready:
            self._ready = True
            self._tell(b"READY=1")
        if now_s - self._alive_at_s >= WATCHDOG_EVERY_S:
            self._alive_at_s = now_s
            self._tell(b"WATCHDOG=1")

    def stopping(self) -> None:
        self._tell(b"STOPPING=1")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _tell(self, state: bytes) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(state, self._address)
