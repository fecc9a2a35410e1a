"""The trust rules of one port: DANGER at the first valid word, NORMAL only after two fresh ones of rest.

Pure: sentences, damaged lines and the host's clock go in; readings and notes come out.
"""

from __future__ import annotations

from collections import Counter

from devices.channels import Channels
from devices.complaints import Complaints
from devices.freshness import Freshness, Judgement
from devices.noise import NOISE_LINES, NOISE_WINDOW_S, S_NS, LineNoise
from devices.payload import INHIBIT_FLAG, Fault, Identity, SelfTest, Sentence, State
from devices.port import SILENCE_LIMIT_S
from devices.reading import ChannelReading, Note, NoteKind, Origin, Reading, Reason
from devices.value import frozen

HEARTBEAT_LIMIT_MS = 1000
TEXT_CAP = 120

Said = list[Reading | Note]


@frozen
class Expectation:
    """What a port must be: its name, the identity that must answer (None adopts the first), its silence."""

    port: str
    device: str | None
    silence_s: float = SILENCE_LIMIT_S


class Trust:
    """The state of belief about one port. Nothing is believed at the start, and silence ends belief."""

    def __init__(self, expect: Expectation, counts: Counter[str] | None = None) -> None:
        self.counts: Counter[str] = Counter() if counts is None else counts
        self._port = expect.port
        self._device = expect.device
        self._silence_ns = round(expect.silence_s * S_NS)
        self._origin = Origin.SIMULATED
        self._freshness = Freshness()
        self._channels = Channels()
        self._identity: Identity | None = None
        self._fresh_ns: int | None = None
        self._silent = False
        self._noise = LineNoise()
        self._self_test_failed = False
        self._foreign = ""
        self._newest: Sentence | None = None
        self._complaints = Complaints(self.counts)

    # The port itself

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Note that the port was opened; every channel starts UNKNOWN."""
        self._origin = origin
        self._channels.doubt()
        self._fresh_ns, self._silent, self._foreign = bt_ns, False, ""
        self._noise = LineNoise()
        self.counts["opened"] += 1
        return [self._note(NoteKind.OPENED, bt_ns, f"port opened, {origin}")]

    def lost(self, text: str, bt_ns: int) -> Said:
        """Note that the port is gone."""
        self._channels.doubt()
        self._fresh_ns = None
        self.counts["lost"] += 1
        return [self._note(NoteKind.LOST, bt_ns, text)]

    def failed(self, text: str, bt_ns: int) -> Said:
        """Note that the reader itself failed."""
        self._channels.doubt()
        self._fresh_ns = None
        self.counts["reader_failed"] += 1
        return [self._note(NoteKind.READER_FAILED, bt_ns, text)]

    def tick(self, bt_ns: int) -> Said:
        """Let time pass: without a fresh reading for the silence limit the port is SILENT, said once."""
        if self._fresh_ns is None or self._silent or bt_ns - self._fresh_ns < self._silence_ns:
            return []
        self._silent = True
        self._channels.doubt()
        self.counts["silent"] += 1
        text = f"no fresh reading for {self._silence_ns / S_NS:g} s"
        return [self._note(NoteKind.SILENT, bt_ns, text)]

    def damaged(self, reason: str, bt_ns: int, count: int = 1) -> Said:
        """Count damaged lines; the third within 10 s makes every channel UNKNOWN until they pass."""
        said = self.tick(bt_ns)
        self.counts[f"error_{reason}"] += count
        self._channels.unsettle()
        if not self._noise.struck(bt_ns, count):
            return said
        self._channels.doubt()
        text = f"{NOISE_LINES} damaged lines within {NOISE_WINDOW_S} s"
        return [*said, self._note(NoteKind.LINE_ERRORS, bt_ns, text, count=NOISE_LINES)]

    # One valid sentence

    def heard(self, sentence: Sentence, bt_ns: int) -> Said:
        """Take one valid sentence and return what it makes believable."""
        said = self.tick(bt_ns)
        self.counts["sentences"] += 1
        self.counts["unknown_keys"] += sentence.unknown_keys
        self.counts["unknown_types"] += sentence.payload is None
        if self._device is None:
            self._device = sentence.device
        if sentence.device != self._device:
            return [*said, *self._masquerade(sentence, bt_ns)]
        self._foreign = ""
        judged = self._freshness.judge(
            sentence.boot, sentence.seq, sentence.up_ms, bt_ns, settled=self._channels.settled
        )
        known, self._newest = self._newest, sentence
        if judged.repeat and sentence == known:
            self.counts["repeated"] += 1
            return said
        said += self._consequences(judged, sentence, bt_ns)
        return [*said, *self._payload(judged, sentence, bt_ns)]

    def _masquerade(self, sentence: Sentence, bt_ns: int) -> Said:
        self.counts["wrong_identity"] += 1
        said: Said = []
        state = sentence.payload if isinstance(sentence.payload, State) else None
        if sentence.device != self._foreign:
            self._foreign = sentence.device
            alarm = "; it reports an alarm" if state and "A" in state.letters else ""
            text = f"{sentence.device} answers where {self._device} is expected{alarm}"
            said.append(self._note(NoteKind.WRONG_IDENTITY, bt_ns, text))
        channels = self._channels.unknown(Reason.WRONG_IDENTITY, len(state.letters) if state else 0)
        if channels:
            said.append(self._reading(sentence, bt_ns, state.flags if state else 0, channels))
        return said

    def _consequences(self, judged: Judgement, sentence: Sentence, bt_ns: int) -> Said:
        """Void what may no longer be believed, and note why."""
        said: Said = []
        if judged.rebooted:
            self._channels.rebooted()
            self._self_test_failed = False
            self.counts["rebooted"] += 1
            said.append(self._note(NoteKind.REBOOTED, bt_ns, f"device started again, boot {sentence.boot}"))
        elif judged.afresh or not judged.fresh:
            self._channels.doubt()
        complaints = self._complaints.about(judged)
        return said + [self._note(kind, bt_ns, text, count=count) for kind, text, count in complaints]

    def _payload(self, judged: Judgement, sentence: Sentence, bt_ns: int) -> Said:
        payload = sentence.payload
        if isinstance(payload, State):
            return self._state(judged, sentence, payload, bt_ns)
        if not judged.fresh:
            return []
        if isinstance(payload, Identity):
            return self._identified(payload, bt_ns)
        if isinstance(payload, SelfTest):
            self._self_test_failed = not payload.passed
            text = f"self-test {'passed' if payload.passed else 'FAILED'}, coverage {payload.coverage}"
            return [self._note(NoteKind.SELF_TEST, bt_ns, text, count=int(not payload.passed))]
        if isinstance(payload, Fault):
            return [self._note(NoteKind.DEVICE_ERROR, bt_ns, f"device reports error {payload.code}")]
        return []

    def _state(self, judged: Judgement, sentence: Sentence, state: State, bt_ns: int) -> Said:
        said: Said = []
        missed: dict[int, int] = {}
        fell = False
        if judged.fresh or judged.reason is Reason.LATE:
            missed, fell = self._channels.missed(state)
            if fell:
                text = "alarm counter went back without a restart: switch the device off and on"
                said.append(self._note(NoteKind.DEVICE_ERROR, bt_ns, text))
        for channel, count in missed.items():
            self.counts["missed_alarms"] += count
            text = f"alarms counted by the device that never arrived: {count}"
            said.append(self._note(NoteKind.MISSED_ALARM, bt_ns, text, channel=channel, count=count))
        if judged.fresh:
            self._fresh_ns, self._silent = bt_ns, False
        doubt = Reason.COUNTER_BACK if fell else judged.reason or self._doubt(state, bt_ns)
        channels = self._channels.believe(state, doubt, missed, self._remark())
        return [*said, self._reading(sentence, bt_ns, state.flags, channels)]

    def _doubt(self, state: State, bt_ns: int) -> Reason:
        """Return what speaks against every channel of a fresh reading."""
        if self._noise.lasts(bt_ns):
            return Reason.LINE_ERRORS
        if state.flags & INHIBIT_FLAG:
            return Reason.INHIBITED
        if state.flags:
            return Reason.FLAGGED
        return Reason.SELF_TEST_FAILED if self._self_test_failed else Reason.NONE

    def _remark(self) -> Reason:
        slow = self._identity is not None and self._identity.heartbeat_ms > HEARTBEAT_LIMIT_MS
        return Reason.SLOW_HEARTBEAT if slow else Reason.NONE

    def _identified(self, identity: Identity, bt_ns: int) -> Said:
        if identity == self._identity:
            return []
        changed = self._channels.name(identity.names)
        if self._identity is not None or changed:
            self._channels.doubt()
        self._identity = identity
        text = (
            f"serial {identity.serial}, firmware {identity.firmware}, hardware {identity.hardware}, "
            f"heartbeat {identity.heartbeat_ms} ms"
        )
        if identity.heartbeat_ms > HEARTBEAT_LIMIT_MS:
            text = f"announced heartbeat {identity.heartbeat_ms} ms is above {HEARTBEAT_LIMIT_MS} ms; {text}"
        return [self._note(NoteKind.IDENTIFIED, bt_ns, text, count=len(identity.names))]

    def _reading(
        self, sentence: Sentence, bt_ns: int, flags: int, channels: tuple[ChannelReading, ...]
    ) -> Reading:
        return Reading(
            port=self._port,
            device=sentence.device,
            origin=self._origin,
            bt_ns=bt_ns,
            boot=sentence.boot,
            seq=sentence.seq,
            up_ms=sentence.up_ms,
            flags=flags,
            channels=channels,
        )

    def _note(
        self, kind: NoteKind, bt_ns: int, text: str, *, channel: int | None = None, count: int = 0
    ) -> Note:
        return Note(self._port, kind, text[:TEXT_CAP], channel, count, bt_ns)
