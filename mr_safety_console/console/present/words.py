"""Words of the screens for coded values; a code without words reads as itself."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.words import say

FELL = {
    "detector-alarm": "detector alarm",
    "detector-lost": "detector was lost",
    "door-break": "door opened unannounced",
    "door-lost": "door contact was lost",
    "screening-changed": "screening changed",
    "object-found": "object found",
    "emergency": "emergency",
    "restart": "console restarted",
    "reboot": "machine restarted",
    "used": "used up by this entry",
}
ACTS = {
    "sign-screening": "the answers, first review",
    "review-screening": "the interactive review",
    "complete-stage": "final check: go",
    "resolve-item": "resolution of an item",
    "release-item": "release of a list item, on a condition",
}
DEVICE = {
    "connected": "connected",
    "lost": "line lost",
    "rebooted": "device restarted",
    "gap": "gap in the sequence",
    "wrong-identity": "another device answers",
}


def fell(reason: str) -> str:
    """Return why a leg fell."""
    return FELL.get(reason, reason)


def act(command: Command) -> str:
    """Return what a signed command is about."""
    return ACTS.get(command.kind, command.kind)


def leg(name: str) -> str:
    """Return a leg's name."""
    return say("leg", name)
