"""What remains of a fault of our own: where and of what type, never a value, never a message.

Messages and local variables hold names, answers and PINs; they are neither shown nor stored.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from mr_safety_console.console.outflow import say
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.value import frozen

KEPT: Final = 50
"""Records beyond this many, oldest first, are removed: a crash loop must not fill the disk."""
FRAMES: Final = 32
EXIT_CRASH: Final = 70

Now = Callable[[], Instant]


@frozen
class Crash:
    """A fault: exception types from outermost to first cause, and the places they passed."""

    utc: int
    bt: int
    app: str
    thread: str
    types: tuple[str, ...]
    module: str
    line: int
    frames: tuple[str, ...]


def describe(error: BaseException, now: Instant, *, app: str, thread: str = "") -> Crash:
    """Return the crash without any value; the innermost frame of the error is its place."""
    frames = _frames(error.__traceback__)
    module, _, line = frames[-1].rpartition(":") if frames else ("unknown", "", "0")
    return Crash(
        utc=now.utc,
        bt=now.bt,
        app=app,
        thread=thread or threading.current_thread().name,
        types=_types(error),
        module=module,
        line=int(line),
        frames=frames[-FRAMES:],
    )


def _frames(traceback: TracebackType | None) -> tuple[str, ...]:
    places: list[str] = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "unknown")
        places.append(f"{module if isinstance(module, str) else 'unknown'}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return tuple(places)


def _types(error: BaseException) -> tuple[str, ...]:
    names: list[str] = []
    at: BaseException | None = error
    while at is not None and len(names) < 8:
        names.append(f"{type(at).__module__}.{type(at).__qualname__}")
        at = at.__cause__ or at.__context__
    return tuple(names)


class CrashBox:
    """Writes crash records into a directory and says in one line where; never raises itself."""

    def __init__(self, directory: Path, now: Now, *, app: str) -> None:
        self._directory = directory
        self._now = now
        self._app = app
        self._lock = threading.Lock()
        self.count = 0

    def record(self, error: BaseException, *, thread: str = "") -> str:
        """Store what is left of this error; return the line to show for it."""
        crash = describe(error, self._now(), app=self._app, thread=thread)
        where = f"{crash.types[0]} at {crash.module}:{crash.line}"
        try:
            with self._lock:
                self.count += 1
                path = self._write(crash)
        except OSError as failure:
            return f"Internal fault {where}; not recorded: {type(failure).__name__} in {self._directory}"
        return f"Internal fault {where}; recorded in {path}"

    def _write(self, crash: Crash) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._directory / f"crash-{crash.utc:017d}-{os.getpid()}-{self.count:04d}.json"
        body = json.dumps(asdict(crash), sort_keys=True, separators=(",", ":"))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, body.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        for old in sorted(self._directory.glob("crash-*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return path


def install(box: CrashBox, *, before_line: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Send every unhandled error of any thread into the box; return what undoes this.

    `before_line` runs before the one line is written to stderr: it restores the terminal.
    """
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def on_main(_kind: type[BaseException], error: BaseException, _tb: TracebackType | None) -> None:
        line = box.record(error)
        before_line()
        say(line)

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            box.record(args.exc_value, thread=args.thread.name if args.thread else "")

    def on_unraisable(args: Any) -> None:
        if args.exc_value is not None:
            box.record(args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = on_main, on_thread, on_unraisable

    def undo() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before

    return undo
