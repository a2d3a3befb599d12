"""The rooms as C: the same functions, in a folder of their own, ten times as fast.

Python spends much of a turn on making values. Here each value, frozen dataclass and named tuple
becomes a plain class with a constructor that says the same, `replace` and `_replace` become a
method that calls it, and mypyc compiles the lot. No function of the rooms is touched; `test_walk`
compares both on many random turns.
"""

import ast
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = (
    "controller/__init__.py", "controller/ramp.py", "controller/programs/__init__.py",
    "controller/programs/follower.py", "controller/programs/program.py", "controller/safety",
    "controller/session", "controller/step", "protocols/__init__.py", "protocols/belt.py",
    "protocols/errors.py", "protocols/grip.py", "protocols/lines.py", "protocols/units.py",
    "tests/safety/walk/letters.py", "tests/safety/walk/keys.py", "tests/safety/walk/claims.py",
    "tests/safety/walk/walker.py",
)  # fmt: skip
"""What is compiled: all that a turn runs through, and what judges it."""
CACHE = ROOT / ".mypy_cache" / "rooms"


def compiled() -> Path:
    """The folder to put in front of `sys.path`; built once for each wording of the rooms.

    Raises: `RuntimeError` with the compiler's words.
    """
    texts = {path.relative_to(ROOT): path.read_text() for path in _sources()}
    wording = "".join(f"{path}\n{text}" for path, text in sorted(texts.items()))
    wording += Path(__file__).read_text() + sys.version
    folder = CACHE / hashlib.sha256(wording.encode()).hexdigest()[:16]
    if not (folder / "built").exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        for path, text in lowered(texts).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        _build(folder, sorted(map(str, texts)))
    return folder


def lowered(texts: dict[Path, str]) -> dict[Path, str]:
    """The same modules with plain classes for values; one that asks for `fields` keeps its own."""
    trees = {path: ast.parse(text) for path, text in texts.items()}
    changes = {_changed(call) for tree in trees.values() for call in _replaces(tree)}
    for path, tree in trees.items():
        if "fields(" not in texts[path]:
            tree.body = [_plain(node, changes) for node in tree.body if not _makes_values(node)]
        _Replaces().visit(tree)
    return {path: ast.unparse(ast.fix_missing_locations(tree)) for path, tree in trees.items()}


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / room
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _build(folder: Path, modules: list[str]) -> None:
    command = [str(Path(sys.executable).with_name("mypyc")), "--explicit-package-bases", *modules]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mypyc did not compile the rooms.\n{done.stdout}{done.stderr}")
    (folder / "built").touch()


def _replaces(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls in a module that renew a value: of `dataclasses.replace`, of a tuple's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _renewed(node) is not None:
            yield node


def _renewed(call: ast.Call) -> ast.expr | None:
    """What is renewed by `replace(x, …)` or `x._replace(…)`; None for any other call."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "_replace":
        return call.func.value
    return call.args[0] if ast.unparse(call.func) == "replace" and call.args else None


def _changed(call: ast.Call) -> tuple[str, ...]:
    return tuple(keyword.arg or "" for keyword in call.keywords)


class _Replaces(ast.NodeTransformer):
    """`replace(x, a=1)` and `x._replace(a=1)` become `x.replaced__a(1)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        renewed = _renewed(node)
        if renewed is None:
            return node
        method = ast.Attribute(renewed, "__".join(("replaced", *_changed(node))), ast.Load())
        return ast.Call(method, [keyword.value for keyword in node.keywords], [])


def _makes_values(node: ast.stmt) -> bool:
    """The import of what no lowered module needs."""
    return isinstance(node, ast.ImportFrom) and node.module == "protocols.value"


def _plain(node: ast.stmt, changes: set[tuple[str, ...]]) -> ast.stmt:
    """A frozen dataclass or a named tuple as a plain class; anything else as it is."""
    if not isinstance(node, ast.ClassDef) or not _is_value(node):
        return node
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    names = [part.target.id for part in fields if isinstance(part.target, ast.Name)]
    mine = [change for change in sorted(changes) if set(change) <= set(names)]
    methods = [_init(fields), _eq(node.name, names), *(_with(node.name, fields, m) for m in mine)]
    node.decorator_list, node.bases = [], []
    node.body = [part for part in node.body if part not in fields] + _parsed(*methods)
    return node


def _is_value(node: ast.ClassDef) -> bool:
    marks = [ast.unparse(each) for each in node.decorator_list]
    frozen = any(mark == "value" or mark.startswith("dataclass(frozen") for mark in marks)
    return frozen or "NamedTuple" in map(ast.unparse, node.bases)


def _parsed(*methods: str) -> list[ast.stmt]:
    return [statement for method in methods for statement in ast.parse(method).body]


def _init(fields: list[ast.AnnAssign]) -> str:
    """The constructor. A factory is called when its argument is left out."""
    arguments, body = [], []
    for field in fields:
        name, kind = ast.unparse(field.target), ast.unparse(field.annotation)
        default = "" if field.value is None else ast.unparse(field.value)
        made = default.removeprefix("field(default_factory=").removesuffix(")") + "()"
        if default.startswith("field("):
            arguments.append(f"{name}: {kind} | None = None")
            body.append(f"    self.{name}: {kind} = {made} if {name} is None else {name}")
        else:
            arguments.append(f"{name}: {kind}" + (f" = {default}" if default else ""))
            body.append(f"    self.{name}: {kind} = {name}")
    return "\n".join([f"def __init__(self, {', '.join(arguments)}) -> None:", *body])


def _eq(cls: str, names: list[str]) -> str:
    same = " and ".join(f"self.{name} == other.{name}" for name in names)
    return (
        f"def __eq__(self, other: object) -> bool:\n"
        f"    return isinstance(other, {cls}) and {same}\n"
        f"def __hash__(self) -> int:\n"
        f"    return hash(({''.join(f'self.{name}, ' for name in names)}))"
    )


def _with(cls: str, fields: list[ast.AnnAssign], changed: tuple[str, ...]) -> str:
    kinds = {ast.unparse(field.target): ast.unparse(field.annotation) for field in fields}
    values = ", ".join(name if name in changed else f"self.{name}" for name in kinds)
    arguments = ", ".join(f"{name}: {kinds[name]}" for name in changed)
    head = f"def {'__'.join(('replaced', *changed))}(self, {arguments}) -> {cls!r}"
    return f"{head}:\n    return {cls}({values})"
