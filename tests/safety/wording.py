"""What a long campaign runs on. Work that was done on other words must not count with today's."""

import functools
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for module in list(sys.modules.values()):
    print(getattr(module, "__file__", None) or "")
"""


@functools.cache
def wording(*modules: str) -> str:
    """A hash of every source file of ours that these modules load, and of the programs' files."""
    command = [sys.executable, "-c", LOADED, *modules]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {Path(line) for line in told.splitlines() if line}
    ours = {path for path in found if path.is_relative_to(ROOT) and ".venv" not in path.parts}
    ours |= set((ROOT / "controller").rglob("*.toml"))
    words = hashlib.sha256()
    for path in sorted(ours):
        words.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return words.hexdigest()[:12]
