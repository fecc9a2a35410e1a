"""Objects, judged on the whole suite: what may go in, what is recorded whatever stands against it.

Letting something in can be refused; writing down that it is inside cannot, nor can its way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, items, items_inside, suite_lists
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.items import Item
from mr_safety_console.domain.items_facts import (
    CARRIERS,
    OUT,
    PLACES,
    POSITIVE,
    ItemDoubted,
    ItemLabelled,
    ItemMoved,
    ItemQuarantined,
    ItemSeen,
    ItemsUnseen,
    MoveItem,
    SeeItem,
)
from mr_safety_console.domain.items_inside import InsideState
from mr_safety_console.domain.quench import FieldState
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_screening import kept
from mr_safety_console.domain.visit_facts import CloseVisit
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

UNCLEARED = {"III": "item-uncleared-iii", "IV": "item-uncleared"}
"""The alarm of a thing in a zone although something stands against it."""
DIFFER_RULE = "items-differ"
UNSEEN = "item-came-in-unseen"
"""Stands against a thing that was found inside and that nobody brought in by the record."""
_DEPTH = {OUT: 0, "III": 1, "IV": 2}


def against(state: SuiteState, item: Item, zone: str, supervisor: str, ctx: Ctx) -> tuple[Refused, ...]:
    """Return every reason why an item may not go into a zone; the first decides."""
    found: list[Refused] = []
    for name in ("items", "inside"):
        if name in state.broken:
            found.append(refused("state-broken", part=name))
    if state.emergency.current is not None:
        found.append(refused("emergency-open", no=state.emergency.current.no))
    if zone == "IV" and state.quench.field is not FieldState.PRESENT:
        found.append(refused("field-unverified", field=state.quench.field))
    own = items_inside.against_label(item, zone, ctx.now)
    kept = items_inside.against_supervision(item, zone, supervisor, state.staff)
    return (*own, *kept, *found)


def move(state: SuiteState, asked: MoveItem, ctx: Ctx) -> Facts | Refused:
    """Let an item in, take it out, or write down that it is inside although something stands against it."""
    item = items.needed(state.items, asked.item)
    if isinstance(item, Refused):
        return item
    if asked.to not in PLACES:
        return refused("item-place-unknown", given=asked.to, choices=", ".join(PLACES))
    was = state.inside.zone(item.id)
    if was == asked.to:
        return refused("item-there-already", no=item.no)
    found = against(state, item, asked.to, asked.supervisor, ctx) if asked.to != OUT else ()
    recorded = asked.anyway or _DEPTH[asked.to] < _DEPTH[was]
    if not recorded and (why := _may_bring(state, asked, found, ctx)):
        return why
    rules = tuple(dict.fromkeys(why.rule for why in found))
    if asked.anyway and not rules and asked.to != OUT:
        rules = (UNSEEN,)
    return _moved(state, item, asked, rules, ctx)


def _may_bring(state: SuiteState, asked: MoveItem, found: tuple[Refused, ...], ctx: Ctx) -> Refused | None:
    if found:
        return found[0]
    if asked.visit and asked.visit not in state.visits.open:
        return refused("visit-not-open")
    if asked.brought_by not in ("", *CARRIERS, *state.staff.people):
        return refused("item-carrier", choices=", ".join(CARRIERS))
    return may(state.staff, "item-move", ctx)


def _moved(state: SuiteState, item: Item, asked: MoveItem, rules: tuple[str, ...], ctx: Ctx) -> Facts:
    own = ctx.actor.person if ctx.actor else "not-known"
    carrier = asked.brought_by or own
    moved = ItemMoved(
        item=item.id,
        no=item.no,
        was=state.inside.zone(item.id),
        to=asked.to,
        brought_by=carrier if carrier in (*CARRIERS, *state.staff.people) else "not-known",
        visit=asked.visit if asked.visit in state.visits.open else "",
        supervisor=asked.supervisor if asked.supervisor in state.staff.people else "",
        against=rules,
        at_home=item.home == asked.to,
    )
    return (moved, *_told(state, (moved,), ctx))


def see(state: SuiteState, asked: SeeItem, ctx: Ctx) -> Facts | Refused:
    """Record that somebody looked for one item: each is answered by itself.

    Seen inside and not on the record there, it came in unseen; not found, it stays on the record.
    """
    item = items.needed(state.items, asked.item)
    if isinstance(item, Refused):
        return item
    if why := may(state.staff, "item-see", ctx):
        return why
    if state.inside.zone(item.id) == "IV":
        seen = ItemSeen(item=item.id, present=asked.present)
        return (seen, *_told(state, (seen,), ctx))
    if not asked.present:
        return refused("item-not-inside", no=item.no)
    return move(state, MoveItem(item=item.id, to="IV", brought_by="not-known", anyway=True), ctx)


def register(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Change the register; an item that is inside meanwhile becomes no better by it, only worse."""
    answer = items.decide(state.items, asked, ctx, state.staff)
    if isinstance(answer, Refused):
        return answer
    doubts: list[Fact] = []
    for fact in answer:
        match fact:
            case ItemLabelled(subject=name, label=label) if state.inside.zone(name) != OUT:
                if label in POSITIVE:
                    return refused("item-label-inside", no=state.items.register[name].no)
                doubts += _doubt(state, name, "item-relabelled")
            case ItemQuarantined(item=name) if state.inside.zone(name) != OUT:
                doubts += _doubt(state, name, "item-quarantined")
            case _:
                pass
    return (*answer, *doubts, *_told(state, tuple(doubts), ctx))


