"""What must be true of every way in, judged on the facts alone."""

from __future__ import annotations

from collections.abc import Callable

from support.suite_world import (
    DETECTOR,
    DOOR,
    STAFF,
    WAND,
    World,
)

from mr_safety_console.domain.alarms import (
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
)
from mr_safety_console.domain.checklists import STAGES
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import NS, US
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.doors import DoorKeeperLeft, DoorKept, TransitAnnounced
from mr_safety_console.domain.emergency import (
    EmergencyEnded,
    EmergencyOpened,
)
from mr_safety_console.domain.lifecycle import ConsoleStarted
from mr_safety_console.domain.lists_facts import (
    ItemDeferred,
    ItemMarked,
    ItemOverridden,
    ItemReopened,
    StageReset,
)
from mr_safety_console.domain.screening_facts import (
    AnswerAmended,
    AnswerAskedAgain,
    AnswerCorrected,
    AnswerGiven,
    ItemResolved,
    ScreeningReviewed,
    ScreeningSigned,
    ScreeningVoided,
    Verdict,
)
from mr_safety_console.domain.visit import BEFORE_ENTRY
from mr_safety_console.domain.visit_facts import (
    ExamChanged,
    IdentityAmended,
    Leg,
    LegFell,
    LegMade,
    VisitBound,
    VisitHeld,
    VisitOpened,
    VisitReleased,
    ZoneIVEntered,
)
from mr_safety_console.domain.wands import HandPassed, WandTested
from screening_forms import answering
from screening_forms.types import Item

LIMITS_S = {Leg.DETECTOR_PASS: 600, Leg.FINAL_CHECK: 600, Leg.ZONE_III: 3600, Leg.SCREENING: 86_400}
LEVEL_2 = {"L2", "L2T", "OPR"}
UNDECIDED = {"unsure", "refused", "unable"}


def last(entries: list[Entry], wanted: Callable[[Fact], bool]) -> Entry | None:
    return next((entry for entry in reversed(entries) if wanted(entry.fact)), None)


def roles(entry: Entry, world: World) -> list[set[str]]:
    held = {name: set(STAFF[initials][1]) for initials, name in world.people.items()}
    return [held.get(who.person, set()) for who in entry.by]


def assert_legs(world: World, visit: str, at: Entry, before: list[Entry]) -> None:
    for leg, _ in BEFORE_ENTRY:
        made = last(
            before,
            lambda f, leg=leg: isinstance(f, LegMade) and (f.visit, f.leg) == (visit, leg),  # type: ignore[misc]
        )
        fallen = last(
            before,
            lambda f, leg=leg: isinstance(f, LegFell) and (f.visit, f.leg) == (visit, leg),  # type: ignore[misc]
        )
        assert made is not None, leg
        assert fallen is None or fallen.seq < made.seq, (leg, fallen)
        if leg in LIMITS_S:
            assert leg is Leg.SCREENING or made.at.boot == at.at.boot
            same = made.at.boot == at.at.boot
            age_s = (at.at.bt - made.at.bt) / NS if same else (at.at.utc - made.at.utc) / US
            assert age_s <= LIMITS_S[leg], (leg, age_s)
        if leg is Leg.FINAL_CHECK:
            assert len({who.person for who in made.by}) >= 2
            assert any(LEVEL_2 & held for held in roles(made, world))


def told_in(mine: list[Entry], review: Entry) -> tuple[dict[str, str], set[str], dict[str, int]]:
    """Return the answers, the items somebody doubted, and the resolutions, all before the review."""
    answers: dict[str, str] = {}
    resolved: dict[str, int] = {}
    held: set[str] = set()
    for entry in mine:
        match entry.fact:
            case AnswerGiven(item=item, answer=answer):
                answers[item] = answer
            case AnswerAmended(item=item, answer=answer):
                answers[item] = answer
                held.add(item)
                resolved.pop(item, None)
                assert entry.seq < review.seq
            case AnswerCorrected(item=item, was=was, answer=answer):
                answers[item] = answer
                if was in UNDECIDED:
                    held.add(item)
            case AnswerAskedAgain(item=item, agrees=False):
                held.add(item)
                assert entry.seq < review.seq
            case ItemResolved(item=item, resolution=resolution):
                assert resolution != "not-suitable" or item in resolved or entry.seq < review.seq
                resolved[item] = entry.seq
                assert entry.seq < review.seq
    return answers, held, resolved


