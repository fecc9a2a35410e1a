"""Checks of this machine, each one line with what was found and what to do."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from devices.transport import origin_of
from mr_safety_console.bootstrap import StartError, load_site, players, port_configs
from mr_safety_console.domain import zones
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.words import say
from mr_safety_console.engine.sound import ARGUMENTS, TRIAL, Play, write_file
from mr_safety_console.engine.sounder import HANG_S
from mr_safety_console.engine.tones import trial_s
from mr_safety_console.journal.verify import verify
from mr_safety_console.settings import ConsoleSettings

MIN_FREE = 500 * 1024 * 1024
Line = tuple[bool, str]


def examine(settings: ConsoleSettings, environ: Mapping[str, str], terminal: bool) -> Iterator[Line]:
    """Yield (good, line) for every check; nothing is changed."""
    yield True, f"settings from {', '.join(settings.sources) or 'built-in defaults alone'}"
    yield from _site(settings)
    yield from _data(settings.data)
    yield from _sound(settings, environ)
    yield from _screen(environ, terminal)


def _site(settings: ConsoleSettings) -> Iterator[Line]:
    try:
        site, banner = load_site(settings)
        configs = port_configs(settings, site)
    except StartError as error:
        yield False, f"{error.reason} {error.remedy}"
        return
    yield not banner, banner or f"site file {settings.site}: {site.site}, {site.b0_mt} mT, {site.use}"
    yield from _plan(site)
    for config in configs:
        exists = "://" in config.url or Path(config.url).exists()
        word = origin_of(config.url).value if exists else "not there; check the cable and the path"
        yield exists, f"port {config.name}: {config.url} ({word})"


def _plan(site: SiteProfile) -> Iterator[Line]:
    """Tell every door of the plan, for whoever walks the building with it."""
    for door in zones.doors(site):
        names = ", ".join(point.name for point in door.watched_by)
        told = "has no contact: only eyes watch it" if door.point is None else f"port {door.point.port}"
        watched = f", watched by {names}" if names else ""
        ends = f"{zones.name(site, door.outer)} to {zones.name(site, door.inner)}"
        yield True, f"door {door.name}: {ends}, {told}{watched}"


def _data(data: Path) -> Iterator[Line]:
    if not data.is_dir():
        yield True, f"record: none yet at {data}; the first start makes one"
        return
    mode = stat.S_IMODE(data.stat().st_mode)
    yield not mode & 0o077, f"data directory {data} has mode {mode:04o}; 0700 keeps others out"
    free = shutil.disk_usage(data).free
    yield free >= MIN_FREE, f"free room: {free // 1024**2} MiB; below 500 MiB make room"
    if (data / "journal.db").exists():
        verdict = verify(data)
        yield verdict.ok, f"record: {verdict}"


def _sound(settings: ConsoleSettings, environ: Mapping[str, str]) -> Iterator[Line]:
    wanted, found = settings.player, players(settings, environ)
    if found:
        others = f", then {', '.join(player.name for player in found[1:])}" if found[1:] else ""
        yield True, f"sound: alarms are played through {found[0].path}{others}; --sound plays them"
    elif wanted:
        yield False, f"sound: {wanted} is no program that can be run; mend [sound] player in console.toml"
    else:
        yield False, f"no sound: none of {', '.join(ARGUMENTS)}; alarms have the terminal's bell alone"


def listen(settings: ConsoleSettings, environ: Mapping[str, str]) -> Line:
    """Play the sounder test through the first player; takes as long as it sounds. Nothing is recorded."""
    found = players(settings, environ)
    if not found:
        return False, "no sound: no player to play it"
    with tempfile.TemporaryDirectory(prefix="mrsc-sound-") as scratch:
        file = write_file(Path(scratch) / "sound", TRIAL)
        try:
            play = Play(found[0], file, until_bt=0)
        except OSError as error:
            return False, f"sound: {found[0].path} cannot be started ({error.strerror})"
        play.gone(trial_s() + HANG_S)
        outcome = play.outcome(now_bt=0)
        play.end()
    if outcome:
        return False, f"sound: {say('sound', outcome)} ({found[0].path})"
    return True, f"sound: low, medium and high were played through {found[0].path}; did you hear all three?"


def _screen(environ: Mapping[str, str], terminal: bool) -> Iterator[Line]:
    from mr_safety_console.console.driver import why_not_hardened  # noqa: PLC0415  -- loads Textual

    why = why_not_hardened()
    yield not why, f"terminal driver: {why or 'hardened'}"
    size = shutil.get_terminal_size()
    yield size >= (80, 24), f"terminal size {size.columns}x{size.lines}; every screen needs 80x24"
    yield terminal, "standard input is a terminal" if terminal else "standard input is no terminal"
    inside = bool(environ.get("TMUX"))
    yield (
        inside,
        (
            "inside tmux: a lost line leaves the console running"
            if inside
            else "not inside tmux: if this is a remote line, losing it ends the console; start it in tmux"
        ),
    )
