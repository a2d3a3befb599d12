"""Which reactions answer which fault, and what a fault keeps anybody from knowing.

A reaction is the cause that the supervisor is told of first; `-` means that a walk may go on: the
fault is harmless, or does nothing for want of an occasion. A fault that is not in the table must
be harmless. Whatever it does, the verdict holds.
"""

from typing import Protocol

WALKING = ("armed", "ramping", "steady", "uphill", "belt_off")

_LINK = "link_lost belt_silent belt_lost write_failed control_lost mismatch unresponsive unanswered"
_UNHEARD = "belt_silent belt_lost mismatch unresponsive unanswered"
_GRIP = "grip_released grip_silent grip_garbled"
_SPEED = "overspeed mismatch units unresponsive"
_DEAF = "unanswered write_failed mismatch unresponsive did_not_start -"
_WILD = (
    f"- {_SPEED} unanswered belt_silent belt_lost uncommanded_motion did_not_start foreign_speed "
    "incline frozen"
)

REACTIONS: dict[str, str] = {
    # The belt does not do what was asked
    "ignores_start": "did_not_start -",
    "ignores_speed": f"{_SPEED} -",
    "success_without_motion": f"did_not_start {_SPEED}",
    "mph_for_kmh": f"{_SPEED} -",
    "runaway": _SPEED,
    "runaway_late": _SPEED,
    "creeps_up": f"{_SPEED} -",
    "overshoots": f"{_SPEED} -",
    "set_point_reverts": f"{_SPEED} -",
    "stop_toggles": "uncommanded_motion -",
    "stop_resumes_pause": "uncommanded_motion -",
    "control_starts": "uncommanded_motion -",
    "starts_after_connect": "uncommanded_motion -",
    "minimum_unannounced": f"{_SPEED} -",
    "minimum_raised": f"{_SPEED} -",
    "coarse_grid": f"{_SPEED} too_slow -",
    "start_jumps": f"{_SPEED} -",
    "restarts_after_reboot": f"{_LINK} uncommanded_motion",
    "incline_by_itself": "incline",
    "incline_map": "incline -",
    "console_faster": "foreign_speed",
    "console_stop": "console_stop",
    "console_starts": "uncommanded_motion -",
    "key_pulled": "safety_key",
    "rises_untold": f"{_SPEED} -",
    # The control point does not answer as it should
    "answers_another_request": _DEAF,
    "answers_slowly": _DEAF,
    "reserved_result": _DEAF,
    "needs_start_each_time": _DEAF,
    "drops_what_comes_soon": _DEAF,
    "executes_late": f"{_SPEED} did_not_start uncommanded_motion -",
    "not_permitted_yet": _DEAF,
    "permits_no_more": "control_lost -",
    # The reports are wrong
    "frozen_telemetry": f"frozen {_SPEED} did_not_start belt_silent -",
    "silent_telemetry": _UNHEARD,
    "late_telemetry": f"{_SPEED} -",
    "slow_telemetry": f"{_SPEED} belt_silent -",
    "reports_mph": _SPEED,
    "reports_high": _SPEED,
    "speed_overflows": f"uncommanded_motion {_SPEED} -",
    "zero_glitches": f"{_SPEED} -",
    "half_a_record": _UNHEARD,
    "big_endian_speed": _SPEED,
    "speed_against_flags": _UNHEARD,
    "speed_range_in_mph": "units -",
    # The link
    "link_drops": _LINK,
    "link_cut": "link_lost",
    "weak_signal": "link_lost",
    "short_visits": "link_lost -",
    "notifications_stop": f"{_UNHEARD} write_failed",
    "writes_hang": _DEAF,
    "writes_swallowed": _DEAF,
    "writes_unacknowledged": _DEAF,
    "writes_late": _DEAF,
    "writes_blocked": _DEAF,
    "writes_refused": _DEAF,
    "one_write_in_three_lost": _DEAF,
    "answers_lost": _DEAF,
    "answers_garbled": _DEAF,
    "gap_then_burst": _UNHEARD,
    "gap_then_shuffled_burst": _UNHEARD,
    "torn_frames": _WILD,
    "garbage_frames": f"{_WILD} console_stop safety_key control_lost",
    "flipped_bits": f"{_WILD} console_stop safety_key control_lost",
    "control_lost": "control_lost",
    "other_central": "control_lost",
    "foreign_speed": "foreign_speed overspeed -",
    "other_device": "link_lost",
    "adapter_gone": "link_lost",
    "loss_30_percent": f"{_UNHEARD} -",
    # The grip unit
    "grip_disconnected": _GRIP,
    "grip_silent": _GRIP,
    "grip_unplugged": f"{_GRIP} tether",
    "grip_chatters": _GRIP,
    "grip_flickers": "did_not_start releases -",
    "grip_frozen": _GRIP,
    "false_fall": "fall",
    "tether_pulled": "tether",
    "contact_without_force": f"{_GRIP} grip_disagrees",
    "grip_battery_low": "did_not_start -",
    "force_without_contact": f"{_GRIP} grip_disagrees",
    "grip_other_version": f"{_GRIP} -",
    "grip_not_a_number": _GRIP,
    "grip_huge_force": _GRIP,
    "grip_negative_force": _GRIP,
    "grip_field_missing": _GRIP,
    "grip_wrong_baud": _GRIP,
    "grip_held_up": _GRIP,
    "grip_torn_lines": f"{_GRIP} -",
    "grip_flipped_bits": f"{_GRIP} -",
    # The walker
    "lets_go": "grip_released",
    "lets_one_go": "one_hand too_slow",
    "grabs_again": "grip_released -",
    "grabs_late": "grip_released",
    "flaps": "grip_released releases",
    "changes_hands": "one_hand too_slow did_not_start grip_released releases -",
    "fidgets": "grip_released releases -",
    "falls": "fall grip_released",
    "steps_off": "grip_released",
    # People, the computer and the disk
    "console_starts_now": "uncommanded_motion unresponsive -",
    "console_pauses_now": "console_stop -",
    "key_pulled_now": "safety_key",
    "tether_off_now": "tether",
    "supervisor_leaves": "console_lost",
    "guard_dies": "guard_silent",
    "stall": "turn_lost",
    "computer_paused": "turn_lost suspended unanswered",
    "computer_suspended": "turn_lost belt_lost suspended unanswered",
    "disk_full": "not_recorded -",
}

