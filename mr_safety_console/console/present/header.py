"""The suite in one glance, on every screen: each fact with its age, unknown unless somebody says so."""

from __future__ import annotations

from textual.content import Content

from mr_safety_console.console.present import doors
from mr_safety_console.console.present.alarm_line import PRIORITY_TONE, alarm_text
from mr_safety_console.console.present.conditions import emergent_told
from mr_safety_console.console.present.crossings import by_hand
from mr_safety_console.console.present.rows import GAP, cells, marked
from mr_safety_console.console.present.view import Belief, View, age, stopwatch
from mr_safety_console.console.present.zone_map import objects_inside
from mr_safety_console.console.text import lines, spans
from mr_safety_console.console.theme import UNKNOWN_WORD, Tone
from mr_safety_console.domain import alarm_load, emergency, occupancy, overrides, roster, token, zones
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import ClockColour
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.quench import FieldState
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import Step
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Recording

STOPPED = "ENGINE STOPPED — trust doors and eyes"
PAPER = Recording.FAILED.value
CLOCK_TONE = {ClockColour.PLAIN: Tone.TITLE, ClockColour.AMBER: Tone.MEDIUM, ClockColour.RED: Tone.STOP}
_STRICTEST = {Condition.UNKNOWN: 0, Condition.DANGER: 1, Condition.NORMAL: 2}


def header(view: View, width: int) -> Content:
    """Return the three lines of the header, each at most `width` cells."""
    return lines(_first(view, width), _second(view, width), _detectors(view, width))


def _first(view: View, width: int) -> Content:
    simulated = spans(("SIMULATED", Tone.SIMULATED)) if view.simulated else Content("")
    return cells(
        width,
        (spans((view.clock(view.now), Tone.TITLE)),),
        (simulated,),
        _who(view),
        _banner(view),
        recording(view),
        (spans(("NOT SITE-APPROVED", Tone.HOLD)) if unapproved(view) else Content(""),),
        (spans("BELL ONLY", cap=12) if not view.snapshot.sound else Content(""),),
    )


def _banner(view: View) -> tuple[Content, ...]:
    """Return the banner's first sentence, or its first words where there is no room; never half a word."""
    sentence = view.banner.partition(".")[0]
    words = sentence.partition(",")[0]
    return spans((sentence, Tone.HOLD)), spans((words, Tone.HOLD)), Content("")


def _who(view: View) -> tuple[Content, ...]:
    nobody = not view.blind and roster.unrostered(view.state)
    if nobody:
        told = spans(marked(Tone.HOLD, "NOBODY ROSTERED"))
        return (spans(("LOCKED ", Tone.TITLE), told), told) if view.locked else (told,)
    if view.locked:
        return (spans(("LOCKED", Tone.TITLE)),)
    actor = view.actor
    said = f"{view.person(actor)} {actor.role} signed on" if actor else "NOBODY signed on"
    return (spans((said, Tone.TITLE)),)


def unapproved(view: View) -> bool:
    """Tell whether any loaded form waits for the site's approval.

    No file approves itself, and nothing else does yet: so no form is read for it, and no start waits.
    """
    return bool(view.forms)


def recording(view: View) -> tuple[Content, ...]:
    """Return how the record does, in variants."""
    match view.snapshot.recording:
        case Recording.FAILED:
            return spans(marked(Tone.STOP, PAPER)), spans(marked(Tone.STOP, "NOT RECORDED"))
        case Recording.LATE:
            return (spans(marked(Tone.HOLD, "not yet recorded")),)
        case _:
            return spans("recording"), Content("")


def _second(view: View, width: int) -> Content:
    door = view.profile.door_iv
    return cells(
        width,
        door_cell(view, door, view.believe(door)),
        _inside(view),
        _removal(view),
        field(view),
        _emergent(view),
        _entry_left(view),
        (_broken(view),),
        _rested(view),
    )


