"""The forms for people against the question bank, written down here by hand and read by no product code."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from screening_forms.answering import findings, missing
from screening_forms.types import Form, Item, ItemType, Trigger

ANSWERS = ["no", "yes", "unsure", "refused", "unable"]
UNKNOWN = ANSWERS[2:]

# key, ★, who (P patient, C carer or visitor, S staff), what yes sets off, a word the question must hold
BANK = """
Q01 * PCS RESOLVE_FIRST pacemaker
Q02 * PCS RESOLVE_FIRST clip
Q03 * PCS RESOLVE_FIRST stimulator
Q04 * PCS RESOLVE_FIRST cochlear
Q05 * PCS RESOLVE_FIRST pump
Q06 * PC  HOLD_DEVICE   shunt
Q07 * PCS RESOLVE_FIRST eye
Q08 * PCS HOLD_CLINICAL bullet
Q09 * PCS HOLD_CLINICAL pregnant
Q10 - PCS DETAIL        operation
Q11 - PCS HOLD_DEVICE   stent
Q12 - P   DETAIL        joint
Q13 - PCS RESOLVE_FIRST magnetic
Q14 - PC  HOLD_DEVICE   capsule
Q15 - P   RESOLVE_FIRST catheter
Q16 - P   INFO          PICC
Q17 - P   DETAIL        expander
Q18 - PCS DETAIL        dentures
Q19 - PCS REMOVE        hearing
Q20 - PC  DETAIL        patch
Q21 - P   DETAIL        tattoo
Q22 - PCS REMOVE        piercings
Q23 - PCS REMOVE        clothes
Q24 - PC  REMOVE        monitor
Q25 - P   DETAIL        before
Q26 - P   DETAIL        narrow
Q27 - P   DETAIL        fits
Q28 - P   DETAIL        feel
Q29 - P   DETAIL        fever
Q30 - P   HOLD_CLINICAL weight
Q31 - P   HOLD_CLINICAL kidney
Q32 - P   HOLD_CLINICAL contrast
Q33 - P   INFO          sickle
Q34 - P   INFO          breast-feeding
Q35 - P   INFO          alcohol
Q36 - P   HOLD_CLINICAL transfusion
Q37 - P   HOLD_CLINICAL oxygen
Q38 - P   INFO          infection
Q39 - PC  HOLD_CLINICAL officer
Q40 - P   INFO          interpreter
Q41 - PCS DETAIL        metal
Q42 - CS  DETAIL        pregnant
Q43 - C   DETAIL        stay
Q44 - PCS LOOP          pockets
"""
ROWS = [tuple(line.split()) for line in BANK.strip().splitlines()]
WHOSE = {
    "screening-adult": "P",
    "screening-paediatric": "P",
    "screening-unresponsive": "P",
    "screening-companion": "C",
    "screening-staff": "S",
    "screening-contractor": "S",
}
# the questions whose yes must be resolved first or holds by itself; a crew has no time for more
BRIEF = {"Q01", "Q02", "Q03", "Q04", "Q05", "Q07", "Q08", "Q09", "Q13", "Q44"}
PART = {
    "screening-responder": BRIEF,
    "contrast-renal": {"Q09", "Q31", "Q32", "Q33", "Q34"},
    "pregnancy": {"Q09"},
    "consent-vst": set(),
}
RESOLVERS = {
    **dict.fromkeys(("RESOLVE_FIRST", "HOLD_CLINICAL"), "radiologist"),
    **dict.fromkeys(("HOLD_DEVICE", "REMOVE", "LOOP", "DETAIL", "INFO"), "level-2"),
}
EVIDENCE = {
    *("implant-card", "operation-note", "manufacturer-label", "radiology-report"),
    *("orbit-xray", "physical-examination", "device-clinic", "verbal"),
}


def bank(form: Form) -> dict[str, Item]:
    """Return the form's questions under a key of the bank."""
    return {item.code: item for item in form.walk() if re.fullmatch(r"Q\d\d", item.code)}


def expected(name: str) -> set[str]:
    return PART.get(name, {key for key, _, who, *_ in ROWS if WHOSE.get(name, "-") in who})


def test_the_bank_was_written_down_whole() -> None:
    assert [row[0] for row in ROWS] == [f"Q{number:02}" for number in range(1, 45)]
    assert {row[0] for row in ROWS if row[1] == "*"} == {f"Q{number:02}" for number in range(1, 10)}


