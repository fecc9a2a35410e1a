"""Is this sentence new? Judged by boot number, sequence, running time and the host's clock. Pure."""

from __future__ import annotations

from devices.payload import SEQ_MODULUS
from devices.reading import Reason
from devices.value import frozen

LATE_MS = 2000
"""A sentence this much later than the quickest one of its kind is backlog, not news."""
CATCH_UP_MS = 100
"""Before a port has settled: one sentence this much quicker than those before shows they were late."""
DRIFT = 0.005
"""How far a device's clock may drift against the host's: 0.5 %, cheap resonators included."""
SEQ_HORIZON_MS = 60_000
"""Beyond this a sequence number may have wrapped unseen (50 sentences a second wrap in 200 s)."""
MS_NS = 1_000_000


@frozen
class Judgement:
    """What the head of a sentence tells.

    `fresh` sentences count towards NORMAL; `reason` says why one does not. `repeat` is an exact
    repetition, to be ignored. `afresh` means that what was believed so far must be proved again.
    `gap` is the number of sentences that never arrived, `late_ms` how old a late one is.
    """

    fresh: bool
    reason: Reason = Reason.NONE
    repeat: bool = False
    afresh: bool = False
    rebooted: bool = False
    gap: int = 0
    late_ms: int = 0


class Freshness:
    """Judges one port's sentences in the order they arrive.

    A sentence at or before the newest one heard is never fresh, until the boot number rises: a
    recorded stream that is played back stays unbelieved until it has overtaken the real one.
    """

    def __init__(self) -> None:
        self._boot = -1
        self._seq = 0
        self._up_ms = 0
        self._offset_ms = 0.0
        self._offset_at_ms = 0

    def judge(self, boot: int, seq: int, up_ms: int, bt_ns: int, *, settled: bool) -> Judgement:
        """Judge a sentence; `settled` tells whether the port has already given NORMAL's two readings."""
        if boot > self._boot:
            first = self._boot < 0
            self._take(boot, seq, up_ms)
            self._rebase(up_ms, bt_ns)
            return Judgement(fresh=True, afresh=True, rebooted=not first)
        if boot < self._boot:
            return Judgement(fresh=False, reason=Reason.OLD_BOOT)
        return self._same_boot(seq, up_ms, bt_ns, settled)

    def _same_boot(self, seq: int, up_ms: int, bt_ns: int, settled: bool) -> Judgement:
        elapsed = up_ms - self._up_ms
        step = (seq - self._seq) % SEQ_MODULUS
        near = elapsed <= SEQ_HORIZON_MS
        if elapsed == 0 and step == 0:
            return Judgement(fresh=False, reason=Reason.REPEATED, repeat=True)
        if elapsed < 0:
            return Judgement(fresh=False, reason=Reason.CLOCK_BACK)
        if near and (step == 0 or step > SEQ_MODULUS // 2):
            return Judgement(fresh=False, reason=Reason.REPEATED)
        self._take(self._boot, seq, up_ms)
        return self._timed(up_ms, bt_ns, settled, step - 1 if near else 0)

    def _timed(self, up_ms: int, bt_ns: int, settled: bool, gap: int) -> Judgement:
        """Compare the device's running time with the host's: backlog arrives behind its own time."""
        host_ms = bt_ns // MS_NS
        quickest = self._offset_ms + DRIFT * (host_ms - self._offset_at_ms)
        late = host_ms - up_ms - quickest
        if late > LATE_MS:
            return Judgement(fresh=False, reason=Reason.LATE, gap=gap, late_ms=round(late))
        if late < 0:
            self._rebase(up_ms, bt_ns)
        else:
            self._offset_ms, self._offset_at_ms = quickest, host_ms
        limit = LATE_MS if settled else CATCH_UP_MS
        return Judgement(fresh=True, afresh=-late > limit, gap=gap)

    def _take(self, boot: int, seq: int, up_ms: int) -> None:
        self._boot, self._seq, self._up_ms = boot, seq, up_ms

    def _rebase(self, up_ms: int, bt_ns: int) -> None:
        self._offset_at_ms = bt_ns // MS_NS
        self._offset_ms = self._offset_at_ms - up_ms
