"""The workflow around the answers: who answers, who resolves from elsewhere, who approves, what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.suite_world import FORM, World, at_the_door, plain_answer, raised, ready, site

from mr_safety_console.domain import clearance, renal, screening
from mr_safety_console.domain.approval_facts import (
    ApproveRemotely,
    ApproveScreening,
    EmergentScreened,
    ItemDecidedByCall,
    ResolveByCall,
    ReviewMarked,
    ScreenEmergent,
    ScreeningApproved,
    SignDecision,
    StateLine,
)
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import US
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.interview_facts import (
    AskChild,
    DeclineScreening,
    InformantRecorded,
    LinkVisit,
    RecordInformant,
    SourceTold,
    TakeResponse,
    TellSource,
    TranscribePaper,
)
from mr_safety_console.domain.lifecycle import AttemptRefused
from mr_safety_console.domain.screening_approval import remote_offered
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerAskedAgain,
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ResolveItem,
    ReviewScreening,
    SignScreening,
    TakeOverScreening,
    Verdict,
)
from mr_safety_console.domain.screening_ways import difference
from mr_safety_console.domain.staff import AddStaff, DateCredential
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.suite_offers import for_visit
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    Leg,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
)
from screening_forms.types import Form, Item, ItemType, Option

DAY_US = 86_400 * US
REPORT = {"resolution": "excluded-by-evidence", "evidence": "radiology-report", "text": "report seen"}


def identified(approver: str = "reviewer") -> tuple[World, str]:
    world = ready()
    world.profile = site(approver=approver)
    visit = world.arrive()
    world.identify(visit)
    return world, visit


def case_of(world: World, visit: str) -> screening.Case:
    return world.state.screening.cases[visit]


def rules(world: World, visit: str) -> list[str]:
    return [found.why.rule for found in entry_findings(world.state, visit, world.ctx())]


def enrol(world: World, initials: str, name: str, *roles: str, until_utc: int = 0) -> None:
    asked = AddStaff(name=name, initials=initials, roles=roles, pin_hash="h", until_utc=until_utc)
    world.do(asked, "SO")
    world.people[initials] = next(reversed(world.state.staff.people))


# --- the scenarios of the field ---


def test_a1_all_no_and_one_left_blank_does_not_leave_answered() -> None:
    """A1, I4: 43 questions say no and Q07 says nothing; there is nothing to sign, and nobody goes in."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(AnswerQuestion(visit=visit, item="Q07", answer=""))
    assert world.refused(SignScreening(visit=visit), "LO") == "questions-blank"
    assert world.refused(ReviewScreening(visit=visit), "TE") == "screening-not-signed"
    assert case_of(world, visit).verdict is Verdict.NOT_CLEARED
    assert world.refused(EnterZoneIV(visit=visit)) == "screening-not-cleared"


def test_a2_level_one_resolves_no_pacemaker_and_the_attempt_is_logged() -> None:
    """A2, I5: unsure about Q01 holds; Level 1 is refused, and why is in the record."""
    world, visit = identified()
    world.screen(visit, Q01="unsure")
    assert case_of(world, visit).verdict is Verdict.HOLD
    assert world.refused(ResolveItem(visit=visit, item="Q01", **REPORT), "LO") == "role-missing"
    kept = world.facts(AttemptRefused)[-1]
    assert (kept.act, kept.rule, kept.visit) == ("resolve-item", "role-missing", visit)
    assert case_of(world, visit).verdict is Verdict.HOLD


def test_a3_a_spoken_answer_that_differs_holds_and_both_are_kept() -> None:
    """A3, I4: the form says no, the patient says yes; both stand, and only a document settles it."""
    world, visit = identified()
    world.interview(visit)
    world.do(AskAgain(visit=visit, item="Q05", answer="yes"))
    world.do(ReviewScreening(visit=visit), "TE")
    case = case_of(world, visit)
    assert case.verdict is Verdict.HOLD
    assert (case.answers["Q05"], case.again["Q05"]) == ("no", "yes")
    spoken = {**REPORT, "evidence": "verbal"}
    assert world.refused(ResolveItem(visit=visit, item="Q05", **spoken), "RA") == "evidence-in-writing"


def remote() -> tuple[World, str]:
    """Return a suite whose site has a remote operator approve, with a reviewed interview."""
    world, visit = identified("remote")
    enrol(world, "RE", "Rita Remote", "REM")
    world.screen(visit)
    return world, visit


def engaged(world: World, visit: str, **changes: Any) -> ApproveRemotely:
    given: dict[str, Any] = {
        "visit": visit,
        "decider": world.people["RE"],
        "method": "intercom",
        "seconds": 30,
        "identity_confirmed": True,
        "credential": "MR-4711",
    }
    return ApproveRemotely(**{**given, **changes})


