"""The Screening screen: whose interview it is and where it stands, and the questions a page at a time."""

from __future__ import annotations

from mr_safety_console.console.present import along, beside, review
from mr_safety_console.console.present.interview import (
    AGAIN,
    ANSWER,
    HOLD,
    PER_PAGE,
    Interview,
    called,
    first_open,
    interview,
    keys_of,
    owner_of,
    progress,
)
from mr_safety_console.console.present.paging import page_of, turned
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import screening
from mr_safety_console.domain.approval_facts import REVIEWER
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.screening_case import replaced
from mr_safety_console.domain.screening_facts import OF_CHILDREN
from mr_safety_console.domain.words import say
from screening_forms import answering

__all__ = [
    "AGAIN",
    "ANSWER",
    "HOLD",
    "PER_PAGE",
    "Interview",
    "called",
    "first_open",
    "head",
    "interview",
    "keys_of",
    "progress",
    "rows",
    "screening",
    "turned",
]


def head(view: View, held: Interview | None, cursor: str, sheet: str = "") -> tuple[Row, ...]:
    """Return whose interview it is and where it stands: always in view, four lines; five to read along."""
    visit = view.visit
    if visit is None:
        return (title("NO VISIT IS OPEN"), row(("F2", Tone.KEY), " back to the Suite"))
    name = f"V{visit.no} {view.private(visit.name)}  {view.private(visit.birth_date)}"
    if held is None:
        return (row((name, Tone.TITLE), *beside.which(view, sheet)), row(beside.not_begun(sheet)))
    whose = row((name, Tone.TITLE), *beside.which(view, sheet), _owner(view, held))
    form = row(*_form(view, held))
    recorded = screening.case_of(view.snapshot.state.screening, view.selected, sheet)
    unsaved = view.unsaved(held.case, recorded)
    where = _standing(view, held) if held.signed else _page_of(held, cursor)
    saved = (f"  ■ {unsaved}" if unsaved else "", Tone.STOP)
    reading = (row(along.mark(held.along)),) if held.along is not None else ()
    return (whose, form, *reading, row(*_pace(held), *_way(view, held)), row(*where, saved))


def _owner(view: View, held: Interview) -> Part:
    """Return who has the form in hand; told apart where it is somebody else than who is signed on."""
    mine = view.actor is not None and view.actor.person == held.case.owner
    return (f"  in hand: {owner_of(view, held.case)}", Tone.PLAIN if mine else Tone.CONFIRM)


def _form(view: View, held: Interview) -> tuple[Part, ...]:
    """Return the form and its version, or that another version took its place in the middle."""
    if not replaced(held.case, view.forms):
        return beside.named(view, held)
    named = f"{held.form.title}  {held.form.version}"
    return ((f"{named}  ▲ REPLACED: admits nobody; Space begins anew", Tone.HOLD),)


def _way(view: View, held: Interview) -> tuple[Part, ...]:
    """Return who answers, and which way the answers came if not by being asked here."""
    case = held.case
    if case.informant is None:
        who: Part = ("□ who answers? press .", Tone.CONFIRM)
    else:
        told = f"answers: {say('informant', case.informant.who)}"
        interpreted = case.informant.interpreter != "none"
        more = f", {say('interpreter', case.informant.interpreter)}" if interpreted else ""
        who = (told + more, Tone.FAINT)
    if held.offered and held.along is None:
        who_beside = (who, ("  , ", Tone.KEY), f"in {along.LANGUAGES[held.offered]}")
        return (*who_beside, *_copied(view, case))
    return (who, *_copied(view, case))


def _copied(view: View, case: screening.Case) -> tuple[Part, ...]:
    if case.way == "interview":
        return ()
    at = view.clock_short(Instant(case.filled_utc, 0, ""))
    return ((f"  ▲ {say('way', case.way)}: {view.private(case.filled_by)} {at}", Tone.HOLD),)


def _standing(view: View, held: Interview) -> tuple[Part, ...]:
    case = held.case
    at = view.clock_short(case.first_at) if case.first_at else "?"
    signed = f"Signed by {view.people(case.first)} {at}"
    if beside.is_sheet(held):
        return (signed, ". ", beside.standing(view, held))
    return (signed, ". Stands at ", (case.verdict.value, Tone.TITLE), _then(view, held))


def _pace(held: Interview) -> tuple[Part, ...]:
    """Return that answers or questions went by faster than anybody can ask them."""
    case = held.case
    hurried = ("▲ IN A HURRY  ", Tone.HOLD) if case.hurried else ""
    rushed = (f"▲ {len(case.rushed)} ★ FASTER THAN READ ALOUD  ", Tone.HOLD) if case.rushed else ""
    return (hurried, rushed)


def _then(view: View, held: Interview) -> Part:
    """Return who reviewed and approved, or what comes next."""
    case = held.case
    if case.declined:
        return "; close the visit (F3)"
    left = len(screening.unresolved(case))
    if not case.reviewed:
        aloud = sum(item.link_id not in held.heard for item in held.starred)
        if case.owner in {who.person for who in case.first} and held.starred:
            return ("; Space 1: second reviewer takes over", Tone.CONFIRM)
        if aloud:
            return f"; {aloud} to ask aloud"
        if left:
            return f"; v resolves {left}, then g reviews it"
        unasked = case.form == OF_CHILDREN and not case.child
        return ("; ask the child too: Space", Tone.CONFIRM) if unasked else "; g signs the review"
    by = f", reviewed by {view.people(case.reviewed)}{f'; v resolves {left}' if left else ''}"
    if case.approver == REVIEWER:
        return by
    if case.approved:
        how = "over the line, " if case.remote else ""
        return f"{by}, approved {how}by {view.people(case.approved)}"
    return (f"{by}; final approval: {say('approver', case.approver)}", Tone.CONFIRM)


def _page_of(held: Interview, cursor: str) -> tuple[Part, ...]:
    _, page, pages = page_of(held, cursor)
    sign: tuple[Part, ...] = () if first_open(held) else (("   g", Tone.KEY), " signs the answers")
    return ((f"Page {page + 1} of {pages}   {progress(held)}", Tone.TITLE), *sign)


def rows(view: View, held: Interview | None, cursor: str) -> tuple[Row, ...]:
    """Return the questions, or what the reviewers see."""
    if view.visit is None:
        return ()
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    if held is None:
        return (
            row(("Enter", Tone.KEY), " begin it, every answer blank"),
            row(("Space", Tone.KEY), " begin it on another form of theirs"),
        )
    return review.rows(view, held, cursor) if held.signed else _questions(held, cursor)


def _questions(held: Interview, cursor: str) -> tuple[Row, ...]:
    items, _, _ = page_of(held, cursor)
    out: list[Row] = []
    for item in items:
        here = item.link_id == cursor
        value = held.answers.get(item.link_id)
        out += review.question(held, item, value, item.link_id, here=here)
        if item.link_id in held.wrong:
            out.append(row("    ", (f"✗ {held.wrong[item.link_id]}", Tone.HOLD), indent=6))
    if not answering.missing(held.form, held.answers):
        out += [BLANK, row(("g  ", Tone.KEY), "every question has an answer: sign them (1 PIN)")]
    return tuple(out)