@pytest.mark.parametrize("name", [*WHOSE, *PART])
def test_each_form_asks_what_the_bank_asks_of_its_people_and_nothing_else(
    library: Mapping[str, Form], name: str
) -> None:
    assert set(bank(library[name])) == expected(name)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_key_means_the_same_wherever_it_is_asked(library: Mapping[str, Form], row: tuple[str, ...]) -> None:
    key, star, _, trigger, word = row
    asked = [bank(form)[key] for name, form in library.items() if key in expected(name)]
    assert asked
    for item in asked:
        unknown = "DETAIL" if trigger == "INFO" else trigger
        assert item.link_id == key
        assert word.lower() in item.text.lower()
        assert (item.required, item.ask_again) == (True, star == "*")
        assert [option.code for option in item.options] == ANSWERS
        assert item.triggers == {"yes": trigger} | dict.fromkeys(UNKNOWN, unknown)
        assert item.rules.resolver == RESOLVERS[trigger]
        assert item.rules.source
        assert item.rules.evidence
        assert set(item.rules.evidence) <= EVIDENCE


@pytest.mark.parametrize("name", [*WHOSE, *PART])
def test_whatever_can_set_something_off_names_source_evidence_and_resolver(
    library: Mapping[str, Form], name: str
) -> None:
    for item in library[name].walk():
        if not item.triggers:
            continue
        assert item.rules.source, item.link_id
        assert item.rules.evidence, item.link_id
        worst = max(item.triggers.values(), key=lambda trigger: trigger.rank)
        assert item.rules.resolver == RESOLVERS[worst], item.link_id
        assert not (item.ask_again and "verbal" in item.rules.evidence), item.link_id


@pytest.mark.parametrize("name", [*WHOSE, "screening-responder"])
def test_the_question_at_the_door_is_the_last_one(library: Mapping[str, Form], name: str) -> None:
    last = library[name].items[-1]
    assert [item.link_id for item in last.items] == ["Q44", "Q44.detail"]


@pytest.mark.parametrize("name", [*WHOSE, "screening-responder"])
@pytest.mark.parametrize("answer", ["yes", *UNKNOWN])
def test_no_positive_or_unknown_answer_passes_without_a_finding(
    library: Mapping[str, Form], name: str, answer: str
) -> None:
    """I4, H4."""
    form = library[name]
    found = {f.code for f in findings(form, dict.fromkeys(expected(name), answer))}
    assert found >= expected(name)


@pytest.mark.parametrize("name", WHOSE)
def test_a_form_answered_no_but_for_one_blank_stays_open(library: Mapping[str, Form], name: str) -> None:
    """A1, for every form in which anybody is screened."""
    form = library[name]
    for blank in expected(name):
        answers = dict.fromkeys(expected(name) - {blank}, "no")
        assert blank in {item.code for item in missing(form, answers)}


def test_nobody_who_cannot_answer_passes_without_a_radiologist(library: Mapping[str, Form]) -> None:
    """H32: whatever the reason, and however the rest was answered."""
    form = library["screening-unresponsive"]
    state = form.item("state")
    assert state is not None
    assert {state.triggers.get(option.code) for option in state.options} == {Trigger.HOLD_CLINICAL}
    looked = {"scars": "not-looked", "film-head": "not-taken", "film-chest": "not-taken"}
    assert {f.trigger for f in findings(form, looked)} == {Trigger.RESOLVE_FIRST}
    assert {"watch", "scars", "film-head", "film-chest"} <= {item.link_id for item in missing(form, {})}


def test_parent_and_child_are_both_asked(library: Mapping[str, Form]) -> None:
    form = library["screening-paediatric"]
    assert [f.trigger for f in findings(form, {"asked-child": "not-yet"})] == [Trigger.HOLD_CLINICAL]
    assert [f.trigger for f in findings(form, {"swallowed": "unsure"})] == [Trigger.RESOLVE_FIRST]
    weight = form.item("weight")
    assert weight is not None
    assert weight.type is ItemType.DECIMAL
    assert str(weight.minimum) == "0.4"


@pytest.mark.parametrize("name", ["screening-companion", "screening-staff", "screening-contractor"])
def test_who_is_no_patient_is_not_asked_how_far_along(library: Mapping[str, Form], name: str) -> None:
    assert not {"Q09.last", "Q09.detail"} & {item.link_id for item in library[name].walk()}
    assert [f.trigger for f in findings(library[name], {"Q09": "yes"})] == [Trigger.HOLD_CLINICAL]


def test_staff_answer_every_year_and_after_a_change(library: Mapping[str, Form]) -> None:
    """H40."""
    form = library["screening-staff"]
    why = form.item("why")
    assert why is not None
    assert {option.code for option in why.options} == {"first", "yearly", "change"}
    assert "why.change" in {item.link_id for item in missing(form, {"why": "change"})}


