"""`retrotread mqtt`: what integrators need of the MQTT contract, on standard output."""

import json

from controller.cli.failure import Failure
from controller.mqtt.acl import AclError, acl_file
from controller.mqtt.asyncapi import document


def print_acl(device: str, users: list[str], prefix: str) -> None:
    pairs = [user.partition("=") for user in users]
    try:
        print(acl_file(device, [(name, role) for name, _, role in pairs], prefix), end="")
    except AclError as error:
        raise Failure(str(error)) from error


def print_asyncapi() -> None:
    print(json.dumps(document(), indent=2, ensure_ascii=False))
