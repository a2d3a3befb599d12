"""Who may say and hear what at a clinic's Mosquitto: its ACL file, made from roles.

The broker lets a user do only what is listed. That is the first of two locks; the second one is
control's own table, in which the network may only slow, whatever a broker lets through.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from controller.mqtt.topics import DEVICE_ID, SENSORS, Topics

USER: Final = r"[A-Za-z0-9._@-]{1,64}"
READ, WRITE = "read", "write"
Right = tuple[str, str]


class AclError(ValueError):
    """No such ACL can be written; one plain sentence."""


class Role(StrEnum):
    """What a user of the broker is to a treadmill."""

    DEVICE = "device"
    VIEWER = "viewer"
    STOPPER = "stopper"
    STAFF = "staff"
    HOME_ASSISTANT = "home_assistant"
    SENSOR_GRIP = "sensor_grip"
    SENSOR_FALL = "sensor_fall"
    SENSOR_HEART_RATE = "sensor_heart_rate"
    HUB = "hub"


SENTENCES: Final[Mapping[Role, str]] = {
    Role.DEVICE: "the treadmill's own bridge",
    Role.VIEWER: "sees, and may do nothing",
    Role.STOPPER: "sees, and may stop",
    Role.STAFF: "sees, may stop, pause and lower, and may ask a supervisor",
    Role.HOME_ASSISTANT: "sees, may stop and lower",
    Role.SENSOR_GRIP: "a grip unit",
    Role.SENSOR_FALL: "a wearable or a camera that sees falls",
    Role.SENSOR_HEART_RATE: "a heart-rate strap",
    Role.HUB: "the bridge to a broker of many rooms: carries out, and Stop in",
}


def rights(role: Role, user: str, device: str, prefix: str = "homeassistant") -> list[Right]:
    """What this role may read and write."""
    topics = Topics(device)
    told = _read(topics.status, topics.info, topics.state, topics.event)
    view = [*told, *_read(topics.telemetry)]
    stop = [*_write(topics.command("stop")), *_read(topics.result("stop"))]
    table: dict[Role, list[Right]] = {
        Role.DEVICE: _device(topics, prefix),
        Role.VIEWER: view,
        Role.STOPPER: [*view, *stop],
        Role.STAFF: [
            *view,
            *_write(topics.command("+")),
            *_read(topics.result("+"), topics.reply(user)),
        ],
        Role.HOME_ASSISTANT: [
            *told,
            *stop,
            *_write(topics.command("lower"), f"{prefix}/status"),
            *_read(topics.result("lower"), f"{prefix}/#"),
        ],
        Role.HUB: [*told, *_write(topics.command("stop"))],
    }
    for name in SENSORS:
        table[Role(f"sensor_{name}")] = [
            *_read(topics.state, topics.sensor_result(name)),
            *_write(topics.sensor(name)),
        ]
    return table[role]


def acl_file(device: str, users: Iterable[tuple[str, str]], prefix: str = "homeassistant") -> str:
    """The file for one device and its users, each with a role; files of several devices add up.

    Raises: `AclError`.
    """
    if not re.fullmatch(DEVICE_ID, device):
        raise AclError(f"{device!r} is no device id: letters, digits, - and _, at most 64.")
    lines = [
        f"# The treadmill {device}. In mosquitto.conf: acl_file, password_file and",
        "# allow_anonymous false. What is not listed here is denied.",
    ]
    for user, name in users:
        role = _role(user, name)
        lines += ["", f"# {SENTENCES[role]}", f"user {user}"]
        lines += [f"topic {may} {topic}" for may, topic in rights(role, user, device, prefix)]
    return "\n".join(lines) + "\n"


def _role(user: str, name: str) -> Role:
    if not re.fullmatch(USER, user):
        raise AclError(f"{user!r} is no user name: letters, digits and . _ @ - alone.")
    try:
        return Role(name)
    except ValueError:
        wrong = f"{user} cannot be {name!r}" if name else f"{user} has no role"
        roles = ", ".join(Role)
        raise AclError(f"{wrong}. Write {user}=ROLE. The roles are: {roles}.") from None


def _device(topics: Topics, prefix: str) -> list[Right]:
    """The bridge answers on `reply/…`; a client that wants its answers elsewhere needs a line."""
    return [
        *_write(topics.status, topics.info, topics.state, topics.telemetry, topics.event),
        *_write(topics.result("+"), topics.sensor_result("+"), topics.reply("#")),
        *_write(f"{prefix}/device/{topics.device}/config"),
        *_read(topics.command("+"), topics.sensor("+"), f"{prefix}/status"),
    ]


def _read(*topics: str) -> list[Right]:
    return [(READ, topic) for topic in topics]


def _write(*topics: str) -> list[Right]:
    return [(WRITE, topic) for topic in topics]
