"""A virtual air: emulated Bluetooth LE controllers that hear each other, for real host stacks.

`python -m simulators.radio --listen unix:/tmp/air` serves it to other processes; `Air` and
`AirController` join things inside one.
"""

from simulators.radio.air import Air
from simulators.radio.controller import AirController
from simulators.radio.link import Physics
from simulators.radio.server import adapter_of, serving

__all__ = ["Air", "AirController", "Physics", "adapter_of", "serving"]
