"""EMERGENCY ONLY: the line mode that records an emergency when the console does not start.

Plain lines in, plain lines out: no colour, no cursor, no database, no device. Every press and step
is stamped the moment its line arrives and goes to the emergency spool, from where the console takes
it over at its next start. Standard library and the emergency rules only; if even the spool cannot
be loaded, the prompts and the clock still work and say that nothing is recorded.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Protocol, TextIO

from mr_safety_console.domain import emergency as rules
from mr_safety_console.domain import quench
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.value import frozen

TARGET_S = 60
"""The removal target before a site has set its own."""
WRITE_WAIT_S = 1.0
ON_PAPER = "NOT RECORDED - WRITE ON PAPER"
_STEP = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,5}))?$")
_KEY_AS_TEXT = ("\x1b[20~", "\x05")
_CALM_SCREEN = "\x1b[<u\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[0m\r\n"

Record = Callable[[Command, Instant], str]
"""Make a command durable; returns the words that say whether that worked."""


class Clock(Protocol):
    """Where the line mode learns the time."""

    def now(self) -> Instant:
        """Return this moment."""
        ...


@frozen
class _Moment:
    now: Instant
    when: Instant
    tokens: tuple[str, ...]


def run(
    reason: str,
    remedy: str,
    data_dir: Path | None,
    stdin: TextIO,
    stdout: TextIO,
    clock: Clock,
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Prompt until `leave` or the end of input. Raises nothing for a broken disk or terminal.

    `reason` and `remedy` say why the console did not start and what to do; both may be empty.
    """
    _calm(stdin, stdout, environ)
    with _unstoppable(stdout), _recorder(data_dir, environ, clock) as (record, problems):
        boat = Lifeboat(stdout, clock, record)
        boat.greet(reason, remedy, problems)
        while not boat.left:
            boat.prompt()
            try:
                line = stdin.readline()
            except (OSError, ValueError):
                break
            if not line:
                break
            boat.take(line)
        boat.farewell()


class Lifeboat:
    """The dialogue: one line in, one recording and its words out. Feed it with `take`."""

    def __init__(self, stdout: TextIO, clock: Clock, record: Record) -> None:
        self._stdout = stdout
        self._clock = clock
        self._record = record
        self._state = rules.EmergencyState()
        self._card = rules.CARDS[rules.EmergencyKind.OTHER]
        self.left = False

    def greet(self, reason: str, remedy: str, problems: tuple[str, ...]) -> None:
        """Say why we are here, what this can do and what it cannot."""
        self._say("", "EMERGENCY ONLY")
        if reason:
            self._say(f"The console did not start: {clean(reason, cap=600)}")
        if remedy:
            self._say(f"What to do: {clean(remedy, cap=600)}")
        for problem in problems:
            self._say(f"Cannot write here: {clean(problem, cap=300)}")
        self._say(
            "No door and no detector is watched here: trust doors and eyes.",
            "",
            "Enter records an emergency now. Or a letter and Enter:",
        )
        for letter, kind in rules.LETTERS.items():
            self._say(f"  {letter}  {rules.CARDS[kind].title}")
        self._say(
            "Then the number of a step and Enter; '3 -10' if it was 10 s ago.",
            "'?' shows the card, 'leave' leaves. What is recorded stays recorded.",
        )

    def prompt(self) -> None:
        """Show which emergency is open and how long, and wait for a line."""
        self._write(f"{self._status()} > ")

    def take(self, line: str) -> None:
        """Act on one line, stamped now."""
        now = self._clock.now()
        words = line.strip().lower()
        if not words or any(key in line for key in _KEY_AS_TEXT):
            self._press(now)
        elif words in rules.LETTERS:
            self._name(rules.LETTERS[words], now)
        elif words == "leave":
            self.left = True
        elif words == "?":
            self._show_card()
        elif (step := _STEP.fullmatch(words)) is not None:
            self._step(int(step[1]), int(step[2] or 0), now)
        else:
            self._say("Not understood, nothing recorded. Enter, a letter, a number, '?' or 'leave'.")

    def farewell(self) -> None:
        """Say what stays open."""
        for item in self._state.open:
            self._say(f"E{item.no} stays open. The console shows it first when it starts.")
        self._say("Left. The record is kept.")

    # --- acts ---

    def _press(self, now: Instant) -> None:
        if self._state.current is not None:
            self._say(self._status())
            return
        self._give(rules.OpenEmergency(emergency=_new_id()), now)
        self._say("Choose a letter; until then the steps are:")
        self._show_card()

    def _name(self, kind: rules.EmergencyKind, now: Instant) -> None:
        if self._state.current is None:
            self._give(rules.OpenEmergency(emergency=_new_id()), now)
        self._card = rules.CARDS[kind]
        self._give(rules.ChooseEmergencyKind(emergency=self._open_id(), about=kind), now)
        if kind is rules.EmergencyKind.QUENCH:
            self._give(quench.ReportQuench(how=quench.QuenchKind.SUSPECTED), now)
        self._show_card()

    def _step(self, number: int, earlier_s: int, now: Instant) -> None:
        if not 1 <= number <= len(self._card.steps):
            self._say(f"No step {number} on this card, nothing recorded. '?' shows the card.")
            return
        if self._state.current is None:
            self._give(rules.OpenEmergency(emergency=_new_id()), now)
        step = self._card.steps[number - 1]
        given: Command = rules.StampEmergencyStep(
            emergency=self._open_id(), step=step.id, earlier_s=earlier_s
        )
        if step.id in quench.STEPS:
            given = quench.StampQuenchStep(step=step.id, earlier_s=earlier_s)
        self._give(given, now)
        late = f" (ESTIMATED, {earlier_s} s ago)" if earlier_s else ""
        self._say(f"{number}  {step.words}{late}")

    def _give(self, command: Command, now: Instant) -> None:
        """Take the command into our own picture and make it durable."""
        facts = rules.decide(self._state, command, _Moment(now, now, (_new_id(),)))
        for told in () if isinstance(facts, Refused) else facts:
            self._state = rules.evolve(self._state, Entry(0, now, told, "", "person"))
        self._say(self._record(command, now))

    # --- words ---

    def _open_id(self) -> str:
        return self._state.current.id if self._state.current else ""

    def _status(self) -> str:
        view = rules.removal_clock(self._state, self._clock.now(), TARGET_S)
        if view is None or self._state.current is None:
            return "no emergency open"
        minutes, seconds = divmod(view.seconds, 60)
        colour = "" if view.colour is rules.ClockColour.PLAIN else f" {view.colour.value.upper()}"
        out = ", patient out" if view.stopped else ""
        return f"E{self._state.current.no}  {minutes}:{seconds:02}{colour}{out}"

    def _show_card(self) -> None:
        card, current = self._card, self._state.current
        self._say("", f"{card.title}   ({card.approval})")
        for number, step in enumerate(card.steps, 1):
            done = current.step(step.id) if current else None
            self._say(f" {'x' if done else ' '} {number:2}  {step.words}")
        self._say(f"KEEP OUT: {', '.join(card.keep_out)}", *card.never)

    def _say(self, *lines: str) -> None:
        self._write("".join(f"{line}\n" for line in lines))

    def _write(self, text: str) -> None:
        """Show text; a terminal that is gone must not stop the recording."""
        plain = text.replace("—", "-")
        with contextlib.suppress(OSError, ValueError):
            self._stdout.write(plain.encode("ascii", "replace").decode("ascii"))
            self._stdout.flush()


