"""Lists: put off, read out to a second person, hurried, branching, and read back twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.suite_world import DOOR, World, at_the_door, made, ready, site

from mr_safety_console.domain import suite
from mr_safety_console.domain.checklists import STAGES, CompleteStage, MarkItem, stage_items
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.lists_facts import DeferItem, FinalCheckRead, ItemDeferred, ItemMarked
from mr_safety_console.domain.profile import TWICE_FOR, ProfileError
from mr_safety_console.domain.screening_facts import ResolveItem, ReviewScreening
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    Leg,
    RecordBelongings,
    RecordDetectorPass,
    Step,
)
from screening_forms.questionnaire import read_questionnaire

COIL, FINAL = "coil-and-positioning", "final-check"


def authorised(world: World | None = None) -> tuple[World, str]:
    """Everything before the door list."""
    world = world or ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    return world, visit


def put_off(
    visit: str, item: str = "K23", reason: str = "scanner not on yet", list_id: str = COIL
) -> DeferItem:
    return DeferItem(visit=visit, list_id=list_id, item=item, reason=reason)


def asked(world: World, visit: str, leg: Leg) -> list[str]:
    lists = world.state.lists
    return [
        item.link_id
        for name, stage in STAGES[leg]
        for item in stage_items(
            world.forms[name], stage, lists.answers(visit, name), lists.deferred(visit, name)
        )
    ]


# --- put off ---


def test_an_item_put_off_comes_back_first_in_the_next_list_and_keeps_it_open() -> None:
    world, visit = authorised()
    (told,) = world.do(put_off(visit))
    assert isinstance(told, ItemDeferred)
    assert (told.until, told.reason) == ("table", "scanner not on yet")
    assert "K23" not in asked(world, visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.DOOR_LIST)
    assert "deferred=coil-and-positioning:K23" in world.visit(visit).legs[Leg.DOOR_LIST].detail.split()
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert asked(world, visit, Leg.TABLE_LIST)[0] == "K23"
    done = CompleteStage(visit=visit, leg=Leg.TABLE_LIST)
    for _ in range(4):
        marks_but(world, visit, "K23")
    assert world.refused(done) == "items-open"
    world.do(MarkItem(visit=visit, list_id=COIL, item="K23", answer="fail", reason="other weight"))
    assert "K23.note" in asked(world, visit, Leg.TABLE_LIST)[:2]
    world.do(MarkItem(visit=visit, list_id=COIL, item="K23.note", answer="other weight"))
    assert world.refused(done) == "item-negative"
    world.do(MarkItem(visit=visit, list_id=COIL, item="K23", answer="pass"))
    world.do(done)
    assert world.visit(visit).stands(Leg.DOOR_LIST)


def marks_but(world: World, visit: str, left: str) -> None:
    for name, stage in STAGES[Leg.TABLE_LIST]:
        form, lists = world.forms[name], world.state.lists
        for item in stage_items(form, stage, lists.answers(visit, name), lists.deferred(visit, name)):
            codes = [option.code for option in item.options]
            said = next((c for c in ("pass", *codes) if c in codes), "20") if codes else "20"
            if item.link_id != left and item.required:
                world.do(MarkItem(visit=visit, list_id=name, item=item.link_id, answer=said))


@pytest.mark.parametrize(
    ("list_id", "item", "rule"),
    [
        (COIL, "K02", "not-deferrable"),
        (COIL, "K03", "not-deferrable"),
        (FINAL, "FC05", "not-deferrable"),
        (COIL, "nowhere", "question-unknown"),
        ("no-list", "K23", "form-not-loaded"),
    ],
)
def test_only_what_its_list_lets_wait_is_put_off(list_id: str, item: str, rule: str) -> None:
    world, visit = authorised()
    assert world.refused(put_off(visit, item, list_id=list_id)) == rule


def test_nothing_of_a_final_check_waits_whatever_its_form_says() -> None:
    """I10: the last list has no next one."""
    world, visit = authorised()
    form = world.forms[FINAL]
    group = form.items[0]
    items = tuple(replace(item, defer="table", stage="door") for item in group.items)
    world.forms[FINAL] = replace(form, items=(replace(group, items=items),))
    assert world.refused(put_off(visit, "FC05", list_id=FINAL)) == "not-deferrable"


def test_putting_off_wants_a_reason_and_a_blank_item() -> None:
    world, visit = authorised()
    assert world.refused(put_off(visit, reason=" ")) == "defer-needs-reason"
    world.do(MarkItem(visit=visit, list_id=COIL, item="K23", answer="pass"))
    assert world.refused(put_off(visit)) == "item-answered"


def test_what_was_put_off_waits_again_when_the_later_list_goes_blank() -> None:
    world, visit = authorised()
    world.do(put_off(visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    world.mark(visit, Leg.TABLE_LIST)
    world.advance(1801)
    assert world.state.lists.deferred(visit, COIL) == {"K23": "table"}
    assert asked(world, visit, Leg.TABLE_LIST)[0] == "K23"
    assert "K23" not in world.state.lists.answers(visit, COIL)


def test_a_door_list_done_anew_asks_what_had_been_put_off_again() -> None:
    world, visit = authorised()
    world.do(put_off(visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.advance(3700)
    assert world.state.lists.deferred(visit, COIL) == {}
    assert "K23" in asked(world, visit, Leg.DOOR_LIST)


# --- conditional branches ---

BRANCHES = {
    "resourceType": "Questionnaire",
    "id": "hearing",
    "url": "urn:x:branches",
    "version": "9",
    "title": "Branches",
    "status": "draft",
    "language": "en",
    "item": [
        {
            "linkId": "door",
            "text": "At the door",
            "type": "group",
            "extension": [{"url": "urn:mr-safety-console:fhir:stage", "valueCode": "door"}],
            "item": [
                {
                    "linkId": "way",
                    "prefix": "W01",
                    "text": "How does the patient come?",
                    "type": "choice",
                    "required": True,
                    "answerOption": [
                        {"valueCoding": {"code": code, "display": code}} for code in ("walks", "trolley")
                    ],
                },
                *(
                    {
                        "linkId": link_id,
                        "text": link_id,
                        "type": "choice",
                        "required": True,
                        "enableWhen": [{"question": on, "operator": "=", "answerCoding": {"code": code}}],
                        "answerOption": [
                            {"valueCoding": {"code": said, "display": said}} for said in ("pass", "fail")
                        ],
                    }
                    for link_id, on, code in (
                        ("shoes", "way", "walks"),
                        ("brakes", "way", "trolley"),
                        ("wheels", "brakes", "fail"),
                    )
                ),
            ],
        }
    ],
}


def test_a_list_branches_and_the_branch_not_taken_asks_nothing() -> None:
    """One answer opens its branch and closes the other; what hangs on a closed one is not asked either."""
    world, visit = authorised()
    world.forms["hearing"] = read_questionnaire(json.dumps(BRANCHES).encode(), "branches.json")
    before = asked(world, visit, Leg.DOOR_LIST)
    assert before[-1] == "way"

    def say(item: str, answer: str) -> list[str]:
        world.do(MarkItem(visit=visit, list_id="hearing", item=item, answer=answer))
        return asked(world, visit, Leg.DOOR_LIST)[len(before) - 1 :]

    assert say("way", "trolley") == ["way", "brakes"]
    assert say("brakes", "fail") == ["way", "brakes", "wheels"]
    assert say("way", "walks") == ["way", "shoes"]
    assert world.refused(CompleteStage(visit=visit, leg=Leg.DOOR_LIST)) == "items-open"
    world.stage(visit, Leg.DOOR_LIST)
    # The failed brakes of the branch left hold nothing, and still stand in the record.
    assert world.visit(visit).stands(Leg.DOOR_LIST)


# --- read out to a second person ---


def test_the_final_check_is_read_by_one_and_answered_by_another() -> None:
    world, visit = authorised()
    world.stage(visit, Leg.DOOR_LIST)
    said = MarkItem(visit=visit, list_id=FINAL, item="FC05", answer="go")
    for nobody in ("", "stranger", world.people["TE"], world.people["RA"]):
        assert world.refused(replace(said, responder=nobody)) == "responder-missing"
    (told,) = world.do(replace(said, responder=world.people["LO"]))
    assert isinstance(told, ItemMarked)
    assert told.responder == world.people["LO"]
    mark = world.state.lists.marks[visit][f"{FINAL}:FC05"]
    assert ([who.person for who in mark.by], mark.responder) == ([world.people["TE"]], world.people["LO"])


def test_anybody_alone_says_no_go() -> None:
    """I10: a stop waits for no second voice."""
    world, visit = authorised()
    world.do(MarkItem(visit=visit, list_id=FINAL, item="FC05", answer="no-go", reason="hairpin"))
    world.do(MarkItem(visit=visit, list_id=FINAL, item="FC05.note", answer="hairpin"))
    assert world.state.lists.answers(visit, FINAL)["FC05"] == "no-go"


def test_whoever_read_or_answered_signs_the_go() -> None:
    world, visit = authorised()
    world.stage(visit, Leg.DOOR_LIST)
    world.mark(visit, Leg.FINAL_CHECK)
    go = CompleteStage(visit=visit, leg=Leg.FINAL_CHECK)
    assert world.refused(go, "TE", "LT") == "read-back-by-others"
    assert world.refused(go, "LT", "LO") == "read-back-by-others"
    assert made(world.do(go, "TE", "LO")) == [Leg.FINAL_CHECK]


def test_an_item_that_nobody_reads_out_keeps_no_second_person() -> None:
    world, visit = authorised()
    asked_ = MarkItem(visit=visit, list_id=COIL, item="K02", answer="pass", responder=world.people["LO"])
    (told,) = world.do(asked_)
    assert isinstance(told, ItemMarked)
    assert told.responder == ""


# --- pace ---


@pytest.mark.parametrize(("apart_ms", "hurried"), [(0, True), (999, True), (1000, False), (3000, False)])
def test_two_ticks_within_a_second_are_marked_and_never_refused(apart_ms: int, hurried: bool) -> None:
    world, visit = authorised()
    world.do(MarkItem(visit=visit, list_id=COIL, item="K01", answer="pass"))
    world.clock.advance(apart_ms / 1000)
    world.do(MarkItem(visit=visit, list_id=COIL, item="K02", answer="pass"))
    assert [told.hurried for told in world.facts(ItemMarked)] == [False, hurried]
    assert len(world.state.lists.hurried) == int(hurried)


def test_a_note_after_its_answer_and_the_same_item_anew_are_no_hurry() -> None:
    world, visit = authorised()
    for item, answer in (("K02", "fail"), ("K02.note", "a crack"), ("K02", "pass")):
        world.do(MarkItem(visit=visit, list_id=COIL, item=item, answer=answer, reason="r"))
    assert not any(told.hurried for told in world.facts(ItemMarked))


def test_a_list_says_how_many_answers_were_hurried() -> None:
    world, visit = authorised()
    world.stage(visit, Leg.DOOR_LIST)
    (count,) = (
        part.removeprefix("hurried=")
        for part in world.visit(visit).legs[Leg.DOOR_LIST].detail.split()
        if part.startswith("hurried=")
    )
    assert int(count) == sum(told.hurried for told in world.facts(ItemMarked)) > 0


# --- sensors, between the readings ---


def test_a_pass_that_ran_out_opens_the_item_that_read_it_back() -> None:
    """I12: a sensed item is never complete while its sensor says otherwise."""
    world, visit = authorised()
    world.stage(visit, Leg.DOOR_LIST)
    world.mark(visit, Leg.FINAL_CHECK)
    world.advance(590)
    assert "FC08" in world.state.lists.answers(visit, FINAL)
    world.advance(20)
    assert "FC08" not in world.state.lists.answers(visit, FINAL)


def test_no_go_is_given_beside_a_contact_that_is_silent_by_its_age_alone() -> None:
    world, visit = authorised()
    world.stage(visit, Leg.DOOR_LIST)
    world.mark(visit, Leg.FINAL_CHECK)
    world.silence(DOOR)
    world.clock.advance(3)
    go = CompleteStage(visit=visit, leg=Leg.FINAL_CHECK)
    assert world.refused(go, "TE", "LO") == "sensor-disagrees"


# --- read back twice ---


def with_conditions(twice: tuple[str, ...] = TWICE_FOR) -> tuple[World, str]:
    """A patient cleared with a condition, ready for the final check."""
    world = ready()
    world.profile = site(final_check_twice=twice)
    visit = world.arrive()
    world.identify(visit)
    world.interview(visit, Q08="yes")
    met = ResolveItem(
        visit=visit,
        item="Q08",
        resolution="radiologist-risk-benefit",
        evidence="radiology-report",
        text="seen",
    )
    world.do(met, "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    world.do(RecordBelongings(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    return world, visit


def read_once(world: World, visit: str, *signers: str) -> list[str]:
    world.mark(visit, Leg.FINAL_CHECK)
    told = world.do(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), *(signers or ("TE", "LO")))
    return [fact.kind for fact in told]


def test_a_patient_with_conditions_is_read_back_twice_from_blank() -> None:
    world, visit = with_conditions()
    assert read_once(world, visit)[-1] == "final-check-read"
    assert world.facts(FinalCheckRead)[-1].because == ("conditions",)
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert world.state.lists.answers(visit, FINAL) == {}
    assert step(world.visit(visit), world.ctx()) is Step.FINAL_CHECK
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"
    world.advance(60)
    assert read_once(world, visit) == ["leg-made"]
    world.do(AnnounceTransit(visit=visit))


def test_others_may_read_it_the_second_time() -> None:
    world, visit = with_conditions()
    read_once(world, visit)
    world.sign_on("LT")
    world.advance(1)
    assert read_once(world, visit, "LT", "LO") == ["leg-made"]


def test_both_readings_stand_within_the_time_of_one() -> None:
    """The first one ages while the second is made, and takes the go with it."""
    world, visit = with_conditions()
    read_once(world, visit)
    world.advance(300)
    read_once(world, visit)
    world.clock.advance(301)
    world.hear()
    found = suite.entry_findings(world.state, visit, world.ctx())
    assert "read-back-once" in {finding.why.rule for finding in found}
    world.tick()
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)


@pytest.mark.parametrize("change", ["door", "pass", "emergency"])
def test_any_change_between_the_readings_begins_with_the_first_again(change: str) -> None:
    world, visit = with_conditions()
    read_once(world, visit)
    assert visit in world.state.lists.rounds
    if change == "door":
        world.observe(DOOR, Condition.DANGER)
    elif change == "pass":
        world.do(RecordDetectorPass(visit=visit))
    else:
        world.do(OpenEmergency())
    assert visit not in world.state.lists.rounds


def test_an_ordinary_patient_is_read_back_once() -> None:
    world, visit = at_the_door()
    assert world.facts(FinalCheckRead) == []
    assert world.visit(visit).stands(Leg.FINAL_CHECK)


def test_the_site_says_for_whom_and_always_for_an_emergency() -> None:
    world, visit = with_conditions(("emergent",))
    assert read_once(world, visit) == ["leg-made"]
    for wrong in ((), ("conditions",), ("emergent", "tuesdays")):
        with pytest.raises(ProfileError, match="final_check_twice"):
            site(final_check_twice=wrong)
