"""Treadmills whose belt does not do what was asked: changes to the firmware and its drive."""

from dataclasses import replace

from simulators.faults.parts import SPEEDS, Fault
from simulators.trouble import LINK, Trouble

MOTION: dict[str, Fault] = {
    "ignores_stop": Fault(
        "Stop and Pause are acknowledged and the belt runs on.",
        "F35, D7; Horizon 7.4, qdomyos-zwift #923 and #1503",
        quirks=(Trouble("ignore stop"),),
    ),
    "ignores_stop_not_pause": Fault(
        "Stop is acknowledged and the belt runs on; only Pause brings it to rest.",
        "F35, D7; Horizon 7.4, qdomyos-zwift #923",
        quirks=(Trouble("ignore stop not pause"),),
    ),
    "ignores_stop_late": Fault(
        "After five seconds of running, Stop and Pause are acknowledged and the belt runs on.",
        "F35; qdomyos-zwift #1503",
        quirks=(Trouble("ignore stop", after_s=5.0),),
    ),
    "ignores_start": Fault(
        "Start is acknowledged and the belt stands still.",
        "D10; qdomyos-zwift #1503",
        quirks=(Trouble("ignore start"),),
    ),
    "ignores_speed": Fault(
        "Set-points are acknowledged and the belt keeps its speed.",
        "F4, D10; Sole F85, qdomyos-zwift #2385; Reebok Fr30z, #3247",
        quirks=(Trouble("ignore speed"),),
    ),
    "ignores_slower": Fault(
        "A lower set-point is acknowledged and the belt keeps its speed.",
        "F4; one half of 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        quirks=(Trouble("decrease ignored"),),
    ),
    "ignores_incline": Fault(
        "Inclines are acknowledged and the lift stands still.",
        "D10; UREVO",
        quirks=(Trouble("ignore incline"),),
    ),
    "success_without_motion": Fault(
        "Every request succeeds and the belt never moves.",
        "D10; Sperax RM-01 and Xterra T85, hassio-ftms #26",
        habits={"moves": False},
    ),
    "mph_for_kmh": Fault(
        "A commanded km/h is executed as a mph: the belt runs 61 % too fast.",
        "F33, D1; TM11GY, qdomyos-zwift #5100",
        habits={"unit_scale": 1.609344},
    ),
    "runaway": Fault(
        "Once it moves, the belt speeds up by itself until it reaches the machine's maximum.",
        "F34, D8; 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        habits={"runaway_mps2": 0.3},
        drive={"up_mps2": 0.3},
    ),
    "runaway_late": Fault(
        "After five seconds of running, the belt speeds up by itself to the machine's maximum.",
        "F34; recall of 192,000 Horizon T101-05, 2022",
        habits={"runaway_mps2": 0.3, "runaway_after_s": 5.0},
        drive={"up_mps2": 0.3},
    ),
    "creeps_up": Fault(
        "The belt gains 0.01 m/s every second by itself.",
        "F34, D8; 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        habits={"runaway_mps2": 0.01},
    ),
    "overshoots": Fault(
        "The belt settles 0.15 m/s above each set-point.",
        "D8; 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        quirks=(Trouble("overshoots", by=0.15),),
    ),
    "slower_speeds_up": Fault(
        "A lower set-point, like the console's minus, makes the belt 0.1 m/s faster.",
        "D8; 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        quirks=(Trouble("decrease raises", by=0.1),),
    ),
    "set_point_reverts": Fault(
        "Three seconds after a new set-point the belt goes back to the one before.",
        "D9; FS 465D50, qdomyos-zwift #2630",
        quirks=(Trouble("reverts", by=3.0),),
    ),
    "start_toggles": Fault(
        "Start while the belt runs pauses it.",
        "F37, D2; TM11GY, qdomyos-zwift #5100",
        quirks=(Trouble("start toggles"),),
    ),
    "stop_toggles": Fault(
        "A second Stop sets the belt in motion again.",
        "F36",
        quirks=(Trouble("stop toggles"),),
    ),
    "stop_resumes_pause": Fault(
        "Stop while paused starts the belt.",
        "F36, D6; KingSmith K12, qdomyos-zwift #470",
        quirks=(Trouble("stop resumes"),),
    ),
    "pause_resumes": Fault(
        "Five seconds after a pause the belt goes on by itself.",
        "F48",
        quirks=(Trouble("pause resumes", by=5.0),),
    ),
    "control_starts": Fault(
        "Request Control alone starts the belt.",
        "D4; CITYSPORTS-Linker, hughesjs/FitnessMachine",
        quirks=(Trouble("control starts"),),
    ),
    "speed_starts": Fault(
        "A set-point alone starts a belt at rest.",
        "D4; the same family as Request Control that starts it",
        quirks=(Trouble("speed starts"),),
    ),
    "starts_after_connect": Fault(
        "Two seconds after a client connects the belt starts by itself.",
        "D5; Horizon 7.4, qdomyos-zwift #923",
        mishaps=(Trouble("start", after_s=2.0, since=LINK),),
    ),
    "start_jumps": Fault(
        "Start goes to 2 km/h at once, whatever was set.",
        "F38; KingSmith X21, qdomyos-zwift #1031",
        quirks=(Trouble("start jumps", by=2 / 3.6),),
        drive={"up_mps2": 0.5},
    ),
    "zero_is_minimum": Fault(
        "A set-point of zero succeeds and means the machine's minimum speed.",
        "F38; KingSmith X21, qdomyos-zwift #1031",
        quirks=(Trouble("zero is minimum"),),
    ),
    "any_speed": Fault(
        "A set-point above the range, or overflowed, means the maximum; one below it is executed.",
        "F47; h/p/cosmos notice on negative speeds, 2019",
        quirks=(Trouble("any speed"),),
    ),
    "minimum_unannounced": Fault(
        "The range says 0.5 km/h; set-points under 1.0 km/h succeed and change nothing.",
        "D25; Mobvoi TMP, Wellfit, qdomyos-zwift #2659",
        quirks=(Trouble("too low ignored", by=100),),
    ),
    "minimum_raised": Fault(
        "The slowest that the belt runs is 1.0 km/h.",
        "F38, D25; Mobvoi TMP",
        habits={"speeds": replace(SPEEDS, minimum=100)},
    ),
    "coarse_grid": Fault(
        "Speeds lie on a grid of 0.32 km/h from 0.96 km/h, as consoles in mph have it.",
        "D25; UREVO",
        habits={"speeds": replace(SPEEDS, minimum=96, maximum=643, increment=32)},
    ),
    "incline_map": Fault(
        "A commanded incline is executed as half of it.",
        "D26; Kettler, IConcept, Tunturi T60 in qdomyos-zwift",
        habits={"incline_scale": 0.5},
    ),
    "incline_by_itself": Fault(
        "After five seconds of running the incline rises by 3 % by itself.",
        "F45",
        mishaps=(Trouble("lift", after_s=5.0, by=30),),
    ),
    "slow_stop": Fault(
        "Stop takes about ten seconds from 1 mph.",
        "F44",
        drive={"stop_mps2": 0.045},
    ),
    "hard_stop": Fault(
        "Stop takes the belt from under the feet at 2 m/s².",
        "F44, its opposite; a jolt can topple a backward walker",
        drive={"stop_mps2": 2.0, "lag_s": 0.05},
    ),
    "countdown": Fault(
        "Three seconds pass from Start to motion.",
        "D15; UREVO and TM11GY, measured",
        drive={"countdown_s": 3.0},
    ),
    "restarts_after_reboot": Fault(
        "After five seconds of running it starts up anew for three, then the belt goes on.",
        "F41; qdomyos-zwift #2591",
        mishaps=(Trouble("reboot", after_s=5.0, by=3.0),),
    ),
    "console_faster": Fault(
        "After five seconds of running somebody presses the console's plus three times.",
        "F42",
        mishaps=(
            Trouble("console faster", after_s=5.0),
            Trouble("console faster", after_s=5.4),
            Trouble("console faster", after_s=5.8),
        ),
    ),
    "console_slower": Fault(
        "After five seconds of running somebody presses the console's minus.",
        "F42",
        mishaps=(Trouble("console slower", after_s=5.0),),
    ),
    "console_stop": Fault(
        "After five seconds of running somebody presses the console's Stop.",
        "F42",
        mishaps=(Trouble("console stop", after_s=5.0),),
    ),
    "console_starts": Fault(
        "Every eight seconds after the belt first ran somebody presses the console's Start.",
        "F42; a start while the software holds the belt at rest",
        mishaps=(Trouble("console start", after_s=8.0, every_s=8.0),),
    ),
    "key_pulled": Fault(
        "After five seconds of running the safety key comes out.",
        "F96; FTMS Machine Status 03",
        mishaps=(Trouble("console pull key", after_s=5.0),),
    ),
    "rises_untold": Fault(
        "After five seconds of running the belt gets 1 km/h faster, and no status tells of it.",
        "F42, D8; a console that announces nothing",
        mishaps=(Trouble("silent speed", after_s=5.0, by=100),),
    ),
    "stops_unlinked": Fault(
        "It stops when its client is gone: no fault, but what few machines do.",
        "F43, its opposite",
        habits={"stops_unlinked": True},
    ),
}