def test_a4_with_the_intercom_down_a_remote_approval_is_not_offered() -> None:
    """A4: nobody said the line works, or it was found dead, or that was long ago, or before a reboot."""
    world, visit = remote()

    def offered() -> bool:
        return remote_offered(case_of(world, visit), world.ctx())

    assert not offered()
    assert world.refused(engaged(world, visit), "TE") == "line-down"
    world.do(StateLine(visit=visit, method="intercom", works=True))
    assert offered()
    assert world.refused(engaged(world, visit, method="video"), "TE") == "line-down"
    world.do(StateLine(visit=visit, method="intercom", works=False))
    assert not offered()
    assert world.refused(engaged(world, visit), "TE") == "line-down"
    world.do(StateLine(visit=visit, method="intercom", works=True))
    world.advance(901)
    assert not offered()
    world.do(StateLine(visit=visit, method="intercom", works=True))
    world.clock.reboot(1)
    assert not offered()
    assert not world.visit(visit).stands(Leg.SCREENING)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"seconds": 29}, "engagement-missing"),
        ({"seconds": 0}, "engagement-missing"),
        ({"identity_confirmed": False}, "engagement-missing"),
        ({"credential": " "}, "credential-blank"),
    ],
)
def test_a5_without_thirty_seconds_of_engagement_a_remote_approval_is_refused(
    change: dict[str, Any], rule: str
) -> None:
    """A5: less than 30 s with the patient, or an identity nobody confirmed, approves nothing."""
    world, visit = remote()
    world.do(StateLine(visit=visit, method="intercom", works=True))
    assert world.refused(engaged(world, visit, **change), "TE") == rule
    assert "approval-missing" in rules(world, visit)
    world.do(engaged(world, visit), "TE")
    (told,) = world.facts(ScreeningApproved)
    assert (told.remote, told.method, told.seconds, told.identity_confirmed) == (True, "intercom", 30, True)
    assert (told.decider, told.credential) == (world.people["RE"], "MR-4711")
    assert world.visit(visit).stands(Leg.SCREENING)
    assert "approval-missing" not in rules(world, visit)


def contrast(**answers: str) -> tuple[Form, dict[str, str]]:
    """Return the contrast form's two questions, as they will stand in it, and their answers."""
    groups = tuple(Option(code, code) for code in ("none", "I", "II", "III", "unsure"))
    items = (
        Item("agent-group", "Which group?", ItemType.CHOICE, required=True, options=groups),
        Item("egfr", "eGFR", ItemType.INTEGER),
    )
    return Form("contrast-renal", "1", "urn:x", "Contrast", "draft", "en", items, "x"), answers


@pytest.mark.parametrize(
    ("group", "egfr", "found"),
    [
        ("III", "28", "HOLD_CLINICAL"),
        ("II", "28", "INFO"),
        ("III", "30", None),
        ("II", "30", None),
        ("I", "29", "HOLD_CLINICAL"),
        ("unsure", "29", "HOLD_CLINICAL"),
        ("III", "", "HOLD_CLINICAL"),
        ("", "28", "HOLD_CLINICAL"),
        ("II", "", "INFO"),
        ("none", "28", None),
    ],
)
def test_a34_a_low_figure_holds_for_group_three_and_is_told_for_group_two(
    group: str, egfr: str, found: str | None
) -> None:
    """A34: eGFR 28 with group III waits for the radiologist; with group II it is information."""
    form, answers = contrast(**{"agent-group": group, "egfr": egfr})
    told = renal.findings(form, answers, site(), World().clock.now())
    assert [one.trigger.value for one in told] == ([found] if found else [])


def with_contrast(**answers: str) -> tuple[World, str]:
    """Return an interview, asked aloud, whose form asks for agent and kidneys as well."""
    world, visit = identified()
    form, _ = contrast()
    asked = tuple(replace(item, required=True) for item in form.items)
    adult = world.forms[FORM]
    world.forms[FORM] = replace(adult, items=(*adult.items, *asked))
    world.interview(visit, **answers)
    return world, visit


