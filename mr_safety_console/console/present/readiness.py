"""The Readiness screen: every check in the group it stands in, the selected one in full with its trend."""

from __future__ import annotations

from decimal import Decimal

from mr_safety_console.console.present.rows import Row, marked, row, title
from mr_safety_console.console.present.view import View, age, local
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import check_rules, checks
from mr_safety_console.domain.check_facts import Result
from mr_safety_console.domain.check_reading import figures
from mr_safety_console.domain.check_rules import Line
from mr_safety_console.domain.check_template import Sensed
from mr_safety_console.domain.checks import Standing, Taken
from mr_safety_console.domain.context import NS, US
from mr_safety_console.domain.words import say

GROUPS = (
    (Standing.STOPPED, Tone.STOP),
    (Standing.FAILED, Tone.STOP),
    (Standing.OVERDUE, Tone.STOP),
    (Standing.UNANSWERED, Tone.HOLD),
    (Standing.DUE, Tone.CONFIRM),
    (Standing.WAIVED, Tone.CONFIRM),
    (Standing.DONE, Tone.PLAIN),
)
"""The groups in the order they are listed, the most pressing first, each in its tone."""
_TONES = dict(GROUPS)
BARS = "▁▂▃▄▅▆▇█"
DAY_S = 86_400
_MARKS = {Result.PASS: "●", Result.FAIL: "■", Result.NOT_DONE: "□", Result.NOT_APPLICABLE: "▒"}


def ordered(view: View) -> tuple[Line, ...]:
    """Return every check of the site, in the order of the screen."""
    order = [standing for standing, _ in GROUPS]
    return tuple(sorted(check_rules.lines(view.state, view.ctx), key=lambda one: order.index(one.standing)))


def rows(view: View, cursor: str) -> tuple[Row, ...]:
    """Return the state of the suite's checks, group by group; what the selected one expects is below it."""
    if view.blind or "checks" in view.state.broken:
        return (row((f"{UNKNOWN_WORD}: nothing is known of the checks", Tone.UNKNOWN)),)
    listed = ordered(view)
    if not listed:
        return (title("READINESS"), row("The site file makes no check."))
    test = testing(view)
    out: list[Row] = [title("READINESS  ", *summary(listed)), _approved(view)]
    out += [row((f"{MARKS[Tone.CONFIRM]} {test}", Tone.CONFIRM))] if test else []
    for standing, tone in GROUPS:
        group = [one for one in listed if one.standing is standing]
        if group:
            out.append(row(marked(tone, f"{say('check-standing', standing)}: {len(group)}")))
        for one in group:
            out += _check(view, one, here=one.key == cursor)
    return tuple(out)


def summary(listed: tuple[Line, ...]) -> tuple[Part, ...]:
    """Return how many checks stand in each group that has any."""
    counts = [(standing, sum(one.standing is standing for one in listed)) for standing, _ in GROUPS]
    told = [f"{count} {say('check-standing', standing)}" for standing, count in counts if count]
    return (", ".join(told),)


def _approved(view: View) -> Row:
    approved = view.profile.checks_approved
    if approved:
        return row((f"approved here by {approved}", Tone.FAINT))
    return row((f"{MARKS[Tone.HOLD]} NOT SITE-APPROVED: nobody here has approved these checks", Tone.HOLD))


def _check(view: View, one: Line, *, here: bool) -> list[Row]:
    name = check_rules.called(view.profile, one.check.id, one.asset)
    head = row((f"{name}  ", Tone.TITLE if here else Tone.PLAIN), *_when(view, one), key=one.key, indent=4)
    return [head, *(_below(view, one) if here else ())]


def _when(view: View, one: Line) -> tuple[Part, ...]:
    """Return how old the last finding is, and when the next one is due."""
    kept, tone = one.kept, _TONES[one.standing]
    if kept is None or (kept.last is None and kept.asked is None):
        return (("never made", tone),)
    found: list[Part] = []
    if kept.last is not None:
        told = f"{_found(kept.last)} {span(view.since(kept.last.at))} ago  "
        found.append((told, tone if kept.last.result is Result.FAIL else Tone.FAINT))
    left = checks.left_s(kept, view.now)
    if one.standing in (Standing.UNANSWERED, Standing.DUE) and left is not None:
        found.append((f"overdue in {span(max(0.0, left))}", tone))
    elif one.standing is Standing.DONE and kept.last is not None:
        due = max(0.0, kept.due_s - view.since(kept.last.at))
        found.append((f"due in {span(due)}", Tone.FAINT))
    elif one.standing is Standing.WAIVED:
        found.append((f"until {_until(view, one)}", tone))
    return tuple(found)


def _found(taken: Taken) -> str:
    value = f" {taken.value}" if taken.value else ""
    fault = f", {say('check-fault', taken.fault)}" if taken.fault else ""
    return f"{say('check-result', taken.result)}{value}{fault}"


def span(seconds: float) -> str:
    """Return an age with days from two days on."""
    return f"{int(seconds // DAY_S)} d" if seconds >= 2 * DAY_S else age(seconds)


def _until(view: View, one: Line) -> str:
    waiver = one.kept.waiver if one.kept else None
    left = checks.waiver_left_s(one.kept, view.now) if one.kept and waiver else None
    if waiver is None or left is None:
        return "?"
    return local(view.now.utc + int(left * US), view.profile.zone).strftime("%d %b %H:%M")


