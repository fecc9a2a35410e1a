"""Notes a person writes into the record, and words taken back by a linked correction."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.words import refused


@fact("note-written")
class NoteWritten(Fact):
    """A note. Its text is private, under its own subject."""

    subject: str
    about: str
    text: Private[str]


@command("write-note")
class WriteNote(Command):
    """Write a note; `about` is a visit, an alarm, an emergency or nothing."""

    text: str
    about: str = ""


FACTS = (NoteWritten,)


def decide(asked: Command, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    """Decide on a note."""
    if not isinstance(asked, WriteNote):
        return ()
    if why := may(staff, "note", ctx):
        return why
    if not asked.text.strip():
        return refused("note-empty")
    return (NoteWritten(subject=ctx.tokens[0], about=asked.about, text=asked.text),)
