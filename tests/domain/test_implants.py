"""Devices against this scanner: records, labels, plan, ticks, decisions, and what any change voids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.implanted import (
    LABEL,
    conditional,
    confirm,
    confirmed,
    decide,
    devices,
    figured,
    judged,
    label,
    met,
    plan,
    record,
    verdict,
    with_experts,
)
from support.suite_world import World, at_the_door, raised, ready

from mr_safety_console.domain import clearance, token
from mr_safety_console.domain.context import US
from mr_safety_console.domain.device_actions import CloseDeviceAction
from mr_safety_console.domain.findings import Verdict
from mr_safety_console.domain.implant_acts import (
    RecordDevice,
    SignDeviceDecision,
    TranscribeLabel,
    WithdrawDevice,
)
from mr_safety_console.domain.implant_facts import ConfirmationsVoided, DeviceVerdict
from mr_safety_console.domain.implant_kinds import REGIONS, Result, beside
from mr_safety_console.domain.lifecycle import AttemptRefused
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import AmendVisit, CloseVisit, Leg


def arrived() -> tuple[World, str]:
    world = with_experts()
    return world, world.arrive()


def waiting() -> tuple[World, str]:
    """A patient at the door, cleared but for whatever is written down next."""
    world, visit = at_the_door()
    return with_experts(world), visit


def against(world: World, visit: str) -> dict[str, Verdict]:
    found = entry_findings(world.state, visit, world.ctx())
    return {one.why.rule: one.verdict for one in found}


def result(world: World, visit: str, code: str) -> Result:
    (one,) = judged(world, visit)
    return next(row.result for row in one.rows if row.kind.code == code)


# --- one device ---


def test_a_device_with_every_condition_compared_and_confirmed_is_met_and_still_holds_until_signed() -> None:
    """W5: the console compares and records; the named persons decide."""
    world, visit = waiting()
    met(world, visit)
    assert verdict(world, visit) is DeviceVerdict.MET
    assert against(world, visit)["device-undecided"] is Verdict.HOLD
    world.do(decide(world, visit), "LT", "RO")
    assert "device-undecided" not in against(world, visit)
    assert not [rule for rule in against(world, visit) if rule.startswith("device")]


def test_a12_a_label_that_lacks_what_the_site_requires_cannot_be_verified() -> None:
    """A12: the site wants B1+rms stated."""
    world, visit = arrived()
    met(world, visit)
    world.profile = figured(label_must_state=("b1rms",))
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY
    (one,) = judged(world, visit)
    assert (one.unstated, one.reasons) == (("b1rms",), ("label-lacks",))
    assert world.refused(decide(world, visit), "LT", "RO") == "devices-other-decision"


@pytest.mark.parametrize("code", sorted(LABEL))
def test_a12_a_label_without_field_gradient_or_sar_cannot_be_verified(code: str) -> None:
    """A12: no site file is needed for that, and none takes it away."""
    world, visit = arrived()
    device = record(world, visit)
    label(world, visit, device, **{k: v for k, v in LABEL.items() if k != code})
    plan(world, visit)
    confirmed(world, visit)
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY


@pytest.mark.parametrize("code", sorted(LABEL))
def test_a_condition_left_blank_cannot_be_verified(code: str) -> None:
    """H8: the label names it and gives nothing."""
    world, visit = arrived()
    device = conditional(world, visit, **{code: ""})
    plan(world, visit)
    if code == "whole-body-sar":
        assert world.refused(confirm(world, visit, device, code)) == "condition-not-comparable"
    assert result(world, visit, code) is Result.CANNOT_VERIFY
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY


def test_a_magnet_whose_figures_nobody_wrote_verifies_no_gradient() -> None:
    world, visit = arrived()
    met(world, visit)
    world.profile = figured(scanner_figures={})
    assert result(world, visit, "spatial-gradient") is Result.CANNOT_VERIFY
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY


def test_model_and_serial_number_come_from_a_document() -> None:
    """W5: nothing is verified by a name."""
    world, visit = arrived()
    for lacking in ("maker", "model", "serial", "read_from"):
        device = record(world, visit, **{lacking: ""})
        label(world, visit, device, "mr-safe")
        assert judged(world, visit)[-1].reasons == ("not-identified",)
        assert judged(world, visit)[-1].verdict is DeviceVerdict.CANNOT_VERIFY


@pytest.mark.parametrize(
    ("said", "came_to"),
    [
        ("mr-safe", DeviceVerdict.MET),
        ("mr-unsafe", DeviceVerdict.UNSAFE),
        ("mr-unlabelled", DeviceVerdict.RISK_BENEFIT),
        ("unknown", DeviceVerdict.RISK_BENEFIT),
        ("mr-conditional", DeviceVerdict.CANNOT_VERIFY),
    ],
)
def test_what_the_labelling_says_decides_what_is_needed(said: str, came_to: DeviceVerdict) -> None:
    """W5: labelling without MRI safety information is never shown as fine."""
    world, visit = arrived()
    label(world, visit, record(world, visit), said)
    plan(world, visit)
    assert verdict(world, visit) is came_to


def test_a_label_without_its_document_verifies_nothing() -> None:
    world, visit = arrived()
    device = record(world, visit)
    assert judged(world, visit)[0].reasons == ("label-not-read",)
    label(world, visit, device, "mr-safe")
    assert verdict(world, visit) is DeviceVerdict.MET
    known = devices(world, visit)
    for blank in ("document", "revision", "dated"):
        one = known.devices[device]
        assert one.label is not None
        less = replace(one, label=replace(one.label, **{blank: " "}))
        world.state = replace(
            world.state,
            implants=replace(world.state.implants, visits={visit: replace(known, devices={device: less})}),
        )
        assert judged(world, visit)[0].reasons == ("document-missing",)


# --- who says what ---


def test_the_operator_says_what_the_scanner_is_set_to_and_eyes_say_the_rest() -> None:
    world, visit = arrived()
    device = conditional(world, visit, defibrillator="in the room")
    plan(world, visit)
    by_hand = {"told_by": world.people["LT"]}
    assert world.refused(confirm(world, visit, device, "whole-body-sar", **by_hand)) == "condition-operator"
    assert world.refused(confirm(world, visit, device, "whole-body-sar", told_by="")) == "condition-operator"
    assert world.refused(confirm(world, visit, device, "defibrillator")) == "condition-by-eye"
    assert world.refused(confirm(world, visit, device, "b0")) == "condition-compared"
    world.do(confirm(world, visit, device, "defibrillator", told_by=""))
    world.do(confirm(world, visit, device, "whole-body-sar"))
    assert verdict(world, visit) is DeviceVerdict.MET


def test_anybody_may_say_that_a_condition_is_not_met() -> None:
    world, visit = arrived()
    device = met(world, visit)
    world.do(confirm(world, visit, device, "b0", met=False, told_by=""))
    assert verdict(world, visit) is DeviceVerdict.NOT_MET


def test_a_word_stands_in_for_no_figure() -> None:
    """H8: without the figure of the plan the operator's yes verifies nothing."""
    world, visit = arrived()
    device = conditional(world, visit)
    assert world.refused(confirm(world, visit, device, "whole-body-sar")) == "devices-plan-missing"
    plan(world, visit, figures={})
    assert world.refused(confirm(world, visit, device, "whole-body-sar")) == "condition-not-comparable"
    plan(world, visit, figures={"whole-body-sar": "2.4 W/kg"})
    assert world.refused(confirm(world, visit, device, "whole-body-sar")) == "condition-not-comparable"
    assert verdict(world, visit) is DeviceVerdict.NOT_MET
    plan(world, visit, figures={"whole-body-sar": "0.9 W/lb"})
    world.do(confirm(world, visit, device, "whole-body-sar"))
    assert verdict(world, visit) is DeviceVerdict.MET


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"region": "ankle bone"}, "plan-terms"),
        ({"transmit_coil": "big one"}, "plan-terms"),
        ({"mode": "gentle"}, "plan-terms"),
        ({"position": "upright"}, "plan-terms"),
        ({"figures": {"whole-body-sar": "2"}}, "figure-unreadable"),
        ({"figures": {"b0": "3 T"}}, "condition-unknown"),
        ({"receive_coil": "x" * 121}, "device-text"),
    ],
)
def test_a_plan_is_written_in_known_terms_and_units(changes: dict[str, object], rule: str) -> None:
    world, visit = arrived()
    with pytest.raises(AssertionError, match=rule):
        plan(world, visit, **changes)


