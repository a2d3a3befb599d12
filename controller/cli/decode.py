"""`retrotread decode`: packets → fields."""

import json
import sys

from controller import decode
from controller.cli.failure import Failure

STANDARD_INPUT = "-"


def run(characteristic: str, texts: list[str]) -> None:
    if characteristic == STANDARD_INPUT:
        for line in decode.lines(sys.stdin):
            print(line, flush=True)
        return
    try:
        packets = [decode.octets_from_hex(text) for text in texts]
    except ValueError as error:
        raise Failure(str(error)) from error
    document = decode.document(characteristic, packets)
    print(json.dumps(document, indent=2, ensure_ascii=False))
    if not document["accepted"]:
        raise Failure(" ".join(document["problems"]))