BLIND: dict[str, str] = {
    "frozen_telemetry": "belt",
    "echoes_set_point": "belt",
    "reports_mph": "belt",
    "zero_while_coasting": "belt",
    "phantom_speed": "belt",
    "half_a_record": "belt",
    "speed_against_flags": "belt",
    "garbage_frames": "belt",
    "torn_frames": "belt",
    "flipped_bits": "belt",
    "gap_then_shuffled_burst": "belt",
    "grip_stuck": "grip",
    "grip_sticks": "grip",
    "grip_left_stuck": "grip",
    "grip_of_another_room": "grip",
}
"""Where the machine's reports, or the sensor's, are lies that nothing else tells from the truth."""

SLOW_S: dict[str, float] = {
    "grip_late": 0.9,
    "grip_frozen": 0.55,
    "grip_silent": 0.55,
    "grip_wrong_baud": 0.55,
    "grip_held_up": 0.55,
    "grip_flipped_bits": 0.5,
    "grip_torn_lines": 0.6,
    "grip_loses_lines": 0.6,
    "grip_not_a_number": 0.55,
    "grip_huge_force": 0.55,
    "grip_negative_force": 0.55,
    "grip_field_missing": 0.55,
}
"""So long at most until a sensor with this fault is no longer believed; its release counts then."""


class Struck(Protocol):
    @property
    def fault(self) -> str: ...

    @property
    def phase(self) -> str: ...


UPHILL: dict[str, str] = {"reports_mph": f"{_SPEED} -"}
"""So gently as there the belt is walked, a mph for a km/h is within what may differ."""
BELT_OFF: dict[str, str] = {
    "console_starts": "motor_on",
    "console_starts_now": "motor_on",
    "speed_overflows": "motor_on -",
    "garbage_frames": f"motor_on {REACTIONS['garbage_frames']}",
    "torn_frames": f"motor_on {REACTIONS['torn_frames']}",
    "flipped_bits": f"motor_on {REACTIONS['flipped_bits']}",
    "lets_one_go": "one_hand",
    **dict.fromkeys(
        (
            "success_without_motion", "runaway", "runaway_late", "incline_by_itself",
            "console_faster", "console_stop", "reports_mph", "reports_high", "big_endian_speed",
        ),
        "-",
    ),
}  # fmt: skip
"""Nothing is asked of the motor: what it does wrong of that does not show, and any motion does."""
LATE = dict.fromkeys(("reports_high", "reports_mph"), f"{_SPEED} -")
"""A walk that begins late may be over before its speed has stood long enough to be judged."""
SPECIAL = {"uphill": UPHILL, "belt_off": BELT_OFF, "armed": LATE}


def expected(outcome: Struck) -> set[str]:
    """The causes that may be told first; in a phase without a walk, none as well."""
    usual = REACTIONS.get(outcome.fault, "-")
    words = SPECIAL.get(outcome.phase, {}).get(outcome.fault, usual).split()
    named = {"" if word == "-" else word for word in words}
    return named if outcome.phase in WALKING else named | {""}
