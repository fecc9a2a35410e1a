"""What the reviewers see: one starred question at a time to read aloud, what holds and why, the answers."""

from __future__ import annotations

from mr_safety_console.console.present import along, answers
from mr_safety_console.console.present.interview import AGAIN, ANSWER, HOLD, Interview
from mr_safety_console.console.present.rows import BLANK, Row, ended, row, title, wrapped
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import screening
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.screening_case import Resolution, holds_as
from mr_safety_console.domain.screening_desk import resolver_of
from mr_safety_console.domain.screening_ways import difference
from mr_safety_console.domain.words import say
from screening_forms.types import Item, Trigger

MARGIN = "    "
LONG = 600
"""The longest row of a question in characters."""


_HIDDEN = row("    ", ("The form's answer is hidden.", Tone.FAINT))


def rows(view: View, held: Interview, cursor: str) -> tuple[Row, ...]:
    """Return the one question to read aloud while the cursor stands on it, else everything."""
    item = _to_read(held, cursor)
    if item is not None:
        return (*_read_aloud(view, held, item), *_done_aloud(held))
    holds, asked = _hold_rows(view, held), _again_rows(held, cursor)
    first = (*holds, BLANK, *asked) if held.all_heard else (*asked, BLANK, *holds)
    return (*_emergent_rows(view, held), *first, *_former_rows(view, held), *_answer_rows(held))


def _to_read(held: Interview, cursor: str) -> Item | None:
    if not cursor.startswith(AGAIN) or held.case.declined:
        return None
    wanted = cursor.removeprefix(AGAIN)
    return next((one for one in held.starred if one.link_id == wanted and wanted not in held.heard), None)


