"""From the simulated grip unit to the controller's report, without a wire.

A healthy unit's frames are folded as they are. The octets of one that is not go through the real
parser, as `drivers.grip` takes them.
"""

from math import inf

from protocols.grip import GripFrame, GripParser, GripReport, fold
from simulators.scene import Scene


class Rails:
    """Call `turn` after each slice of time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._parser = GripParser()
        self._under_way: list[tuple[float, bytes]] = []
        self.report = GripReport()

    @property
    def due_at_s(self) -> float:
        """When octets that were held up arrive next."""
        return self._under_way[0][0] if self._under_way else inf

    def turn(self, now_s: float) -> bool:
        """Take what the unit has said by now; whether a hand, the cord or the fall changed."""
        scene, before = self._scene, self.report.frame
        if not scene.case.grip:
            frame = scene.sensor.due(scene.walker, scene.now_s)
            if frame is None:
                return False
            self.report = fold(self.report, frame, now_s)
        else:
            self._take(now_s)
        after = self.report.frame
        return (
            after.left_held is not before.left_held
            or after.right_held is not before.right_held
            or after.tether is not before.tether
            or after.fall is not before.fall
        )

    def _take(self, now_s: float) -> None:
        if not self._scene.grip_plugged:
            self.report, self._parser = GripReport(), GripParser()
            self._under_way.clear()
            return
        _, parcels = self._scene.grip_lines()
        self._under_way += [(now_s + delay_s, octets) for delay_s, octets in parcels]
        self._under_way.sort(key=lambda parcel: parcel[0])
        heard: list[GripFrame] = []
        while self._under_way and self._under_way[0][0] <= now_s:
            heard += self._parser.feed(self._under_way.pop(0)[1])
        for frame in heard:
            self.report = fold(self.report, frame, now_s, self._parser.rejected)
        if heard:
            fall = any(frame.fall for frame in heard)
            tether = all(frame.tether for frame in heard)
            frame = heard[-1]._replace(fall=fall, tether=tether)
            self.report = self.report._replace(frame=frame)
