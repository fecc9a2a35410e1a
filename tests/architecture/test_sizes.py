"""Small rooms: what grows past these figures is hiding something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from support.source import modules

MODULE_LINES, MOST_MODULES_LINES, MOST_MODULES = 400, 250, 0.9
CLASS_LINES = 200
FUNCTION_LINES, MOST_FUNCTIONS_LINES, MOST_FUNCTIONS = 40, 25, 0.95
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}


@dataclass(frozen=True)
class Sized:
    where: str
    name: str
    lines: int


def definitions(*kinds: type[ast.AST]) -> Iterator[Sized]:
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, kinds):
                yield Sized(module.where(node), node.name, own_lines(node))


def own_lines(node: ast.AST) -> int:
    """Lines from `def` or `class` to the end, the docstring not counted."""
    total = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        total -= first.end_lineno - first.lineno + 1
    return total


def share(sizes: list[int], limit: int) -> float:
    return sum(size <= limit for size in sizes) / len(sizes)


def test_no_module_is_longer_than_400_lines_and_nine_in_ten_stay_under_250() -> None:
    sizes = {module.path: module.lines for module in modules()}
    assert not {path: lines for path, lines in sizes.items() if lines > MODULE_LINES}
    long = {path: lines for path, lines in sizes.items() if lines > MOST_MODULES_LINES}
    assert share(list(sizes.values()), MOST_MODULES_LINES) >= MOST_MODULES, long


def test_no_class_is_longer_than_200_lines() -> None:
    found = list(definitions(ast.ClassDef))
    assert found
    assert not [size for size in found if size.lines > CLASS_LINES]


def test_no_function_is_longer_than_40_lines_and_19_in_20_stay_under_25() -> None:
    found = list(definitions(ast.FunctionDef, ast.AsyncFunctionDef))
    assert found
    assert not [size for size in found if size.lines > FUNCTION_LINES]
    long = [size for size in found if size.lines > MOST_FUNCTIONS_LINES]
    assert share([size.lines for size in found], MOST_FUNCTIONS_LINES) >= MOST_FUNCTIONS, long


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {module.path: module.name.rsplit(".", 1)[-1].strip("_") for module in modules()}
    assert not {path: name for path, name in named.items() if name in VAGUE_NAMES}
