"""The Emergency screen: the kinds by letter, then one card's steps with the present one largest."""

from __future__ import annotations

from textual.content import Content

from mr_safety_console.console.present.figures import figures
from mr_safety_console.console.present.header import CLOCK_TONE
from mr_safety_console.console.present.rows import BLANK, Row, row
from mr_safety_console.console.present.view import View, stopwatch
from mr_safety_console.console.text import fit, lines, spans
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import emergency
from mr_safety_console.domain.emergency import (
    CARDS,
    LETTERS,
    NOT_APPROVED,
    CardStep,
    Emergency,
    EmergencyKind,
)
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.ticket import TicketState

DIGITS = "1234567890-="
FIGURES_CELLS = 22
EARLIER_WORDS = {0: "now", 10: "10 s ago, ESTIMATED", 60: "1 min ago, ESTIMATED"}


@frozen
class Hand:
    """What the operator's hand is at: choosing or adding a kind, stamping earlier, on which step."""

    adding: bool = False
    earlier_s: int = 0
    step: str = ""


def shown(view: View) -> Emergency | None:
    """Return the emergency on the screen: the open one, else the one that ended last."""
    if view.emergency.current is not None:
        return view.emergency.current
    ended = [item for item in view.emergency.emergencies.values() if item.ended is not None]
    return max(ended, key=lambda item: item.ended.at.utc if item.ended else 0, default=None)


def choosing(view: View, hand: Hand) -> bool:
    """Tell whether letters name a kind just now."""
    current = view.emergency.current
    return current is not None and (hand.adding or not current.kinds)


def steps(item: Emergency) -> tuple[CardStep, ...]:
    """Return the steps of every kind named, each once, in the order of the cards."""
    found: dict[str, CardStep] = {}
    for kind in item.about:
        for one in CARDS[kind].steps:
            found.setdefault(one.id, one)
    return tuple(found.values())


def present_step(item: Emergency, hand: Hand) -> str:
    """Return the step Enter stamps: the one the cursor was put on, else the first not stamped."""
    listed = steps(item)
    if hand.step in {one.id for one in listed}:
        return hand.step
    return next((one.id for one in listed if item.step(one.id) is None), "")


def clock_bar(view: View, hand: Hand, width: int) -> Content:
    """Return the clock in large figures beside what it is about and what became of the record."""
    item = shown(view)
    target = view.profile.limit("evac_target_s")
    ran = emergency.removal_clock(view.emergency, view.now, target, item.id if item else "")
    if item is None or ran is None:
        return lines(spans("No emergency is open.", cap=60), spans("F9 opens one at once."), Content(""))
    tone = CLOCK_TONE[ran.colour]
    drawn = figures(stopwatch(ran.seconds))
    told = (_what(view, item), record_line(view, item), _next_stamp(view, item, hand))
    left = [fit(spans((f" {line} ", tone)), FIGURES_CELLS) for line in drawn]
    return lines(*(fit(a + b, width) for a, b in zip(left, told, strict=True)))


def _what(view: View, item: Emergency) -> Content:
    number = f"E{item.no}" if item.no else "E"
    if item.ended is not None:
        return spans((f"EMERGENCY {number} ENDED {view.clock(item.ended.at)}", Tone.TITLE))
    if not item.about:
        return spans((f"!!! EMERGENCY {number}", Tone.EMERGENCY), " what is it? press a letter")
    clocks = item.kinds
    names = " + ".join(
        f"{CARDS[kind].title} {stopwatch(int(view.since(clocks[kind].at)))}" for kind in item.about
    )
    return spans((f"!!! EMERGENCY {number}", Tone.EMERGENCY), (f" {names}", Tone.TITLE))


def record_line(view: View, item: Emergency) -> Content:
    """Return what became of the records: RECORDING, RECORDED hh:mm:ss, or write on paper."""
    lane = view.lane
    known = view.snapshot.state.emergency.find(item.id)
    if lane.state is TicketState.NOT_RECORDED:
        return spans(("■ NOT RECORDED — WRITE ON PAPER", Tone.STOP), f" {lane.fault}", cap=60)
    if lane.state is TicketState.RECORDING:
        return spans(("… RECORDING", Tone.HOLD))
    at = lane.recorded or (known.since if known else None)
    return spans((f"● RECORDED {view.clock(at)}", Tone.TITLE)) if at else spans(("… RECORDING", Tone.HOLD))


