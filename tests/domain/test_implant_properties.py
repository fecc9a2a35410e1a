"""What no sequence of things written down and confirmed about devices may reach."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.implanted import LABEL, PLANNED, devices, figured, judged, verdict, with_experts
from support.suite_inputs import _marks
from support.suite_world import World, at_the_door

from mr_safety_console.domain import suite
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.device_actions import CloseDeviceAction, DeviceActionOpened
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    DecideDevices,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WithdrawDevice,
    WriteCondition,
)
from mr_safety_console.domain.implant_conditions import measure
from mr_safety_console.domain.implant_facts import (
    ConditionConfirmed,
    ConditionWritten,
    ConfirmationsVoided,
    DeviceRecorded,
    DevicesDecided,
    DeviceVerdict,
    DeviceWithdrawn,
    LabelTranscribed,
    ScanPlanned,
)
from mr_safety_console.domain.implant_kinds import ALWAYS_STATED, KINDS, Who
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import AmendVisit, CloseVisit, EnterZoneIV, Leg

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WRITTEN = (
    *LABEL.items(),
    ("b1rms", "2 uT"),
    ("mr-mode", "on"),
    ("isocentre", "head first, C7"),
    ("whole-body-sar", ""),
    ("b0", "1.5 T"),
    ("spatial-gradient", "unreadable"),
    ("position", "supine"),
)
WHOLE = {"maker": "Examplemed", "model": "Pace 1", "serial": "S-1", "read_from": "card"}
NAMES = (
    "device", "lead", "label", "condition", "plan", "confirm", "late", "decide", "withdraw", "back", "field",
    "exam", "push",
)  # fmt: skip
STEP = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 999)), max_size=20)
STEPS = st.builds(
    lambda first, rest: [*first, *rest], st.sampled_from(([], [("push", 1)], [("push", 2)])), STEP
)
"""Begins with nothing, with a device decided on, or with one met and not yet decided on."""
BEGUN = with_experts()
BEGUN_VISIT = BEGUN.arrive()


def device(world: World, visit: str, n: int) -> str:
    names = list(devices(world, visit).devices)
    return names[n % len(names)] if names else "none"


Late = list[ConfirmCondition]


def _device(world: World, visit: str, n: int) -> None:
    world.give(RecordDevice(visit=visit, what="pacemaker", **(WHOLE if n % 5 else {})))


def _lead(world: World, visit: str, n: int) -> None:
    of, gone = (device(world, visit, n) if n % 2 else ""), ("no", "yes", "unknown")[n % 3]
    world.give(RecordDevice(visit=visit, what="lead", part="lead", of=of, abandoned=gone, **WHOLE))


def _label(world: World, visit: str, n: int) -> None:
    said = ("mr-conditional", "mr-safe", "mr-unsafe", "mr-unlabelled", "mr-conditional")[n % 5]
    stands = {"document": "manual", "revision": "C", "dated": "" if n % 7 == 0 else "2025-01-01"}
    world.give(TranscribeLabel(visit=visit, device=device(world, visit, n), labelling=said, **stands))


def _condition(world: World, visit: str, n: int) -> None:
    code, printed = WRITTEN[n % len(WRITTEN)]
    world.give(WriteCondition(visit=visit, device=device(world, visit, n), code=code, printed=printed))


def _plan(world: World, visit: str, n: int) -> None:
    where = {"region": ("knee", "head")[n % 2], "transmit_coil": "body", "mode": "normal"}
    world.give(PlanScan(visit=visit, position="supine", figures=PLANNED if n % 4 else {}, **where))


def _decide(world: World, visit: str, n: int) -> None:
    kind = ("conditions-met", "risk-benefit", "exception")[n % 3]
    signers = (("LT", "RO"), ("RA", "EX"), ("MD", "EX"), ("TE", "LO"))[n // 3 % 4]
    at = devices(world, visit).edition - (n % 11 == 0)
    world.give(DecideDevices(visit=visit, edition=at, decision=kind, rationale="r"), *signers)


def _withdraw(world: World, visit: str, n: int) -> None:
    world.give(WithdrawDevice(visit=visit, device=device(world, visit, n), reason="wrong card"), "EX")


def _back(world: World, visit: str, n: int) -> None:
    for name in list(world.state.actions.open):
        world.give(CloseDeviceAction(visit=visit, action=name, after="DDD"), "LT")


def _field(world: World, visit: str, n: int) -> None:
    there = world.profile.hash == "profile-b"
    world.profile = figured() if there else figured(hash="profile-b", b0_mt=1500)
    world.start()
    world.sign_on()


def _exam(world: World, visit: str, n: int) -> None:
    exam = ("knee", "head")[n % 2]
    world.give(AmendVisit(visit=visit, name="Pat Example", birth_date="1970-01-01", exam=exam))


def push(world: World, visit: str, n: int) -> None:
    """Go as far as it goes: a device, its label, the plan, every tick, the decision."""
    if not devices(world, visit).devices:
        world.give(RecordDevice(visit=visit, what="pacemaker", **WHOLE))
    for name in devices(world, visit).devices:
        stands = {"document": "manual", "revision": "C", "dated": "2025-01-01"}
        world.give(TranscribeLabel(visit=visit, device=name, labelling="mr-conditional", **stands))
        for code, printed in {**LABEL, "mr-mode": "on"}.items():
            world.give(WriteCondition(visit=visit, device=name, code=code, printed=printed))
    where = {"region": "knee", "transmit_coil": "body", "mode": "normal", "position": "supine"}
    world.give(PlanScan(visit=visit, figures=PLANNED, **where))
    for name in devices(world, visit).devices:
        for code in ("whole-body-sar", "mr-mode"):
            by = world.people["RO"] if KINDS[code].who is Who.SCAN_SIDE else ""
            at = devices(world, visit).edition
            world.give(
                ConfirmCondition(
                    visit=visit, device=name, code=code, edition=at, met=True, told_by=by, figure="DDD"
                )
            )
    if n % 2:
        at = devices(world, visit).edition
        world.give(DecideDevices(visit=visit, edition=at, decision="conditions-met"), "LT", "RO")


def confirm(world: World, visit: str, one: str, n: int, late: Late) -> None:
    if late and n % 3 == 0:
        world.give(late[n % len(late)])
        return
    known = devices(world, visit)
    codes = list(known.devices[one].conditions) if one in known.devices else ["b0"]
    code = codes[n % len(codes)] if codes else "b0"
    by = world.people["RO"] if KINDS[code].who is Who.SCAN_SIDE else ""
    asked = ConfirmCondition(
        visit=visit, device=one, code=code, edition=known.edition, met=n % 8 > 0, told_by=by, figure="DDD"
    )
    late.append(asked)
    world.give(asked)


ACTS = {
    "device": _device, "lead": _lead, "label": _label, "condition": _condition, "plan": _plan,
    "decide": _decide, "withdraw": _withdraw, "back": _back, "field": _field, "exam": _exam, "push": push,
}  # fmt: skip


def give(world: World, visit: str, what: str, n: int, late: Late) -> None:
    """Do one thing by name; a confirmation is kept, to be said again when it is late."""
    if what in ACTS:
        ACTS[what](world, visit, n)
    else:
        confirm(world, visit, device(world, visit, n), n, late)


class Oracle:
    """What was said and decided, read off the facts alone, by the number of the last change."""

    CHANGES = (DeviceRecorded, DeviceWithdrawn, LabelTranscribed, ConditionWritten, ScanPlanned,
               ConfirmationsVoided)  # fmt: skip

    def __init__(self, entries: list[Entry]) -> None:
        self.conditions: dict[str, dict[str, str]] = {}
        self.said: set[tuple[str, str]] = set()
        self.decided = False
        self.planned: ScanPlanned | None = None
        for entry in entries:
            self.read(entry.fact)

    def read(self, fact: object) -> None:
        if isinstance(fact, self.CHANGES):
            self.said.clear()
            self.decided = False
        self.wrote(fact)
        match fact:
            case ScanPlanned():
                self.planned = fact
            case ConfirmationsVoided(reason=reason) if reason in ("scanner", "exam", "person"):
                self.planned = None
            case ConditionConfirmed(device=name, code=code, met=met):
                (self.said.add if met else self.said.discard)((name, code))
            case DevicesDecided():
                self.decided = True

    def wrote(self, fact: object) -> None:
        match fact:
            case DeviceRecorded(device=name):
                self.conditions.setdefault(name, {})
            case DeviceWithdrawn(device=name):
                self.conditions.pop(name, None)
            case LabelTranscribed(device=name):
                self.conditions[name] = {}
            case ConditionWritten(device=name, code=code, printed=printed):
                self.conditions[name][code] = printed


def assert_met_on_nothing_less(world: World, visit: str) -> bool:
    """Hold a verdict of met against the facts: every condition readable, stated, and confirmed since."""
    known = devices(world, visit)
    if not known.devices or verdict(world, visit) is not DeviceVerdict.MET:
        return False
    told = Oracle(world.entries)
    for one in judged(world, visit):
        if not one.rows:
            continue
        assert told.planned is not None
        stated = told.conditions[one.device.id]
        for code, printed in stated.items():
            kind = KINDS[code]
            assert printed.strip()
            assert kind.who is Who.CONSOLE or (one.device.id, code) in told.said
            assert not kind.unit or code == "b0" or measure(printed, kind.unit)
        assert all(any(code in stated for code in need.split(" or ")) for need in ALWAYS_STATED)
    return True


@SLOW
@given(steps=STEPS)
def test_nothing_blank_unreadable_or_unconfirmed_ever_ends_as_met(
    steps: list[tuple[str, int]],
) -> None:
    """H8, I4: in any order, with late words in between, held against the facts alone."""
    world, visit, late = BEGUN.clone(), BEGUN_VISIT, []
    found = 0
    for what, n in steps:
        give(world, visit, what, n, late)
        found += assert_met_on_nothing_less(world, visit)
        told = Oracle(world.entries)
        rules = {one.why.rule for one in entry_findings(world.state, visit, world.ctx())}
        if devices(world, visit).devices and not told.decided:
            assert [rule for rule in rules if rule.startswith("device-")]
    event(f"{min(found, 3)} times met")


@SLOW
@given(steps=STEPS, n=st.integers(0, 999), what=st.sampled_from(("device", "lead")))
def test_a_device_or_lead_more_never_improves_a_verdict(
    steps: list[tuple[str, int]], n: int, what: str
) -> None:
    """W5: the worst case only ever gets worse by one more."""
    world, visit, late = BEGUN.clone(), BEGUN_VISIT, []
    for step, number in steps:
        give(world, visit, step, number, late)
    before = {one.device.id: one.verdict for one in judged(world, visit)}
    give(world, visit, what if before else "device", n, late)
    after = {one.device.id: one.verdict for one in judged(world, visit)}
    assert len(after) == len(before) + 1
    assert all(after[name] >= known for name, known in before.items())
    assert verdict(world, visit) >= max(before.values(), default=DeviceVerdict.MET)
    assert devices(world, visit).decision is None


@SLOW
@given(steps=STEPS, change=st.sampled_from(("device", "lead", "plan", "field", "exam")))
def test_a_change_leaves_nothing_confirmed_also_when_the_word_comes_late(
    steps: list[tuple[str, int]], change: str
) -> None:
    """H7, W5: what was said of the former counts for nothing, as a command or as a fact folded later."""
    world, visit, late = BEGUN.clone(), BEGUN_VISIT, []
    for step, number in (*steps, ("push", 1)):
        give(world, visit, step, number, late)
    edition = devices(world, visit).edition
    spoken = [entry.fact for entry in world.entries if isinstance(entry.fact, ConditionConfirmed)]
    if change == "exam":
        world.do(AmendVisit(visit=visit, name="Pat Example", birth_date="1970-01-01", exam="elbow"))
    else:
        give(world, visit, change, 1, late)
    assert devices(world, visit).edition > edition
    for fact in spoken:
        world.keep(fact, world.ctx())
    for asked in late:
        assert world.give(asked).refused is not None or asked.edition > edition
    now = devices(world, visit)
    assert not [
        one for key, one in now.said.items() if one.met and now.confirmation(*key.split(":")) is not None
    ]
    assert now.decision is None


@SLOW
@given(steps=STEPS)
def test_no_visit_closes_on_an_open_action_whatever_happened(steps: list[tuple[str, int]]) -> None:
    """H34: a device once in MR mode is signed back, or its visit is open."""
    world, visit, late = BEGUN.clone(), BEGUN_VISIT, []
    for step, number in steps:
        give(world, visit, step, number, late)
    left = world.state.actions.of(visit)
    opened = sum(isinstance(entry.fact, DeviceActionOpened) for entry in world.entries)
    refused = world.give(CloseVisit(visit=visit, outcome="not-scanned")).refused
    assert (refused is not None and refused.rule == "visit-device-open") is bool(left)
    event(f"{min(opened, 2)} opened")


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@settings(SLOW, max_examples=3_000)
@given(steps=STEPS)
def test_nothing_ends_as_met_on_less_over_many(steps: list[tuple[str, int]]) -> None:
    """H8, I4: the same, three thousand times."""
    world, late = BEGUN.clone(), []
    for what, n in steps:
        give(world, BEGUN_VISIT, what, n, late)
        assert_met_on_nothing_less(world, BEGUN_VISIT)


NEAR = st.lists(
    st.tuples(st.sampled_from([n for n in NAMES if n not in ("field", "exam")]), st.integers(0, 999))
)
DOOR_WORLD, DOOR_VISIT = at_the_door()
with_experts(DOOR_WORLD)


def goes_in(world: World, visit: str) -> bool:
    """Read the final check back, announce, go in; tell whether the console let them."""
    _marks(world, visit, Leg.FINAL_CHECK, 1)
    world.give(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")
    world.give(AnnounceTransit(visit=visit))
    return world.give(EnterZoneIV(visit=visit)).refused is None


@SLOW
@given(steps=NEAR, lead=st.sampled_from(([], [("push", 1)], [("push", 2)])), more=st.integers(0, 1))
def test_nobody_goes_in_on_a_device_that_nobody_decided_on(
    steps: list[tuple[str, int]], lead: list[tuple[str, int]], more: int
) -> None:
    """H8, I8: whatever was written, said and signed at the door, held against the facts alone."""
    world, late = DOOR_WORLD.clone(), []
    for what, n in (*(steps if more else steps[:3]), *lead):
        give(world, DOOR_VISIT, what, n, late)
    told = Oracle(world.entries)
    went = goes_in(world, DOOR_VISIT)
    assert not went or told.decided or not told.conditions
    event(f"in: {went}, decided: {told.decided}, devices: {bool(told.conditions)}")


@SLOW
@given(steps=STEPS)
def test_what_is_folded_again_is_the_same(steps: list[tuple[str, int]]) -> None:
    world, late = BEGUN.clone(), []
    for what, n in steps:
        give(world, BEGUN_VISIT, what, n, late)
    folded = suite.SuiteState()
    for entry in world.entries:
        folded = suite.evolve(folded, entry)
    assert (folded.implants, folded.actions) == (world.state.implants, world.state.actions)
    assert folded.broken == ()
