"""The console script: scrub, isolate, hand over; and never a dead end on a terminal.

Standard library only, and little of it, because every start pays for it. `emergency` goes straight
to the line mode. Everything else runs in a fresh interpreter that ignores the user's Python
settings and sees an allow-list of the environment. If the program cannot be imported or refuses to
start, a terminal gets the reason, the remedy and the EMERGENCY ONLY prompt; anything else exit 3.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # the name type checkers know; importing `typing` costs a tenth of the start
if TYPE_CHECKING:
    from typing import NoReturn

    from mr_safety_console.domain.context import Instant

REFUSED = 3
PROGRAM = "mr-safety-console"
PATH = "/usr/local/bin:/usr/bin:/bin"
TEXTUAL_FPS = "1000"
"""Lets an alarm be painted when it comes instead of at the next sixtieth of a second."""
_KEPT = frozenset({"TERM", "LANG", "HOME", "TMUX", "NO_COLOR"})
_KEPT_PREFIXES = ("LC_", "XDG_", "MRSC_")
_CONFIG_BYTES = 64 * 1024
_NEIGHBOURS = ("devices", "screening_forms")
_STARTS = frozenset({"run", "demo"})


class StartRefused(SystemExit):
    """The console cannot start: why, and what to do about it. Leaves with code 3."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(REFUSED)
        self.reason = reason
        self.remedy = remedy


def main() -> NoReturn:
    """Run the console script; never returns."""
    _tighten()
    args = sys.argv[1:]
    if args[:1] == ["emergency"]:
        _emergency(args[1:])
    command = [sys.executable, "-I", os.path.abspath(__file__), *args]
    try:
        os.execve(sys.executable, command, scrubbed(dict(os.environ)))  # noqa: S606  # our own interpreter
    except OSError as error:
        _give_up(f"the Python interpreter cannot be run again: {error.strerror}", _REINSTALL, args)


