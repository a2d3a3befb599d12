"""A desk on a stage: the real desk process, with a scripted stand-in where control will be."""

import asyncio
import atexit
import contextlib
import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings
from websockets.asyncio.client import ClientConnection, connect

from controller.hatch import Hatch, Message, Peer
from controller.web import pins

settings.register_profile("retrotread", deadline=None)
settings.load_profile("retrotread")

LONG = (
    "tests/safety/test_mutation.py",
    "tests/safety/test_walk.py",
    "tests/safety/test_stack_matrix.py",
    "tests/safety/test_stack_walks.py",
    "tests/controller/guard/whole/",
    "tests/simulators/test_faults.py",
    "tests/drivers/test_ble_link.py",
)
"""Files that take minutes: begun first, so that nobody waits for the last one."""

NURSERY = str(Path(__file__).with_name("nursery.py"))
AT_THE_END = contextlib.ExitStack()
atexit.register(AT_THE_END.close)
WAIT_S = 20.0
"""For a machine that is busy with other things; nothing here takes a second by itself."""
TELEMETRY_S = 0.05


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def telemetry(**changes: Any) -> Message:
    """A quiet walk at 0.40 m/s under a cap of 1 mph, changed as asked."""
    return {
        "kind": "telemetry",
        "seq": 1,
        "time_s": asyncio.get_running_loop().time(),
        "state": "walking",
        "sentence": "Walking.",
        "cause": None,
        "clears": "",
        "missing": [],
        "may": ["stop", "slower", "faster", "present"],
        "warnings": [],
        "belt": {"linked": True, "speed_mps": 0.4, "age_s": 0.2, "at_rest": False},
        "set_point_mps": 0.402,
        "target_mps": 0.447,
        "cap_mps": 0.44704,
        "cap_source": "first three sessions",
        "grip": {
            "left": True,
            "right": True,
            "age_s": 0.03,
            "proven": True,
            "tether": True,
            "battery_pct": 87,
        },
        "pull_key": False,
        "program": "Free walk",
        "orientation": "turned",
        "session_id": None,
        "walked_s": 83.0,
        "distance_m": 31.0,
        "confirm_in_s": 42.0,
        **changes,
    }


class ScriptedControl:
    """Control's end of the hatch, doing as the test says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commands: asyncio.Queue[Message] = asyncio.Queue()
        self.presences: asyncio.Queue[Message] = asyncio.Queue()
        self.attended: asyncio.Queue[Message] = asyncio.Queue()
        self.readings: asyncio.Queue[Message] = asyncio.Queue()
        self.refusals: dict[str, str] = {}
        self.mute = False
        self.changes: dict[str, Any] = {}
        self.linked = asyncio.Event()
        self._stack = contextlib.AsyncExitStack()
        self._hatch: Hatch | None = None
        self._talk: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._hatch = await self._stack.enter_async_context(Hatch(self.path, self._take))

    async def close(self) -> None:
        if self._talk is not None:
            self._talk.cancel()
        await self._stack.aclose()
        self._hatch = None

    def say(self, **changes: Any) -> None:
        """Publish one telemetry message."""
        if self._hatch is not None:
            self._hatch.publish(telemetry(**changes))

    def publish(self, message: Message) -> None:
        if self._hatch is not None:
            self._hatch.publish(message)

    def keep_saying(self, **changes: Any) -> None:
        """Publish at 20 Hz from now on; a later call changes what is said."""
        self.changes = changes
        if self._talk is None or self._talk.done():
            self._talk = asyncio.create_task(self._talk_on())

    def fall_silent(self) -> None:
        if self._talk is not None:
            self._talk.cancel()

    async def _talk_on(self) -> None:
        while True:
            self.say(**self.changes)
            await asyncio.sleep(TELEMETRY_S)

    def _take(self, message: Message, peer: Peer) -> None:
        self.linked.set()
        if message["kind"] == "presence":
            self.presences.put_nowait(message)
            return
        if message["kind"] == "attended":
            self.attended.put_nowait(message)
            return
        if message["kind"] == "sensor":
            self.readings.put_nowait(message)
            return
        self.commands.put_nowait(message)
        if not self.mute:
            reason = self.refusals.get(message["verb"], "")
            accepted = not reason
            peer.send(
                {"kind": "answer", "id": message["id"], "accepted": accepted, "reason": reason}
            )


@functools.cache
def nursery() -> str:
    """Where this process's desks are forked from one that has imported everything."""
    path = AT_THE_END.enter_context(tempfile.TemporaryDirectory(prefix="nursery-")) + "/door"
    command = [sys.executable, NURSERY, "serve", path]
    pipe = subprocess.PIPE
    serving = AT_THE_END.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe))
    assert serving.stdout is not None
    assert serving.stdout.readline() == b"born\n"
    return path