def _read_aloud(view: View, held: Interview, item: Item) -> list[Row]:
    """Return one question alone, so that nobody reads the wrong line aloud."""
    left = sum(one.link_id not in held.heard for one in held.starred)
    place = [one.link_id for one in held.starred].index(item.link_id) + 1
    takes_s = -(-screening.read_aloud_ms(item.text, view.profile) // 1000)
    since = held.case.aloud_at or held.case.first_at
    gone = f", {int(view.since(since))} s so far" if since is not None else ""
    key = AGAIN + item.link_id
    pace = f"READ ALOUD (about {takes_s} s{gone}), type what is said"
    rows = [
        title(f"★ {place} OF {len(held.starred)}, {left} left   {pace}"),
        BLANK,
        row((f"{item.code} ", Tone.KEY), (item.text, Tone.TITLE), key=key, indent=4, cap=LONG),
        *along.text_rows(held.along, item, key),
        BLANK,
        *_keys_rows(held, item),
        *_help_rows(held.along, item),
        _HIDDEN,
        BLANK,
    ]
    width, lines = held.room
    spare = not lines or sum(len(wrapped(one, width)) for one in rows) < lines
    return rows if spare else [one for one in rows if one not in (BLANK, _HIDDEN)]


def _done_aloud(held: Interview) -> list[Row]:
    """Return in short what was said aloud so far, the newest first."""
    said = [one for one in held.starred if one.link_id in held.heard]
    return [_heard_row(held, item, "") for item in reversed(said)]


def _heard_row(held: Interview, item: Item, text: str) -> Row:
    said = held.heard[item.link_id]
    agrees = said == held.case.answers.get(item.link_id)
    word = ("agrees with the form", Tone.FAINT) if agrees else ("▲ DIFFERS from the form: holds", Tone.HOLD)
    rushed = item.link_id in held.case.rushed
    lead = f"{text}  aloud " if text else "aloud "
    parts: tuple[Part, ...] = ((f"{item.code} ★ ", Tone.KEY), lead, answers.shown(item, said))
    if rushed:
        parts, word = (*parts, "  ", word), ("▲ faster than read aloud", Tone.HOLD)
    return ended(*parts, end=word, key=AGAIN + item.link_id, indent=4, cap=LONG)


def _again_rows(held: Interview, cursor: str) -> list[Row]:
    left = sum(item.link_id not in held.heard for item in held.starred)
    out = [title(f"★ ASK ALOUD, the form's answer hidden: {left} left")]
    for item in held.starred:
        key = AGAIN + item.link_id
        if item.link_id in held.heard:
            out.append(_heard_row(held, item, item.text))
        else:
            out += question(held, item, None, key, here=key == cursor)
    return out


def question(held: Interview, item: Item, value: str | None, key: str, *, here: bool) -> list[Row]:
    """Return a question with its answer; under the cursor with its keys and its help.

    Before a detail stands the question that asks for it, with its answer: they are pages away.
    """
    asking = held.asks_for(item)
    star = "★ " if item.ask_again else ""
    name = f"{item.code} {star}" if item.code else star
    found = _asking_rows(held, asking, key) if asking else []
    lead: Part = "  ↳ " if asking else (name, Tone.KEY)
    end = answers.shown(item, value)
    found.append(ended(lead, item.text, end=end, key=key, indent=4, cap=LONG))
    found += along.text_rows(held.along, item, key)
    if here:
        found += [*_keys_rows(held, item), *_help_rows(held.along, item)]
    return found


def _asking_rows(held: Interview, asking: Item, key: str) -> list[Row]:
    """Return the question that asks for a detail, with its answer in front: which one it belongs to."""
    answer = answers.shown(asking, held.answers.get(asking.link_id))
    code = (f"{asking.code or asking.link_id} ", Tone.KEY)
    return [row(code, answer, "  ", (asking.text, Tone.FAINT), key=key, indent=4, cap=LONG)]


def _keys_rows(held: Interview, item: Item) -> list[Row]:
    """Return the keys of the answers; in another language on lines of their own beneath."""
    width = max(0, held.room[0] - len(MARGIN))
    words = held.along.words if held.along is not None else None
    beside = answers.along_lines(item, words, width) if words is not None else ()
    return [row(MARGIN, *line, indent=4) for line in (*answers.keys_lines(item, width), *beside)]


def _help_rows(beside: along.Along | None, item: Item) -> list[Row]:
    own = [row("    ", (item.help, Tone.FAINT), indent=4)] if item.help else []
    return [*own, *along.help_rows(beside, item)]


def told(held: Interview, item: Item) -> Part:
    """Return an answer, and what it was before it was taken back."""
    said = answers.shown(item, held.case.answers.get(item.link_id))
    was = held.case.corrected.get(item.link_id)
    words = said[0] if isinstance(said, tuple) else said
    return (f"{words} (was {was}: counts as that)", Tone.HOLD) if was else said


def _hold_rows(view: View, held: Interview) -> list[Row]:
    holds = {k: v for k, v in screening.must_resolve(held.case).items() if not held.is_hidden(k)}
    if not holds and held.all_heard:
        return [title("NOTHING HOLDS by these answers")]
    left = sum(not held.is_hidden(one) for one in screening.unresolved(held.case))
    out = [title(f"HOLDS: {left} to resolve (v)")]
    if not held.all_heard:
        # Neither that a starred question holds nor that it does not: both would tell the answer.
        out = [title("HOLDS of ★ questions stand here once each was asked aloud")]
    for link_id, trigger in holds.items():
        item = held.form.item(link_id)
        text = f"{item.code or link_id} {item.text}" if item else link_id
        made = held.case.resolutions.get(link_id)
        end = resolved(view, made) if made else _open(held, item, link_id, trigger)
        value = told(held, item) if item else ("", Tone.PLAIN)
        key = HOLD + link_id
        out.append(row(text, key=key, indent=4, cap=LONG))
        out.append(row(MARGIN, value, "  " if value[0] else "", end, key=key, indent=6, cap=LONG))
        out += _detail_rows(view, held, link_id)
        out += _contradictions(view, held, link_id)
    return out


def _open(held: Interview, item: Item | None, link_id: str, trigger: Trigger) -> Part:
    """Return as what an item holds, and the roles that may resolve it."""
    weighs = holds_as(held.case, item, trigger) if item else trigger
    roles = sorted(MAY[resolver_of(held.case, held.form, link_id)][0])
    named = " or ".join(part for part in (", ".join(roles[:-1]), roles[-1]) if part)
    return (f"▲ {weighs.value}: {named} resolves it", Tone.HOLD)


def resolved(view: View, made: Resolution) -> Part:
    """Return how an item was resolved: by whom, and by whom recorded until the decider signs."""
    how = f"● {say('resolution', made.resolution)}, {say('evidence', made.evidence)}, "
    if not made.recorded:
        return (f"{how}by {view.people(made.by)}", Tone.PLAIN)
    names = f"decided by {view.people(made.by)}, recorded by {view.people(made.recorded)}"
    return (f"{how}{names}: the decider has not signed", Tone.HOLD)


def _detail_rows(view: View, held: Interview, link_id: str) -> list[Row]:
    """Return what was written about an answer: whoever resolves it reads that first."""
    answers_of = held.case.answers
    return [
        row(MARGIN, (item.text, Tone.FAINT), "  ", view.private(answers_of[item.link_id]), indent=6, cap=LONG)
        for item in held.asked
        if item.link_id in answers_of and (of := held.asks_for(item)) is not None and of.link_id == link_id
    ]


def _contradictions(view: View, held: Interview, link_id: str) -> list[Row]:
    """Return one row for each source that says otherwise, with where it stands."""
    return [
        row(
            "    ",
            (f"≠ {say('source', one.source)} says {_said(held, link_id, one.says)}: ", Tone.HOLD),
            (view.private(one.text), Tone.HOLD),
            indent=6,
        )
        for one in screening.contradictions(held.case).get(link_id, ())
    ]


def _said(held: Interview, link_id: str, code: str) -> str:
    """Return what a source says in the words of the answer, in small letters."""
    item = held.form.item(link_id)
    options = answers.options(item) if item is not None else ()
    return next((one.display.lower() for one in options if one.code == code), code)


def _emergent_rows(view: View, held: Interview) -> list[Row]:
    path = held.case.emergent
    if path is None:
        return []
    codes = [item.code or item.link_id for name in path.not_asked if (item := held.form.item(name))]
    covering = view.person(path.covering)
    return [
        row((f"▲ EMERGENT SCREEN, {len(codes)} NOT ASKED: {' '.join(codes)}", Tone.HOLD), indent=4, cap=LONG),
        row(f"ordered by {view.private(path.ordering)}, covered by {covering}", indent=4),
        BLANK,
    ]


def _former_rows(view: View, held: Interview) -> list[Row]:
    """Return what was answered otherwise at a former visit, once everything was asked independently."""
    former = view.state.screening.former.get(held.case.former)
    if former is None or not held.all_heard:
        return []
    out = [BLANK, title(f"OTHERWISE THAN AS V{former.no}; nothing was carried over")]
    for link_id in difference(former, held.case):
        item = held.form.item(link_id)
        if item is not None:
            was = answers.shown(item, former.answers.get(link_id))
            now = answers.shown(item, held.case.answers.get(link_id))
            out.append(row((f"{item.code or link_id} ", Tone.FAINT), "then ", was, "  now ", now, indent=4))
    return out


def _answer_rows(held: Interview) -> list[Row]:
    out = [BLANK, title("SIGNED ANSWERS (m amends one)")]
    for item in held.asked:
        # What a starred question was answered stays hidden until it has been asked aloud.
        secret = item.ask_again and item.link_id not in held.heard
        end: Part = ("hidden until asked aloud", Tone.FAINT) if secret else told(held, item)
        code = (f"{item.code} ", Tone.FAINT)
        out.append(ended(code, item.text, end=end, key=ANSWER + item.link_id, indent=4, cap=LONG))
    return out
