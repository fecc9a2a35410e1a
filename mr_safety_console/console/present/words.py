"""Words of the screens for coded values; a code without words reads as itself."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.words import say


def fell(reason: str) -> str:
    """Return why a leg fell."""
    return say("fell", reason)


def act(command: Command) -> str:
    """Return what a signed command is about."""
    return say("sign", command.kind)
