"""Taking a fact into the state, whatever our own fold does; and what could never be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from mr_safety_console.domain import emergency_lane, suite
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.suite import SuiteState


def take_in(state: SuiteState, entry: Entry) -> SuiteState:
    """Return the state after a fact. A fold that raises breaks its slice; the fact stands.

    That its cause was seen stands too: a record of the emergency lane becomes facts only once.
    """
    try:
        return suite.evolve(state, entry)
    except Exception:  # noqa: BLE001  -- the fact is or will be on the disk; only our fold of it failed
        seen = replace(state, lane=emergency_lane.evolve(state.lane, entry))
        return suite.survive(seen, entry)


def check_storable(value: Any) -> None:
    """Raise for what the record can never hold: a float, or text with half a character.

    Found before it is folded it is one failed decision; found by the record it would stay first in
    the queue and block every later fact.
    """
    names = _NAMES.get(type(value))
    for part in _parts(value) if names is None else [getattr(value, name) for name in names]:
        kind = type(part)
        if kind is str:
            if not part.isascii():
                part.encode()
        elif kind not in _PLAIN:
            check_storable(part)


def _parts(value: Any) -> Iterable[Any]:
    """Return what a value is made of; learns the fields of a class it has not seen."""
    kind = type(value)
    if kind is float:
        raise TypeError("a float has no place in a fact")
    if kind in (tuple, list):
        return value  # type: ignore[no-any-return]
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if kind is str:
        return (value,)
    names = _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return [getattr(value, name) for name in names]


_PLAIN = frozenset({int, bool, type(None)})
_NAMES: dict[type, tuple[str, ...]] = {}
"""The field names of each class met, () for what has none."""
