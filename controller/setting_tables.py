"""The tables of a settings file, each a closed model: an unknown key is an error."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator


def _no_flag(figure: object) -> object:
    if isinstance(figure, bool):
        raise ValueError("true and false are no numbers")
    return figure


Figure = Annotated[float, BeforeValidator(_no_flag)]

PATTERNS = {
    "names": "names and addresses of letters, digits, dots, colons and hyphens",
    "device": "1 to 64 letters, digits, hyphens and underscores",
    "discovery_prefix": "1 to 64 letters, digits, hyphens, underscores and slashes",
}
"""What the keys with a pattern are made of."""


class ConsoleSettings(BaseModel):
    """Where the supervisor's console is served.

    Beyond this computer it is served over TLS only; no setting changes that. `names`: the names and
    addresses by which browsers reach it, besides `host`.
    """

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    title: str = "Retrotread"
    names: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]] = []
    cert_file: Path | None = None
    key_file: Path | None = None


class MqttSettings(BaseModel):
    """The broker, and what may be heard from it.

    A broker beyond this computer is spoken to over TLS only; no setting changes that. The password
    is in a file of its own. `allow_sensors`: the sensors that may speak over MQTT.
    """

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=1, le=65535)
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    device: str = Field(default="retrotread", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    discovery: bool = True
    discovery_prefix: str = Field(default="homeassistant", pattern=r"^[A-Za-z0-9_/-]{1,64}$")
    allow_sensors: list[Literal["grip", "fall", "heart_rate"]] = []

    @property
    def tls(self) -> bool:
        return not loopback(self.host) or self.ca_file is not None or self.cert_file is not None

    @property
    def broker_port(self) -> int:
        return self.port or (8883 if self.tls else 1883)


def loopback(host: str) -> bool:
    """Whether nobody but this computer reaches this host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class MachineSettings(BaseModel):
    """How a serial treadmill is set up; what is left out is its kind's default.

    `units` is what the machine itself counts in, `minimum` and `maximum` are in it. `reverse`:
    commissioning has proven that its belt reverses as it is told.
    """

    model_config = ConfigDict(extra="forbid")

    units: Literal["mph", "kmh"] | None = None
    minimum: Figure | None = None
    maximum: Figure | None = None
    baud: int | None = Field(default=None, ge=300, le=921600)
    reverse: bool = False


class ArchiveSettings(BaseModel):
    """Where patients and sessions are kept, and how long.

    Without `url` it is a file in data_dir; with one, a PostgreSQL database that several treadmills
    may share. The password is in a file of its own, or in the environment as PGPASSWORD; with
    `ca_file` the server must prove who it is. `keep_days`: what nothing was entered for since so
    many days is forgotten. `patient_required`: nobody is armed before a patient was chosen and
    every question of the checklist is answered.
    """

    model_config = ConfigDict(extra="forbid")

    url: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    keep_days: int | None = Field(default=None, ge=1)
    patient_required: bool = False

    @field_validator("url")
    @classmethod
    def _speaks_of_postgres(cls, url: str) -> str:
        """The sentences never show the address: a password may be in it."""
        parts = urlsplit(url)
        if url and parts.scheme != "postgresql":
            raise ValueError("it is no address as in postgresql://user@host/database")
        if parts.password is not None or "password=" in parts.query:
            raise ValueError("a password is in it; put that into a file, named by password_file")
        return url
