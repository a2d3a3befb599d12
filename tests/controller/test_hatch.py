"""The hatch: bounded, tolerant of bad lines, and never slowed by the other end."""

import asyncio
import contextlib
import json
import stat

import pytest

from controller import hatch
from controller.hatch import BACKLOG, LINE_LIMIT, Hatch

WAIT_S = 20.0


class Control:
    """Control's end with everything it heard in a queue."""

    def __init__(self, path):
        self.path = path
        self.heard = asyncio.Queue()
        self.peers = asyncio.Queue()
        self.hatch = Hatch(path, self.take)

    def take(self, message, peer):
        self.heard.put_nowait(message)
        self.peers.put_nowait(peer)

    async def next(self):
        return await asyncio.wait_for(self.heard.get(), WAIT_S)


ENCODE = hatch.encode


@pytest.fixture
async def control(tmp_path):
    control = Control(tmp_path / "run" / "hatch")
    async with control.hatch:
        yield control


@contextlib.asynccontextmanager
async def desk(control):
    peer = await hatch.connect(control.path)
    try:
        peer.send({"kind": "presence"})
        await control.next()
        yield peer
    finally:
        await peer.close()


async def read(peer):
    async with asyncio.timeout(WAIT_S):
        return await anext(peer.messages())


async def test_a_command_goes_in_and_its_answer_comes_out(control):
    async with desk(control) as peer:
        peer.send({"kind": "command", "id": "1", "verb": "stop", "role": "anyone"})
        heard = await control.next()
        control_end = [control.peers.get_nowait() for _ in range(control.peers.qsize())][-1]
        control_end.send({"kind": "answer", "id": heard["id"], "accepted": True, "reason": ""})
        assert (await read(peer))["accepted"] is True


async def test_every_desk_gets_the_same_telemetry(control):
    async with desk(control) as first, desk(control) as second:
        control.hatch.publish({"kind": "telemetry", "seq": 7})
        assert await read(first) == await read(second) == {"v": 1, "kind": "telemetry", "seq": 7}


async def test_telemetry_is_encoded_once_however_many_desks_hear_it(control, monkeypatch):
    encoded = []

    def counted(message):
        encoded.append(message)
        return ENCODE(message)

    async with contextlib.AsyncExitStack() as desks:
        peers = [await desks.enter_async_context(desk(control)) for _ in range(3)]
        monkeypatch.setattr(hatch, "encode", counted)
        for seq in range(2):
            control.hatch.publish({"kind": "telemetry", "seq": seq})
        assert [(await read(peer))["seq"] for peer in peers] == [0, 0, 0]
    assert [message["seq"] for message in encoded] == [0, 1]


