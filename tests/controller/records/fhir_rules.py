"""Rules of FHIR R4 that the model library leaves unchecked: codes, units, references."""

from collections.abc import Iterator
from typing import Any

STATUSES = {
    "Observation": {"registered", "preliminary", "final", "amended", "corrected", "cancelled",
                    "entered-in-error", "unknown"},
    "Device": {"active", "inactive", "entered-in-error", "unknown"},
}  # fmt: skip
NAMES = {"udi-label-name", "user-friendly-name", "patient-reported-name", "manufacturer-name",
         "model-name", "other"}  # fmt: skip
UNITS = {"m", "m/s", "s", "min", "%", "/min", "mm[Hg]", "{score}", "{count}"}
"""UCUM, as far as we use it."""
LOCAL = "urn:retrotread:measure"


def faults(bundle: dict[str, Any]) -> list[str]:
    """Everything that is wrong, as sentences."""
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    found = [] if bundle["type"] == "collection" else [f"no bundle: {bundle['type']}"]
    if len(resources) != len(bundle["entry"]):
        found.append("two entries have one address")
    for address, resource in resources.items():
        if address != f"urn:uuid:{resource['id']}":
            found.append(f"{address} is not that of its resource")
        allowed = STATUSES.get(resource["resourceType"])
        if allowed and resource["status"] not in allowed:
            found.append(f"status {resource['status']}")
        for name in resource.get("deviceName", ()):
            if name["type"] not in NAMES:
                found.append(f"type of a name {name['type']}")
        for part in _parts(resource):
            found += _wrong(part, resources)
    return found


def observation(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    """The first observation with this code."""
    found: dict[str, Any] = next(
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"].get("code", {}).get("coding", [{}])[0].get("code") == code
    )
    return found


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _parts(each)


def _wrong(part: dict[str, Any], resources: dict[str, Any]) -> Iterator[str]:
    system, code = part.get("system"), part.get("code")
    if system == "http://unitsofmeasure.org" and code not in UNITS:
        yield f"no UCUM unit: {code}"
    if system == "http://loinc.org" and not _loinc(str(code)):
        yield f"no LOINC code: {code}"
    if "reference" in part and part["reference"] not in resources:
        yield f"it leads nowhere: {part['reference']}"
    if isinstance(part.get("value"), int | float) and "system" not in part:
        yield f"a value without a system: {part}"


def _loinc(code: str) -> bool:
    """A LOINC code ends in a check digit, Luhn's."""
    body, _, digit = code.partition("-")
    if not (body.isdigit() and digit.isdigit()):
        return False
    total = 0
    for index, figure in enumerate(reversed(body)):
        doubled = int(figure) * (2 if index % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(digit)
