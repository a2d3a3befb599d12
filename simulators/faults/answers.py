"""Treadmills whose control point does not answer as the standard says."""

from simulators.faults.parts import Fault
from simulators.trouble import Trouble

ANSWERS: dict[str, Fault] = {
    "no_control_answer": Fault(
        "Request Control is never answered; everything else works.",
        "D12; Horizon Omega Z, treadmill-runner",
        manners=(Trouble("control unanswered"),),
    ),
    "no_control_needed": Fault(
        "Every request succeeds without Request Control.",
        "D11; UREVO",
        habits={"needs_control": False},
    ),
    "wrong_error": Fault(
        "Whatever is refused is answered with 'operation failed'.",
        "D14; W2 Pro, treadmill-bluetooth-macos",
        manners=(Trouble("wrong error"),),
    ),
    "reserved_result": Fault(
        "Every answer carries the reserved result code 0.",
        "D14; any code but 01 is a failure",
        manners=(Trouble("reserved result"),),
    ),
    "answers_another_request": Fault(
        "Every answer names Reset as the request that it answers.",
        "F7, D14",
        manners=(Trouble("other op"),),
    ),
    "answer_surplus": Fault(
        "Every answer ends in two octets of nothing.",
        "D17; flutter_ftms fixtures",
        manners=(Trouble("surplus", by=2),),
    ),
    "answers_slowly": Fault(
        "Every answer takes 1.2 seconds.",
        "F3, D15; a control point busy with its motor",
        habits={"answer_s": 1.2},
    ),
    "not_permitted_yet": Fault(
        "For 2.5 seconds after Start every set-point is answered with 'control not permitted'.",
        "D15; KingSmith PH4 and X21, ph4-walkingpad PR 25",
        manners=(Trouble("not yet", by=2.5),),
    ),
    "permits_no_more": Fault(
        "After five seconds of running all is 'control not permitted', Stop included.",
        "F8, D15; another central that takes control while no status says so",
        manners=(Trouble("refused", after_s=5.0),),
    ),
    "needs_start_each_time": Fault(
        "A set-point fails unless Start came right before it.",
        "D3; Technogym MyRun, qdomyos-zwift",
        quirks=(Trouble("needs start"),),
    ),
    "needs_unlock": Fault(
        "It permits nothing and reports nothing, as if a vendor's own write were missing.",
        "D28; Merach, Ypoo, Focus Fitness Senator",
        manners=(Trouble("refused"),),
        voice=(Trouble("silent"),),
    ),
    "drops_what_comes_soon": Fault(
        "What follows a set-point within 0.7 seconds is neither done nor answered, Stop included.",
        "F14; huserben/walkingpad #2",
        manners=(Trouble("too soon", by=0.7),),
    ),
    "executes_late": Fault(
        "Start and set-points are carried out four seconds later, also after a Stop.",
        "F49",
        manners=(Trouble("executed late", by=4.0),),
    ),
}
