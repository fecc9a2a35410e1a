"""One module on a bus: its inputs, the channels they are, and what may be believed of them.

A module's answers become sentences of a device that is called as the site calls it, so that the
trust rules are the same as everywhere: an answer is fresh because it followed our question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from devices.inputs import BIT_FUNCTIONS, WORD, Module
from devices.payload import Identity, Sentence, State
from devices.port import PortConfig
from devices.reading import VOIDS_PORT, Note, NoteKind, Origin, Reading, Reason
from devices.trust import Expectation, Said, Trust
from devices.value import frozen
from devices.wiring import Wired

FAILURES_MAX = 3
"""So many questions in a row without a valid answer make a module UNKNOWN."""
STALL_NS = 2_000_000_000
"""Not having been asked for so long voids what was seen of the contacts."""
MS_NS = 1_000_000
S_NS = 1_000_000_000


@frozen
class Answer:
    """What a module said: a value for each place it reads, its name where the wire carries one.

    `restarted` tells that it lost its power since it was asked last.
    """

    values: Sequence[int]
    name: str = ""
    restarted: bool = False


class PolledTrust(Trust):
    """The trust rules, and what a missing answer does to them."""

    @property
    def port(self) -> str:
        """Return the name of the port."""
        return self._port

    def unanswered(self) -> None:
        """Count a missing answer: the two readings of NORMAL must follow each other."""
        self.counts["no_answer"] += 1
        self._channels.unsettle()

    def void(self, device: str, reason: Reason, bt_ns: int) -> Reading:
        """Return every channel as UNKNOWN for one reason."""
        channels = self._channels.unknown(reason)
        return Reading(self._port, device, self._origin, bt_ns, 0, 0, 0, 0, channels)


class Belief:
    """One module: its inputs, the channels they are, and what may be believed of them."""

    def __init__(self, config: PortConfig, module: Module, alone: bool, counts: Counter[str]) -> None:
        mine = [(i, made) for i, made in enumerate(config.inputs) if made.module == module.address]
        self.module = module
        self.due_ns = 0
        self._alone = alone
        self._device = module.expect or config.expect_device
        self._numbers = [number for number, _ in mine]
        self._wired = [Wired(made) for _, made in mine]
        self._trust = PolledTrust(Expectation(config.name, self._device, config.silence_s), counts)
        self._named = Identity(
            "", "", "", "", tuple(made.name for _, made in mine), S_NS // config.poll_hz // MS_NS
        )
        self._boot, self._seq = 0, 0
        self._failures = 0
        self.heard_ns = 0

    @property
    def absent(self) -> bool:
        """Tell whether the module has stopped answering."""
        return self._failures >= FAILURES_MAX

    @property
    def doubtful(self) -> bool:
        """Tell whether the last question went without a valid answer."""
        return self._failures > 0

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Begin without a memory of levels; ask at once."""
        self.due_ns, self.heard_ns = bt_ns, bt_ns
        self._forget()
        said = self._trust.opened(origin, bt_ns)
        if not self._seq:
            self._trust.heard(self._sentence(self._named, self._device, bt_ns), bt_ns)
        return said

    def lost(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.lost(text, bt_ns)

    def failed(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.failed(text, bt_ns)

    def answered(self, answer: Answer, bt_ns: int) -> Said:
        """Take a valid answer."""
        self._failures = 0
        if bt_ns - self.heard_ns > STALL_NS:
            self._forget()
        self.heard_ns = bt_ns
        if answer.restarted:
            self._boot, self._seq = self._boot + 1, 0
            self._forget()
        seen = [wired.take(self._raw(wired, answer), bt_ns) for wired in self._wired]
        state = State("".join(letter for letter, _ in seen), 0, values=tuple(value for _, value in seen))
        device = answer.name or self._device
        return self._numbered(self._trust.heard(self._sentence(state, device, bt_ns), bt_ns))

    def late(self, answer: Answer, bt_ns: int) -> Said:
        """Take a whole answer that came when none was due: it can only alarm."""
        active = [wired.active(self._raw(wired, answer)) for wired in self._wired]
        if not any(active):
            return []
        state = State("".join("A" if each else "U" for each in active), 0)
        return self._numbered(self._trust.heard(self._sentence(state, self._device, bt_ns), bt_ns))

    def _raw(self, wired: Wired, answer: Answer) -> list[int]:
        """Return the levels of an input; a contact in a register is one of its sixteen bits."""
        places = wired.described.places
        if wired.described.scale is not None or self.module.function in BIT_FUNCTIONS:
            return [answer.values[place] for place in places]
        return [answer.values[place // WORD] >> place % WORD & 1 for place in places]

    def unanswered(self, bt_ns: int) -> Said:
        """Take a missing answer; the third in a row makes the module UNKNOWN, said once."""
        self._trust.unanswered()
        return self._failure(bt_ns)

    def damaged(self, reason: str, bt_ns: int) -> Said:
        """Take an answer that is none."""
        return self._numbered(self._trust.damaged(reason, bt_ns)) + self._failure(bt_ns)

    def stray(self, bt_ns: int) -> Said:
        """Take bytes nobody asked for: something else talks on this line."""
        return self._numbered(self._trust.damaged("stray", bt_ns))

    def tick(self, bt_ns: int) -> Said:
        """Let time pass."""
        return self._numbered(self._trust.tick(bt_ns))

    def _failure(self, bt_ns: int) -> Said:
        self._failures += 1
        if self._failures != FAILURES_MAX:
            return []
        text = f"module {self.module.address} does not answer"
        note = Note(self._trust.port, NoteKind.DEVICE_ERROR, text, bt_ns=bt_ns)
        return self._numbered([note, self._trust.void(self._device, Reason.NO_ANSWER, bt_ns)])

    def _forget(self) -> None:
        for wired in self._wired:
            wired.reset()

    def _sentence(self, payload: Identity | State, device: str, bt_ns: int) -> Sentence:
        self._seq += 1
        return Sentence("ST", device, self._boot, self._seq % 10_000, bt_ns // MS_NS, payload)

    def _numbered(self, said: Said) -> Said:
        """Give readings the port's channel numbers; keep one module's trouble from voiding the others."""
        told: Said = []
        for item in said:
            if isinstance(item, Reading):
                channels = tuple(replace(c, channel=self._numbers[c.channel]) for c in item.channels)
                told.append(replace(item, channels=channels))
            elif self._alone or item.kind not in VOIDS_PORT or item.kind is NoteKind.WRONG_IDENTITY:
                told.append(item)
            else:
                told += self._own_trouble(item)
        return told

    def _own_trouble(self, note: Note) -> Said:
        text = f"module {self.module.address}: {note.kind}: {note.text}"
        told: Said = [replace(note, kind=NoteKind.DEVICE_ERROR, text=text)]
        if note.kind is NoteKind.SILENT:
            void = self._trust.void(self._device, Reason.NO_ANSWER, note.bt_ns)
            told += self._numbered([void])
        return told
