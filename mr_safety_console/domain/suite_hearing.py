"""Hearing protection judged on the whole suite: who may say what of which head, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mr_safety_console.domain import people, visit
from mr_safety_console.domain.checklists import StageReset
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.emergency import EmergencyOpened
from mr_safety_console.domain.hearing import (
    NAMELESS,
    ChooseHearing,
    Exemption,
    Fit,
    HearingChosen,
    HearingLapsed,
    head_key,
)
from mr_safety_console.domain.hearing_heads import Head, heads, nameless
from mr_safety_console.domain.hearing_protection import Estimate, Method, Protector, Sort, estimate
from mr_safety_console.domain.people_facts import (
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonLeft,
    PersonLeftZoneIV,
)
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.visit_facts import (
    Leg,
    LegFell,
    StaffCounted,
    VisitClosed,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

WORN: Mapping[Method, tuple[Sort, ...]] = {
    Method.PLUG: (Sort.PLUG,),
    Method.MUFF: (Sort.MUFF,),
    Method.DOUBLE: (Sort.PLUG, Sort.MUFF),
    Method.NEONATAL: (Sort.NEONATAL,),
    Method.MOULDS: (),
    Method.EXEMPT: (),
}
"""What of the register each method may consist of."""
FITS: Mapping[Method, tuple[Fit, ...]] = {
    Method.PLUG: (Fit.ROLL_DOWN, Fit.FLUSH, Fit.TUG, Fit.VOICE, Fit.NOT_POSSIBLE),
    Method.MUFF: (Fit.VOICE, Fit.SEAL, Fit.NOT_POSSIBLE),
    Method.DOUBLE: (Fit.ROLL_DOWN, Fit.FLUSH, Fit.TUG, Fit.VOICE, Fit.SEAL, Fit.NOT_POSSIBLE),
    Method.NEONATAL: (Fit.FLUSH, Fit.SEAL, Fit.NOT_POSSIBLE),
    Method.MOULDS: (Fit.FLUSH, Fit.TUG, Fit.VOICE, Fit.NOT_POSSIBLE),
    Method.EXEMPT: (),
}
"""How the fit of each method can be seen; nobody rolls a muff."""
EXEMPTED = "release-item"
"""The act by which a physician and a second person bear a head without a protector, or with a fit unseen."""


def worked(profile: SiteProfile, method: Method, worn: tuple[str, ...], *, staff: bool) -> Estimate:
    """Return what these types of the register leave at this site; see `estimate`."""
    types = (one for one in profile.protectors if one.name in worn)
    return estimate(profile.room, method, types, profile.derating, staff=staff)


def choose(state: SuiteState, asked: ChooseHearing, ctx: Ctx) -> Facts | Refused:
    """Record what one head in the magnet room wears. No protector, and no look at it, take two people."""
    key = head_key(asked.visit, asked.person, asked.nameless)
    head = next((one for one in heads(state.visits, state.people) if one.key == key), None)
    if head is None:
        return refused("hearing-no-head")
    if asked.method not in set(Method):
        return refused("hearing-terms", choices=", ".join(Method))
    method = Method(asked.method)
    if why := _wrong(asked, method, ctx.profile):
        return why
    bare = method is Method.EXEMPT or asked.fit == Fit.NOT_POSSIBLE
    if why := may(state.staff, EXEMPTED if bare else "list-item", ctx):
        return why
    return (_chosen(asked, method, head, ctx.profile),)


def _wrong(asked: ChooseHearing, method: Method, profile: SiteProfile) -> Refused | None:
    if method is Method.EXEMPT:
        bare = asked.exemption in set(Exemption) and not asked.fit and not asked.worn
        return None if bare else _terms(Exemption)
    if asked.exemption or (asked.fit and asked.fit not in FITS[method]):
        return _terms(FITS[method])
    sorts = [_sort(profile, name) for name in asked.worn]
    allowed = WORN[method]
    if any(sort not in allowed for sort in sorts) or len(set(sorts)) != len(sorts):
        return refused("hearing-type", method=method)
    if asked.fit == Fit.NOT_POSSIBLE and method is not Method.DOUBLE:
        return refused("hearing-double-first")
    return None


def _terms(choices: Iterable[str]) -> Refused:
    return refused("hearing-terms", choices=", ".join(choices))


def _sort(profile: SiteProfile, name: str) -> Sort | None:
    return next((one.sort for one in profile.protectors if one.name == name), None)


def _chosen(asked: ChooseHearing, method: Method, head: Head, profile: SiteProfile) -> HearingChosen:
    told = worked(profile, method, asked.worn, staff=head.staff)
    types = [one for one in profile.protectors if one.name in asked.worn]
    return HearingChosen(
        visit=head.visit,
        person=head.person,
        nameless=head.nameless,
        method=method,
        worn=tuple(one.name for one in types),
        rated=tuple(rating for one in types for rating in packet(one)),
        fit=asked.fit,
        exemption=asked.exemption,
        verdict=told.verdict,
        working=told.working,
    )


def packet(one: Protector) -> tuple[str, ...]:
    """Return what stands on the packet of a type."""
    return tuple(f"{kind} {rating}" for kind, rating in (("NRR", one.nrr), ("SNR", one.snr)) if rating)


# --- what ends it ---

_VISIT = frozenset({StaffCounted, ZoneIVHeads, ZoneIVEntered, ZoneIVLeft, VisitClosed})
_PEOPLE = frozenset({PersonAdmitted, PersonEnteredZoneIV, PersonLeftZoneIV, PersonLeft})
_CROSSINGS = _VISIT | _PEOPLE


def lapsed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return the heads whose protection a decision ends: gone, counted away, or the table done anew."""
    if not state.hearing.heads:
        return ()
    if any(_done_anew(state, fact) for fact in facts):
        return (HearingLapsed(heads=tuple(state.hearing.heads), reason="table-anew"),)
    if not any(type(fact) in _CROSSINGS for fact in facts):
        return ()
    gone = _gone(state, facts, ctx)
    return (HearingLapsed(heads=gone, reason="left"),) if gone else ()


def _done_anew(state: SuiteState, fact: Fact) -> bool:
    """Tell whether hands were at the table since: its list begins again, or the coil is another."""
    match fact:
        case StageReset(leg=Leg.TABLE_LIST) | EmergencyOpened():
            return True
        case LegFell(leg=Leg.DOOR_LIST, visit=name):
            return name in state.visits.open and state.visits.open[name].inside
        case LegFell(leg=Leg.TABLE_LIST, reason=reason):
            return reason != "item-changed"
        case _:
            return False


def _gone(state: SuiteState, facts: Facts, ctx: Ctx) -> tuple[str, ...]:
    visits, here = state.visits, state.people
    for fact in facts:
        entry = Entry(0, ctx.now, fact, ctx.cause, "system")
        visits = visit.evolve(visits, entry) if type(fact) in _VISIT else visits
        here = people.evolve(here, entry) if type(fact) in _PEOPLE else here
    left = {one.key for one in heads(visits, here)}
    if nameless(visits, here) < nameless(state.visits, state.people) and not _all_nameless_seen(state):
        # Which of them went nobody knows: it may have been the one whose ears were looked at.
        left = {key for key in left if not key.startswith(NAMELESS)}
    return tuple(key for key in state.hearing.heads if key not in left)


def _all_nameless_seen(state: SuiteState) -> bool:
    known = state.hearing.heads
    numbered = (one for one in heads(state.visits, state.people) if one.nameless)
    return all(one.key in known and known[one.key].seen for one in numbered)
