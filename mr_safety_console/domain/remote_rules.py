"""What must stand before a patient goes in and is scanned by somebody in another place."""

from __future__ import annotations

from collections.abc import Iterable

from mr_safety_console.domain import duties
from mr_safety_console.domain.findings import Case, Finding, hold
from mr_safety_console.domain.remote import time_out_over
from mr_safety_console.domain.remote_facts import Consent


def agreed(case: Case) -> Iterable[Finding]:
    """Where somebody scans from elsewhere the patient agreed to that, and each duty has its owner."""
    session = case.visit.remote
    if not session.remote:
        return
    if session.operation is Consent.REFUSED:
        yield hold("remote-refused", no=case.visit.no)
    elif Consent.NOT_ASKED in (session.operation, session.visual):
        yield hold("remote-not-asked", no=case.visit.no)
    if session.duties != duties.VERSION:
        yield hold("duties-not-read", no=case.visit.no, version=duties.VERSION)


def at_one(case: Case) -> Iterable[Finding]:
    """The link stands and both ends held a time-out just before this: the remote operator's word."""
    session = case.visit.remote
    if not session.remote:
        return
    if session.lost is not None:
        yield hold("link-is-lost", no=case.visit.no)
    elif time_out_over(session, case.ctx):
        yield hold("time-out-missing", no=case.visit.no, minutes=case.ctx.profile.limit("time_out_s") // 60)
