"""The session with a remote operator, wherever it is shown: who scans, what is agreed, is it live."""

from __future__ import annotations

from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View, stopwatch
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain import duties, remote
from mr_safety_console.domain.remote import Session
from mr_safety_console.domain.remote_facts import PROMPTS_S
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

RESTRICTED = "RESTRICTED: no camera, positioning is looked at on site"


def remote_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return the session of a visit somebody scans from another place; nothing for one on site."""
    session = visit.remote
    if not session.remote:
        return ()
    who = f"{view.person(session.operator)} scans from another place, call {view.private(session.number)}"
    return (
        BLANK,
        title("REMOTE"),
        row((who, Tone.TITLE)),
        row(f"operation: {say('consent', session.operation)}  camera: {say('consent', session.visual)}"),
        *((row((f"{MARKS[Tone.HOLD]} {RESTRICTED}", Tone.HOLD)),) if session.restricted else ()),
        row(_duties(session)),
        row((f"staffing: {view.profile.staffing}", Tone.FAINT)),
        row(_live(view, session)),
    )


def link_rows(view: View, session: Session) -> tuple[Row, ...]:
    """Return what to do while the link is lost, before every act; nothing while it is not."""
    if session.lost is None:
        return ()
    gone = int(view.since(session.lost))
    shown = max(session.prompted, default=PROMPTS_S[0])
    return (
        row((f"{MARKS[Tone.STOP]} LINK LOST {stopwatch(gone)}: you have the patient", Tone.STOP)),
        row((f"  {prompt(view, shown)}", Tone.STOP)),
        row(("k", Tone.KEY), " when they are heard again"),
    )


def prompt(view: View, after_s: int) -> str:
    """Return what to do once a link has been lost so long: in the site's words, else in the template's."""
    return view.profile.link_prompts.get(str(after_s)) or say("link-prompt", str(after_s))


def _duties(session: Session) -> Part:
    if session.duties == duties.VERSION:
        return f"duty list {session.duties}, NOT SITE-APPROVED, read back"
    return (f"{MARKS[Tone.HOLD]} duty list not read back", Tone.HOLD)


def _live(view: View, session: Session) -> Part:
    if session.lost is not None:
        return (f"{MARKS[Tone.STOP]} NOT LIVE", Tone.STOP)
    if session.regained:
        return (f"{MARKS[Tone.HOLD]} NOT LIVE: a new joint time-out first", Tone.HOLD)
    if session.time_out is None or remote.time_out_over(session, view.ctx):
        return (f"{MARKS[Tone.HOLD]} no joint time-out stands to begin on", Tone.HOLD)
    return f"joint time-out {view.clock_short(session.time_out)}"


def remoted(visit: Visit) -> Part:
    """Return in two words, for the row of a visit on the Suite, what is amiss with the remote session."""
    session = visit.remote
    if session.lost is not None:
        return (f" {MARKS[Tone.STOP]} LINK LOST", Tone.STOP)
    if session.remote and session.regained:
        return (f" {MARKS[Tone.HOLD]} NOT LIVE", Tone.HOLD)
    return (f" {MARKS[Tone.HOLD]} RESTRICTED", Tone.HOLD) if session.restricted else ""
