"""A loop whose time jumps, and whose order has a seed."""

import asyncio

import pytest

from simulators import virtual_time
from simulators.virtual_time import PASS_S, DeadlockError


async def _order() -> list[int]:
    """The order in which ten callbacks of one instant, and ten timers of another, were run."""
    loop, seen = asyncio.get_running_loop(), list[int]()
    for number in range(10):
        loop.call_soon(seen.append, number)
        loop.call_at(5.0, seen.append, 10 + number)
    await asyncio.sleep(6.0)
    return seen


def test_without_a_seed_the_order_is_that_in_which_things_became_ready() -> None:
    order = virtual_time.run(_order())
    assert order[:10] == list(range(10))
    assert sorted(order) == list(range(20))


def test_a_seed_is_an_order_of_its_own_and_always_the_same() -> None:
    orders = [virtual_time.run(_order(), seed) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0][:10]) == list(range(10))
    assert orders[0][:10] != list(range(10))
    assert orders[0][10:] != list(range(10, 20))


@pytest.mark.parametrize("seed", range(5))
def test_tasks_begin_in_the_order_in_which_they_were_created(seed: int) -> None:
    async def creates() -> list[int]:
        seen = list[int]()

        async def notes(number: int) -> None:
            seen.append(number)

        await asyncio.gather(*(notes(number) for number in range(10)))
        return seen

    assert virtual_time.run(creates(), seed) == list(range(10))


def test_years_pass_at_once() -> None:
    async def sleeps() -> float:
        await asyncio.sleep(1e9)
        return asyncio.get_running_loop().time()

    assert virtual_time.run(sleeps()) == 1e9


def test_nothing_to_wait_for_is_a_failure_that_names_who_waits() -> None:
    async def waits() -> None:
        asyncio.current_task().set_name("the one who waits")  # type: ignore[union-attr]
        await asyncio.Event().wait()

    with pytest.raises(DeadlockError, match=r"Nothing is left.*the one who waits"):
        virtual_time.run(waits())


@pytest.mark.parametrize("seed", [None, 1])
def test_a_task_that_spins_is_a_failure_that_names_it(seed: int | None) -> None:
    async def spins() -> None:
        asyncio.current_task().set_name("the one who spins")  # type: ignore[union-attr]
        while True:  # noqa: ASYNC110 - a task that spins is what is tested
            await asyncio.sleep(0)

    with pytest.raises(DeadlockError, match=r"Time stands still.*the one who spins"):
        virtual_time.run(spins(), seed)


def test_work_takes_a_little_time_in_a_seeded_loop() -> None:
    async def works() -> float:
        for _ in range(100):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert virtual_time.run(works(), seed=1) == pytest.approx(101 * PASS_S)
    assert virtual_time.run(works()) == 0.0


def test_time_that_leaps_makes_every_timer_late() -> None:
    async def leaps() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, virtual_time.VirtualTimeLoop)
        loop.call_later(1.0, loop.jump, 60.0)
        await asyncio.sleep(2.0)
        return loop.time()

    assert virtual_time.run(leaps()) == 61.0


def test_a_cancelled_timer_is_not_waited_for() -> None:
    async def cancels() -> float:
        loop = asyncio.get_running_loop()
        loop.call_later(5.0, print).cancel()
        await asyncio.sleep(7.0)
        return loop.time()

    assert virtual_time.run(cancels()) == 7.0


def test_what_is_given_to_a_thread_runs_at_once_and_may_fail() -> None:
    async def threads() -> list[object]:
        return await asyncio.gather(
            asyncio.to_thread(sum, [1, 2]), asyncio.to_thread(int, "x"), return_exceptions=True
        )

    three, error = virtual_time.run(threads(), seed=1)
    assert three == 3
    assert isinstance(error, ValueError)
