"""The log: read beside the loop from a real record, followed live, row by row, hidden when locked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from golden.lines import read_lines
from support.console_site import Site, console
from support.waiting import becomes, wait_until

from mr_safety_console.console.logreader import KEPT_PAGES, LogReader
from mr_safety_console.console.present import log
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.told import numbers
from mr_safety_console.console.screens.log import LogPage
from mr_safety_console.console.theme import Tone, style_of
from mr_safety_console.console.widgets.logview import PAGE_ROWS
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import (
    ChooseEmergencyKind,
    EmergencyKind,
    OpenEmergency,
    StampEmergencyStep,
)
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.domain.quench import QuenchKind, ReportQuench, StampQuenchStep
from mr_safety_console.domain.visit_facts import CloseVisit
from mr_safety_console.journal.query import LogLine, Query
from mr_safety_console.journal.store import Journal

SMALL = 64 * 1024


@pytest.fixture
def journal(site: Site, tmp_path: Path) -> Iterator[Journal]:
    """Return a record of everything the site has decided so far."""

    def genesis(key: str) -> Entry:
        begun = LogBegun(console="C1", public_key=key, profile_hash="")
        at = Instant(1_780_000_000_000_000, 1, "boot-1")
        return Entry(seq=1, at=at, fact=begun, cause="create", src="system")

    made = Journal.create(tmp_path / "record", genesis, ballast_bytes=SMALL)
    write(site, made)
    yield made
    made.close()


def write(site: Site, journal: Journal) -> None:
    """Append what is not yet in the record; it begins with a row of its own."""
    done = journal.head[0] - 1
    new = [replace(entry, seq=entry.seq + 1) for entry in site.face.entries[done:]]
    if new:
        journal.append(new)


def parts(site: Site, tmp_path: Path) -> dict[str, Any]:
    return {"open_query": lambda: Query(tmp_path / "record")}


async def test_the_log_shows_the_newest_first_and_follows(
    site: Site, journal: Journal, tmp_path: Path
) -> None:
    site.face.extra_rows = 1
    async with console(site, **parts(site, tmp_path)) as hand:
        await hand.press("f7")
        page = hand.app.screen
        assert isinstance(page, LogPage)
        await becomes(lambda: page.total == journal.head[0], 5, "the newest rows")
        told = await hand.look()
        assert f"#{journal.head[0]}" in told
        assert "#1 " in told
        assert "Record begun" in told
        site.face.sign_on(site.ben)
        write(site, journal)
        await hand.look()
        await becomes(lambda: page.total == journal.head[0], 5, "the rows that came since")
        told = await hand.look()
        assert "Signed on" in told
        assert told.index("Signed on") < told.index("Record begun")


async def test_the_detail_has_number_hash_both_clocks_and_who(
    site: Site, journal: Journal, tmp_path: Path
) -> None:
    site.face.extra_rows = 1
    site.face.sign_on(site.ben)
    site.arrive("Doe, Jane")
    write(site, journal)
    async with console(site, **parts(site, tmp_path)) as hand:
        await hand.press("f7")
        page = hand.app.screen
        assert isinstance(page, LogPage)
        await becomes(lambda: page.total == journal.head[0], 5, "the newest rows")
        told = await hand.look()
        for words in (
            f"#{journal.head[0]} Visit opened",
            f"visit-opened  hash {journal.head[1].hex()[:12]}…",
            "recorded 2026-05-28 22:26:40.000 +0200",
            "boot clock 1000000 ms",
            "by BB MRST",
            "name: Doe, Jane",
        ):
            assert words in told, words
        told = await hand.press("ctrl+l", "f7")
        await becomes(lambda: page.total > 0, 5, "rows")
        assert "Doe, Jane" not in await hand.look()


async def test_a_record_that_cannot_be_read_is_said_and_not_hammered(site: Site) -> None:
    asked: list[int] = []

    def broken() -> Any:
        asked.append(1)
        raise OSError("gone")

    async with console(site, open_query=broken) as hand:
        await hand.press("f7")
        await becomes(lambda: asked, 5, "the first try")
        assert "the record cannot be read: OSError" in await hand.look()
        for _ in range(5):
            await hand.look()
        assert len(asked) == 1
        site.face.sign_on(site.ben)
        await hand.look()
        await becomes(lambda: len(asked) == 2, 5, "another try once the record has grown")


class Rows:
    """A record of rows without entries, that counts what was asked."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.asked: list[int] = []
        self.closed = False

    def page_after(self, seq: int, limit: int, kind: str | None = None) -> list[LogLine]:
        self.asked.append(seq)
        return [LogLine(n, "0" * 12, "x", None) for n in range(seq + 1, min(seq + limit, self.total) + 1)]

    def close(self) -> None:
        self.closed = True


def test_the_reader_keeps_few_pages_reads_each_once_and_closes() -> None:
    rows, arrived = Rows(10_000), []
    reader = LogReader(lambda: rows, lambda: arrived.append(1))  # type: ignore[arg-type,return-value]
    assert rows.asked == []
    reader.follow(10_000)
    wait_until(lambda: reader.total == 10_000, 5, "the newest page")
    for number in range(40):
        assert reader.page(number) is None or number == 49
        wait_until(lambda n=number: reader.page(n) is not None, 5, "a page")  # type: ignore[misc]
    assert len(rows.asked) == 41
    assert len(reader._pages) == KEPT_PAGES
    newest = reader.row(39 * PAGE_ROWS)
    assert newest is not None
    assert newest.seq == 39 * PAGE_ROWS + 1
    assert reader.row(-1) is None
    reader.close()
    assert rows.closed


