"""One interview with everything a decision about it looks at, and what several decisions ask of it."""

from __future__ import annotations

import json

from mr_safety_console.domain import renal
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.context import Ctx, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import (
    CONDITIONS_MET,
    EVIDENCE,
    RESOLUTIONS,
    RESOLVER,
    RISK_BENEFIT,
    UNDECIDED,
    UNSUITABLE,
    Case,
    counted,
    holds_as,
    in_writing,
    must_resolve,
)
from mr_safety_console.domain.staff import StaffState, credential_over, may, roles_of
from mr_safety_console.domain.text import same_name
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit, outlived
from mr_safety_console.domain.visit_facts import PATIENT
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Form, FormFinding, Trigger


@frozen
class Desk:
    """One interview, or the further form `sheet`, of one attendance, and who is at the console."""

    person: Visit
    case: Case
    form: Form
    ctx: Ctx
    staff: StaffState
    sheet: str = ""

    @property
    def visit(self) -> str:
        """Return the id of the attendance."""
        return self.person.id

    @property
    def subject(self) -> str:
        """Return the pseudonym of whom the interview is about."""
        return self.person.subject

    def may(self, act: str) -> Refused | None:
        """Return why the people here may not do the act, or None.

        Nobody decides on themselves (I5); anybody may write down what they themselves answer.
        """
        if why := may(self.staff, act, self.ctx) or self._beside(act):
            return why
        deciding = {who.person for who in self.ctx.signers}
        if self.ctx.actor is not None and not deciding and act != "answer":
            deciding.add(self.ctx.actor.person)
        return refused("signs-for-self") if any(self.is_self(one) for one in deciding) else None

    def _beside(self, act: str) -> Refused | None:
        """Return why one of those whom an attributed act would be put down to may not do it."""
        roles, signatures = MAY[act]
        for who in self.ctx.signers if not signatures else ():
            if credential_over(self.staff, who.person, self.ctx):
                return refused("credential-expired")
            if not roles & roles_of(self.staff, who.person):
                return refused("role-missing", act=act, roles=", ".join(sorted(roles)))
        return None

    def others(self) -> Refused | None:
        """Return that somebody signs who does not have the interview in hand, or None.

        Who clears is one person, and the record says since when.
        """
        if {who.person for who in self.ctx.signers} <= {self.case.owner}:
            return None
        return self.not_owner()

    @property
    def owner_was_first(self) -> bool:
        """Tell whether the first reviewer has the case in hand: then nobody can sign its review."""
        return self.case.owner in {who.person for who in self.case.first}

    def not_owner(self) -> Refused:
        """Return the refusal that names who has the interview in hand, and how it is taken over."""
        owner = self.staff.people.get(self.case.owner)
        return refused("screening-not-owner", owner=owner.initials if owner else "nobody")

    def is_self(self, person: str) -> bool:
        """Tell whether a member of staff is whom the interview is about, or bears the same name."""
        known = self.staff.people.get(person)
        return person == self.subject or (known is not None and same_name(known.name, self.person.name))


def fits(form: Form, link_id: str, answer: str) -> Refused | None:
    """Return why this is no answer to that question, or None; blank takes an answer back."""
    item = form.item(link_id)
    if item is None:
        return refused("question-unknown", item=link_id)
    wrong = answering.check(item, answer) if answer else None
    return refused("answer-wrong", item=item.code or link_id, what=wrong) if wrong else None


def found(desk: Desk) -> tuple[FormFinding, ...]:
    """Return what the answers set off, and what was said before and taken back or hidden since would have.

    A question that another answer hides is not asked any more; what was said to it still weighs.
    """
    told = answering.findings(desk.form, desk.case.answers)
    asked = {item.link_id for item in answering.asked(desk.form, desk.case.answers)}
    known = {finding.link_id for finding in told}
    still = {k: v for k, v in desk.case.said.items() if k not in asked or v in UNDECIDED}
    counts = {**counted(desk.case), **still}
    more = []
    for link_id in sorted({*desk.case.corrected, *desk.case.said} - known):
        item, said = desk.form.item(link_id), counts.get(link_id, "")
        trigger = answering.triggered(item, said) if item else None
        if item is not None and trigger is not None:
            more.append(FormFinding(link_id, item.code, said, trigger))
    return _with_renal(desk, (*told, *more))


