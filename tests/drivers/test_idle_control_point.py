"""In a steady walk the control point is left alone, so that a Stop finds the link idle."""

import asyncio

from benchmarks.parts.virtual_stack import MemoryLink, Stack
from protocols.ftms import procedures
from protocols.ftms.procedures import OpCode
from tests.simulators.virtual_time import in_virtual_time

RAMP_S, STEADY_S = 30.0, 60.0
A_SECOND = 1.0


@in_virtual_time
async def test_a_steady_walk_writes_a_set_point_at_most_once_a_second() -> None:
    """The whole stack: real turns, the real ramp, a belt that wavers under its walker's feet."""
    stack, written = Stack(seed=1), Written()
    with written:
        async with stack.alive():
            await asyncio.sleep(RAMP_S)
            assert stack.walking
            assert OpCode.SET_TARGET_SPEED in written.ops
            written.ops.clear()
            await asyncio.sleep(STEADY_S)
            assert stack.walking
    assert written.ops.count(OpCode.SET_TARGET_SPEED) <= STEADY_S / A_SECOND
    assert len(written.ops) <= STEADY_S / A_SECOND


class Written:
    """The op code of each write, on its way through any `MemoryLink`."""

    def __init__(self) -> None:
        self.ops: list[int] = []
        self._write = MemoryLink.write

    def __enter__(self) -> None:
        written, write = self.ops, self._write

        async def seen(link: MemoryLink, uuid: str, octets: bytes, *, response: bool) -> None:
            asked = procedures.decode_request(octets)
            written.append(asked.op if asked else -1)
            await write(link, uuid, octets, response=response)

        MemoryLink.write = seen  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        MemoryLink.write = self._write  # type: ignore[method-assign]
