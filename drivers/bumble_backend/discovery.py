"""GATT discovery in few round trips: on the air each costs up to two connection intervals."""

import uuid
from collections.abc import Collection

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bumble.att import ATT_Error
from bumble.core import UUID
from bumble.gatt import GATT_CHARACTERISTIC_ATTRIBUTE_TYPE, GATT_INCLUDE_ATTRIBUTE_TYPE
from bumble.gatt_client import CharacteristicProxy, Client, ServiceProxy

from protocols.ftms.uuids import short

MTU = 517
"""ATT_MTU that carries the longest attribute value (512 octets) in one response."""

DECLARATIONS = (GATT_CHARACTERISTIC_ATTRIBUTE_TYPE, GATT_INCLUDE_ATTRIBUTE_TYPE)


async def discover(client: Client, wanted: Collection[str] | None) -> BleakGATTServiceCollection:
    """Services (only `wanted`, if given), characteristics and descriptors, as bleak shows them."""
    await _raise_mtu(client)
    collection = BleakGATTServiceCollection()
    for service in await _services(client, wanted):
        shown = BleakGATTService(service, service.handle, uuid_text(service.uuid))
        collection.add_service(shown)
        characteristics = await client.discover_characteristics((), service)
        await _discover_descriptors(client, service, characteristics)
        for characteristic in characteristics:
            _add(collection, shown, characteristic, client)
    return collection


def uuid_text(value: UUID) -> str:
    """The 128-bit form, lower case."""
    return str(uuid.UUID(bytes=bytes(reversed(value.to_bytes(force_128=True)))))


async def _raise_mtu(client: Client) -> None:
    try:
        await client.request_mtu(MTU)
    except ATT_Error:
        # A server may not support the request; 23 octets then remain (Vol 3, Part F, 3.4.2).
        return


async def _services(client: Client, wanted: Collection[str] | None) -> list[ServiceProxy]:
    if wanted is None:
        return await client.discover_services()
    return [found for text in wanted for found in await client.discover_service(_uuid(text))]


def _uuid(text: str) -> UUID:
    """In the short form if there is one: servers compare the octets as they are on the air."""
    number = short(text)
    return UUID(text) if number is None else UUID.from_16_bits(number)


async def _discover_descriptors(
    client: Client, service: ServiceProxy, characteristics: list[CharacteristicProxy[bytes]]
) -> None:
    """One sweep over the service instead of one request for each characteristic."""
    if any(each.end_group_handle > each.handle for each in characteristics):
        found = await client.discover_descriptors(
            start_handle=service.handle + 1, end_handle=service.end_group_handle
        )
    else:
        found = []
    for each in characteristics:
        each.descriptors = [
            descriptor
            for descriptor in found
            if each.handle < descriptor.handle <= each.end_group_handle
            and descriptor.type not in DECLARATIONS
        ]
        each.descriptors_discovered = True


def _add(
    collection: BleakGATTServiceCollection,
    service: BleakGATTService,
    found: CharacteristicProxy[bytes],
    client: Client,
) -> None:
    characteristic = BleakGATTCharacteristic(
        found,
        found.handle,
        uuid_text(found.uuid),
        sorted(gatt_char_props_to_strs(int(found.properties))),
        lambda: client.mtu - 3,
        service,
    )
    collection.add_characteristic(characteristic)
    for each in found.descriptors:
        kind = uuid_text(each.type)
        collection.add_descriptor(BleakGATTDescriptor(each, each.handle, kind, characteristic))
