"""Around the answers: who gives them, paper and files, what says otherwise, declining, a former visit."""

from __future__ import annotations

from mr_safety_console.domain.codec import ERASED, Command, Fact
from mr_safety_console.domain.context import US
from mr_safety_console.domain.interview_facts import (
    CAPACITIES,
    CHILD_ASKED,
    FAMILY,
    FORMER,
    INFORMANTS,
    INTERPRETERS,
    PARENT,
    PATIENT,
    PROFESSIONAL,
    PROXY,
    SOURCES,
    AskChild,
    ChildAsked,
    DeclineScreening,
    InformantRecorded,
    LinkVisit,
    PaperTranscribed,
    RecordInformant,
    ResponseTaken,
    ScreeningDeclined,
    SourceTold,
    TakeResponse,
    TellSource,
    TranscribePaper,
    VisitLinked,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import Case, Former, ScreeningState, to_ask_again
from mr_safety_console.domain.screening_desk import Desk, fits
from mr_safety_console.domain.screening_facts import OF_CHILDREN, AnswerGiven
from mr_safety_console.domain.text import same_name
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Trigger

Facts = tuple[Fact, ...]

WHO, WHO_ELSE = "informant", "informant.proxy"
"""The questions of a form about who answers it, by linkId."""
ON_THE_FORM = {PATIENT: ("self",), PROXY: ("proxy", "other", "carer"), PARENT: ("parent", "proxy")}
"""What an informant is among the answers of a form's own question, the first that it has."""

STAYS = frozenset({Trigger.RESOLVE_FIRST, Trigger.HOLD_DEVICE, Trigger.HOLD_CLINICAL})
"""What was once said to one of these is in the body still: a no today contradicts it."""


def decide(state: ScreeningState, asked: Command, desk: Desk) -> Facts | Refused:
    """Decide on one command of `interview_facts`, for an interview that has begun."""
    act = "visit-link" if isinstance(asked, LinkVisit) else "answer"
    if why := desk.may(act):
        return why
    match asked:
        case RecordInformant():
            return _informant(desk, asked)
        case TranscribePaper():
            return _paper(desk, asked)
        case TakeResponse():
            return _response(desk, asked)
        case LinkVisit():
            return _link(state, desk, asked)
        case _:
            return _said(desk, asked)


def _said(desk: Desk, asked: Command) -> Facts | Refused:
    match asked:
        case TellSource():
            return _source(desk, asked)
        case AskChild():
            return _child(desk, asked)
        case DeclineScreening():
            return _decline(desk, asked)
        case _:
            return ()


def informed(case: Case, *, aloud: bool = False) -> Refused | None:
    """Return why nobody can be asked, or sign for what was said; aloud no relative interprets."""
    if case.informant is None:
        return refused("informant-missing")
    if aloud and case.informant.interpreter == FAMILY:
        return refused("interpreter-family")
    return None


def _informant(desk: Desk, asked: RecordInformant) -> Facts | Refused:
    known = asked.who in INFORMANTS and asked.capacity in CAPACITIES and asked.interpreter in INTERPRETERS
    if not known or not asked.language.strip():
        return refused("informant-terms", choices=", ".join((*INFORMANTS, *CAPACITIES, *INTERPRETERS)))
    if asked.who == PATIENT and desk.form.id == OF_CHILDREN:
        return refused("informant-child")
    if asked.who == PATIENT and asked.capacity != "has":
        return refused("informant-capacity")
    if asked.who != PATIENT and not (asked.relation.strip() and asked.why.strip()):
        return refused("informant-relation")
    if asked.interpreter == PROFESSIONAL and not asked.interpreter_id.strip():
        return refused("interpreter-id")
    return (
        InformantRecorded(
            subject=desk.subject,
            visit=desk.visit,
            who=asked.who,
            relation=asked.relation,
            why=asked.why,
            capacity=asked.capacity,
            interpreter=asked.interpreter,
            interpreter_id=asked.interpreter_id,
            language=asked.language,
        ),
        *_on_the_form(desk, asked),
    )


def _on_the_form(desk: Desk, asked: RecordInformant) -> Facts:
    """Return the form's own question of who answers, answered by what was just said: nobody asks it twice."""
    item = desk.form.item(WHO)
    if item is None or desk.case.signed or desk.case.answers.get(WHO):
        return ()
    known = {option.code for option in item.options}
    code = next((one for one in ON_THE_FORM[asked.who] if one in known), "")
    told = {WHO: code, WHO_ELSE: f"{asked.relation}: {asked.why}" if asked.who != PATIENT else ""}
    return tuple(
        AnswerGiven(subject=desk.subject, visit=desk.visit, item=link_id, answer=answer)
        for link_id, answer in told.items()
        if code and answer and desk.form.item(link_id) is not None
    )


def _begins(desk: Desk, who: str, written_utc: int) -> Refused | None:
    """Return why answers written elsewhere cannot be taken: nothing stands yet, and they are recent."""
    if set(desk.case.answers) - {WHO, WHO_ELSE} or desk.case.said or desk.case.signed or desk.case.first:
        return refused("answers-begun")
    if not who.strip():
        return refused("written-by-whom")
    valid_h = desk.ctx.profile.limit("screening_valid_h")
    age_s = (desk.ctx.now.utc - written_utc) / US
    return None if 0 <= age_s <= valid_h * 3600 else refused("written-when", hours=valid_h)


def _paper(desk: Desk, asked: TranscribePaper) -> Facts | Refused:
    if why := _begins(desk, asked.filled_by, asked.filled_utc):
        return why
    return (
        PaperTranscribed(
            subject=desk.subject, visit=desk.visit, filled_by=asked.filled_by, filled_utc=asked.filled_utc
        ),
    )


def _response(desk: Desk, asked: TakeResponse) -> Facts | Refused:
    if why := _begins(desk, asked.source, asked.authored_utc):
        return why
    return (
        ResponseTaken(
            subject=desk.subject,
            visit=desk.visit,
            source=asked.source,
            authored_utc=asked.authored_utc,
            sha256=asked.sha256,
            answers=asked.count,
        ),
    )


def _child(desk: Desk, asked: AskChild) -> Facts | Refused:
    if not desk.case.first:
        return refused("screening-not-signed")
    if asked.how not in CHILD_ASKED:
        return refused("child-not-asked")
    return (ChildAsked(visit=desk.visit, how=asked.how),)


def _source(desk: Desk, asked: TellSource) -> Facts | Refused:
    if asked.source not in SOURCES or not asked.text.strip() or not asked.says:
        return refused("source-terms", choices=", ".join(SOURCES))
    if why := fits(desk.form, asked.item, asked.says):
        return why
    return (told(desk, asked.item, asked.source, asked.says, asked.text),)


def told(desk: Desk, item: str, source: str, says: str, text: str) -> SourceTold:
    """Return the fact of what a source says."""
    return SourceTold(subject=desk.subject, visit=desk.visit, item=item, source=source, says=says, text=text)


def _decline(desk: Desk, asked: DeclineScreening) -> Facts | Refused:
    if not asked.reason.strip():
        return refused("decline-reason")
    return (ScreeningDeclined(subject=desk.subject, visit=desk.visit, reason=asked.reason),)


def _link(state: ScreeningState, desk: Desk, asked: LinkVisit) -> Facts | Refused:
    # What was said before is seen when everything has been answered, and never helps to answer it.
    if not desk.case.first or to_ask_again(desk.case, desk.form):
        return refused("former-not-yet")
    visit, one = next(((v, one) for v, one in state.former.items() if one.no == asked.no), ("", None))
    if one is None:
        return refused("former-unknown", no=asked.no)
    if not same_name(one.name, desk.person.name) or one.birth_date != desk.person.birth_date:
        return refused("former-other-person", no=asked.no)
    if visit == desk.case.former:
        return ()
    return (VisitLinked(visit=desk.visit, former=visit, no=one.no), *_taken_back(desk, one))


def _taken_back(desk: Desk, one: Former) -> Facts:
    """Return a contradiction for everything of the body that was said then and is not said now."""
    more = []
    for item, said in one.answers.items():
        question = desk.form.item(item)
        if question is None or one.form != desk.form.id or said == desk.case.answers.get(item):
            continue
        if said != ERASED and answering.triggered(question, said) in STAYS:
            more.append(told(desk, item, FORMER, said, f"V{one.no}"))
    return tuple(more)


def difference(former: Former, case: Case) -> tuple[str, ...]:
    """Return the questions answered otherwise than at a former visit; other forms differ as a whole."""
    items = {**former.answers, **case.answers}
    return tuple(item for item in items if former.answers.get(item) != case.answers.get(item))
