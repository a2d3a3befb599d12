"""What the disk says of the belt before the first heartbeat: the mark of the service before."""

from pathlib import Path

CLEAN = b'1 [false, ""] 2E8B6717\n'
"""The one mark that says that the belt rests with nothing latched, as `LatchStore` writes it."""


def rests(latch: Path) -> bool:
    """Whether the belt was left at rest. Without a mark no service has moved it: there was none."""
    try:
        return latch.read_bytes() == CLEAN
    except FileNotFoundError:
        return True
    except OSError:
        return False
