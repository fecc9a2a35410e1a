"""No reachable way from what nobody knows to a clearance: any acts, in any order, by anybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.suite_world import FORM, STAFF, World, plain_answer, ready, site

from mr_safety_console.domain import screening
from mr_safety_console.domain.approval_facts import (
    ApproveScreening,
    EmergentScreened,
    ItemDecidedByCall,
    ResolveByCall,
    ScreenEmergent,
    ScreeningApproved,
    SignDecision,
)
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import US
from mr_safety_console.domain.interview_facts import (
    DeclineScreening,
    RecordInformant,
    SourceTold,
    TellSource,
)
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerAmended,
    AnswerAskedAgain,
    AnswerCorrected,
    AnswerGiven,
    AnswerQuestion,
    AskAgain,
    ItemResolved,
    ResolveItem,
    ReviewScreening,
    ScreeningBegun,
    ScreeningReviewed,
    ScreeningSigned,
    ScreeningTakenOver,
    SignScreening,
    TakeOverScreening,
    Verdict,
)
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import Leg, LegFell, LegMade
from screening_forms import answering

ITEMS = ("Q01", "Q06", "Q08", "Q10", "Q16", "Q19", "Q44", "Q17")
"""One question of each kind: to resolve first, device, clinical, detail, info, remove, loop, with a child."""
SAID = ("no", "yes", "unsure", "refused", "unable", "")
UNDECIDED = {"unsure", "refused", "unable"}
SIGNERS = ("TE", "LT", "LO", "RA", "MS", "EX", "PX", "stranger")
"""EX is a Level 2 person whose credential has run out; PX is the patient, who works here."""
CLEARED = {Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS}
Step = tuple[str, int]

SHORT = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def begun(approver: str) -> tuple[World, str]:
    """Return an interview of Pat Example with every question answered no, and nothing signed."""
    world = ready()
    world.profile = site(approver=approver)
    for initials, name, until in (("EX", "Elke Expired", 1), ("PX", "Pat Example", 0)):
        asked = AddStaff(
            name=name, initials=initials, roles=("L2", "RAD"), pin_hash=initials, until_utc=until
        )
        world.do(asked, "SO")
        world.people[initials] = next(reversed(world.state.staff.people))
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    world.answer_all(visit)
    return world, visit


def _pick(n: int) -> tuple[str, str]:
    return ITEMS[n % len(ITEMS)], SAID[n // len(ITEMS) % len(SAID)]


def _who(n: int) -> str:
    return SIGNERS[n % len(SIGNERS)]


def _answer(world: World, visit: str, n: int) -> None:
    item, said = _pick(n)
    world.give(AnswerQuestion(visit=visit, item=item, answer=said))


def _amend(world: World, visit: str, n: int) -> None:
    item, said = _pick(n)
    world.give(AmendAnswer(visit=visit, item=item, answer=said, reason="told", informant="patient"))


def _aloud(world: World, visit: str, n: int) -> None:
    item, said = _pick(n)
    world.give(AskAgain(visit=visit, item=item, answer=said))


def _ask_all(world: World, visit: str, n: int) -> None:
    case = world.state.screening.cases[visit]
    for link_id in screening.to_ask_again(case, world.forms[FORM]):
        world.give(AskAgain(visit=visit, item=link_id, answer=case.answers.get(link_id, "unsure")))


def _fill(world: World, visit: str, n: int) -> None:
    for item in answering.missing(world.forms[FORM], world.state.screening.cases[visit].answers):
        world.give(AnswerQuestion(visit=visit, item=item.link_id, answer=plain_answer(item)))


def _resolve(world: World, visit: str, n: int) -> None:
    how = ("excluded-by-evidence", "conditional-met", "not-suitable")[n // 8 % 3]
    evidence = ("radiology-report", "verbal")[n // 24 % 2]
    asked = ResolveItem(visit=visit, item=ITEMS[n % 8], resolution=how, evidence=evidence, text="seen")
    world.give(asked, _who(n // 8))


def _resolve_all(world: World, visit: str, n: int) -> None:
    seen = {"resolution": "excluded-by-evidence", "evidence": "radiology-report", "text": "seen"}
    for item in screening.unresolved(world.state.screening.cases[visit]):
        for who in ("TE", "RA"):
            world.give(ResolveItem(visit=visit, item=item, **seen), who)


def _call(world: World, visit: str, n: int) -> None:
    asked = ResolveByCall(
        visit=visit,
        item=ITEMS[n % 8],
        resolution="excluded-by-evidence",
        evidence="radiology-report",
        text="read over",
        decider=world.people[("RA", "LT", "EX", "PX")[n // 8 % 4]],
        callback="1",
        read_back=bool(n % 3),
        decided_utc=world.clock.now().utc,
    )
    world.give(asked, _who(n))


def _emergent(world: World, visit: str, n: int) -> None:
    asked = ScreenEmergent(
        visit=visit,
        ordering="Dr Order",
        covering=world.people[("RA", "EX", "PX")[n % 3]],
        callback="1",
        read_back=True,
        why="cord",
    )
    world.give(asked, _who(n // 3))


def _source(world: World, visit: str, n: int) -> None:
    item, said = _pick(n)
    world.give(TellSource(visit=visit, item=item, source="request", says=said or "yes", text="referral"))


ACTS: dict[str, Callable[[World, str, int], Any]] = {
    "answer": _answer,
    "amend": _amend,
    "aloud": _aloud,
    "ask all": _ask_all,
    "fill": _fill,
    "resolve": _resolve,
    "resolve all": _resolve_all,
    "call": _call,
    "sign decision": lambda w, v, n: w.give(SignDecision(visit=v, item=ITEMS[n % 8]), _who(n)),
    "sign": lambda w, v, n: w.give(SignScreening(visit=v), _who(n)),
    "take over": lambda w, v, n: w.give(TakeOverScreening(visit=v), _who(n)),
    "review": lambda w, v, n: w.give(ReviewScreening(visit=v), _who(n)),
    "approve": lambda w, v, n: w.give(ApproveScreening(visit=v), _who(n)),
    "emergent": _emergent,
    "source": _source,
    "informant": lambda w, v, n: w.give(
        RecordInformant(visit=v, interpreter=("none", "family")[n % 2], interpreter_id="")
    ),
    "decline": lambda w, v, n: n % 20 or w.give(DeclineScreening(visit=v, reason="no")),
}
TO_THE_REVIEW = (
    ("fill", 0),
    ("sign", 2),
    ("ask all", 0),
    ("resolve all", 0),
    ("take over", 0),
    ("review", 0),
)


def steps() -> st.SearchStrategy[list[Step]]:
    """Rounds of: a few doubts, the road to a clearance with odd things left out, then any acts."""
    number = st.integers(0, 191)
    one = st.tuples(st.sampled_from(sorted(ACTS)), number)
    doubts = st.lists(
        st.tuples(st.sampled_from(("answer", "answer", "amend", "aloud", "source")), number), max_size=2
    )
    rounds = st.tuples(doubts, roads(), st.lists(one, max_size=2)).map(lambda r: [*r[0], *r[1], *r[2]])
    return st.lists(rounds, min_size=1, max_size=4).map(lambda all_: [step for r in all_ for step in r])


def roads() -> st.SearchStrategy[list[Step]]:
    """The road to a clearance; one step in five is left out, and one signature in four is somebody else's."""

    def by(name: str, right: int) -> st.SearchStrategy[list[Step]]:
        who = st.sampled_from([right] * 6) | st.integers(0, len(SIGNERS) - 1)
        return st.tuples(who, st.integers(0, 4)).map(lambda pair: [(name, pair[0])] if pair[1] else [])

    ordinary = (
        by("fill", 0), by("sign", 2), by("ask all", 0),
        by("resolve all", 0), by("take over", 1), by("take over", 0), by("review", 0), by("approve", 3),
    )  # fmt: skip
    flat = st.tuples(*ordinary).map(lambda parts: [step for part in parts for step in part])
    urgent = st.tuples(st.sampled_from([0] * 6 + [1, 2, 5, 15, 18]), st.booleans()).map(
        lambda pair: [("emergent", pair[0]), *([("review", 1)] if pair[1] else [])]
    )
    return flat | flat | urgent


