"""`python -m controller.guard PLAN [DESK_PLAN]`: run one service, if none runs there already."""

import os
import sys
from pathlib import Path

from controller import realtime
from controller.guard.alarm import AlarmError, checked
from controller.guard.children import CANNOT_SERVE, Programs
from controller.guard.guard import Guard, Means
from controller.guard.lock import OccupiedError, single
from controller.guard.mark import rests
from controller.plan import Plan


def main(argv: list[str]) -> int:
    plan_file, *desk_plan = argv[1:]
    plan = Plan.load(Path(plan_file))
    try:
        relay, alarm, notify = bool(plan.relay), checked(tuple(plan.alarm)), _notify_socket()
        with single(Path(plan.data_dir), plan.treadmill, plan.adapter):
            means = Means(relay, alarm, notify, rests(Path(plan.data_dir) / "latch"))
            if plan.realtime:
                _come_first()
            guard = Guard(Programs(), plan_file, desk_plan[0] if desk_plan else None, means)
            return guard.run()
    except (AlarmError, OccupiedError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return CANNOT_SERVE


def _come_first() -> None:
    """Alone of the processes the guard says what is not permitted; it is the same for all."""
    for refused in (realtime.before_children(realtime.GUARD), realtime.keep_memory()):
        if refused:
            print(refused, file=sys.stderr)  # noqa: T201


def _notify_socket() -> str:
    """Taken out of the environment: the children have nothing to tell systemd."""
    return os.environ.pop("NOTIFY_SOCKET", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
