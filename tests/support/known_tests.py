"""Which tests exist, by the ids documents name them with."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

from support.source import test_modules

TEST_ID = re.compile(r"tests/[\w/]+\.py::[\w:]+")


@cache
def known_tests() -> Mapping[str, str]:
    """Return docstring by test id, `tests/room/test_x.py::test_name` or `::TestClass::test_name`."""
    found: dict[str, str] = {}
    for module in test_modules():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and is_state_machine(node):
                found[f"{module.path}::{node.name}"] = ast.get_docstring(node) or ""
            inner = node.body if isinstance(node, ast.ClassDef) else [node]
            prefix = f"{module.path}::{node.name}::" if isinstance(node, ast.ClassDef) else f"{module.path}::"
            for test in inner:
                if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test"):
                    found[prefix + test.name] = ast.get_docstring(test) or ""
    return found


def is_state_machine(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "RuleBasedStateMachine" for base in node.bases)


def rows(markdown: str) -> list[list[str]]:
    """Return the cells of every table row of a document, head and rule left out."""
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [row for n, row in enumerate(cells) if not is_rule(row) and not is_head(cells, n)]


def is_rule(row: list[str]) -> bool:
    return all(re.fullmatch(r":?-+:?", cell) for cell in row)


def is_head(cells: list[list[str]], n: int) -> bool:
    return n + 1 < len(cells) and is_rule(cells[n + 1])
