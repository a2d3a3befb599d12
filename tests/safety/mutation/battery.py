"""Which tests judge the mutants of which module: the nearest first, the widest last."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
CHECKED = (
    "controller/safety/gate.py",
    "controller/safety/latch.py",
    "controller/safety/conditions.py",
    "controller/safety/interlocks",
    "controller/ramp.py",
)
"""What `make check` mutates; `make deep` mutates all of `ROOMS`."""
ROOMS = (
    "controller/ramp.py", "controller/safety", "controller/session", "controller/step",
    "controller/guard", "protocols",
)  # fmt: skip
SAFETY = ("tests/controller/safety", "tests/controller/session", "tests/controller/test_ramp.py")
STEP = ("tests/controller/step", "tests/safety/test_totality.py")
WORLD = ("tests/safety/test_turns.py",)
WIRES = ("tests/protocols", "tests/controller/test_decode.py")
DRIVERS = tuple(
    f"tests/drivers/test_{name}.py"
    for name in ("ftms_treadmill", "ftms_writes", "ftms_news", "grip")
)

Battery = tuple[tuple[str, ...], ...]


def modules(places: tuple[str, ...]) -> list[str]:
    """The modules in these rooms, as paths from the root."""
    found = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [str(path.relative_to(ROOT)) for path in found]


def battery(module: str) -> Battery:
    """The tests for a module, in the rounds in which they are run until one fails."""
    nearest = _nearest(module)
    if module.startswith("controller/step"):
        nearest = (*nearest, STEP[:1])
    if module.startswith("controller/guard"):
        return tuple(dict.fromkeys((*nearest, GUARD, ("tests/controller/guard",))))
    if module.startswith("controller"):
        return (*nearest, SAFETY, STEP, ("tests/controller/test_telemetry.py", *WORLD))
    return (*nearest, WIRES, (*SAFETY, *STEP), (*WORLD, *DRIVERS))


def _nearest(module: str) -> Battery:
    """Those in `NEAR`, then the test module that bears the same name."""
    path = Path(module)
    room = path.parent.relative_to(path.parts[0])
    near = Path("tests", path.parts[0], room, f"test_{path.stem}.py")
    also = NEAR.get(module, ())
    return tuple((str(file),) for file in (*also, near) if (ROOT / file).exists())


def _exact(story: str) -> tuple[str, ...]:
    """What is told turn by turn, at the exact moment, of what that story is about."""
    return tuple(f"{story}_{name}.py" for name in ("turns", "starts", "targets"))


INTERLOCKS = ("tests/controller/safety/test_interlocks.py",)
GUARD = ("tests/controller/guard/whole",)
NEAR: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(modules(("controller/safety/interlocks",)), INTERLOCKS),
    "controller/safety/conditions.py": INTERLOCKS,
    "controller/safety/patient.py": INTERLOCKS,
    "controller/safety/mark.py": ("tests/controller/test_latch_store.py",),
    "controller/safety/view.py": INTERLOCKS,
    "controller/session/commands.py": ("tests/controller/session/test_authority.py",),
    "controller/step/incline.py": ("tests/controller/step/test_inclines.py",),
    "controller/step/prescribed.py": ("tests/controller/step/test_inclines.py",),
    "controller/step/report.py": ("tests/controller/step/test_reports.py",),
    "controller/step/drive.py": ("tests/controller/step/test_reactions.py",),
    "controller/step/state.py": ("tests/controller/step/test_stops.py",),
    "controller/guard/guard.py": ("tests/controller/guard/test_guard_turns.py",),
    "controller/guard/second_writer.py": ("tests/controller/guard/test_guard_turns.py",),
    "protocols/conversation.py": _exact("tests/protocols/test_conversation"),
    "protocols/csafe.py": ("tests/protocols/test_csafe_octets.py",),
    "protocols/lines.py": ("tests/protocols/test_relay_octets.py",),
    "protocols/op_codes.py": ("tests/protocols/test_op_code_parser.py",),
    "protocols/relay.py": ("tests/protocols/test_relay_octets.py",),
    **{
        f"protocols/ftms/{name}.py": ("tests/protocols/ftms/test_claimed_octets.py",)
        for name in ("advertising", "features", "ranges", "uuids")
    },
    **{
        f"protocols/ftms/{name}.py": ("tests/protocols/ftms/test_octets.py",)
        for name in ("machine_status", "parameters", "procedures", "training_status")
    },
    **{
        f"protocols/ftms/{name}.py": ("tests/protocols/ftms/test_treadmill_octets.py",)
        for name in ("treadmill_data", "treadmill_layout")
    },
    "protocols/ftms/control_point.py": _exact("tests/protocols/ftms/test_control_point"),
}
