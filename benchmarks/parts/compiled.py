"""The C programs beside the rows, compiled when they are needed."""

import subprocess
from pathlib import Path


def compiled(name: str, folder: Path) -> Path:
    """`parts/NAME.c`, as a program in `folder`. Needs a C compiler."""
    program, source = folder / name, Path(__file__).parent / f"{name}.c"
    subprocess.run(["cc", "-O2", "-o", program, source], check=True)  # noqa: S607
    return program
