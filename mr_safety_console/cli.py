"""The command line: thin, and every error ends in a sentence with place and remedy.

Exit codes: 0 done · 1 found something wrong · 2 wrong usage · 3 refused to start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mr_safety_console import __version__
from mr_safety_console.domain.text import clean
from mr_safety_console.entry import PROGRAM
from mr_safety_console.start.forms_commands import forms_app
from mr_safety_console.start.machine import settings_of

app = typer.Typer(
    name=PROGRAM,
    help="Console of the on-site MR Safety Technologist. It advises and records; it controls nothing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
devices_app = typer.Typer(help="Look at serial ports, or play a detector and a door.", no_args_is_help=True)
log_app = typer.Typer(help="Show, export and verify the record.", no_args_is_help=True)
staff_app = typer.Typer(help="The register of staff.", no_args_is_help=True)
items_app = typer.Typer(help="The register of items and their MR labels.", no_args_is_help=True)
app.add_typer(devices_app, name="devices")
app.add_typer(forms_app, name="forms")
app.add_typer(log_app, name="log")
app.add_typer(staff_app, name="staff")
app.add_typer(items_app, name="items")

Data = Annotated[Path | None, typer.Option("--data", help="Directory of the record.")]
Config = Annotated[Path | None, typer.Option("--config", help="A console.toml read after all others.")]
SaidBy = Annotated[str, typer.Option(help="Initials of the MRSO or MRRP who entitles them.")]


def say(text: str) -> None:
    """Print one cleaned line."""
    typer.echo(clean(text, cap=4000))


def fail(text: str, code: int = 1) -> NoReturn:
    """Print one cleaned line to standard error and leave."""
    typer.echo(clean(text, cap=4000), err=True)
    raise typer.Exit(code)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Console of the on-site MR Safety Technologist. It advises and records; it controls nothing."""


@app.command()
def run(data: Data = None, config: Config = None) -> None:
    """Start the console of this suite."""
    from mr_safety_console.start.run import run as run_console

    raise typer.Exit(run_console(data, config))


@app.command()
def demo(
    scenario: Annotated[str, typer.Option(help="Play this scenario of the mock devices.")] = "",
    data: Data = None,
) -> None:
    """Start a console on mock devices and fictional staff; nothing is kept unless --data is given."""
    from mr_safety_console.start.demo_run import demonstrate
    from mr_safety_console.start.screen import show

    try:
        raise typer.Exit(demonstrate(scenario, data, show))
    except ValueError as error:
        fail(str(error), 2)


@app.command()
def emergency() -> None:
    """Log an emergency line by line, without screen, sign-on or record (runs before anything else)."""
    fail("Run it as the console script; this line is never reached from there.", 2)


@app.command()
def doctor(
    data: Data = None,
    config: Config = None,
    sound: Annotated[bool, typer.Option("--sound", help="Play the alarm sounds as well.")] = False,
) -> None:
    """Check this machine: settings, ports, record, sound, terminal."""
    from mr_safety_console.start.doctor import examine, listen

    settings = settings_of(data, config)
    bad = False
    heard = (listen(settings, dict(os.environ)) for _ in range(sound))
    for good, line in chain(examine(settings, dict(os.environ), sys.stdin.isatty()), heard):
        say(f"{'[ok]' if good else '[!!]'} {line}")
        bad = bad or not good
    raise typer.Exit(1 if bad else 0)


# --- devices -----------------------------------------------------------------------------------


@devices_app.command("ports")
def devices_ports() -> None:
    """List serial ports by the path that lasts over replugging."""
    from devices.bench import list_ports

    found = list_ports()
    for info in found:
        say(f"{info.path}  {info.description}  {info.origin.value}")
    if not found:
        say("No serial port found. Plug the adapter in; see docs/bench-guide.md.")


