"""A treadmill's GATT table and advertisement as Bumble holds them."""

from collections.abc import Awaitable, Callable

from bumble import att, core
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from protocols.ftms import advertising, uuids
from simulators.faults.parts import HONEST, GattTable
from simulators.readings import DEVICE_INFORMATION, fixed, properties
from simulators.treadmill import Treadmill

ADVERTISING_LIMIT = 31

OnWrite = Callable[[Connection, bytes], Awaitable[None]]


class GattDatabase:
    """The services of a `Device`.

    By UUID, `characteristics` are those of the fitness machine, `offered` their properties' names.
    """

    def __init__(self, device: Device, treadmill: Treadmill, on_write: OnWrite) -> None:
        self.characteristics: dict[str, Characteristic[bytes]] = {}
        self.offered: dict[str, frozenset[str]] = {}
        self._server = device.gatt_server
        self._treadmill = treadmill
        self._on_write = on_write
        self._own_services = len(self._server.services)
        self._own_attributes = len(self._server.attributes)
        self._shown: object = None

    def show(self, visits: int) -> None:
        """Be what the client finds that connects for the so-manieth time."""
        machine = self._treadmill.firmware.machine
        values, offered = fixed(machine), properties(machine, visits)
        if (values, offered) == self._shown:
            return
        self._shown = (values, offered)
        self.offered = offered
        self._clear()
        self.characteristics = {
            uuid: Characteristic(
                assigned(uuid), _properties(names), _permissions(names), self._value(uuid, values)
            )
            for uuid, names in offered.items()
        }
        fitness = assigned(uuids.FITNESS_MACHINE_SERVICE)
        self._server.add_service(Service(fitness, list(self.characteristics.values())))
        information = assigned(uuids.DEVICE_INFORMATION_SERVICE)
        readable = frozenset({"read"})
        told = [
            Characteristic(assigned(uuid), _properties(readable), _permissions(readable), octets)
            for uuid, octets in DEVICE_INFORMATION.items()
        ]
        self._server.add_service(Service(information, told))

    def _clear(self) -> None:
        """Back to the services that Bumble itself put there."""
        del self._server.services[self._own_services :]
        for attribute in self._server.attributes[self._own_attributes :]:
            self._server.attributes_by_handle.pop(attribute.handle, None)
        del self._server.attributes[self._own_attributes :]

    def _value(
        self, uuid: str, values: dict[str, bytes]
    ) -> bytes | CharacteristicValue[bytes] | None:
        if uuid == uuids.TRAINING_STATUS:
            return CharacteristicValue(read=lambda _: self._treadmill.training())
        if uuid == uuids.CONTROL_POINT:
            return CharacteristicValue(write=self._on_write)
        return values.get(uuid, b"")


def advertisement(name: str, table: GattTable = HONEST.table) -> bytes:
    """Flags, the service, its data, the name: all in the one packet that passive scans hear.

    Raises: `ValueError` for a name that does not fit.
    """
    kinds = core.AdvertisingData.Type
    service = bytes(core.UUID.from_16_bits(0x1826))
    data = advertising.encode(True) if table.service_data is None else table.service_data
    fields = [
        (kinds.FLAGS, bytes([0x06])),
        (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, service),
        *([(kinds.SERVICE_DATA_16_BIT_UUID, service + data)] if data else []),
        *([(kinds.COMPLETE_LOCAL_NAME, name.encode())] if table.named else []),
    ]
    octets = bytes(core.AdvertisingData(fields))
    if len(octets) > ADVERTISING_LIMIT:
        spare = len(name.encode()) + ADVERTISING_LIMIT - len(octets)
        raise ValueError(f"The name {name!r} is too long to advertise: at most {spare} octets fit.")
    return octets


def assigned(uuid: str) -> core.UUID:
    """In 16 bits, as treadmills have it; discovery then takes fewer round trips."""
    number = uuids.short(uuid)
    assert number is not None  # noqa: S101 - all of ours are assigned numbers
    return core.UUID.from_16_bits(number)


def _properties(names: frozenset[str]) -> Characteristic.Properties:
    flags = Characteristic.Properties(0)
    for name in names:
        flags |= Characteristic.Properties[name.replace("-", "_").upper()]
    return flags


def _permissions(names: frozenset[str]) -> att.Attribute.Permissions:
    flags = att.Attribute.Permissions(0)
    if "read" in names:
        flags |= att.Attribute.Permissions.READABLE
    if any(name.startswith("write") for name in names):
        flags |= att.Attribute.Permissions.WRITEABLE
    return flags