def test_an_unreadable_row_is_shown_and_a_simulated_one_is_marked(site: Site) -> None:
    view = site.view()
    broken = LogLine(7, "abc", "note-written", None, "the hash does not fit")
    assert "■ note-written: the hash does not fit" in log.line(view, broken).plain
    assert "the hash does not fit" in "\n".join(plain(log.detail(view, broken)))
    for mode, word in (("sim", "SIMULATED"), ("drill", "DRILL, SIMULATED")):
        entry = replace(site.face.entries[0], mode=mode)
        line = log.line(view, LogLine(1, "abc", entry.fact.kind, entry)).plain
        assert word in line[:60], "however narrow the screen is"
    assert plain(log.detail(view, None)) == ["No row here."]


def entry_of(site: Site, kind: str) -> Entry:
    return next(entry for entry in reversed(site.face.entries) if entry.fact.kind == kind)


def shown(site: Site, kind: str, **view: Any) -> tuple[str, str]:
    """Return line and detail of the newest row of a kind."""
    entry = entry_of(site, kind)
    one, seen = LogLine(entry.seq, "abc", kind, entry), replace(site.view(), **view)
    known = numbers(site.face.entries)
    return log.line(seen, one, known).plain, "\n".join(plain(log.detail(seen, one, known)))


def test_a_row_speaks_in_numbers_initials_names_and_words(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.ready(visit)
    site.do(AnnounceTransit(visit=visit))
    site.face.hear("fmd-iv", Condition.DANGER, edges=1)
    site.do(OpenEmergency(emergency="E-ID"))
    for kind, brief, told in (
        ("alarm-raised", "A1 · ", "point: FMD-1"),
        ("leg-fell", "V1 · ", "reason: emergency"),
        ("visit-held", "V1 · A1", "alarm: A1"),
        ("emergency-opened", "E1", "emergency: E1"),
        ("walk-test-started", "FMD-1", "until: 22:27:00"),
        ("transit-announced", "V1 · inwards", "until: 22:27:40"),
        ("item-marked", "Final check at the magnet room door", "subject: the patient of V1"),
        ("signed-on", "BB · MRST", "person: BB"),
        ("point-changed", "was NORMAL · now DANGER", "point: FMD-1"),
    ):
        line, detail = shown(site, kind)
        assert brief in line, kind
        assert told in detail, kind


def test_a_closed_visit_and_alarm_keep_their_numbers_and_unknown_ones_say_so(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(CloseVisit(visit=visit, outcome="refused"))
    assert visit not in site.face.working.visits.open
    line, detail = shown(site, "visit-closed")
    assert "V1 · The patient refuses the scan" in line
    assert "visit: V1" in detail
    closed = LogLine(9, "abc", "visit-closed", entry_of(site, "visit-closed"))
    assert "visit: closed since" in plain(log.detail(site.view(), closed))


def test_no_row_of_any_kind_shows_an_id_an_instant_or_a_secret(site: Site) -> None:
    """Every kind a whole visit, an alarm, a quench and an emergency leave in the record."""
    site.face.sign_on(site.ben)
    site.inside(site.arrive())
    site.do(OpenEmergency(emergency="E-ID"))
    site.do(ChooseEmergencyKind(emergency="E-ID", about=EmergencyKind.QUENCH))
    site.do(StampEmergencyStep(emergency="E-ID", step="E0"))
    site.do(ReportQuench(how=QuenchKind.SUSPECTED))
    site.do(StampQuenchStep(step="Q3"))
    kinds = {entry.fact.kind for entry in site.face.entries}
    assert len(kinds) > 25
    for kind in sorted(kinds):
        for told in shown(site, kind):
            words = re.sub(r"(?m)^(?:subject|session): .*$", "", told)
            assert not re.search(r"\bT0\d{3}\b|Instant\(|Who\(|plain:|<|boot=|_bt", words), (kind, told)


def test_a_locked_console_tells_no_personal_field_of_a_row(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    for told in shown(site, "visit-opened", locked=True):
        assert "Secret" not in told
        assert "(hidden: locked)" in told


def test_every_field_of_every_kind_has_a_text(site: Site) -> None:
    """Whatever a kind holds, a row of it can be shown; recorded lines of every kind ever released."""
    view = site.view()
    lines = read_lines()
    assert len(lines) > 50
    for line in lines:
        entry = line.entry()
        one = LogLine(entry.seq, "abc", entry.fact.kind, entry)
        assert all(len(text) < 2_000 for text in plain(log.detail(view, one)))
        assert log.line(view, one).plain


def test_a_hurried_review_stands_out_among_the_rows(site: Site) -> None:
    """The supervisor finds it without reading every row, in colour and without."""
    site.face.sign_on(site.ben)
    site.screened(site.arrive())
    kinds = {entry.fact.kind: entry for entry in site.face.entries}
    told = {kind: log.line(site.view(), LogLine(1, "abc", kind, entry)) for kind, entry in kinds.items()}
    marked = told["review-marked"]
    assert "▲ FASTER THAN READ ALOUD, for the supervisor" in marked.plain
    assert "rushed 9" in marked.plain
    assert any(span.style == style_of(Tone.HOLD) for span in marked.spans)
    assert "▲" not in told["screening-reviewed"].plain