# --- several devices, leads ---


def test_the_worst_of_several_devices_rules() -> None:
    world, visit = waiting()
    met(world, visit)
    world.do(decide(world, visit), "LT", "RO")
    second = record(world, visit, what="clip")
    label(world, visit, second, "mr-unsafe")
    assert verdict(world, visit) is DeviceVerdict.UNSAFE
    assert against(world, visit)["device-unsafe"] is Verdict.STOP
    assert not [one for one in devices(world, visit).said.values() if one.met]
    assert devices(world, visit).decision is None


def test_what_was_said_to_be_not_met_stands_beside_a_device_more() -> None:
    """W5: what fell is what was confirmed; a no to one device is not forgotten over another."""
    world, visit = arrived()
    device = met(world, visit)
    world.do(confirm(world, visit, device, "whole-body-sar", met=False))
    assert verdict(world, visit) is DeviceVerdict.NOT_MET
    record(world, visit, what="clip")
    assert judged(world, visit)[0].verdict is DeviceVerdict.NOT_MET
    plan(world, visit)
    assert judged(world, visit)[0].verdict is DeviceVerdict.CANNOT_VERIFY


def test_an_abandoned_lead_voids_the_label_of_its_system() -> None:
    """W5: the label is for the whole system; the radiologist decides."""
    world, visit = waiting()
    device = met(world, visit)
    world.do(decide(world, visit), "LT", "RO")
    record(world, visit, what="lead", part="lead", of=device, abandoned="yes")
    assert [one.verdict for one in judged(world, visit)] == [DeviceVerdict.RISK_BENEFIT] * 2
    assert "lead-abandoned" in judged(world, visit)[0].reasons
    assert against(world, visit)["device-risk-benefit"] is Verdict.HOLD


