"""What may happen in a screening interview and what may be asked: facts and commands only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact
from mr_safety_console.domain.visit_facts import COMPANION, CONTRACTOR, PATIENT, RESPONDER, STAFF, VISITOR


class Verdict(StrEnum):
    """What the interview came to. Never anything stronger than what was asked and recorded."""

    NOT_CLEARED = "NOT CLEARED"
    HOLD = "HOLD"
    CLEARED = "CLEARED"
    CLEARED_WITH_CONDITIONS = "CLEARED WITH CONDITIONS"
    NOT_SUITABLE = "NOT SUITABLE"
    DECLINED = "DECLINED"
    EMERGENT = "EMERGENT SCREEN, NOT ALL ASKED"


FORM = "screening-adult"
OF_COMPANIONS = "screening-companion"
OF_CHILDREN = "screening-paediatric"
OF_PATIENTS = (FORM, OF_CHILDREN, "screening-unresponsive")
INTERVIEWS: Mapping[str, tuple[str, ...]] = {
    PATIENT: OF_PATIENTS,
    COMPANION: (OF_COMPANIONS, *OF_PATIENTS),
    STAFF: ("screening-staff",),
    VISITOR: (OF_COMPANIONS,),
    CONTRACTOR: ("screening-contractor",),
    RESPONDER: ("screening-responder",),
}
"""Forms an attendance is screened with by whom it is of, the usual one first; no other lets anybody in."""
CONTRAST, PREGNANCY, CONSENT = "contrast-renal", "pregnancy", "consent-vst"
SHEETS = (CONTRAST, PREGNANCY, CONSENT)
"""Further forms beside the interview of a patient, one of each. A fact or command whose `sheet` is empty
is about the interview."""


def sheet_of(said: Fact | Command) -> str:
    """Return the further form a fact or command is about; empty for the interview."""
    named: str = getattr(said, "sheet", "") or getattr(said, "form", "")
    return named if named in SHEETS else ""


@fact("screening-begun")
class ScreeningBegun(Fact):
    """An interview began on one released form, every answer blank."""

    visit: str
    form: str
    version: str
    sha256: str


@fact("screening-taken-over")
class ScreeningTakenOver(Fact):
    """`owner` has the interview in hand from now on; `was` had it until then, empty for nobody.

    Only the owner signs the review: whoever had it before takes it back first.
    """

    visit: str
    owner: str
    was: str
    sheet: str = ""


@fact("answer-given")
class AnswerGiven(Fact):
    """A draft answer, before anybody signed."""

    subject: str
    visit: str
    item: str
    answer: Private[str]
    sheet: str = ""


@fact("answer-amended")
class AnswerAmended(Fact):
    """A signed answer was changed: both values, why, and who said so. The signature falls."""

    subject: str
    visit: str
    item: str
    was: Private[str]
    answer: Private[str]
    reason: Private[str]
    informant: Private[str]
    sheet: str = ""


@fact("answer-corrected")
class AnswerCorrected(Fact):
    """A draft answer that weighed was changed before anybody signed: both values, why, who said so.

    It goes on counting as `was` for the reviewers.
    """

    subject: str
    visit: str
    item: str
    was: Private[str]
    answer: Private[str]
    reason: Private[str]
    informant: Private[str]
    sheet: str = ""


@fact("screening-signed")
class ScreeningSigned(Fact):
    """The first reviewer signed the answers; what follows from them stands beside them.

    `findings` lists `linkId|trigger`, separated by spaces. `hurried` tells that the interview took less
    than the site's shortest time.
    """

    subject: str
    visit: str
    form: str
    version: str
    sha256: str
    response: Private[str]
    findings: Private[str]
    open_items: int
    hurried: bool = False


@fact("answer-asked-again")
class AnswerAskedAgain(Fact):
    """The interactive reviewer asked aloud; `agrees` tells whether it matched the form.

    `dwell_ms` is the time since the question before, -1 where no clock ran through; `short` tells
    that it is less than reading the question aloud takes.
    """

    subject: str
    visit: str
    item: str
    answer: Private[str]
    agrees: bool
    dwell_ms: int = -1
    short: bool = False
    sheet: str = ""


@fact("item-resolved")
class ItemResolved(Fact):
    """An entitled person resolved one item, with evidence."""

    subject: str
    visit: str
    item: str
    resolution: str
    evidence: str
    text: Private[str]
    sheet: str = ""


@fact("screening-reviewed")
class ScreeningReviewed(Fact):
    """The interactive reviewer signed; `verdict` follows from answers and resolutions alone.

    `approver` is who approves after that by the site's written procedure, `reviewer` for nobody else.
    """

    visit: str
    verdict: Verdict
    conditions: int
    approver: str = "reviewer"
    sheet: str = ""


@fact("screening-voided")
class ScreeningVoided(Fact):
    """The review does not count any more, nor do the resolutions of `dropped` (linkIds).

    `anew`: the whole interview is asked again from blank; `reason` is coded.
    """

    visit: str
    reason: str
    dropped: tuple[str, ...] = ()
    anew: bool = False
    sheet: str = ""


@fact("screening-filed")
class ScreeningFiled(Fact):
    """The visit is closed: its interview stands in the record and leaves the state."""

    visit: str


@command("begin-screening")
class BeginScreening(Command):
    """Begin the interview; nothing is carried over from anywhere. No form named: the usual one."""

    visit: str
    form: str = ""


@command("take-over-screening")
class TakeOverScreening(Command):
    """I have this interview in hand from now on."""

    visit: str
    sheet: str = ""


@command("answer-question")
class AnswerQuestion(Command):
    """Give or change a draft answer; an empty answer takes it back."""

    visit: str
    item: str
    answer: str
    sheet: str = ""


@command("amend-answer")
class AmendAnswer(Command):
    """Change an answer already signed, or take back a draft answer that weighed."""

    visit: str
    item: str
    answer: str
    reason: str
    informant: str
    sheet: str = ""


@command("sign-screening")
class SignScreening(Command):
    """First reviewer: sign the answers."""

    visit: str
    sheet: str = ""


@command("ask-again")
class AskAgain(Command):
    """Interactive reviewer: record what the person says aloud to a starred question."""

    visit: str
    item: str
    answer: str
    sheet: str = ""


@command("resolve-item")
class ResolveItem(Command):
    """Resolve one item with evidence."""

    visit: str
    item: str
    resolution: str
    evidence: str
    text: str = ""
    sheet: str = ""


@command("review-screening")
class ReviewScreening(Command):
    """Interactive reviewer: sign the review."""

    visit: str
    sheet: str = ""


FACTS = (
    ScreeningBegun,
    ScreeningTakenOver,
    AnswerGiven,
    AnswerCorrected,
    AnswerAmended,
    ScreeningSigned,
    AnswerAskedAgain,
    ItemResolved,
    ScreeningReviewed,
    ScreeningVoided,
    ScreeningFiled,
)
COMMANDS = (
    BeginScreening,
    TakeOverScreening,
    AnswerQuestion,
    AmendAnswer,
    SignScreening,
    AskAgain,
    ResolveItem,
    ReviewScreening,
)