def _emergent(view: View) -> tuple[Content, ...]:
    """Return who was screened in an emergency with questions left unasked: on every screen, never dropped."""
    told = () if view.blind else emergent_told(view)
    if not told:
        return (Content(""),)
    short = " ".join(one.partition(" ")[0] for one in told)
    return tuple(spans(marked(Tone.HOLD, words)) for words in (" ".join(told), f"NOT ALL ASKED {short}"))


def _rested(view: View) -> tuple[Content, ...]:
    """Return how many points are out, alarms aside, passes by hand, items by eye; nothing for none."""
    out = len(view.state.bypass.open)
    aside = sum(alarm.shelf is not None for alarm in view.state.alarms.open.values())
    hand = by_hand(view)
    eye = len(overrides.this_shift(view.state.lists.overrides, view.ctx))
    manual = [f"MANUAL {hand}"] * bool(hand) + [f"OVERRIDDEN {eye}"] * bool(eye)
    long = [f"OUT OF SERVICE {out}"] * bool(out) + [f"PUT ASIDE {aside}"] * bool(aside) + manual
    short = [f"OUT {out}"] * bool(out) + [f"ASIDE {aside}"] * bool(aside) + manual
    variants = (long, short) if long else ([],)
    return tuple(spans(marked(Tone.HOLD, " ".join(words))) if words else Content("") for words in variants)


def _inside(view: View) -> tuple[Content, ...]:
    if view.blind or not occupancy.known(view.state):
        word = (UNKNOWN_WORD, Tone.UNKNOWN)
    else:
        word = (str(len(occupancy.heads(view.state)["IV"])), Tone.TITLE)
    long, short = zones.name(view.profile, "IV").upper(), zones.label(view.profile, "IV").upper()
    things, tone = objects_inside(view)
    if not things or word[1] is Tone.UNKNOWN:
        return spans(f"IN {long} ", word), spans(f"IN {short} ", word)
    brief = things.partition(" object")[0] + " obj"
    found = ((long, things), (short, things), (short, brief))
    return *(spans(f"IN {name} ", word, " ", (said, tone)) for name, said in found), spans(
        f"IN {short} ", word
    )


def _removal(view: View) -> tuple[Content, ...]:
    ran = emergency.removal_clock(view.emergency, view.now, view.profile.limit("evac_target_s"))
    if ran is None:
        return (Content(""),)
    figure = stopwatch(ran.seconds) + (" out" if ran.stopped else "")
    return (spans((f"REMOVAL {figure}", CLOCK_TONE[ran.colour])),)


def _entry_left(view: View) -> tuple[Content, ...]:
    """Return how long the clearance of whoever goes in next still lives, in variants; nothing for nobody."""
    if view.blind:
        return (Content(""),)
    for one in view.state.visits.open.values():
        if step(one, view.ctx) is Step.ENTER:
            now = token.entry(view.state, one, view.ctx)
            if now.stands and now.left_s is not None:
                left = stopwatch(now.left_s)
                told = (f"ENTRY V{one.no} {left} left", f"V{one.no} {left}")
                return (*(spans((words, Tone.CONFIRM)) for words in told), Content(""))
    return (Content(""),)


def field(view: View) -> tuple[Content, ...]:
    """Return the field state in variants; every one of them is to be treated as field present."""
    tesla = f"{view.profile.b0_mt / 1000:.1f} T"
    state = view.quench.field
    if view.blind or "quench" in view.state.broken:
        return (spans("FIELD ", (UNKNOWN_WORD, Tone.UNKNOWN), f" {tesla}"),)
    tone = Tone.TITLE if state is FieldState.PRESENT else Tone.STOP
    long = spans("FIELD ", marked(tone, say("field", state)), f" {tesla}")
    short = "PRESENT" if state is FieldState.PRESENT else "UNVERIFIED"
    middle = spans("FIELD ", marked(tone, short), f" {tesla}")
    return long, middle, spans("FIELD ", marked(tone, short))


def _broken(view: View) -> Content:
    broken = view.state.broken
    return spans(marked(Tone.STOP, f"BROKEN: {', '.join(broken)}")) if broken else Content("")


