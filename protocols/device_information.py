"""What a device says of itself: Device Information (180A) and Battery Level (2A19)."""


def text(octets: bytes) -> str:
    """The string in a name or revision characteristic; ends at a NUL, as some machines send one."""
    return octets.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def system_id(octets: bytes) -> str:
    """The System ID (2A23) as hexadecimal, or as text if it is text (UREVO sends ASCII)."""
    printable = octets.isascii() and octets.decode("ascii", "replace").isprintable()
    return octets.decode("ascii") if printable else octets.hex()


def battery_pct(octets: bytes) -> int | None:
    """The charge in percent; None if missing or above 100."""
    return octets[0] if octets and octets[0] <= 100 else None


def encode_battery(level_pct: int) -> bytes:
    """`level_pct`: 0…100."""
    return bytes((level_pct,))