def _doubt(state: SuiteState, item: str, rule: str) -> Facts:
    return (ItemDoubted(item=item, against=(rule,)),) if item in state.inside.places else ()


def _told(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return the alarms that begin and end with some facts about what is inside."""
    if not facts:
        return ()
    after = _after(state.inside, facts, ctx)
    door = ctx.profile.door_iv.id
    told: list[Fact] = []
    for fact in facts:
        told += _rung(state, fact, after, ctx, alarms.count_raised(tuple(told)))
    over = [UNCLEARED[zone] for zone in UNCLEARED if not after.uncleared(zone)]
    if not after.differs:
        over.append(DIFFER_RULE)
    return (*told, *alarms.returned(state.alarms, door, tuple(over)))


def _rung(state: SuiteState, fact: Fact, after: InsideState, ctx: Ctx, ahead: int) -> Facts:
    match fact:
        case ItemMoved(item=name, to=zone, against=rules) if rules and zone != OUT:
            rule = UNCLEARED[zone]
        case ItemDoubted(item=name):
            rule = UNCLEARED[after.zone(name)]
        case ItemSeen(item=name, present=False):
            rule = DIFFER_RULE
        case _:
            return ()
    no, visit = after.places[name].no, after.places[name].visit
    return alarms.raise_or_repeat(
        state.alarms,
        rule,
        ctx.profile.door_iv.id,
        ctx.tokens[ahead],
        (visit,) if visit else (),
        ahead=ahead,
        detail=f"item=I{no}",
    )


def _after(inside: InsideState, facts: Facts, ctx: Ctx) -> InsideState:
    """Return where things will be once these facts are folded."""
    for fact in facts:
        entry = Entry(seq=0, at=ctx.now, fact=fact, cause=ctx.cause, src="person", occ=ctx.occ)
        inside = items_inside.evolve(inside, entry)
    return inside


def kit_counted(state: SuiteState, pieces: int, ctx: Ctx, ahead: int) -> Facts:
    """Return what an emergency's count of kit makes of the record: everything is seen anew.

    Fewer pieces than there are items inside that do not live there: something is not where it was.
    `ahead` alarms were raised by the same decision before; kit itself has the token after those.
    """
    within = state.inside.within("IV")
    if not within:
        return ()
    guests = sum(not one.at_home for one in within)
    short = pieces < guests
    told = ItemsUnseen(reason="emergency", counted=pieces, recorded=guests, short=short)
    if not short:
        return (told,)
    detail = f"counted={pieces} recorded={guests}"
    door, token = ctx.profile.door_iv.id, ctx.tokens[2]
    raised = alarms.raise_or_repeat(state.alarms, DIFFER_RULE, door, token, ahead=ahead, detail=detail)
    return (told, *raised)


def close_visit(state: SuiteState, asked: CloseVisit, ctx: Ctx) -> Facts | Refused:
    """Close a visit; not while something brought in for it is in the magnet room by the record."""
    left = [one for one in state.inside.within("IV") if one.visit == asked.visit]
    if left and asked.visit in state.visits.open:
        return refused("visit-items-inside", count=len(left), first=left[0].no)
    answer = suite_lists.close_visit(state, asked, ctx)
    return answer if isinstance(answer, Refused) or not answer else (*kept(state, asked.visit), *answer)