def test_a34_the_radiologist_lifts_it_and_no_technologist() -> None:
    """A34: on an interview that asks for both, the hold stands for RAD and leaves a condition."""
    world, visit = with_contrast(**{"agent-group": "III", "egfr": "28"})
    assert screening.unresolved(case_of(world, visit)) == ("egfr",)
    weighed = {**REPORT, "resolution": "radiologist-risk-benefit"}
    assert world.refused(ResolveItem(visit=visit, item="egfr", **weighed), "TE") == "role-missing"
    world.do(ResolveItem(visit=visit, item="egfr", **weighed), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS
    assert screening.conditions(case_of(world, visit)) == ("egfr",)


def test_a34_group_two_is_told_and_holds_nothing() -> None:
    """A34: the finding stands in the record, and the interview goes on."""
    world, visit = with_contrast(**{"agent-group": "II", "egfr": "28"})
    assert case_of(world, visit).findings["egfr"] == "INFO"
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED


def test_s7_request_and_form_disagree_and_only_a_document_settles_it() -> None:
    """S7: the request tells of a pacemaker the patient denies; the row blocks until a source document."""
    world, visit = identified()
    world.interview(visit)
    told = TellSource(visit=visit, item="Q01", source="request", says="yes", text="referral of 3 May")
    world.do(told)
    assert [one.source for one in screening.contradictions(case_of(world, visit))["Q01"]] == ["request"]
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD
    spoken = {**REPORT, "evidence": "verbal"}
    assert world.refused(ResolveItem(visit=visit, item="Q01", **spoken), "RA") == "evidence-in-writing"
    assert world.refused(ResolveItem(visit=visit, item="Q01", **REPORT), "TE") == "role-missing"
    world.do(ResolveItem(visit=visit, item="Q01", **REPORT), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS
    assert "Q01" in screening.conditions(case_of(world, visit))


def test_s7_no_surgery_said_twice_and_a_scar_seen_escalates() -> None:
    """S7: no on the form and aloud, a scar on the skin: it holds, and a resolution from before falls."""
    world, visit = at_the_door()
    assert world.visit(visit).stands(Leg.SCREENING)
    world.do(TellSource(visit=visit, item="Q10", source="examination", says="yes", text="scar, left chest"))
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert world.refused(EnterZoneIV(visit=visit)) == "screening-not-cleared"


def test_s7_an_alarm_nobody_can_explain_contradicts_the_form() -> None:
    """S7, I12: the detector rang, nobody knows why, and the form says there is nothing on the body."""
    world, visit = at_the_door()
    world.observe("fmd-left", Condition.DANGER, edges=1)
    world.observe("fmd-left", Condition.NORMAL)
    alarm = world.alarm("ferrous-approach")
    world.dispose(alarm.id, "unknown")
    (told,) = world.facts(SourceTold)
    assert (told.item, told.source, told.text) == ("Q44", "detector", f"A{alarm.no}")
    assert world.visit(visit).holds
    assert screening.unresolved(case_of(world, visit)) == ("Q44",)


def test_s7_a_level_one_prepares_and_does_not_sign() -> None:
    """S7: the named exits are an answer, a physician, or another day; Level 1 signs none of them."""
    world, visit = identified()
    world.interview(visit, Q02="unsure")
    for asked in (ReviewScreening(visit=visit), ResolveItem(visit=visit, item="Q02", **REPORT)):
        assert world.refused(asked, "LO") == "role-missing"


# --- who answers ---


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"who": "neighbour"}, "informant-terms"),
        ({"capacity": "lacks"}, "informant-capacity"),
        ({"capacity": "unsure"}, "informant-capacity"),
        ({"who": "proxy", "relation": "sister"}, "informant-relation"),
        ({"who": "proxy", "why": "asleep"}, "informant-relation"),
        ({"interpreter": "professional"}, "interpreter-id"),
        ({"language": " "}, "informant-terms"),
    ],
)
def test_who_answers_is_told_whole_or_not_at_all(change: dict[str, str], rule: str) -> None:
    """I4: relation and reason of a proxy, a capacity that was judged, the interpreter's number."""
    world, visit = identified()
    world.do(BeginScreening(visit=visit))
    assert world.refused(RecordInformant(visit=visit, **change)) == rule
    assert case_of(world, visit).informant is None


def test_nothing_is_signed_before_it_is_known_who_answered() -> None:
    world, visit = identified()
    world.do(BeginScreening(visit=visit))
    world.answer_all(visit)
    assert world.refused(SignScreening(visit=visit), "LO") == "informant-missing"
    world.do(RecordInformant(visit=visit, who="proxy", relation="sister", why="asleep", capacity="lacks"))
    world.do(SignScreening(visit=visit), "LO")
    (told,) = world.facts(InformantRecorded)
    assert (told.who, told.relation, told.why, told.capacity) == ("proxy", "sister", "asleep", "lacks")


def test_no_relative_interprets_what_is_asked_aloud() -> None:
    world, visit = identified()
    world.begin(visit)
    world.do(RecordInformant(visit=visit, interpreter="family", language="tr"))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "interpreter-family"
    world.do(RecordInformant(visit=visit, interpreter="professional", interpreter_id="I-12", language="tr"))
    world.do(AskAgain(visit=visit, item="Q01", answer="no"))


# --- who signs ---


@pytest.mark.parametrize("act", ["first", "review", "resolve"])
def test_nobody_decides_on_themselves_under_their_own_name(act: str) -> None:
    """I5: whoever bears the patient's name, however it is written, does not sign for that patient."""
    world = ready()
    enrol(world, "PE", "Pat Example", "L2", "RAD")
    visit = world.arrive(name="EXAMPLE, Pat")
    world.identify(visit)
    world.begin(visit)
    world.answer_all(visit, Q08="yes")
    if act == "first":
        assert world.refused(SignScreening(visit=visit), "PE") == "signs-for-self"
        return
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    if act == "review":
        assert world.refused(ReviewScreening(visit=visit), "PE") == "signs-for-self"
    else:
        assert world.refused(ResolveItem(visit=visit, item="Q08", **REPORT), "PE") == "signs-for-self"


