"""What a commissioning can find, each in a sentence: flaws refuse the machine, quirks do not."""

INTERRUPTED = "interrupted"
"""The one flaw that says nothing of the machine."""
FLAWS: dict[str, str] = {
    INTERRUPTED: "The commissioning was ended by the person at the machine.",
    "no_link": "The treadmill could not be reached any more.",
    "silent": "The treadmill stopped reporting its speed.",
    "frozen": "The treadmill repeats one and the same report while its belt runs.",
    "no_range": "The treadmill does not say which speeds it accepts, or what it says cannot be.",
    "minimum_too_fast": "The lowest speed of the treadmill is faster than a walk may begin.",
    "phantom_speed": "The treadmill reports motion at rest: nobody could see its belt stop.",
    "moves_by_itself": "The belt moved without being asked to.",
    "control_refused": "The treadmill refuses to be controlled.",
    "control_starts": "Request Control alone starts the belt.",
    "stop_starts": "Stop toggles: sent to a belt at rest, it starts it.",
    "no_motion": "The treadmill says that it did what it was asked, and its belt does not move.",
    "unanswered": "The treadmill does not answer what moves its belt.",
    "slow_answers": "The treadmill takes more than a second to answer.",
    "minimum_refused": "The treadmill refuses the lowest speed that it says it accepts: its range "
    "is wrong.",
    "mph_for_kmh": "The belt runs 1.6 times as fast as asked: it takes km/h for mph.",
    "kmh_for_mph": "The belt runs at 0.62 of what was asked: it takes mph for km/h, or reports so.",
    "wrong_speed": "The belt does not run at the speed that it was asked for.",
    "overspeed": "The belt was reported to run faster than it was ever asked to.",
    "glitches": "The treadmill reports rest now and then while its belt runs.",
    "echo": "The reported speed is the set-point, faster than any belt can follow: nobody could "
    "see what the belt does.",
    "ignores_speed": "The belt does not follow a new set-point.",
    "ignores_stop": "Stop is ignored: the belt runs on.",
    "instant_stop": "The treadmill reports rest the moment it is told to stop, faster than any "
    "belt.",
    "distance": "The distance that the treadmill counts does not agree with its speed.",
    "stop_too_slow": "Stop takes so long that even at its lowest speed a person would be carried "
    "too far.",
    "spacing": "The treadmill loses set-points that come two seconds apart.",
    "no_stop_seen": "The belt was not seen to come to rest.",
}
"""Each with what it means; the first that is found is the one that is told."""

QUIRKS: dict[str, str] = {
    "start_toggles": "Start pauses a belt that moves; it is sent only to one at rest.",
    "no_control_answer": "Request Control is never answered; nobody waits for it.",
    "notified_answers": "It answers by notification instead of indication.",
    "write_without_response": "Its control point takes writes without response only.",
    "needs_spacing": "It loses set-points that come in quick succession; they are spaced.",
    "keeps_running": "The belt runs on when the link is lost.",
    "stops_unlinked": "The belt stops when the link is lost.",
    "supervised_link": "A machine on this radio notices a lost link seconds late.",
    "stops_hard": "It brakes harder than 1 m/s²: a jolt can topple a backward walker.",
    "no_distance": "It counts no distance that could be compared with its speed.",
}
