"""What there is to say about sentences that are not fresh: once per episode, not once per sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from devices.freshness import Judgement
from devices.reading import NoteKind, Reason

Complaint = tuple[NoteKind, str, int]
"""A kind of note, its text, its count."""

INCONSISTENT: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.CLOCK_BACK: "running time went back without a restart: switch the device off and on",
        Reason.OLD_BOOT: "boot number went back: after exchanging a unit, restart the console",
        Reason.REPEATED: "sequence number does not advance: switch the device off and on",
    }
)


class Complaints:
    """Follows gaps, late sentences and devices that contradict themselves, and counts each one."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._late = 0
        self._inconsistent = Reason.NONE

    def about(self, judged: Judgement) -> list[Complaint]:
        """Return what this sentence begins or ends."""
        made = [*self._gap(judged.gap), *self._lateness(judged)]
        reason = judged.reason if judged.reason in INCONSISTENT else Reason.NONE
        if reason:
            self._counts[f"not_fresh_{reason}"] += 1
            if reason is not self._inconsistent:
                made.append((NoteKind.DEVICE_ERROR, INCONSISTENT[reason], 0))
        self._inconsistent = reason
        return made

    def _gap(self, gap: int) -> list[Complaint]:
        if not gap:
            return []
        self._counts["lost_sentences"] += gap
        return [(NoteKind.SEQ_GAP, f"sentences that did not arrive: {gap}", gap)]

    def _lateness(self, judged: Judgement) -> list[Complaint]:
        if judged.reason is Reason.LATE:
            self._late += 1
            self._counts["late"] += 1
            if self._late > 1:
                return []
            text = f"sentences arrive {judged.late_ms / 1000:.1f} s late and are not believed"
            return [(NoteKind.STALE_DISCARDED, text, 1)]
        ended, self._late = self._late, 0
        if ended < 2:
            return []
        return [(NoteKind.STALE_DISCARDED, f"late sentences in all: {ended}", ended)]
