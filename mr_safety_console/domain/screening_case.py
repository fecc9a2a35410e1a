"""One screening interview as it stands: its answers, what holds it, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.approval_facts import REVIEWER
from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.screening_facts import Verdict
from mr_safety_console.domain.value import frozen
from screening_forms import answering
from screening_forms.types import Form, Item, Trigger

UNDECIDED = frozenset({"unsure", "refused", "unable", "not_asked"})
"""Answers that are no answer: they only ever lead to conditions, never to a plain clearance."""

WEIGHS = UNDECIDED | {"yes"}
"""Draft answers that a later "no" does not undo: it needs a reason, and they go on counting."""

MUST_RESOLVE = frozenset(
    {Trigger.RESOLVE_FIRST, Trigger.HOLD_DEVICE, Trigger.HOLD_CLINICAL, Trigger.REMOVE, Trigger.LOOP}
)
CONDITIONS_MET, RISK_BENEFIT = "conditional-met", "radiologist-risk-benefit"
RESOLUTIONS = (
    "excluded-by-evidence",
    CONDITIONS_MET,
    RISK_BENEFIT,
    "removed-and-seen",
    "not-suitable",
)
EVIDENCE = (
    "implant-card",
    "operation-note",
    "manufacturer-label",
    "radiology-report",
    "orbit-xray",
    "physical-examination",
    "device-clinic",
    "verbal",
)
UNSUITABLE = "not-suitable"
OF_THE_BODY = frozenset({"excluded-by-evidence", "removed-and-seen", "not-suitable"})
"""Resolutions that hold at any magnet and for any examination; the others were made for one of them."""
RESOLVER: Mapping[Trigger, str] = {
    Trigger.RESOLVE_FIRST: "resolve-clinical",
    Trigger.HOLD_CLINICAL: "resolve-clinical",
    Trigger.HOLD_DEVICE: "resolve-device",
    Trigger.REMOVE: "resolve-removed",
    Trigger.LOOP: "resolve-removed",
    Trigger.DETAIL: "resolve-device",
    Trigger.INFO: "resolve-device",
}


@frozen
class Resolution:
    """How an item was resolved, by whom.

    `recorded` are those who wrote down what `by` decided by a call at `decided_utc`, until `by` signed.
    """

    resolution: str
    evidence: str
    text: str
    by: tuple[Who, ...]
    recorded: tuple[Who, ...] = ()
    callback: str = ""
    decided_utc: int = 0


@frozen
class Informant:
    """Who answers, with whose help."""

    who: str
    relation: str
    capacity: str
    interpreter: str
    language: str


@frozen
class Told:
    """What something beside the form says to a question, and where that stands."""

    source: str
    says: str
    text: str


@frozen
class Emergent:
    """The emergent path: who ordered the scan, who covers it, and what nobody asked."""

    ordering: str
    covering: str
    not_asked: tuple[str, ...]


@frozen
class Former:
    """A signed interview of a closed visit, for a comparison alone."""

    no: int
    name: str
    birth_date: str
    form: str
    at: Instant
    answers: Mapping[str, str] = field(default_factory=dict)


@frozen
class Case:
    """One interview. `signed` names every answer that ever stood under a signature.

    `said` holds the weightiest answer ever given to a question, in the draft, signed or aloud;
    `corrected` those draft ones that were changed with a reason since. `way` is interview, paper or
    response; `filled_utc` when a paper or a response was filled in. `rushed` are the starred questions
    asked in less time than reading them takes. `lines` are the remote lines that were found working.
    `owner` has it in hand: who began it, or took it over last. Nobody else signs its review.
    `child` says whether the child was asked beside the parent. `asked_by` is who asked each starred
    question aloud last.
    """

    form: str
    version: str
    sha256: str
    begun: Instant | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Who, ...] = ()
    first_at: Instant | None = None
    hurried: bool = False
    findings: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    doubted: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[str, str] = field(default_factory=dict)
    resolutions: Mapping[str, Resolution] = field(default_factory=dict)
    verdict: Verdict = Verdict.NOT_CLEARED
    reviewed: tuple[Who, ...] = ()
    informant: Informant | None = None
    way: str = "interview"
    filled_by: str = ""
    filled_utc: int = 0
    told: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    declined: bool = False
    aloud_at: Instant | None = None
    rushed: tuple[str, ...] = ()
    approver: str = REVIEWER
    approved: tuple[Who, ...] = ()
    remote: bool = False
    lines: Mapping[str, Instant] = field(default_factory=dict)
    emergent: Emergent | None = None
    former: str = ""
    owner: str = ""
    child: str = ""
    asked_by: Mapping[str, str] = field(default_factory=dict)


@frozen
class ScreeningState:
    """Interviews by visit; `former` are the last signed ones of closed visits, oldest first.

    `sheets` are the further forms beside an interview, by visit and then by form.
    """

    cases: Mapping[str, Case] = field(default_factory=dict)
    former: Mapping[str, Former] = field(default_factory=dict)
    sheets: Mapping[str, Mapping[str, Case]] = field(default_factory=dict)


def case_of(state: ScreeningState, visit: str, sheet: str = "") -> Case | None:
    """Return the interview of a visit, or one of the further forms beside it; None where not begun."""
    return state.sheets.get(visit, {}).get(sheet) if sheet else state.cases.get(visit)


def asked_on(case: Case, forms: Mapping[str, Form]) -> Form | None:
    """Return the very version of the form an interview was begun on; None where it cannot be read.

    Forms are found by id for the version in use, and by `id|version` for every released one.
    """
    for name in (f"{case.form}|{case.version}", case.form):
        form = forms.get(name)
        if form is not None and form.sha256 == case.sha256:
            return form
    return None


def replaced(case: Case, forms: Mapping[str, Form]) -> bool:
    """Tell whether another version of its form is in use now: then an interview goes on and admits nobody."""
    form = forms.get(case.form)
    return form is None or form.sha256 != case.sha256


def weightier(one: str, other: str) -> str:
    """Return the answer that counts of two: undecided before yes, and yes before anything else."""
    return max(one, other, key=lambda said: (said in UNDECIDED, said in WEIGHS))


def wants_reason(case: Case, item: Item, answer: str) -> bool:
    """Tell whether this draft answer would take back one that weighed more, which needs a reason."""
    before = case.said.get(item.link_id, "")
    changes = answer not in WEIGHS and answer not in ("", case.answers.get(item.link_id))
    return changes and bool(before) and answering.triggered(item, before) is not None


def counted(case: Case) -> Mapping[str, str]:
    """Return the answers as they count for the reviewers: a corrected one as what was said before."""
    kept = {k: was for k, was in case.corrected.items() if case.answers.get(k, "") not in WEIGHS}
    return {**case.answers, **kept}


def contradictions(case: Case) -> Mapping[str, tuple[Told, ...]]:
    """Return what other sources say otherwise than the form's answer, by linkId."""
    found = {
        item: tuple(one for one in told if _differs(case, item, one)) for item, told in case.told.items()
    }
    return {item: told for item, told in found.items() if told}


