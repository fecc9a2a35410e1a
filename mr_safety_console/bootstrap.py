"""The only place that builds clock, ports, record, engine and intake, and joins them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from devices import Link, PortConfig, PortConfigError
from mr_safety_console import __version__
from mr_safety_console.domain import words
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lifecycle import LogBegun, StartConsole
from mr_safety_console.domain.profile import SiteProfile, strictest
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.upkeep import PEPPER
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine import resume
from mr_safety_console.engine.auth import PepperError, PepperMissing, Pins, load_pepper, lost_pepper
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.engine import Engine
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.lane import Lane
from mr_safety_console.engine.sound import Player, find
from mr_safety_console.engine.sounder import Sounder
from mr_safety_console.engine.spool import new_id
from mr_safety_console.engine.unwritten import Unwritten
from mr_safety_console.journal.errors import JournalError
from mr_safety_console.journal.store import Journal
from mr_safety_console.settings import ConfigError, ConsoleSettings, PortSettings, read_site
from screening_forms.shipped import Library, load_library
from screening_forms.types import Form, FormError

if TYPE_CHECKING:
    from mr_safety_console.engine.decider import Answer

LAST_GOOD = "site.last-good.toml"
RAW = "raw"
SOUND = "sound"
START_S = 5.0


class StartError(Exception):
    """The console cannot start: why, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason, self.remedy = reason, remedy


@frozen
class Running:
    """A started console without a screen. `close` stops everything in order."""

    engine: Engine
    intake: Intake
    journal: Journal
    profile: SiteProfile
    forms: Library
    clock: SystemClock
    pins: Pins
    data: Path
    banner: str
    simulated: bool

    def close(self, reason: str = "quit") -> None:
        """Stop ports, engine, record and emergency lane, in that order."""
        self.engine.close(reason)
        self.intake.close()
        self.journal.close()


def start(
    settings: ConsoleSettings,
    *,
    profile: SiteProfile | None = None,
    ports: Sequence[PortConfig] | None = None,
    environ: Mapping[str, str] | None = None,
    armed: Callable[[Intake, SystemClock], Callable[[], None]] = lambda _intake, _clock: lambda: None,
    clock: SystemClock | None = None,
) -> Running:
    """Start everything but the screen; the first fact is on the disk when this returns.

    `profile`, `ports` and `clock` replace what files and machine say. `armed` is called as
    soon as emergencies can be recorded; what it returns is called before that ends again. Raises
    `StartError`; then nothing is left open.
    """
    environ = os.environ if environ is None else environ
    clock = clock or SystemClock()
    site, banner = (profile, "") if profile else load_site(settings)
    if profile is None and not banner:
        keep_site(settings.site, settings.data)
    configs = tuple(ports) if ports is not None else port_configs(settings, site)
    simulated = any(config.simulated for config in configs)
    forms = _forms()
    with ExitStack() as undo:
        lane = Lane(settings.data, clock, environ)
        lane.open()
        undo.callback(lane.close)
        undo.callback(armed(lane.intake, clock))
        mode = "sim" if simulated else "live"
        journal, resumed = _journal(settings.data, site, clock, mode, lane.console)
        undo.callback(journal.close)
        with suppress(OSError):  # without it the ports say that their raw frames are not kept
            (settings.data / RAW).mkdir(mode=0o700, exist_ok=True)
        pins, missing = _pins(settings.data, resumed)
        sounder = _sounder(settings, clock, environ)
        engine = _engine(settings.data, site, forms, clock, journal, resumed, pins, mode, lane, sounder)
        links = [Link(config, engine.hear, lambda: clock.now().bt) for config in configs]
        first = _start_command(site, forms, fallback=bool(banner), missing=(*journal.missing, *missing))
        began = engine.start(links, first)
        lane.join(engine)
        undo.pop_all()
    _await_first(began)
    return Running(engine, lane.intake, journal, site, forms, clock, pins, settings.data, banner, simulated)


def _pins(data: Path, resumed: SuiteState) -> tuple[Pins, tuple[str, ...]]:
    """Return the PINs of this record, and the name of the pepper if it is missing."""
    try:
        return Pins(load_pepper(data / PEPPER, make=not resumed.staff.people)), ()
    except PepperMissing:
        return Pins(lost_pepper()), (PEPPER,)  # watched and recorded all the same; nobody signs on
    except PepperError as error:
        raise StartError(f"{error}.", "Without it nobody can sign on; the record is whole.") from None
    except OSError as error:
        raise StartError(f"{data / PEPPER}: {error.strerror}.", "Check the file and its rights.") from None


def _engine(
    data: Path,
    site: SiteProfile,
    forms: Mapping[str, Form],
    clock: SystemClock,
    journal: Journal,
    resumed: SuiteState,
    pins: Pins,
    mode: str,
    lane: Lane,
    sounder: Sounder,
) -> Engine:
    rescue = lane.settle(resumed.run.console)
    envelope = Envelope(
        console=resumed.run.console,
        app=__version__,
        zone=site.zone,
        mode=mode,
        run=new_id(),
    )
    return Engine(
        profile=site,
        forms=forms,
        clock=clock,
        journal=journal,
        pins=pins,
        envelope=envelope,
        resumed=resumed,
        seq=journal.head[0],
        late=lambda state: [*rescue(state), *map(Input, sounder.errand(state.sound))],
        saved=partial(resume.save, journal, data),
        unwritten=Unwritten(lane.intake.step),
        sound=sounder,
    )


def _sounder(settings: ConsoleSettings, clock: SystemClock, environ: Mapping[str, str]) -> Sounder:
    path, player = _player(settings, environ)
    return Sounder(settings.data / SOUND, clock, path=path, player=player)