@devices_app.command("watch")
def devices_watch(
    what: Annotated[str, typer.Argument(help="A profile, a port of console.toml, or a URL of a detector.")],
    url: Annotated[str, typer.Argument(help="With a profile: path, socket:// or rfc2217://.")] = "",
    expect: Annotated[str, typer.Option(help="Identity the device must announce.")] = "",
    baud: Annotated[int, typer.Option(help="Usually 115200, on a bus 9600.")] = 0,
    seconds: Annotated[float, typer.Option(help="Stop after this long; 0 means ctrl+c.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per change of a channel.")] = False,
    config: Config = None,
) -> None:
    """Print what a port says, decoded and judged."""
    from mr_safety_console.start import bench_desk

    with _usage():
        looked = bench_desk.port_of(what, url, lambda: settings_of(None, config), expect, baud)
        bench_desk.watch(looked, typer.echo, seconds, as_json=as_json)


@devices_app.command("record")
def devices_record(
    file: Path,
    what: Annotated[str, typer.Argument(help="As for watch.")],
    url: Annotated[str, typer.Argument(help="As for watch.")] = "",
    seconds: Annotated[float, typer.Option(help="Stop after this long; 0 means ctrl+c.")] = 0,
    config: Config = None,
) -> None:
    """Write down every byte of a port with its time."""
    from mr_safety_console.start import bench_desk

    with _usage():
        looked = bench_desk.port_of(what, url, lambda: settings_of(None, config), "", 0)
        bench_desk.record(file, looked, typer.echo, seconds)


