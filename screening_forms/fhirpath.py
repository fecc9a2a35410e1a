"""FHIRPath through fhirpathpy, kept on a short leash; only here, and only when a form needs it.

An expression comes from a stranger. It is bounded in length, in steps and in the size of whatever it
makes; its patterns run in linear time; it reaches nothing but the response it is given.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import FrameType
from typing import Any

from screening_forms.linear_regex import PatternError, compile_pattern

MAX_LENGTH = 4_000
MAX_NESTED = 24
PARSE_STEPS = 3_000_000
STEPS = 300_000
MAX_SIZE = 50_000
"""Longest text and largest collection in an expression."""

MAX_BITS = 512
KNOWN_NAMES = frozenset({"resource", "context", "ucum", "sct", "loinc"})
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|//[^\n]*|/\*.*?\*/", re.DOTALL)
_FUNCTION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(")
_VARIABLE = re.compile(r"%(`[^`]*`|'[^']*'|[A-Za-z_][A-Za-z0-9_-]*)")
_WORDS = frozenset({"and", "or", "xor", "implies", "in", "contains", "is", "as", "div", "mod"})
_REFUSED = frozenset({"replaceMatches", "trace", "resolve", "timeOfDay", "matchesFull"})
"""Functions never let through: unbounded, looking elsewhere, or reading a clock of their own."""

_AT: ContextVar[str] = ContextVar("at", default="")


class ExpressionError(ValueError):
    """An expression is not supported, broke a bound, or failed."""


def is_installed() -> bool:
    """Tell whether the optional library is there."""
    return importlib.util.find_spec("fhirpathpy") is not None


def variables_of(expression: str) -> frozenset[str]:
    """Return the names an expression refers to with %."""
    quoted = re.sub(r"%'([^']*)'", r"%`\1`", expression)
    return frozenset(found.strip("`'") for found in _VARIABLE.findall(_STRING.sub("''", quoted)))


class Allowance:
    """The steps that all expressions of one weighing may take together."""

    def __init__(self, left: int) -> None:
        self.left = left


Judge = Callable[[Any, Mapping[str, Any], str, Allowance], list[Any]]


def compiled(expression: str) -> Judge:
    """Return the expression ready to run; raises `ExpressionError`.

    It takes a resource, variables, the moment that `now()` and `today()` mean, "" for none, and the
    steps it may take at most.
    """
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    bare = _STRING.sub("''", expression)
    depth = deepest = 0
    for char in bare:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTED:
        raise ExpressionError(f"nested deeper than {MAX_NESTED} levels")
    library = importlib.import_module("fhirpathpy")
    known = importlib.import_module("fhirpathpy.engine.invocations").invocation_registry
    for name in _FUNCTION.findall(bare):
        if name not in _WORDS and (name in _REFUSED or name not in known):
            raise ExpressionError(f"the function {name}() is not supported")
    models = importlib.import_module("fhirpathpy.models").models
    options = {"userInvocationTable": _OWN}
    parse = Allowance(PARSE_STEPS)
    run = bounded(
        lambda: library.compile(expression, model=models["r4"], options=options), PARSE_STEPS, parse
    )

    def judge(resource: Any, variables: Mapping[str, Any], at: str, allowance: Allowance) -> list[Any]:
        token = _AT.set(at)
        try:
            found = bounded(lambda: run(resource, dict(variables)), STEPS, allowance)
        finally:
            _AT.reset(token)
        return found if isinstance(found, list) else [found]

    return judge


def bounded(work: Callable[[], Any], steps: int, allowance: Allowance) -> Any:
    """Run `work` for at most so many calls, and what is left of an allowance; none may return anything huge.

    The bound is counted in calls, not in seconds: it falls at the same place on every machine.
    """
    most = left = min(steps, allowance.left)

    def watch(_frame: FrameType, event: str, value: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise ExpressionError(f"takes more than {most} steps")
        if event == "return" and _huge(value):
            raise ExpressionError("makes something too large")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return work()
    except (ExpressionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # the library raises bare Exceptions of every kind
        raise ExpressionError(f"{type(error).__name__}: {str(error)[:120]}") from None
    finally:
        sys.setprofile(before)
        allowance.left -= most - max(left, 0)


def _huge(value: Any) -> bool:
    if isinstance(value, str | list | dict):
        return len(value) > MAX_SIZE
    return isinstance(value, int) and value.bit_length() > MAX_BITS


def _one(values: Any) -> Any:
    return values[0] if values else None


def _matches(inputs: Any, pattern: str) -> list[bool]:
    text = _one(inputs)
    if not isinstance(text, str):
        return []
    try:
        return [compile_pattern(rf"[\s\S]*(?:{pattern})[\s\S]*").matches(text[:MAX_SIZE])]
    except PatternError as error:
        raise ExpressionError(f"pattern not supported: {error}") from None


def _replace(inputs: Any, old: str, new: str) -> list[str]:
    text = _one(inputs)
    if not isinstance(text, str):
        return []
    if len(text) + (text.count(old) if old else len(text) + 1) * len(new) > MAX_SIZE:
        raise ExpressionError("makes something too large")
    return [text.replace(old, new)]


def _power(inputs: Any, exponent: Any) -> list[Any]:
    base = _one(inputs)
    if not isinstance(base, int | float) and not hasattr(base, "is_finite"):
        return []
    if abs(exponent) > 64 or abs(base) > 10**6:
        raise ExpressionError("makes something too large")
    return [base**exponent]


def typed(item: Mapping[str, Any]) -> Any:
    """Return an item of a response such that `answer.value` finds the value in it."""
    nodes = importlib.import_module("fhirpathpy.engine.nodes")
    return nodes.ResourceNode.create_node(item, "QuestionnaireResponse.item")


def _now(_inputs: Any) -> list[Any]:
    at = _AT.get()
    return [importlib.import_module("fhirpathpy.engine.nodes").FP_DateTime(at)] if at else []


def _today(_inputs: Any) -> list[Any]:
    at = _AT.get()
    return [importlib.import_module("fhirpathpy.engine.nodes").FP_DateTime(at[:10])] if at else []


_OWN: dict[str, Any] = {
    "now": {"fn": _now},
    "today": {"fn": _today},
    "matches": {"fn": _matches, "arity": {1: ["String"]}},
    "replace": {"fn": _replace, "arity": {2: ["String", "String"]}},
    "power": {"fn": _power, "arity": {1: ["Number"]}},
}
