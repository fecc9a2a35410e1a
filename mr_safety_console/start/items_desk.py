"""The register of items from the command line: a whole list by two people, or nothing of it."""

from __future__ import annotations

from pathlib import Path

from mr_safety_console.domain.items_facts import ImportItems
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.start.items_file import read
from mr_safety_console.start.staff_desk import StaffError, opened


def checked(file: Path) -> str:
    """Read a file and return what to print; nothing is written. Raises `ItemsFileError`."""
    found = read(file, SystemClock().now())
    return f"{file.name}: {len(found)} item(s), no mistake found. Nothing was written."


def take_in(data: Path, file: Path, by: tuple[tuple[str, str], ...]) -> str:
    """Enter every item of a file and return what to print. `by` is initials and PIN of each signer.

    Raises `ItemsFileError` for the file and `StaffError` for record and people.
    """
    found = read(file, SystemClock().now())
    with opened(data, create=False) as register:
        signers = tuple(register.signer(*one) for one in by)
        if why := register.give(ImportItems(entries=found), signers):
            hint = " Name two people with --by." if why.rule == "signature-missing" else ""
            raise StaffError(f"{why.reason} {why.who_can} {why.what_now}{hint}")
        return f"{len(found)} item(s) entered in the register."