@devices_app.command("replay")
def devices_replay(
    file: Path,
    link: Annotated[Path | None, typer.Option(help="Play onto a pseudo-terminal at this path.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="1 is real time; 0 as fast as it goes.")] = 1,
    profile: Annotated[str, typer.Option(help="For files of raw frames, which do not say it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per change of a channel.")] = False,
) -> None:
    """Play a recording back to the drivers, or onto a pseudo-terminal."""
    from mr_safety_console.start import bench_desk

    with _usage():
        bench_desk.replay(file, typer.echo, speed, link=link, profile=profile, as_json=as_json)


@devices_app.command("simulate")
def devices_simulate(
    scenario: Annotated[str, typer.Argument(help="A shipped scenario or a file.")] = "",
    profile: Annotated[str, typer.Option(help="What the mock speaks.")] = "mrsc1",
    link: Annotated[Path | None, typer.Option(help="Where the port's link appears.")] = None,
    directory: Annotated[Path | None, typer.Option(help="Where the links of several ports appear.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help="A fault of the line from the start.")] = None,
) -> None:
    """Play a detector, a door and an oxygen relay on pseudo-terminals, live from the keyboard."""
    from mr_safety_console.start import bench_desk

    with _usage():
        bench_desk.simulate(scenario, profile, link, directory, tuple(fault or ()), typer.echo)


@contextmanager
def _usage() -> Iterator[None]:
    """Turn what the bench refuses into wrong usage, and ctrl+c into an ordinary end."""
    from devices import DeviceError

    try:
        yield
    except DeviceError as error:
        fail(str(error), 2)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


# --- the record --------------------------------------------------------------------------------


@log_app.command("show")
def log_show(data: Data = None, lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 40) -> None:
    """Print the newest rows, oldest of them first."""
    from mr_safety_console.reports.log_text import newest_lines

    def print_them(place: Path) -> None:
        for line in newest_lines(place, lines):
            say(line)

    _from_record(settings_of(data, None).data, print_them)


@log_app.command("export")
def log_export(
    data: Data = None,
    form: Annotated[str, typer.Option("--format")] = "jsonl",
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
) -> None:
    """Write every row as stored, one JSON object a line, with its hash: the evidence format."""
    from mr_safety_console.reports.export import export_jsonl

    if form != "jsonl":
        fail(f"{form!r} is not a format; the evidence format is jsonl.", 2)
    _from_record(settings_of(data, None).data, lambda place: export_jsonl(place, output))


@log_app.command("verify")
def log_verify(data: Data = None) -> None:
    """Check every row against the chain; names the first bad row and leaves with 1."""
    from mr_safety_console.journal.verify import verify

    place = settings_of(data, None).data
    verdict = verify(place)
    say(str(verdict))
    raise typer.Exit(0 if verdict.ok else 1)


def _from_record(place: Path, act: Callable[[Path], object]) -> None:
    from mr_safety_console.journal.errors import JournalError

    try:
        act(place)
    except JournalError as error:
        fail(str(error))
    except BrokenPipeError:
        raise typer.Exit(0) from None
    except OSError as error:
        fail(f"{error.filename or place}: {error.strerror}. Name another place, or make room for it.")


# --- items -------------------------------------------------------------------------------------


@items_app.command("import")
def items_import(
    file: Path,
    check: Annotated[bool, typer.Option("--check", help="Only read the file and name its mistakes.")] = False,
    by: Annotated[list[str] | None, typer.Option("--by", help="Initials of each of two signers.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Enter the items of a TOML or CSV file, all or none; two people sign."""
    from mr_safety_console.start import items_desk
    from mr_safety_console.start.items_file import ItemsFileError
    from mr_safety_console.start.staff_desk import StaffError

    try:
        if check:
            say(items_desk.checked(file))
            return
        signers = tuple((one, typer.prompt(f"PIN of {one}", hide_input=True)) for one in by or ())
        say(items_desk.take_in(settings_of(data, config).data, file, signers))
    except ItemsFileError as error:
        for mistake in error.mistakes:
            typer.echo(clean(mistake, cap=400), err=True)
        fail(f"{len(error.mistakes)} mistake(s); nothing was written.")
    except StaffError as error:
        fail(str(error), error.code)


@items_app.command("list")
def items_list(data: Data = None) -> None:
    """List the register of items, and where each is by the record."""
    from mr_safety_console.start import items_desk, staff_desk

    staff_desk.told(lambda: items_desk.listed(settings_of(data, None).data), say, fail)


# --- staff -------------------------------------------------------------------------------------


@staff_app.command("add")
def staff_add(
    name: str,
    initials: str,
    role: Annotated[list[str], typer.Option("--role", help="May be given several times.")],
    by: SaidBy = "",
    until: Annotated[str, typer.Option(help="Last day of their credential, YYYY-MM-DD.")] = "",
    screened: Annotated[str, typer.Option(help="Day they were screened themselves, YYYY-MM-DD.")] = "",
    data: Data = None,
    config: Config = None,
) -> None:
    """Enter a person; the first one needs nobody's leave, later ones an MRSO or MRRP."""
    from mr_safety_console.start import staff_desk

    entitling = (by, typer.prompt(f"PIN of {by}", hide_input=True)) if by else None
    pin = typer.prompt(f"PIN for {initials}", hide_input=True, confirmation_prompt=True)
    given = (name, initials, tuple(role), pin, entitling, until, screened)
    staff_desk.told(lambda: [staff_desk.add(settings_of(data, config).data, *given)], say, fail)


@staff_app.command("date")
def staff_date(initials: str, until: str, by: SaidBy, data: Data = None, config: Config = None) -> None:
    """Say until which day (YYYY-MM-DD) a credential runs; from then on it signs nothing."""
    from mr_safety_console.start import staff_desk

    said = (by, typer.prompt(f"PIN of {by}", hide_input=True))
    place = settings_of(data, config).data
    staff_desk.told(lambda: [staff_desk.dated(place, initials, until, said)], say, fail)


@staff_app.command("screened")
def staff_screened(initials: str, day: str, by: SaidBy, data: Data = None, config: Config = None) -> None:
    """Say on which day (YYYY-MM-DD) somebody was screened themselves, from a paper you have seen."""
    from mr_safety_console.start import staff_desk

    said = (by, typer.prompt(f"PIN of {by}", hide_input=True))
    place = settings_of(data, config).data
    staff_desk.told(lambda: [staff_desk.screened(place, initials, day, said)], say, fail)


@staff_app.command("list")
def staff_list(data: Data = None) -> None:
    """List who is in the register."""
    from mr_safety_console.start import staff_desk

    staff_desk.told(lambda: staff_desk.listed(settings_of(data, None).data), say, fail)
