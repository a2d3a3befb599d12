"""CSAFE octet by octet: codes, units, lengths and bounds as the specification has them."""

import pytest

from protocols import csafe
from protocols.csafe import Answer, Command, FrameParser


@pytest.mark.parametrize(
    ("identifier", "frame"),
    [
        (csafe.GET_STATUS, "f18080f2"),
        (csafe.RESET, "f18181f2"),
        (csafe.GO_IDLE, "f18282f2"),
        (csafe.GO_HAVE_ID, "f18383f2"),
        (csafe.GO_IN_USE, "f18585f2"),
        (csafe.GO_FINISHED, "f18686f2"),
        (csafe.GO_READY, "f18787f2"),
        (csafe.GET_SPEED, "f1a5a5f2"),
        (csafe.SET_SPEED, "f1250025f2"),
        (csafe.SET_GRADE, "f1280028f2"),
    ],
)
def test_a_command_without_data_is_its_specified_frame(identifier: int, frame: str) -> None:
    assert csafe.request(Command(identifier)).hex() == frame


@pytest.mark.parametrize(
    ("commands", "frame"),
    [
        ([Command(0x7F)], "f17f007ff2"),
        ([Command(0x7F, b"\x0c")], "f17f010c72f2"),
        ([Command(0x80, b"\x0c")], "f18080f2"),
        ([Command(0xFF)], "f1fffff2"),
        ([Command(0x25, b"\x1e\x00\x31"), Command(0xA5)], "f125031e0031a5acf2"),
        ([], "f100f2"),
    ],
)
def test_a_request_counts_the_data_of_low_identifiers_only(
    commands: list[Command], frame: str
) -> None:
    assert csafe.request(*commands).hex() == frame


@pytest.mark.parametrize(
    ("contents", "commands"),
    [
        ("", ()),
        ("7f00", (Command(0x7F),)),
        ("7f010c", (Command(0x7F, b"\x0c"),)),
        ("80", (Command(0x80),)),
        ("8081ff", (Command(0x80), Command(0x81), Command(0xFF))),
        ("a525031e003180", (Command(0xA5), Command(0x25, b"\x1e\x00\x31"), Command(0x80))),
        ("2800a5", (Command(0x28), Command(0xA5))),
        ("7f", None),
        ("8025", None),
        ("2501", None),
    ],
)
def test_a_request_is_read_command_by_command(
    contents: str, commands: tuple[Command, ...] | None
) -> None:
    assert csafe.read_request(bytes.fromhex(contents)) == commands


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ("00", Answer(0, 0)),
        ("05", Answer(0, 5)),
        ("85", Answer(0, 5)),
        ("15", Answer(1, 5)),
        ("a1", Answer(2, 1)),
        ("3f", Answer(3, 15)),
        ("4a", Answer(0, 10)),
        ("ff", Answer(3, 15)),
        ("01a5031e0031", Answer(0, 1, (Command(0xA5, b"\x1e\x00\x31"),))),
        ("01a5001c0107", Answer(0, 1, (Command(0xA5), Command(0x1C, b"\x07")))),
        ("01a5", None),
        ("01a501", None),
        ("01a5001c", None),
        ("", None),
    ],
)
def test_an_answer_is_two_bits_then_a_state_then_its_parts(
    contents: str, said: Answer | None
) -> None:
    assert csafe.read_answer(bytes.fromhex(contents)) == said


@pytest.mark.parametrize(
    ("octets", "frame"),
    [
        (csafe.answer(0x01), "f10101f2"),
        (csafe.answer(0x85, Command(0xA5, b"\x1e\x00\x31")), "f185a5031e00310cf2"),
        (csafe.answer(0x05, Command(0x25)), "f105250020f2"),
        (csafe.answer(0x01, Command(0x80), Command(0x1C, b"\x07")), "f10180001c01079bf2"),
    ],
)
def test_every_part_of_an_answer_is_counted(octets: bytes, frame: str) -> None:
    assert octets.hex() == frame


def test_what_became_of_the_frame_before_is_numbered_as_specified() -> None:
    assert (csafe.OK, csafe.REJECTED, csafe.BAD, csafe.NOT_READY) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("state", "octet"),
    [
        (csafe.ERROR, 0x00),
        (csafe.READY, 0x01),
        (csafe.IDLE, 0x02),
        (csafe.HAVE_ID, 0x03),
        (csafe.IN_USE, 0x05),
        (csafe.PAUSED, 0x06),
        (csafe.FINISHED, 0x07),
        (csafe.MANUAL, 0x08),
        (csafe.OFFLINE, 0x09),
    ],
)
def test_a_state_is_numbered_as_specified(state: int, octet: int) -> None:
    assert csafe.read_answer(bytes([octet])) == Answer(0, state)


