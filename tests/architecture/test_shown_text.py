"""Text given to a widget is content built by `console.text`, never a string put together on the spot."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from support.source import inside

WIDGETS = {
    "Static",
    "Label",
    "Button",
    "Checkbox",
    "RadioButton",
    "Option",
    "Tab",
    "TabPane",
    "Collapsible",
    "Link",
}
METHODS = {"update", "notify", "add_row", "add_column", "add_option", "set_label", "write_line"}
ATTRIBUTES = {"border_title", "border_subtitle", "label", "tooltip", "content"}
STRING_METHODS = {
    "format",
    "join",
    "strip",
    "upper",
    "lower",
    "title",
    "ljust",
    "rjust",
    "center",
    "replace",
    "decode",
}
STRING_CALLS = {"str", "repr", "format", "chr", "ascii"}


def problems(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, sink) wherever a string that is not a plain literal reaches a widget."""
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            known = strings_of(scope)
            for node in ast.walk(scope):
                for sink, value in given_text(node):
                    if may_be_markup(value, known):
                        yield value.lineno, sink


def given_text(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
                yield target.attr, node.value
    if not isinstance(node, ast.Call) or any(is_markup_off(word) for word in node.keywords):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in WIDGETS or (name in METHODS and isinstance(node.func, ast.Attribute)):
        for value in [
            *node.args,
            *(word.value for word in node.keywords if word.arg in {"content", "label", "title"}),
        ]:
            yield name, value


def is_markup_off(word: ast.keyword) -> bool:
    return word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False


def strings_of(scope: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names in a function that hold a `str`: annotated so, or assigned a string put together here."""
    arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    names = {argument.arg for argument in arguments if is_str(argument.annotation)}
    for node in ast.walk(scope):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and is_str(node.annotation):
            names.add(node.target.id)
        if isinstance(node, ast.Assign) and may_be_markup(node.value, names):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def is_str(annotation: ast.expr | None) -> bool:
    if isinstance(annotation, ast.BinOp):
        return is_str(annotation.left) or is_str(annotation.right)
    return isinstance(annotation, ast.Name) and annotation.id == "str"


def may_be_markup(value: ast.expr, known: set[str]) -> bool:
    match value:
        case ast.Constant(value=str(text)):
            return "[" in text
        case ast.JoinedStr():
            return True
        case ast.Name(id=name):
            return name in known
        case ast.BinOp(left=left, right=right):
            return may_be_markup(left, known) or may_be_markup(right, known)
        case ast.IfExp(body=body, orelse=orelse):
            return may_be_markup(body, known) or may_be_markup(orelse, known)
        case ast.Call(func=ast.Name(id=name)):
            return name in STRING_CALLS
        case ast.Call(func=ast.Attribute(attr=name, value=owner)):
            return name in STRING_METHODS and (isinstance(owner, ast.Constant) or may_be_markup(owner, known))
    return False


BAD = {
    "an f-string": "def f(self, name): self.query_one(Static).update(f'Patient {name}')",
    "an argument": "def f(self, name: str): yield Label(name)",
    "a sum": "def f(self, name: str): self.notify('Hello ' + name)",
    "a format": "def f(self, x): table.add_row('{}'.format(x))",
    "a local": "def f(self, x):\n    text = str(x)\n    yield Static(text)",
    "markup in a literal": "def f(self): yield Static('[b]Zone IV[/b]')",
    "a border": "def f(self, name: str | None): self.border_title = name",
}
GOOD = {
    "a literal": "def f(self): yield Static('Zone IV')",
    "content": "def f(self, name: str): yield Static(txt(name))",
    "markup off": "def f(self, name: str): yield Static(name, markup=False)",
    "typed content": "def f(self, row: Content): self.update(row, layout=False)",
    "a dict": "def f(self, more): self.known.update(more)",
}


@pytest.mark.parametrize("code", BAD.values(), ids=BAD)
def test_the_lint_finds(code: str) -> None:
    assert list(problems(ast.parse(code)))


@pytest.mark.parametrize("code", GOOD.values(), ids=GOOD)
def test_the_lint_leaves_alone(code: str) -> None:
    assert not list(problems(ast.parse(code)))


def test_no_string_of_our_own_making_reaches_a_widget() -> None:
    rooms = inside("mr_safety_console.console")
    assert rooms
    assert not [(f"{room.path}:{line}", sink) for room in rooms for line, sink in problems(room.tree)]


def test_no_screen_uses_a_widget_whose_cost_grows_with_the_log() -> None:
    """RichLog lays out anew for each line; the log view paints a window over the data instead."""
    heavy = [
        room.path
        for room in inside("mr_safety_console.console")
        for node in ast.walk(room.tree)
        if isinstance(node, ast.Name) and node.id == "RichLog"
    ]
    assert not heavy
