"""Which tests exist, by the ids documents name them with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from support.source import modules_of_tests

TEST_ID = re.compile(r"tests/[\w/]+\.py::[\w:]+")


@cache
def known_tests() -> Mapping[str, str]:
    """Return docstring by test id, `tests/room/test_x.py::test_name` or `::TestClass::test_name`."""
    return {
        f"{module.path}::{name}": ast.get_docstring(test) or ""
        for module in modules_of_tests()
        if module.path.rsplit("/", 1)[-1].startswith("test_")
        for name, test in cases_in(module.tree.body)
    }


def cases_in(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield (name, function) of the tests in a module or a class."""
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from cases_in(node.body, f"{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield prefix + node.name, node


def rows(markdown: str) -> list[list[str]]:
    """Return the cells of every table row of a document, head and rule left out."""
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [row for n, row in enumerate(cells) if not is_rule(row) and not is_head(cells, n)]


def is_rule(row: list[str]) -> bool:
    return all(re.fullmatch(r":?-+:?", cell) for cell in row)


def is_head(cells: list[list[str]], n: int) -> bool:
    return n + 1 < len(cells) and is_rule(cells[n + 1])