def test_a_credential_that_has_run_out_signs_nothing_and_what_is_under_way_goes_on() -> None:
    """I5, A22: from that moment no new signature; leaving and telling stay possible."""
    world, visit = identified()
    now = world.clock.now().utc
    enrol(world, "EX", "Elke Expired", "L2", until_utc=now + 3600 * US)
    world.interview(visit)
    world.sign_on("EX")
    world.advance(3600)
    assert world.refused(ReviewScreening(visit=visit), "EX") == "credential-expired"
    assert world.refused(ReviewScreening(visit=visit), "TE", "EX") == "credential-expired"
    world.do(RecordBelongings(visit=visit))
    late = world.clock.now().utc + 365 * DAY_US
    renewed = DateCredential(person=world.people["EX"], until_utc=late)
    assert world.refused(renewed, "EX") in ("role-missing", "credential-expired")
    world.do(renewed, "SO")
    world.do(TakeOverScreening(visit=visit), "EX")
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "EX")
    assert case_of(world, visit).verdict is Verdict.CLEARED


def test_nobody_dates_their_own_credential() -> None:
    """I5: not the officer either."""
    world = ready()
    asked = DateCredential(person=world.people["SO"], until_utc=world.clock.now().utc + DAY_US)
    assert world.refused(asked, "SO") == "signs-for-self"


def test_only_an_interview_screens_anybody() -> None:
    """I4: a list of six items is no screening, and a companion's form is none for a patient."""
    world, visit = identified()
    for name in ("hearing", "final-check", "coil-and-positioning"):
        assert world.refused(BeginScreening(visit=visit, form=name)) == "form-no-interview"
    world.forms["screening-companion"] = replace(world.forms[FORM], id="screening-companion")
    asked = BeginScreening(visit=visit, form="screening-companion")
    assert world.refused(asked) == "form-no-interview"
    world.do(OpenVisit(name="Cora Companion", birth_date="1980-01-01", exam="", category="companion"))
    other = next(reversed(world.state.visits.open))
    world.do(BeginScreening(visit=other, form="screening-companion"))


# --- final approval ---


def test_the_site_names_who_approves_and_the_review_alone_lets_nobody_in() -> None:
    world, visit = identified("RAD")
    world.screen(visit)
    assert case_of(world, visit).verdict is Verdict.CLEARED
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "approval-missing" in rules(world, visit)
    assert for_visit(world.state, visit, world.ctx())[0].command.kind == "approve-screening"
    assert world.refused(ApproveScreening(visit=visit), "LT") == "approver-other"
    assert world.refused(ApproveScreening(visit=visit), "TE") == "approver-reviewed"
    world.do(ApproveScreening(visit=visit), "RA")
    assert world.visit(visit).stands(Leg.SCREENING)
    assert world.refused(ApproveScreening(visit=visit), "RA") == "approval-done"
    world.do(AmendAnswer(visit=visit, item="Q08", answer="yes", reason="remembered", informant="patient"))
    assert case_of(world, visit).approved == ()
    assert not world.visit(visit).stands(Leg.SCREENING)


def test_where_the_reviewer_approves_nobody_else_has_to() -> None:
    world, visit = identified()
    world.screen(visit)
    assert world.visit(visit).stands(Leg.SCREENING)
    assert world.refused(ApproveScreening(visit=visit), "RA") == "approval-done"


def test_nothing_that_holds_is_approved() -> None:
    """I4: an approval never stands in for a resolution."""
    world, visit = identified("RAD")
    world.screen(visit, Q08="yes")
    assert world.refused(ApproveScreening(visit=visit), "RA") == "review-first"


@pytest.mark.parametrize(
    ("decider", "rule"), [("TE", "decider-role"), ("LO", "decider-role"), ("XX", "credential-expired")]
)
def test_a_remote_approver_is_in_the_register_with_the_role_and_a_credential(decider: str, rule: str) -> None:
    world, visit = remote()
    enrol(world, "XX", "Xenia Expired", "REM", until_utc=1)
    world.do(StateLine(visit=visit, method="intercom", works=True))
    assert world.refused(engaged(world, visit, decider=world.people[decider]), "LT") == rule


# --- decisions by a call ---


def called(world: World, visit: str, **changes: Any) -> ResolveByCall:
    given: dict[str, Any] = {
        "visit": visit,
        "item": "Q01",
        **REPORT,
        "decider": world.people["RA"],
        "callback": "4711",
        "read_back": True,
        "decided_utc": world.clock.now().utc - 60 * US,
    }
    return ResolveByCall(**{**given, **changes})


