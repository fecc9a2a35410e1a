"""The hardened terminal driver, and every undocumented name of Textual this project leans on.

Measured against the stock driver: one invalid UTF-8 byte ended its input thread for good, a paste
without an end swallowed every later key, a faked size froze the app, and a terminal that was not
read froze the event loop. If a name is missing here, `driver_class` returns None and the stock
driver runs, which `why_not_hardened` explains.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, TypeVar

from textual import constants, events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from mr_safety_console.console.held import HeldDown
from mr_safety_console.console.outflow import Outflow, say
from mr_safety_console.console.pace import Gate, Keyboard, Scan
from mr_safety_console.console.printable import pasteable, presentable
from mr_safety_console.console.signals import ignore_job_control
from mr_safety_console.console.wire import ESC, Emergency, Pasted, Sequence, Token, Typed, clamp

try:
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver
except ImportError:  # another Textual: this module still loads and says what is missing
    XTermParser = object  # type: ignore[misc,assignment]
    LinuxDriver = Driver  # type: ignore[misc,assignment]

READ_BYTES: Final = 4_096
IDLE_S: Final = 0.1
BUSY_S: Final = 0.005
LOST_AFTER: Final = 3
STDERR: Final = 2
WAITING_MAX: Final = 1_024
"""Messages the app may be behind; beyond that input is dropped, never the emergency key."""
EMERGENCY_KEY: Final = "f9"
RISING_S: Final = 0.5
"""How long a key waits for a screen that is being laid out."""

_NEEDED: Final[tuple[tuple[type, tuple[str, ...]], ...]] = (
    (
        LinuxDriver,
        ("_get_terminal_size", "_run_input_thread", "_sigtstp_application", "_sigcont_application"),
    ),
    (LinuxDriver, ("start_application_mode", "stop_application_mode", "close", "write", "process_message")),
    (XTermParser, ("feed", "tick")),
    (App, ("_handle_exception", "_close_messages_no_wait", "_print_error_renderables", "on_event")),
    (App, ("_check_bindings",)),
)

R = TypeVar("R")


class Scanned(Message):
    """A scanner sent this text (GS, 0x1d, may be among it); no key of it was seen by a binding."""

    def __init__(self, text: str, *, cut: bool = False) -> None:
        super().__init__()
        self.text = text
        self.cut = cut


class KeyHeld(Message):
    """A key is held down; what it repeats was dropped. Sent once for each holding."""


class GuardedApp(App[R]):
    """An app whose faults leave no values behind, and whose emergency key waits for no other key.

    `emergency_hook` is called on the input thread the moment the key is recognised; the key itself
    then arrives as `f9` like any other. `crash_hook` gets an unhandled error and returns the one
    line to print when the app has closed. `terminal_hook` is called before the terminal is taken.
    `emergencies_due` counts emergency keys on
    their way: what was typed before them is skipped.
    """

    emergency_hook: Callable[[], None] | None = None
    crash_hook: Callable[[BaseException], str] | None = None
    terminal_hook: Callable[[], None] | None = None
    emergencies_due = 0
    _rising: Any = None
    last_words: tuple[str, ...] = ()

    @property
    def writing(self) -> bool:
        """Tell whether a character typed now goes into a field; asked on the input thread."""
        stack = self.screen_stack
        field = stack[-1].focused if stack else None
        return field is not None and field.check_consume_key("n", "n")

    async def on_event(self, event: events.Event) -> None:
        """Skip keys typed before an emergency key that is already on its way."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.emergencies_due and event.key != EMERGENCY_KEY:
                return
            self.emergencies_due = 0
            await self._risen()
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Act on a key before the next one is read, where no field takes it.

        Otherwise the next one is sent to a screen that is about to change, and is lost: the first digit
        of a figure typed right behind a choice. A screen that listens to keys itself hears them first.
        """
        if await super()._check_bindings(key, priority):
            return True
        alone = priority and self.screen.focused is None and not hasattr(self.screen, "on_key")
        return alone and await super()._check_bindings(key)

    def push_screen(self, screen: Any, *given: Any, **more: Any) -> Any:
        """Put a screen in front; the next key waits until it stands."""
        self._rising = super().push_screen(screen, *given, **more)
        return self._rising

    async def _risen(self) -> None:
        """Wait for the screen that was put in front last, but never long: one key may be the emergency's."""
        rising, self._rising = self._rising, None
        if rising is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.ensure_future(rising), RISING_S)

    def _handle_exception(self, error: Exception) -> None:
        """Close, with a line that names the place of the fault; replaces a traceback with values."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        line = self.crash_hook(error) if self.crash_hook else f"Internal fault {type(error).__name__}"
        self.last_words = (*self.last_words, line)
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Say what happened without waiting for a terminal that may no longer be read."""
        if not self.is_headless:
            for line in self.last_words:
                say(line)
        super()._print_error_renderables()


