"""Figures for Prometheus, made when they are asked for, of what control told last.

No figure has a patient, a session or a person in it. Counts begin anew when control does, as
Prometheus expects.
"""

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel, ConfigDict, ValidationError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTS = {
    "turns": "Turns of the control loop.",
    "late_turns": "Turns later than the limit turn_late_s.",
    "failed_turns": "Turns that an exception decided.",
    "sessions": "Sessions that began.",
    "escalations": "Stops that were not seen to work in time.",
}


class Tally(BaseModel):
    """What control counts; see `controller.tally`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    turns: int = 0
    late_turns: int = 0
    failed_turns: int = 0
    sessions: int = 0
    escalations: int = 0
    stops: dict[str, int] = {}
    journal_ok: bool = False
    journal_waiting: int = 0


class Belt(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    linked: bool = False
    age_s: float | None = None


class Told(BaseModel):
    """As much of control's telemetry as is counted."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    state: str = "unknown"
    belt: Belt = Belt()
    tally: Tally = Tally()


class Metrics(Collector):
    """`linked` tells whether control is there, `pages` how many sockets are open, `brokers`,
    to be set where there is one, which connections to a broker are up."""

    def __init__(
        self,
        clock: Callable[[], float],
        linked: Callable[[], bool],
        pages: Callable[[], int],
    ) -> None:
        self._clock = clock
        self._linked = linked
        self._pages = pages
        self.brokers: Callable[[], Mapping[str, bool]] = dict
        self._told: Told | None = None
        self._heard_at_s = 0.0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Control's telemetry; what is none changes nothing."""
        try:
            self._told = Told.model_validate(message)
        except ValidationError:
            return
        self._heard_at_s = self._clock()

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Nothing is told twice, so nobody has to look for that."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield _gauge("control_up", "Whether the control process is there.", self._linked())
        yield _gauge("sockets", "Open pages of the console.", self._pages())
        yield _by("mqtt_up", "Whether a connection to the broker is up.", self.brokers())
        if self._told is not None:
            yield from self._of_control(self._told)

    def _of_control(self, told: Told) -> Iterator[Metric]:
        age_s = self._clock() - self._heard_at_s
        yield _gauge("telemetry_age_seconds", "Since control spoke last.", age_s)
        yield _gauge("link_up", "Whether the treadmill is linked.", told.belt.linked)
        if told.belt.age_s is not None:
            yield _gauge("belt_age_seconds", "Of the treadmill's last report.", told.belt.age_s)
        yield _by("state", "The phase of the session.", {told.state: True}, "state")
        yield _gauge("journal_ok", "Whether records are kept.", told.tally.journal_ok)
        yield _gauge("journal_waiting", "Records not yet written.", told.tally.journal_waiting)
        for name, help_text in COUNTS.items():
            yield CounterMetricFamily(
                f"retrotread_{name}", help_text, value=getattr(told.tally, name)
            )
        stops = CounterMetricFamily("retrotread_stops", "Latched stops.", labels=["cause"])
        for cause, count in told.tally.stops.items():
            stops.add_metric([cause], count)
        yield stops


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"retrotread_{name}", help_text, value=float(value))


def _by(name: str, help_text: str, values: Mapping[str, bool], label: str = "connection") -> Metric:
    family = GaugeMetricFamily(f"retrotread_{name}", help_text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def on_this_computer(host: str) -> bool:
    """Whether a request came over the loopback, which alone may read figures."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
