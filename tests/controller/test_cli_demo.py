"""What the demo prints while it runs."""

import pytest

from controller.cli.demo import answer_mistakes
from controller.cli.teller import started

LIMIT_S = 20.0


async def test_words_that_the_simulators_do_not_know_are_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with started("bench", "simulators.serial_bench", "--machine", "csafe") as bench:
        answer_mistakes(bench)
        for line, sentence in (
            ("relase", "There is no command 'relase'."),
            ("fault nosuch", "There is no fault 'nosuch'."),
            ("fault ignores_stop control_lost", "The fault control_lost is one of a Bluetooth"),
        ):
            bench.say(line)
            await bench.until(lambda told, said=sentence: said in told.get("sentence", ""), LIMIT_S)  # type: ignore[misc]
            assert capsys.readouterr().out.startswith(sentence)
