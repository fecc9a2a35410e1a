"""The log as plain lines: for a terminal without a screen, a pipe, or a screen reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from mr_safety_console.domain import suite  # noqa: F401  -- knows every kind of fact, so that rows decode
from mr_safety_console.domain.codec import Entry, split
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.words import say
from mr_safety_console.journal.query import LogLine, Query


def newest_lines(place: Path, count: int) -> list[str]:
    """Return the newest rows as lines, oldest of them first. Raises `JournalError`."""
    query = Query(place)
    try:
        return [line_of(line) for line in reversed(query.newest(count))]
    finally:
        query.close()


def line_of(line: LogLine) -> str:
    """Return one row as a line: number, local time with offset, origin, kind, coded data."""
    if line.entry is None:
        return clean(f"{line.seq:>6}  UNREADABLE: {line.problem}", cap=400)
    entry = line.entry
    _, public, _ = split(entry.fact)
    data = " ".join(f"{key}={value}" for key, value in public.items() if value not in ("", None, [], ()))
    mode = "" if entry.mode == "live" else " SIMULATED" if entry.mode == "sim" else f" {entry.mode.upper()}"
    who = ",".join(who.role for who in entry.by) or entry.src
    words = say("log", entry.fact.kind)
    return clean(f"{entry.seq:>6}  {local(entry)}{mode}  {who:<8} {words}: {data}", cap=400)


def local(entry: Entry) -> str:
    """Return when it happened, in the site's zone, with its offset."""
    zone = timezone(timedelta(minutes=entry.off))
    moment = datetime.fromtimestamp(entry.when.utc / 1_000_000, UTC).astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S%z")
