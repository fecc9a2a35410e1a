"""Facts and commands to JSON and back, in one declared, versioned form.

A fact is declared once::

    @fact("door-opened")
    class DoorOpened(Fact):
        point: str

Field types may be `str`, `int`, `bool`, enums, other frozen dataclasses, `tuple[X, ...]`,
`Mapping[str, X]` and `X | None`. Floats are refused: the record is hashed byte by byte.
A field typed `Private[str]` never enters the public body (see `split`); a fact that has one
must also have `subject`, the pseudonym whose key encrypts it.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, ClassVar, TypeVar, dataclass_transform

from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.value import freeze, frozen

T = TypeVar("T")
PRIVATE = "private"
Private = Annotated[T, PRIVATE]
"""Marks personal data: encrypted with the subject's key, never in the hashed body."""

ERASED = "▒ erased ▒"
"""What a private field reads as once its subject's key has been destroyed."""


class CodecError(ValueError):
    """A value does not fit the declared shape; the message names kind and field."""


class Fact:
    """Base of everything that has happened. Frozen, past tense, never edited."""

    __slots__ = ()
    kind: ClassVar[str]
    v: ClassVar[int]


class Command:
    """Base of everything somebody or something may ask the engine to decide."""

    __slots__ = ()
    kind: ClassVar[str]


@frozen
class Entry:
    """One fact with its envelope, as it stands in the record.

    `at` is when it was recorded, `occ` when it happened if that was earlier; `off` is the site
    zone's offset in minutes; `src` is person, device, timer or system; an empty `by` means
    unattributed. `cause` names the one decision this fact came from.
    """

    seq: int
    at: Instant
    fact: Fact
    cause: str
    src: str
    by: tuple[Who, ...] = ()
    occ: Instant | None = None
    ses: str = ""
    off: int = 0
    con: str = ""
    app: str = ""
    mode: str = "live"
    refs: tuple[int, ...] = ()

    @property
    def when(self) -> Instant:
        """Return when it happened."""
        return self.occ or self.at


FactT = TypeVar("FactT", bound=Fact)
CommandT = TypeVar("CommandT", bound=Command)
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

_facts: dict[str, type[Fact]] = {}
_commands: dict[str, type[Command]] = {}
_upcasters: dict[tuple[str, int], Upcaster] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(kind: str, *, v: int = 1) -> Callable[[type[FactT]], type[FactT]]:
    """Register a fact class under its released name and version, as a frozen dataclass."""

    def register(cls: type[FactT]) -> type[FactT]:
        made = freeze(cls, kw_only=True)
        made.kind, made.v = kind, v
        if kind in _facts and _facts[kind].__qualname__ != made.__qualname__:
            raise CodecError(f"fact kind {kind!r} is declared twice")
        _facts[kind] = made
        return made

    return register


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(kind: str) -> Callable[[type[CommandT]], type[CommandT]]:
    """Register a command class under its name, as a frozen dataclass."""

    def register(cls: type[CommandT]) -> type[CommandT]:
        made = freeze(cls, kw_only=True)
        made.kind = kind
        if kind in _commands and _commands[kind].__qualname__ != made.__qualname__:
            raise CodecError(f"command kind {kind!r} is declared twice")
        _commands[kind] = made
        return made

    return register


def upcaster(kind: str, from_v: int) -> Callable[[Upcaster], Upcaster]:
    """Register how data of an older version of a kind becomes data of the next one."""

    def register(fn: Upcaster) -> Upcaster:
        _upcasters[(kind, from_v)] = fn
        return fn

    return register


def fact_kinds() -> Mapping[str, type[Fact]]:
    """Return every registered fact class by kind."""
    return types.MappingProxyType(_facts)


def command_kinds() -> Mapping[str, type[Command]]:
    """Return every registered command class by kind."""
    return types.MappingProxyType(_commands)


# --- shapes ------------------------------------------------------------------------------------

Convert = Callable[[Any], Any]


@frozen
class _Field:
    name: str
    encode: Convert | None  # None: the value is JSON already
    decode: Convert | None
    private: bool
    required: bool


_Parts = tuple[tuple[tuple[str, Convert | None], ...], tuple[str, ...], bool]
_shapes: dict[type, tuple[_Field, ...]] = {}
_parts: dict[type, _Parts] = {}


def _shape(cls: type) -> tuple[_Field, ...]:
    """Return the compiled fields of a dataclass; encoding is on the path of every fact."""
    if cls not in _shapes:
        _shapes[cls] = _compile(cls)
    return _shapes[cls]


def _compile(cls: Any) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    made = []
    for item in fields(cls):
        hint, private = hints[item.name], False
        if typing.get_origin(hint) is Annotated:
            private = PRIVATE in typing.get_args(hint)[1:]
            hint = typing.get_args(hint)[0]
        where = f"{cls.__name__}.{item.name}"
        if private and hint is not str:
            raise CodecError(f"{where}: a private field holds text only")
        encode, decode = _converters(hint, where)
        required = item.default is MISSING and item.default_factory is MISSING
        made.append(_Field(item.name, encode, decode, private, required))
    if any(f.private for f in made) and not any(f.name == "subject" for f in made):
        raise CodecError(f"{cls.__name__}: private fields need a `subject`")
    return tuple(made)


