"""What can be done to a scene from outside, in words: one line, one command.

hold · release · hold left · hold right · release left · release right
stop stepping · lag · fall · step off
tether on · tether off · freeze grip · thaw grip
console start · console stop · console pause · console faster · console slower
console pull key · console return key
fault NAME [NAME…]      the named faults, of machine, link, grip unit and walker, instead of those
                        before; `fault none` heals
"""

from collections.abc import Callable

from simulators.console import BUTTONS
from simulators.scene import Scene
from simulators.walker import INTENTS

Command = Callable[[Scene], None]


def obey(scene: Scene, line: str) -> None:
    """Do what `line` says. Raises: `ValueError`, one plain sentence; the scene is as it was."""
    line = " ".join(line.split())
    verb, _, rest = line.partition(" ")
    if verb == "fault":
        scene.afflict(rest.split())
    elif line in COMMANDS:
        COMMANDS[line](scene)
    else:
        known = ", ".join([*COMMANDS, "fault NAME", "quit"])
        raise ValueError(f"There is no command {line!r}. Use one of: {known}.")


def _intend(intent: str) -> Command:
    return lambda scene: scene.intend(intent)


def _press(button: str) -> Command:
    return lambda scene: scene.treadmill.press(button)


def _tether(attached: bool) -> Command:
    def act(scene: Scene) -> None:
        scene.sensor.tether = attached

    return act


def _freeze(frozen: bool) -> Command:
    def act(scene: Scene) -> None:
        scene.sensor.frozen = frozen

    return act


COMMANDS: dict[str, Command] = {
    **{intent: _intend(intent) for intent in INTENTS},
    "tether on": _tether(True),
    "tether off": _tether(False),
    "freeze grip": _freeze(True),
    "thaw grip": _freeze(False),
    **{f"console {button}": _press(button) for button in BUTTONS},
}