def test_a_decision_by_a_call_names_decider_and_recorder_until_the_decider_signs() -> None:
    """I5: role, number, read-back and time stand in the record; two names until one of them signs."""
    world, visit = identified()
    world.interview(visit, Q01="yes")
    world.do(called(world, visit), "TE")
    (told,) = world.facts(ItemDecidedByCall)
    assert (told.decider, told.role, told.callback) == (world.people["RA"], "RAD", "4711")
    assert screening.unsigned_calls(case_of(world, visit)) == ("Q01",)
    made = case_of(world, visit).resolutions["Q01"]
    assert [who.person for who in made.by] == [world.people["RA"]]
    assert [who.person for who in made.recorded] == [world.people["TE"]]
    assert world.refused(SignDecision(visit=visit, item="Q01"), "LT") == "decider-signs"
    world.do(SignDecision(visit=visit, item="Q01"), "RA")
    assert screening.unsigned_calls(case_of(world, visit)) == ()
    assert world.refused(SignDecision(visit=visit, item="Q01"), "RA") == "nothing-to-resolve"
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS


@pytest.mark.parametrize(
    ("change", "signer", "rule"),
    [
        ({"read_back": False}, "TE", "call-unread"),
        ({"callback": " "}, "TE", "call-unread"),
        ({"evidence": "verbal"}, "TE", "evidence-in-writing"),
        ({"text": ""}, "TE", "evidence-in-writing"),
        ({"item": "Q02"}, "TE", "nothing-to-resolve"),
        ({}, "LO", "role-missing"),
        ({"decider": "nobody"}, "TE", "decider-role"),
        ({"decided_utc": 1}, "TE", "call-when"),
    ],
)
def test_a_call_without_its_particulars_resolves_nothing(
    change: dict[str, Any], signer: str, rule: str
) -> None:
    """I4, I5: a decision nobody read back, or on a spoken history, is none."""
    world, visit = identified()
    world.interview(visit, Q01="yes")
    assert world.refused(called(world, visit, **change), signer) == rule
    assert screening.unresolved(case_of(world, visit)) == ("Q01",)


def test_a_call_from_tomorrow_and_a_decider_who_sits_here_are_refused() -> None:
    world, visit = identified()
    world.interview(visit, Q01="yes")
    ahead = called(world, visit, decided_utc=world.clock.now().utc + US)
    assert world.refused(ahead, "TE") == "call-when"
    enrol(world, "DR", "Dora Double", "RAD", "L2")
    assert world.refused(called(world, visit, decider=world.people["DR"]), "DR") == "decider-here"
    assert world.refused(called(world, visit, decider=world.people["LT"]), "TE") == "decider-role"


# --- the emergent path ---


def emergent(world: World, visit: str, **changes: Any) -> ScreenEmergent:
    given: dict[str, Any] = {
        "visit": visit,
        "ordering": "Dr Otto Orderer",
        "covering": world.people["RA"],
        "callback": "4711",
        "read_back": True,
        "why": "cord compression",
    }
    return ScreenEmergent(**{**given, **changes})


def test_the_emergent_screen_lets_in_by_its_own_name_and_prints_what_nobody_asked() -> None:
    """I4: never CLEARED, whatever was answered; what was not asked stands as its conditions."""
    world, visit = identified()
    world.begin(visit)
    for item in ("Q01", "Q02"):
        world.do(AnswerQuestion(visit=visit, item=item, answer="no"))
    world.do(emergent(world, visit), "TE")
    case = case_of(world, visit)
    assert case.verdict is Verdict.EMERGENT
    assert world.visit(visit).stands(Leg.SCREENING)
    assert "screening-not-cleared" not in rules(world, visit)
    (told,) = world.facts(EmergentScreened)
    assert "Q07" in told.not_asked
    assert "Q01" not in told.not_asked
    assert set(told.not_asked) <= set(screening.conditions(case))
    assert (told.ordering, told.covering) == ("Dr Otto Orderer", world.people["RA"])


