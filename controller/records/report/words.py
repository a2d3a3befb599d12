"""Figures as people read them."""

from datetime import UTC, datetime

from protocols.units import mph_from_mps

NONE = "–"


def speed(mps: float | None) -> str:
    """As in `0.45 m/s (1.0 mph)`."""
    return NONE if mps is None else f"{mps:.2f} m/s ({mph_from_mps(mps):.2f} mph)"


def figure(value: float | None, places: int = 2, unit: str = "") -> str:
    return NONE if value is None else f"{value:.{places}f} {unit}".rstrip()


def lasting(seconds: float | None) -> str:
    """As in `29:50`."""
    if seconds is None:
        return NONE
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def instant(seconds: float) -> str:
    """As in `29:50.4`, of the record."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def share(part: float, whole: float) -> str:
    return NONE if not whole else f"{100 * part / whole:.1f} %"


def moment(unix_s: float) -> str:
    """Of the record's wall clock, in the time of the zone where the page is made."""
    at = datetime.fromtimestamp(unix_s, UTC).astimezone()
    return at.strftime("%Y-%m-%d %H:%M %Z")


def day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def plain(word: str) -> str:
    """`contact_guard` as `contact guard`."""
    return word.replace("_", " ")


def yes(value: bool | None) -> str:
    return NONE if value is None else "yes" if value else "no"
