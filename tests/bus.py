"""A D-Bus of its own, for tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

LIMIT_S = 20.0
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/> <allow send_type="method_call"/> <allow send_type="method_return"/>
    <allow send_type="error"/> <allow send_type="signal"/> <allow receive_type="method_call"/>
    <allow receive_type="method_return"/> <allow receive_type="error"/>
    <allow receive_type="signal"/> <allow eavesdrop="false"/> <allow user="*"/>
    {rule}
  </policy>
</busconfig>
"""


@contextlib.asynccontextmanager
async def private_bus(folder: Path, rule: str = "") -> AsyncIterator[str]:
    """The address of a bus of its own."""
    path, config = folder / "bus", folder / "bus.conf"
    config.write_text(CONFIG.format(path=path, rule=rule))
    options = ("--nofork", "--print-address", f"--config-file={config}")
    process = await asyncio.create_subprocess_exec(
        "dbus-daemon", *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), LIMIT_S)
        yield f"unix:path={path}"
    finally:
        process.kill()
        await process.wait()
