"""One JSON object with its place in the file, read element by element with types checked."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from screening_forms.checking import drives_terminal
from screening_forms.types import FormError

MAX_PLACES = 15

_SHOWN = 60


class Node:
    """A JSON object at `path`. Every getter raises `FormError` with path, linkId and what is wrong."""

    __slots__ = ("data", "link_id", "path")

    def __init__(self, data: Any, path: str, link_id: str = "") -> None:
        self.path, self.link_id = path, link_id
        if not isinstance(data, dict):
            raise FormError(path, link_id, f"expected an object, found {_named(data)}")
        self.data: dict[str, Any] = data

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def error(self, key: str, what: str) -> FormError:
        """Return, not raise, the refusal of one element."""
        path = ".".join(part for part in (self.path, key) if part)
        return FormError(path, self.link_id, what)

    def only(self, allowed: frozenset[str]) -> None:
        """Refuse the first element that is not among the allowed ones."""
        for key in self.data:
            if key not in allowed:
                raise self.error("", f"element {key[:_SHOWN]!r} is not supported")

    def get(self, key: str, default: Any = None) -> Any:
        """Return the bare JSON value."""
        return self.data.get(key, default)

    def text(self, key: str, cap: int) -> str:
        """Return a string of 1 to `cap` characters without control characters; white space may stand."""
        value = self._present(key)
        if not isinstance(value, str):
            raise self.error(key, f"expected text, found {_named(value)}")
        if not value.strip():
            raise self.error(key, "is blank")
        if len(value) > cap:
            raise self.error(key, f"longer than {cap} characters")
        if drives_terminal(value):
            raise self.error(key, "holds a control character")
        return value

    def shown(self, key: str, cap: int) -> str:
        """Return a text as it is put on a screen or on paper: lines end in newlines, tabs are spaces."""
        return self.text(key, cap).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        """Return a string that matches the whole pattern."""
        value = self._present(key)
        if not isinstance(value, str) or not pattern.match(value):
            raise self.error(key, f"expected {expected}")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return a string that is one of the allowed ones."""
        value = self._present(key)
        if not isinstance(value, str) or value not in allowed:
            raise self.error(key, f"expected one of: {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._present(key)
        if not isinstance(value, bool):
            raise self.error(key, f"expected true or false, found {_named(value)}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        value = self._present(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(key, f"expected a whole number from {low} to {high}")
        return int(value)

    def decimal(self, key: str) -> str:
        """Return a number, whole or with a point, as plain digits without an exponent."""
        value = self._present(key)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.error(key, f"expected a number, found {_named(value)}")
        if isinstance(value, int):
            return str(value)
        value = Decimal(repr(value)) if isinstance(value, float) else value
        if not value.is_finite() or not -MAX_PLACES <= value.adjusted() <= MAX_PLACES:
            raise self.error(key, "expected a number of ordinary size")
        return format(value, "f")

    def node(self, key: str) -> Node:
        """Return the object under this key."""
        return Node(self._present(key), f"{self.path}.{key}" if self.path else key, self.link_id)

    def nodes(self, key: str) -> list[Node]:
        """Return the objects of a list; no such key is an empty list, an empty list is refused."""
        if key not in self.data:
            return []
        values = self.data[key]
        if not isinstance(values, list) or not values:
            raise self.error(key, "expected a list with at least one entry")
        path = f"{self.path}.{key}" if self.path else key
        return [Node(value, f"{path}[{i}]", self.link_id) for i, value in enumerate(values)]

    def _present(self, key: str) -> Any:
        if key not in self.data:
            raise self.error(key, "is missing")
        return self.data[key]


def _named(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
