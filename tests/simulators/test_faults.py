"""The tables of faults: every row is whole, makes its difference and no other, and composes."""

import json
import re
import subprocess
import sys

import pytest

from protocols.ftms import procedures
from simulators.channel import EFFECTS
from simulators.commands import obey
from simulators.faults import ELSEWHERE, FAULTS, HONEST, KINDS, Case, afflicted, case, listing
from simulators.faults.names import rows
from simulators.grip_line import LINES
from simulators.grip_sensor import READINGS
from simulators.link_model import WRITES
from simulators.manners import MANNERS
from simulators.mishaps import MISHAPS
from simulators.quirks import QUIRKS
from simulators.voice import FORMS, RECORDS, STATUSES, TRAININGS
from simulators.walker import INTENTS
from tests.simulators.client_of_scene import ClientOfScene, changed, visited

MACHINE = {"belt", "incline", "answers", "reports", "statuses", "trainings", "table"}
EVERYTHING = {*MACHINE, "grip", "walker", "writes", "executed", "cut", "reached"}

MUST: dict[str, set[str]] = {
    "motion": {"belt"},
    "answers": {"answers"},
    "telemetry": {"reports", "statuses", "trainings", "table"},
    "table": {"table"},
    "link": {"answers", "reports", "statuses", "writes", "cut"},
    "grip": {"grip"},
    "walker": {"walker"},
}
"""Aspects of which a fault of this kind changes one at least."""

MAY_NOT: dict[str, set[str]] = {
    "motion": {"grip"},
    "answers": {"grip", "writes"},
    "telemetry": EVERYTHING - {"reports", "statuses", "trainings", "table"},
    "table": {"grip"},
    "link": {"grip"},
    "grip": EVERYTHING - {"grip"},
    "walker": {"answers", "statuses", "table", "writes", "executed", "cut"},
}
"""Aspects that no fault of this kind touches: what the walker's feet do to the belt is small."""

BY_CHANCE = {
    *("speed_overflows", "zero_glitches", "one_write_in_three_lost", "answers_garbled"),
    *("gap_then_shuffled_burst", "torn_frames", "oversized_frames", "garbage_frames"),
    *("flipped_bits", "loss_2_percent", "loss_30_percent", "jitter", "grip_flickers"),
    *("grip_counts_anyhow", "grip_of_another_room", "grip_flipped_bits", "grip_wrong_baud"),
    *("grip_torn_lines", "grip_loses_lines", "fidgets"),
}

ROWS = [(kind, name) for kind, table in KINDS.items() for name in table if kind != "none"]
NUMBERS = [*(f"F{row}" for row in range(1, 50)), *(f"D{row}" for row in range(1, 31))]


def numbers(name: str) -> set[str]:
    return set(rows(FAULTS[name]))


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_says_in_one_sentence_what_it_is_and_where_it_was_seen(name: str) -> None:
    fault = FAULTS[name]
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
    assert re.fullmatch(r"[A-Z][^.]*(\.\d[^.]*)*\.", fault.sentence)
    assert name == "none" or numbers(name)
    assert (case([name]) == Case()) == (name == "none")


@pytest.mark.parametrize(("kind", "name"), ROWS)
def test_every_fault_makes_its_difference_and_no_other(kind: str, name: str) -> None:
    differs = changed(visited(), visited(name))
    assert differs & MUST[kind]
    assert not differs & MAY_NOT[kind]


def test_every_trouble_has_a_name_that_its_part_knows_and_no_name_is_unused() -> None:
    known = {
        "quirks": {*QUIRKS},
        "manners": {*MANNERS},
        "voice": {*RECORDS, *FORMS, *TRAININGS, *STATUSES, "freeze", "late"},
        "mishaps": {*MISHAPS} - {"console pause", "console return key"},
        "link": {"cut", *WRITES, *EFFECTS, *(f"answers {name}" for name in EFFECTS)},
        "grip": {"freeze", "flood", "unplugged", *READINGS, *LINES, *EFFECTS},
        "walk": {*INTENTS},
    }
    used: dict[str, set[str]] = {
        part: {trouble.what for fault in FAULTS.values() for trouble in getattr(fault, part)}
        for part in known
    }
    assert all(used[part] <= known[part] for part in known)
    assert all(used[part] == known[part] for part in ("quirks", "manners", "voice", "mishaps"))
    assert {*READINGS, *LINES} <= used["grip"]
    assert {*EFFECTS} <= used["grip"] | used["link"]


