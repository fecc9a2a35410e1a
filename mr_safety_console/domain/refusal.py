"""How the console says no: which rule, why, who can help, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.codec import Command


@frozen
class Refused:
    """A refusal. `rule` is a kebab-case id; the three sentences are the operator's words.

    They answer, in this order: what is missing, who can supply it, what to do now.
    """

    rule: str
    reason: str
    who_can: str
    what_now: str


@frozen
class Offer:
    """A command somebody could give now: allowed when `refused` is None, else why not."""

    label: str
    command: Command
    refused: Refused | None = None
    signatures: int = 0
