"""The fields of one label while they are gathered: each is named once, or twice with the same value."""

from __future__ import annotations

from devices.udi.label import LabelDoubtError, UdiLabel


class Fields:
    """Fields by the names of `UdiLabel`."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._found: dict[str, str] = {}

    def put(self, name: str, value: str) -> None:
        """Take a field. Raises `LabelDoubtError` when it stands there with another value."""
        if value and self._found.setdefault(name, value) != value:
            raise LabelDoubtError(name, "it stands on the label twice, with two values")

    @property
    def empty(self) -> bool:
        """Tell whether nothing was found."""
        return not self._found

    def label(self) -> UdiLabel:
        """Return what was found."""
        return UdiLabel(self._issuer, **self._found)