def assert_screening(world: World, visit: str, before: list[Entry]) -> None:
    mine = [entry for entry in before if getattr(entry.fact, "visit", "") == visit]
    anew = last(mine, lambda f: isinstance(f, ScreeningVoided) and f.anew)
    mine = [entry for entry in mine if anew is None or entry.seq > anew.seq]
    signed = last(mine, lambda f: isinstance(f, ScreeningSigned))
    review = last(mine, lambda f: isinstance(f, ScreeningReviewed))
    assert signed is not None
    assert review is not None
    assert review.seq > signed.seq
    assert isinstance(review.fact, ScreeningReviewed)
    assert review.fact.verdict in (Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS)
    assert not {who.person for who in review.by} & {who.person for who in signed.by}
    answers, held, resolved = told_in(mine, review)
    for item in held | {item for item, answer in answers.items() if answer in UNDECIDED}:
        assert item in resolved, item
        assert review.fact.verdict is Verdict.CLEARED_WITH_CONDITIONS


FIELDS_MT = {"profile-a": 3000, "profile-b": 1500}
"""The two magnets of the properties, by the site file the console started with."""


def assert_bound(visit: str, before: list[Entry]) -> None:
    """I8: the way in is at the magnet, of the person and for the examination that it was cleared for."""
    bound = last(before, lambda f: isinstance(f, VisitOpened | VisitBound) and f.visit == visit)
    started = last(before, lambda f: isinstance(f, ConsoleStarted))
    assert bound is not None
    assert started is not None
    assert isinstance(bound.fact, VisitOpened | VisitBound)
    assert isinstance(started.fact, ConsoleStarted)
    assert bound.fact.b0_mt == FIELDS_MT[started.fact.profile_hash]
    review = last(before, lambda f: isinstance(f, ScreeningReviewed) and f.visit == visit)
    assert review is not None
    assert isinstance(bound.fact, VisitOpened) or bound.seq < review.seq
    other = last(before, lambda f: isinstance(f, IdentityAmended | ExamChanged) and f.visit == visit)
    if other is not None:
        coil = last(before, lambda f: isinstance(f, LegMade) and (f.visit, f.leg) == (visit, Leg.DOOR_LIST))
        assert coil is not None
        assert other.seq < min(review.seq, coil.seq)
    amended = last(before, lambda f: isinstance(f, IdentityAmended) and f.visit == visit)
    known = last(before, lambda f: isinstance(f, LegMade) and (f.visit, f.leg) == (visit, Leg.IDENTITY))
    assert known is not None
    assert amended is None or amended.seq < known.seq


def assert_suite(world: World, visit: str, at: Entry, before: list[Entry]) -> None:
    facts = [entry.fact for entry in before]
    held = [f.alarm for f in facts if isinstance(f, VisitHeld) and f.visit == visit]
    freed = [f.alarm for f in facts if isinstance(f, VisitReleased) and f.visit == visit]
    assert sorted(held) == sorted(freed)
    opened = {f.emergency for f in facts if isinstance(f, EmergencyOpened)}
    assert opened == {f.emergency for f in facts if isinstance(f, EmergencyEnded)}
    assert not undisposed(facts)
    by_hand = assert_by_hand(world, visit, at, before)
    assert_door(world, visit, at, before)
    for point in (DETECTOR, WAND):
        seen = last(before, lambda f, p=point: isinstance(f, PointChanged) and f.point == p)  # type: ignore[misc]
        assert seen is not None
        assert isinstance(seen.fact, PointChanged)
        assert seen.fact.now in ((Condition.NORMAL, Condition.UNKNOWN) if by_hand else (Condition.NORMAL,))
        assert seen.at.boot == at.at.boot
    told = last(before, lambda f: isinstance(f, TransitAnnounced))
    assert told is not None
    assert isinstance(told.fact, TransitAnnounced)
    assert (told.fact.visit, told.fact.inwards) == (visit, True)
    assert at.at.bt - told.at.bt <= 60 * NS
    assert any(LEVEL_2 & held for held in roles(at, world))


