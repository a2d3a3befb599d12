"""An act that is asked for is due now, and of no speed, unless it says otherwise."""

from protocols.probing import Ask, Asked


def test_an_act_is_due_now_and_of_no_speed() -> None:
    assert Asked(Ask.START) == Asked(Ask.START, 0, 0.0)
    assert Asked(Ask.SPEED, 30, 1.5) == Asked(what=Ask.SPEED, units=30, after_s=1.5)
