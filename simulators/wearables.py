"""The strap and the speed sensor as Bluetooth peripherals, each with a radio of its own."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bumble import core, hci
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service

from protocols.ftms import uuids
from simulators.ftms_peripheral import ADVERTISING_INTERVAL_MS, open_radio
from simulators.gatt_database import assigned
from simulators.worn import Pod, Strap

STRAP_ADDRESS = "F0:52:54:52:44:02"
POD_ADDRESS = "F0:52:54:52:44:03"


class Wearable:
    """One notifying characteristic on a Bumble device; it advertises again after a loss."""

    def __init__(self, device: Device, service: str, characteristic: str) -> None:
        self._device = device
        self._told: Characteristic[bytes] = Characteristic(
            assigned(characteristic),
            Characteristic.Properties.NOTIFY,
            Characteristic.READABLE,
            b"",
        )
        device.add_service(Service(assigned(service), [self._told]))

    async def tell(self, octets: bytes) -> None:
        await self._device.notify_subscribers(self._told, octets)


@contextlib.asynccontextmanager
async def wearable(
    transport: str, address: str, name: str, service: str, characteristic: str
) -> AsyncIterator[Wearable]:
    """Powered up and advertising. Raises: `ConnectionError`."""
    kinds = core.AdvertisingData.Type
    fields = [
        (kinds.FLAGS, b"\x06"),
        (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, bytes(assigned(service))),
        (kinds.COMPLETE_LOCAL_NAME, name.encode()),
    ]
    data = bytes(core.AdvertisingData(fields))
    config = DeviceConfiguration(name=name, address=hci.Address(address), advertising_data=data)
    config.advertising_interval_min = config.advertising_interval_max = ADVERTISING_INTERVAL_MS
    async with await open_radio(transport) as port:
        device = Device.from_config_with_hci(config, port.source, port.sink)
        worn = Wearable(device, service, characteristic)
        await device.power_on()
        await device.start_advertising(auto_restart=True)
        yield worn


@dataclass
class Wearables:
    """What is worn, and how it behaves; none of it may be there."""

    strap: Strap = field(default_factory=Strap)
    pod: Pod = field(default_factory=Pod)
    strap_radio: Wearable | None = None
    pod_radio: Wearable | None = None

    def obey(self, line: str) -> bool:
        """Whether `line` was a command of these: see `COMMANDS`."""
        command = COMMANDS.get(line.strip())
        if command is not None:
            command(self)
        return command is not None

    async def tell(self, belt_mps: float, now_s: float) -> None:
        for radio, worn in ((self.strap_radio, self.strap), (self.pod_radio, self.pod)):
            octets = worn.due(belt_mps, now_s) if radio is not None else None
            if radio is not None and octets is not None:
                await radio.tell(octets)


def _strap(**how: bool) -> Callable[[Wearables], None]:
    """A strap that is well, but for this."""

    def obey(all_: Wearables) -> None:
        for name, value in {"worn": True, "on": True, "hangs": False, **how}.items():
            setattr(all_.strap, name, value)

    return obey


def _pod(on: bool, scale: float = 1.0) -> Callable[[Wearables], None]:
    def obey(all_: Wearables) -> None:
        all_.pod.on, all_.pod.scale = on, scale

    return obey


COMMANDS: dict[str, Callable[[Wearables], None]] = {
    "strap off": _strap(worn=False),
    "strap on": _strap(),
    "strap silent": _strap(on=False),
    "strap hangs": _strap(hangs=True),
    "pod off": _pod(False),
    "pod on": _pod(True),
    "pod lies": _pod(True, 0.5),
}


@contextlib.asynccontextmanager
async def on_air(transport: str, *, strap: bool, pod: bool) -> AsyncIterator[Wearables]:
    """Those that are wanted. Raises: `ConnectionError`."""
    worn = Wearables()
    async with contextlib.AsyncExitStack() as stack:
        if strap:
            kind = (uuids.HEART_RATE_SERVICE, uuids.HEART_RATE_MEASUREMENT)
            worn.strap_radio = await stack.enter_async_context(
                wearable(transport, STRAP_ADDRESS, "Sim strap", *kind)
            )
        if pod:
            kind = (uuids.RUNNING_SPEED_SERVICE, uuids.RUNNING_SPEED_MEASUREMENT)
            worn.pod_radio = await stack.enter_async_context(
                wearable(transport, POD_ADDRESS, "Sim pod", *kind)
            )
        yield worn