def test_a_lead_of_nobody_knows_what_voids_every_label_and_an_unknown_one_verifies_none() -> None:
    world, visit = arrived()
    met(world, visit)
    record(world, visit, what="lead", part="lead", abandoned="unknown")
    assert "lead-unknown" in judged(world, visit)[0].reasons
    record(world, visit, what="lead", part="lead", abandoned="yes")
    assert "lead-abandoned" in judged(world, visit)[0].reasons


# --- decisions ---


def test_a_risk_benefit_decision_is_the_radiologists_with_the_expert_and_has_a_rationale() -> None:
    """§2.5: written rationale, co-signed; nobody else's signature counts."""
    world, visit = waiting()
    label(world, visit, record(world, visit), "mr-unlabelled")
    assert world.refused(decide(world, visit, "risk-benefit", rationale="r"), "RA", "EX") == (
        "devices-plan-missing"
    )
    plan(world, visit)
    asked = decide(world, visit, "risk-benefit", rationale="benefit outweighs")
    assert world.refused(decide(world, visit, "risk-benefit"), "RA", "EX") == "devices-rationale"
    assert world.refused(asked) == "signature-missing"
    assert world.refused(asked, "RA") == "signature-missing"
    assert world.refused(asked, "RA", "TE") == "devices-second-role"
    assert world.refused(asked, "LT", "EX") == "role-missing"
    assert world.refused(decide(world, visit), "LT", "RO") == "devices-other-decision"
    world.do(asked, "RA", "EX")
    assert not [rule for rule in against(world, visit) if rule.startswith("device")]


def test_mr_unsafe_takes_a_documented_exception_and_nothing_less() -> None:
    world, visit = waiting()
    label(world, visit, record(world, visit), "mr-unsafe")
    plan(world, visit)
    assert world.refused(decide(world, visit, "risk-benefit", rationale="r"), "RA", "EX") == (
        "devices-other-decision"
    )
    exception = decide(world, visit, "exception", rationale="life-saving")
    assert world.refused(exception, "RA", "EX") == "role-missing"
    assert against(world, visit)["device-unsafe"] is Verdict.STOP
    world.do(exception, "MD", "EX")
    assert not [rule for rule in against(world, visit) if rule.startswith("device")]