class Stage:
    """The desk process, its scripted control, and ways in for a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.control = ScriptedControl(folder / "hatch")
        self.url = ""
        self.pin = ""
        self.process: asyncio.subprocess.Process | None = None

    async def spawn(
        self, stdin: int = asyncio.subprocess.PIPE, **plan: Any
    ) -> asyncio.subprocess.Process:
        """The desk with a plan; says nothing of whether it serves."""
        path = self.folder / "plan.json"
        whole = {"hatch": str(self.control.path), "data_dir": str(self.folder), "port": 0, **plan}
        path.write_text(json.dumps(whole))
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", NURSERY, "run", nursery(), str(path)),
            stdin=stdin,
            stdout=pipe,
            stderr=pipe,
        )
        return self.process

    async def start(self, **plan: Any) -> dict[str, Any]:
        """Start the desk and wait until it serves; returns what it announced."""
        process = await self.spawn(**plan)
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), WAIT_S)
        assert line, (await process.communicate())[1].decode()
        announced: dict[str, Any] = json.loads(line)
        self.url = announced["url"].rstrip("/")
        self.pin = announced["pin"] or self.pin
        return announced

    async def end(self) -> tuple[int, str]:
        """SIGTERM; returns the exit code and what stands on stderr."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        _, errors = await asyncio.wait_for(self.process.communicate(), WAIT_S)
        return self.process.returncode or 0, errors.decode()

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=WAIT_S)

    async def cookie(self) -> str:
        """The session cookie of somebody who knows the PIN."""
        return (await self.signed_in())["Cookie"]

    async def signed_in(self, name: str = "clinic", pin: str = "") -> dict[str, str]:
        """What a browser sends once somebody has signed in: the cookie, and the page's token."""
        async with self.client() as client:
            entry = {"name": name, "pin": pin or self.pin}
            response = await client.post("/api/sign-in", json=entry)
            assert response.status_code == 200, response.text
            cookie = f"retrotread={response.cookies['retrotread']}"
            return {"Cookie": cookie, "X-CSRF-Token": response.json()["user"]["csrf"]}

    async def user(self, name: str, *roles: str) -> dict[str, str]:
        """Somebody new with these roles, signed in; the first user must be known."""
        async with self.client() as client:
            entry = {"name": name, "roles": roles}
            headers = await self.signed_in()
            made = await client.post("/api/users", json=entry, headers=headers)
            assert made.status_code == 201, made.text
        return await self.signed_in(name, made.json()["pin"])

    def page(self, cookie: str = "", **options: Any) -> connect:
        """A WebSocket like a page's, with the cookie if one is given."""
        headers = {"Cookie": cookie} if cookie else {}
        address = self.url.replace("http", "ws") + "/ws"
        return connect(address, additional_headers=headers, proxy=None, **options)

    async def until(self, page: ClientConnection, kind: str, **having: Any) -> dict[str, Any]:
        """The next message of this kind on the page that has these values."""
        async with asyncio.timeout(WAIT_S):
            async for text in page:
                message: dict[str, Any] = json.loads(text)
                if message["kind"] == kind and having.items() <= message.items():
                    return message
        raise AssertionError("the page was closed")

    async def command(
        self, page: ClientConnection, verb: str, key: str = "k1", **more: Any
    ) -> dict[str, Any]:
        """Ask as a page does, with the nonce of the newest pulse; the answer."""
        nonce = (await self.until(page, "pulse"))["nonce"]
        message = {"kind": "command", "id": key, "verb": verb, "nonce": nonce, **more}
        await page.send(json.dumps(message))
        return await self.until(page, "answer", id=key)

    async def next(self, queue: asyncio.Queue[Message]) -> Message:
        return await asyncio.wait_for(queue.get(), WAIT_S)


@pytest.fixture
async def bare_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Nothing runs yet; whatever the test starts is ended."""
    stage = Stage(tmp_path)
    yield stage
    if stage.process is not None:
        await stage.end()
    await stage.control.close()


@pytest.fixture
async def stage(bare_stage: Stage) -> Stage:
    """Scripted control and the desk, linked."""
    await bare_stage.control.open()
    await bare_stage.start(title="Retrotread")
    async with bare_stage.page() as page:
        await bare_stage.until(page, "pulse", control=True)
    return bare_stage


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs that are kept as they are, for tests that are not of argon2."""
    made: dict[str, str] = {}

    def hashed(pin: str) -> str:
        found = pins.decoy()
        made[found] = pin
        return found

    monkeypatch.setattr(pins, "hashed", hashed)
    monkeypatch.setattr(pins, "matches", lambda kept, pin: made.get(kept) == pin)
