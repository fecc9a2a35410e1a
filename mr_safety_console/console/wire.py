"""What a terminal sends, taken apart without a framework: bytes in, tokens out, nothing stuck.

`Splitter` sees the stream before any parser does, so that no sequence, however broken, can swallow
the keys that follow, and so that the emergency key is known on the input thread.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from mr_safety_console.domain.value import frozen

MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 200
PASTE_S: Final = 1.0
"""A paste whose end has not come ends after this long."""
PASTE_CHARS: Final = 65_536
ESCAPE_S: Final = 0.1
"""A lone ESC becomes the Escape key after this long."""
SEQUENCE_S: Final = 0.5
"""A sequence that began but did not end is dropped after this long (a slow line splits them)."""
SEQUENCE_CHARS: Final = 64

ESC: Final = "\x1b"
CTRL_E: Final = "\x05"
_PASTE_BEGIN: Final = "\x1b[200~"
_PASTE_END: Final = "\x1b[201~"
_CONTROL_BIT: Final = 4

_CSI = re.compile(r"\x1b\[(?:\[[A-E]|M[^\x1b\x05]{3}|[0-?]+[ -/]*[@-~]|[ -/]*[@-LN-Z\\-~])")
_CSI_PART = re.compile(r"\x1b\[(?:\[|M[^\x1b\x05]{0,2}|[0-?]*[ -/]*)\Z")
_CSI_BROKEN = re.compile(r"\x1b\[[0-?]*[ -/]*\[?")
_STRING_END = re.compile(r"\x07|\x9c|\x1b\\|\x1b|\x05")
_EMBEDDED = re.compile(r"(?<=[ -~]{6})\x05(?=[ -~]{6})")
_SEQUENCE = (
    r"\x1b\[20(?:;[0-9]*(?P<event>:[0-9]+)?)?[~^$@]"  # F9, with any modifier
    r"|\x1b\[(?:101|69|5)(?::[0-9:]*)?;(?P<mod>[0-9]+)(?P<kind>:[0-9]+)?(?:;[0-9:]*)?u"  # kitty ctrl+e
    r"|\x1b\[27;(?P<xmod>[0-9]+);(?:101|69)~"  # xterm's modifyOtherKeys
)
_EMERGENCY = re.compile(_SEQUENCE)
_ESCAPED_EMERGENCY = re.compile(rf"\x1b+(?=\x1b)(?={_SEQUENCE})")


@frozen
class Typed:
    """Characters in the order they came; control keys such as Enter are among them."""

    text: str


@frozen
class Sequence:
    """One whole escape sequence, or a lone ESC, or ESC and one character (alt)."""

    text: str


@frozen
class Emergency:
    """The emergency key was pressed."""


@frozen
class Pasted:
    """Text of one paste; `cut` when its end never came or it was too long."""

    text: str
    cut: bool


Token = Typed | Sequence | Emergency | Pasted


def is_emergency(sequence: str) -> bool:
    """Tell whether an escape sequence is F9 or ctrl+e in one of its encodings (not its release)."""
    match = _EMERGENCY.fullmatch(sequence)
    if match is None or ":3" in (match["event"], match["kind"]):
        return False
    modifiers = match["mod"] or match["xmod"]
    return modifiers is None or bool((int(modifiers[:4]) - 1) & _CONTROL_BIT)


def clamp(columns: int, rows: int) -> tuple[int, int]:
    """Return a size a screen can be laid out for, whatever the terminal claims."""
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(rows, MAX_ROWS))


class Splitter:
    """Bytes of a terminal in, tokens out. Never raises, never holds more than a bounded rest.

    An emergency key inside a paste is not one, unless the paste turns out to have no end; then it
    counts when the paste is given up, so that no press is lost to a broken terminal.
    """

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._since = 0.0
        self._mode = self._step_plain
        self._paste: list[str] = []
        self._paste_chars = 0
        self._paste_emergency = False

    @property
    def waiting(self) -> bool:
        """Tell whether something is half read, so that `tick` must be called soon."""
        return bool(self._rest) or self._mode != self._step_plain

    def feed(self, data: bytes, now: float) -> Iterator[Token]:
        """Take bytes read at `now` (seconds of a steady clock) and yield what they mean."""
        yield from self.tick(now)
        if not self.waiting:
            self._since = now
        self._rest += self._decoder.decode(data)
        while self._rest:
            tokens = self._mode(now)
            if tokens is None:
                return
            yield from tokens

    def tick(self, now: float) -> Iterator[Token]:
        """Yield what is due because nothing more came: a lone ESC, the end of a broken paste."""
        waited = now - self._since
        if self._mode == self._step_paste:
            if waited >= PASTE_S:
                yield from self._give_up_paste(now)
        elif self._mode == self._step_string:
            if waited >= SEQUENCE_S:
                self._mode, self._since = self._step_plain, now
        elif self._rest and waited >= (ESCAPE_S if len(self._rest) == 1 else SEQUENCE_S):
            rest, self._rest = self._rest, ""
            if rest in (ESC, "\x1bO"):
                yield Sequence(rest)

    def _step_plain(self, now: float) -> tuple[Token, ...] | None:
        """Take one thing off the rest; None when it is not whole yet."""
        if self._rest[0] == ESC:
            found = self._escape(now)
            if found is not None:
                self._since = now
            return found
        self._since = now
        text, escape, after = self._rest.partition(ESC)
        self._rest = escape + after
        first, *others = _EMBEDDED.sub("", text).split(CTRL_E)
        tokens: list[Token] = [Typed(first)] if first else []
        for other in others:
            tokens.append(Emergency())
            if other:
                tokens.append(Typed(other))
        return tuple(tokens)

    def _escape(self, now: float) -> tuple[Token, ...] | None:
        rest = self._rest
        if len(rest) == 1:
            return None
        introducer = rest[1]
        if introducer == "[":
            return self._control_sequence(now)
        if introducer in "]P_^X":
            self._mode, self._rest = self._step_string, rest[2:]
            return ()
        if introducer == "O":
            return None if len(rest) == 2 else self._take(3 if " " <= rest[2] <= "~" else 2)
        if introducer == ESC:
            extra = _ESCAPED_EMERGENCY.match(rest)
            if extra is not None:
                self._rest = rest[extra.end() :]
                return ()
            return self._take(1)
        if introducer == CTRL_E:
            self._rest = rest[1:]
            return ()
        return self._take(2)

    def _take(self, length: int) -> tuple[Token, ...]:
        sequence, self._rest = self._rest[:length], self._rest[length:]
        return (Sequence(sequence),)

    def _control_sequence(self, now: float) -> tuple[Token, ...] | None:
        rest = self._rest
        if rest.startswith(_PASTE_BEGIN):
            self._mode, self._rest = self._step_paste, rest[len(_PASTE_BEGIN) :]
            self._paste, self._paste_chars, self._paste_emergency = [], 0, False
            return ()
        emergency = _EMERGENCY.match(rest)
        if emergency is not None and is_emergency(emergency[0]):
            self._rest = rest[emergency.end() :]
            return (Emergency(),)
        whole = _CSI.match(rest)
        if whole is not None:
            return self._take(whole.end())
        if len(rest) < SEQUENCE_CHARS and _CSI_PART.match(rest):
            return None
        broken = _CSI_BROKEN.match(rest)
        self._rest = rest[broken.end() if broken else 1 :]
        return ()

    def _step_string(self, now: float) -> tuple[Token, ...] | None:
        end = _STRING_END.search(self._rest)
        if end is None:
            self._rest = ""
            return None
        if end[0] in (ESC, CTRL_E):
            self._rest = self._rest[end.start() :]
            if self._rest == ESC:
                return None
        else:
            self._rest = self._rest[end.end() :]
        self._mode, self._since = self._step_plain, now
        return ()

    def _step_paste(self, now: float) -> tuple[Token, ...] | None:
        text, end, after = self._rest.partition(_PASTE_END)
        if end:
            self._rest = after
            self._keep(text)
            self._mode, self._since = self._step_plain, now
            return (Pasted("".join(self._paste), cut=self._paste_chars > PASTE_CHARS),)
        held = text.rfind(ESC, max(0, len(text) - SEQUENCE_CHARS))
        cut = held if held >= 0 else len(text)
        self._keep(text[:cut])
        self._rest = text[cut:]
        return None

    def _keep(self, text: str) -> None:
        room = max(0, PASTE_CHARS - self._paste_chars)
        self._paste.append(text[:room])
        self._paste_chars += len(text)
        self._paste_emergency |= CTRL_E in text or _EMERGENCY.search(text) is not None

    def _give_up_paste(self, now: float) -> Iterator[Token]:
        self._keep(self._rest)
        self._rest = ""
        self._mode, self._since = self._step_plain, now
        yield Pasted("".join(self._paste), cut=True)
        if self._paste_emergency:
            yield Emergency()