def test_a_decision_by_a_call_names_both_and_waits_for_the_decider() -> None:
    """Decisions by somebody not present: number, read-back, role, and a Level 2 who records."""
    world, visit = waiting()
    label(world, visit, record(world, visit), "mr-unlabelled")
    plan(world, visit)
    call = {"rationale": "r", "called": world.people["RA"], "decided_utc": world.clock.now().utc - 60 * US}
    asked = decide(world, visit, "risk-benefit", callback="555", read_back=True, **call)
    unread = decide(world, visit, "risk-benefit", callback="555", **call)
    assert world.refused(unread, "LT", "EX") == "call-unread"
    assert world.refused(asked, "EX") == "role-missing"
    assert world.refused(asked, "LT") == "devices-second-role"
    other = replace_called(asked, world.people["LO"])
    assert world.refused(other, "LT", "EX") == "decider-role"
    world.do(asked, "LT", "EX")
    assert not [rule for rule in against(world, visit) if rule.startswith("device")]
    made = devices(world, visit).decision
    assert made is not None
    assert (made.called, made.deciders) == (world.people["RA"], (world.people["RA"], world.people["EX"]))
    assert world.refused(SignDeviceDecision(visit=visit), "EX") == "decider-signs"
    world.do(SignDeviceDecision(visit=visit), "RA")
    assert world.refused(SignDeviceDecision(visit=visit), "RA") == "devices-nothing-to-sign"


def replace_called(asked: object, called: str) -> object:
    return replace(asked, called=called)  # type: ignore[type-var]


def test_nobody_decides_on_their_own_device() -> None:
    """I5: whoever bears the patient's name signs nothing here."""
    world = with_experts()
    visit = world.arrive(name="Lena Leveltwo")
    met(world, visit)
    assert world.refused(decide(world, visit), "LT", "RO") == "signs-for-self"


# --- what a change voids ---


def moved(world: World) -> None:
    world.profile = figured(hash="profile-b", b0_mt=1500)
    world.start()
    world.sign_on()


def another_exam(world: World, visit: str) -> None:
    world.do(AmendVisit(visit=visit, name="Pat Example", birth_date="1970-01-01", exam="head"))