def door_cell(view: View, point: Point, belief: Belief) -> tuple[Content, ...]:
    """Return name, word with symbol, and age of a door contact, in variants."""
    heard = age(belief.age_s)
    if belief.condition is Condition.UNKNOWN:
        word = (UNKNOWN_WORD, Tone.UNKNOWN)
        return (
            spans((point.name, Tone.TITLE), " ", word, f" {belief.why} {heard}"),
            spans((point.name, Tone.TITLE), " ", word, f" {heard}"),
        )
    seen, name = doors.watched(view, point, belief), (point.name, Tone.TITLE)
    told = (doors.word(view, seen), doors.short(view, seen))
    return tuple(spans(name, " ", word, f" {heard}") for word in told)


def detector_cell(view: View, point: Point, belief: Belief) -> tuple[Content, ...]:
    """Return name, word with symbol, and age of a detector, in variants; a quiet one promises nothing."""
    name, heard = (point.name, Tone.TITLE), age(belief.age_s)
    if belief.condition is Condition.UNKNOWN:
        word = (UNKNOWN_WORD, Tone.UNKNOWN)
        long = spans(name, " ", word, f" {belief.why} {heard}")
        return long, spans(name, " ", word, f" {heard}"), spans(point.id, " ", word, f" {heard}")
    if belief.condition is Condition.DANGER:
        return (spans(name, " ", marked(Tone.STOP, "IRON DETECTED"), f" {heard}"),)
    known = view.state.points.points.get(point.id)
    quiet = f"○ no alarm since {view.clock_short(known.since) if known else '?'}"
    blind = " — cannot see still objects"
    short = (point.id, Tone.TITLE)
    return (
        spans(name, " ", quiet, blind, f" {heard}"),
        spans(short, " ", quiet, blind, f" {heard}"),
        spans(short, " ", quiet, f" {heard}"),
    )


def _detectors(view: View, width: int) -> Content:
    found = [(point, view.believe(point)) for point in view.profile.of_kind(PointKind.DETECTOR)]
    found.sort(key=lambda pair: _STRICTEST[pair[1].condition])
    shown = [detector_cell(view, point, belief) for point, belief in found]
    for count in range(len(shown), 0, -1):
        more = Content("") if count == len(shown) else spans(f"+{len(shown) - count} more")
        shortest = [choice[-1].cell_length for choice in (*shown[:count], (more,))]
        if sum(shortest) + len(GAP) * count <= width:
            return cells(width, *shown[:count], (more,))
    return cells(width, shown[0]) if shown else Content("")


def alarm_bar(view: View, *, on_emergency: bool = False) -> tuple[Content, Tone]:
    """Return the alarm line and its tone: what is worst in front, then how many more."""
    parts = [*_console_lines(view), *(() if on_emergency else _emergency_line(view))]
    shown = alarm_load.gathered(view.state.alarms, view.profile, view.now)
    if shown:
        parts.append((alarm_text(view, shown), PRIORITY_TONE[shown[0].alarms[0].priority]))
    if not parts:
        return spans(("no open alarm" if view.snapshot.ready else "starting", Tone.FAINT)), Tone.PLAIN
    tone = parts[0][1]
    return Content(" │ ").join([content for content, _ in parts]), tone


def _console_lines(view: View) -> list[tuple[Content, Tone]]:
    found = []
    if view.stopped:
        found.append((spans(f"[!!] {STOPPED}"), Tone.HIGH))
    if view.snapshot.recording is Recording.FAILED:
        found.append((spans(f"[!!] {PAPER}"), Tone.HIGH))
    if view.fault:
        found.append((spans(f"[!!] CONSOLE FAULT: {view.fault}"), Tone.HIGH))
    return found


def _emergency_line(view: View) -> list[tuple[Content, Tone]]:
    current = view.emergency.current
    if current is None:
        return []
    kinds = ", ".join(emergency.CARDS[kind].title for kind in current.about) or "not named yet"
    number = f"E{current.no}" if current.no else "E"
    return [(spans(f"!!! EMERGENCY {number} {kinds} — F9 returns to it"), Tone.EMERGENCY)]
