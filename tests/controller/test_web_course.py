"""What the desk keeps of a walk for its pages: samples, marks, and the story of a stop."""

from controller.web.course import Course
from controller.web.messages import Belt, Grip, Telemetry

HELD = Grip(left=True, right=True, age_s=0.03)
OFF = Grip(left=False, right=False, age_s=0.03)
MOVES = Belt(linked=True, speed_mps=0.4, age_s=0.1)
RESTS = Belt(linked=True, speed_mps=0.0, age_s=0.1, at_rest=True)


def at(time_s, state="walking", **more):
    facts = {"belt": MOVES, "grip": HELD, "session_id": "s1", "set_point_mps": 0.4, **more}
    return Telemetry(time_s=time_s, state=state, **facts)


def course(*told):
    made = Course()
    return made, [made.take(each) for each in told]


def test_a_release_is_told_from_the_last_hand_to_rest_with_seconds_and_metres():
    cause = {"cause": "grip_released", "sentence": "Both hands left the rails."}
    made, _ = course(
        at(10.0),
        at(10.5, grip=OFF),
        at(10.8, "stopping", grip=OFF, **cause),
        at(11.3, "stopping", grip=OFF, **cause),
        at(11.8, "latched", grip=OFF, belt=RESTS, **cause),
    )
    released, stop, rest = made.story
    assert (released.kind, stop.kind, rest.kind) == ("released", "stop", "rest")
    assert released.after_s is None
    assert round(stop.after_s, 3) == 0.3
    assert round(rest.after_s, 3) == 1.0
    assert rest.carry_m == 0.4


def test_hands_that_came_back_are_no_part_of_a_later_stop():
    made, _ = course(
        at(1.0, grip=OFF), at(1.2), at(5.0, "stopping", cause="stop_pressed", sentence="Stop.")
    )
    assert [step.kind for step in made.story] == ["stop"]


def test_a_walk_that_ends_by_itself_has_no_story():
    made, told = course(at(1.0), at(2.0, "slowing"), at(3.0, "stopping"), at(4.0, "idle"))
    assert made.story == ()
    assert [mark.text for mark, _ in told if mark] == ["Slowing"]


def test_pages_are_told_only_when_the_story_grows():
    _, told = course(
        at(1.0),
        at(1.1, "stopping", cause="x", sentence="X."),
        at(1.2, "stopping", cause="x", sentence="X."),
        at(1.3, "stopping", cause="x", sentence="X.", belt=RESTS),
        at(1.4, "latched", cause="x", sentence="X.", belt=RESTS),
    )
    assert [grown for _, grown in told] == [False, True, False, True, False]


def test_a_trip_is_marked_with_its_sentence():
    made, _ = course(
        at(1.0), at(2.0, "stopping", cause="stop_pressed", sentence="Stop was pressed.")
    )
    assert [(mark.text, mark.grade) for mark in made.marks] == [("Stop was pressed.", "trip")]


def test_samples_are_a_second_apart_and_know_no_hand_of_a_silent_unit():
    silent = Grip(left=True, right=True, age_s=0.8)
    made, _ = course(*(at(step / 10, grip=silent) for step in range(25)))
    assert [sample[0] for sample in made.samples] == [0.0, 1.0, 2.0]
    assert {sample[4:6] for sample in made.samples} == {(None, None)}


def test_a_new_session_begins_anew_and_so_does_another_clock():
    made, _ = course(at(100.0), at(101.0, "stopping", cause="x", sentence="X."))
    made.take(at(102.0, session_id="s2"))
    assert (made.story, made.session_id) == ((), "s2")
    assert [mark.text for mark in made.marks] == ["Start"]
    made.take(at(3.0, session_id="s2"))
    assert [sample[0] for sample in made.samples] == [3.0]


def test_all_of_it_is_told_to_a_page_that_comes():
    made, _ = course(at(1.0, "armed"), at(2.0))
    whole = made.whole()
    assert whole["session_id"] == "s1"
    assert [event["text"] for event in whole["events"]] == ["Start"]
    assert whole["samples"][0][1] == 0.4
