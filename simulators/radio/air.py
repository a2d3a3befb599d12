"""The air between emulated controllers: who hears whom, and when.

Bumble's `LocalLink` delivers everything at once and for ever. This one has connection events,
loss, range and supervision, and it tells by connection, not by address, whose packet it carries
(`LocalLink` names every sender by its random address, which a central with a public address,
such as BlueZ, never answers to).
"""

import asyncio
import random

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

from simulators.radio.link import SHORTEST_INTERVAL_S, Delivery, Physics, RadioLink

ESTABLISHMENT_EVENTS = 6
"""Core 5.4, Vol 6, Part B, 4.5: a connection with no packet in six intervals was never made."""


class Air(LocalLink):
    """Join controllers by giving it as their `link`. Needs a running event loop."""

    def __init__(self, physics: Physics | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bumble leaves it unannotated
        self.physics = physics or Physics()
        self._dice = random.Random(self.physics.seed)
        self._links: list[RadioLink] = []
        self._range_ok = True
        self._joined = 0

    @property
    def range_ok(self) -> bool:
        """Whether anyone hears anyone. Out of range, links die after the supervision timeout."""
        return self._range_ok

    @range_ok.setter
    def range_ok(self, range_ok: bool) -> None:
        self._range_ok = range_ok
        for link in list(self._links):
            if range_ok:
                link.resume()
            else:
                link.silence()

    def next_public_address(self) -> hci.Address:
        """An address nobody else on this air has. 02:… is locally administered."""
        self._joined += 1
        octets = (0x020000000000 + self._joined).to_bytes(6, "little")
        return hci.Address(octets, hci.Address.PUBLIC_DEVICE_ADDRESS)

    def advertising_delay_s(self) -> float:
        """advDelay: 0 to 10 ms, so that two advertisers never stay in step (4.4.2.2.1)."""
        return self._dice.uniform(0.0, 0.010)

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        if isinstance(packet, ll.ConnectInd):
            self._connect(sender_controller, packet)
            return
        loop = asyncio.get_running_loop()
        for controller in self.controllers:
            if controller is not sender_controller and self._heard():
                loop.call_soon(controller.on_ll_advertising_pdu, packet)

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        def deliver(far: Connection) -> None:
            far.controller.on_link_acl_data(far.peer_address, transport, data)

        if connection := sender_controller.le_connections.get(destination_address):
            self._send(connection, deliver)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        def deliver(far: Connection) -> None:
            far.controller.on_ll_control_pdu(far.peer_address, packet)

        for link in self._links:
            for near in link.ends:
                if (near.self_address, near.peer_address) == (sender_address, receiver_address):
                    _apply_parameters(link, packet)
                    link.send(near, deliver)
                    return

    def part(self, end: Connection) -> None:
        """A controller has left a connection in good order."""
        for link in self._links:
            if link.has(end):
                link.part(end)
        self._sweep()

    def vanish(self, end: Connection) -> None:
        """A controller has left a connection without a word: its power is gone, or it was reset."""
        for link in self._links:
            if link.has(end):
                link.vanish(end)
        self._sweep()

    def _sweep(self) -> None:
        self._links = [link for link in self._links if link.ends]

    def _heard(self) -> bool:
        return self._range_ok and self._dice.random() >= self.physics.loss

    def _send(self, near: Connection, delivery: Delivery) -> None:
        for link in self._links:
            if link.has(near):
                link.send(near, delivery)

    def _connect(self, initiator: Controller, packet: ll.ConnectInd) -> None:
        central = initiator.le_connections[packet.advertiser_address]
        for controller in self.controllers:
            known = controller.le_connections.get(packet.initiator_address)
            if controller is initiator or known is not None or not self._range_ok:
                continue
            controller.on_ll_advertising_pdu(packet)
            if peripheral := controller.le_connections.get(packet.initiator_address):
                self._links.append(RadioLink(central, peripheral, self.physics))
                return
        wait_s = ESTABLISHMENT_EVENTS * max(self.physics.interval_s, SHORTEST_INTERVAL_S)
        reason = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
        asyncio.get_running_loop().call_later(wait_s, initiator.on_le_disconnected, central, reason)


def _apply_parameters(link: RadioLink, packet: ll.ControlPdu) -> None:
    """A connection update changes how long silence may last, and the pace of a paced air."""
    if isinstance(packet, ll.ConnectionUpdateInd):
        link.supervision_s = packet.timeout * 0.01
        if link.interval_s > 0:
            link.interval_s = packet.interval * 0.00125
