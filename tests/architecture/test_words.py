"""No text says or implies that a person, an object, a room or a scan is safe, clear or OK."""

from __future__ import annotations

import ast
import html
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from support.source import ROOT, inside

BANNED = (
    # a label of an object, a place magnets cannot reach, and the negated forms are the field's terms
    re.compile(r"(?<!MR )(?<!MR-)(?<!magnet-)(?<!un)(?<!not )\bsafe\b(?! harbour)", re.IGNORECASE),
    re.compile(
        r"\ball[ -]clear\b|\b(?:is|are|now|reads|room|zone|patient|person|path|scan) clear\b", re.IGNORECASE
    ),
    re.compile(r"^\W*clear\W*$", re.IGNORECASE),
    re.compile(r"\bO\.?K\b|\bOkay\b"),
    re.compile(r"\bgood\b|\bproceed\b|\bgo ahead\b", re.IGNORECASE),
    re.compile(r"\bcompatible\b|\bmetal detector\b", re.IGNORECASE),
)
PATTERN = re.compile(r"[|\\]")  # a regular expression looks for words; it does not say them
SHOWN_KEYS = {"text", "display", "title", "description", "prefix", "valueString", "help", "label"}


def said(text: str) -> list[str]:
    return [found.group() for pattern in BANNED if (found := pattern.search(text))]


def leaves(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from leaves(value)
        case list():
            for value in data:
                yield from leaves(value)


def shown(data: Any) -> Iterator[str]:
    """Yield what a form shows: its texts, never its codes and addresses."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in SHOWN_KEYS and isinstance(value, str):
                yield value
            else:
                yield from shown(value)
    elif isinstance(data, list):
        for value in data:
            yield from shown(value)


def words() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "mr_safety_console/domain/words").glob("*.toml")):
        for text in leaves(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield path.name, text


def forms() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "screening_forms/library").rglob("*.json")):
        for text in shown(json.loads(path.read_text(encoding="utf-8"))):
            yield path.name, text


def literals() -> Iterator[tuple[str, str]]:
    """Every sentence the console, the line mode, the cards and the refusals hold in code."""
    rooms = inside("mr_safety_console.console", "mr_safety_console.lifeboat", "mr_safety_console.domain")
    for room in rooms:
        for text, line in sentences(room.tree):
            yield f"{room.path}:{line}", text


def sentences(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield string literals that read as words: not docstrings, identifiers or patterns."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in silent:
            continue
        if " " in node.value.strip() and not PATTERN.search(node.value):
            yield node.value, node.lineno


def pictures() -> Iterator[tuple[str, str]]:
    places = (ROOT / "docs/pictures", ROOT / "tests")
    for path in sorted(found for place in places if place.exists() for found in place.rglob("*.svg")):
        for row in re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), html.unescape(row).replace("\xa0", " ").strip()


SOURCES = {"words": words, "forms": forms, "literals": literals, "pictures": pictures}
BUILT_WHEN = {
    "words": "mr_safety_console/domain/words/en.toml",
    "forms": "screening_forms/library/screening-adult.json",
    "literals": "mr_safety_console/domain",
    "pictures": "docs/pictures/suite-120x40.svg",
}


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_shown_promises_what_no_console_can_know(source: str) -> None:
    """I11: what is recorded is who confirmed what, and when; never that something is safe."""
    texts = list(SOURCES[source]())
    assert texts or not (ROOT / BUILT_WHEN[source]).exists()
    assert not [(where, text, said(text)) for where, text in texts if said(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Patient is safe to enter",
        "ALL CLEAR",
        "Zone IV is clear",
        "O2 OK",
        "Detector GOOD",
        "PROCEED",
        "Clear",
    ],
)
def test_the_reader_finds(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize(
    "text",
    [
        "MR Safe label seen",
        "MR Unsafe: never into Zone IV",
        "MR Safety Technologist",
        "Keep the door clear",
        "Treated as not safe",
        "Clearance until 14:05",
        "nothing found by these checks",
        "Move to the magnet-safe location",
        "room reconciled by K. Example",
    ],
)
def test_the_reader_leaves_the_words_of_the_field_alone(text: str) -> None:
    assert not said(text)
