"""Reads a pattern, and refuses by name whatever cannot be tried in linear time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MAX_REPEAT = 1_000
MAX_NESTED = 40
ENDLESS = -1

Test = Callable[[str], bool]
Node = tuple[Any, ...]
"""A part of a pattern: test, edge (^ or $), row of parts, any of rows, or repeat of a part."""


class PatternError(ValueError):
    """The pattern is wrong, or asks for what cannot be tried in linear time."""


class PatternParser:
    """Reads a pattern by recursive descent, nesting capped."""

    def __init__(self, source: str) -> None:
        self.source, self.at, self.depth = source, 0, 0

    def left(self) -> bool:
        """Tell whether anything is left to read."""
        return self.at < len(self.source)

    def peek(self) -> str:
        """Return the next character, or ""."""
        return self.source[self.at : self.at + 1]

    def take(self) -> str:
        """Return the next character and go past it."""
        char = self.peek()
        if not char:
            raise PatternError("ends too early")
        self.at += 1
        return char

    def alternatives(self) -> Node:
        """Read rows with | between them, up to the end or a closing bracket."""
        rows = [self._row()]
        while self.peek() == "|":
            self.at += 1
            rows.append(self._row())
        return rows[0] if len(rows) == 1 else ("any", rows)

    def _row(self) -> Node:
        parts: list[Node] = []
        while self.left() and self.peek() not in "|)":
            parts.append(self._repeated(self._atom()))
        return ("row", parts)

    def _repeated(self, part: Node) -> Node:
        span = self._span()
        if span is None:
            return part
        if part[0] == "edge":
            raise PatternError("repeats an edge of the text")
        if self.peek() in ("?", "+", "*") or (self.peek() == "{" and self._braces() is not None):
            raise PatternError("lazy, possessive and doubled repeats are not supported")
        least, most = span
        if max(least, most) > MAX_REPEAT or (most != ENDLESS and most < least):
            raise PatternError(f"a repeat of {least} to {most}")
        return ("repeat", part, least, most)

    def _span(self) -> tuple[int, int] | None:
        char = self.peek()
        if char and char in "*+?":
            self.at += 1
            return {"*": (0, ENDLESS), "+": (1, ENDLESS), "?": (0, 1)}[char]
        return self._braces() if char == "{" else None

    def _braces(self) -> tuple[int, int] | None:
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at + 1 : max(end, self.at)].partition(",")
        digits = low.isascii() and low.isdigit() and len(low) < 5
        if end < 0 or not digits or not (high == "" or (high.isascii() and high.isdigit() and len(high) < 5)):
            return None
        self.at = end + 1
        return int(low), int(high) if high else (ENDLESS if comma else int(low))

    def _atom(self) -> Node:
        char = self.take()
        if char == "(":
            return self._group()
        if char == "[":
            return ("test", self._set())
        if char == ".":
            return ("test", lambda other: other != "\n")
        if char in "^$":
            return ("edge", char)
        if char in "*+?":
            raise PatternError(f"{char} repeats nothing")
        if char == "\\":
            return self._escaped()
        return ("test", _one(char))

    def _escaped(self) -> Node:
        char = self.take()
        if char in _CLASSES:
            return ("test", _CLASSES[char])
        return ("test", _one(self._literal(char)))

    def _literal(self, char: str) -> str:
        if char in _WRITTEN:
            return _WRITTEN[char]
        if char in "ux":
            size = 4 if char == "u" else 2
            digits = self.source[self.at : self.at + size]
            if len(digits) == size and all(c in "0123456789abcdefABCDEF" for c in digits):
                self.at += size
                return chr(int(digits, 16))
        if char.isascii() and char.isalnum():
            raise PatternError(f"\\{char} is not supported")
        return char

    def _group(self) -> Node:
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise PatternError("nested too deep")
        if self.peek() == "?":
            if self.source[self.at : self.at + 2] != "?:":
                raise PatternError(f"({self.source[self.at : self.at + 3]} is not supported")
            self.at += 2
        inner = self.alternatives()
        if self.peek() != ")":
            raise PatternError("a group is left open")
        self.at += 1
        self.depth -= 1
        return inner

    def _set(self) -> Test:
        negated = self.peek() == "^"
        self.at += negated
        tests: list[Test] = []
        first = True
        while first or self.peek() != "]":
            if self.source[self.at : self.at + 2] in ("[:", "&&", "--", "||", "~~"):
                raise PatternError("a class inside a set is not supported")
            tests.append(self._member())
            first = False
        self.at += 1
        return (lambda char: not any(t(char) for t in tests)) if negated else _any_of(tests)

    def _member(self) -> Test:
        char = self.take()
        if char == "\\":
            char = self.take()
            if char in _CLASSES and char not in "bB":
                return _CLASSES[char]
            char = self._literal(char)
        if self.peek() != "-" or self.source[self.at + 1 : self.at + 2] in ("]", ""):
            return _one(char)
        self.at += 1
        high = self.take()
        if high == "\\":
            high = self._literal(self.take())
        if high < char:
            raise PatternError(f"the range {char}-{high} is empty")
        return lambda other: char <= other <= high


def _one(char: str) -> Test:
    return lambda other: other == char


def _any_of(tests: list[Test]) -> Test:
    return lambda char: any(test(char) for test in tests)


def _digit(char: str) -> bool:
    return "0" <= char <= "9"


def _word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _space(char: str) -> bool:
    return char in " \t\n\r\f\v"


_CLASSES: dict[str, Test] = {
    "d": _digit,
    "D": lambda char: not _digit(char),
    "w": _word,
    "W": lambda char: not _word(char),
    "s": _space,
    "S": lambda char: not _space(char),
}
_WRITTEN = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
