"""The envelope of a fact: number, both clocks, offset of the site's zone, people, cause."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import US, Instant, Who
from mr_safety_console.domain.staff import Session

TOKENS = 4
_DRAWN = 16
"""Random bits are asked of the system for so many decisions at once."""
_TOKEN_CHARS = 16
_LETTERS = bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31] for byte in range(256))
"""Five bits of each random byte make a letter of base 32: sixteen letters are 80 bits."""


@dataclass(slots=True)
class Envelope:
    """Seals facts for one console. `mode` is live, sim or drill; `run` names this run of it.

    Used by one thread only.
    """

    console: str
    app: str
    zone: str
    mode: str
    run: str = ""
    _offsets: dict[int, int] = field(default_factory=dict)
    _count: int = 0
    _drawn: list[str] = field(default_factory=list)

    def tokens(self) -> tuple[str, ...]:
        """Return fresh identifiers of 80 random bits each."""
        drawn = self._drawn
        if not drawn:
            text = os.urandom(_DRAWN * TOKENS * _TOKEN_CHARS).translate(_LETTERS).decode()
            drawn += [text[at : at + _TOKEN_CHARS] for at in range(0, len(text), _TOKEN_CHARS)]
        taken = tuple(drawn[-TOKENS:])
        del drawn[-TOKENS:]
        return taken

    def offset(self, now: Instant) -> int:
        """Return the site zone's offset in minutes at that moment, looked up once a quarter hour."""
        slot = now.utc // (900 * US)
        if slot not in self._offsets:
            moment = datetime.fromtimestamp(now.utc / US, UTC).astimezone(ZoneInfo(self.zone))
            offset = moment.utcoffset()
            self._offsets = {slot: int(offset.total_seconds() // 60) if offset else 0}
        return self._offsets[slot]

    def next_cause(self, kind: str) -> str:
        """Return a cause for a decision that came with none."""
        self._count += 1
        return f"{kind}:{self.run}:{self._count}"

    def seal(
        self,
        fact: Fact,
        *,
        seq: int,
        now: Instant,
        src: str,
        by: tuple[Who, ...],
        occ: Instant | None,
        cause: str,
        session: Session | None,
    ) -> Entry:
        """Return the entry of a fact."""
        ses, off = session.id if session else "", self.offset(now)
        return Entry(seq, now, fact, cause, src, by, occ, ses, off, self.console, self.app, self.mode)
