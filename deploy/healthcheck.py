"""Whether desk and control are both there: exit 0, or 1 with what is missing.

python healthcheck.py http://127.0.0.1:8080/healthz
"""

import json
import sys
import urllib.request

LIMIT_S = 3.0


def main(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=LIMIT_S) as answer:  # noqa: S310 - our own console
            told = json.load(answer)
    except (OSError, ValueError) as error:
        print(f"The console does not answer: {error}.")
        return 1
    missing = [part for part in ("desk", "control") if told.get(part) is not True]
    if missing:
        print(f"Not there: {', '.join(missing)}.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
