"""When a desk is started again, and which one ends the service: each moment is an argument."""

from types import SimpleNamespace

import pytest

from controller.guard import desk_line
from controller.guard.desk_line import DeskLine


class Desk:
    """One that ends when the test says so."""

    made: list["Desk"] = []  # noqa: RUF012 - all of one test

    def __init__(self, program: tuple[str, ...], plan: str) -> None:
        self.started_with = (*program, plan)
        self.code: int | None = None
        self.serves = self.closed = False
        self.process = SimpleNamespace(poll=lambda: self.code)
        Desk.made.append(self)

    def served(self) -> bool:
        return self.serves

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[Desk]:
    monkeypatch.setattr(desk_line, "Desk", Desk)
    monkeypatch.setattr(Desk, "made", [])
    return Desk.made


def test_a_service_without_a_console_has_no_desk(made: list[Desk]) -> None:
    line = DeskLine(("desk",), None, 0.0)
    assert line.look(100.0)
    line.close()
    assert made == []


def test_a_desk_that_ends_soon_is_started_again_two_seconds_after_it_began(
    made: list[Desk],
) -> None:
    line = DeskLine(("desk",), "plan", 10.0)
    assert made[0].started_with == ("desk", "plan")
    assert line.look(10.5)
    made[0].code = -9
    assert line.look(11.0)
    assert made[0].closed
    assert line.look(11.999)
    assert len(made) == 1
    assert line.look(12.0)
    assert len(made) == 2


def test_a_desk_that_lives_is_the_only_one(made: list[Desk]) -> None:
    line = DeskLine(("desk",), "plan", 10.0)
    for now_s in (12.0, 60.0, 3600.0):
        assert line.look(now_s)
    assert len(made) == 1
    assert not made[0].closed


def test_a_desk_that_has_lasted_is_started_again_at_once(made: list[Desk]) -> None:
    line = DeskLine(("desk",), "plan", 10.0)
    made[0].code = -9
    assert line.look(12.0)
    assert len(made) == 2
    line.close()
    assert (made[0].closed, made[1].closed) == (True, True)


@pytest.mark.parametrize(
    ("code", "serves", "goes_on"),
    [(1, False, False), (1, True, True), (0, False, True), (2, False, True), (-9, False, True)],
)
def test_only_a_desk_that_could_not_begin_to_serve_ends_the_service(
    made: list[Desk], code: int, serves: bool, goes_on: bool
) -> None:
    line = DeskLine(("desk",), "plan", 0.0)
    made[0].serves, made[0].code = serves, code
    assert line.look(5.0) is goes_on
    assert made[0].closed
    assert len(made) == (2 if goes_on else 1)


def test_once_one_has_served_no_later_one_ends_the_service(made: list[Desk]) -> None:
    line = DeskLine(("desk",), "plan", 0.0)
    made[0].serves, made[0].code = True, 1
    for number in range(1, 4):
        assert line.look(5.0 * number)
        made[number].code = 1
    assert len(made) == 4
