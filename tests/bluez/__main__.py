"""`python -m tests.bluez [STEP…]`: the real Bluetooth stack of Linux against the simulated
treadmill, in a machine of its own. Exit 0 only if every step was as it must be.

    .deep/bluez/result.json   the steps, their figures, and what failed
    .deep/bluez/console.log   all that the machine said
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bluez import image, packages, vm
from tests.bluez.cpio import archive
from tests.bluez.guest import MARK
from tests.bluez.steps import STEPS

CACHE = image.HERE / ".deep/bluez"
LIMIT_S = 1500.0
"""For the machine; a half hour is what the whole may take."""
FIRST = ("packages", "image", "BlueZ")
UNTRIED = "It was not reached."


@dataclass
class Taken:
    """A step: `why` it failed, "" if not; how long it took, here and by the guest's clock."""

    step: str
    why: str = UNTRIED
    host_s: float = 0.0
    guest_s: float | None = None
    figures: dict[str, Any] = field(default_factory=dict)


class Table:
    """What has come of the steps; tells of each as it begins and ends."""

    def __init__(self, names: list[str]) -> None:
        self.steps = {name: Taken(name) for name in (*FIRST, *names)}
        self._began_s = time.monotonic()

    def begin(self, name: str) -> None:
        self._began_s = time.monotonic()
        number = list(self.steps).index(name) + 1
        print(f"[{number}/{len(self.steps)}] {name} …", flush=True)

    def end(self, name: str, why: str = "", **more: Any) -> None:
        host_s = round(time.monotonic() - self._began_s, 1)
        self.steps[name] = Taken(name, why, host_s, **more)
        print(f"      {why or 'ok'}", flush=True)

    def hear(self, line: str) -> None:
        """One line of the machine's; most of them are not for us."""
        if line.startswith(MARK):
            told = json.loads(line.removeprefix(MARK))
            if told.pop("event") == "begun":
                self.begin(told["step"])
            else:
                self.end(told.pop("step"), **told)

    @property
    def whole(self) -> bool:
        return not any(taken.why for taken in self.steps.values())

    def rows(self) -> Iterator[str]:
        yield f"{'step':<16} {'':<5} {'here s':>7} {'guest s':>8}"
        for each in self.steps.values():
            guest = "" if each.guest_s is None else f"{each.guest_s:.1f}"
            verdict = "pass" if not each.why else "FAIL"
            yield f"{each.step:<16} {verdict:<5} {each.host_s:>7.1f} {guest:>8}  {_shown(each)}"


def _shown(taken: Taken) -> str:
    return taken.why or "  ".join(f"{name} {value}" for name, value in taken.figures.items())


def run(table: Table, names: list[str]) -> None:
    """Everything in order. Raises: `PackageError`, `MachineError`."""
    table.begin("packages")
    root = packages.fetch(CACHE)
    table.end("packages", figures={"kernel": root.name})
    table.begin("image")
    tree = image.tree(root, [sys.executable, "-m", "tests.bluez.guest", *names])
    initrd = CACHE / "initrd"
    with initrd.open("wb") as file:
        file.writelines(archive(tree))
    table.end("image", figures={"files": len(tree.entries), "MB": initrd.stat().st_size >> 20})
    kernel = next((root / "boot").glob("vmlinuz-*"))
    with (CACHE / "console.log").open("w") as log:
        for line in vm.lines(vm.command(kernel, initrd), LIMIT_S):
            print(line, file=log, flush=True)
            table.hear(line)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"There is no step {unknown[0]!r}. There are: {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    CACHE.mkdir(parents=True, exist_ok=True)
    table = Table(names or list(STEPS))
    began_s = time.monotonic()
    trouble = ""
    try:
        run(table, names)
    except (packages.PackageError, vm.MachineError) as error:
        trouble = str(error)
    print(*table.rows(), trouble, sep="\n")
    took_s = round(time.monotonic() - began_s, 1)
    result = {"passed": table.whole, "trouble": trouble, "seconds": took_s}
    result["steps"] = [asdict(taken) for taken in table.steps.values()]
    (CACHE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(f"{'All steps passed' if table.whole else 'NOT all steps passed'} in {took_s:.0f} s.")
    return 0 if table.whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