def play(world: World, visit: str, given_steps: list[Step]) -> World:
    for name, n in given_steps:
        ACTS[name](world, visit, n)
    return world


# --- the oracle: the facts alone ---


def roles(world: World, person: str) -> set[str]:
    initials = next((one for one, known in world.people.items() if known == person), "")
    return set(STAFF[initials][1]) if initials in STAFF else {"L2", "RAD"}


def people(entry: Entry) -> set[str]:
    return {who.person for who in entry.by}


def assert_signatures(world: World, visit: str) -> None:
    """I5: whoever signed holds the role, not the patient, not expired, and not the other reviewer."""
    first: set[str] = set()
    review: set[str] = set()
    for entry in world.entries:
        match entry.fact:
            case ScreeningSigned(visit=about) if about == visit:
                first = people(entry)
            case ScreeningReviewed(visit=about) if about == visit:
                review = people(entry)
                assert not review & first
                assert any({"L2", "L2T", "OPR"} & roles(world, one) for one in review)
            case EmergentScreened(visit=about) if about == visit:
                first = review = people(entry)
                assert any({"L2", "L2T", "OPR"} & roles(world, one) for one in first)
                assert entry.fact.covering == world.people["RA"]
            case ScreeningApproved(visit=about) if about == visit:
                assert not people(entry) & (first | review)
                assert any("RAD" in roles(world, one) for one in people(entry))
            case ItemDecidedByCall():
                assert entry.fact.decider not in (world.people["PX"], world.people["EX"], *people(entry))
            case ItemResolved():
                pass
            case _:
                continue
        assert not people(entry) & {world.people["PX"], world.people["EX"]}
        assert not any(one.startswith("stranger") for one in people(entry))


