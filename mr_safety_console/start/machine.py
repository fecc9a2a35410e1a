"""This machine's settings, from where this system keeps such files."""

from __future__ import annotations

import os
from pathlib import Path

from mr_safety_console.entry import PROGRAM, StartRefused, data_dir
from mr_safety_console.settings import ConfigError, ConsoleSettings, layered


def settings_of(data: Path | None, config: Path | None) -> ConsoleSettings:
    """Return this machine's settings. Raises `StartRefused` naming file, key and remedy."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / PROGRAM
    files = [Path("/etc/xdg") / PROGRAM / "console.toml", home / "console.toml"]
    if config is not None:
        try:
            config.stat()
        except FileNotFoundError:
            raise StartRefused(f"{config}: there is no such file.", "Check --config.") from None
        except OSError as error:
            raise StartRefused(f"{config}: {error.strerror}.", "Check --config.") from None
        files.append(config)
    defaults = {"data": data_dir([], dict(os.environ)), "site": str(home / "site.toml")}
    flags = {"data": str(data)} if data else {}
    try:
        return layered(tuple(files), os.environ, flags, defaults)
    except ConfigError as error:
        raise StartRefused(f"{error}.", "Mend the file, then start again.") from None
