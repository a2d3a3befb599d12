"""`python -m simulators.faults`: the tables as JSON."""

import json
import sys

from simulators.faults import listing

json.dump(listing(), sys.stdout)
