"""Grip units whose sensors, processor or wire fail."""

from simulators.faults.parts import Fault
from simulators.trouble import Trouble

GRIP: dict[str, Fault] = {
    "grip_disconnected": Fault(
        "After five seconds of running the sensors' cable is open: both hands read as off.",
        "F21",
        grip=(Trouble("released", after_s=5.0),),
    ),
    "grip_silent": Fault(
        "After five seconds of running the grip unit sends nothing more.",
        "F21, F27",
        grip=(Trouble("lose", after_s=5.0),),
    ),
    "grip_unplugged": Fault(
        "After five seconds of running the unit's port is gone; it would come back as another.",
        "F16, F21; USB serial ports that enumerate anew",
        grip=(Trouble("unplugged", after_s=5.0),),
    ),
    "grip_stuck": Fault(
        "Both hands always read as held.",
        "F22; shorted, taped or wet",
        grip=(Trouble("held", by=20.0),),
    ),
    "grip_sticks": Fault(
        "After five seconds of running both hands read as held for ever.",
        "F22",
        grip=(Trouble("held", after_s=5.0, by=20.0),),
    ),
    "grip_left_stuck": Fault(
        "The left hand always reads as held.",
        "F22",
        grip=(Trouble("left held", by=20.0),),
    ),
    "grip_chatters": Fault(
        "After five seconds of running the contacts chatter 20 times a second.",
        "F23",
        grip=(Trouble("released", after_s=5.0, lasts_s=0.025, every_s=0.05),),
    ),
    "grip_flickers": Fault(
        "One reading in twenty, five a second, is of released hands and is sent at once.",
        "F23; a loose contact",
        grip=(Trouble("released", share=0.05),),
    ),
    "grip_frozen": Fault(
        "After five seconds of running the unit repeats one frame for ever.",
        "F24",
        grip=(Trouble("freeze", after_s=5.0),),
    ),
    "grip_counts_backward": Fault(
        "The count of frames, its only clock, runs backward.",
        "F25",
        grip=(Trouble("backward"),),
    ),
    "grip_counts_anyhow": Fault(
        "The count of frames, its only clock, jumps by chance.",
        "F25",
        grip=(Trouble("any number"),),
    ),
    "false_fall": Fault(
        "After five seconds of running the fall sensor reports a fall for half a second.",
        "F26",
        grip=(Trouble("fall", after_s=5.0, lasts_s=0.5),),
    ),
    "fall_sensor_dead": Fault(
        "No fall is ever reported.",
        "F27",
        grip=(Trouble("no fall"),),
    ),
    "tether_pulled": Fault(
        "After five seconds of running the pull-cord's plug comes out.",
        "F96; a cord that catches",
        grip=(Trouble("untethered", after_s=5.0),),
    ),
    "contact_without_force": Fault(
        "After five seconds of running both contacts say held, and the forces are 0.",
        "F28",
        grip=(Trouble("contact alone", after_s=5.0),),
    ),
    "force_without_contact": Fault(
        "After five seconds of running both contacts say released, and the forces go on.",
        "F28",
        grip=(Trouble("force alone", after_s=5.0),),
    ),
    "grip_floods": Fault(
        "After five seconds of running it sends 10,000 frames a second, for ten seconds.",
        "F29",
        grip=(Trouble("flood", after_s=5.0, lasts_s=10.0, by=10_000),),
    ),
    "grip_battery_low": Fault(
        "Its battery is at 4 %.",
        "F30",
        grip=(Trouble("battery", by=4),),
    ),
    "grip_of_another_room": Fault(
        "The hands that it tells of are somebody else's.",
        "F31",
        grip=(Trouble("somebody else", by=18.0),),
    ),
    "grip_not_a_number": Fault(
        "After five seconds of running the left force is `nan`, with a right check sum.",
        "F32",
        grip=(Trouble("not a number", after_s=5.0),),
    ),
    "grip_huge_force": Fault(
        "After five seconds of running the left force is 1e308, with a right check sum.",
        "F32",
        grip=(Trouble("huge force", after_s=5.0),),
    ),
    "grip_negative_force": Fault(
        "After five seconds of running the left force is −1, with a right check sum.",
        "F32",
        grip=(Trouble("negative force", after_s=5.0),),
    ),
    "grip_other_version": Fault(
        "It speaks version 2 of its protocol.",
        "F31, F32",
        grip=(Trouble("other version"),),
    ),
    "grip_field_missing": Fault(
        "After five seconds of running its lines lack their last field.",
        "F32",
        grip=(Trouble("field missing", after_s=5.0),),
    ),
    "grip_flipped_bits": Fault(
        "In one line in five one bit is the other.",
        "F17",
        grip=(Trouble("flip", share=0.2),),
    ),
    "grip_wrong_baud": Fault(
        "After five seconds of running its octets are those of another baud rate.",
        "F17",
        grip=(Trouble("garble", after_s=5.0),),
    ),
    "grip_torn_lines": Fault(
        "Of one line in three only the beginning arrives.",
        "F17, F32",
        grip=(Trouble("tear", share=1 / 3),),
    ),
    "grip_loses_lines": Fault(
        "One line in three is lost.",
        "F19; a buffer that runs over",
        grip=(Trouble("lose", share=1 / 3),),
    ),
    "grip_held_up": Fault(
        "After five seconds of running its line stands still for a second; then all comes at once.",
        "F19; an XOFF that was stuck",
        grip=(Trouble("hold", after_s=5.0, lasts_s=1.0),),
    ),
    "grip_late": Fault(
        "Each line arrives 0.3 seconds after it was sent.",
        "F19, F25; a converter that buffers",
        grip=(Trouble("delay", by=0.3),),
    ),
}