def _differs(case: Case, item: str, told: Told) -> bool:
    """Tell whether a source contradicts the form; where nobody was asked, whatever weighs does."""
    answer = case.answers.get(item)
    return told.says in WEIGHS or told.says == ERASED if answer is None else told.says != answer


def in_writing(case: Case, item: str) -> bool:
    """Tell whether two said different things of an item: then only a document settles it."""
    aloud = case.again.get(item)
    differs = aloud is not None and aloud != case.answers.get(item)
    return differs or item in contradictions(case)


def must_resolve(case: Case) -> Mapping[str, Trigger]:
    """Return the items that hold a signed case, by linkId, with the trigger that says who resolves.

    A trigger of the form holds; so does any answer that is no answer, an answer changed after
    signing, and a spoken answer that differed from the form. A draft answer that was corrected to
    "no" holds as what it was; one that was no answer holds also after it became a yes.
    """
    held: dict[str, Trigger] = {}
    answers = counted(case)
    for item, name in case.findings.items():
        trigger = Trigger(name)
        if trigger in MUST_RESOLVE or {answers.get(item), case.said.get(item)} & UNDECIDED:
            held[item] = trigger
    for item, answer in answers.items():
        if answer in UNDECIDED or answer == ERASED:
            held.setdefault(item, Trigger.HOLD_CLINICAL)
    for item in (*case.doubted, *contradictions(case)):
        held.setdefault(item, Trigger.HOLD_CLINICAL)
    return held


def holds_as(case: Case, item: Item, found: Trigger) -> Trigger:
    """Return what a held item is resolved as: what was found, or the worse it was ever said to be."""
    ever = (case.said.get(item.link_id, ""), *(told.says for told in case.told.get(item.link_id, ())))
    weighed = [trigger for said in ever if (trigger := answering.triggered(item, said)) is not None]
    return max((found, *weighed), key=lambda trigger: trigger.rank)


def unresolved(case: Case) -> tuple[str, ...]:
    """Return the items that still hold."""
    return tuple(item for item in must_resolve(case) if item not in case.resolutions)


def of_this_scan(case: Case) -> tuple[str, ...]:
    """Return the items whose resolution was made for this magnet and this examination alone."""
    return tuple(item for item, made in case.resolutions.items() if made.resolution not in OF_THE_BODY)


def aloud(case: Case) -> Mapping[str, str]:
    """Return what whoever has the interview in hand heard aloud: nobody signs for what another heard."""
    return {item: said for item, said in case.again.items() if case.asked_by.get(item) == case.owner}


def to_ask_again(case: Case, form: Form) -> tuple[str, ...]:
    """Return the starred questions that whoever has the interview in hand has not asked aloud yet."""
    heard = aloud(case)
    starred = [item.link_id for item in answering.asked(form, case.answers) if item.ask_again]
    return tuple(item for item in starred if item not in heard)


def verdict(case: Case) -> Verdict:
    """Return what the case comes to. Blank or unsure never comes out as CLEARED (I4)."""
    if case.declined:
        return Verdict.DECLINED
    if not case.first:
        return Verdict.NOT_CLEARED
    if any(r.resolution == UNSUITABLE for r in case.resolutions.values()):
        return Verdict.NOT_SUITABLE
    if unresolved(case):
        return Verdict.HOLD
    if case.emergent is not None:
        return Verdict.EMERGENT
    return Verdict.CLEARED_WITH_CONDITIONS if must_resolve(case) else Verdict.CLEARED


def awaits_approval(case: Case) -> bool:
    """Tell whether the review is signed and whoever the site names has still to approve."""
    return bool(case.reviewed) and case.approver != REVIEWER and not case.approved


def conditions(case: Case) -> tuple[str, ...]:
    """Return the items that stay printed with the clearance: what held, and what nobody asked."""
    left = case.emergent.not_asked if case.emergent else ()
    return (*left, *(item for item in must_resolve(case) if item not in left))


def unsigned_calls(case: Case) -> tuple[str, ...]:
    """Return the items decided by a call whose decider has not signed yet."""
    return tuple(item for item, made in case.resolutions.items() if made.recorded)
