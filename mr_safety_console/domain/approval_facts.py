"""What may happen after the answers: final approval, decisions of people not present, the emergent screen."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact

REVIEWER, REMOTE = "reviewer", "remote"
METHODS = ("video", "phone", "intercom")
"""Ways in which a remote approver may have spoken with the patient."""
ENGAGED_S = 30
"""The least a remote approver speaks with the patient; no site makes it less."""


@fact("line-stated")
class LineStated(Fact):
    """Somebody tried the line to the remote approver and says whether it works."""

    visit: str
    method: str
    works: bool


@fact("screening-approved")
class ScreeningApproved(Fact):
    """The final approval by whom the site names; for a remote one, the evidence of direct engagement.

    `decider` is who approved, by pseudonym; whoever signed this entry recorded it.
    """

    subject: str
    visit: str
    decider: str
    remote: bool = False
    method: str = ""
    seconds: int = 0
    identity_confirmed: bool = False
    credential: Private[str] = ""
    findings: Private[str] = ""


@fact("item-decided-by-call")
class ItemDecidedByCall(Fact):
    """Somebody not present resolved an item by a call, read back; `decided_utc` (µs) is when."""

    subject: str
    visit: str
    item: str
    resolution: str
    evidence: str
    text: Private[str]
    decider: str
    role: str
    callback: Private[str]
    decided_utc: int
    sheet: str = ""


@fact("decision-signed")
class DecisionSigned(Fact):
    """The person who decided by a call has signed that decision since."""

    visit: str
    item: str
    sheet: str = ""


@fact("emergent-screened")
class EmergentScreened(Fact):
    """One Level 2 person screened in an emergency; ordering and covering physician bear what was not asked.

    `not_asked` are linkIds: they stay printed wherever this person is shown.
    """

    subject: str
    visit: str
    form: str
    version: str
    sha256: str
    response: Private[str]
    findings: Private[str]
    not_asked: tuple[str, ...]
    ordering: Private[str]
    covering: str
    callback: Private[str]
    why: Private[str]


@fact("review-marked")
class ReviewMarked(Fact):
    """For the supervisor: so many ★ were asked in less time than reading them aloud takes."""

    visit: str
    rushed: int
    asked: int
    sheet: str = ""


@command("state-line")
class StateLine(Command):
    """Say whether the line to the remote approver works: tried now."""

    visit: str
    method: str
    works: bool


@command("approve-screening")
class ApproveScreening(Command):
    """Final approval, by somebody here who holds the role the site names."""

    visit: str


@command("approve-remotely")
class ApproveRemotely(Command):
    """Record the final approval of somebody who spoke with the patient over a line."""

    visit: str
    decider: str
    method: str
    seconds: int
    identity_confirmed: bool
    credential: str
    findings: str = ""


@command("resolve-by-call")
class ResolveByCall(Command):
    """Record how somebody not present resolved an item."""

    visit: str
    item: str
    resolution: str
    evidence: str
    text: str
    decider: str
    callback: str
    read_back: bool
    decided_utc: int
    sheet: str = ""


@command("sign-decision")
class SignDecision(Command):
    """The decider signs what was recorded for them."""

    visit: str
    item: str
    sheet: str = ""


@command("screen-emergent")
class ScreenEmergent(Command):
    """Sign the one screen of the emergent path, with whatever was asked."""

    visit: str
    ordering: str
    covering: str
    callback: str
    read_back: bool
    why: str


FACTS = (
    LineStated,
    ScreeningApproved,
    ItemDecidedByCall,
    DecisionSigned,
    EmergentScreened,
    ReviewMarked,
)
COMMANDS = (StateLine, ApproveScreening, ApproveRemotely, ResolveByCall, SignDecision, ScreenEmergent)
