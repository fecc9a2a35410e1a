"""The ledger of crossings as people read it: what alarms were, who passed, counts beside the record."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import precision as precision_of
from mr_safety_console.domain import suite_counts, suite_wands, tally, wands
from mr_safety_console.domain.alarm_points import CAUSE_KEYS, RULES
from mr_safety_console.domain.alarms import Alarm
from mr_safety_console.domain.crossings import Counter
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.profile import Point, SiteProfile
from mr_safety_console.domain.words import say

NOT_AVAILABLE = "NOT AVAILABLE"
WAND = "wand:"
"""Begins the key of a hand-held detector's row."""
PLAIN = {"p": "person", "s": "staff", "e": "equipment", "d": "door", "u": "unknown, stop"}


def key_hint(alarm: Alarm) -> str:
    """Return how to say what an alarm was; once it is answered, with the keys of its plain causes."""
    keys = CAUSE_KEYS.get(RULES[alarm.rule].dispositions, {})
    if not keys or not alarm.answered:
        return "d say what it was"
    return "d, then " + " ".join(f"{key} {PLAIN[key]}" for key in PLAIN if key in keys.values())


def door_motion(view: View, alarm: Alarm) -> str:
    """Return the suggestion that the door itself rang, with its seconds; empty where nothing suggests it."""
    rung = next((one for one in reversed(view.state.crossings.recent) if one.alarm == alarm.id), None)
    moved_ms = None if rung is None or rung.said else precision_of.suggests_door(rung, view.profile)
    if moved_ms is None:
        return ""
    when = "before" if moved_ms <= 0 else "after"
    return f"door motion? It moved {abs(moved_ms) / 1000:.1f} s {when}. Still say what it was; pass again"


# --- heads ---


def counting(profile: SiteProfile) -> tuple[Point, ...]:
    """Return the detector that speaks for each device at the magnet room, as the watch chooses it."""
    first: dict[str, Point] = {}
    for point in profile.detectors_iv:
        first.setdefault(point.port, point)
    return tuple(first.values())


def compared(view: View, *, standing: bool = False) -> tuple[Row, ...]:
    """Return each device's own count of the people inside beside the record, or why there is none.

    With `standing` alone those that count, or did: not where the device or the site file never offers it.
    """
    return tuple(
        row((f"{point.id} counts ", Tone.FAINT), *_compared(view, point), indent=4)
        for point in counting(view.profile)
        if not (standing and _never(view, point))
    )


def _compared(view: View, point: Point) -> tuple[Part, ...]:
    known = view.state.crossings.counters.get(point.id)
    if never := _never(view, point):
        return ((f"{NOT_AVAILABLE}: {never}", Tone.FAINT),)
    why = _why_not(view, point, known)
    if known is None or why:
        return ((f"{NOT_AVAILABLE}: {why}", Tone.HOLD),)
    heads, inside = view.state.visits.heads, known.base + known.net
    told = f"{inside} inside, the record has {heads}"
    if inside > heads and suite_counts.unwritten(view.state, view.now) is not None:
        return ((f"? {told}", Tone.CONFIRM), "  write down who went in")
    if inside > heads:
        return ((f"■ {told}", Tone.STOP), "  look; # on People")
    if heads > inside + known.before:
        return ((f"▲ {told}", Tone.HOLD), "  record who came out")
    return (told,)


def _never(view: View, point: Point) -> str:
    """Return why this device's count is never compared here; empty where it is."""
    level = view.snapshot.live.get(point.id)
    if point.id not in view.state.crossings.counters and (level is None or level.crossings_in is None):
        return "it counts nobody; count by eye"
    if point.direction == "unknown":
        return "the site file does not say which way it counts"
    return ""


def _why_not(view: View, point: Point, known: Counter | None) -> str:
    """Return why this device's count is worth nothing just now; empty where it is worth something."""
    level = view.snapshot.live.get(point.id)
    if view.blind or "crossings" in view.state.broken:
        return "nothing is known now"
    if view.believe(point).condition is Condition.UNKNOWN:
        return "it is UNKNOWN"
    if level is None or level.crossings_in is None:
        return "it counts nobody any more"
    if known is None:
        return "not heard yet"
    return f"{say('counts-broken', known.broken)}; count by eye" if known.broken else ""


def quiet(view: View) -> tuple[Row, ...]:
    """Return how many passages nobody announced wait for an explanation, if any do."""
    count = view.state.crossings.open_quiet
    if not count:
        return ()
    return (row((f"▲ {count} quiet passages nobody announced", Tone.HOLD), "  # on People explains them"),)


# --- what alarms were ---


def precision(view: View) -> tuple[Row, ...]:
    """Return detector alarms by cause since the record began, and how many of the last had an object."""
    told, counted = precision_of.precision(view.state.crossings), view.state.tally
    share = tally.per_hundred(counted)
    per = f", {share} per 100 ways in" if share is not None else ""
    causes = "  ".join(f"{say('cause', cause)} {count}" for cause, count in told.causes)
    last = f"last {told.last} alarms: {told.found} object found" if told.last else "none explained yet"
    waiting: Part = (f"   ▲ {told.waiting} not explained", Tone.HOLD) if told.waiting else ""
    return (
        row(f"detector alarms {counted.alarms}{per}", waiting),
        row((last, Tone.TITLE), f"   {causes}" if causes else "", indent=4),
        *_passed(view),
    )


def _passed(view: View) -> tuple[Row, ...]:
    ledger = view.state.crossings
    if not ledger.counters:
        return ()
    causes = "  ".join(f"{say('disposition', cause)} {count}" for cause, count in ledger.explained.items())
    waiting: Part = (f"   ▲ {ledger.open_quiet} not explained", Tone.HOLD) if ledger.open_quiet else ""
    said = f"quiet passages: announced, presumed {ledger.presumed}, other {ledger.quiet}"
    return (row(said, waiting, f"   {causes}" if causes else "", indent=4),)


# --- by hand ---


def by_hand(view: View) -> int:
    """Return how many hand-held passes were made this shift."""
    return wands.this_shift(view.state.wands, view.ctx)


def wanted(view: View) -> bool:
    """Tell whether a wand may stand in for the portal now, and the site has one."""
    return bool(view.profile.wands) and suite_wands.wanted(view.state, view.ctx)


def wand_rows(view: View) -> tuple[Row, ...]:
    """Return each hand-held detector of the register, with its test."""
    found = []
    for one in view.profile.wands:
        known = view.state.wands.tested.get(one.id)
        if known is None:
            stands: Part = ("▲ no test of it on the record", Tone.HOLD)
        else:
            word = "answered" if known.answered else "DID NOT ANSWER"
            said = f"{word}, {view.people(known.by)} {view.clock_short(known.at)}"
            proved = wands.proved(view.state.wands, one.id, view.ctx)
            stands = (said, Tone.PLAIN) if proved else (f"▲ {said}", Tone.HOLD)
        found.append(
            row((one.name, Tone.TITLE), "  ", stands, ("   w tests it", Tone.KEY), key=f"{WAND}{one.id}")
        )
    return tuple(found)