def _converters(hint: Any, where: str) -> tuple[Convert | None, Convert | None]:
    if hint in (str, int, bool):
        return None, _checked(hint, where)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return (lambda value: value.value), hint
    if isinstance(hint, type) and is_dataclass(hint):
        return encode, lambda data: decode(hint, data)
    return _generic(hint, where)


def _generic(hint: Any, where: str) -> tuple[Convert | None, Convert | None]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType) and len(args) == 2 and type(None) in args:
        inner = next(arg for arg in args if arg is not type(None))
        enc, dec = _converters(inner, where)
        return _optional(enc), _optional(dec)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        enc, dec = _converters(args[0], where)
        return _each(enc, list), _each(dec, tuple)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping) and args[0] is str:
        enc, dec = _converters(args[1], where)
        return _values(enc), _values(dec)
    raise CodecError(f"{where}: type {hint!r} has no JSON form here")


def _checked(kind: type, where: str) -> Convert:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise CodecError(f"{where}: expected {kind.__name__}, found {type(value).__name__}")
        return value

    return check


def _optional(inner: Convert | None) -> Convert | None:
    return None if inner is None else lambda value: None if value is None else inner(value)


def _each(inner: Convert | None, container: Callable[[Any], Any]) -> Convert:
    return container if inner is None else lambda value: container(inner(item) for item in value)


def _values(inner: Convert | None) -> Convert:
    return dict if inner is None else lambda value: {key: inner(item) for key, item in value.items()}


def encode(value: Any) -> dict[str, Any]:
    """Return any declared dataclass as JSON-ready data, private fields included."""
    return {
        f.name: getattr(value, f.name) if f.encode is None else f.encode(getattr(value, f.name))
        for f in _shape(type(value))
    }


def decode(cls: type[T], data: Mapping[str, Any]) -> T:
    """Build a declared dataclass from JSON data.

    A missing optional field takes its default; a missing required or an unknown field raises
    `CodecError` naming it.
    """
    shape = _shape(cls)
    kwargs: dict[str, Any] = {}
    for f in shape:
        if f.name in data:
            kwargs[f.name] = f.decode(data[f.name]) if f.decode else data[f.name]
        elif f.required:
            raise CodecError(f"{cls.__name__}: field {f.name!r} is missing")
    unknown = set(data) - {f.name for f in shape}
    if unknown:
        raise CodecError(f"{cls.__name__}: unknown field {sorted(unknown)[0]!r}")
    return cls(**kwargs)


def split(value: Fact) -> tuple[str | None, dict[str, Any], dict[str, str]]:
    """Return a fact as (subject, public data, private data); the subject stands in neither."""
    shown, hidden, named = _parts.get(type(value)) or _parted(type(value))
    public = {
        name: getattr(value, name) if convert is None else convert(getattr(value, name))
        for name, convert in shown
    }
    subject = getattr(value, "subject") if named else None  # noqa: B009  -- not every fact has one
    return subject, public, {name: getattr(value, name) for name in hidden}


def _parted(cls: type) -> _Parts:
    """Return (public fields, private fields, whether there is a subject), worked out once a kind."""
    shape = _shape(cls)
    shown = tuple((f.name, f.encode) for f in shape if not f.private and f.name != "subject")
    hidden = tuple(f.name for f in shape if f.private)
    _parts[cls] = shown, hidden, any(f.name == "subject" for f in shape)
    return _parts[cls]


def join(
    kind: str, v: int, subject: str | None, public: Mapping[str, Any], private: Mapping[str, str] | None
) -> Fact:
    """Build the fact back. `private=None` means the key is gone: those fields read `ERASED`.

    Raises `CodecError` for an unknown kind, or a version newer than this program knows.
    """
    cls = _facts.get(kind)
    if cls is None:
        raise CodecError(f"unknown fact kind {kind!r}")
    data = dict(public)
    while v < cls.v:
        data, v = _upcasters[(kind, v)](data), v + 1
    if v > cls.v:
        raise CodecError(f"fact {kind!r} has version {v}; this program knows {cls.v}")
    for f in _shape(cls):
        if f.private:
            data[f.name] = ERASED if private is None else private[f.name]
        elif f.name == "subject" and subject is not None:
            data[f.name] = subject
    return decode(cls, data)


def encode_command(value: Command) -> dict[str, Any]:
    """Return a command as `{"kind": …, "data": …}`."""
    return {"kind": value.kind, "data": encode(value)}


def decode_command(data: Mapping[str, Any]) -> Command:
    """Build a command back; raises `CodecError` for an unknown kind."""
    cls = _commands.get(data["kind"])
    if cls is None:
        raise CodecError(f"unknown command kind {data['kind']!r}")
    return decode(cls, data["data"])