def _with_renal(desk: Desk, told: tuple[FormFinding, ...]) -> tuple[FormFinding, ...]:
    """Return the findings with what kidney and agent say together, unless more was found already."""
    ranks = {one.link_id: one.trigger.rank for one in told}
    more = renal.findings(desk.form, desk.case.answers, desk.ctx.profile, desk.ctx.now)
    worse = tuple(one for one in more if one.trigger.rank >= ranks.get(one.link_id, -1))
    named = {one.link_id for one in worse}
    return (*(one for one in told if one.link_id not in named), *worse)


def hurried(desk: Desk) -> bool:
    """Tell whether the interview was shorter than the site believes one can be; across a reboot never.

    What was answered on paper or elsewhere is only copied here, and a further form is no interview.
    """
    if desk.case.begun is None or desk.case.way != "interview" or desk.sheet:
        return False
    took = elapsed(desk.ctx.now, desk.case.begun)
    return took.continuous and took.seconds < desk.ctx.profile.limit("handling_screening_min_s")


def response(desk: Desk) -> str:
    """Return the answers to the questions asked, as they are signed."""
    asked = {item.link_id for item in answering.asked(desk.form, desk.case.answers)}
    return json.dumps({k: v for k, v in sorted(desk.case.answers.items()) if k in asked}, ensure_ascii=False)


def told_findings(desk: Desk) -> str:
    """Return what the answers set off as it stands in a fact: `linkId|trigger`, separated by spaces."""
    return " ".join(f"{one.link_id}|{one.trigger.value}" for one in found(desk))


def too_old(desk: Desk) -> Refused | None:
    """Return that what was answered and signed is older than an interview may be: nobody signs on it."""
    hours = desk.ctx.profile.limit("screening_valid_h")
    if desk.case.first_at is None or not outlived(desk.case.first_at, hours * 3600, desk.ctx):
        return None
    return refused("answers-old", hours=hours)


def resolvable(desk: Desk, link_id: str, resolution: str, evidence: str) -> str | Refused:
    """Return the act of resolving this item that way, or why nobody can."""
    # A draft answer can still change: what is resolved is an answer that stands under a signature.
    if not desk.case.first:
        return refused("screening-not-signed")
    held, item = must_resolve(desk.case).get(link_id), desk.form.item(link_id)
    if held is None or item is None:
        return refused("nothing-to-resolve", item=link_id)
    if resolution not in RESOLUTIONS or evidence not in EVIDENCE:
        return refused("resolution-unknown", resolutions=", ".join(RESOLUTIONS), evidence=", ".join(EVIDENCE))
    return _act_of(desk, link_id, resolution)


def _act_of(desk: Desk, link_id: str, resolution: str) -> str | Refused:
    """Return the act of resolving an item in one way: who says a thing is who may decide it."""
    if resolution == RISK_BENEFIT:
        return "resolve-clinical"
    act = resolver_of(desk.case, desk.form, link_id)
    if resolution != CONDITIONS_MET:
        return act
    # Conditions are of a label, for one planned scan: nobody else's device has any that could be met.
    if desk.sheet or desk.person.category != PATIENT:
        return refused("conditions-of-patients")
    return "resolve-device" if act == "resolve-removed" else act


def unwritten(desk: Desk, link_id: str, evidence: str, text: str) -> Refused | None:
    """Return that an item wants a document and none is named.

    What two said differently, what must be resolved first, and whatever a starred question found is
    settled by a document alone.
    """
    item = desk.form.item(link_id)
    held = must_resolve(desk.case).get(link_id)
    first = item is not None and held is not None and holds_as(desk.case, item, held) is Trigger.RESOLVE_FIRST
    starred = item is not None and item.ask_again
    if (first or starred or in_writing(desk.case, link_id)) and (evidence == "verbal" or not text.strip()):
        return refused("evidence-in-writing", item=link_id)
    return None


def resolver_of(case: Case, form: Form, link_id: str) -> str:
    """Return the act of resolving an item that holds; what was not suitable is a physician's again."""
    item, held = form.item(link_id), must_resolve(case).get(link_id, Trigger.HOLD_CLINICAL)
    before = case.resolutions.get(link_id)
    if item is None or (before is not None and before.resolution == UNSUITABLE):
        return "resolve-clinical"
    return RESOLVER[holds_as(case, item, held)]
