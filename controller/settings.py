"""Settings: one TOML file, overridden by the environment, checked whole before anything starts.

    treadmill = "ftms:AA:BB:CC:DD:EE:FF"
    grip = "grip:/dev/serial/by-id/usb-..."
    adapter = "system"
    relay = "relay:/dev/serial/by-id/usb-..."      # without it, none is fitted
    hardware_stop = "safety_key"                   # what stops the belt without any software
    heart_rate = "hrs:AA:BB:CC:DD:EE:FF"           # a strap
    witness = "rsc:AA:BB:CC:DD:EE:FF"              # a second sensor of the belt's speed
    alarm = ["aplay", "/usr/share/sounds/…"]       # without it, the terminal's bell
    orientation = "turned"                          # or "reverse_belt", if the belt can
    programs_dir = "programs"                      # of the clinic's own, from this file's folder
    realtime = true                                 # SCHED_FIFO and locked memory, if permitted

    [machine]           # of a serial treadmill; see `MachineSettings`
    units = "mph"

    [console]
    port = 8080

    [mqtt]              # without this table there is no MQTT; see `MqttSettings`
    host = "127.0.0.1"
    device = "room-1"

    [archive]           # patients and their sessions; see `ArchiveSettings`
    url = "postgresql://retrotread@db.clinic/retrotread"   # without it, a file in data_dir
    password_file = "/etc/retrotread/archive.password"
    keep_days = 3650                                # without it, everything is kept

    [limits]            # any field of `Limits`; a speed may also be given as _mph or _kmh
    cap_mph = 1.0

In the environment: `RETROTREAD_TREADMILL`, `RETROTREAD_CONSOLE__PORT` and so on.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from controller.home import usual_folder
from controller.nearest import hint
from controller.safety.limits import NAMES, LimitError, checked
from controller.setting_tables import (
    PATTERNS,
    ArchiveSettings,
    ConsoleSettings,
    Figure,
    MachineSettings,
    MqttSettings,
    loopback,
)
from controller.toml_text import TomlError, read_toml, text_of
from drivers import address
from drivers.address import AddressError, Place
from protocols import serial_machines
from protocols.serial_machines import Fitting
from protocols.units import mps_from_kmh, mps_from_mph

PREFIX = "RETROTREAD_"
_SPEEDS = tuple(name for name in NAMES if name.endswith("_mps"))
_UNITS: dict[str, Callable[[float], float]] = {"_mph": mps_from_mph, "_kmh": mps_from_kmh}
LIMIT_KEYS = (*NAMES, *(n.removesuffix("_mps") + unit for n in _SPEEDS for unit in _UNITS))


class SettingsError(ValueError):
    """Settings that cannot be used; one plain sentence that names the key and the way out."""


NEEDS_TLS = (
    "A console beyond this computer needs TLS: set console.cert_file and console.key_file both "
    '(retrotread certificate makes a pair), or leave console.host at "127.0.0.1".'
)
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - to tell what it needs
NEEDS_NAMES = (
    "A console on every address must know its names: set console.names to those that browsers use, "
    'as in names = ["gait-lab.local", "10.0.0.7"].'
)


class Settings(BaseModel):
    """Everything a clinic decides about one treadmill."""

    model_config = ConfigDict(extra="forbid")

    treadmill: str
    grip: str
    adapter: str = "system"
    relay: str | None = None
    hardware_stop: Literal["safety_key", "relay"] | None = None
    heart_rate: str | None = None
    witness: str | None = None
    alarm: list[str] = []
    orientation: Literal["turned", "reverse_belt"] = "turned"
    realtime: bool = False
    machine: MachineSettings | None = None
    programs_dir: Path | None = None
    data_dir: Path = Field(default_factory=usual_folder)
    console: ConsoleSettings = Field(default_factory=ConsoleSettings)
    mqtt: MqttSettings | None = None
    archive: ArchiveSettings = Field(default_factory=ArchiveSettings)
    limits: dict[str, Figure] = Field(default_factory=dict)


TABLES: dict[str, type[BaseModel]] = {
    "console": ConsoleSettings,
    "mqtt": MqttSettings,
    "machine": MachineSettings,
    "archive": ArchiveSettings,
}


def read(path: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in a file, overridden by the environment. Raises: `SettingsError`."""
    try:
        found = read_toml(text_of(path))
    except TomlError as error:
        raise SettingsError(f"{path} {error}") from error
    return _with_programs(parse(_overridden(found, environment)), path.parent)


def _with_programs(settings: Settings, folder: Path) -> Settings:
    """Where the clinic's own programs are: as given, or `programs` beside the settings or the data.

    Raises: `SettingsError`.
    """
    if settings.programs_dir is None:
        beside = folder / "programs"
        found = beside if beside.is_dir() else settings.data_dir / "programs"
    else:
        found = folder / settings.programs_dir
        if not found.is_dir():
            raise SettingsError(f"programs_dir names no folder: there is no {found}.")
    return settings.model_copy(update={"programs_dir": found})


