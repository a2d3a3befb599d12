"""An emulated Bluetooth LE controller that keeps the promises Bumble's own leaves open.

Bumble 0.0.236's `Controller` cannot cancel a connection attempt, does not reset, repeats the
advertising data as the scan response, takes the advertising interval for milliseconds, announces
features whose events it never sends, and reports placeholder connection parameters.
"""

import asyncio
import dataclasses

from bumble import hci, ll
from bumble.controller import Connection, Controller, LegacyAdvertiser
from bumble.transport.common import TransportSink, TransportSource

from simulators.radio.air import Air

RSSI_DBM = -50
ADVERTISING_UNIT_S = 0.000625
UNSENT_FEATURES = (
    hci.LeFeatureMask.LL_PRIVACY
    | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
)
"""With these announced a host (BlueZ) waits for Enhanced Connection Complete, which never comes."""

Report = hci.HCI_LE_Advertising_Report_Event.Report


@dataclasses.dataclass
class ScannableAdvInd(ll.AdvInd):
    """An advertisement together with what its sender answers to an active scanner."""

    scan_response: bytes = b""


@dataclasses.dataclass
class Advertiser(LegacyAdvertiser):
    """Advertises at the interval it was told, in the units of the specification."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        air = self.controller.link
        delay_s = air.advertising_delay_s() if isinstance(air, Air) else 0.0
        self.timer_handle = asyncio.get_running_loop().call_later(
            self.advertising_interval_min * ADVERTISING_UNIT_S + delay_s, self._on_timer_fired
        )

    def send_advertising_data(self) -> None:
        kind = hci.HCI_LE_Set_Advertising_Parameters_Command.AdvertisingType.ADV_IND
        if self.enabled and self.advertising_type == kind:
            self.controller.send_advertising_pdu(
                ScannableAdvInd(self.address, self.advertising_data, self.scan_response_data)
            )


class AirController(Controller):
    """One adapter on the air. `host_source` and `host_sink` carry HCI packets to its host."""

    le_features = Controller.le_features & ~UNSENT_FEATURES
    supported_commands = Controller.supported_commands - {
        hci.HCI_LE_EXTENDED_CREATE_CONNECTION_COMMAND
    }

    def __init__(
        self,
        air: Air,
        host_source: TransportSource | None = None,
        host_sink: TransportSink | None = None,
    ) -> None:
        address = air.next_public_address()
        super().__init__(str(address), host_source, host_sink, air, address)
        self.air = air
        self.le_legacy_advertiser = Advertiser(self)

    def power_off(self) -> None:
        """Fall silent as a radio does when its power goes: no farewell to anyone."""
        self.le_legacy_advertiser.stop()
        self.le_scan_enable = False
        self.pending_le_connection = None
        ends = list(self.le_connections.values())
        self.le_connections.clear()
        for end in ends:
            self.air.vanish(end)

    def unplug(self) -> None:
        """Power off for good, and leave the air."""
        self.host = None
        self.power_off()
        self.air.remove_controller(self)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Report the connection parameters of this air instead of placeholders."""
        if isinstance(packet, hci.HCI_LE_Connection_Complete_Event):
            packet.connection_interval = self.air.physics.interval_units
            packet.supervision_timeout = self.air.physics.supervision_units
        super().send_hci_packet(packet)

    def on_hci_reset_command(
        self, command: hci.HCI_Reset_Command
    ) -> hci.HCI_StatusReturnParameters:
        self.power_off()
        return super().on_hci_reset_command(command)

    def on_hci_le_create_connection_command(
        self, command: hci.HCI_LE_Create_Connection_Command
    ) -> None:
        if command.peer_address in self.le_connections:
            status = hci.HCI_ErrorCode.CONNECTION_ALREADY_EXISTS_ERROR
            self._send_hci_command_status(status, command.op_code)
            return
        super().on_hci_le_create_connection_command(command)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self._report_cancelled, pending.peer_address)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _report_cancelled(self, peer_address: hci.Address) -> None:
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=peer_address.address_type,
                peer_address=peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        kinds = hci.HCI_LE_Advertising_Report_Event.EventType
        if self.le_scan_enable:
            self._report(kinds.ADV_IND, pdu.advertiser_address, pdu.data)
            if self.le_scan_type and isinstance(pdu, ScannableAdvInd):
                self._report(kinds.SCAN_RSP, pdu.advertiser_address, pdu.scan_response)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, kind: int, address: hci.Address, data: bytes) -> None:
        report = Report(kind, address.address_type, address, data, RSSI_DBM)
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def on_le_disconnected(self, connection: Connection, reason: int) -> None:
        """Tell the host once, and only of a connection that it still has."""
        if self.le_connections.get(connection.peer_address) is connection:
            super().on_le_disconnected(connection, reason)
            self.air.part(connection)
