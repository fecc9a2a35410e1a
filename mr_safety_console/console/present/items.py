"""The Items screen: what is in the magnet room and in Zone III now, then the register."""

from __future__ import annotations

from mr_safety_console.console.present.rows import BLANK, Row, row
from mr_safety_console.console.present.view import View, age
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import items_inside, zones
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.items import Item, same_tag, today
from mr_safety_console.domain.items_facts import OUT, ItemClass, Label
from mr_safety_console.domain.items_inside import Place
from mr_safety_console.domain.items_said import day
from mr_safety_console.domain.words import say

REGISTER_SHOWN = 60
"""Items of the register that are listed; the rest is found by name or number."""
LABEL_TONES = {Label.SAFE: Tone.PLAIN, Label.CONDITIONAL: Tone.CONFIRM}
NOT_A_LICENCE = "A label is what somebody recorded; look at the item."


def rows(view: View, cursor: str, wanted: str) -> tuple[Row, ...]:
    """Return what is inside, then the items of the register that `wanted` finds; the cursor's one in full."""
    if {"items", "inside"} & set(view.state.broken) or view.blind:
        return (row((f"{UNKNOWN_WORD}: look into the room", Tone.UNKNOWN)),)
    out: list[Row] = []
    for zone in ("IV", "III"):
        out += _within(view, zone, f"IN {zones.name(view.profile, zone).upper()}", cursor)
    return (*out, *_register(view, cursor, wanted))


def _within(view: View, zone: str, heading: str, cursor: str) -> list[Row]:
    places = view.state.inside.within(zone)
    found: list[Part] = [(f"{heading}: {len(places)}", Tone.TITLE)]
    left = items_inside.unseen(view.state.inside, _since(view), view.ctx) if zone == "IV" else ()
    if left:
        found.append((f"   {MARKS[Tone.HOLD]} {len(left)} to be looked for", Tone.HOLD))
    out = [row(*found)]
    for place in sorted(places, key=lambda one: (not one.against, not one.missing, one not in left)):
        item = view.state.items.register.get(place.item)
        if item is not None:
            out += _place(view, item, place, unseen=place in left, here=item.id == cursor)
    return out


def _since(view: View) -> Instant | None:
    """Return since when things in the magnet room are to be seen: the entry of the patient inside."""
    entered = [one.entered for one in view.state.visits.inside if one.entered is not None]
    return entered[-1] if entered else None


def _place(view: View, item: Item, place: Place, *, unseen: bool, here: bool) -> list[Row]:
    parts: list[Part] = [*_name(view, item), *_limits(item)]
    if place.missing:
        parts = [(f"{MARKS[Tone.STOP]} NOT FOUND ", Tone.STOP), *parts]
    elif unseen:
        parts = [(f"{MARKS[Tone.HOLD]} NOT SEEN ", Tone.HOLD), *parts]
    if place.against:
        parts = [(f"{MARKS[Tone.STOP]} NOT CLEARED ", Tone.STOP), *parts]
    out = [row(*parts, key=item.id, indent=4)]
    if place.against:
        why = ", ".join(say("against", rule) for rule in place.against)
        out.append(row("    ", why, indent=4))
    out.append(row("    ", (_brought(view, place), Tone.FAINT), indent=4))
    return [*out, *_acts(item, place.zone)] if here else out


def _brought(view: View, place: Place) -> str:
    """Return when it was seen, since when it is there, and by whom and for whom it came."""
    told = f"since {view.clock_short(place.since)}, brought by {_who(view, place.brought_by)}"
    if place.missing:
        told = f"looked for and not found, not recorded as out; {told}"
    elif place.seen is not None:
        told = f"seen {age(view.since(place.seen))} ago, {told}"
    if place.supervisor:
        told += f", kept by {view.person(place.supervisor)}"
    visit = view.state.visits.open.get(place.visit)
    return f"{told}, for V{visit.no}" if visit is not None else told


def _who(view: View, carrier: str) -> str:
    if carrier in view.state.staff.people:
        return view.person(carrier)
    return say("carrier", carrier)


