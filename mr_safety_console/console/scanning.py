"""Where a bar code goes: into the field that is being filled in, else to the page in front."""

from __future__ import annotations

from typing import Final

from textual.screen import Screen
from textual.widgets import Input

from mr_safety_console.console.printable import pasteable
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused

SEPARATOR: Final = "<GS>"
"""How the separator of a code is written in a field, so that nothing of the code is lost there."""


def into_field(screen: Screen[object], text: str) -> Refused | bool:
    """Put a code into the focused field: True when it stands there, False when no field has the focus.

    A code that does not fit is refused whole: half a number looks like a number. The field is never
    sent off by it.
    """
    field = screen.focused
    if not isinstance(field, Input):
        return False
    written = pasteable(text.replace("\x1d", SEPARATOR))
    if field.max_length and len(field.value) + len(written) > field.max_length:
        return refused("scan-cut")
    field.insert_text_at_cursor(written)
    return True
