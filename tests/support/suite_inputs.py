"""Everything anybody may do to a suite, as named inputs for random sequences; refusals are no failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from support.ears import fitted
from support.suite_world import (
    DETECTOR,
    DOOR,
    DOOR_III,
    HAND_WANDS,
    POINTS,
    WAND,
    World,
    at_the_door,
    plain_answer,
    ready,
    site,
)

from mr_safety_console.domain.alarm_facts import ShelveAlarm, UnshelveAlarm
from mr_safety_console.domain.alarms import (
    AcknowledgeAlarm,
    DisposeAlarm,
    PauseSound,
)
from mr_safety_console.domain.bypass import BypassPoint, EndBypass
from mr_safety_console.domain.checklists import STAGES, CompleteStage, MarkItem
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor, LeaveDoor
from mr_safety_console.domain.emergency import (
    AskEmergencyEnd,
    EndEmergency,
    OpenEmergency,
)
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.lists_facts import DeferItem, OverrideItem
from mr_safety_console.domain.people_acts import ReconcileHeads
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.screening import must_resolve
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ResolveItem,
    ReviewScreening,
    SignScreening,
    TakeOverScreening,
)
from mr_safety_console.domain.sound import AnswerSounderTest, ReportSound, TrySounder
from mr_safety_console.domain.visit_facts import (
    AmendVisit,
    AuthoriseZoneIII,
    CheckIn,
    CloseVisit,
    CountStaff,
    EndScan,
    EnterZoneIV,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    RecordBelongings,
    RecordDetectorPass,
    ReleaseHold,
    StartCheck,
)
from mr_safety_console.domain.wands import ProveWand, RecordHandPass
from screening_forms import answering

Step = tuple[str, int]
"""One input by name, with a number that picks its particulars."""


_SOUND = (
    ReportSound(player="aplay"),
    ReportSound(player="aplay", why="player-failed"),
    TrySounder(),
    AnswerSounderTest(heard=True),
    AnswerSounderTest(heard=False),
)


def _marks(world: World, visit: str, leg: Leg, n: int) -> None:
    """Answer every item of a stage; one time in four the first of them badly."""
    for list_id, stage in STAGES[leg]:
        for item in world.forms[list_id].walk():
            codes = [option.code for option in item.options]
            if not codes or (stage and item.stage != stage):
                continue
            bad = n % 4 == 0 and item.link_id in ("FC05", "K02", "K17")
            good = next((c for c in ("pass", "go") if c in codes), codes[0])
            said = ("fail" if "fail" in codes else "no-go") if bad else good
            world.give(world.read_out(MarkItem(visit=visit, list_id=list_id, item=item.link_id, answer=said)))
    if leg in (Leg.DOOR_LIST, Leg.TABLE_LIST):
        for link_id in ("coil", "K02.note", "K17.note"):
            marked = {"visit": visit, "list_id": "coil-and-positioning", "item": link_id}
            world.give(MarkItem(**marked, answer="said so"))


def _fit(world: World, _visit: str, n: int) -> None:
    """Fit the first heads that nothing is recorded of; three times in four all of them."""
    for asked in tuple(fitted(world.state))[: 1 if n % 4 == 0 else None]:
        world.give(asked)


def _signers(n: int) -> tuple[str, ...]:
    sets = (("TE", "LO"), ("TE",), (), ("LO", "MS"), ("TE", "stranger"), ("LT", "TE"), ("LO",), ("RA",))
    return sets[n % len(sets)]


def _alarm(world: World, n: int) -> str:
    names = sorted(world.state.alarms.open)
    return names[n % len(names)] if names else "none"


def _answer(world: World, n: int) -> tuple[str, str]:
    item = ("Q01", "Q08", "Q10", "Q19", "Q33")[n % 5]
    return item, ("no", "unsure", "yes", "refused")[n // 5 % 4]


def _amend(world: World, visit: str, n: int) -> None:
    item, said = _answer(world, n)
    world.give(AmendAnswer(visit=visit, item=item, answer=said, reason="told", informant="patient"))


def _ask_again(world: World, visit: str, n: int, **changes: Any) -> None:
    case = world.state.screening.cases.get(visit)
    answers = case.answers if case else {}
    for item in world.forms["screening-adult"].walk():
        if item.ask_again:
            said = "unsure" if n % 5 == 0 and item.link_id == "Q03" else answers.get(item.link_id, "")
            world.give(AskAgain(visit=visit, item=item.link_id, answer=said), **changes)


def _resolve(world: World, visit: str, n: int) -> None:
    item = ("Q01", "Q08", "Q10", "Q19", "Q03")[n % 5]
    how = ("excluded-by-evidence", "not-suitable")[n // 5 % 4 == 3]
    asked = ResolveItem(visit=visit, item=item, resolution=how, evidence="implant-card", text="card")
    world.give(asked, *_signers(n // 20))


def _dispose(world: World, visit: str, n: int) -> None:
    choices = (
        "object-found",
        "nuisance-door",
        "unknown",
        "cable-or-power",
        "staff-crossing",
        "counted-again",
        "patient-worn",
        "staff-item",
        "entered-unrecorded",
    )
    world.give(DisposeAlarm(alarm=_alarm(world, n), disposition=choices[n % 9]))


def _passage(world: World, visit: str, n: int) -> None:
    """Let people pass the counting detector, whatever the door does; now and then it starts anew."""
    if n % 12 == 11:
        world.device_boot += 1
        world.totals.clear()
    world.passes(n % 3, n // 3 % 3, unseen=n % 7 == 0)


def _by_hand(world: World, visit: str, n: int) -> None:
    """Go over the patient with a wand: tested or not, signed by this one or that."""
    wand = HAND_WANDS[n % 2].id
    if n % 4:
        world.give(ProveWand(wand=wand, answered=n % 5 > 0))
    world.give(RecordHandPass(visit=visit, wand=wand, found=n % 6 == 5), *_signers(n // 6))


def _portal_lost(world: World, visit: str, n: int) -> None:
    """Work on with a dead portal: the wand, the lists again, and mostly somebody at the door."""
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    _clear_up(world)
    world.give(ProveWand(wand=HAND_WANDS[0].id, answered=True))
    world.give(RecordBelongings(visit=visit))
    world.give(RecordHandPass(visit=visit, wand=HAND_WANDS[0].id, found=False), "TE")
    world.give(AuthoriseZoneIII(visit=visit))
    _marks(world, visit, Leg.DOOR_LIST, 1)
    world.give(CompleteStage(visit=visit, leg=Leg.DOOR_LIST))
    _marks(world, visit, Leg.FINAL_CHECK, 1)
    world.give(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")
    _read_again(world, visit)
    if n % 3:
        world.give(KeepDoor())


def _read_again(world: World, visit: str) -> None:
    """Read the final check back the second time, for whom that is asked."""
    if visit in world.state.lists.rounds and not world.visit(visit).stands(Leg.FINAL_CHECK):
        _marks(world, visit, Leg.FINAL_CHECK, 1)
        world.give(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")


def _door_lost(world: World, visit: str, n: int) -> None:
    """Work on with a dead door contact: somebody at the door, the final check again, the door by eye."""
    world.observe(DOOR, Condition.UNKNOWN, "silent")
    _clear_up(world)
    if n % 5:
        world.give(KeepDoor())
    for _ in range(2):
        _override(world, visit, 3 * (n // 5 % 4))
        _marks(world, visit, Leg.FINAL_CHECK, 1)
        world.give(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")
        if visit not in world.state.lists.rounds or world.visit(visit).stands(Leg.FINAL_CHECK):
            break


def _override(world: World, visit: str, n: int) -> None:
    """Do an item by eye; one time in three one without a sensor, signed by this one or that."""
    item = ("FC11", "FC08", "FC05")[n % 3]
    signers = (("TE", "LO"), ("SO", "LT"), ("TE",), ("LT", "LO"))[n // 3 % 4]
    world.give(OverrideItem(visit=visit, list_id="final-check", item=item, reason="dead"), *signers)


def _defer(world: World, visit: str, n: int) -> None:
    item = ("K23", "K02", "FC05")[n % 3]
    list_id = "final-check" if item == "FC05" else "coil-and-positioning"
    world.give(DeferItem(visit=visit, list_id=list_id, item=item, reason="later"))


def _aside(world: World, visit: str, n: int) -> None:
    alarm = world.state.alarms.open.get(_alarm(world, n))
    if alarm is not None and n % 5:
        asked = ShelveAlarm(alarm=alarm.id, instance=alarm.instance, minutes=n % 6, reason="cause-known")
        world.give(asked)
    elif alarm is not None:
        world.give(UnshelveAlarm(alarm=alarm.id))


def _out_of_service(world: World, visit: str, n: int) -> None:
    point = (DETECTOR, WAND, DOOR, DOOR_III)[n % 4]
    if n % 3:
        guard = world.people["TE"]
        asked = BypassPoint(point=point, reason="maintenance", guard=guard, minutes=(5, 20)[n % 2])
        world.give(asked, *_signers(n // 4), *(("SO",) if n % 5 == 0 else ()))
    else:
        world.give(EndBypass(point=point))


def _acknowledge(world: World, visit: str, n: int) -> None:
    alarm = world.state.alarms.open.get(_alarm(world, n))
    if alarm is not None:
        world.give(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance - n % 2))


def _sign_on(world: World, visit: str, n: int) -> None:
    if n % 3:
        world.sign_on(("TE", "LO", "LT", "RA", "MS")[n % 5])
    else:
        world.sign_off()


def _wait(world: World, visit: str, n: int) -> None:
    world.advance((1, 61, 301, 601, 20)[n % 5])


def _night(world: World, visit: str, n: int) -> None:
    """Close the shift, or leave the console to nobody for half an hour."""
    world.give(CloseShift(heads=n % 2), *_signers(n))
    world.sign_off()
    world.advance(1801)


def _step_clock(world: World, visit: str, n: int) -> None:
    world.clock.step_wall((-7200, 7200, -90_000, 30)[n % 4])


def _reboot(world: World, visit: str, n: int) -> None:
    world.clock.reboot(30)
    world.hear()
    world.start()
    world.sign_on("TE")
    world.prove()


def _moved(world: World, visit: str, n: int) -> None:
    """Start at a magnet of the other field strength, or at the same one again."""
    if n % 3:
        elsewhere = world.profile.hash == "profile-a"
        world.profile = site(hash="profile-b", b0_mt=1500) if elsewhere else site()
    world.start()
    world.sign_on("TE")
    world.prove()


def _put_right(world: World, visit: str, n: int) -> None:
    """Find out that it is somebody else, that another region is examined, or that nothing changed."""
    person = world.visit(visit)
    name = ("Pat Example", "Pam Sample")[n % 4 == 0]
    exam = ("knee", "head")[n % 2]
    world.give(AmendVisit(visit=visit, name=name, birth_date=person.birth_date, exam=exam))


def _device(world: World, visit: str, n: int) -> None:
    point = (DETECTOR, WAND, DOOR, DOOR_III)[n % 4]
    condition = (Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN)[n // 4 % 3]
    edges = n // 12 % 3 if point in (DETECTOR, WAND) else 0
    world.silent.discard(point)
    world.observe(point, condition, "test", edges)


def _prove(world: World, visit: str, n: int) -> None:
    for point in POINTS:
        world.silent.discard(point.id)
        world.observe(point.id, Condition.NORMAL)
    for name in (DETECTOR, WAND):
        if world.give(StartWalkTest(point=name)).refused is None:
            world.observe(name, Condition.DANGER)
            world.observe(name, Condition.NORMAL)


def _emergency(world: World, visit: str, n: int) -> None:
    world.give(OpenEmergency())
    if n % 3 == 0:
        _end_emergency(world, visit, n)


def _end_emergency(world: World, visit: str, n: int) -> None:
    world.give(AskEmergencyEnd(emergency=""))
    world.give(EndEmergency(emergency="", head_count=0, kit_count=0, by_eye=True))


def _push(world: World, visit: str, n: int) -> None:
    """Do whatever leads to the door, as well as it can be done; each bit of n leaves something out."""
    if not n & 1:
        world.sign_on("TE")
        _prove(world, visit, n)
    if not n & 2:
        _clear_up(world)
    world.give(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    if not n & 4:
        _rescreen(world, visit, ("LT", "LO")[n & 32 == 0])
    if not n & 8:
        world.give(RecordBelongings(visit=visit))
        world.give(RecordDetectorPass(visit=visit))
        world.give(AuthoriseZoneIII(visit=visit))
    _marks(world, visit, Leg.DOOR_LIST, 1)
    world.give(CompleteStage(visit=visit, leg=Leg.DOOR_LIST))
    if not n & 16:
        _marks(world, visit, Leg.FINAL_CHECK, 1)
    world.give(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")
    if not n & 16:
        _read_again(world, visit)


def _clear_up(world: World) -> None:
    for alarm in tuple(world.state.alarms.open.values()):
        world.give(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
        for how in ("nuisance-door", "cable-or-power", "staff-crossing", "counted-again"):
            world.give(DisposeAlarm(alarm=alarm.id, disposition=how))


def _rescreen(world: World, visit: str, first: str) -> None:
    if visit not in world.state.screening.cases:
        world.give(BeginScreening(visit=visit))
        world.give(RecordInformant(visit=visit))
    if visit not in world.state.screening.cases:
        return
    for item in answering.missing(world.forms["screening-adult"], world.state.screening.cases[visit].answers):
        world.give(AnswerQuestion(visit=visit, item=item.link_id, answer=plain_answer(item)))
    world.give(SignScreening(visit=visit), first)
    for item in must_resolve(world.state.screening.cases[visit]):
        seen = {"resolution": "excluded-by-evidence", "evidence": "implant-card", "text": "card"}
        for who in ("RA", "TE"):
            world.give(ResolveItem(visit=visit, item=item, **seen), who)
    world.give(TakeOverScreening(visit=visit), "LT")
    _ask_again(world, visit, 1, actor=world.who("LT"))
    world.give(ReviewScreening(visit=visit), "LT")


def _go(world: World, visit: str, n: int) -> None:
    world.give(AnnounceTransit(visit=visit))
    world.give(EnterZoneIV(visit=visit))


Input = Callable[[World, str, int], object]
ACTS: Mapping[str, Input] = {
    "pass": lambda w, v, n: w.give(RecordDetectorPass(visit=v)),
    "belongings": lambda w, v, n: w.give(RecordBelongings(visit=v)),
    "authorise": lambda w, v, n: w.give(AuthoriseZoneIII(visit=v)),
    "mark door": lambda w, v, n: _marks(w, v, Leg.DOOR_LIST, n),
    "door list": lambda w, v, n: w.give(CompleteStage(visit=v, leg=Leg.DOOR_LIST)),
    "mark final": lambda w, v, n: _marks(w, v, Leg.FINAL_CHECK, n),
    "final check": lambda w, v, n: w.give(CompleteStage(visit=v, leg=Leg.FINAL_CHECK), *_signers(n)),
    "announce": lambda w, v, n: w.give(AnnounceTransit(visit="" if n % 7 == 0 else v)),
    "keep": lambda w, v, n: w.give(LeaveDoor() if n % 3 == 0 else KeepDoor()),
    "announce out": lambda w, v, n: w.give(AnnounceTransit(visit=v, inwards=False)),
    "amend": _amend,
    "put right": _put_right,
    "sign": lambda w, v, n: w.give(SignScreening(visit=v), *_signers(n)),
    "ask again": _ask_again,
    "resolve": _resolve,
    "review": lambda w, v, n: w.give(ReviewScreening(visit=v), *_signers(n)),
    "acknowledge": _acknowledge,
    "dispose": _dispose,
    "release": lambda w, v, n: w.give(ReleaseHold(visit=v, alarm=_alarm(w, n)), *_signers(n)),
    "pause": lambda w, v, n: w.give(PauseSound()),
    "sound": lambda w, v, n: w.give(_SOUND[n % len(_SOUND)]),
    "sign on": _sign_on,
    "wait": _wait,
    "device": _device,
    "aside": _aside,
    "out of service": _out_of_service,
    "silence": lambda w, v, n: w.silence((DETECTOR, WAND, DOOR)[n % 3]),
    "prove": _prove,
    "passage": _passage,
    "by hand": _by_hand,
    "portal lost": _portal_lost,
    "door lost": _door_lost,
    "override": _override,
    "defer": _defer,
    "by eye": lambda w, v, n: w.give(
        ReconcileHeads(heads=n % 4, passages=("", "staff-crossing", "unknown", "nonsense")[n // 4 % 4])
    ),
}
CLOCKS: Mapping[str, Input] = {"clock": _step_clock, "reboot": _reboot, "moved": _moved}
CROSSINGS: Mapping[str, Input] = {
    "enter": lambda w, v, n: w.give(EnterZoneIV(visit=v, staff=n % 4)),
    "inside": lambda w, v, n: w.give(EnterZoneIV(visit=v, staff=n % 4, anyway=True)),
    "leave": lambda w, v, n: w.give(LeaveZoneIV(visit=v)),
    "mark table": lambda w, v, n: _marks(w, v, Leg.TABLE_LIST, n),
    "table list": lambda w, v, n: w.give(CompleteStage(visit=v, leg=Leg.TABLE_LIST)),
    "fit": _fit,
    "count": lambda w, v, n: w.give(CountStaff(staff_inside=n % 3)),
    "start": lambda w, v, n: w.give(StartCheck(visit=v, heads=n % 3 + 1)),
    "check in": lambda w, v, n: w.give(CheckIn(visit=v)),
    "end scan": lambda w, v, n: w.give(EndScan(visit=v)),
    "close": lambda w, v, n: n % 5 or w.give(CloseVisit(visit=v, outcome="not-scanned")),
}
EMERGENCIES: Mapping[str, Input] = {"emergency": _emergency, "end emergency": _end_emergency}
ALL: Mapping[str, Input] = {
    **ACTS, **CLOCKS, **CROSSINGS, **EMERGENCIES, "push": _push, "go": _go, "night": _night,
}  # fmt: skip
GO = (("push", 0), ("go", 0))


def inputs(names: Mapping[str, Input]) -> st.SearchStrategy[list[Step]]:
    """Any inputs, and among them often enough what leads in and out again."""
    one = st.tuples(st.sampled_from(sorted(names)), st.integers(0, 71))
    return st.lists(one, min_size=4, max_size=24)


def ways_in() -> st.SearchStrategy[list[Step]]:
    """Rounds of: out, somewhat ready, then a few disturbances, then in."""
    any_one = st.tuples(st.sampled_from(sorted(ALL)), st.integers(0, 71))
    likely = (
        "amend",
        "put right",
        "moved",
        "wait",
        "device",
        "announce",
        "resolve",
        "emergency",
        "portal lost",
        "door lost",
    )
    one = any_one | st.tuples(st.sampled_from(likely), st.integers(0, 71))
    lead = st.tuples(st.just("push"), st.sampled_from([0, 0, 0, 1, 2, 4, 8, 16, 32]))
    rounds = st.tuples(lead, st.lists(one, max_size=3)).map(lambda r: [("leave", 0), r[0], *r[1], ("go", 0)])
    return st.lists(rounds, min_size=1, max_size=5).map(lambda all_: [step for r in all_ for step in r])


def ways_past_a_dead_door() -> st.SearchStrategy[list[Step]]:
    """Rounds of: out, ready, a dead contact answered for by eye, a disturbance or two, then in."""
    door = st.tuples(st.just("device"), st.sampled_from([2, 6, 10]))
    keeper = st.tuples(st.just("keep"), st.sampled_from([0, 1]))
    names = ["wait", "override", "final check", "sign on", "prove"]
    other = st.tuples(st.sampled_from(names), st.integers(0, 71))
    lost = st.tuples(st.just("door lost"), st.integers(0, 19))
    rounds = st.tuples(lost, st.lists(door | keeper | other | lost, max_size=3)).map(
        lambda r: [("leave", 0), ("push", 0), r[0], *r[1], ("go", 0)]
    )
    return st.lists(rounds, min_size=1, max_size=4).map(lambda all_: [step for r in all_ for step in r])


@cache
def at_the_beginning() -> tuple[World, str]:
    return at_the_door()


@cache
def with_unsure_answers() -> tuple[World, str]:
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.screen(visit, Q01="unsure", Q10="refused")
    world.do(RecordBelongings(visit=visit))
    return world, visit


@cache
def with_answers_taken_back() -> tuple[World, str]:
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    for item, was in (("Q01", "unsure"), ("Q10", "yes"), ("Q33", "refused")):
        world.do(AnswerQuestion(visit=visit, item=item, answer=was))
        world.do(AmendAnswer(visit=visit, item=item, answer="no", reason="told", informant="patient"))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(RecordBelongings(visit=visit))
    return world, visit


BEGINNINGS = {
    "at the door": at_the_beginning,
    "unsure": with_unsure_answers,
    "taken back": with_answers_taken_back,
}


def play(world: World, visit: str, steps: Iterable[Step]) -> World:
    for name, n in steps:
        if visit in world.state.visits.open:
            ALL[name](world, visit, n)
    return world
