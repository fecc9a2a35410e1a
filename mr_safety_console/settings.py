"""The two configurations: this machine's `console.toml`, layered, and this suite's `site.toml`, one file.

Read once, checked against what is known, frozen and passed down. Standard library only, because
this stands before the first paint; an unknown key is refused by name.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_plus

from devices.inputs import Input, InputError, Module
from devices.tables import input_from, module_from
from mr_safety_console.domain import scanner_figures
from mr_safety_console.domain.profile import (
    TWICE_FOR,
    BareDoor,
    Point,
    PointKind,
    ProfileError,
    SiteProfile,
    Wand,
    check,
)
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.value import frozen
from mr_safety_console.site_checks import with_checks
from mr_safety_console.site_hearing import with_hearing

T = TypeVar("T")

MAX_BYTES = 64 * 1024
MAX_LINE = 1000
CHANNELS = 16
"""The most channels a device of the wire protocol has."""
MAX_DOTS = 16
"""A dotted key of twenty thousand parts costs the TOML reader seconds; ours have three."""


class ConfigError(ValueError):
    """A configuration file cannot be used; the message names file, key and remedy."""

    def __init__(self, file: Path | str, key: str, remedy: str) -> None:
        self.file, self.key, self.remedy = str(file), clean(key, cap=80), clean(remedy, cap=300)
        super().__init__(": ".join(part for part in (self.file, self.key, self.remedy) if part))


@frozen
class PortSettings:
    """One serial port of this machine, as `[ports.NAME]` describes it."""

    name: str
    url: str
    expect_device: str
    profile: str = "mrsc1"
    baud: int = 115200
    simulated: bool = False
    parity: str = "N"
    adapter: str = ""
    poll_hz: int = 10
    inputs: tuple[Input, ...] = ()
    modules: tuple[Module, ...] = ()


@frozen
class ConsoleSettings:
    """This machine: where its files are, what is plugged in, what plays its alarms (else one is found)."""

    data: Path
    site: Path
    ports: tuple[PortSettings, ...] = ()
    sources: tuple[str, ...] = field(default=())
    player: str = ""


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return a file's tables and the SHA-256 of its bytes. Raises `ConfigError`."""
    try:
        raw = _bytes_of(path)
    except OSError as error:
        raise ConfigError(path, "", f"cannot be read ({error.strerror}); check name and rights") from None
    return parse_toml(raw, path), hashlib.sha256(raw).hexdigest()


def _bytes_of(path: Path) -> bytes:
    """Return a regular file's bytes, never more than one over the cap: a pipe or device never ends."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(MAX_BYTES + 1)


def parse_toml(raw: bytes, name: Path | str) -> dict[str, Any]:
    """Return the tables of TOML bytes within the caps on size, line and depth. Raises `ConfigError`."""
    if len(raw) > MAX_BYTES:
        raise ConfigError(name, "", f"is larger than {MAX_BYTES} bytes; make it smaller")
    for number, line in enumerate(raw.splitlines(), 1):
        if len(line) > MAX_LINE or line.split(b"#")[0].count(b".") > MAX_DOTS * 4:
            raise ConfigError(name, f"line {number}", "is too long; write one setting a line")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(name, f"byte {error.start}", "is not UTF-8; save the file as UTF-8") from None
    except RecursionError:
        raise ConfigError(name, "", "is nested too deeply; flatten it") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(name, "", f"is not TOML: {error}") from None


# --- the suite ---------------------------------------------------------------------------------

_SITE_KEYS = {
    *("site", "use", "zone", "staffing", "naming", "approver", "magnet", "limits", "call"),
    *("points", "doors", "rules", "wands", "scanner", "hearing", "protectors", "checks", "link_lost"),
}
_TABLES = ("call", "rules", "limits", "link_lost")
_MAGNET_KEYS = {"b0_mt", "hazard_contour_ut", "scanner"}
_POINT_KEYS = {"id", "name", "kind", "zone", "port", "device", "channel", "door", "from", "direction"}
_DOOR_KEYS = {"name", "zone", "from"}
_RULE_KEYS = {"red_alarm_witness", "final_check_twice"}
_WAND_KEYS = {"id", "name"}


def read_site(path: Path) -> SiteProfile:
    """Return the suite's profile from its one file. Raises `ConfigError` naming key and remedy."""
    tables, sha256 = read_toml(path)
    return site_from(tables, path, sha256)


