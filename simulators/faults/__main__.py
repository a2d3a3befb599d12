"""`python -m simulators.faults [NAME…]`: the tables as JSON, or the names of those that are meant.

`--elsewhere`: the rows of the catalogues that none of them stands for, and why. An unknown name is
one sentence on standard error.
"""

import argparse
import json
import sys

from simulators.faults import ELSEWHERE, FAULTS, listing
from simulators.faults.names import found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.faults")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--elsewhere", action="store_true")
    asked = parser.parse_args()
    try:
        meant = [found(name, FAULTS) for name in asked.names]
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    json.dump(ELSEWHERE if asked.elsewhere else meant or listing(), sys.stdout)
    return 0


sys.exit(main())
