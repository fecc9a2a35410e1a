"""Expressions of a form as they are written down: a calculation, a variable, a demand."""

from __future__ import annotations

import re
from typing import Any

from screening_forms.reading import Node
from screening_forms.types import Constraint, Variable

MAX_EXPRESSION = 4_000

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z", re.ASCII)


def read_expression(node: Node, key: str) -> str:
    """Return the text of a FHIRPath expression; another language is refused by name."""
    made = node.node(key)
    language = made.text("language", 64)
    if language != "text/fhirpath":
        raise made.error("language", f"{language!r} is not supported; supported: text/fhirpath")
    return made.text("expression", MAX_EXPRESSION)


def read_variable(node: Node, key: str) -> Variable:
    """Return a named expression, whatever its language."""
    made = node.node(key)
    name = made.matching("name", _VARIABLE, "the name of a variable")
    return Variable(name, made.text("language", 64), made.text("expression", MAX_EXPRESSION))


def read_constraint(node: Node, url: str, found: dict[str, Any]) -> None:
    """Add a demand to what was found."""
    node.only(frozenset({"url", "id", "extension"}))
    parts = {part.text("url", 64): part for part in node.nodes("extension")}
    for name, part in parts.items():
        if name not in ("key", "severity", "expression", "human", "requirements", "location"):
            raise part.error("url", f"extension {name!r} is not supported in a constraint")
    for name in ("severity", "expression"):
        if name not in parts:
            raise node.error("extension", f"a constraint needs {name}")
    made = Constraint(
        key=_part_text(parts, "key", "valueId", "valueString", "valueCode"),
        severity=parts["severity"].choice("valueCode", ("error", "warning")),
        human=_part_text(parts, "human", "valueString", "valueMarkdown"),
        expression=read_expression(parts["expression"], "valueExpression")
        if "valueExpression" in parts["expression"]
        else parts["expression"].text("valueString", MAX_EXPRESSION),
    )
    if "location" in parts:
        raise parts["location"].error("", "a constraint with a location is not supported")
    found["constraints"] = (*found.get("constraints", ()), made)


def _part_text(parts: dict[str, Node], name: str, *keys: str) -> str:
    part = parts.get(name)
    key = next((key for key in keys if part is not None and key in part), "")
    return part.text(key, 4_000) if part is not None and key else ""
