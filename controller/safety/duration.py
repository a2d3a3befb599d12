"""How long a condition has lasted, as a fold over turns."""


def since(before_s: float | None, lasts: bool, now_s: float) -> float | None:
    """When a condition began: kept while it lasts, None when it does not.

    A beginning that is not before `now_s` is none: it begins now.
    """
    if not lasts:
        return None
    return before_s if before_s is not None and before_s <= now_s else now_s


def lasted_s(began_s: float | None, now_s: float) -> float:
    """How long a condition has lasted; 0 when it does not hold."""
    return 0.0 if began_s is None else now_s - began_s
