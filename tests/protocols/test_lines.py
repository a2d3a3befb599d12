"""A line's octets: which are a whole line, and what is counted of those that are not."""

import pytest

from protocols.lines import LineParser, body_of, line


def parser() -> LineParser[bytes]:
    """One to which every body but `odd` means something."""
    return LineParser(lambda body: None if body == b"odd" else body)


ONE = b"$one*6FE0\r\n"
TWO = b"$two*C4D3\r\n"


@pytest.mark.parametrize(
    ("body", "octets"),
    [
        (b"123456789", b"$123456789*29B1\r\n"),
        (b"one", ONE),
        (b"two", TWO),
        (b"315", b"$315*003B\r\n"),
    ],
)
def test_a_line_is_its_body_and_a_checksum_of_four_digits(body: bytes, octets: bytes) -> None:
    assert line(body) == octets
    assert body_of(octets[1:-1]) == body
    assert parser().feed(octets) == [body]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"*FFFF\r",
        b"123456789*29B0\r",
        b"123456788*29B1\r",
        b"123456789*29b1\r",
        b"123456789*29B1",
        b"123456789*29B1\r\r",
        b"123456789*029B1\r",
        b"123456789*2\r",
        b"123456789\r",
        b"$123456789*29B1\r",
    ],
)
def test_what_is_no_whole_line_has_no_body(octets: bytes) -> None:
    assert body_of(octets) is None


@pytest.mark.parametrize(
    ("octets", "bodies", "rejected"),
    [
        (ONE, [b"one"], 0),
        (ONE + TWO, [b"one", b"two"], 0),
        (b"\n\nnoise\n" + ONE, [b"one"], 0),
        (b"noise" + ONE, [b"one"], 0),
        (b"$" + ONE, [b"one"], 1),
        (b"$a$b" + ONE, [b"one"], 2),
        (b"$\n", [], 1),
        (b"$a$b\n" + TWO, [b"two"], 2),
        (b"$odd*900A\r\n" + ONE, [b"one"], 1),
        (ONE[:-1] + TWO, [b"two"], 1),
        (ONE[:-1], [], 0),
        (b"$a$b$c", [], 2),
        (b"noise", [], 0),
    ],
)
def test_each_start_that_came_to_nothing_is_counted(
    octets: bytes, bodies: list[bytes], rejected: int
) -> None:
    ear = parser()
    assert ear.rejected == 0
    assert (ear.feed(octets), ear.rejected) == (bodies, rejected)


def test_a_line_may_come_in_two_pieces_cut_anywhere() -> None:
    for at in range(len(ONE)):
        ear = parser()
        assert ear.feed(ONE[:at]) == []
        assert ear.feed(ONE[at:]) == [b"one"]
        assert ear.rejected == 0


def test_a_line_that_has_not_ended_is_kept_up_to_eighty_two_octets() -> None:
    """With its `$`, and without its line feed."""
    whole = line(b"x" * 75)
    assert len(whole) == 83
    ear = parser()
    assert (ear.feed(whole[:-1]), ear.rejected) == ([], 0)
    assert (ear.feed(b"\n"), ear.rejected) == ([b"x" * 75], 0)


def test_a_line_that_has_not_ended_after_eighty_two_octets_is_dropped() -> None:
    ear = parser()
    assert (ear.feed(line(b"x" * 76)[:-1]), ear.rejected) == ([], 1)
    assert (ear.feed(b"\n"), ear.rejected) == ([], 1)
    assert (ear.feed(ONE), ear.rejected) == ([b"one"], 1)


def test_a_start_on_its_own_waits_for_its_line() -> None:
    ear = parser()
    assert (ear.feed(b"$"), ear.rejected) == ([], 0)
    assert (ear.feed(ONE[1:]), ear.rejected) == ([b"one"], 0)


@pytest.mark.parametrize("before", [b"$", b"$a", b"$a$b", b"$" + b"x" * 99, b"noise"])
def test_of_several_starts_the_latest_waits_for_its_line(before: bytes) -> None:
    ear = parser()
    assert ear.feed(before + ONE[:3]) == []
    assert ear.feed(ONE[3:]) == [b"one"]
    assert ear.rejected == before.count(b"$")


def test_a_late_start_that_is_too_long_is_dropped_with_the_one_before() -> None:
    ear = parser()
    assert (ear.feed(b"$a$" + b"x" * 82), ear.rejected) == ([], 2)
    assert (ear.feed(ONE[1:]), ear.rejected) == ([], 2)
