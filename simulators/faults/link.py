"""Radio links that fail, and other people's radios."""

from simulators.faults.parts import Fault
from simulators.trouble import LINK, Trouble

SUPERVISION_S = 4.0
"""A client notices a lost link after its supervision timeout: 4–20 s in the field."""

LINKS: dict[str, Fault] = {
    "link_drops": Fault(
        "After five seconds of running nothing gets through; four seconds later the link is down.",
        "F1; supervision timeouts of 4–20 s",
        link=(
            Trouble("lose", after_s=5.0, lasts_s=SUPERVISION_S),
            Trouble("answers lose", after_s=5.0, lasts_s=SUPERVISION_S),
            Trouble("hang", after_s=5.0, lasts_s=SUPERVISION_S),
            Trouble("cut", after_s=5.0 + SUPERVISION_S, lasts_s=2.0),
        ),
    ),
    "link_cut": Fault(
        "After five seconds of running the link is cut at once, for two seconds.",
        "F1, D30; KingSmith pads at −77 dBm",
        link=(Trouble("cut", after_s=5.0, lasts_s=2.0),),
    ),
    "weak_signal": Fault(
        "The link is cut for a second every twelve seconds of running.",
        "F15, D30; KingSmith pads at −77 dBm",
        link=(Trouble("cut", after_s=5.0, lasts_s=1.0, every_s=12.0),),
    ),
    "short_visits": Fault(
        "Each connection is cut four seconds after it was made.",
        "F1, D30",
        link=(Trouble("cut", after_s=4.0, lasts_s=0.5, since=LINK),),
    ),
    "notifications_stop": Fault(
        "After five seconds of running no notification comes; writes and answers work.",
        "F2; a half-dead link",
        link=(Trouble("lose", after_s=5.0),),
    ),
    "writes_hang": Fault(
        "After five seconds of running writes neither arrive nor end; notifications come.",
        "F3",
        link=(Trouble("hang", after_s=5.0),),
    ),
    "writes_swallowed": Fault(
        "After five seconds of running writes end well and never arrive.",
        "F4",
        link=(Trouble("swallow", after_s=5.0),),
    ),
    "writes_unacknowledged": Fault(
        "After five seconds of running writes arrive and are done, and never end.",
        "F5",
        link=(Trouble("unacked", after_s=5.0),),
    ),
    "writes_late": Fault(
        "After five seconds of running a write takes two seconds to arrive.",
        "F12; qdomyos-zwift #1031, an encrypted slow link",
        link=(Trouble("late", after_s=5.0, by=2.0),),
    ),
    "writes_blocked": Fault(
        "After five seconds of running a write takes eight seconds to arrive.",
        "F12; BlueZ's InProgress",
        link=(Trouble("late", after_s=5.0, by=8.0),),
    ),
    "writes_refused": Fault(
        "After five seconds of running every write ends in ATT error 0x0E.",
        "F3, F12",
        link=(Trouble("refuse", after_s=5.0),),
    ),
    "one_write_in_three_lost": Fault(
        "One write in three never arrives, though it ends well.",
        "F4, F15",
        link=(Trouble("swallow", share=1 / 3),),
    ),
    "answers_lost": Fault(
        "After five seconds of running what is written is done and its answer never comes.",
        "F5",
        link=(Trouble("answers lose", after_s=5.0),),
    ),
    "answers_garbled": Fault(
        "Every answer arrives as octets of no meaning.",
        "F7",
        link=(Trouble("answers garble"),),
    ),
    "answers_twice": Fault(
        "Every answer arrives twice.",
        "F7",
        link=(Trouble("answers duplicate"),),
    ),
    "gap_then_burst": Fault(
        "After five seconds of running nothing comes for three seconds, then all of it at once.",
        "F6",
        link=(Trouble("hold", after_s=5.0, lasts_s=3.0),),
    ),
    "gap_then_shuffled_burst": Fault(
        "After five seconds of running nothing comes for three seconds, then all of it disordered.",
        "F6",
        link=(
            Trouble("hold", after_s=5.0, lasts_s=3.0),
            Trouble("shuffle", after_s=5.0, lasts_s=3.0, by=0.5),
        ),
    ),
    "duplicated_frames": Fault(
        "Every notification comes twice.",
        "F7",
        link=(Trouble("duplicate"),),
    ),
    "torn_frames": Fault(
        "Of one notification in three only the beginning arrives.",
        "F7",
        link=(Trouble("tear", share=1 / 3),),
    ),
    "oversized_frames": Fault(
        "Every notification ends in 40 octets of chance.",
        "F7",
        link=(Trouble("pad", by=40),),
    ),
    "garbage_frames": Fault(
        "One notification in three is octets of chance.",
        "F7",
        link=(Trouble("garble", share=1 / 3),),
    ),
    "flipped_bits": Fault(
        "In one notification in three one bit is the other.",
        "F7, F17",
        link=(Trouble("flip", share=1 / 3),),
    ),
    "control_lost": Fault(
        "After five seconds of running the machine says that control permission is lost.",
        "F8; FTMS Machine Status FF",
        mishaps=(Trouble("lose control", after_s=5.0),),
    ),
    "other_central": Fault(
        "After five seconds of running another central takes over and raises the speed by 1 km/h.",
        "F8, F9",
        mishaps=(
            Trouble("lose control", after_s=5.0),
            Trouble("foreign speed", after_s=5.5, by=100),
        ),
    ),
    "foreign_speed": Fault(
        "After five seconds of running another central raises the speed by 1 km/h.",
        "F9; qdomyos-zwift #4599",
        mishaps=(Trouble("foreign speed", after_s=5.0, by=100),),
    ),
    "other_device": Fault(
        "After five seconds of running the link is cut; of that name there is then another device.",
        "F10",
        table={"stranger_later": True},
        link=(Trouble("cut", after_s=5.0, lasts_s=2.0),),
    ),
    "adapter_gone": Fault(
        "After five seconds of running the link is down, and no other can be made.",
        "F11; an adapter unplugged, seen from the machine's side",
        link=(Trouble("cut", after_s=5.0),),
    ),
    "loss_2_percent": Fault(
        "One notification in fifty is lost, the others come up to 50 ms late.",
        "F15; an ordinary clinic",
        link=(Trouble("lose", share=0.02), Trouble("jitter", by=0.05)),
    ),
    "loss_30_percent": Fault(
        "Three notifications in ten are lost, the others come up to 50 ms late.",
        "F15; at the edge of reach",
        link=(Trouble("lose", share=0.3), Trouble("jitter", by=0.05)),
    ),
    "jitter": Fault(
        "Notifications and answers come up to 200 ms late.",
        "F15",
        link=(Trouble("jitter", by=0.2),),
    ),
}