def scrubbed(environ: dict[str, str]) -> dict[str, str]:
    """Return the environment the console may see, with our own search path and frame rate."""
    kept = {
        name: value for name, value in environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return {**kept, "PATH": PATH, "TEXTUAL_FPS": TEXTUAL_FPS}


def run_isolated() -> NoReturn:
    """Import the program and run it, inside the fresh interpreter; never returns."""
    _tighten()
    args = sys.argv[1:]
    sys.argv[0] = PROGRAM
    try:
        check_neighbours()
        _hand_over(args)
    except StartRefused as refused:
        _give_up(refused.reason, refused.remedy, args)
    except SystemExit as stop:
        if stop.code != REFUSED:
            raise
        _give_up("the reason stands in the lines above", "Do what they say, then start again.", args)
    except KeyboardInterrupt:
        sys.exit(130)
    except ImportError as error:
        _give_up(
            f"a part is missing: {error.name or type(error).__name__} ({_place(error)})", _REINSTALL, args
        )
    except Exception as error:  # noqa: BLE001  # the last line before a dead end
        _give_up(f"{type(error).__name__} in {_place(error)}", _REPORT, args)
    sys.exit(0)


def _hand_over(args: list[str]) -> None:
    """Run the program; a plain `run` goes past the command line's library, which costs a third of it."""
    plain = plain_run(args)
    if plain is None:
        from mr_safety_console.cli import app  # noqa: PLC0415  # may be what is broken

        app(prog_name=PROGRAM)
        return
    import gc  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    gc.disable()  # nothing made during a start is garbage; the screen collects once it is quiet
    from mr_safety_console.start.run import run  # noqa: PLC0415

    data, config = (Path(plain[name]) if plain[name] else None for name in ("--data", "--config"))
    sys.exit(run(data, config))


def plain_run(args: list[str]) -> dict[str, str] | None:
    """Return what `run` was given when it is nothing but its two options, else None."""
    found = {"--data": "", "--config": ""}
    if args[:1] != ["run"]:
        return None
    rest = args[1:]
    while rest:
        name, here, value = rest.pop(0).partition("=")
        if not here and rest:
            value = rest.pop(0)
        if name not in found or not value or value.startswith("-"):
            return None
        found[name] = value
    return found


_REINSTALL = "Install the console again into its own environment, then start it."
_REPORT = "Start it again; if that fails too, tell whoever looks after this console."


def check_neighbours() -> None:
    """Refuse to run with packages of the same name from elsewhere. Raises `StartRefused`."""
    from importlib.machinery import PathFinder  # noqa: PLC0415  # the emergency path does not pay for it

    root = _root()
    for name in _NEIGHBOURS:
        spec = PathFinder.find_spec(name)
        if spec is None or spec.origin is None:
            raise StartRefused(f"the package {name!r} is missing beside the console", _REINSTALL)
        if os.path.dirname(os.path.dirname(os.path.realpath(spec.origin))) != root:
            raise StartRefused(
                f"a foreign package {name!r} was found in {os.path.dirname(spec.origin)}",
                f"Remove it from there, or install the console where {name!r} is its own.",
            )


def data_dir(args: list[str], environ: dict[str, str]) -> str:
    """Return the data directory the arguments, the environment, a console.toml or custom name.

    The line mode has to find the place the console will look in, so a console.toml counts here even
    if the rest of it is what stopped the start.
    """
    said = _option(args, "--data") or environ.get("MRSC_DATA") or _configured(args, environ)
    home = environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.expanduser(said) if said else os.path.join(home, PROGRAM)


def _option(args: list[str], name: str) -> str:
    """Return the value of an option, of the last where there are several."""
    said = ""
    for here, arg in enumerate(args):
        if arg == name and here + 1 < len(args):
            said = args[here + 1]
        elif arg.startswith(f"{name}="):
            said = arg.removeprefix(f"{name}=")
    return said


def _configured(args: list[str], environ: dict[str, str]) -> str:
    """Return `data` of the nearest console.toml that has it, read line by line: it may be no TOML."""
    import re  # noqa: PLC0415  # only where neither arguments nor environment say it

    data = re.compile(r"""\s*data\s*=\s*(?:"([^"\\]+)"|'([^']+)')\s*(?:#.*)?""")
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    own = (os.path.join(place, PROGRAM, "console.toml") for place in (home, "/etc/xdg"))
    for path in (_option(args, "--config"), *own):
        for line in _head_of(path):
            if found := data.fullmatch(line):
                return str(found[1] or found[2])
    return ""


def _head_of(path: str) -> list[str]:
    """Return the lines of a file before its first table; none of what cannot be read at once."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            lines = os.read(fd, _CONFIG_BYTES).decode("utf-8", "replace").splitlines()
        finally:
            os.close(fd)
    except (OSError, ValueError):
        return []
    tables = (here for here, line in enumerate(lines) if line.lstrip().startswith("["))
    return lines[: next(tables, len(lines))]


def _tighten() -> None:
    """Files for the owner only, and no memory image of a crash on disk."""
    os.umask(0o077)
    try:
        import resource  # noqa: PLC0415  # absent where there is nothing to limit

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


def _give_up(reason: str, remedy: str, args: list[str]) -> NoReturn:
    """End a start that cannot succeed: in the line mode on a terminal, else with exit 3."""
    starting = not args or args[0] in _STARTS or args[0].startswith("-")
    try:
        on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):
        on_terminal = False
    if starting and on_terminal:
        _line_mode(reason, remedy, args)
        sys.exit(REFUSED)
    print(_inert(f"{PROGRAM}: {reason}\n{remedy}"), file=sys.stderr)  # noqa: T201  # there is no screen
    sys.exit(REFUSED)


def _inert(text: str) -> str:
    """Return text that drives no terminal: what is refused may be named after an escape sequence."""
    return "".join(char if char.isprintable() or char == "\n" else "·" for char in text)


def _emergency(args: list[str]) -> NoReturn:
    if args[:1] in (["--help"], ["-h"]):
        print(f"Usage: {PROGRAM} emergency [--data DIR]\nRecord an emergency, line by line.")  # noqa: T201
        sys.exit(0)
    _line_mode("", "", args)
    sys.exit(0)


def _line_mode(reason: str, remedy: str, args: list[str]) -> None:
    """Run the EMERGENCY ONLY prompt, or say in one line that not even that works."""
    try:
        from pathlib import Path  # noqa: PLC0415  # only the line mode pays for it

        from mr_safety_console import lifeboat  # noqa: PLC0415
    except ImportError as error:
        text = f"EMERGENCY: WRITE ON PAPER. {reason}. The line mode is missing too: {error.name}. {remedy}"
        print(_inert(text), file=sys.stderr)  # noqa: T201  # there is no screen
        return
    environ = dict(os.environ)
    lifeboat.run(reason, remedy, Path(data_dir(args, environ)), sys.stdin, sys.stdout, _Clock(), environ)


class _Clock:
    """Both clocks of this machine, without anything that could be broken."""

    def now(self) -> Instant:
        """Return this moment."""
        from mr_safety_console.domain import context  # noqa: PLC0415  # not on the way to the console

        return context.Instant(time.time_ns() // 1000, time.clock_gettime_ns(time.CLOCK_BOOTTIME), _boot())


def _boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def _place(error: BaseException) -> str:
    """Return file and line of the innermost frame, without a value."""
    trace, place = error.__traceback__, "an unknown place"
    while trace is not None:
        name = os.path.basename(trace.tb_frame.f_code.co_filename)
        place, trace = f"{name} line {trace.tb_lineno}", trace.tb_next
    return place


def _root() -> str:
    return os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


if __name__ == "__main__":
    if _root() not in sys.path:
        sys.path.append(_root())
    from mr_safety_console import entry  # noqa: PLW0406  # one identity for `StartRefused`

    entry.run_isolated()