def site_from(tables: Mapping[str, Any], name: Path | str, sha256: str) -> SiteProfile:
    """Return the profile these tables describe; see `read_site`."""
    _known(tables, _SITE_KEYS, name, "")
    magnet = _table(tables, "magnet", name)
    _known(magnet, _MAGNET_KEYS, name, "magnet.")
    call, rules, limits, lost = (_table(tables, one, name) for one in _TABLES)
    _known(rules, _RULE_KEYS, name, "rules.")
    points = tables.get("points", [])
    if not isinstance(points, list) or not points:
        raise ConfigError(name, "points", "describe each door and detector in a [[points]] table")
    profile = SiteProfile(
        site=_text(tables, "site", name),
        use=_text(tables, "use", name),
        zone=_zone(tables, name),
        b0_mt=_whole(magnet, "b0_mt", name, "magnet."),
        hazard_contour_ut=_whole(magnet, "hazard_contour_ut", name, "magnet.", 500),
        points=tuple(_point(item, name, number) for number, item in enumerate(points)),
        limits={key: _whole(limits, key, name, "limits.") for key in limits},
        call={key: _text(call, key, name, where="call.") for key in call},
        staffing=_text(tables, "staffing", name, "ACR2024"),
        hash=sha256,
        naming=_text(tables, "naming", name, "acr"),
        bare_doors=_bare_doors(tables, name),
        scanner=_text(magnet, "scanner", name, "", where="magnet."),
        wands=_wands(tables, name),
        final_check_twice=_words(rules, "final_check_twice", name, TWICE_FOR),
        red_alarm_witness=_flag(rules, "red_alarm_witness", name, "rules."),
        approver=_text(tables, "approver", name, "reviewer"),
        link_prompts={key: _text(lost, key, name, where="link_lost.") for key in lost},
    )
    try:
        whole = check(with_hearing(with_checks(profile, tables), tables))
        return scanner_figures.applied(whole, _table(tables, "scanner", name))
    except ProfileError as error:
        raise ConfigError(name, "", str(error)) from None


def _words(table: Mapping[str, Any], key: str, name: Path | str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list of short words of the rules; which of them are known is the profile's to say."""
    value = table.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ConfigError(name, f"rules.{key}", "write a list of words")
    return tuple(dict.fromkeys(value))


def _zone(tables: Mapping[str, Any], name: Path | str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  -- reads files of its own

    zone = _text(tables, "zone", name)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(name, "zone", f"{zone!r} is no time zone; write one like Europe/London") from None
    return zone


def _point(item: Any, name: Path | str, number: int) -> Point:
    where = f"points[{number}]."
    if not isinstance(item, dict):
        raise ConfigError(name, where, "is not a table")
    _known(item, _POINT_KEYS, name, where)
    kind = _text(item, "kind", name, where=where)
    if kind not in set(PointKind):
        raise ConfigError(name, f"{where}kind", f"{kind!r} is not one of {', '.join(PointKind)}")
    return Point(
        id=_text(item, "id", name, where=where),
        name=_text(item, "name", name, where=where),
        kind=PointKind(kind),
        zone=_text(item, "zone", name, where=where),
        port=_text(item, "port", name, where=where),
        device=_text(item, "device", name, where=where),
        channel=_channel(item, name, where),
        door=_text(item, "door", name, "", where=where),
        outer=_text(item, "from", name, "", where=where),
        direction=_text(item, "direction", name, "unknown", where=where),
    )


def _bare_doors(tables: Mapping[str, Any], name: Path | str) -> tuple[BareDoor, ...]:
    """Return the doors no contact tells about."""
    found = []
    for item, where in _each(tables, "doors", _DOOR_KEYS, name, "door without a contact"):
        called, zone = (_text(item, key, name, where=where) for key in ("name", "zone"))
        found.append(BareDoor(called, zone, _text(item, "from", name, "", where=where)))
    return tuple(found)


def _wands(tables: Mapping[str, Any], name: Path | str) -> tuple[Wand, ...]:
    """Return the register of hand-held detectors."""
    found = _each(tables, "wands", _WAND_KEYS, name, "hand-held detector")
    return tuple(
        Wand(*(_text(item, key, name, where=where) for key in ("id", "name"))) for item, where in found
    )


def _each(
    tables: Mapping[str, Any], key: str, keys: set[str], name: Path | str, what: str
) -> list[tuple[Mapping[str, Any], str]]:
    """Return each table of a list with the place of its keys, none of them unknown."""
    items = tables.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ConfigError(name, key, f"write each {what} as a table, [[{key}]]")
    for number, item in enumerate(items):
        _known(item, keys, name, f"{key}[{number}].")
    return [(item, f"{key}[{number}].") for number, item in enumerate(items)]


def _channel(item: Mapping[str, Any], name: Path | str, where: str) -> int:
    """Return the channel; one no device has would be UNKNOWN for ever without saying why."""
    channel = _whole(item, "channel", name, where, 0)
    if not 0 <= channel < CHANNELS:
        raise ConfigError(name, f"{where}channel", f"a device has channels 0 to {CHANNELS - 1}")
    return channel


# --- the machine -------------------------------------------------------------------------------

_CONSOLE_KEYS = {"data", "site", "ports", "sound"}
_SOUND_KEYS = {"player"}
_PORT_KEYS = {
    *("url", "expect_device", "profile", "baud", "simulated"),
    *("parity", "adapter", "poll_hz", "inputs", "modules"),
}
_VARIABLES = {"MRSC_DATA": "data", "MRSC_SITE": "site", "MRSC_PLAYER": "player"}


def layered(
    files: tuple[Path, ...], environ: Mapping[str, str], flags: Mapping[str, str], defaults: Mapping[str, str]
) -> ConsoleSettings:
    """Return this machine's settings: defaults, then each file that is there, then MRSC_*, then flags.

    A later file replaces single keys of an earlier one, and a port of the same name as a whole.
    """
    merged: dict[str, Any] = dict(defaults)
    ports: dict[str, Any] = {}
    sources: list[str] = []
    for file in files:
        if not os.path.lexists(file):
            continue
        tables, _ = read_toml(file)
        _known(tables, _CONSOLE_KEYS, file, "")
        ports |= {key: _port(key, value, file) for key, value in _table(tables, "ports", file).items()}
        merged |= {key: _text(tables, key, file) for key in ("data", "site") if key in tables}
        merged |= _sound(_table(tables, "sound", file), file)
        sources.append(str(file))
    merged |= {key: environ[variable] for variable, key in _VARIABLES.items() if environ.get(variable)}
    merged |= {key: value for key, value in flags.items() if value}
    return ConsoleSettings(
        data=Path(merged["data"]).expanduser(),
        site=Path(merged["site"]).expanduser(),
        ports=tuple(ports.values()),
        sources=tuple(sources),
        player=merged.get("player", ""),
    )


def _sound(table: Mapping[str, Any], name: Path | str) -> dict[str, str]:
    """Return what plays the alarms, if the file says so."""
    _known(table, _SOUND_KEYS, name, "sound.")
    if "player" not in table:
        return {}
    player = _text(table, "player", name, where="sound.")
    if not player.startswith("/"):
        raise ConfigError(name, "sound.player", "write the whole path of the program, from /")
    return {"player": player}


def _port(key: str, value: Any, name: Path | str) -> PortSettings:
    where = f"ports.{key}."
    if not isinstance(value, dict):
        raise ConfigError(name, where, "is not a table")
    _known(value, _PORT_KEYS, name, where)
    profile = _text(value, "profile", name, "mrsc1", where=where)
    return PortSettings(
        name=key,
        url=_url(value, name, where),
        expect_device=_text(value, "expect_device", name, where=where),
        profile=profile,
        baud=_whole(value, "baud", name, where, 115200 if profile == "mrsc1" else 9600),
        simulated=_flag(value, "simulated", name, where),
        parity=_text(value, "parity", name, "N", where=where),
        adapter=_text(value, "adapter", name, "", where=where),
        poll_hz=_whole(value, "poll_hz", name, where, 10),
        inputs=_listed(value, "inputs", lambda table: input_from(table, profile), name, where),
        modules=_listed(value, "modules", module_from, name, where),
    )


def _listed(
    value: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any]], T], name: Path | str, where: str
) -> tuple[T, ...]:
    """Return what a list of tables describes, one object each."""
    tables = value.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(name, f"{where}{key}", f"write each as a table, [[{where}{key}]]")
    made: list[T] = []
    for number, table in enumerate(tables):
        try:
            made.append(read(table))
        except InputError as error:
            raise ConfigError(name, f"{where}{key}[{number}]", str(error)) from None
    return tuple(made)


