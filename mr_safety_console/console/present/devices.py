"""The Devices screen: each point as it is heard and proved, the sound, and notes about lines."""

from __future__ import annotations

from mr_safety_console.console.present import crossings
from mr_safety_console.console.present.alarms import out_of_service
from mr_safety_console.console.present.list_item import list_rows
from mr_safety_console.console.present.points import point_cell
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import SIMULATED, View, age, local
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import bypass, detectors
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import DeviceNoted
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.sound import NOT_HEARD
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Line

NOTES_SHOWN = 8


def rows(view: View) -> tuple[Row, ...]:
    """Return every point with its figures, the sound, then the newest notes about devices."""
    out: list[Row] = [title("POINTS")]
    for point in view.profile.points:
        out += _point(view, point)
    out += [
        BLANK,
        *_lines(view),
        BLANK,
        title("SOUND"),
        *_sound(view),
        BLANK,
        *_conscience(view),
        BLANK,
        *_wands(view),
        *list_rows(view),
        title("NOTES ABOUT DEVICES since this screen's start"),
    ]
    notes = [_note(view, entry) for entry in reversed(view.notes[-NOTES_SHOWN:])]
    return (*out, *(notes or [row(("none", Tone.FAINT))]))


def _wands(view: View) -> tuple[Row, ...]:
    """Return the hand-held detectors, if the site has any."""
    if not view.profile.wands:
        return ()
    made = f"   MANUAL passes this shift {crossings.by_hand(view)}"
    return (title("HAND-HELD DETECTORS", (made, Tone.FAINT)), *crossings.wand_rows(view), BLANK)


def _point(view: View, point: Point) -> list[Row]:
    belief = view.believe(point)
    cell = point_cell(view, point, belief)[0]
    origin = (SIMULATED, Tone.SIMULATED) if belief.origin == SIMULATED else belief.origin or "never heard"
    level = view.snapshot.live.get(point.id)
    figures = [
        f"port {point.port}",
        f"device {point.device}",
        f"channel {point.channel}",
        f"zone {point.zone}",
    ]
    if level is not None and level.value is not None:
        figures.append(f"value {level.value}")
    if level is not None and level.alarms is not None:
        figures.append(f"alarms counted {level.alarms}")
    if level is not None and level.crossings_in is not None:
        figures.append(f"passages in {level.crossings_in} out {level.crossings_out}")
    found = [
        row(cell, "  ", origin, key=point.id, indent=4),
        row("    ", ("  ".join(figures), Tone.FAINT), indent=4),
    ]
    if point.kind is PointKind.DETECTOR:
        found.append(row("    ", *_proof(view, point), indent=4))
        found += _last_test(view, point)
    known = view.state.bypass.open.get(point.id)
    if known is not None:
        found.append(row("    OUT OF SERVICE ", *out_of_service(view, known), indent=4))
    return found


def _lines(view: View) -> tuple[Row, ...]:
    """Return how each port is doing, one row a port."""
    found = [
        row(
            (name, Tone.TITLE),
            f"  frames {line.frames}  rejected {line.rejected}  gaps {line.gaps}",
            f"  reconnects {line.reconnects}  {_heard(view, line)}",
            indent=4,
        )
        for name, line in sorted(view.snapshot.lines.items())
    ]
    return (title("LINES since this start"), *(found or [row(("none", Tone.FAINT))]))


def _heard(view: View, line: Line) -> str:
    if line.heard_bt is None:
        return age(None)
    return f"last {age(max(0, view.now.bt - line.heard_bt) / NS)} ago"


def _last_test(view: View, point: Point) -> list[Row]:
    known = view.state.points.points.get(point.id)
    if known is None or known.tested is None:
        return []
    by = f" by {view.person(known.tester)}" if known.tester else ""
    said = "it answered" if known.result == detectors.PASSED else say("ended", known.result)
    when = f"{view.clock_short(known.tested)}, {age(view.since(known.tested))} ago"
    return [row("    ", (f"last test {when}{by}: {said}", Tone.FAINT), indent=4)]


def _conscience(view: View) -> tuple[Row, ...]:
    """Return what the door and its detectors did since the record began, counted and unjudged."""
    counted = view.state.tally
    since = f" since {local(counted.since.utc, view.profile.zone):%Y-%m-%d}" if counted.since else ""
    out = ", ".join(
        f"{point.name} {bypass.bypassed_s(view.state.bypass, view.now, point.id) // 60} min"
        for point in view.profile.points
        if point.id in view.state.bypass.open or point.id in view.state.bypass.past_s
    )
    return (
        title(f"DETECTOR CONSCIENCE{since}"),
        row(
            f"door openings {counted.openings}",
            (f"   without a recorded crossing {counted.unexplained}", Tone.TITLE),
            f"   ways in {counted.entries}",
        ),
        *crossings.precision(view),
        *crossings.compared(view),
        row(f"out of service: {out or 'nothing'}"),
    )


def _proof(view: View, point: Point) -> tuple[tuple[str, Tone], ...]:
    known = view.state.points.points.get(point.id)
    if known is not None and detectors.testing(view.state.points, point.id, view.now):
        left = -((view.now.bt - known.test_due_bt) // NS)
        return ((f"WALK TEST: carry the test piece past it now, {left} s left", Tone.MEDIUM),)
    if (
        detectors.proved(view.state.points, point.id, view.ctx)
        and known is not None
        and known.proof is not None
    ):
        since = age(view.since(known.proof))
        return ((f"walk tested {view.clock_short(known.proof)}, {since} ago, watched since", Tone.PLAIN),)
    return (("▲ not walk tested this shift, or lost since", Tone.HOLD), ("   w begins the test", Tone.KEY))


def _sound(view: View) -> tuple[Row, Row]:
    known = view.state.sound
    if known.lost or known.unheard:
        why = say("sound", known.lost or NOT_HEARD)
        played = row((f"▲ NO SOUND: {why}", Tone.STOP), "   watch the screen")
    elif known.player:
        played = row(f"alarms are played through {known.player}")
    else:
        played = row(("no player has been asked yet", Tone.FAINT))
    return played, row("    ", *_trial(view), indent=4)


def _trial(view: View) -> tuple[tuple[str, Tone], ...]:
    known = view.state.sound
    asked = ("   c plays it", Tone.KEY)
    if known.tested is None:
        return (("▲ no test of it on the record", Tone.HOLD), asked)
    by = view.person(known.tester) if known.tester else "somebody"
    word = "heard" if known.heard else "NOT HEARD"
    said = f"{word} by {by} {view.clock_short(known.tested)}, {age(view.since(known.tested))} ago"
    shift_s = view.profile.limit("proof_test_valid_h") * 3600
    if known.heard and view.since(known.tested) <= shift_s:
        return ((said, Tone.PLAIN),)
    return ((f"▲ {said}", Tone.HOLD), asked)


def _note(view: View, entry: Entry) -> Row:
    told = entry.fact
    if not isinstance(told, DeviceNoted):
        return BLANK
    times = f" ×{told.count}" if told.count > 1 else ""
    what = say("device", told.what)
    return row((view.clock(entry.at), Tone.TITLE), f"  {told.port}  {what}{times}  {told.text}", indent=10)