# --- contrast and kidneys, A34 ---

AGENT = {"agent-name": "agent X, 7 ml", "high-dose": "no", "setting": "outpatient", "Q31": "no"}
REST = {"Q32": "no", "Q33": "no", "Q34": "no", "Q09": "no"}
RESULT = {"egfr": "28", "egfr-date": "2031-05-01"}


def triggers(form: Form, answers: Mapping[str, str]) -> list[Trigger]:
    return [finding.trigger for finding in findings(form, answers)]


@pytest.mark.parametrize("group", ["I", "III", "unsure"])
@pytest.mark.parametrize("result", [RESULT, {}])
def test_a_low_or_missing_egfr_holds_for_the_radiologist(
    library: Mapping[str, Form], group: str, result: dict[str, str]
) -> None:
    form = library["contrast-renal"]
    answers = {**AGENT, **REST, **result, "agent-group": group}
    assert [item.link_id for item in missing(form, answers)] == ["egfr-decision"]
    decision = form.item("egfr-decision")
    assert decision is not None
    for option in decision.options:
        assert Trigger.HOLD_CLINICAL in triggers(form, {**answers, "egfr-decision": option.code})


def test_with_group_ii_a_low_egfr_is_information(library: Mapping[str, Form]) -> None:
    form = library["contrast-renal"]
    answers = {**AGENT, **REST, **RESULT, "agent-group": "II"}
    assert [item.link_id for item in missing(form, answers)] == ["egfr-note"]
    assert triggers(form, {**answers, "egfr-note": "noted"}) == [Trigger.INFO]
    assert missing(form, {**answers, "egfr": "30"}) == ()
    without = {**AGENT, **REST, "agent-group": "II"}
    assert (missing(form, without), findings(form, without)) == ((), ())


def test_a_high_dose_of_group_ii_wants_an_egfr_and_a_result_its_day(library: Mapping[str, Form]) -> None:
    form = library["contrast-renal"]
    answers = {**AGENT, **REST, "agent-group": "II", "high-dose": "yes"}
    assert "egfr-decision" in {item.link_id for item in missing(form, answers)}
    group_three = {**AGENT, **REST, "agent-group": "III", "egfr": "30"}
    assert [item.link_id for item in missing(form, group_three)] == ["egfr-date"]
    enough = {**group_three, "egfr-date": "2031-05-01"}
    assert (missing(form, enough), findings(form, enough)) == ((), ())


def test_without_an_agent_nothing_about_it_is_asked(library: Mapping[str, Form]) -> None:
    form = library["contrast-renal"]
    answers = {**REST, "agent-group": "none", "setting": "outpatient", "Q31": "no"}
    assert (missing(form, answers), findings(form, answers)) == ((), ())
    assert {"agent-name", "high-dose"} <= {i.link_id for i in missing(form, {**answers, "agent-group": "I"})}


# --- consent, H33 ---

CONSENTS = ("consent-remote", "consent-visual", "consent-voice", "consent-record")


def test_each_consent_stands_alone_and_none_is_taken_as_given(library: Mapping[str, Form]) -> None:
    form = library["consent-vst"]
    given = {"consent-remote": "given"}
    still = {item.link_id for item in missing(form, given)}
    assert set(CONSENTS) - still == {"consent-remote"}
    assert all(not item.rules.initial for item in form.walk())


@pytest.mark.parametrize("consent", CONSENTS)
@pytest.mark.parametrize("answer", ["not-given", "undecided", "unsure", "unable"])
def test_a_refusal_is_read_and_holds_nothing_up(
    library: Mapping[str, Form], consent: str, answer: str
) -> None:
    """A32: the way changes, nothing else; and no reason is asked for."""
    form = library["consent-vst"]
    assert triggers(form, {consent: answer}) == [Trigger.DETAIL]
    assert {item.link_id for item in missing(form, {consent: answer})} == {
        item.link_id for item in missing(form, {consent: "given"})
    }


# --- plain words ---


@pytest.mark.parametrize("name", [*WHOSE, *PART])
def test_a_twelve_year_old_can_read_it(library: Mapping[str, Form], name: str) -> None:
    """Flesch-Kincaid, reckoned roughly: seven school years at most, no sentence above thirty words."""
    texts = [text for item in library[name].walk() for text in (item.text, item.help) if text]
    sentences = [part for text in texts for part in re.split(r"[.?!:](?:\s|$)", text) if part.strip()]
    words = [word for part in sentences for word in re.findall(r"[A-Za-z-]+", part)]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)
    assert 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59 <= 7
    assert max(len(part.split()) for part in sentences) <= 30