CHANGES: dict[str, Callable[[World, str, str], object]] = {
    "device": lambda world, visit, _: record(world, visit, what="clip"),
    "lead": lambda world, visit, device: record(world, visit, what="lead", part="lead", of=device),
    "label": lambda world, visit, device: label(world, visit, device, **LABEL),
    "region": lambda world, visit, _: plan(world, visit, region="head"),
    "coil": lambda world, visit, _: plan(world, visit, transmit_coil="extremity-tr"),
    "receive-coil": lambda world, visit, _: plan(world, visit, receive_coil="knee 16"),
    "exam": lambda world, visit, _: another_exam(world, visit),
    "field": lambda world, _visit, _device: moved(world),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_voids_every_confirmation_at_once_and_a_late_one_counts_for_nothing(what: str) -> None:
    """W5: another scanner, region, coil, device or label; also when the word for the former comes late."""
    world, visit = waiting()
    device = met(world, visit)
    late = confirm(world, visit, device, "whole-body-sar")
    world.do(decide(world, visit), "LT", "RO")
    decided_late = decide(world, visit)
    CHANGES[what](world, visit, device)
    assert world.facts(ConfirmationsVoided)
    assert not [one for one in devices(world, visit).said.values() if one.met]
    assert verdict(world, visit) is not DeviceVerdict.MET
    assert [rule for rule in against(world, visit) if rule.startswith("device")]
    assert world.refused(late) == "confirmation-late"
    assert world.refused(decided_late, "LT", "RO") == "confirmation-late"
    assert world.facts(AttemptRefused)[-1].rule == "confirmation-late"
    assert verdict(world, visit) is not DeviceVerdict.MET


def test_a11_what_was_confirmed_at_3_t_is_void_at_1_5_t() -> None:
    """A11: another field strength: confirmations, plan and decision are gone, and the label is held anew."""
    world, visit = waiting()
    met(world, visit, b0="3 T")
    world.do(decide(world, visit), "LT", "RO")
    moved(world)
    assert world.facts(ConfirmationsVoided)[-1].reason == "scanner"
    assert devices(world, visit).plan is None
    assert verdict(world, visit) is DeviceVerdict.NOT_MET


def test_a11_the_rule_alone_holds_at_another_field_without_a_restart() -> None:
    """A11, I8: held against no magnet but its own."""
    world, visit = waiting()
    met(world, visit)
    world.do(decide(world, visit), "LT", "RO")
    world.profile = figured(b0_mt=1500)
    found = against(world, visit)
    assert found["clearance-elsewhere"] is Verdict.STOP
    assert "device-cannot-verify" in found


def test_another_person_has_no_device_of_the_former() -> None:
    world, visit = waiting()
    met(world, visit)
    world.do(AmendVisit(visit=visit, name="Pam Sample", birth_date="1970-01-01", exam="knee"))
    assert devices(world, visit).devices == {}


def test_a_device_found_before_the_way_in_takes_the_final_check_away() -> None:
    world, visit = waiting()
    assert world.visit(visit).stands(Leg.FINAL_CHECK)
    record(world, visit)
    assert world.visit(visit).legs[Leg.FINAL_CHECK].fallen == "devices-changed"
    told = token.entry(world.state, world.visit(visit), world.ctx())
    assert {leg.id for leg in told.broken} == {"device-verdict", "final-check"}


def test_a_device_found_with_the_patient_inside_is_a_high_alarm_and_they_come_out() -> None:
    world, visit = waiting()
    world.go_in(visit)
    before = len(world.entries)
    record(world, visit)
    assert raised([one.fact for one in world.entries[before:]]) == ["clearance-void"]
    assert world.visit(visit).uncleared
    start = clearance.start(world.state, world.visit(visit), world.ctx())
    assert {"entered-uncleared", "device-cannot-verify"} <= {one.why.rule for one in start}


def test_a_device_withdrawn_needs_a_reason_and_a_signature_and_voids_what_was_confirmed() -> None:
    world, visit = arrived()
    met(world, visit)
    clip = record(world, visit, what="clip")
    gone = WithdrawDevice(visit=visit, device=clip, reason="another patient's card")
    assert (
        world.refused(WithdrawDevice(visit=visit, device=clip, reason=" "), "EX") == "device-withdraw-reason"
    )
    assert world.refused(gone) == "signature-missing"
    world.do(gone, "EX")
    assert len(devices(world, visit).devices) == 1
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY


def test_a_closed_visit_leaves_its_devices_in_the_record_alone() -> None:
    world, visit = arrived()
    met(world, visit)
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert world.state.implants.visits == {}


def test_nothing_about_devices_is_asked_of_a_visit_without_any() -> None:
    world, visit = at_the_door()
    assert against(world, visit) == {}
    assert ready().state.implants.visits == {}


# --- what must not make a verdict better than it is ---


@pytest.mark.parametrize("said", ["unknown", "N/A", " none ", "not stated", "verbal"])
@pytest.mark.parametrize("line", ["model", "serial", "read_from"])
def test_a_word_for_not_knowing_identifies_no_device(said: str, line: str) -> None:
    """W5, H8: unknown is not a serial number, and nobody's memory is a document."""
    world, visit = arrived()
    device = record(world, visit, **{line: said})
    label(world, visit, device, "mr-safe")
    plan(world, visit)
    assert judged(world, visit)[0].reasons == ("not-identified",)
    assert world.refused(decide(world, visit), "LT", "RO") == "devices-other-decision"


def test_a_word_for_not_knowing_is_no_document_and_no_condition() -> None:
    world, visit = arrived()
    device = record(world, visit)
    told = {"labelling": "mr-safe", "document": "none", "revision": "B", "dated": "2025-04-01"}
    world.do(TranscribeLabel(visit=visit, device=device, **told))
    assert judged(world, visit)[0].reasons == ("document-missing",)
    other = conditional(world, visit, **{"mr-mode": "unknown"})
    plan(world, visit)
    assert world.refused(confirm(world, visit, other, "mr-mode", told_by="", figure="DDD 60")) == (
        "condition-not-comparable"
    )


def test_what_is_not_met_after_the_decision_is_decided_anew() -> None:
    """I4, W5: whoever weighed the risk did not know that the defibrillator is missing."""
    world, visit = waiting()
    device = conditional(world, visit, defibrillator="at hand")
    plan(world, visit, figures={"whole-body-sar": "3 W/kg"})
    assert verdict(world, visit) is DeviceVerdict.NOT_MET
    world.do(decide(world, visit, "risk-benefit", rationale="stroke"), "RA", "EX")
    assert "device-not-met" not in against(world, visit)
    world.do(confirm(world, visit, device, "defibrillator", met=False, told_by=""))
    assert devices(world, visit).decision is None
    assert against(world, visit)["device-not-met"] is Verdict.HOLD
    world.do(decide(world, visit, "risk-benefit", rationale="stroke; none here, known"), "RA", "EX")
    assert "device-not-met" not in against(world, visit)


def test_a_lead_is_not_known_to_be_connected_because_nobody_said_so() -> None:
    """H8: an abandoned lead heats; unknown is not fine."""
    world, visit = arrived()
    met(world, visit)
    record(world, visit, what="lead", part="lead")
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY


def test_nobody_writes_over_what_is_abandoned_or_unsafe() -> None:
    """I6, H8: what stands against the scan is taken back signed and with a reason, never edited away."""
    world, visit = arrived()
    device = met(world, visit)
    lead = record(world, visit, what="lead", part="lead", of=device, abandoned="yes")
    for part, state in (("lead", "no"), ("lead", "unknown"), ("device", "yes")):
        changed = RecordDevice(visit=visit, device=lead, what="lead", part=part, of=device, abandoned=state)
        assert world.refused(changed) == "device-not-written-over"
    assert verdict(world, visit) is DeviceVerdict.RISK_BENEFIT
    label(world, visit, device, "mr-unsafe")
    told = {"document": "manual", "revision": "C", "dated": "2025-04-01"}
    safe = TranscribeLabel(visit=visit, device=device, labelling="mr-safe", **told)
    assert world.refused(safe, "LT") == "device-not-written-over"
    assert verdict(world, visit) is DeviceVerdict.UNSAFE
    world.do(WithdrawDevice(visit=visit, device=lead, reason="connected, seen on the film"), "LT")


@pytest.mark.parametrize(
    ("excluded", "region", "came_to"),
    [
        ("chest", "spine", Result.CANNOT_VERIFY),
        ("chest", "shoulder", Result.CANNOT_VERIFY),
        ("head, neck", "spine", Result.CANNOT_VERIFY),
        ("pelvis", "hip", Result.CANNOT_VERIFY),
        ("chest", "chest", Result.NOT_MET),
        ("chest", "knee", Result.MET),
        ("head", "foot", Result.MET),
    ],
)
def test_a_region_beside_an_excluded_one_is_not_told_apart_by_its_name(
    excluded: str, region: str, came_to: Result
) -> None:
    """W5: a thoracic spine lies in an excluded chest, whatever the plan calls it."""
    world, visit = arrived()
    device = conditional(world, visit, **{"region-excluded": excluded})
    plan(world, visit, region=region)
    asked = confirm(world, visit, device, "region-excluded")
    if came_to is Result.MET:
        world.do(asked)
    else:
        assert world.refused(asked) == "condition-not-comparable"
    assert result(world, visit, "region-excluded") is came_to


def test_regions_beside_each_other_are_so_both_ways() -> None:
    pairs = [(one, other) for one in REGIONS for other in REGIONS if beside(one, other)]
    assert {(other, one) for one, other in pairs} == set(pairs)
    assert not any(one == other for one, other in pairs)
    assert {one for one, _ in pairs} == set(REGIONS)


def test_a_device_set_back_while_the_person_is_inside_brings_them_out() -> None:
    """H34, I8: outside its MR mode it meets no condition, and its bearer lies in the magnet."""
    world, visit = waiting()
    met(world, visit, **{"mr-mode": "VOO"})
    world.do(decide(world, visit), "LT", "RO")
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    (action,) = world.state.actions.of(visit)
    facts = world.do(CloseDeviceAction(visit=visit, action=action.id, after="DDD 60"), "TE")
    assert "clearance-void" in raised(facts)
    assert world.visit(visit).uncleared
