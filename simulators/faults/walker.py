"""People on the belt who do not walk as they should, each at a time of the run.

They are intents (see `simulators.walker`): a walker who was told otherwise before then does this.
"""

from simulators.faults.parts import Fault
from simulators.trouble import Trouble

WALKER: dict[str, Fault] = {
    "lets_go": Fault(
        "After five seconds of running the walker lets go with both hands.",
        "F20",
        walk=(Trouble("release", after_s=5.0),),
    ),
    "lets_one_go": Fault(
        "After five seconds of running the walker lets go with the left hand.",
        "F20",
        walk=(Trouble("release left", after_s=5.0),),
    ),
    "grabs_again": Fault(
        "After five seconds of running the walker lets go, and takes hold again a moment later.",
        "F20",
        walk=(Trouble("release", after_s=5.0), Trouble("hold", after_s=5.2)),
    ),
    "grabs_late": Fault(
        "After five seconds of running the walker lets go, and takes hold two seconds later.",
        "F20",
        walk=(Trouble("release", after_s=5.0), Trouble("hold", after_s=7.0)),
    ),
    "flaps": Fault(
        "From five seconds of running on the walker lets go and takes hold again, every second.",
        "F23; hands that tap the rail",
        walk=(
            Trouble("release", after_s=5.0, every_s=1.0),
            Trouble("hold", after_s=5.2, every_s=1.0),
        ),
    ),
    "changes_hands": Fault(
        "From five seconds of running on the walker holds with one hand, then with the other.",
        "F20; reaching for a glass",
        walk=(
            Trouble("release left", after_s=5.0, every_s=4.0),
            Trouble("hold left", after_s=7.0, every_s=4.0),
            Trouble("release right", after_s=7.5, every_s=4.0),
            Trouble("hold right", after_s=8.5, every_s=4.0),
        ),
    ),
    "fidgets": Fault(
        "Every second, in one case in four, the walker lets go, and takes hold again at once.",
        "F20, F23",
        walk=(
            Trouble("release", after_s=5.0, every_s=1.0, share=0.25),
            Trouble("hold", after_s=5.1, every_s=1.0),
        ),
    ),
    "falls": Fault(
        "After five seconds of running the walker falls.",
        "F26, a true one",
        walk=(Trouble("fall", after_s=5.0),),
    ),
    "steps_off": Fault(
        "After five seconds of running the walker steps off.",
        "F92",
        walk=(Trouble("step off", after_s=5.0),),
    ),
    "stops_stepping": Fault(
        "After five seconds of running the walker stops stepping and holds on.",
        "F92; carried to the rear with both hands on the rails",
        walk=(Trouble("stop stepping", after_s=5.0),),
    ),
    "drifts": Fault(
        "From five seconds of running on the walker is a tenth slower than the belt.",
        "F92; a slow way to the rear end",
        walk=(Trouble("lag", after_s=5.0),),
    ),
}
