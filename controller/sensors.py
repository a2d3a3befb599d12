"""The sensors that a plan names, beside the treadmill: grip unit, strap, speed sensor."""

import asyncio
import functools
from collections.abc import Callable

from controller.plan import Plan
from controller.safety.heart import Beat
from controller.safety.witness import Witnessed
from drivers import address
from drivers.ble import BleakLink
from drivers.gpio_grip import GpioGrip, open_contacts
from drivers.grip import BAUD, GripUnit
from drivers.heart_rate import HeartRateStrap
from drivers.network_sensors import NetworkGrip, Reading, Vitals, WithFalls
from drivers.serial_port import open_port
from drivers.speed_sensor import SpeedSensor
from protocols.ftms.uuids import HEART_RATE_SERVICE, RUNNING_SPEED_SERVICE

Grip = GripUnit | NetworkGrip | GpioGrip


def strap_of(plan: Plan) -> HeartRateStrap | None:
    if not plan.heart_rate:
        return None
    target = address.heart_rate(plan.heart_rate)
    return HeartRateStrap(BleakLink(target, plan.adapter, services=[HEART_RATE_SERVICE]))


def witness_of(plan: Plan, news: asyncio.Event) -> SpeedSensor | None:
    if not plan.witness:
        return None
    target = address.witness(plan.witness)
    link = BleakLink(target, plan.adapter, services=[RUNNING_SPEED_SERVICE])
    return SpeedSensor(link, news.set)


def heart_of(strap: HeartRateStrap | None, vitals: Vitals) -> Beat:
    """A strap of our own is nearer to the heart than what the network says."""
    told = vitals if strap is None else strap
    return Beat(told.heart_rate_bpm, told.heard_at_s)


def witnessed(sensor: SpeedSensor | None) -> Witnessed:
    if sensor is None:
        return Witnessed()
    return Witnessed(sensor.speed_mps, sensor.heard_at_s, witness_due=True)


def grip_of(named: str, on_news: Callable[[], None]) -> Grip:
    place = address.grip(named)
    if place.startswith("gpio:"):
        return GpioGrip(functools.partial(open_contacts, place), on_news)
    if place == address.MQTT:
        return NetworkGrip(on_news)
    return GripUnit(functools.partial(open_port, place, BAUD), on_news)


def worn_of(named: str, on_news: Callable[[], None]) -> tuple[Grip, Vitals, WithFalls]:
    """The grip unit, what the network tells, and both joined; a change is noted, then news."""

    def changed() -> None:
        worn.note()
        on_news()

    grip, vitals = grip_of(named, changed), Vitals(changed)
    worn = WithFalls(grip, vitals)
    return grip, vitals, worn


def takers_of(grip: Grip, vitals: Vitals) -> dict[str, Callable[[Reading], None]]:
    """Who takes which reading from the network; a grip unit only if there is none on a wire."""
    takers: dict[str, Callable[[Reading], None]] = {
        "fall": vitals.take_fall,
        "heart_rate": vitals.take_heart_rate,
    }
    if isinstance(grip, NetworkGrip):
        takers["grip"] = grip.take
    return takers
