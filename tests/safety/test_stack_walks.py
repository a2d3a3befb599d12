"""Hours of ordinary walking: nothing is stopped without a reason (a few here, the rest in deep)."""

import pytest

from tests.safety.stack.bedside import Room
from tests.safety.stack.walks import HOUR_S, ordinary, walk

WALKS, WALK_S = 10, 360.0
LOSSY = {"loss": 0.02, "jitter_s": 0.05}


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("loss", [{}, LOSSY], ids=["none", "2 percent and 50 ms"])
def test_an_hour_on_an_honest_machine_has_no_unwanted_stop(loss: dict[str, float]) -> None:
    walks = [walk(seed, WALK_S, Room(**loss)) for seed in range(WALKS)]
    assert sum(walked.walked_s for walked in walks) >= HOUR_S
    assert [walked for walked in walks if walked.unwanted or not walked.record()["well"]] == []


@pytest.mark.parametrize("seed", range(10))
def test_any_ordinary_machine_is_walked_and_stopped(seed: int) -> None:
    walked = walk(seed, 60.0, ordinary(seed))
    assert (walked.found, walked.unwanted, walked.stopped) == ((), "", True)
