"""Habits a reader can rely on: where errors may vanish, who reads clocks, how tests wait."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from support.source import Module, inside, modules, modules_of_tests

# The five places where any exception is caught: a reader's loop, the engine's guard around one
# decision, the runner of one rule, the app's error funnel, and the entry (with its line mode).
BROAD_EXCEPT = (
    r"devices\.link",
    r"mr_safety_console\.engine\..*",
    r"mr_safety_console\.domain\.(findings|suite)",
    r"screening_forms\.fhirpath",  # the runner of one rule, where the rule is a form's own expression
    r"mr_safety_console\.console\.(app|crash|driver)",
    r"mr_safety_console\.(entry|lifeboat|bootstrap)",
)
BROAD_EXCEPT_LIMIT = 2  # per module: a place, not a habit

CLOCK_READERS = (
    r"mr_safety_console\.engine\.clock",
    r"mr_safety_console\.(lifeboat|entry|bootstrap|cli|start\.bench_desk)",
    r"mr_safety_console\.console\.(driver|early)",  # the rhythm of keys and paste, never of a fact
    r"devices\.mock\..*",
)
CLOCKS = {
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "clock_gettime",
        "clock_gettime_ns",
        "perf_counter",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def broad_handlers(module: Module) -> list[str]:
    return [
        module.where(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or names_everything(node.type))
        and not passes_on(node)
    ]


def passes_on(handler: ast.ExceptHandler) -> bool:
    """A handler that ends in a bare `raise` cleans up and hides nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def names_everything(caught: ast.expr) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in ("Exception", "BaseException") for name in names)


def test_any_exception_is_caught_only_at_the_five_agreed_places() -> None:
    found = {module.name: broad_handlers(module) for module in modules()}
    assert not [
        where
        for name, places in found.items()
        for number, where in enumerate(places)
        if not matches(name, BROAD_EXCEPT) or number >= BROAD_EXCEPT_LIMIT
    ]


def clock_calls(module: Module) -> Iterator[str]:
    bare = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name in CLOCKS["time"]
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS.get(last_name(node.value), ()):
            yield f"{module.where(node)} {last_name(node.value)}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id in bare:
            yield f"{module.where(node)} {node.id}"


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_only_the_clock_reads_a_clock() -> None:
    """Time is injected everywhere else, so that every timer can be tested and replayed. (I15)"""
    assert not [
        call
        for module in modules()
        if not matches(module.name, CLOCK_READERS)
        for call in clock_calls(module)
    ]


def test_the_domain_opens_nothing_and_starts_nothing() -> None:
    forbidden = {
        "os",
        "io",
        "socket",
        "subprocess",
        "threading",
        "asyncio",
        "random",
        "secrets",
        "time",
        "logging",
    }
    reached = [
        (module.where(node), name)
        for module in inside("mr_safety_console.domain")
        for node in ast.walk(module.tree)
        for name in imported_roots(node)
        if name in forbidden
    ]
    calls = [
        module.where(node)
        for module in inside("mr_safety_console.domain")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"open", "input", "print"}
    ]
    assert inside("mr_safety_console.domain")
    assert not reached
    assert not calls


def imported_roots(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module.split(".")[0]]
    return []


def test_no_test_sleeps() -> None:
    """`wait_until` and, in an event loop, `becomes` wait for a condition with a deadline instead."""
    sleeps = [
        module.where(node)
        for module in modules_of_tests()
        if module.path != "tests/support/waiting.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and lets_time_pass(node)
    ]
    assert modules_of_tests()
    assert not sleeps


def lets_time_pass(call: ast.Call) -> bool:
    """`sleep`, and a pilot's `pause` with a time; `sleep(0)` only lets another task run."""
    name = last_name(call.func)
    return (name == "sleep" and not yields_only(call)) or (
        name == "pause" and bool(call.args or call.keywords)
    )


def yields_only(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def test_every_skip_and_expected_failure_gives_its_reason() -> None:
    bare = [
        module.where(node)
        for module in modules_of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("skip", "skipif", "xfail")
        and last_name(node.value) in ("mark", "pytest")
        and not has_reason(module, node)
    ]
    assert not bare


def has_reason(module: Module, attribute: ast.Attribute) -> bool:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.func is attribute:
            called_as_function = last_name(attribute.value) == "pytest"
            return any(word.arg == "reason" for word in node.keywords) or (
                called_as_function and bool(node.args)
            )
    return False


def test_our_own_types_are_never_mocked() -> None:
    assert not [
        module.path
        for module in modules_of_tests()
        if module.path != "tests/architecture/test_habits.py"
        and re.search(r"\b(MagicMock|AsyncMock)\b", module.text)
    ]


@pytest.mark.parametrize("module", modules_of_tests(), ids=lambda module: module.path)
def test_every_test_asserts_something(module: Module) -> None:
    """A test without assert, raises, warns or a waiting helper cannot fail for what it promises."""
    idle = [
        module.where(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and module.path.rsplit("/", 1)[-1].startswith("test_")
        and not checks_something(module, node)
    ]
    assert not idle


def checks_something(module: Module, test: ast.AST) -> bool:
    local = {node.name: node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)}
    todo, seen = [test], set()
    while todo:
        for node in ast.walk(todo.pop()):
            if isinstance(node, ast.Assert):
                return True
            if not isinstance(node, ast.Call):
                continue
            name = last_name(node.func)
            if name in {"raises", "warns", "wait_until", "becomes", "fail"} or name.startswith(
                ("assert_", "run_state_machine")
            ):
                return True
            if name in local and name not in seen:
                seen.add(name)
                todo.append(local[name])
    return False