def parse(table: dict[str, Any]) -> Settings:
    """Settings from a table. Raises: `SettingsError`."""
    try:
        settings = Settings.model_validate(table)
        place, grip = address.treadmill(settings.treadmill), address.grip(settings.grip)
        _fits(place, settings)
        _dialled(place.target)
        _dialled(grip)
        if settings.relay is not None:
            _dialled(address.relay(settings.relay))
        if settings.heart_rate is not None:
            address.heart_rate(settings.heart_rate)
        if settings.witness is not None:
            address.witness(settings.witness)
        _heard(grip, settings.mqtt)
        _served(settings.console)
        limits = checked(**_limits(settings.limits))
    except ValidationError as error:
        raise SettingsError(_sentence(_foremost(error.errors()))) from error
    except (AddressError, LimitError) as error:
        raise SettingsError(str(error)) from error
    return settings.model_copy(update={"limits": limits})


def _fits(place: Place, settings: Settings) -> None:
    """The table [machine] and the orientation are those of a machine of this kind.

    Raises: `SettingsError`.
    """
    fitting = Fitting(**settings.machine.model_dump()) if settings.machine else Fitting()
    if place.kind == address.FTMS:
        if settings.machine is not None:
            raise SettingsError("The table [machine] is for serial treadmills. Leave it out.")
    else:
        try:
            serial_machines.dialect(place.kind, fitting)
        except ValueError as error:
            raise SettingsError(f"The settings of [machine] do not fit. {error}") from error
    if settings.orientation == "reverse_belt" and not _reverses(place.kind, fitting):
        raise SettingsError(
            f'orientation = "reverse_belt" needs a belt that is known to reverse; the {place.kind} '
            'treadmill\'s is not. Use orientation = "turned".'
        )


def _reverses(kind: str, fitting: Fitting) -> bool:
    """It has a command for it; where only one source says so, commissioning must have proven it."""
    return kind == "biodex" or (fitting.reverse and kind != address.FTMS)


def _dialled(place: str) -> None:
    """A socket is named by its host and a port. Raises: `SettingsError`."""
    try:
        where = urlsplit(place)
        named = where.hostname and where.port
    except ValueError:
        named = None
    if place.startswith("socket://") and not named:
        raise SettingsError(
            f"{place!r} names no host and port. Write socket://HOST:PORT, PORT from 1 to 65535."
        )


def _heard(grip: str, mqtt: MqttSettings | None) -> None:
    """A grip unit on the broker needs a broker that it may speak on. Raises: `SettingsError`."""
    if grip == address.MQTT and (mqtt is None or "grip" not in mqtt.allow_sensors):
        raise SettingsError(
            'grip = "grip:mqtt" needs a table [mqtt] with allow_sensors = ["grip"] in it.'
        )


def _served(console: ConsoleSettings) -> None:
    """A console that others reach has TLS, and knows its names. Raises: `SettingsError`."""
    pair = (console.cert_file is not None, console.key_file is not None)
    if pair not in ((True, True), (False, False)) or not (loopback(console.host) or all(pair)):
        raise SettingsError(NEEDS_TLS)
    if console.host in EVERY_ADDRESS and not console.names:
        raise SettingsError(NEEDS_NAMES)


def _overridden(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    for variable, value in environment.items():
        if variable.startswith(PREFIX):
            *parents, key = variable.removeprefix(PREFIX).lower().split("__")
            place = table
            for parent in parents:
                place = place.setdefault(parent, {})
                if not isinstance(place, dict):
                    raise SettingsError(f"{variable} does not fit: {parent} is not a table.")
            place[key] = value
    return table


def _limits(given: dict[str, float]) -> dict[str, float]:
    """The limits by their SI names, each given once."""
    limits: dict[str, float] = {}
    keys: dict[str, str] = {}
    for key, figure in given.items():
        name, limits[name] = _limit(key, figure)
        other = keys.setdefault(name, key)
        if other != key:
            raise SettingsError(
                f"The settings limits.{other} and limits.{key} are the same limit. "
                "Keep one of them."
            )
    return limits


def _limit(key: str, figure: float) -> tuple[str, float]:
    """A limit by its SI name, whatever unit its key names."""
    if key not in LIMIT_KEYS:
        raise SettingsError(_unknown(f"limits.{key}", key, LIMIT_KEYS))
    for unit, to_mps in _UNITS.items():
        if key.endswith(unit):
            return key.removesuffix(unit) + "_mps", to_mps(figure)
    return key, figure


def _foremost(errors: list[ErrorDetails]) -> ErrorDetails:
    """An unknown key, if there is one: it may be a missing one, mistyped."""
    return min(errors, key=lambda error: error["type"] != "extra_forbidden")


def _sentence(error: ErrorDetails) -> str:
    """One of pydantic's findings, as a sentence."""
    parts = [str(part) for part in error["loc"]]
    name = ".".join(parts)
    if error["type"] == "extra_forbidden":
        model = TABLES.get(parts[0], Settings)
        return _unknown(name, parts[-1], tuple(model.model_fields))
    if error["type"] == "missing":
        return f"The setting {name} is missing."
    if error["type"] == "string_pattern_mismatch":
        return f"The setting {name} is wrong: write {PATTERNS[parts[1]]}."
    said = error["msg"].removeprefix("Value error, ")
    return f"The setting {name} is wrong: {said[:1].lower()}{said[1:]}."


def _unknown(name: str, key: str, known: tuple[str, ...]) -> str:
    return f"There is no setting {name}.{hint(key, known)}"
