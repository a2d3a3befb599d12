"""What the disk says of the belt before the first heartbeat: the mark of the service before."""

from binascii import crc32
from pathlib import Path

AT_REST = b"1 [false, "
"""How a mark begins that says that the belt rests, whatever is latched, as `LatchStore` writes it
once rest was verified; a check sum ends the line."""


def rests(latch: Path) -> bool:
    """Whether the belt was left at rest. Without a mark no service has moved it: there was none."""
    try:
        line = latch.read_bytes()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    body = line.rpartition(b" ")[0]
    return body.startswith(AT_REST) and line == b"%b %08X\n" % (body, crc32(body))
