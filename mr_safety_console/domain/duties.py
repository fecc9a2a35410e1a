"""Who answers for what when somebody scans from another place: a template, NOT SITE-APPROVED.

Twenty-four rows and one owner each; never two, never none. Their words stand in `words` under `duty`.
"""

from __future__ import annotations

from mr_safety_console.domain.value import frozen

VERSION = "template-1"
OWNERS = ("MRST", "REM", "L2")


@frozen
class Duty:
    """One row: its code and the one who owns it."""

    code: str
    owner: str


_OWNED = {"REM": (11, 17, 18, 19), "L2": (4, 23)}
_OWNER = {number: owner for owner, numbers in _OWNED.items() for number in numbers}
DUTIES: tuple[Duty, ...] = tuple(Duty(f"R{n:02d}", _OWNER.get(n, "MRST")) for n in range(1, 25))
"""Coil, protocol, mode, start and stop at the scanner belong to the remote operator; final clearance and
the decision on a quench to Level 2 on site; the rest, the patient above all, to the technologist on site."""
