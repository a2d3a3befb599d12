"""Works that live and end together."""

import asyncio

import pytest

from controller.together import AGAIN_S, together
from tests.simulators.virtual_time import in_virtual_time, now_s


class Works:
    """Works that tell what became of them."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def waits(self, name: str, deaf: int = 0) -> None:
        """Takes no notice of the first `deaf` cancellations."""
        try:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    deaf -= 1
                    if deaf < 0:
                        raise
        finally:
            self.ended.append(name)

    async def fails(self) -> None:
        raise ValueError("broken")

    async def returns(self) -> None:
        return


@in_virtual_time
async def test_a_cancellation_ends_all_of_them() -> None:
    works = Works()
    task = asyncio.create_task(together(works.waits("a"), works.waits("b")))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(works.ended) == ["a", "b"]


@in_virtual_time
async def test_a_work_that_lost_its_cancellation_is_cancelled_again() -> None:
    works = Works()
    task = asyncio.create_task(together(works.waits("a", deaf=2), works.waits("b")))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert works.ended == ["b", "a"]
    assert now_s() == pytest.approx(1.0 + 2 * AGAIN_S)


@in_virtual_time
async def test_a_failure_ends_the_others_and_is_told() -> None:
    works = Works()
    with pytest.raises(ValueError, match="broken"):
        await together(works.waits("a"), works.fails())
    assert works.ended == ["a"]


@in_virtual_time
async def test_one_that_returns_ends_the_others() -> None:
    works = Works()
    await together(works.waits("a"), works.returns())
    assert works.ended == ["a"]