async def test_only_its_owner_may_open_the_socket(control):
    assert stat.S_IMODE(control.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[]",
        b"17",
        b'"kind"',
        b'{"kind":"presence"}',
        b'{"v":2,"kind":"presence"}',
        b'{"v":1}',
        b'{"v":1,"kind":5}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
async def test_a_line_that_is_no_message_is_passed_over(control, line):
    reader, writer = await asyncio.open_unix_connection(str(control.path))
    writer.write(line + b"\n" + hatch.encode({"kind": "command", "id": "after"}))
    assert (await control.next())["id"] == "after"
    assert reader.at_eof() is False
    writer.close()
    await writer.wait_closed()


async def test_an_oversized_line_ends_its_connection_and_no_other(control):
    async with desk(control) as other:
        reader, writer = await asyncio.open_unix_connection(str(control.path))
        writer.write(b"x" * (2 * LINE_LIMIT))
        assert await asyncio.wait_for(reader.read(), WAIT_S) == b""
        writer.close()
        control.hatch.publish({"kind": "telemetry", "seq": 1})
        assert (await read(other))["seq"] == 1


async def test_half_a_line_before_the_end_is_no_message(control):
    _, writer = await asyncio.open_unix_connection(str(control.path))
    writer.write(hatch.encode({"kind": "command", "id": "whole"}) + b'{"v":1,"kind":"comm')
    writer.close()
    await writer.wait_closed()
    assert (await control.next())["id"] == "whole"
    async with desk(control):
        assert control.heard.empty()


async def test_a_reader_that_does_not_read_loses_the_oldest_and_slows_nobody(control):
    big = "x" * 30_000
    async with desk(control) as reader:
        _, stuck_writer = await asyncio.open_unix_connection(str(control.path), limit=1024)
        stuck_writer.write(hatch.encode({"kind": "presence"}))
        await control.next()
        stuck = [control.peers.get_nowait() for _ in range(control.peers.qsize())][-1]
        for number in range(300):
            control.hatch.publish({"kind": "telemetry", "seq": number, "pad": big})
            assert (await read(reader))["seq"] == number
        assert stuck.dropped > 300 - BACKLOG - 40
        stuck_writer.transport.abort()


async def test_control_ends_at_once_though_a_desk_does_not_read(tmp_path):
    control = Control(tmp_path / "hatch")
    async with asyncio.timeout(WAIT_S):
        async with control.hatch:
            _, writer = await asyncio.open_unix_connection(str(control.path), limit=1024)
            writer.write(hatch.encode({"kind": "presence"}))
            await control.next()
            for _ in range(300):
                control.hatch.publish({"kind": "telemetry", "pad": "x" * 30_000})
                await asyncio.sleep(0)
        writer.transport.abort()


async def test_a_cancelled_task_cuts_a_reader_that_does_not_read(control):
    async with asyncio.timeout(WAIT_S):
        _, writer = await asyncio.open_unix_connection(str(control.path), limit=1024)
        writer.write(hatch.encode({"kind": "presence"}))
        await control.next()
        stuck = control.peers.get_nowait()
        for _ in range(300):
            stuck.send({"kind": "telemetry", "pad": "x" * 30_000})
            await asyncio.sleep(0)
        transport = stuck._writer.transport
        assert transport.get_write_buffer_size() > 0

        async def serve():
            try:
                await asyncio.Event().wait()
            finally:
                await stuck.close()

        serving = asyncio.create_task(serve())
        await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert transport.get_write_buffer_size() == 0
    writer.transport.abort()


async def test_a_backlog_keeps_the_newest_messages(control):
    async with desk(control) as peer:
        for number in range(BACKLOG + 10):
            peer.send({"kind": "command", "id": str(number)})
        heard = [await control.next() for _ in range(BACKLOG)]
    assert [int(message["id"]) for message in heard] == list(range(10, BACKLOG + 10))
    assert peer.dropped == 10


async def test_the_socket_is_gone_when_control_is(tmp_path):
    async with Control(tmp_path / "hatch").hatch:
        pass
    assert not (tmp_path / "hatch").exists()
    with pytest.raises(FileNotFoundError):
        await hatch.connect(tmp_path / "hatch")


async def test_a_new_control_takes_the_place_of_one_that_was_killed(tmp_path):
    (tmp_path / "hatch").write_text(json.dumps("left behind"))
    control = Control(tmp_path / "hatch")
    async with control.hatch, desk(control) as peer:
        control.hatch.publish({"kind": "event", "name": "up"})
        assert (await read(peer))["name"] == "up"


async def test_an_old_control_that_ends_late_leaves_the_new_one_s_socket_alone(tmp_path):
    old, new = Control(tmp_path / "hatch"), Control(tmp_path / "hatch")
    await old.hatch.__aenter__()
    async with new.hatch:
        await old.hatch.__aexit__()
        async with desk(new) as peer:
            new.hatch.publish({"kind": "event", "name": "up"})
            assert (await read(peer))["name"] == "up"
    assert not (tmp_path / "hatch").exists()


async def test_a_socket_that_somebody_has_removed_is_not_missed_at_the_end(tmp_path):
    async with Control(tmp_path / "hatch").hatch:
        (tmp_path / "hatch").unlink()


@pytest.mark.parametrize("steps", range(1, 8))
async def test_who_is_cancelled_while_a_connection_closes_goes_no_further(control, steps):
    went_on = False

    async def close_and_go_on(peer):
        nonlocal went_on
        await peer.close()
        went_on = True
        await asyncio.Event().wait()

    leaving = asyncio.create_task(close_and_go_on(await hatch.connect(control.path)))
    for _ in range(steps):
        await asyncio.sleep(0)
    had_closed = went_on
    leaving.cancel()
    await asyncio.wait({leaving}, timeout=WAIT_S)
    assert leaving.cancelled()
    assert went_on == had_closed