@pytest.mark.parametrize(
    ("data", "mps"),
    [
        ("010010", 0.44704),
        ("010011", 0.044704),
        ("010012", 0.0044704),
        ("010013", 0.00508),
        ("010030", 0.2777777778),
        ("010031", 0.0277777778),
        ("010032", 0.0027777778),
        ("010033", 0.0166666667),
        ("000131", 7.1111111111),
        ("000031", 0.0),
        ("01000f", None),
        ("010014", None),
        ("01002f", None),
        ("010034", None),
        ("", None),
        ("0100", None),
        ("01003100", None),
    ],
)
def test_a_speed_is_two_octets_low_one_first_and_its_unit(data: str, mps: float | None) -> None:
    expected = None if mps is None else pytest.approx(mps)
    assert csafe.speed_mps(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("units", "data"),
    [(-1, "0000"), (0, "0000"), (1, "0100"), (0x0102, "0201"), (0xFFFF, "ffff"), (65536, "ffff")],
)
def test_a_speed_to_be_set_stays_within_two_octets(units: int, data: str) -> None:
    assert csafe.speed_data(units, 0x31).hex() == data + "31"


def test_tenths_have_the_codes_of_mph_and_of_kilometres_an_hour() -> None:
    assert csafe.speed_data(10, csafe.TENTH_MPH).hex() == "0a0011"
    assert csafe.speed_data(10, csafe.TENTH_KMH).hex() == "0a0031"


@pytest.mark.parametrize(
    ("contents", "frame"),
    [
        ("ef", "f1efeff2"),
        ("f0", "f1f300f300f2"),
        ("f1", "f1f301f301f2"),
        ("f2", "f1f302f302f2"),
        ("f3", "f1f303f303f2"),
        ("f4", "f1f4f4f2"),
        ("a556", "f1a556f303f2"),
        ("", "f100f2"),
    ],
)
def test_only_four_octets_are_stuffed_and_all_of_them(contents: str, frame: str) -> None:
    assert csafe.frame(bytes.fromhex(contents)).hex() == frame
    assert FrameParser().feed(bytes.fromhex(frame)) == [bytes.fromhex(contents)]


@pytest.mark.parametrize(
    "frame",
    [
        "f1f304a5f2",
        "f1f304f4f2",
        "f1f3f303f2",
        "f1a5f3f2",
        "f1f3f2",
        "f1f2",
        "f1a5a4f2",
        "f1a5f2",
        "f0f2",
        "f001f2",
        "f00101f2",
        "f0a5a5a5f2",
    ],
)
def test_a_frame_that_is_none_is_counted_once_and_the_next_is_read(frame: str) -> None:
    parser = FrameParser()
    assert parser.feed(bytes.fromhex(frame)) == []
    assert parser.rejected == 1
    assert parser.feed(bytes.fromhex("f18181f2")) == [b"\x81"]
    assert parser.rejected == 1


@pytest.mark.parametrize(
    ("octets", "contents", "rejected"),
    [
        ("f00001a5a5f2", ["a5"], 0),
        ("f0f300f301a5a5f2", ["a5"], 0),
        ("f00001a5a5f2f18181f2", ["a5", "81"], 0),
        ("f18181f2f00001a5a5f2", ["81", "a5"], 0),
        ("f1f18181f2", ["81"], 1),
        ("f1a5f0a5f18181f2", ["81"], 2),
        ("f181f00001a5a5f2", ["a5"], 1),
        ("f1a5a4f20000f18181f2", ["81"], 1),
    ],
)
def test_a_start_begins_a_frame_of_its_own_kind_wherever_it_comes(
    octets: str, contents: list[str], rejected: int
) -> None:
    parser = FrameParser()
    assert [found.hex() for found in parser.feed(bytes.fromhex(octets))] == contents
    assert parser.rejected == rejected


@pytest.mark.parametrize(
    ("length", "read", "rejected"),
    [(92, True, 0), (93, True, 0), (94, False, 1), (95, False, 1)],
)
def test_a_frame_is_96_octets_at_most(length: int, read: bool, rejected: int) -> None:
    contents, parser = bytes(length), FrameParser()
    assert parser.feed(b"\xf1" + contents + b"\x00\xf2") == ([contents] if read else [])
    assert parser.rejected == rejected


def test_a_frame_too_long_leaves_strays_from_its_ninety_seventh_octet_on() -> None:
    parser = FrameParser()
    parser.feed(b"\xf1" + bytes(95) + bytes(7))
    assert parser.rejected == 1
    parser.feed(b"\x00")
    assert parser.rejected == 2


def test_a_frame_may_be_nothing_but_stuffed_octets_up_to_its_limit() -> None:
    parser = FrameParser()
    assert parser.feed(b"\xf1" + b"\xf3\x01" * 46 + b"\xf2") == [b"\xf1" * 45]
    assert parser.feed(b"\xf1" + b"\xf3\x01" * 48 + b"\xf2") == []
    assert parser.rejected == 1


@pytest.mark.parametrize(
    ("strays", "rejected"), [(0, 0), (1, 0), (7, 0), (8, 1), (15, 1), (16, 2), (24, 3)]
)
def test_eight_octets_outside_of_frames_count_as_one(strays: int, rejected: int) -> None:
    parser = FrameParser()
    assert parser.feed(b"\xf2" * strays) == []
    assert parser.rejected == rejected