def test_an_emergent_screen_that_found_something_holds_like_any_other() -> None:
    """I4: the emergency excuses what was not asked, never what was answered."""
    world, visit = identified()
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q01", answer="unsure"))
    world.do(emergent(world, visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD
    assert not world.visit(visit).stands(Leg.SCREENING)
    world.do(ResolveItem(visit=visit, item="Q01", **REPORT), "RA")
    world.do(emergent(world, visit), "TE")
    assert case_of(world, visit).verdict is Verdict.EMERGENT
    assert world.visit(visit).stands(Leg.SCREENING)


def test_asking_afterwards_takes_the_emergent_screen_away_and_leads_to_the_ordinary_one() -> None:
    world, visit = identified()
    world.begin(visit)
    world.do(emergent(world, visit), "TE")
    world.do(AnswerQuestion(visit=visit, item="Q01", answer="no"))
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert case_of(world, visit).verdict is Verdict.NOT_CLEARED
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED


@pytest.mark.parametrize(
    ("change", "signer", "rule"),
    [
        ({"ordering": ""}, "TE", "emergent-names"),
        ({"why": " "}, "TE", "emergent-names"),
        ({"covering": "nobody"}, "TE", "decider-role"),
        ({"read_back": False}, "TE", "call-unread"),
        ({}, "LO", "role-missing"),
        ({}, "MS", "role-missing"),
    ],
)
def test_the_emergent_path_wants_level_two_and_both_physicians(
    change: dict[str, Any], signer: str, rule: str
) -> None:
    """I5: one Level 2 screen, the ordering and the covering physician named and called."""
    world, visit = identified()
    world.begin(visit)
    assert world.refused(emergent(world, visit, **change), signer) == rule
    assert case_of(world, visit).emergent is None


def test_another_persons_review_of_an_emergent_screen_does_not_make_it_cleared() -> None:
    """I4: nobody reviews a blank away."""
    world, visit = identified()
    world.begin(visit)
    world.do(emergent(world, visit), "TE")
    world.sign_on("LT")
    world.do(TakeOverScreening(visit=visit))
    assert world.refused(ReviewScreening(visit=visit), "LT") == "ask-again-first"
    world.do(AskAgain(visit=visit, item="Q07", answer="no"))
    assert case_of(world, visit).verdict is Verdict.NOT_CLEARED
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "Q07" in screening.conditions(case_of(world, visit))


# --- three ways in ---


def test_a_paper_is_copied_in_with_who_and_both_times() -> None:
    world, visit = identified()
    world.begin(visit)
    filled = world.clock.now().utc - 3600 * US
    world.do(TranscribePaper(visit=visit, filled_by="the patient", filled_utc=filled))
    case = case_of(world, visit)
    assert (case.way, case.filled_by, case.filled_utc) == ("paper", "the patient", filled)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    assert not case_of(world, visit).hurried
    assert screening.to_ask_again(case_of(world, visit), world.forms[FORM])


@pytest.mark.parametrize(
    ("who", "age_h", "rule"),
    [(" ", 1, "written-by-whom"), ("ward", 25, "written-when"), ("w", -1, "written-when")],
)
@pytest.mark.parametrize("way", ["paper", "response"])
def test_answers_from_elsewhere_are_of_today_and_somebodys(way: str, who: str, age_h: int, rule: str) -> None:
    """I4: an old form is an old answer."""
    world, visit = identified()
    world.begin(visit)
    at = world.clock.now().utc - age_h * 3600 * US
    paper = TranscribePaper(visit=visit, filled_by=who, filled_utc=at)
    file = TakeResponse(visit=visit, source=who, authored_utc=at, sha256="x", count=1)
    assert world.refused(paper if way == "paper" else file) == rule


def test_answers_from_elsewhere_go_only_into_a_blank_form() -> None:
    world, visit = identified()
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q01", answer="no"))
    at = world.clock.now().utc
    assert world.refused(TranscribePaper(visit=visit, filled_by="ward", filled_utc=at)) == "answers-begun"
    asked = TakeResponse(visit=visit, source="portal", authored_utc=at, sha256="x", count=3)
    assert world.refused(asked) == "answers-begun"


def test_a_response_from_elsewhere_is_never_a_review() -> None:
    """I4, I10: every answer is a command of its own, checked; the stars are asked and two people sign."""
    world, visit = identified()
    world.begin(visit)
    at = world.clock.now().utc
    world.do(TakeResponse(visit=visit, source="portal", authored_utc=at, sha256="x", count=2))
    world.answer_all(visit)
    case = case_of(world, visit)
    assert (case.way, case.first, case.reviewed) == ("response", (), ())
    assert world.refused(ReviewScreening(visit=visit), "TE") == "screening-not-signed"
    world.do(SignScreening(visit=visit), "LO")
    assert world.refused(ReviewScreening(visit=visit), "TE") == "ask-again-first"


# --- declined, not suitable ---


def test_a_patient_who_declines_leaves_nothing_but_the_close() -> None:
    world, visit = at_the_door()
    assert world.refused(DeclineScreening(visit=visit, reason=" ")) == "decline-reason"
    world.do(DeclineScreening(visit=visit, reason="does not want the scan"))
    case = case_of(world, visit)
    assert (case.verdict, screening.verdict(case)) == (Verdict.DECLINED, Verdict.DECLINED)
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "screening-declined" in rules(world, visit)
    for asked, signer in (
        (AnswerQuestion(visit=visit, item="Q01", answer="no"), ()),
        (SignScreening(visit=visit), ("LO",)),
        (ReviewScreening(visit=visit), ("LT",)),
        (emergent(world, visit), ("TE",)),
        (BeginScreening(visit=visit), ()),
    ):
        assert world.refused(asked, *signer) in ("screening-declined", "screening-begun")
    proposed = for_visit(world.state, visit, world.ctx())[0]
    assert proposed.command == CloseVisit(visit=visit, outcome="refused")
    world.do(proposed.command)
    assert visit not in world.state.visits.open


def test_not_suitable_proposes_the_close_and_lets_nobody_in() -> None:
    world, visit = identified()
    world.interview(visit, Q08="yes")
    world.do(ResolveItem(visit=visit, item="Q08", **{**REPORT, "resolution": "not-suitable"}), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.NOT_SUITABLE
    proposed = for_visit(world.state, visit, world.ctx())[0]
    assert proposed.command == CloseVisit(visit=visit, outcome="not-scanned")
    assert "screening-not-cleared" in rules(world, visit)


# --- the same person again ---


def came_before(**other: str) -> tuple[World, str]:
    """Return a suite in which Pat Example was interviewed before as V1, and a new visit of theirs."""
    world, first = identified()
    world.interview(first, **other)
    world.do(CloseVisit(visit=first, outcome="not-scanned"))
    second = world.arrive()
    world.identify(second)
    return world, second


def test_a_former_visit_is_seen_only_after_independent_answering_and_prefills_nothing() -> None:
    """I8: nothing of it is in the blank form; it is linked by staff alone, and after everything was asked."""
    world, visit = came_before(Q33="yes")
    world.begin(visit)
    assert case_of(world, visit).answers == {"informant": "self"}
    assert world.refused(LinkVisit(visit=visit, no=1)) == "former-not-yet"
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    assert world.refused(LinkVisit(visit=visit, no=1)) == "former-not-yet"
    world.ask_aloud(visit)
    assert case_of(world, visit).former == ""
    world.do(LinkVisit(visit=visit, no=1))
    former = world.state.screening.former[case_of(world, visit).former]
    assert difference(former, case_of(world, visit)) == ("Q33", "Q33.detail")
    assert world.visit(visit).subject != former.name
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED


def test_what_was_in_the_body_then_and_is_denied_now_holds() -> None:
    """S7: a pacemaker of last month is not undone by a no of today."""
    world, visit = came_before(Q01="yes")
    world.interview(visit)
    world.do(LinkVisit(visit=visit, no=1))
    assert screening.unresolved(case_of(world, visit)) == ("Q01",)
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD
    assert world.do(LinkVisit(visit=visit, no=1)) == ()


def test_another_person_of_the_list_is_not_linked() -> None:
    """I8: name and birth date are compared; a number alone links nobody."""
    world, visit = came_before()
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    other = world.arrive(name="Sam Sample")
    world.identify(other)
    world.interview(other)
    assert world.refused(LinkVisit(visit=other, no=1)) == "former-other-person"
    assert world.refused(LinkVisit(visit=other, no=99)) == "former-unknown"


def test_an_unsigned_interview_is_not_kept_for_anybody() -> None:
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit, Q01="yes")
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert world.state.screening.former == {}


# --- pace ---


def test_a_review_faster_than_reading_aloud_is_marked_for_the_supervisor() -> None:
    """The dwell of each ★ stands in the record; nobody is kept by it, and nobody can hide it."""
    world, visit = identified()
    world.screen(visit)
    asked = world.facts(AnswerAskedAgain)
    assert [one.dwell_ms for one in asked] == [0] * len(asked)
    (marked,) = world.facts(ReviewMarked)
    assert (marked.rushed, marked.asked) == (len(asked), len(asked))
    assert case_of(world, visit).verdict is Verdict.CLEARED


def test_a_review_read_aloud_is_not_marked_and_asking_again_slowly_takes_the_mark_away() -> None:
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    stars = [item for item in world.forms[FORM].walk() if item.ask_again]
    for number, item in enumerate(stars):
        world.advance(20 if number else 1)
        world.do(AskAgain(visit=visit, item=item.link_id, answer=plain_answer(item)))
    assert case_of(world, visit).rushed == (stars[0].link_id,)
    world.advance(20)
    world.do(AskAgain(visit=visit, item=stars[0].link_id, answer="no"))
    assert world.facts(AnswerAskedAgain)[-1].dwell_ms == 20_000
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.facts(ReviewMarked) == []


def test_every_admitting_verdict_is_known_by_name() -> None:
    """I4: what admits is listed once, and the emergent screen is not among what is called cleared."""
    assert clearance.CLEARED == (Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS)
    assert set(clearance.ADMITTING) - set(clearance.CLEARED) == {Verdict.EMERGENT}


def test_who_answers_is_asked_once_and_stands_on_the_form() -> None:
    """W4: the record of who answers fills the form's own question in; nobody asks it twice."""
    world, visit = identified()
    world.do(BeginScreening(visit=visit))
    proxy = {"who": "proxy", "relation": "daughter", "why": "aphasia", "capacity": "unsure"}
    world.do(RecordInformant(visit=visit, **proxy))
    answers = case_of(world, visit).answers
    assert (answers["informant"], answers["informant.proxy"]) == ("proxy", "daughter: aphasia")
    world.do(RecordInformant(visit=visit))
    assert case_of(world, visit).answers["informant"] == "proxy", "what stands on the form is changed there"
    assert world.refused(BeginScreening(visit=visit)) == "screening-begun"
    paper = TranscribePaper(visit=visit, filled_by="the patient", filled_utc=world.clock.utc)
    world.do(paper)


def test_parent_and_child_are_each_asked_before_the_review_of_a_childs_interview() -> None:
    """W4: the starred questions are put to both; an amendment asks both anew."""
    world, visit = identified()
    world.do(BeginScreening(visit=visit, form="screening-paediatric"))
    world.do(RecordInformant(visit=visit, who="parent", relation="mother", why="a child"))
    assert world.refused(AskChild(visit=visit, how="asked")) == "screening-not-signed"
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "child-not-asked"
    assert world.refused(AskChild(visit=visit, how="no idea")) == "child-not-asked"
    world.do(AskChild(visit=visit, how="asked"))
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).reviewed
    world.do(AmendAnswer(visit=visit, item="Q05", answer="no", reason="again", informant="mother"))
    assert case_of(world, visit).child == ""


# --- what comes up while somebody is inside ---


def inside(**said: str) -> tuple[World, str]:
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.screen(visit, **said)
    for item in said:
        world.do(ResolveItem(visit=visit, item=item, **REPORT), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    world.do(RecordBelongings(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert not world.visit(visit).uncleared
    return world, visit


def a_late_yes(visit: str) -> AmendAnswer:
    return AmendAnswer(visit=visit, item="Q01", answer="yes", reason="remembers", informant="patient")


@pytest.mark.parametrize(
    "said",
    [
        a_late_yes,
        lambda visit: AskAgain(visit=visit, item="Q01", answer="yes"),
        lambda visit: TellSource(visit=visit, item="Q01", source="request", says="yes", text="letter"),
        lambda visit: DeclineScreening(visit=visit, reason="wants out"),
    ],
)
def test_what_is_said_against_somebody_who_is_inside_brings_them_out(
    said: Callable[[str], Command],
) -> None:
    """S7, I8: a pacemaker remembered on the table is a High alarm, not a line on a screen."""
    world, visit = inside()
    facts = world.do(said(visit))
    assert raised(facts) == ["clearance-void"]
    assert world.visit(visit).uncleared
    assert "entered-uncleared" in [
        one.why.rule for one in clearance.start(world.state, world.visit(visit), world.ctx())
    ]


def test_not_suitable_brings_out_whoever_is_inside_and_a_resolution_that_carries_does_not() -> None:
    world, visit = inside(Q01="unsure")
    world.do(ResolveItem(visit=visit, item="Q01", **REPORT), "RA")
    assert not world.visit(visit).uncleared
    unsuitable = {**REPORT, "resolution": "not-suitable"}
    assert raised(world.do(ResolveItem(visit=visit, item="Q01", **unsuitable), "RA")) == ["clearance-void"]
    assert world.visit(visit).uncleared


def test_a_figure_put_right_while_somebody_is_inside_rings_nothing_and_holds_the_scan() -> None:
    world, visit = inside()
    asked = AmendAnswer(visit=visit, item="weight", answer="76", reason="weighed", informant="nurse")
    assert raised(world.do(asked)) == []
    assert not world.visit(visit).uncleared
    assert not world.visit(visit).stands(Leg.SCREENING)


def test_asking_on_after_an_emergent_screen_rings_only_for_what_weighs() -> None:
    """I7: nobody is kept from asking the family while the patient is inside."""
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    world.do(emergent(world, visit), "TE")
    world.do(RecordBelongings(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert raised(world.do(AnswerQuestion(visit=visit, item="Q02", answer="no"))) == []
    assert raised(world.do(AnswerQuestion(visit=visit, item="Q01", answer="unsure"))) == ["clearance-void"]


def test_another_informant_after_the_review_voids_it_and_is_asked_everything_anew() -> None:
    """W4: who answered, and through whom, is part of what was reviewed."""
    world, visit = identified()
    world.screen(visit)
    same = RecordInformant(visit=visit)
    world.do(same)
    assert world.visit(visit).stands(Leg.SCREENING)
    proxy = RecordInformant(
        visit=visit, who="proxy", relation="son", why="confused", capacity="lacks", interpreter="none"
    )
    world.do(proxy)
    assert case_of(world, visit).verdict is Verdict.NOT_CLEARED
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "ask-again-first"


def test_nobody_approves_answers_of_another_day() -> None:
    """W4: 24 h from the answers, whoever signs last; an approval makes an old review no younger."""
    world, visit = identified("RAD")
    world.screen(visit)
    world.advance(24 * 3600 + 1)
    assert world.refused(ApproveScreening(visit=visit), "RA") == "answers-old"
    assert not world.visit(visit).stands(Leg.SCREENING)


def test_a_child_does_not_answer_for_itself_alone() -> None:
    """W4: parent and child are each asked."""
    world, visit = identified()
    world.do(BeginScreening(visit=visit, form="screening-paediatric"))
    assert world.refused(RecordInformant(visit=visit)) == "informant-child"
    world.do(RecordInformant(visit=visit, who="parent", relation="mother", why="a child"))
