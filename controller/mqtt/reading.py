"""From a payload to a model, or to the reason why not."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from controller.mqtt.messages import COMMAND_LIMIT, Reason
from controller.mqtt.refusals import SENTENCES, Refused

SHOWN = 40
"""Characters of a stranger's key that are repeated to others."""
ID_LIMIT = 64

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], payload: bytes) -> Model:
    """The model in a payload. Raises: `Refused`."""
    if len(payload) > COMMAND_LIMIT:
        raise Refused(Reason.OVERSIZED)
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise _refused(first, payload) from None


def request_id(payload: bytes) -> str | None:
    """The request id in a payload, whatever else is in it; None if there is none to be read."""
    if len(payload) > COMMAND_LIMIT:
        return None
    try:
        found = from_json(payload)
    except ValueError:
        return None
    named = found.get("request_id") if isinstance(found, dict) else None
    return named[:ID_LIMIT] if isinstance(named, str) else None


def _refused(first: ErrorDetails, payload: bytes) -> Refused:
    if first["type"] in ("json_invalid", "model_type"):
        return Refused(Reason.MALFORMED)
    reason = Reason.UNKNOWN_KEY if first["type"] == "extra_forbidden" else Reason.INVALID
    key = ".".join(map(str, first["loc"]))[:SHOWN]
    sentence = f"{SENTENCES[reason]} {key!a}: {first['msg'].lower()}."
    return Refused(reason, sentence, request_id(payload))
