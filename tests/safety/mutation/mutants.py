"""Every small mistake that somebody could make in a module, one at a time.

A mutant is one node of the syntax tree exchanged for another. Words for people, annotations and
decorators are left alone: they decide nothing.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTEXT_LIMIT = 110
"""Characters of source that a mutant is shown in."""
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
MEMBERS: dict[str, tuple[str, ...]] = {
    "Action": ("WARN", "HOLD", "SLOW", "CONTROLLED", "PROTECTIVE"),
    "Phase": ("IDLE", "ARMED", "WALKING", "SLOWING", "STOPPING", "LATCHED", "BELT_OFF"),
    "Level": ("WATCH", "READY", "RUN", "STOP"),
    "Control": ("NONE", "GRANTED", "REFUSED", "LOST"),
    "Role": ("ANYONE", "NETWORK", "SUPERVISOR", "VIEWER", "ENGINEER"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where `old` stands, and the `new` that takes its place. `index`: in a list of nodes."""

    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST

    def swapped(self) -> "Site":
        """Exchange the nodes; returns the way back."""
        if self.index is None:
            old = getattr(self.parent, self.field)
            setattr(self.parent, self.field, self.new)
        else:
            nodes = getattr(self.parent, self.field)
            old, nodes[self.index] = nodes[self.index], self.new
        return Site(self.parent, self.field, self.index, old)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: where it stands, and the source around it before and after."""

    file: str
    line: int
    before: str
    after: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before}  →  {self.after}"


def mutants(file: str, tree: ast.Module) -> list[Mutant]:
    """All mutants of a module, in order; the same tree gives the same ones."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found = []
    for number, site in enumerate(sites(tree)):
        line, before, after = _shown(site, parents)
        found.append(Mutant(file, line, before, after, number))
    return found


def mutated(path: Path, number: int) -> ast.Module:
    """The module with that mutant in it."""
    tree = ast.parse(path.read_text())
    sites(tree)[number].swapped()
    return ast.fix_missing_locations(tree)


def sites(tree: ast.Module) -> list[Site]:
    return [site for node in _deciding(tree) for site in _sites(node)]


def _deciding(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that decide something, parents first."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_comment"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _deciding(child)


def _shown(site: Site, parents: dict[ast.AST, ast.AST]) -> tuple[int, str, str]:
    """The line, and the source before and after; in a long piece, only what is exchanged."""
    context = _context(site.parent, parents)
    before = ast.unparse(context)
    back = site.swapped()
    after = ast.unparse(context)
    back.swapped()
    if len(before) <= CONTEXT_LIMIT or not isinstance(site.parent, ast.Tuple | ast.List | ast.Dict):
        return getattr(context, "lineno", 0), before, after
    return getattr(back.new, "lineno", 0), ast.unparse(back.new), ast.unparse(site.new)


def _context(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    """The largest piece around a node that can still be read at a glance."""
    context = node
    while context in parents:
        around = parents[context]
        readable = isinstance(around, ast.expr | ast.stmt | ast.keyword | ast.comprehension)
        if not readable or len(ast.unparse(around)) > CONTEXT_LIMIT:
            return context
        context = around
    return context


def _sites(node: ast.AST) -> Iterator[Site]:
    """What can go wrong in the children of one node."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        if isinstance(value, list):
            for index, child in enumerate(value):
                yield from (Site(node, name, index, new) for new in _mistaken(child))
        elif isinstance(value, ast.AST):
            yield from (Site(node, name, None, new) for new in _mistaken(value))


def _mistaken(node: ast.AST) -> Iterator[ast.AST]:
    for kind, mistakes in MISTAKES.items():
        if isinstance(node, kind):
            yield from mistakes(node)


def _operators(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.cmpop):
        yield from (new() for new in COMPARED[type(node)])
    elif isinstance(node, ast.operator) and type(node) in REACHED:
        yield REACHED[type(node)]()
    elif isinstance(node, ast.boolop):
        yield ast.Or() if isinstance(node, ast.And) else ast.And()


def _constants(node: ast.AST) -> Iterator[ast.AST]:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + by) for by in (1, -1))
    elif isinstance(value, float):
        by = abs(value) / 10 or 0.01
        yield from (ast.Constant(value + by), ast.Constant(value - by))


def _conditions(node: ast.AST) -> Iterator[ast.AST]:
    """A choice the other way round."""
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.If | ast.While):
        new = copy.copy(node)
        new.test = ast.UnaryOp(ast.Not(), node.test)
        yield new


def _unary(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _booleans(node: ast.AST) -> Iterator[ast.AST]:
    """One of several conditions is forgotten."""
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            left = node.values[:index] + node.values[index + 1 :]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _calls(node: ast.AST) -> Iterator[ast.AST]:
    """Another function, two arguments in the wrong order, one that is forgotten."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in CALLED:
        yield ast.Call(ast.Name(CALLED[node.func.id], ast.Load()), node.args, node.keywords)
    elif len(node.args) > 1:
        yield from (
            ast.Call(node.func, _exchanged(node.args, at), node.keywords)
            for at in range(len(node.args) - 1)
            if _are_values(node.args[at : at + 2])
        )
    for index, keyword in enumerate(node.keywords):
        if keyword.arg not in {"clears", "title", "help"}:
            kept = node.keywords[:index] + node.keywords[index + 1 :]
            yield ast.Call(node.func, node.args, kept)


def _are_values(nodes: list[ast.expr]) -> bool:
    return all(isinstance(node, ast.Name | ast.Attribute | ast.Constant) for node in nodes)


def _exchanged(nodes: list[ast.expr], at: int) -> list[ast.expr]:
    return [*nodes[:at], nodes[at + 1], nodes[at], *nodes[at + 2 :]]


def _members(node: ast.AST) -> Iterator[ast.AST]:
    """The next member of an enumeration."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        names = MEMBERS.get(node.value.id, ())
        if node.attr in names:
            other = names[(names.index(node.attr) + 1) % len(names)]
            yield ast.Attribute(node.value, other, ast.Load())


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A statement that is forgotten, or a result."""
    result = node.value if isinstance(node, ast.Return) else None
    if _is_forgettable(node):
        yield ast.Pass()
    elif result is not None and ast.unparse(result) != "None":
        yield ast.Return(ast.Constant(None))


def _is_forgettable(node: ast.AST) -> bool:
    """One that does something, and without which the module can still be imported."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], ast.Name | ast.Tuple)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


MISTAKES: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.cmpop: _operators,
    ast.operator: _operators,
    ast.boolop: _operators,
    ast.Constant: _constants,
    ast.IfExp: _conditions,
    ast.If: _conditions,
    ast.While: _conditions,
    ast.UnaryOp: _unary,
    ast.BoolOp: _booleans,
    ast.Call: _calls,
    ast.Attribute: _members,
    ast.stmt: _statements,
}