def _below(view: View, one: Line) -> list[Row]:
    """Return what is expected, what a failure does, the waiver, the trend and the keys."""
    check = one.check
    two = "two people sign a pass, " if check.witness else ""
    how = f"{say('check-every', check.every)}, {two}limits {say('check-limits', check.limits)}"
    out = [
        _line(one, ("expected ", Tone.FAINT), say("check-expects", check.id)),
        _line(one, (how, Tone.FAINT)),
    ]
    if one.standing in (Standing.FAILED, Standing.STOPPED):
        out.append(_line(one, (say("check-fails", check.id), Tone.HOLD)))
    if one.standing is Standing.STOPPED:
        instead = view.profile.instead or say("check-instead", "none")
        out.append(_line(one, ("instead ", Tone.FAINT), (instead, Tone.TITLE)))
    return [*out, *_waiver(view, one), *_trend(view, one), _line(one, *_keys(one))]


def _line(one: Line, *parts: Part) -> Row:
    return row("  ", *parts, key=one.key, indent=4)


def _waiver(view: View, one: Line) -> list[Row]:
    waiver = one.kept.waiver if one.kept else None
    if waiver is None or one.standing is not Standing.WAIVED:
        return []
    borne = f"{view.private(waiver.grounds)}; instead: {view.private(waiver.measure)}"
    return [_line(one, (f"waived by {view.people(waiver.by)}: {borne}", Tone.CONFIRM))]


def _trend(view: View, one: Line) -> list[Row]:
    """Return the last findings, oldest first; as a line of bars where they are figures."""
    trend = one.kept.trend if one.kept else ()
    if not trend:
        return []
    last, values = trend[-1], [value for taken in trend if (value := figures(taken.value)) is not None]
    told = "".join(_MARKS[taken.result] for taken in trend)
    if len(values) > 1:
        told = f"{bars(values)}  {values[0]} … {values[-1]} {one.check.unit}"
    by = f"  last by {view.people(last.by)} {view.clock_short(last.at)}"
    reading = f", {say('check-reading', last.reading)}" if last.reading else ""
    parts = f", {', '.join(say('check-part', part) for part in last.parts)} not lit" if last.parts else ""
    return [_line(one, ("trend ", Tone.FAINT), told, (f"{by}{reading}{parts}", Tone.FAINT))]


def bars(values: list[Decimal]) -> str:
    """Return figures as a line of bars between the least and the greatest of them."""
    low, high = min(values), max(values)
    if low == high:
        return BARS[3] * len(values)
    steps = len(BARS) - 1
    return "".join(BARS[int((value - low) * steps / (high - low))] for value in values)


def _keys(one: Line) -> list[Part]:
    keys: list[Part] = []
    if one.check.sensed in (Sensed.WALK_TEST, Sensed.DOOR_TEST):
        keys += [("w ", Tone.KEY), "test it  "]
    if one.check.sensed is not Sensed.DOOR_TEST:
        keys += [("y ", Tone.KEY), "as expected  "]
    keys += [("n ", Tone.KEY), "fails  ", ("x ", Tone.KEY), "not made  "]
    if one.standing is Standing.STOPPED:
        keys += [("g ", Tone.KEY), "return to use"]
    elif one.standing in (Standing.FAILED, Standing.OVERDUE, Standing.UNANSWERED):
        keys += [("v ", Tone.KEY), "waive"]
    elif one.standing is Standing.WAIVED:
        keys += [("Backspace ", Tone.KEY), "end the waiver"]
    return keys


def waiver_rows(view: View) -> tuple[Row, ...]:
    """Return the waivers that last now, one a row: whoever comes next takes them over."""
    return tuple(
        row(
            (f"{MARKS[Tone.CONFIRM]} WAIVED until {_until(view, one)}: ", Tone.CONFIRM),
            check_rules.called(view.profile, one.check.id, one.asset),
        )
        for one in check_rules.waivers(view.state, view.ctx)
    )


def testing(view: View) -> str:
    """Return the door under test with the seconds it has left; empty while none is."""
    test = view.state.checks.door
    point = view.profile.point(test.point) if test else None
    if test is None or point is None:
        return ""
    left = max(0, test.due_bt - view.now.bt) // NS
    return f"TEST of {point.name}: {'close it now' if test.opened else 'open it now'}, {left} s left"


def mru_age(view: View) -> str:
    """Return how old the last test of the unit that runs the magnet down is; empty where none is made."""
    line = check_rules.line(view.state, view.ctx, "C07", "")
    if line is None:
        return ""
    last = line.kept.last if line.kept else None
    return f"MRU test {span(view.since(last.at))} ago" if last else "MRU test never"


def beside(view: View) -> str:
    """Return what the Suite says beside its limits: the waivers that last, and the age of the MRU test."""
    count = len(check_rules.waivers(view.state, view.ctx))
    told = (f"waivers {count}" if count else "", mru_age(view))
    return "".join(f"  {one}" for one in told if one)


def to_make(view: View) -> str:
    """Return how many checks are to be made or put right, by how they stand; empty for none."""
    listed = check_rules.lines(view.state, view.ctx)
    left = tuple(one for one in listed if one.standing not in (Standing.DONE, Standing.WAIVED))
    return "".join(str(part) for part in summary(left)) if left else ""
