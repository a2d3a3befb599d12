"""Programs that a test puts on the PATH."""

import stat
import sys
from pathlib import Path


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def fast_venv(path: Path, site: Path) -> Path:
    """An interpreter for `-m venv FOLDER` alone: the environment that it makes finds what is
    locked in the one that runs the tests, so that pip has nothing to fetch."""
    lines = (
        "#!/bin/sh",
        f'{sys.executable} -m venv --without-pip "$3" || exit 1',
        'for place in "$3"/lib/python3*/site-packages; do',
        f'    echo {site} > "$place"/locked.pth',
        "done",
        "",
    )
    return script(path, "\n".join(lines))
