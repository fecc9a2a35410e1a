"""Patterns of foreign forms, tried in time linear in the text: no backtracking, nothing unbounded.

A pattern is compiled to a nondeterministic automaton and all its states are walked at once. What
cannot be tried that way (back references, looking around, lazy and possessive repeats, Unicode
classes) is refused by name. `^` and `$` count as the ends of the whole text.
"""

from __future__ import annotations

from screening_forms.pattern_parser import ENDLESS, Node, PatternError, PatternParser, Test
from screening_forms.value import frozen

MAX_PATTERN = 500
MAX_STATES = 2_000


@frozen
class LinearPattern:
    """A compiled pattern. Each state holds a test and the states after it, or only the latter."""

    source: str
    states: tuple[tuple[Test | str | None, tuple[int, ...]], ...]

    def matches(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        here = self._reach({0}, start=True, end=not text)
        for position, char in enumerate(text):
            ahead: set[int] = set()
            for state in here:
                test, after = self.states[state]
                if callable(test) and test(char):
                    ahead.update(after)
            here = self._reach(ahead, start=False, end=position + 1 == len(text))
            if not here:
                return False
        return len(self.states) - 1 in here

    def _reach(self, first: set[int], *, start: bool, end: bool) -> set[int]:
        """Return the states reached without another character."""
        seen, work = set(first), list(first)
        while work:
            test, after = self.states[work.pop()]
            if callable(test) or (test == "^" and not start) or (test == "$" and not end):
                continue
            fresh = [state for state in after if state not in seen]
            seen.update(fresh)
            work.extend(fresh)
        return seen


def compile_pattern(source: str) -> LinearPattern:
    """Return the compiled pattern; raises `PatternError` saying what is wrong or not supported."""
    if len(source) > MAX_PATTERN:
        raise PatternError(f"longer than {MAX_PATTERN} characters")
    parser = PatternParser(source)
    tree = parser.alternatives()
    if parser.left():
        raise PatternError(f"stray {parser.peek()!r} at character {parser.at + 1}")
    builder = _Builder()
    last = builder.add(tree, 0)
    end = builder.state(None)
    builder.join(last, end)
    return LinearPattern(source, tuple((test, tuple(after)) for test, after in builder.states))


class _Builder:
    """Lays states; `add` continues from a state and returns the one where the part ends."""

    def __init__(self) -> None:
        self.states: list[tuple[Test | str | None, list[int]]] = []
        self.state(None)

    def state(self, test: Test | str | None) -> int:
        if len(self.states) >= MAX_STATES:
            raise PatternError("grows too large")
        self.states.append((test, []))
        return len(self.states) - 1

    def join(self, one: int, other: int) -> None:
        self.states[one][1].append(other)

    def add(self, node: Node, begin: int) -> int:
        kind = node[0]
        if kind in ("test", "edge"):
            step, after = self.state(node[1]), self.state(None)
            self.join(begin, step)
            self.join(step, after)
            return after
        if kind == "row":
            for part in node[1]:
                begin = self.add(part, begin)
            return begin
        if kind == "any":
            after = self.state(None)
            for part in node[1]:
                entry = self.state(None)
                self.join(begin, entry)
                self.join(self.add(part, entry), after)
            return after
        return self._repeat(node, begin)

    def _repeat(self, node: Node, begin: int) -> int:
        _, part, least, most = node
        for _ in range(least):
            begin = self.add(part, begin)
        if most == ENDLESS:
            entry, after = self.state(None), self.state(None)
            self.join(begin, entry)
            self.join(self.add(part, entry), entry)
            self.join(entry, after)
            return after
        after = self.state(None)
        for _ in range(most - least):
            self.join(begin, after)
            begin = self.add(part, begin)
        self.join(begin, after)
        return after


__all__ = ["MAX_PATTERN", "LinearPattern", "PatternError", "compile_pattern"]
