"""`python -m controller.guard PLAN [--no-desk]`: run one service."""

import sys

from controller.guard.children import Programs
from controller.guard.guard import Guard


def main(argv: list[str]) -> int:
    return Guard(argv[1], Programs(), desk="--no-desk" not in argv).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