def assert_door(world: World, visit: str, at: Entry, before: list[Entry]) -> bool:
    """Tell whether somebody answered for a dead door contact; then hold them to rule, time and place."""
    moved = last(before, lambda f: isinstance(f, PointChanged) and f.point == DOOR)
    assert moved is not None
    assert isinstance(moved.fact, PointChanged)
    if moved.fact.now is not Condition.UNKNOWN:
        return False
    by_eye = last(before, lambda f: isinstance(f, ItemOverridden) and f.visit == visit)
    assert by_eye is not None
    assert isinstance(by_eye.fact, ItemOverridden)
    assert by_eye.seq > moved.seq, "nobody looked since the contact spoke"
    assert by_eye.at.boot == at.at.boot
    assert at.at.bt - by_eye.at.bt < 600 * NS
    assert len({who.person for who in by_eye.by}) >= 2
    assert any({"MRST", "MRSO"} & held for held in roles(by_eye, world))
    kept = last(before, lambda f: isinstance(f, DoorKept | DoorKeeperLeft))
    assert kept is not None
    assert isinstance(kept.fact, DoorKept)
    assert kept.fact.keeper == by_eye.fact.keeper
    assert at.at.bt < kept.fact.due_bt
    return True


def assert_lists(world: World) -> int:
    """Hold each completed list against the answers before it; return how many were not plain."""
    found = 0
    for index, entry in enumerate(world.entries):
        if isinstance(entry.fact, LegMade) and entry.fact.leg in STAGES:
            assert_list(world, entry.fact, entry, world.entries[:index])
            found += any(word in entry.fact.detail for word in ("overridden", "deferred"))
    return found


def assert_list(world: World, made: LegMade, at: Entry, before: list[Entry]) -> None:
    marks = marks_of(made.visit, before)
    told = dict(part.split("=", 1) for part in made.detail.split())
    for list_id, stage in STAGES[made.leg]:
        form = world.forms[list_id]
        answers = {
            key.partition(":")[2]: fact.answer
            for key, (fact, _) in marks.items()
            if isinstance(fact, ItemMarked | ItemOverridden) and key.startswith(f"{list_id}:")
        }
        for item in answering.asked(form, answers):
            if item.required and stage in ("", item.stage):
                assert_item(item, marks.get(f"{list_id}:{item.link_id}"), told, f"{list_id}:{item.link_id}")
    if made.leg is Leg.FINAL_CHECK:
        aloud = [entry for fact, entry in marks.values() if isinstance(fact, ItemMarked) and fact.responder]
        names = {name for e in aloud for name in (e.fact.responder, *(w.person for w in e.by))}  # type: ignore[attr-defined]
        assert names <= {who.person for who in at.by}, "who read it back signs it"


def assert_item(item: Item, known: tuple[Fact, Entry] | None, told: dict[str, str], key: str) -> None:
    assert known is not None, f"{key} is blank and its list complete"
    fact, entry = known
    if isinstance(fact, ItemDeferred):
        assert key in told.get("deferred", "").split("+")
    elif isinstance(fact, ItemOverridden):
        assert key in told.get("overridden", "").split("+")
    else:
        assert isinstance(fact, ItemMarked)
        assert fact.answer, key
        assert fact.answer not in ("no-go", "fail"), key
        if item.challenge and item.options:
            assert fact.responder not in ("", *(who.person for who in entry.by)), key