def _name(view: View, item: Item) -> list[Part]:
    label: Part = (say("mr-label", item.label), LABEL_TONES.get(item.label, Tone.HOLD))
    if item.label is Label.UNSAFE or item.sort is ItemClass.OXYGEN_CYLINDER:
        label = (f"{MARKS[Tone.STOP]} {say('mr-label', item.label)}", Tone.STOP)
    sort = "OXYGEN CYLINDER" if item.sort is ItemClass.OXYGEN_CYLINDER else item.sort.replace("-", " ")
    return [(f"I{item.no} ", Tone.KEY), f"{item.tag} {view.private(item.name)}  {sort}  ", label]


def _limits(item: Item) -> list[Part]:
    if item.label is not Label.CONDITIONAL:
        return []
    return [(f"  outside {items_inside.line(item)}, tether {items_inside.tether(item)}", Tone.CONFIRM)]


def _acts(item: Item, zone: str) -> list[Row]:
    inside: list[Part] = [("2 ", Tone.KEY), "out  "] if zone != OUT else [("1 ", Tone.KEY), "bring in  "]
    seen: list[Part] = [("y ", Tone.KEY), "there  ", ("n ", Tone.KEY), "gone  "] if zone == "IV" else []
    rest: list[Part] = [("3 ", Tone.KEY), "quarantine  ", ("4 ", Tone.KEY), "label"]
    return [row("    ", *seen, *inside, *rest, key=item.id, indent=4)]


def found(view: View, wanted: str) -> tuple[Item, ...]:
    """Return the items outside that a word finds by number, tag, name or class; all without a word."""
    outside = (one for one in view.state.items.register.values() if view.state.inside.zone(one.id) == OUT)
    word = wanted.strip().casefold()
    return tuple(one for one in outside if not word or _matches(one, word))


def _matches(item: Item, word: str) -> bool:
    number = word.removeprefix("i")
    if number.isdecimal() and int(number) == item.no:
        return True
    return same_tag(item.tag, word) or word in f"{item.tag} {item.name} {item.sort}".casefold()


def _register(view: View, cursor: str, wanted: str) -> list[Row]:
    listed = found(view, wanted)
    heading: list[Part] = [(f"REGISTER, outside: {len(listed)}", Tone.TITLE)]
    heading += ["   ", ("5 ", Tone.KEY), "enters an unknown one  ", ("/ ", Tone.KEY), "finds"]
    if wanted:
        heading.append((f"   found by “{wanted}”", Tone.FAINT))
    out = [BLANK, row(*heading), row((NOT_A_LICENCE, Tone.FAINT))]
    for item in listed[:REGISTER_SHOWN]:
        out += _outside(view, item, here=item.id == cursor)
    if len(listed) > REGISTER_SHOWN:
        out.append(row((f"{len(listed) - REGISTER_SHOWN} more: / finds by number, tag or name", Tone.FAINT)))
    if not view.state.items.register:
        out.append(row(("no item yet; 5 enters one, `items import` a list", Tone.FAINT)))
    return out


def _outside(view: View, item: Item, *, here: bool) -> list[Row]:
    parts: list[Part] = _name(view, item)
    if item.quarantine:
        parts.append((f"  {MARKS[Tone.HOLD]} QUARANTINE", Tone.HOLD))
    if item.due_day and item.due_day < today(view.now):
        parts.append((f"  {MARKS[Tone.HOLD]} INSPECTION OVERDUE", Tone.HOLD))
    out = [row(*parts, key=item.id, indent=4)]
    if not here:
        return out
    told = [
        f"label by {view.people(item.by)} {view.clock_short(item.labelled)}: {say('proof', item.evidence)}"
    ]
    told += [f"{view.private(item.reference)}"] if item.reference else []
    told += [f"due {day(item.due_day)}"] if item.due_day else []
    told += [f"owner {view.private(item.owner)}"] if item.owner else []
    told += [f"serial {view.private(item.serial)}"] if item.serial else []
    out.append(row("    ", ("  ".join(told), Tone.FAINT), *_limits(item), indent=4))
    if item.quarantine:
        out.append(row("    ", say("quarantine", item.quarantine), indent=4))
    return [*out, *_acts(item, OUT)]