class HardenedDriver(LinuxDriver):
    """A Linux driver whose keyboard cannot be killed and whose output never makes anyone wait."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        # The kitty protocol sends each letter as a sequence, which would hide a scanner's pace.
        setattr(constants, "DISABLE_KITTY_KEY", True)  # noqa: B010  (declared Final)
        super().__init__(app, debug=False, mouse=mouse, size=size)
        ignore_job_control()
        self._parser = XTermParser(False)
        self._keyboard = Keyboard(lambda: isinstance(app, GuardedApp) and app.writing)
        self._gate = Gate()
        self._outflow: Outflow | None = None
        self._closed = False
        self._input_errors = 0
        self._lost_reads = 0

    @property
    def input_alive(self) -> bool:
        """Tell whether the input thread runs; asked by whoever watches the console."""
        return self._key_thread is not None and self._key_thread.is_alive()

    @property
    def input_errors(self) -> int:
        """Return how many pieces of input were dropped because of a fault of ours."""
        return self._input_errors

    @property
    def output_stuck(self) -> bool:
        """Tell whether the terminal is not reading, so that frames are being dropped."""
        return self._outflow is not None and self._outflow.overflowed

    @property
    def can_suspend(self) -> bool:
        """Never: a suspended console raises no alarm."""
        return False

    def start_application_mode(self) -> None:
        """Start as the stock driver does, with our writer in the place of its own."""
        if isinstance(self._app, GuardedApp) and self._app.terminal_hook is not None:
            self._app.terminal_hook()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        ignore_job_control()

    def stop_application_mode(self) -> None:
        """Restore the terminal; frames that wait are dropped so that this is not."""
        if self._outflow is not None:
            self._outflow.prepare_close()
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Hand text to the bounded writer, made at the first write in place of the stock one.

        Titles, clipboard, links and pointer shapes never pass: no text can ask the terminal for one.
        """
        if self._closed:
            return
        if self._outflow is None:
            if self._writer_thread is not None:
                self._writer_thread.stop()
            self._outflow = Outflow(self._output_fd, self._repaint)
            self._outflow.start()
            self._writer_thread = self._outflow  # type: ignore[assignment]
        self._outflow.write(presentable(data))

    def close(self) -> None:
        """End the writer; a terminal that does not read is left after a moment."""
        super().close()
        self._closed = True

    @property
    def _output_fd(self) -> int:
        return STDERR if self._file is None else self._file.fileno()

    def _repaint(self) -> None:
        self._on_loop(lambda: self._app.refresh(layout=True))

    def _on_loop(self, call: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _get_terminal_size(self) -> tuple[int, int]:
        return clamp(*super()._get_terminal_size())

    def _sigtstp_application(self, *_: object) -> None:
        """Ignore a request to stop."""

    def _sigcont_application(self, *_: object) -> None:
        """Repaint after somebody stopped and continued the process from outside."""
        self._repaint()

    def _run_input_thread(self) -> None:
        self.run_input_thread()

    def run_input_thread(self) -> None:
        """Read the terminal until the app closes. A fault drops what was read, never the thread."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set() and self._lost_reads < LOST_AFTER:
                try:
                    ready = selector.select(BUSY_S if self._keyboard.waiting else IDLE_S)
                    self._take(self._read() if ready else b"", time.monotonic())
                except Exception:  # noqa: BLE001  (reader loop: the keyboard must outlive any input)
                    self._input_errors += 1
                    self._parser = XTermParser(False)
        if self._lost_reads >= LOST_AFTER:
            os.kill(os.getpid(), signal.SIGHUP)

    def _read(self) -> bytes:
        try:
            data = os.read(self.fileno, READ_BYTES)
        except OSError:
            data = b""
        self._lost_reads = 0 if data else self._lost_reads + 1
        return data

    def _take(self, data: bytes, now: float) -> None:
        for token in self._keyboard.feed(data, now):
            self._deliver(token, now)

    def _deliver(self, token: Token | Scan | HeldDown, now: float) -> None:
        if isinstance(token, Emergency):
            self._emergency()
            return
        passed = self._allowed(len(token.text) if isinstance(token, Typed) else 1, now)
        if passed:
            for message in self._messages(token, passed):
                self.process_message(message)

    def _messages(self, token: Typed | Sequence | Pasted | Scan | HeldDown, passed: int) -> Iterable[Message]:
        match token:
            case Typed(text):
                return self._parser.feed(text[:passed])
            case Sequence(text):
                return self._sequence(text)
            case Scan(text, cut):
                return (Scanned(text, cut=cut),)
            case HeldDown():
                return (KeyHeld(),)
            case Pasted(text, _):
                return (events.Paste(pasteable(text)),)

    def _allowed(self, wanted: int, now: float) -> int:
        if self._app._message_queue.qsize() > WAITING_MAX:  # noqa: SLF001
            return 0
        return self._gate.take(wanted, now)

    def _emergency(self) -> None:
        hook = getattr(self._app, "emergency_hook", None)
        try:
            if hook is not None:
                hook()
        finally:
            if isinstance(self._app, GuardedApp):
                self._app.emergencies_due += 1
            self.process_message(events.Key(EMERGENCY_KEY, None))

    def _sequence(self, text: str) -> list[Message]:
        """Return the messages of one whole sequence; none, and a fresh parser, when it has none."""
        if text == ESC:
            return [events.Key("escape", ESC)]
        found: list[Message] = list(self._parser.feed(text))
        if self._parser._timeout_time is not None:  # noqa: SLF001
            self._parser._timeout_time = 0.0  # noqa: SLF001
            typed_with_alt = len(text) == 2
            rest = list(self._parser.tick())
            found += rest if typed_with_alt else []
        return found

    def process_message(self, message: Message) -> None:
        """Send a message to the app; sizes are read from the line, never believed from the stream."""
        if isinstance(message, InBandWindowResize):
            return
        if isinstance(message, events.Resize):
            self._parser.mouse_pixels = False
            width, height = clamp(*self._line_size(message.size))
            message = events.Resize(Size(width, height), Size(width, height))
        Driver.process_message(self, message)

    def _line_size(self, claimed: Size) -> tuple[int, int]:
        try:
            size = os.get_terminal_size(self._output_fd)
        except OSError:
            return claimed.width, claimed.height
        return (size.columns, size.lines) if size.columns and size.lines else (claimed.width, claimed.height)


def why_not_hardened() -> str:
    """Return the missing names, or nothing when this driver can run."""
    missing = [
        f"{owner.__name__}.{name}" for owner, names in _NEEDED for name in names if not hasattr(owner, name)
    ]
    if not missing and not hasattr(XTermParser(False), "_timeout_time"):
        missing.append("XTermParser._timeout_time")
    return ", ".join(missing)


def driver_class() -> type[Driver] | None:
    """Return the hardened driver, or None (the stock one) when Textual lacks a name it needs."""
    return None if why_not_hardened() else HardenedDriver