def _player(settings: ConsoleSettings, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return where players are looked for, and the one that is wanted alone."""
    # The demonstration reads no settings.
    return environ.get("PATH", ""), environ.get("MRSC_PLAYER") or settings.player


def players(settings: ConsoleSettings, environ: Mapping[str, str]) -> tuple[Player, ...]:
    """Return what would play the alarms of this machine, the first first."""
    return find(*_player(settings, environ))


def _await_first(began: Answer) -> None:
    # If the record cannot take the first fact: start all the same, and say so on every screen.
    with suppress(TimeoutError):
        began.result(START_S)


def _start_command(
    site: SiteProfile, forms: Library, *, fallback: bool, missing: tuple[str, ...]
) -> StartConsole:
    import hashlib  # noqa: PLC0415

    prints = "".join(sha256 for _, sha256 in sorted(forms.hashes.items()))
    return StartConsole(
        app=__version__,
        profile_hash=site.hash,
        forms_hash=hashlib.sha256(prints.encode()).hexdigest(),
        use=site.use,
        points=len(site.points),
        fallback=fallback,
        missing=missing,
    )


def _forms() -> Library:
    """Return the shipped forms, and make sure that the words for every refusal are there."""
    try:
        words.table()
        return load_library()
    except FormError as error:
        raise StartError(f"The forms cannot be used: {error}.", "Restore the forms' folder.") from None
    except (OSError, ValueError) as error:
        raise StartError(
            f"Forms or words of the program are missing or damaged ({error}).",
            "Install the console again into its own environment, then start it.",
        ) from None


def _journal(
    data: Path, site: SiteProfile, clock: SystemClock, mode: str, console: str
) -> tuple[Journal, SuiteState]:
    def genesis(public_key: str) -> Entry:
        begun = LogBegun(console=console or new_id(), public_key=public_key, profile_hash=site.hash)
        return Entry(
            seq=1,
            at=clock.now(),
            fact=begun,
            cause="genesis",
            src="system",
            con=begun.console,
            app=__version__,
            mode=mode,
        )

    try:
        journal = Journal.open(data, genesis)
        try:
            return journal, resume.resume(journal, data)
        except JournalError:
            journal.close()
            raise
    except JournalError as error:
        raise StartError(f"{error.place}: {error.what}.", f"{error.remedy}.") from None
    except OSError as error:
        raise StartError(
            f"{error.filename or data}: {error.strerror}.",
            "Check the place and its rights, then start again.",
        ) from None


def load_site(settings: ConsoleSettings) -> tuple[SiteProfile, str]:
    """Return the suite's profile and a banner; a broken file falls back on the last good one.

    The fallback runs with every number at its strictest. Raises `StartError` when there is none.
    """
    kept = settings.data / LAST_GOOD
    try:
        return read_site(settings.site), ""
    except ConfigError as error:
        try:
            fallback = read_site(kept)
        except ConfigError:
            raise StartError(f"{error}.", "Mend the site file; docs/site-file.md shows one.") from None
        return strictest(fallback), f"SITE FILE UNREADABLE - kept copy in use: {error}"


def keep_site(site: Path, data: Path) -> None:
    """Keep a copy of a site file that was good, whole or not at all."""
    from mr_safety_console.journal.place import make_file, prepare_dir  # noqa: PLC0415

    building = data / f"{LAST_GOOD}.new"
    try:
        prepare_dir(data)
        building.unlink(missing_ok=True)
        make_file(building, site.read_bytes())
        building.replace(data / LAST_GOOD)
    except (OSError, JournalError):
        return  # the last good copy is a comfort; the record will say what is wrong with the place


def port_configs(settings: ConsoleSettings, site: SiteProfile) -> tuple[PortConfig, ...]:
    """Return the ports to open: those of this machine that feed a point of the suite.

    Raises `StartError` for a point without a port, and for a simulated port under a production use.
    """
    known = {port.name: port for port in settings.ports}
    wanted = list(dict.fromkeys(point.port for point in site.points))
    missing = [name for name in wanted if name not in known]
    if missing:
        raise StartError(
            f"The site file names port {missing[0]!r}, which console.toml does not have.",
            f"Add [ports.{missing[0]}] with url and expect_device to console.toml.",
        )
    _no_line_twice([known[name] for name in wanted])
    return tuple(_port_config(known[name], settings.data, site) for name in wanted)


def _no_line_twice(ports: Sequence[PortSettings]) -> None:
    """Refuse two ports on one line: each would hear half of what the other needs."""
    taken: dict[str, str] = {}
    for port in ports:
        line = port.url if "://" in port.url else os.path.realpath(port.url)
        if line in taken and not line.startswith("loop://"):
            raise StartError(
                f"Ports {taken[line]} and {port.name} are the same line, {port.url}.",
                "Give each its own url in console.toml.",
            )
        taken[line] = port.name


def _port_config(port: PortSettings, data: Path, site: SiteProfile) -> PortConfig:
    from devices.transport import origin_of  # noqa: PLC0415

    simulated = port.simulated or origin_of(port.url).value == "SIMULATED"
    if simulated and site.use == "production":
        raise StartError(
            f"Port {port.name} is simulated and the site file says production.",
            'Give the real port, or write use = "demo" in the site file.',
        )
    try:
        return PortConfig(
            port.name,
            port.url,
            expect_device=port.expect_device,
            profile=port.profile,
            baud=port.baud,
            silence_s=site.limit("silence_ms") / 1000,
            simulated=simulated,
            raw_dir=data / RAW,
            parity=port.parity,
            adapter=port.adapter,
            poll_hz=port.poll_hz,
            inputs=port.inputs,
            modules=port.modules,
        )
    except PortConfigError as error:
        raise StartError(f"Port {port.name}: {error}.", "Mend it in console.toml.") from None
