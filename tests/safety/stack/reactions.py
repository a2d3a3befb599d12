"""Which reactions answer which fault, and what a fault keeps anybody from knowing.

A reaction is the cause that the supervisor is told of first; `-` means that a walk may go on: the
fault is harmless, or does nothing for want of an occasion. A fault that is not in the table must
be harmless. Whatever it does, the verdict holds.
"""

from typing import Protocol

WALKING = ("armed", "ramping", "steady")

_LINK = "link_lost belt_silent belt_lost write_failed control_lost"
_GRIP = "grip_released grip_silent"
_SPEED = "overspeed mismatch"
_WILD = f"- {_SPEED} belt_silent belt_lost uncommanded_motion did_not_start foreign_speed"

REACTIONS: dict[str, str] = {
    # The belt does not do what was asked
    "ignores_start": "did_not_start -",
    "ignores_speed": "mismatch -",
    "success_without_motion": "did_not_start mismatch",
    "mph_for_kmh": f"{_SPEED} -",
    "runaway": _SPEED,
    "runaway_late": _SPEED,
    "creeps_up": f"{_SPEED} -",
    "overshoots": f"{_SPEED} -",
    "set_point_reverts": "mismatch -",
    "stop_toggles": "uncommanded_motion -",
    "stop_resumes_pause": "uncommanded_motion -",
    "control_starts": "uncommanded_motion -",
    "starts_after_connect": "uncommanded_motion -",
    "minimum_unannounced": "mismatch -",
    "minimum_raised": f"{_SPEED} -",
    "coarse_grid": f"{_SPEED} too_slow -",
    "start_jumps": f"{_SPEED} -",
    "restarts_after_reboot": f"{_LINK} uncommanded_motion",
    "console_faster": "foreign_speed",
    "console_stop": "console_stop",
    "console_starts": "uncommanded_motion -",
    "key_pulled": "safety_key",
    "rises_untold": f"{_SPEED} -",
    # The control point does not answer as it should
    "needs_start_each_time": "mismatch -",
    "drops_what_comes_soon": "mismatch did_not_start -",
    "executes_late": "mismatch did_not_start uncommanded_motion -",
    "not_permitted_yet": "mismatch did_not_start -",
    # The reports are wrong
    "frozen_telemetry": "mismatch did_not_start -",
    "silent_telemetry": "belt_silent",
    "late_telemetry": "mismatch -",
    "slow_telemetry": "mismatch belt_silent -",
    "reports_mph": "mismatch",
    "reports_high": "overspeed mismatch",
    "speed_overflows": "uncommanded_motion overspeed -",
    "zero_glitches": "mismatch -",
    "half_a_record": "belt_silent",
    "big_endian_speed": "overspeed mismatch",
    "speed_against_flags": "belt_silent",
    # The link
    "link_drops": _LINK,
    "link_cut": "link_lost",
    "weak_signal": "link_lost",
    "short_visits": "link_lost -",
    "notifications_stop": "belt_silent belt_lost write_failed",
    "writes_hang": "write_failed did_not_start -",
    "writes_swallowed": "mismatch did_not_start -",
    "writes_unacknowledged": "write_failed -",
    "writes_late": "write_failed -",
    "writes_blocked": "write_failed -",
    "writes_refused": "write_failed -",
    "one_write_in_three_lost": "mismatch did_not_start -",
    "answers_lost": "mismatch -",
    "answers_garbled": "mismatch -",
    "gap_then_burst": "belt_silent",
    "gap_then_shuffled_burst": "belt_silent",
    "torn_frames": _WILD,
    "garbage_frames": f"{_WILD} console_stop safety_key control_lost",
    "flipped_bits": f"{_WILD} console_stop safety_key control_lost",
    "control_lost": "control_lost",
    "other_central": "control_lost",
    "foreign_speed": "foreign_speed overspeed -",
    "other_device": "link_lost",
    "adapter_gone": "link_lost",
    "loss_30_percent": "belt_silent -",
    # The grip unit
    "grip_disconnected": _GRIP,
    "grip_silent": _GRIP,
    "grip_unplugged": f"{_GRIP} tether",
    "grip_chatters": _GRIP,
    "grip_flickers": "did_not_start -",
    "grip_frozen": _GRIP,
    "false_fall": "fall",
    "tether_pulled": "tether",
    "force_without_contact": _GRIP,
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
    "flaps": "grip_released",
    "changes_hands": "one_hand too_slow did_not_start grip_released -",
    "fidgets": "grip_released -",
    "falls": "fall grip_released",
    "steps_off": "grip_released",
    # People, the computer and the disk
    "console_starts_now": "uncommanded_motion -",
    "console_pauses_now": "console_stop -",
    "key_pulled_now": "safety_key",
    "tether_off_now": "tether",
    "supervisor_leaves": "console_lost",
    "guard_dies": "guard_silent",
    "stall": "turn_lost",
    "computer_paused": "turn_lost",
    "computer_suspended": "turn_lost",
    "disk_full": "not_recorded -",
}

BLIND: dict[str, str] = {
    "frozen_telemetry": "belt",
    "late_telemetry": "belt",
    "echoes_set_point": "belt",
    "reports_mph": "belt",
    "zero_glitches": "belt",
    "zero_while_coasting": "belt",
    "phantom_speed": "belt",
    "half_a_record": "belt",
    "speed_against_flags": "belt",
    "garbage_frames": "belt",
    "torn_frames": "belt",
    "flipped_bits": "belt",
    "gap_then_shuffled_burst": "belt",
    "contact_without_force": "grip",
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


def expected(outcome: Struck) -> set[str]:
    """The causes that may be told first; in a phase without a walk, none as well."""
    named = {"" if word == "-" else word for word in REACTIONS.get(outcome.fault, "-").split()}
    return named if outcome.phase in WALKING else named | {""}
