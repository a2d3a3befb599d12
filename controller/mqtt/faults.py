"""Why there is no broker, in one plain sentence, and how soon to try again."""

import random
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from aiomqtt import MqttCodeError, MqttError
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.reasoncodes import ReasonCode

from controller.setting_tables import MqttSettings

FIRST_S = 0.1
SOON_S = 0.8
"""A broker that is away is looked for often: state is out again two seconds after it is up."""
SELDOM_S = 30.0
"""A wrong password stays wrong until somebody acts."""
TAKEN_OVER = 142
"""Reason code of MQTT 5: another client connected under the same name."""


class DeniedError(Exception):
    """The broker does not let this device hear a topic, which is named."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, for the log, without secrets; and the longest pause between tries."""

    sentence: str
    last_s: float


def fault(error: BaseException, settings: MqttSettings) -> Fault:
    """What to say and do about a connection that failed or ended."""
    broker = f"The MQTT broker at {settings.host}, port {settings.broker_port},"
    cause = _cause(error)
    if isinstance(cause, ssl.SSLError):
        return Fault(f"{broker} {_tls(cause)}", SELDOM_S)
    if isinstance(cause, DeniedError):
        what = f"does not let this device hear {cause}. Check its access list."
        return Fault(f"{broker} {what}", SELDOM_S)
    if _code(cause) == TAKEN_OVER:
        what = "has another client with this device's name. Give each room its own device."
        return Fault(f"{broker} {what}", SELDOM_S)
    if isinstance(cause, MqttConnectError):
        what = f"refused this device: {cause}. Check username, password_file and the access list."
        return Fault(f"{broker} {what}", SELDOM_S)
    if isinstance(error, MqttError):
        return Fault(f"{broker} cannot be reached: {cause}. It is looked for all the time.", SOON_S)
    return Fault(f"A file that [mqtt] names cannot be used: {cause}.", SELDOM_S)


def pauses_s(last_s: float, chance: random.Random) -> Iterator[float]:
    """Doubling pauses with jitter, so that many rooms do not come back in step."""
    pause_s = FIRST_S
    while True:
        yield pause_s * chance.uniform(0.5, 1.0)
        pause_s = min(2 * pause_s, last_s)


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return f"has a certificate that is not accepted: {why}. Check ca_file and host."
    return f"does not agree on TLS: {error.reason or error}. Check the certificates of both."


def _cause(error: BaseException) -> BaseException:
    """What lies under aiomqtt's own error, which keeps only the text of it."""
    under = error.__cause__ or error.__context__
    if type(error) is MqttError and isinstance(under, OSError | MqttCodeError):
        return under
    return error


def _code(error: BaseException) -> int | None:
    code = getattr(error, "rc", None)
    return code.value if isinstance(code, ReasonCode) else None