def assert_owners_clear(world: World, visit: str) -> None:
    """S7: whoever cleared had begun the interview or taken it over last, by the facts alone."""
    owner: set[str] = set()
    for entry in world.entries:
        match entry.fact:
            case ScreeningBegun(visit=about) if about == visit:
                owner = people(entry)
            case ScreeningTakenOver(visit=about) if about == visit:
                owner = {entry.fact.owner}
            case ScreeningReviewed(visit=about) | EmergentScreened(visit=about) if about == visit:
                assert people(entry) == owner


def undecided_and_asked(world: World, visit: str, upto: list[Entry]) -> tuple[dict[str, str], set[str]]:
    """Return the answers as they stood, and every item that was ever left undecided or contradicted."""
    answers: dict[str, str] = {}
    open_: set[str] = set()
    for entry in upto:
        match entry.fact:
            case AnswerGiven(visit=about, item=item, answer=said) if about == visit:
                answers[item] = said
                if said in UNDECIDED:
                    open_.add(item)
            case AnswerAmended(visit=about, item=item, was=was, answer=said) if about == visit:
                answers[item] = said
                open_.add(item)
            case AnswerCorrected(visit=about, item=item, was=was, answer=said) if about == visit:
                answers[item] = said
                if was in UNDECIDED:
                    open_.add(item)
            case AnswerAskedAgain(visit=about, item=item, agrees=False) if about == visit:
                open_.add(item)
    return answers, open_


def assert_no_way_from_blank(world: World, visit: str) -> int:
    """Hold every leg of the interview against the facts before it; return how many there were."""
    found = 0
    for index, entry in enumerate(world.entries):
        fact = entry.fact
        if not isinstance(fact, LegMade) or (fact.visit, fact.leg) != (visit, Leg.SCREENING):
            continue
        found += 1
        before = world.entries[:index]
        answers, open_ = undecided_and_asked(world, visit, before)
        asked = {item.link_id: item for item in answering.asked(world.forms[FORM], answers)}
        blank = {name for name, item in asked.items() if item.required and not answers.get(name)}
        undecided = (open_ | {name for name in asked if answers.get(name) in UNDECIDED}) & set(asked)
        if fact.detail == Verdict.EMERGENT:
            last = [e.fact for e in before if isinstance(e.fact, EmergentScreened)]
            assert last
            assert blank <= set(last[-1].not_asked)
        else:
            assert fact.detail in CLEARED
            assert not blank
        resolved = {
            e.fact.item
            for e in before
            if isinstance(e.fact, ItemResolved | ItemDecidedByCall) and e.fact.visit == visit
        }
        assert undecided <= resolved
        if undecided:
            assert fact.detail != Verdict.CLEARED
            printed = screening.conditions(state_at(world, visit, index))
            assert undecided <= set(printed)
    return found


def state_at(world: World, visit: str, index: int) -> screening.Case:
    state = screening.ScreeningState()
    for entry in world.entries[:index]:
        state = screening.evolve(state, entry)
    return state.cases[visit]