def marks_of(visit: str, before: list[Entry]) -> dict[str, tuple[Fact, Entry]]:
    """Return what stands to each item of a visit, by its key, from the facts alone."""
    found: dict[str, tuple[Fact, Entry]] = {}
    for entry in before:
        fact = entry.fact
        if getattr(fact, "visit", "") != visit:
            continue
        if isinstance(fact, StageReset):
            whole = tuple(f"{name}:" for name, stage in STAGES[fact.leg] if not stage)
            gone = [key for key in found if key in fact.items or (whole and key.startswith(whole))]
            for key in gone:
                found.pop(key)
        elif isinstance(fact, ItemMarked | ItemOverridden | ItemDeferred):
            found[f"{fact.list_id}:{fact.item}"] = (fact, entry)
        elif isinstance(fact, ItemReopened):
            found.pop(f"{fact.list_id}:{fact.item}", None)
    return found


def assert_by_hand(world: World, visit: str, at: Entry, before: list[Entry]) -> bool:
    """Tell whether the pass was made with a wand; then hold it to its test, signer and keeper of the door."""
    made = last(before, lambda f: isinstance(f, LegMade) and (f.visit, f.leg) == (visit, Leg.DETECTOR_PASS))
    assert made is not None
    assert isinstance(made.fact, LegMade)
    if not made.fact.detail.startswith("manual="):
        return False
    wand = made.fact.detail.partition("=")[2]
    so_far = [entry for entry in before if entry.seq < made.seq]
    tested = last(so_far, lambda f: isinstance(f, WandTested) and f.wand == wand)
    assert tested is not None
    assert isinstance(tested.fact, WandTested)
    assert tested.fact.answered
    searched = so_far[-1].fact
    assert searched == HandPassed(wand=wand, found=False, visit=visit)
    assert len({who.person for who in made.by}) >= 1
    kept = last(before, lambda f: isinstance(f, DoorKept | DoorKeeperLeft))
    assert kept is not None
    assert isinstance(kept.fact, DoorKept)
    assert at.at.bt < kept.fact.due_bt
    assert not undisposed([entry.fact for entry in so_far])
    return True


def undisposed(facts: list[Fact]) -> set[str]:
    """Return the detector alarms nobody has disposed of since they last rang."""
    found: set[str] = set()
    iron = {f.alarm for f in facts if isinstance(f, AlarmRaised) and f.rule.startswith("ferrous")}
    for fact in facts:
        if isinstance(fact, AlarmRaised | AlarmRepeated) and fact.alarm in iron:
            found.add(fact.alarm)
        elif isinstance(fact, AlarmDisposed):
            found.discard(fact.subject)
    return found


def assert_no_scan_on_less(world: World) -> int:
    """Hold every start check against the way in before it; return how many ways in were uncleared."""
    uncleared: set[str] = set()
    found = 0
    for entry in world.entries:
        if isinstance(entry.fact, ZoneIVEntered):
            less = entry.fact.emergency or entry.fact.uncleared
            found += less
            (uncleared.add if less else uncleared.discard)(entry.fact.visit)
        elif isinstance(entry.fact, LegMade) and entry.fact.leg is Leg.START_CHECK:
            assert entry.fact.visit not in uncleared
    for visit in uncleared:
        assert visit not in world.state.visits.open or world.visit(visit).uncleared
    return found


def assert_entries(world: World) -> int:
    """Hold every way in against the facts before it; return how many there were."""
    found = 0
    for index, entry in enumerate(world.entries):
        if isinstance(entry.fact, ZoneIVEntered) and not (entry.fact.emergency or entry.fact.uncleared):
            found += 1
            before = world.entries[:index]
            assert_legs(world, entry.fact.visit, entry, before)
            assert_screening(world, entry.fact.visit, before)
            assert_suite(world, entry.fact.visit, entry, before)
            assert_bound(entry.fact.visit, before)
    return found
