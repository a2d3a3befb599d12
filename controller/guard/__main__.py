"""`python -m controller.guard PLAN [DESK_PLAN]`: run one service."""

import sys

from controller.guard.children import Programs
from controller.guard.guard import Guard


def main(argv: list[str]) -> int:
    plan, *desk_plan = argv[1:]
    return Guard(Programs(), plan, desk_plan[0] if desk_plan else None).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