def check(approver: str, given_steps: list[Step]) -> None:
    world, visit = begun(approver)
    world = play(world.clone(), visit, given_steps)
    event(f"{assert_no_way_from_blank(world, visit)} legs")
    assert_signatures(world, visit)
    assert_owners_clear(world, visit)
    case = world.state.screening.cases[visit]
    if world.visit(visit).stands(Leg.SCREENING):
        assert screening.verdict(case) in (*CLEARED, Verdict.EMERGENT)
        assert not screening.unresolved(case)
    rules = {one.why.rule for one in entry_findings(world.state, visit, world.ctx())}
    if case.verdict not in (*CLEARED, Verdict.EMERGENT) or screening.awaits_approval(case):
        assert rules & {"screening-not-cleared", "screening-declined", "approval-missing"}


@pytest.mark.parametrize("approver", ["reviewer", "RAD"])
@SHORT
@given(given_steps=steps())
def test_no_acts_lead_from_a_blank_or_an_unsure_to_a_clearance(
    approver: str, given_steps: list[Step]
) -> None:
    """I4, I5: any acts by anybody; each leg judged on the facts, not by the rules under test."""
    check(approver, given_steps)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("approver", ["reviewer", "RAD"])
@LONG
@given(given_steps=steps())
def test_no_acts_lead_from_a_blank_or_an_unsure_to_a_clearance_at_length(
    approver: str, given_steps: list[Step]
) -> None:
    """I4, I5: the same, thousands of times."""
    check(approver, given_steps)


def test_the_oracle_sees_clearances() -> None:
    for approver, extra in (("reviewer", []), ("RAD", [("approve", 3)])):
        world, visit = begun(approver)
        world = play(world.clone(), visit, [*TO_THE_REVIEW, *extra])
        assert assert_no_way_from_blank(world, visit) == 1


FLIPS = [(item, said) for item in ITEMS for said in ("yes", "unsure", "refused", "unable")]


@pytest.mark.parametrize(("item", "said"), FLIPS)
@pytest.mark.parametrize("approver", ["reviewer", "RAD"])
def test_flipping_any_answer_after_signing_voids(approver: str, item: str, said: str) -> None:
    """I4, I6: whichever answer, whatever it becomes: signature, review, approval and leg fall."""
    world, visit = begun(approver)
    world = play(world.clone(), visit, [*TO_THE_REVIEW, ("approve", 3)])
    assert world.visit(visit).stands(Leg.SCREENING)
    world.do(AmendAnswer(visit=visit, item=item, answer=said, reason="told", informant="patient"))
    case = world.state.screening.cases[visit]
    assert (case.first, case.reviewed, case.approved, case.verdict) == ((), (), (), Verdict.NOT_CLEARED)
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert [one.leg for one in world.facts(LegFell)] == [Leg.SCREENING]


@SHORT
@given(number=st.integers(0, 10_000), said=st.sampled_from(SAID[1:-1]))
def test_flipping_any_question_of_the_form_voids(number: int, said: str) -> None:
    """I4: not only the questions above: every one that is asked and can be answered so."""
    world, visit = begun("reviewer")
    world = play(world.clone(), visit, list(TO_THE_REVIEW))
    able = [
        item
        for item in answering.asked(world.forms[FORM], world.state.screening.cases[visit].answers)
        if said in {option.code for option in item.options}
    ]
    item = able[number % len(able)]
    world.do(AmendAnswer(visit=visit, item=item.link_id, answer=said, reason="told", informant="patient"))
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "screening-not-cleared" in {
        one.why.rule for one in entry_findings(world.state, visit, world.ctx())
    }


@pytest.mark.parametrize("said", ["yes", "unsure"])
@pytest.mark.parametrize("item", ITEMS)
def test_another_source_that_says_otherwise_voids(item: str, said: str) -> None:
    """S7, I4: the request, read after the review, takes it away."""
    world, visit = begun("reviewer")
    world = play(world.clone(), visit, list(TO_THE_REVIEW))
    world.do(TellSource(visit=visit, item=item, source="request", says=said, text="referral"))
    assert len(world.facts(SourceTold)) == 1
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert screening.unresolved(world.state.screening.cases[visit]) == (item,)


def test_a_day_later_nothing_of_it_is_left() -> None:
    """I8: 24 h after the review the leg has expired, whatever the clock on the wall says."""
    world, visit = begun("reviewer")
    world = play(world.clone(), visit, list(TO_THE_REVIEW))
    world.clock.step_wall(-3600 * 5)
    world.clock.bt += 24 * 3600 * 1_000_000_000 + 1_000_000_000
    world.clock.utc += 24 * 3600 * US + US
    rules = {one.why.rule for one in entry_findings(world.state, visit, world.ctx())}
    assert "leg-expired" in rules
