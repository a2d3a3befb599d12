"""A process that keeps one core busy until its parent is gone: `python -m benchmarks.parts.hog`."""

import os

SPIN = 1_000_000


def main() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        sum(range(SPIN))


if __name__ == "__main__":
    main()