@contextlib.contextmanager
def _recorder(
    data_dir: Path | None, environ: Mapping[str, str], clock: Clock
) -> Iterator[tuple[Record, tuple[str, ...]]]:
    """Give the way to the spool, or one that says on paper if there is none."""
    try:
        from mr_safety_console.engine.intake import Intake  # noqa: PLC0415  # may be what is broken
        from mr_safety_console.engine.spool import Spool, places  # noqa: PLC0415
        from mr_safety_console.engine.spool_owner import owner_of  # noqa: PLC0415
    except ImportError as error:
        yield (lambda command, now: ON_PAPER), (f"the spool cannot be loaded ({error.name})",)
        return
    spool = Spool(places(data_dir, environ), con=owner_of(data_dir))
    problems = spool.open()
    intake = Intake(spool, clock, lambda command, occ, cause: None)
    intake.start()

    def record(command: Command, now: Instant) -> str:
        ticket = intake.step(command, now)
        ticket.settled.wait(WRITE_WAIT_S)
        if ticket.recorded is None:
            return f"{ON_PAPER} {_hms(now)}"
        return f"RECORDED {_hms(now)} UTC"

    try:
        yield record, problems
    finally:
        intake.close()


@contextlib.contextmanager
def _unstoppable(stdout: TextIO) -> Iterator[None]:
    """Keep ctrl+c and ctrl+z from ending or stopping the line mode."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(OSError, ValueError):  # past the buffer, which may be in use
            os.write(stdout.fileno(), b"\nStill here. Type 'leave' and Enter to leave.\n")

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, note),
        signal.SIGQUIT: signal.signal(signal.SIGQUIT, note),
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_IGN),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _calm(stdin: TextIO, stdout: TextIO, environ: Mapping[str, str]) -> None:
    """Bring a terminal back to lines that a crashed screen may have left raw."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import termios  # noqa: PLC0415  # absent on machines without terminals

        if stdin.isatty():
            mode = termios.tcgetattr(stdin.fileno())
            mode[0] |= termios.ICRNL
            mode[1] |= termios.OPOST | termios.ONLCR
            mode[3] |= termios.ICANON | termios.ECHO | termios.ISIG
            termios.tcsetattr(stdin.fileno(), termios.TCSADRAIN, mode)
        if stdout.isatty() and environ.get("TERM", "dumb") != "dumb":
            stdout.write(_CALM_SCREEN)
            stdout.flush()


def _hms(moment: Instant) -> str:
    seconds = moment.utc // 1_000_000 % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _new_id() -> str:
    return base64.b32encode(secrets.token_bytes(10)).decode()
