"""Frozen values that cost nothing until they are used.

`@frozen` is `@dataclass(frozen=True, slots=True)` with one difference: `__init__`, `__eq__` and
`__hash__` are compiled, and the fields are looked into, when a class first needs them. The program
declares some four hundred such classes and a start uses a few dozen; preparing them all was half of
the time until the emergency key was armed. `dataclasses.fields`, `replace` and `is_dataclass` work
as ever.

Each of the three packages stands alone, so each has this file; a test holds the copies equal.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from inspect import get_annotations
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_NOT_GIVEN = MISSING


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a frozen value with slots, given by place or by name."""
    return freeze(cls)


def freeze(cls: type[T], *, kw_only: bool = False) -> type[T]:
    """Do what `frozen` does, for decorators of one's own; `kw_only` takes fields by name alone."""
    notes = get_annotations(cls)
    own = {name: cls.__dict__.get(name, MISSING) for name, note in notes.items() if "ClassVar" not in note}
    body = {name: kept for name, kept in cls.__dict__.items() if name not in own and name not in _OF_A_DICT}
    taken = {name for base in cls.__mro__ for name in base.__dict__.get("__slots__", ())}
    body["__slots__"] = tuple(name for name in own if name not in taken)
    for name in ("__dataclass_fields__", "__match_args__"):
        body[name] = _Later(name, notes, own, kw_only)
    body["__dataclass_params__"] = _PARAMS
    make: Any = type(cls)
    made = make(cls.__name__, cls.__bases__, {**_METHODS, **body})
    made.__qualname__ = cls.__qualname__
    return typing.cast(type[T], made)


_OF_A_DICT = frozenset({"__dict__", "__weakref__"})


@dataclass(init=False, repr=False, eq=False)
class _Plain:
    """What `dataclass` says of the classes it makes for us."""


_PARAMS: Any = getattr(_Plain, "__dataclass_params__")  # noqa: B009  -- not in the type of a class


class _Later:
    """What `dataclass` says of a class, looked into when somebody first asks for it."""

    def __init__(self, name: str, notes: dict[str, Any], own: dict[str, Any], kw_only: bool) -> None:
        self._name, self._notes, self._own, self._kw_only = name, notes, own, kw_only

    def __get__(self, _value: object, asked: Any) -> Any:
        cls: Any = next(base for base in asked.__mro__ if base.__dict__.get(self._name) is self)
        given = {name: default for name, default in self._own.items() if default is not MISSING}
        about = {"__annotations__": self._notes, "__module__": cls.__module__, "__doc__": ""}
        shadow: Any = type(cls)(cls.__name__, cls.__bases__, {**about, **given})
        shadow = dataclass(init=False, repr=False, eq=False, kw_only=self._kw_only)(shadow)
        said = getattr(shadow, self._name)
        setattr(cls, self._name, said)
        return said


def _init(self: Any, *args: Any, **kwargs: Any) -> None:
    for cls in _waiting(type(self), "__init__", _init):
        cls.__init__ = _compiled_init(cls)
    type(self).__init__(self, *args, **kwargs)


def _eq(self: Any, other: object) -> Any:
    for cls in _waiting(type(self), "__eq__", _eq):
        _compare(cls)
    return self == other


def _hash(self: Any) -> int:
    for cls in _waiting(type(self), "__hash__", _hash):
        _compare(cls)
    return hash(self)


def _repr(self: Any) -> str:
    told = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self))
    return f"{type(self).__qualname__}({told})"


def _refuse(self: Any, name: str, *_given: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r} of {type(self).__qualname__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for item, kept in zip(fields(self), state, strict=True):
        object.__setattr__(self, item.name, kept)


_METHODS: dict[str, Callable[..., Any]] = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _restore,
}


def _waiting(cls: Any, name: str, method: Callable[..., Any]) -> list[Any]:
    """Return the classes whose method is not compiled yet: none when another thread was first."""
    return [base for base in cls.__mro__ if base.__dict__.get(name) is method]


def _compiled_init(cls: Any) -> Callable[..., None]:
    """Return `__init__` over the class's fields, setting slots directly: the value is frozen."""
    given = [item for item in fields(cls) if item.init]
    places = [item for item in given if not item.kw_only]
    names = [item for item in given if item.kw_only]
    scope: dict[str, Any] = {"_NOT_GIVEN": _NOT_GIVEN}
    head = ["self", *(_parameter(item, scope) for item in places), *(["*"] if names else [])]
    head += [_parameter(item, scope) for item in names]
    body = [_setting(cls, item, scope) for item in fields(cls)]
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    return _made("__init__", ", ".join(head), body or ["pass"], scope, cls)


def _parameter(item: Field[Any], scope: dict[str, Any]) -> str:
    if item.default is not MISSING:
        scope[f"_default_{item.name}"] = item.default
        return f"{item.name}=_default_{item.name}"
    return f"{item.name}=_NOT_GIVEN" if item.default_factory is not MISSING else item.name


def _setting(cls: Any, item: Field[Any], scope: dict[str, Any]) -> str:
    scope[f"_set_{item.name}"] = getattr(cls, item.name).__set__
    what = item.name
    if item.default_factory is not MISSING:
        scope[f"_make_{item.name}"] = item.default_factory
        made = f"_make_{item.name}()"
        what = f"{made} if {item.name} is _NOT_GIVEN else {item.name}" if item.init else made
    elif not item.init:
        scope[f"_default_{item.name}"] = item.default
        what = f"_default_{item.name}"
    return f"_set_{item.name}(self, {what})"


def _compare(cls: Any) -> None:
    """Give a class equality and hash over its fields; two classes are never equal."""
    names = [item.name for item in fields(cls) if item.compare]
    mine, theirs = (f"({''.join(f'{who}.{name},' for name in names)})" for who in ("self", "other"))
    same = ["if other.__class__ is self.__class__:", f" return {mine} == {theirs}", "return NotImplemented"]
    made = (
        _made("__eq__", "self, other", same, {}, cls),
        _made("__hash__", "self", [f"return hash({mine})"], {}, cls),
    )
    for name, waiting, method in zip(("__eq__", "__hash__"), (_eq, _hash), made, strict=True):
        if cls.__dict__.get(name) is waiting:
            setattr(cls, name, method)


def _made(name: str, head: str, body: list[str], scope: dict[str, Any], cls: Any) -> Callable[..., Any]:
    lines = "\n".join(f" {line}" for line in body)
    exec(f"def {name}({head}):\n{lines}", scope)  # noqa: S102  # field names only, as dataclasses does
    made: Callable[..., Any] = scope[name]
    made.__qualname__ = f"{cls.__qualname__}.{name}"
    return made
