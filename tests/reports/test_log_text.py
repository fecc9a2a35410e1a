"""The log as plain lines: every row has one, no private text or escape sequence is in any."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "golden"))

from lines import read_lines

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import US, Instant, Who
from mr_safety_console.domain.lifecycle import LogBegun, SessionLost
from mr_safety_console.domain.notes import NoteWritten
from mr_safety_console.journal.query import LogLine
from mr_safety_console.journal.store import Journal
from mr_safety_console.reports.export import export_jsonl
from mr_safety_console.reports.log_text import line_of, local, newest_lines

NOON = 1_780_000_000 * US
AT = Instant(NOON, 1, "b")


def entry(seq: int = 2, **changes: object) -> Entry:
    given: dict[str, object] = {
        "seq": seq,
        "at": AT,
        "fact": SessionLost(signal="SIGHUP"),
        "cause": "c",
        "src": "system",
        "off": 120,
    }
    return Entry(**{**given, **changes})  # type: ignore[arg-type]


def said(made: Entry) -> str:
    return line_of(LogLine(made.seq, "abc", made.fact.kind, made))


@pytest.mark.parametrize("line", read_lines(), ids=lambda line: "{}-{}".format(*line.name))
def test_every_kind_ever_released_has_a_line_without_its_private_text(line: object) -> None:
    made = line.entry()  # type: ignore[attr-defined]
    text = said(made)
    assert text.startswith(f"{made.seq:>6}  ")
    assert text.isprintable()
    for value in (line.private or {}).values():  # type: ignore[attr-defined]
        assert not re.search(rf"\b{re.escape(str(value))}\b", text)


def test_the_time_is_the_sites_with_its_offset_and_of_when_it_happened() -> None:
    assert local(entry()) == "2026-05-28 22:26:40+0200"
    assert local(entry(off=-300)) == "2026-05-28 15:26:40-0500"
    assert local(entry(occ=Instant(NOON - 60 * US, 1, "b"))) == "2026-05-28 22:25:40+0200"


@pytest.mark.parametrize(("mode", "word"), [("live", ""), ("sim", "SIMULATED"), ("drill", "DRILL")])
def test_what_was_not_live_says_so(mode: str, word: str) -> None:
    text = said(entry(mode=mode))
    assert (word in text) if word else ("SIMULATED" not in text and "DRILL" not in text)


def test_who_did_it_is_named_by_role_and_an_escape_does_nothing() -> None:
    text = said(entry(by=(Who("P1", "MRST"), Who("P2", "L2")), fact=SessionLost(signal="\x1b[2J")))
    assert "MRST,L2" in text
    assert "\x1b" not in text


def test_a_row_that_cannot_be_read_is_shown_as_such() -> None:
    assert line_of(LogLine(7, "abc", "?", None, "gone \x07")) == "     7  UNREADABLE: gone ·"


def record(place: Path, count: int) -> None:
    def genesis(key: str) -> Entry:
        return entry(1, fact=LogBegun(console="C", public_key=key, profile_hash=""))

    journal = Journal.open(place, genesis, ballast_bytes=4096)
    rows = [entry(seq) for seq in range(2, count)]
    journal.append([*rows, entry(count, fact=NoteWritten(subject="S", about="", text="Canary"))])
    journal.close()


def test_the_newest_lines_come_oldest_first(tmp_path: Path) -> None:
    record(tmp_path / "d", 30)
    lines = newest_lines(tmp_path / "d", 10)
    assert [int(line.split()[0]) for line in lines] == list(range(21, 31))
    assert "Canary" not in "\n".join(lines)
    assert len(newest_lines(tmp_path / "d", 1000)) == 30


def test_an_export_is_the_stored_bytes_with_their_hashes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "d", 30)
    assert export_jsonl(tmp_path / "d", tmp_path / "out") == 30
    assert export_jsonl(tmp_path / "d", None) == 30
    text = (tmp_path / "out").read_text("utf-8")
    assert capfd.readouterr().out == text
    assert "Canary" not in text
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["body"]["seq"] for row in rows] == [row["seq"] for row in rows] == list(range(1, 31))
    assert {len(row["h"]) for row in rows} == {64}
