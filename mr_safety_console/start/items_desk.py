"""The register of items from the command line: a whole list by two people, or nothing of it."""

from __future__ import annotations

from pathlib import Path

from mr_safety_console.domain.items import Item
from mr_safety_console.domain.items_facts import ImportItems
from mr_safety_console.domain.items_said import day
from mr_safety_console.domain.words import say
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


def listed(data: Path) -> list[str]:
    """Return one line an item. The console may be running: then read the list there."""
    with opened(data, create=False) as register:
        state = register.state
        known = sorted(state.items.register.values(), key=lambda one: one.no)
        return [_line(one, state.inside.zone(one.id)) for one in known] or ["No item yet."]


def _line(item: Item, zone: str) -> str:
    due = f"  due {day(item.due_day)}" if item.due_day else ""
    held = "  QUARANTINE" if item.quarantine else ""
    label = say("mr-label", item.label)
    return f"I{item.no:<5}{item.tag:<12} {label:<16} {zone:<4} {item.name}{due}{held}"