def _next_stamp(view: View, item: Emergency, hand: Hand) -> Content:
    if item.ended is not None:
        who = ", ".join(view.person(person) for person in item.people)
        return spans(f"took part: {who}" if who else "i  say who took part")
    tone = Tone.CONFIRM if hand.earlier_s else Tone.FAINT
    return spans("next stamp: ", (EARLIER_WORDS[hand.earlier_s], tone))


def main_rows(view: View, hand: Hand) -> tuple[Row, ...]:
    """Return the kinds to choose from, or the steps."""
    item = shown(view)
    if item is None:
        return ()
    if choosing(view, hand):
        return kind_rows()
    return (*_ended_rows(item), *step_rows(view, item, hand))


def kind_rows() -> tuple[Row, ...]:
    """Return a row a kind, by its letter."""
    return tuple(
        row((f" {letter} ", Tone.EMERGENCY), (f"  {CARDS[kind].title}", Tone.TITLE))
        for letter, kind in LETTERS.items()
    )


def _ended_rows(item: Emergency) -> tuple[Row, ...]:
    if item.ended is None:
        return ()
    end = item.ended
    stray = f", stray: {end.reason}" if end.stray else ""
    return (row(f"Counted by eye: {end.head_count} heads, {end.kit_count} pieces of kit{stray}."), BLANK)


def step_rows(view: View, item: Emergency, hand: Hand) -> tuple[Row, ...]:
    """Return the steps: stamped ones with their time, the present one largest, the rest faint."""
    at = present_step(item, hand) if item.ended is None else ""
    rows: list[Row] = []
    for place, one in enumerate(steps(item)):
        digit = DIGITS[place] if place < len(DIGITS) else " "
        if one.id == at:
            rows += _largest(view, item, one, digit)
        else:
            rows.append(_small(view, item, one, digit))
    return tuple(rows)


def _largest(view: View, item: Emergency, one: CardStep, digit: str) -> tuple[Row, ...]:
    words = f"▶ {digit}  {one.words.upper()}"
    return (
        row(" ", key=one.id),
        row((f" {words}", Tone.TITLE), *_stamp(view, item, one.id), key=one.id, indent=6),
        row(" ", key=one.id),
    )


def _small(view: View, item: Emergency, one: CardStep, digit: str) -> Row:
    done = item.step(one.id) is not None
    mark = "●" if done else " "
    tone = Tone.PLAIN if done else Tone.FAINT
    return row((f" {mark} {digit}  {one.words}", tone), *_stamp(view, item, one.id), key=one.id, indent=6)


def _stamp(view: View, item: Emergency, step: str) -> tuple[tuple[str, Tone], ...]:
    known = item.step(step)
    if known is None:
        return ()
    about = " ESTIMATED" if known.estimated else ""
    return ((f"  {view.clock(known.at)}{about}", Tone.CONFIRM if known.estimated else Tone.TITLE),)


def side_rows(view: View) -> tuple[Row, ...]:
    """Return whom to call, what never to do and what stays out; the longest list comes last.

    Whose card this is stands first: in a low terminal nothing below the fold is seen in time.
    """
    item = shown(view)
    kinds: tuple[EmergencyKind, ...] = item.about if item else ()
    keep = dict.fromkeys(thing for kind in kinds for thing in CARDS[kind].keep_out)
    never = dict.fromkeys(line for kind in kinds for line in CARDS[kind].never)
    rows: list[Row] = [row((NOT_APPROVED, Tone.HOLD))] if item else []
    call = view.profile.call.items()
    rows += [row(("CALL ", Tone.KEY), (number, Tone.TITLE), f" {who}", indent=5) for who, number in call]
    rows += [row((f"▲ {line}", Tone.HOLD), indent=2) for line in never]
    if view.quench.barred:
        rows.append(row(("■ FIELD UNVERIFIED: treat as present", Tone.STOP)))
    if keep:
        rows += [row(("KEEP OUT", Tone.STOP)), row(f"✗ {', '.join(keep)}", indent=2, cap=600)]
    return tuple(rows)
