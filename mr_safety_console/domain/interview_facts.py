"""What may happen around the answers: who gave them, which way they came, what else says otherwise."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact

PATIENT, PROXY, PARENT = "patient", "proxy", "parent"
INFORMANTS = (PATIENT, PROXY, PARENT)
CAPACITIES = ("has", "lacks", "unsure")
NO_INTERPRETER, PROFESSIONAL, FAMILY = "none", "professional", "family"
INTERPRETERS = (NO_INTERPRETER, PROFESSIONAL, FAMILY)
REQUEST, DETECTOR, FORMER = "request", "detector", "former"
SOURCES = (REQUEST, "companion", "examination", DETECTOR, FORMER)
"""Whence something is known about a question beside the form and the spoken answer."""


@fact("informant-recorded")
class InformantRecorded(Fact):
    """Who answers: the patient, or somebody for them with relation and reason; capacity; interpreter."""

    subject: str
    visit: str
    who: str
    relation: Private[str]
    why: Private[str]
    capacity: str
    interpreter: str
    interpreter_id: Private[str]
    language: str
    sheet: str = ""


@fact("paper-transcribed")
class PaperTranscribed(Fact):
    """The answers are copied from a form on paper, filled in at `filled_utc` (µs), before this entry."""

    subject: str
    visit: str
    filled_by: Private[str]
    filled_utc: int
    retrospective: bool = True
    sheet: str = ""


@fact("response-taken")
class ResponseTaken(Fact):
    """The answers came as a file from elsewhere: answers only, and never a review."""

    subject: str
    visit: str
    source: Private[str]
    authored_utc: int
    sha256: str
    answers: int
    retrospective: bool = True
    sheet: str = ""


CHILD_ASKED = ("asked", "too-young", "will-not")
"""Whether the child was asked the starred questions beside the parent."""


@fact("child-asked")
class ChildAsked(Fact):
    """The starred questions were put to the child as well as to the parent, or why not."""

    visit: str
    how: str


@fact("source-told")
class SourceTold(Fact):
    """Something else speaks to a question: the request, a companion, the detector, an examination.

    What it says stands beside the form's answer; where the two differ the item holds.
    """

    subject: str
    visit: str
    item: str
    source: str
    says: Private[str]
    text: Private[str]
    sheet: str = ""


@fact("screening-declined")
class ScreeningDeclined(Fact):
    """The patient wants no interview or no scan: nothing but the close of the visit follows."""

    subject: str
    visit: str
    reason: Private[str]


@fact("interview-kept")
class InterviewKept(Fact):
    """A signed interview of a closed visit is kept for a comparison, should the person come again."""

    subject: str
    visit: str
    no: int
    name: Private[str]
    birth_date: Private[str]


@fact("visit-linked")
class VisitLinked(Fact):
    """Staff say that this is the person of a former visit. Nothing is carried over by it."""

    visit: str
    former: str
    no: int


@command("record-informant")
class RecordInformant(Command):
    """Say who answers, with whose help."""

    visit: str
    who: str = PATIENT
    relation: str = ""
    why: str = ""
    capacity: str = "has"
    interpreter: str = NO_INTERPRETER
    interpreter_id: str = ""
    language: str = "en"
    sheet: str = ""


@command("transcribe-paper")
class TranscribePaper(Command):
    """Begin to copy a form on paper; `filled_utc` in µs is when it was filled in."""

    visit: str
    filled_by: str
    filled_utc: int
    sheet: str = ""


@command("take-response")
class TakeResponse(Command):
    """Say that answers come from a response file; each follows as a command of its own."""

    visit: str
    source: str
    authored_utc: int
    sha256: str
    count: int
    sheet: str = ""


@command("ask-child")
class AskChild(Command):
    """Say whether the child was asked the starred questions too; what differs is typed as said aloud."""

    visit: str
    how: str


@command("tell-source")
class TellSource(Command):
    """Write down what something else says to a question, and where that stands."""

    visit: str
    item: str
    source: str
    says: str
    text: str
    sheet: str = ""


@command("decline-screening")
class DeclineScreening(Command):
    """The patient declines."""

    visit: str
    reason: str


@command("link-visit")
class LinkVisit(Command):
    """Say that this person was here before, as V`no`."""

    visit: str
    no: int


FACTS = (
    InformantRecorded,
    ChildAsked,
    PaperTranscribed,
    ResponseTaken,
    SourceTold,
    ScreeningDeclined,
    InterviewKept,
    VisitLinked,
)
COMMANDS = (RecordInformant, AskChild, TranscribePaper, TakeResponse, TellSource, DeclineScreening, LinkVisit)
