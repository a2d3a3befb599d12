"""Console pages without a browser: they sign in, take all telemetry and answer each pulse.

    python -m benchmarks.parts.pages URL PIN COUNT

Says `ready` once every page has had telemetry; ends with standard input.
"""

import asyncio
import json
import os
import sys
import threading
import urllib.request
from typing import Any

from websockets.asyncio.client import connect

PAGES_PER_TABLET = 10
"""The console takes no more than 16 from one address."""
SEEN = json.dumps({"kind": "pulse", "seen": True})


def signed_in(url: str, pin: str) -> str:
    """The session cookie that the PIN buys."""
    request = urllib.request.Request(  # noqa: S310 - the desk's own address
        f"{url}api/sign-in",
        data=json.dumps({"pin": pin}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310
        cookie: str = response.headers["Set-Cookie"]
    return cookie.partition(";")[0]


async def page(url: str, cookie: str, told: asyncio.Event, tablet: int) -> None:
    """One page, open for ever; several tablets have an address each."""
    address = url.replace("http", "ws", 1) + "ws"
    options: dict[str, Any] = {"local_addr": (f"127.0.0.{tablet + 1}", 0)} if tablet else {}
    headers = {"Cookie": cookie}
    async with connect(address, additional_headers=headers, proxy=None, **options) as socket:
        async for text in socket:
            kind = json.loads(text)["kind"]
            if kind == "pulse":
                await socket.send(SEEN)
            elif kind == "telemetry":
                told.set()


async def open_all(url: str, pin: str, count: int) -> None:
    cookie = signed_in(url, pin)
    told = [asyncio.Event() for _ in range(count)]
    async with asyncio.TaskGroup() as group:
        for number, each in enumerate(told):
            group.create_task(page(url, cookie, each, number // PAGES_PER_TABLET))
        for each in told:
            await each.wait()
        print(json.dumps({"event": "ready", "pages": count}), flush=True)


def main() -> None:
    url, pin, count = sys.argv[1:]
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(open_all(url, pin, int(count)))


def _end_with_parent() -> None:
    while os.read(0, 64):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