def test_no_two_faults_are_the_same() -> None:
    cases = [case([name]) for name in FAULTS]
    assert all(one not in cases[:place] for place, one in enumerate(cases))
    assert len({fault.sentence for fault in FAULTS.values()}) == len(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_the_same_seed_is_the_same_visit_and_only_chance_differs_by_seed(name: str) -> None:
    first = visited(name)
    assert changed(first, visited.__wrapped__(name)) == set()
    assert bool(changed(first, visited(name, seed=8))) == (name in BY_CHANCE)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_goes_with_any_others(name: str) -> None:
    names = list(FAULTS)
    others = [names[(names.index(name) * step + step) % len(names)] for step in (5, 17, 71)]
    trace = ClientOfScene([name, *others]).run()
    assert len(trace["belt"]) == len(trace["grip"]) == 720


def test_all_faults_at_once_are_a_machine_too() -> None:
    assert visited(*FAULTS)["belt"]


def test_faults_of_different_kinds_do_not_disturb_each_other() -> None:
    both = visited("echoes_set_point", "grip_loses_lines")
    assert both["reports"] == visited("echoes_set_point")["reports"]
    assert both["grip"] == visited("grip_loses_lines")["grip"]
    assert changed(visited(), both) == {"reports", "grip"}


def test_figures_are_replaced_and_troubles_add_up_in_the_order_of_their_names() -> None:
    machine = afflicted(["ignores_stop", "mph_for_kmh", "slow_stop", "start_toggles"])
    assert [trouble.what for trouble in machine.quirks] == ["ignore stop", "start toggles"]
    assert machine.habits.unit_scale == pytest.approx(1.609344)
    assert machine.drive.stop_mps2 < HONEST.drive.stop_mps2
    table = afflicted(["no_control_point", "no_speed_range"]).table
    assert len(table.missing) == 2


def test_every_row_of_both_catalogues_is_simulated_or_said_to_be_elsewhere() -> None:
    simulated = {number for name in FAULTS for number in numbers(name)}
    assert [number for number in NUMBERS if number not in simulated | set(ELSEWHERE)] == []
    assert set(ELSEWHERE) <= set(NUMBERS)
    assert all(reason.endswith(".") for reason in ELSEWHERE.values())


def test_what_is_said_to_be_elsewhere_is_in_no_row_but_as_its_opposite() -> None:
    claimed = {name for name in FAULTS if numbers(name) & set(ELSEWHERE)}
    assert claimed == {"stops_unlinked"}


def test_an_unknown_fault_is_refused_with_the_nearest_there_are() -> None:
    with pytest.raises(ValueError, match=r"no fault 'ignore_stop'.*ignores_stop.*--list-faults"):
        afflicted(["ignore_stop"])
    with pytest.raises(ValueError, match=r"no fault 'x'\. All are listed"):
        case(["runaway", "x"])


def test_a_fault_may_be_named_in_capitals() -> None:
    assert case(["IGNORES_STOP"]) == case(["ignores_stop"])


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("F35", "F35 is a row of the catalogue. Its faults: ignores_stop, ignores_stop_not_pause"),
        ("d15", "D15 is a row of the catalogue. Its faults: countdown, answers_slowly, "),
        ("F85", "There is no fault 'F85'. All are listed"),
        ("f18", "F18 is not simulated. There is no CAN treadmill here; "),
        ("", "An empty word is no fault. All are listed"),
        ("runaway,slow_stop", "is several words. Write --fault once for each of them."),
        ("GREMLINS", "no fault 'GREMLINS'. Near it: grip_loses_lines, "),
    ],
)
def test_a_word_that_is_no_name_is_answered_with_what_may_be_meant(
    word: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        case([word])


def test_the_listing_is_printed_as_json() -> None:
    command = [sys.executable, "-m", "simulators.faults"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert told == listing()
    assert {row["kind"] for row in told.values()} == set(KINDS)


def test_names_are_looked_up_and_the_catalogues_rows_elsewhere_are_printed() -> None:
    command = [sys.executable, "-m", "simulators.faults"]
    meant = subprocess.run([*command, "--", "Runaway", "none"], capture_output=True, check=True)
    assert json.loads(meant.stdout) == ["runaway", "none"]
    elsewhere = subprocess.run([*command, "--elsewhere"], capture_output=True, check=True)
    assert json.loads(elsewhere.stdout) == ELSEWHERE
    refused = subprocess.run([*command, "F35"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_a_fault_given_in_mid_walk_counts_its_onset_from_then() -> None:
    client = ClientOfScene([])
    client.obey("console start")
    client.scene.advance(10.0)
    client.scene.afflict(["runaway_late"])
    before_mps = client.scene.treadmill.firmware.set_point_mps
    for elapsed_s, climbs in ((4.9, False), (0.2, True)):
        client.scene.advance(elapsed_s)
        assert (client.scene.treadmill.firmware.set_point_mps > before_mps) == climbs, elapsed_s
    client.scene.afflict(["none"])
    client.scene.treadmill.firmware.stop()
    assert client.scene.treadmill.firmware.set_point_mps == 0


def test_hands_flicker_as_often_as_is_said() -> None:
    scene = ClientOfScene(["grip_flickers"]).scene
    obey(scene, "hold")
    frames = []
    for _ in range(6000):
        scene.advance(0.01)
        frame, _lines = scene.grip_lines()
        frames += [] if frame is None else [frame]
    released = sum(not frame.left_held and not frame.right_held for frame in frames)
    assert "five a second" in FAULTS["grip_flickers"].sentence
    assert released / 60 == pytest.approx(5.0, abs=0.5)
    assert released == sum(not frame.left_held for frame in frames)


@pytest.mark.parametrize(
    ("name", "word", "octets", "units"),
    [
        ("ignores_stop", "Pause", procedures.pause(), 100),
        ("ignores_stop", "Stop", procedures.stop(), 100),
        ("ignores_stop_late", "Pause", procedures.pause(), 100),
        ("ignores_stop_late", "Stop", procedures.stop(), 100),
        ("any_speed", "one below it is executed", procedures.set_target_speed(20), 20),
        ("any_speed", "above the range", procedures.set_target_speed(700), 600),
        ("any_speed", "overflowed", procedures.set_target_speed(0xFFF6), 600),
    ],
)
def test_what_a_sentence_names_is_what_the_belt_does(
    name: str, word: str, octets: bytes, units: int
) -> None:
    client = ClientOfScene([name])
    visit = [
        (0.0, "connect", ""),
        (0.5, "write", procedures.request_control()),
        (1.0, "write", procedures.set_target_speed(100)),
        (1.5, "write", procedures.start()),
        (12.0, "write", octets),
    ]
    answers = client.run(visit)["answers"]
    assert word in FAULTS[name].sentence
    assert answers[-1][1][2] == procedures.ResultCode.SUCCESS
    assert client.scene.belt.speed_mps * 360 == pytest.approx(units, abs=1)


def test_a_stop_too_soon_after_a_set_point_is_lost_and_a_later_one_is_not() -> None:
    visit = [
        (0.0, "connect", ""),
        (0.5, "write", procedures.request_control()),
        (1.0, "write", procedures.start()),
        (5.0, "write", procedures.set_target_speed(100)),
        (5.5, "write", procedures.stop()),
        (6.0, "write", procedures.stop()),
    ]
    answers = ClientOfScene(["drops_what_comes_soon"]).run(visit)["answers"]
    assert [octets.hex() for _, octets in answers] == ["800001", "800701", "800201", "800801"]
    assert answers[-1][0] >= 6