def _url(value: Mapping[str, Any], name: Path | str, where: str) -> str:
    """Return where a port is; nothing that would write a file or onto the screen beside listening."""
    url = _text(value, "url", name, where=where)
    scheme, separator, rest = url.partition("://")
    if separator and scheme.lower() == "spy":
        raise ConfigError(name, f"{where}url", "spy:// copies every byte to a file; write the port behind it")
    # The port's own reader undoes %6C before it looks, so we do as well.
    parts = re.split("[?&;]", rest)[1:] if separator else []
    options = {unquote_plus(part.partition("=")[0]).strip().lower() for part in parts}
    if wrong := options & {"file", "log", "logging"}:
        raise ConfigError(
            name, f"{where}url", f"{min(wrong)}= writes beside the record; leave it out of the url"
        )
    return url


# --- reading one value -------------------------------------------------------------------------


def _known(tables: Mapping[str, Any], keys: set[str], name: Path | str, where: str) -> None:
    for key in tables:
        if key not in keys:
            raise ConfigError(name, f"{where}{key}", f"is not known; known are {', '.join(sorted(keys))}")


def _table(tables: Mapping[str, Any], key: str, name: Path | str) -> Mapping[str, Any]:
    value = tables.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(name, key, f"write it as a table, [{key}]")
    return value


def _text(
    tables: Mapping[str, Any], key: str, name: Path | str, default: str | None = None, *, where: str = ""
) -> str:
    value = tables.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ConfigError(name, f"{where}{key}", "is missing or not text; write it in quotes")
    if any(not char.isprintable() for char in value) or len(value) > 200:
        raise ConfigError(name, f"{where}{key}", "holds control characters or is too long")
    return value


def _flag(tables: Mapping[str, Any], key: str, name: Path | str, where: str) -> bool:
    value = tables.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(name, f"{where}{key}", "write true or false")
    return value


def _whole(
    tables: Mapping[str, Any], key: str, name: Path | str, where: str, default: int | None = None
) -> int:
    value = tables.get(key, default)
    if type(value) is not int:
        raise ConfigError(name, f"{where}{key}", "is missing or not a whole number; write digits only")
    return value
