"""GATT discovery in few round trips: on the air each costs up to two connection intervals."""

import uuid
from collections.abc import Collection

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bumble.att import ATT_Error, ATT_Find_Information_Request, ATT_Find_Information_Response
from bumble.core import UUID
from bumble.gatt import GATT_CHARACTERISTIC_ATTRIBUTE_TYPE, GATT_INCLUDE_ATTRIBUTE_TYPE
from bumble.gatt_client import CharacteristicProxy, Client, DescriptorProxy, ServiceProxy

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
    """All services, or only the wanted ones; all, too, if one of those is not found by its short
    form: a server may spell an assigned UUID in 128 bits."""
    if wanted is None:
        return await client.discover_services()
    found = [await client.discover_service(_uuid(text)) for text in wanted]
    if not all(found):
        return await client.discover_services()
    return [service for services in found for service in services]


def _uuid(text: str) -> UUID:
    """In the short form if there is one: servers compare the octets as they are on the air."""
    number = short(text)
    return UUID(text) if number is None else UUID.from_16_bits(number)


async def _discover_descriptors(
    client: Client, service: ServiceProxy, characteristics: list[CharacteristicProxy[bytes]]
) -> None:
    """One sweep over the service, past the values, instead of a request for each characteristic.

    A response stops where the length of UUIDs changes, so the next request starts at the next
    place where a descriptor may be (Vol 3, Part F, 3.4.3.1).
    """
    swept = service.handle
    for characteristic in characteristics:
        characteristic.descriptors_discovered = True
        while (start := max(swept, characteristic.handle) + 1) <= characteristic.end_group_handle:
            found = await _attributes(client, start, service.end_group_handle)
            if not found:
                break
            swept = found[-1].handle
            _hand_out(found, characteristics)


async def _attributes(client: Client, start: int, end: int) -> list[DescriptorProxy]:
    """Attributes from `start` on, as many as one response tells of; none if there is none."""
    response = await client.send_request(
        ATT_Find_Information_Request(starting_handle=start, ending_handle=end)
    )
    if not isinstance(response, ATT_Find_Information_Response):
        return []
    return [
        DescriptorProxy(client, handle, UUID.from_bytes(kind))
        for handle, kind in response.information
        if handle >= start
    ]


def _hand_out(
    found: list[DescriptorProxy], characteristics: list[CharacteristicProxy[bytes]]
) -> None:
    for characteristic in characteristics:
        characteristic.descriptors += [
            attribute
            for attribute in found
            if characteristic.handle < attribute.handle <= characteristic.end_group_handle
            and attribute.type not in DECLARATIONS
        ]


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
