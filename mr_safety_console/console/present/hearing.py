"""The Hearing screen: one row a head, what can be chosen for it, and the calculation beneath."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from mr_safety_console.console.present import people
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import zones
from mr_safety_console.domain.hearing import Fit, Fitted
from mr_safety_console.domain.hearing_heads import Head, Stands, inside, standing, unheard
from mr_safety_console.domain.hearing_protection import Estimate, Method, Protector, Sort, Verdict, shown
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.suite_hearing import FITS, packet, worked
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import say

ORDER = tuple(Fit)
"""The digit of each way to see a fit, the same whatever is worn."""
_METHODS = {Sort.PLUG: Method.PLUG, Sort.MUFF: Method.MUFF, Sort.NEONATAL: Method.NEONATAL}
_TONES = {
    Verdict.MEETS: Tone.PLAIN,
    Verdict.OVER_PROTECTED: Tone.CONFIRM,
    Verdict.EXCEEDS: Tone.STOP,
    Verdict.CANNOT_CALCULATE: Tone.UNKNOWN,
}
_MARKS = {
    Verdict.MEETS: "●",
    Verdict.OVER_PROTECTED: "▲",
    Verdict.EXCEEDS: "■",
    Verdict.CANNOT_CALCULATE: "▒",
}


@frozen
class Choice:
    """One thing a head may wear: how, and which types of the register."""

    method: Method
    worn: tuple[str, ...] = ()


def choices(profile: SiteProfile) -> tuple[Choice, ...]:
    """Return what can be chosen, by digit: the types in stock, then what has none there."""
    listed = [Choice(_METHODS[one.sort], (one.name,)) for one in profile.protectors]
    have = {one.method for one in listed}
    listed += [Choice(one) for one in (Method.PLUG, Method.MUFF) if one not in have]
    pair = tuple(_first(profile, sort) for sort in (Sort.PLUG, Sort.MUFF))
    listed.append(Choice(Method.DOUBLE, tuple(one.name for one in pair if one is not None)))
    listed += [Choice(Method.NEONATAL)] if Method.NEONATAL not in have else []
    return (*listed, Choice(Method.MOULDS))


def _first(profile: SiteProfile, sort: Sort) -> Protector | None:
    return next((one for one in profile.protectors if one.sort is sort), None)


def words(choice: Choice, profile: SiteProfile, *, rated: bool = False) -> str:
    """Return what a choice is called, with what stands on the packets if wanted."""
    if not choice.worn or choice.method in (Method.DOUBLE, Method.NEONATAL):
        return say("hearing-method", choice.method)
    types = [one for one in profile.protectors if one.name in choice.worn]
    return ", ".join(" ".join((one.name, *(packet(one) if rated else ()))) for one in types)


def first_open(view: View, after: str = "") -> str:
    """Return the key of the next head to look at, from one on and then from the top; empty when none is."""
    keys = [one.key for one in inside(view.state)]
    left = {one.key for one in unheard(view.state, view.ctx)} - {after}
    place = keys.index(after) + 1 if after in keys else 0
    return next((key for key in (*keys[place:], *keys[:place]) if key in left), "")


def head_at(view: View, key: str) -> Head | None:
    """Return the head a row stands for."""
    return next((one for one in inside(view.state) if one.key == key), None)


def rows(view: View, cursor: str, pending: Choice | None) -> tuple[Row, ...]:
    """Return every head of the magnet room, the choices of the selected one, and its calculation."""
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    heads = inside(view.state)
    if not heads:
        return (*_top(view), row("Nobody is on the record in there.  ", ("F3", Tone.KEY), " the visit"))
    listed = [_head(view, one, pending if one.key == cursor else None) for one in heads]
    at = head_at(view, cursor)
    return (*_top(view), *listed, *(_below(view, at, pending) if at else ()))


def far(view: View) -> tuple[Part, ...]:
    """Return how many heads are fitted and seen, and which are not."""
    heads, left = inside(view.state), unheard(view.state, view.ctx)
    blank = f"  □ {', '.join(one.called for one in left)}" if left else ""
    return (f"{len(heads) - len(left)} of {len(heads)} heads fitted and seen", (blank, Tone.CONFIRM))


def _top(view: View) -> tuple[Row, ...]:
    where = zones.label(view.profile, "IV").upper()
    return (title(f"HEARING IN {where}  ", *far(view)), _room(view))


def _room(view: View) -> Row:
    room = view.profile.room
    told = [
        f"{'?' if level is None else _plain(level)} {unit}"
        for level, unit in zip(room.levels, ("dB(A)", "dB(C)", "dB peak"), strict=True)
    ]
    lacks = tuple((f"  ▒ {say('hearing-lacks', key)}", Tone.UNKNOWN) for key in room.missing)
    return row(("Room ", Tone.FAINT), ", ".join(told), (f"  {room.source}", Tone.FAINT), *lacks)


def _plain(level: Decimal) -> str:
    return shown(level).partition(" ")[0]


def called(view: View, one: Head) -> str:
    """Return who a head is: a number and a name, or that it has none."""
    if one.visit:
        visit = view.state.visits.open.get(one.visit)
        return f"{one.called} {view.private(visit.name) if visit else '?'}"
    person = view.state.people.here.get(one.person)
    return f"{one.called} {people.name(view, person)}" if person else f"{one.called} no name, counted"


def _head(view: View, one: Head, pending: Choice | None) -> Row:
    fitted = view.state.hearing.heads.get(one.key)
    stands = standing(fitted, view.ctx)
    tone = Tone.PLAIN if stands is Stands.SEEN else Tone.CONFIRM
    told: tuple[Part, ...] = ((say("hearing-stands", stands), tone),)
    if pending is not None:
        told = ((f"□ {words(pending, view.profile)}: fit?", Tone.CONFIRM),)
    elif fitted is not None:
        told = (*told, "  ", *_fitted(view, fitted))
    return row((f"{called(view, one)}  ", Tone.TITLE), *told, key=one.key, indent=4)


def _fitted(view: View, one: Fitted) -> tuple[Part, ...]:
    by = (f"  {view.people(one.by)} {view.clock_short(one.at)}", Tone.FAINT)
    if one.method is Method.EXEMPT:
        return ((f"▲ EXEMPT: {say('hearing-exempt', one.exemption)}", Tone.HOLD), by)
    worn = " + ".join(one.worn) or say("hearing-method", one.method)
    level = one.working.rpartition("= ")[2]
    ear = f"  {_MARKS[one.verdict]} {level} dB(A)" if level else f"  {_MARKS[one.verdict]} not calculated"
    fit = say("hearing-fit", one.fit) if one.fit else ""
    return (f"{worn}, {fit}" if fit else worn, (ear, _TONES[one.verdict]), by)


def _below(view: View, at: Head, pending: Choice | None) -> tuple[Row, ...]:
    fitted = view.state.hearing.heads.get(at.key)
    choice = pending or (Choice(fitted.method, fitted.worn) if fitted else None)
    return (BLANK, *_keys(view, at, pending), *(_calculated(view, at, choice) if choice else ()))


def _keys(view: View, at: Head, pending: Choice | None) -> tuple[Row, ...]:
    if pending is not None:
        keys = _listed((ORDER.index(fit) + 1, say("hearing-fit", fit)) for fit in FITS[pending.method])
        return (row((f"{at.called}: how was the fit seen, on both ears?", Tone.TITLE)), row(*keys, indent=2))
    named = (words(one, view.profile, rated=True) for one in choices(view.profile))
    keys = (*_listed(enumerate(named, 1)), ("v ", Tone.KEY), "exempt")
    again = at.key in view.state.hearing.heads
    enter: tuple[Part, ...] = (("Enter ", Tone.KEY), "the same, looked at anew   ") if again else ()
    return (row((f"{at.called}: what is worn?", Tone.TITLE)), row(*enter, *keys, indent=2, cap=600))


def _listed(pairs: Iterable[tuple[int, str]]) -> tuple[Part, ...]:
    return tuple(part for n, told in pairs for part in ((f"{n % 10} ", Tone.KEY), f"{told}   "))


def _calculated(view: View, at: Head, choice: Choice) -> tuple[Row, ...]:
    told = worked(view.profile, choice.method, choice.worn, staff=at.staff)
    verdict = (f"{_MARKS[told.verdict]} {say('hearing-verdict', told.verdict)}", _TONES[told.verdict])
    lacks = "; ".join(say("hearing-lacks", key) for key in told.lacks)
    advice = " ".join(say("hearing-advice", code) for code in told.advice)
    lacking = f": {lacks}" if lacks else ""
    return (
        row(("At the ear  ", Tone.FAINT), *_working(told), verdict, lacking),
        *((row((f"▲ {advice}", Tone.CONFIRM)),) if advice else ()),
        row((_advisory(told), Tone.FAINT)),
    )


def _working(told: Estimate) -> tuple[Part, ...]:
    return (f"{told.formula}  =  {told.working} dB(A)  ",) if told.working else ()


def _advisory(told: Estimate) -> str:
    sources = "; ".join(say("hearing-source", one) for one in told.sources)
    return " ".join(part for part in ("ADVISORY: a rating is not a fit.", sources) if part)
