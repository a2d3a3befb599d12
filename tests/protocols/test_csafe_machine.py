"""A treadmill behind CSAFE, told and heard in octets typed from the specification."""

import pytest

from protocols.csafe_machine import CsafeMachine
from protocols.dialect import Heading, News, Purpose, tenths

GRID = tenths("kmh", 0.8, 6.4)


def status(octet: int) -> bytes:
    """An answer that is nothing but a status, which is its own checksum."""
    return bytes([0xF1, octet, octet, 0xF2])


@pytest.mark.parametrize(
    ("octet", "running", "step"),
    [
        (0x00, False, "f18080f2"),
        (0x01, False, "f18282f2"),
        (0x02, False, None),
        (0x03, False, None),
        (0x04, False, "f18080f2"),
        (0x05, True, "f18080f2"),
        (0x06, False, "f18686f2"),
        (0x07, False, "f18787f2"),
        (0x08, True, "f18080f2"),
        (0x09, False, "f18080f2"),
        (0x0A, False, "f18080f2"),
        (0x82, False, None),
        (0x85, True, "f18080f2"),
    ],
)
def test_a_state_says_whether_it_runs_and_what_leads_on_to_start(
    octet: int, running: bool, step: str | None
) -> None:
    dialect = CsafeMachine(GRID)
    assert dialect.hear(status(octet)) == [News(running=running)]
    assert dialect.prepare() == (None if step is None else bytes.fromhex(step))
    assert dialect.rejected == 0


def test_a_machine_that_was_not_heard_yet_is_asked_for_its_status() -> None:
    assert CsafeMachine(GRID).prepare() == bytes.fromhex("f18080f2")


def test_what_a_csafe_machine_can_be_told_and_must_prove() -> None:
    dialect = CsafeMachine(GRID)
    assert dialect.heading is Heading.FORWARD_ONLY
    assert dialect.polls == (Purpose.SPEED,)
    assert dialect.says_running is True
    assert dialect.must_prove is True
    assert dialect.inclines is None


@pytest.mark.parametrize(
    ("units", "tenth", "frame"),
    [("kmh", 30, "f125031e003109f2"), ("mph", 30, "f125031e001129f2")],
)
def test_a_set_point_names_the_unit_that_it_counts_in(units: str, tenth: int, frame: str) -> None:
    dialect = CsafeMachine(tenths(units, 0.8, 4.0))
    assert dialect.octets(Purpose.SET_SPEED, tenth).hex() == frame


def test_a_set_point_of_nothing_is_rest() -> None:
    assert CsafeMachine(GRID).octets(Purpose.SET_SPEED).hex() == "f1250300003117f2"


@pytest.mark.parametrize(
    ("frame", "speed_mps", "running", "rejected"),
    [
        ("f185a50324003136f2", 1.0, True, 0),
        ("f101a50300003196f2", 0.0, False, 0),
        ("f108a503010010bff2", 0.44704, True, 0),
        ("f101a50324001497f2", None, False, 1),
        ("f105a502240086f2", None, True, 1),
    ],
)
def test_a_speed_is_told_with_whether_it_runs(
    frame: str, speed_mps: float | None, running: bool, rejected: int
) -> None:
    dialect = CsafeMachine(GRID)
    speed = None if speed_mps is None else pytest.approx(speed_mps)
    expected = News(Purpose.SPEED, speed_mps=speed, running=running)  # type: ignore[arg-type]
    assert dialect.hear(bytes.fromhex(frame)) == [expected]
    assert dialect.rejected == rejected


@pytest.mark.parametrize(
    ("frame", "news"),
    [
        ("f1051c01071ff2", [News(running=True)]),
        (
            "f1051c0107a503240031acf2",
            [News(Purpose.SPEED, speed_mps=0x24 * 0.1 / 3.6, running=True)],
        ),
        ("f18181f2f18282f2", [News(running=False), News(running=False)]),
    ],
)
def test_parts_that_tell_no_speed_are_passed_over(frame: str, news: list[News]) -> None:
    assert CsafeMachine(GRID).hear(bytes.fromhex(frame)) == news


@pytest.mark.parametrize(
    ("frame", "rejected"),
    [
        ("f12525f2", 1),
        ("f1a1a50324003112f2", 1),
        ("f1052520f2", 1),
        ("f10504f2", 1),
        ("f100f2", 1),
        ("f12525f2f10504f2f1052520f2", 3),
    ],
)
def test_an_answer_that_is_none_changes_nothing_and_is_counted(frame: str, rejected: int) -> None:
    dialect = CsafeMachine(GRID)
    dialect.hear(status(0x07))
    assert dialect.hear(bytes.fromhex(frame)) == []
    assert dialect.rejected == rejected
    assert dialect.prepare() == bytes.fromhex("f18787f2")


@pytest.mark.parametrize("octet", [0x15, 0x35, 0x95, 0xB5])
@pytest.mark.parametrize("purpose", [Purpose.START, Purpose.SET_SPEED])
def test_a_request_to_move_that_was_rejected_or_not_ready_is_refused(
    octet: int, purpose: Purpose
) -> None:
    dialect = CsafeMachine(GRID)
    dialect.octets(purpose, 10)
    assert dialect.hear(status(octet)) == [News(purpose, refused=True), News(running=True)]
    assert dialect.hear(status(0x05)) == [News(running=True)]


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ([], []),
        ([Purpose.SPEED], []),
        ([Purpose.STOP], []),
        ([Purpose.START], [Purpose.START]),
        ([Purpose.START, Purpose.SPEED], [Purpose.START]),
        ([Purpose.START, Purpose.SET_SPEED], [Purpose.SET_SPEED]),
        ([Purpose.SET_SPEED, Purpose.START], [Purpose.START]),
        ([Purpose.SET_SPEED, Purpose.STOP], [Purpose.SET_SPEED]),
        ([Purpose.SET_SPEED, Purpose.PREPARE], [Purpose.SET_SPEED]),
        ([Purpose.START, Purpose.SPEED, Purpose.STOP], []),
        ([Purpose.START, Purpose.SPEED, Purpose.PREPARE], []),
        ([Purpose.START, Purpose.PREPARE, Purpose.SPEED], []),
    ],
)
def test_a_refusal_is_of_one_of_the_last_two_requests_the_latest_that_moves(
    asked: list[Purpose], refused: list[Purpose]
) -> None:
    dialect = CsafeMachine(GRID)
    for purpose in asked:
        if purpose is Purpose.PREPARE:
            dialect.prepare()
        else:
            dialect.octets(purpose)
    news = dialect.hear(bytes.fromhex("f11111f2"))
    assert news == [*(News(purpose, refused=True) for purpose in refused), News(running=False)]


def test_a_machine_that_may_start_is_asked_nothing_that_hides_a_refusal() -> None:
    dialect = CsafeMachine(GRID)
    dialect.hear(status(0x02))
    dialect.octets(Purpose.START)
    dialect.octets(Purpose.SPEED)
    assert dialect.prepare() is None
    assert dialect.hear(status(0x12))[0] == News(Purpose.START, refused=True)
