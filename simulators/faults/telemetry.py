"""Treadmills whose reports are wrong, late, torn or missing."""

from simulators.faults.parts import Fault
from simulators.trouble import Trouble

TELEMETRY: dict[str, Fault] = {
    "frozen_telemetry": Fault(
        "After three seconds of running, the machine repeats one and the same report for ever.",
        "F39; Horizon, qdomyos-zwift #637",
        voice=(Trouble("freeze", after_s=3.0),),
    ),
    "silent_telemetry": Fault(
        "After five seconds of running the machine reports nothing more.",
        "F2, D28; Merach",
        voice=(Trouble("silent", after_s=5.0),),
    ),
    "late_telemetry": Fault(
        "Each report tells of the belt three reports ago.",
        "F39; Horizon, qdomyos-zwift #637",
        voice=(Trouble("late", by=3),),
    ),
    "slow_telemetry": Fault(
        "It reports once in two seconds.",
        "F39; FTMS 1.0 asks for about one a second",
        habits={"report_period_s": 2.0},
    ),
    "fast_telemetry": Fault(
        "It reports twenty times a second.",
        "F29 on the treadmill's side",
        habits={"report_period_s": 0.05},
    ),
    "echoes_set_point": Fault(
        "The reported speed is the set-point, whatever the belt does.",
        "F40, D20; UREVO",
        voice=(Trouble("echo"),),
    ),
    "reports_mph": Fault(
        "The reported speed is a number of mph where km/h belong.",
        "D1; FS-BT-T4, justintout/treadmill",
        voice=(Trouble("scaled", by=1 / 1.609344),),
    ),
    "reports_high": Fault(
        "The reported speed is 61 % above the belt's.",
        "F33, D1; the reverse mistake",
        voice=(Trouble("scaled", by=1.609344),),
    ),
    "speed_overflows": Fault(
        "One report in twenty gives a speed of 655.35 km/h.",
        "F7, F47",
        voice=(Trouble("wild", share=0.05),),
    ),
    "zero_glitches": Fault(
        "One report in five gives a speed of 0, also while the belt runs.",
        "D21; Merach, qdomyos-zwift",
        voice=(Trouble("glitch", share=0.2),),
    ),
    "phantom_speed": Fault(
        "It never reports less than 0.3 km/h, and no elapsed time, also at rest.",
        "F39, D22; Mobvoi TMP, qdomyos-zwift #3404",
        voice=(Trouble("phantom", by=30), Trouble("elapsed stands")),
    ),
    "zero_while_coasting": Fault(
        "From Stop or Pause on it reports 0, while the belt still moves.",
        "F46",
        voice=(Trouble("coasting"),),
    ),
    "distance_in_steps": Fault(
        "The distance advances 16 m at a time.",
        "D24; UREVO, Sperax",
        voice=(Trouble("in steps", by=16),),
    ),
    "truncated_report": Fault(
        "Its flags promise more fields than the 20 octets of a report hold.",
        "D16; Matrix, flutter_ftms",
        voice=(Trouble("full"), Trouble("clipped", by=20)),
    ),
    "fragmented_report": Fault(
        "Each record comes in two notifications, the speed in the second.",
        "D16; Matrix TouchXL and Technogym MyRun",
        voice=(Trouble("split"),),
    ),
    "half_a_record": Fault(
        "Of each record in two notifications the one with the speed never comes.",
        "F7, D16",
        voice=(Trouble("beheaded"),),
    ),
    "surplus_octets": Fault(
        "Each report ends in four octets of nothing.",
        "D17; flutter_ftms fixtures",
        voice=(Trouble("padded", by=4),),
    ),
    "sentinels": Fault(
        "Distance, incline and elevation carry the mark for 'not available'.",
        "D18; Matrix, Life Fitness",
        voice=(Trouble("sentinels"),),
    ),
    "big_endian_speed": Fault(
        "The two octets of the speed are in the other order.",
        "D19; anyrun and FitShow, qdomyos-zwift PR 671",
        voice=(Trouble("swapped"),),
    ),
    "speed_against_flags": Fault(
        "The flags say that no speed is in the report, and it is there.",
        "D19; KingSmith PH4, ph4-walkingpad PR 25",
        voice=(Trouble("headless"),),
    ),
    "speed_alone": Fault(
        "It reports the speed and nothing else.",
        "D28; a pad that counts neither distance nor time",
        voice=(Trouble("bare"),),
    ),
    "vendor_steps": Fault(
        "A reserved flag bit announces a count of steps.",
        "D24; UREVO, Yesoul, KingSmith, CITYSPORTS, Sperax",
        voice=(Trouble("steps"),),
    ),
    "narrow_pace": Fault(
        "Its paces are one octet wide, as in the text of 2017.",
        "D18; Star Trac",
        voice=(Trouble("pace"),),
    ),
    "training_short": Fault(
        "The Training Status has one octet instead of two.",
        "D17; Domyos-TC, pyftms #17; Wi-linktech 7.4AT, hassio-ftms #36",
        voice=(Trouble("training short"),),
    ),
    "training_reserved": Fault(
        "A pause is told as the reserved Training Status 0x11.",
        "D19; UREVO",
        voice=(Trouble("training reserved"),),
    ),
    "status_surplus": Fault(
        "Each Machine Status ends in two octets of nothing.",
        "D17; `04 00 00` and `02 02 00` seen",
        voice=(Trouble("status padded"),),
    ),
    "status_cut": Fault(
        "Each Machine Status lacks its parameter.",
        "D17; a lone `08` seen",
        voice=(Trouble("status cut"),),
    ),
}
