"""A session's course against what was true in the simulators, and from records that are odd."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from controller.records.chain import check
from controller.records.course import Course, with_notes
from controller.records.course.counted import Counted
from controller.records.course.events import Event
from controller.records.course.figures import figures
from controller.records.course.track import Track
from controller.records.course.world import World
from controller.records.notes import Moment
from controller.records.turns import turns
from controller.records.values import RecordError, decode, encode
from controller.safety.evidence import hands
from controller.safety.limits import Limits
from tests.controller.records.noted import measured, notes
from tests.controller.records.walked import STEPS, Walked, read, resealed, walked


def kinds(course: Course) -> list[str]:
    return [event.kind for event in course.events]


def test_the_distance_is_that_of_the_belt_and_of_the_machines_own_count(released: Walked) -> None:
    figures = read(released.octets).figures
    assert figures.distance_m == pytest.approx(released.belt_m, rel=0.01)
    assert figures.machine_m == pytest.approx(released.belt_m, abs=1.0)
    assert figures.mean_mps == pytest.approx(figures.distance_m / figures.walked_s)
    assert figures.walked_s == pytest.approx(figures.machine_s, abs=3.0)
    assert figures.peak_mps <= figures.peak_set_point_mps <= figures.cap_mps


def test_a_release_is_told_with_its_stop_and_its_carry(released: Walked) -> None:
    read_ = read(released.octets)
    (stop,) = read_.stops
    assert stop.sentence == "Both hands left the handrails."
    assert stop.octets == "0801"
    assert stop.verified
    assert stop.released_s is not None
    assert stop.latency_s == pytest.approx(0.5, abs=0.06)  # the grace at 0.2 m/s
    assert stop.carry_m == pytest.approx(released.carry_m, abs=0.06)
    assert stop.to_rest_s is not None
    assert 0.3 < stop.to_rest_s < 3.0
    told = [kind for kind in kinds(read_) if kind in ("released", "trip", "stop_sent", "rest")]
    assert told == ["released", "trip", "stop_sent", "rest"]
    assert (read_.figures.releases, read_.figures.stops, read_.figures.verified) == (1, 1, True)


def test_a_stop_that_was_pressed_has_no_carry(stopped: Walked) -> None:
    read_ = read(stopped.octets)
    (stop,) = read_.stops
    assert stop.sentence == "Stop was pressed."
    assert (stop.carry_m, stop.released_s) == (None, None)
    assert stop.latency_s == pytest.approx(0.0, abs=0.01)
    assert read_.figures.releases == 0


def test_hands_are_counted_while_the_belt_moves(released: Walked) -> None:
    figures = read(released.octets).figures
    assert figures.one_hand >= 1
    assert figures.one_s == pytest.approx(1.7, abs=0.5)
    assert figures.none_s == pytest.approx(1.5, abs=0.5)
    held_s = figures.both_s + figures.one_s + figures.none_s
    assert held_s == pytest.approx(figures.walked_s, abs=1.5)


def test_the_life_of_a_session_is_told_in_order(stopped: Walked) -> None:
    told = kinds(read(stopped.octets))
    order = ["begin", "armed", "start", "motion", "trip", "stop_sent", "rest", "reset", "end"]
    assert [kind for kind in told if kind in order] == order


def test_the_heart_is_told_where_it_was_recorded(stopped: Walked) -> None:
    figures = read(stopped.octets).figures
    assert figures.mean_bpm is not None
    assert figures.peak_bpm is not None
    assert 76 <= figures.mean_bpm <= figures.peak_bpm <= 112


def test_what_is_read_of_each_turn_is_what_the_rules_had(released: Walked) -> None:
    """Turns are followed without making values of them: both ways must see the same hands."""
    records = [r for r in check(released.octets).records if r["kind"] == "turn"]
    for record in records:
        record["evidence"].pop("heart_rate_bpm", None)
    stale_s, world = Limits().grip_stale_s, World()
    for record, turn in zip(records, turns(records), strict=True):
        world.follow(json.loads(json.dumps(record)))
        held = hands(turn.evidence, stale_s, turn.now_s)
        assert world.hands(turn.now_s, stale_s) == (held.left, held.right)
        assert world.order == encode(turn.decided["decision"]["order"])


def test_a_record_that_breaks_off_is_told_as_far_as_it_goes(released: Walked) -> None:
    whole = read(released.octets)
    cut = read(released.octets[: len(released.octets) // 2 + 17])
    assert cut.whole
    assert {found.kind for found in cut.findings} == {"torn", "open"}
    assert 0 < cut.figures.walked_s < whole.figures.walked_s
    assert cut.samples == whole.samples[: len(cut.samples)]
    assert not cut.figures.verified  # the belt still moved


def test_nothing_after_a_break_is_told(released: Walked) -> None:
    lines = released.octets.splitlines(keepends=True)
    lines[400] = lines[400].replace(b"turn", b"tern", 1)
    broken = read(b"".join(lines))
    assert not broken.whole
    assert broken.records == 400


@pytest.mark.parametrize("octets", [b"", b"nothing\n"])
def test_a_record_without_a_beginning_is_refused(octets: bytes) -> None:
    with pytest.raises(RecordError, match="no beginning"):
        read(octets)


def test_limits_of_another_version_are_left_alone(stopped: Walked) -> None:
    records = list(check(stopped.octets).records)
    records[0]["limits"]["tomorrow_s"] = 1.0
    assert read(resealed(records)).limits.cap_mps == Limits().cap_mps


def test_odd_figures_are_unknown_and_not_zero(stopped: Walked) -> None:
    """A speed that is no number, an absent grip unit, no decision: nothing is invented."""
    odd: list[dict[str, Any]] = []
    for record in check(stopped.octets).records:
        if record["kind"] == "turn" and "from" in record:
            record["evidence"]["belt"]["speed_mps"] = "nan"
            record["evidence"]["grip"] = None
            record["decided"] = None
        odd.append(record)
        if record["kind"] == "turn":
            break
    read_ = read(resealed(odd))
    (sample,) = read_.samples
    assert (sample.belt_mps, sample.set_point_mps, sample.hands) == (None, 0.0, 0)
    assert read_.figures.mean_mps is None


def test_what_people_said_on_the_way_is_an_event(released: Walked) -> None:
    told = with_notes(read(released.octets), notes())
    (said,) = [event for event in told.events if event.kind == "pain"]
    assert said.sentence == "Pain 4 of 10, effort 12."
    assert 25 < said.at_s < 35
    assert with_notes(told, None) == told


def test_a_report_in_the_record_is_told_once_and_a_refused_one_never(released: Walked) -> None:
    records = list(check(released.octets).records)
    turns_ = [r for r in records if r["kind"] == "turn" and 600 < r["n"] < 900]
    said = {"verb": "report", "told": {"pain_nprs": 4, "symptom": "giving_way"}}
    turns_[0]["commands"] = [said]
    refused = {"kind": "command", "verb": "report", "refused": "No.", "t": turns_[9]["t"]}
    turns_[9]["commands"] = [said]
    records.insert(records.index(turns_[9]), {"n": 0, "wall": 0.0, **refused})
    for number, record in enumerate(records):
        record["n"] = number
    read_ = read(resealed(records))
    assert [e.sentence for e in read_.events if e.kind == "pain"] == ["Pain 4 of 10, giving way."]
    at = datetime.fromtimestamp(read_.began_at + turns_[0]["t"] - records[0]["t"] + 1, UTC)
    same = notes(measured=(measured(Moment.DURING, 4, at=at),))
    assert with_notes(read_, same) == read_


def test_a_heart_rate_that_is_old_is_not_known(stopped: Walked) -> None:
    records = list(check(stopped.octets).records)
    last = max(r["t"] for r in records)
    for record in records:
        if record["kind"] == "turn":
            record["evidence"]["heart_rate_at_s"] = min(record["t"], last - 30.0)
    samples = read(resealed(records)).samples
    assert samples[0].heart_rate_bpm is not None
    assert samples[-1].heart_rate_bpm is None


def test_a_course_round_trips_as_plain_values(stopped: Walked) -> None:
    read_ = read(stopped.octets)
    assert decode(Course, json.loads(json.dumps(encode(read_)))) == read_


def test_hands_that_flutter_let_go_once() -> None:
    hands = ((1.0, "one_hand"), (1.1, "released"), (2.0, "one_hand"), (2.5, "released"),
             (4.0, "held"), (9.0, "released"))  # fmt: skip
    events = [Event(at_s, kind, "") for at_s, kind in hands]
    counted = figures([], events, [], Track(), Counted(), duration_s=10.0)
    assert counted.releases == 2


def test_the_cap_of_the_program_that_is_armed_is_the_one_in_force() -> None:
    program = replace(STEPS, cap_mps=0.25)
    assert read(walked(8.0, lets_go=False, program=program).octets).figures.cap_mps == 0.25


def test_distance_between_reports_changes_evenly_and_silence_adds_nothing() -> None:
    track = Track()
    for at_s, mps in ((0.0, 0.0), (1.0, 0.4), (2.0, 0.0), (1.5, 9.0), (20.0, 0.2), (30.0, 0.0)):
        track.heard(at_s, mps)
    assert track.distance_m == pytest.approx(0.4)
    assert track.walked_s == 2.0
    assert track.blind_s == 10.0  # it moved at 20 s and was not heard until 30 s
    assert track.metres_at(-1.0) == 0.0
    assert track.metres_at(0.5) == pytest.approx(0.05)
    assert track.metres_at(1.5) == pytest.approx(0.2 + 0.15)
    assert track.metres_at(25.0) == pytest.approx(0.4)


def test_a_machines_count_that_begins_anew_goes_on() -> None:
    counted = Counted()
    for metres, seconds in ((10.0, 5), (14.0, 9), (2.0, 1), (None, None), (3.0, 2)):
        counted.heard(metres, seconds)
    assert (counted.metres, counted.seconds) == (4.0 + 2.0, 4 + 1)


def test_a_record_of_something_else_is_one_sentence(released: Walked) -> None:
    records = list(check(released.octets).records)
    records[400]["t"] = "noon"
    with pytest.raises(RecordError, match=r"^Line 401 cannot be read"):
        read(resealed(records))
