"""Control's records taken in: the figures, once, whatever died in between."""

import os
from pathlib import Path

import pytest

from controller.records.archive import Archive, Where
from controller.records.archive.summary import Summary, summary
from controller.records.chain import sealed, seed
from controller.records.journal import Journal
from controller.safety.view import Phase
from controller.session.commands import Verb
from tests.controller.records.archive.test_backup import record
from tests.controller.room import Room


def walked(folder: Path, session: str = "first") -> Path:
    """A walk as control records it: begun, let go of once for a moment, stopped, reset."""
    room = Room(Phase.IDLE)
    room.hands.hold = False
    room.turn(4)
    room.hands.hold = True
    room.turn(45)
    with Journal(folder) as journal:
        room.loop.journal = journal
        room.loop.new_id = lambda: session
        for verb in (Verb.ARM, Verb.START):
            room.ask(verb)
            room.turn()
        room.turn(110)
        room.hands.hold = False
        room.turn(1)
        room.hands.hold = True
        room.turn(20)
        room.ask(Verb.STOP)
        room.turn(60)
        room.ask(Verb.RESET)
        room.turn(2)
        assert journal.ok
    return folder / f"{session}.jsonl"


def test_the_figures_are_those_of_the_walk(tmp_path: Path) -> None:
    octets = walked(tmp_path).read_bytes()
    made = summary("first", octets)
    assert (made.program, made.orientation, made.cause) == ("free-walk", "turned", "stop_pressed")
    assert (made.whole, made.complete, made.releases) == (True, True, 1)
    assert made.octets == len(octets)
    assert made.head_sha256.encode() in octets.splitlines()[-1]
    assert made.walked_s is not None
    assert made.duration_s is not None
    assert 2.0 < made.walked_s < made.duration_s < 12.0
    assert made.peak_mps is not None
    assert made.mean_mps is not None
    assert made.distance_m is not None
    assert 0 < made.mean_mps <= made.peak_mps < 0.45
    assert made.distance_m == pytest.approx(made.mean_mps * made.walked_s, abs=0.01)


@pytest.mark.parametrize("octets", [b"", b"\n", b"\0" * 99, b"{}\n", b"[" * 9999, b"\xff\xfe\n"])
def test_a_file_that_is_no_record_has_no_figures_and_breaks_nothing(octets: bytes) -> None:
    made = summary("odd", octets)
    assert (made.whole, made.complete, made.duration_s, made.releases) == (False, False, None, None)


@pytest.mark.parametrize(
    "odd", [{"t": "noon"}, {"t": None}, {"wall": "today"}, {"wall": [1]}, {"limits": [1]}]
)
def test_a_whole_record_that_tells_what_none_tells_has_no_figures(odd: dict[str, object]) -> None:
    head = {"n": 0, "t": 1.0, "kind": "begin", "session": "odd", "version": "1", **odd}
    line, _ = sealed(head, seed("odd", "1"))
    made = summary("odd", line)
    assert (made.duration_s, made.releases, made.octets) == (None, None, len(line))


def test_a_record_that_does_not_tell_when_it_began_is_of_no_date() -> None:
    head = {"n": 0, "t": 1.0, "kind": "begin", "session": "odd", "version": "1"}
    line, _ = sealed(head, seed("odd", "1"))
    assert (summary("odd", line).began_at, summary("odd", line).duration_s) == (None, 0.0)


def test_any_octet_that_is_changed_shows_and_never_breaks_it(tmp_path: Path) -> None:
    octets = bytearray(walked(tmp_path).read_bytes())
    for place in range(0, len(octets), 1013):
        changed = bytearray(octets)
        changed[place] ^= 0x15
        assert not summary("first", bytes(changed)).complete


def test_a_record_under_another_name_is_not_whole(tmp_path: Path) -> None:
    assert not summary("other", walked(tmp_path).read_bytes()).whole


async def test_a_record_that_ended_is_taken_in_once(where: Where) -> None:
    sessions = where.folder / "sessions"
    async with Archive(where, sessions) as archive:
        assert await archive.take_in() == ()
        octets = walked(sessions).read_bytes()
        assert await archive.take_in() == ("first",)
        (kept,) = await archive.summaries()
        assert kept == summary("first", octets)
        assert await archive.take_in() == ()
    async with Archive(where, sessions) as archive:
        assert await archive.take_in() == ()
        assert await archive.summaries() == (kept,)


async def test_a_record_that_goes_on_waits_and_one_whose_writer_died_is_taken_as_it_is(
    where: Where,
) -> None:
    sessions = where.folder / "sessions"
    async with Archive(where, sessions) as archive:
        file = record(sessions, "aa", ended=False)
        assert await archive.take_in() == ()
        os.utime(file, (1, 1))
        assert await archive.take_in() == ("aa",)
        (kept,) = await archive.summaries()
        assert (kept.whole, kept.complete) == (True, False)
        assert await archive.take_in() == ()
        record(sessions, "aa")
        assert await archive.take_in() == ("aa",)
        (grown,) = await archive.summaries()
        assert grown.complete


async def test_what_was_missed_is_taken_in_later_oldest_first_and_other_files_are_left_alone(
    where: Where,
) -> None:
    sessions = where.folder / "sessions"
    for number, name in enumerate(("cc", "bb", "aa")):
        record(sessions, name, wall=1e9 + number)
    (sessions / "notes.txt").write_text("no record")
    (sessions / "a b.jsonl").write_text("no name of a record")
    (sessions / "folder.jsonl").mkdir()
    async with Archive(where, sessions) as archive:
        assert set(await archive.take_in()) == {"aa", "bb", "cc"}
        found: list[Summary] = list(await archive.summaries())
        assert [each.session for each in found] == ["cc", "bb", "aa"]
        assert [each.session for each in await archive.summaries(["bb", "zz"])] == ["bb"]
        assert found[0].began_at == "2001-09-09T01:46:40.000000+00:00"
