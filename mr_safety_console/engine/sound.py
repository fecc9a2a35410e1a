"""Players of this machine and the files they play: one at a time, ended when told or when it hangs."""

from __future__ import annotations

import os
import signal
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mr_safety_console.domain.sound import Tone
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine import tones

if TYPE_CHECKING:
    from subprocess import Popen

ARGUMENTS = {"pw-play": (), "paplay": (), "aplay": ("-q",), "play": ("-q",), "afplay": ()}
"""Known players, the first found first, and what keeps them quiet about themselves."""
NO_PLAYER, MISSING, FAILED, HUNG, NO_FILES, ENDED = (
    "no-player",
    "player-missing",
    "player-failed",
    "player-hung",
    "no-files",
    "sounder-ended",
)
"""Why no burst is played, as the record keeps it."""
TRIAL, PROBE = "test", "silence"
"""What is played beside the bursts."""
NAMES = (*(tone.name for tone in sorted(Tone, reverse=True)), PROBE, TRIAL)
"""Every file there is, the most pressing first."""
GONE_S = 0.2
"""How long a killed player may take to be gone before we look again later."""


@frozen
class Player:
    """A program that plays the file it is given."""

    path: str

    @property
    def name(self) -> str:
        """Return the program's own name."""
        return Path(self.path).name

    def command(self, file: Path) -> list[str]:
        """Return the command that plays a file."""
        return [self.path, *ARGUMENTS.get(self.name, ()), str(file)]


def find(path: str, wanted: str = "") -> tuple[Player, ...]:
    """Return the players there are: the wanted one alone, else the known ones along `path`.

    A wanted player that is not there gives none: another one might play to another loudspeaker.
    """
    if wanted:
        return (Player(wanted),) if wanted.startswith("/") and _runs(wanted) else ()
    places = [place for place in path.split(os.pathsep) if place.startswith("/")]
    along = [next((f"{p}/{name}" for p in places if _runs(f"{p}/{name}")), "") for name in ARGUMENTS]
    return tuple(Player(found) for found in along if found)


def _runs(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


class Play:
    """One file being played. Raises `OSError` where the player cannot be started."""

    def __init__(self, player: Player, file: Path, until_bt: int) -> None:
        import subprocess  # noqa: PLC0415  -- loads on the sounder's thread, beside the start

        self.player = player
        self._until_bt = until_bt
        null = subprocess.DEVNULL
        # A session of its own: a player that is a script goes with all that it started.
        self._process: Popen[bytes] = subprocess.Popen(  # noqa: S603  -- a path of ours or of the machine's file
            player.command(file), stdin=null, stdout=null, stderr=null, cwd="/", start_new_session=True
        )

    def outcome(self, now_bt: int) -> str | None:
        """Return None while it plays, nothing once it has ended well, else why it has not."""
        code = self._process.poll()
        if code is not None:
            return FAILED if code else ""
        return HUNG if now_bt >= self._until_bt else None

    def end(self) -> bool:
        """End it now; False if it does not go at once."""
        if self.gone():
            return True  # its number may be another program's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self.gone(GONE_S)

    def gone(self, wait_s: float = 0.0) -> bool:
        """Tell whether it has ended."""
        from subprocess import TimeoutExpired  # noqa: PLC0415

        with suppress(TimeoutExpired):
            self._process.wait(wait_s)
        return self._process.returncode is not None


def write_file(place: Path, name: str) -> Path:
    """Write a burst, the test or the silence as a WAV file of ours alone. Raises `OSError`.

    `name` is a tone's, or `TRIAL` or `PROBE`. Making one costs a few milliseconds.
    """
    place.mkdir(mode=0o700, exist_ok=True)
    file = _file(place, name)
    made = {TRIAL: tones.trial, PROBE: tones.silence}.get(name)
    _write(file, made() if made is not None else tones.burst(Tone[name]))
    return file


def file_for(place: Path, name: str) -> Path:
    """Write the file of this name; where that fails, return the one of ours that is there. Raises `OSError`.

    A disk that is full by the time of the first alarm leaves it a sound.
    """
    try:
        return write_file(place, name)
    except OSError:
        kept = _file(place, name)
        if not _ours(kept):
            raise
        return kept


def _file(place: Path, name: str) -> Path:
    return place / f"{name.lower().replace('_', '-')}.wav"


def _ours(file: Path) -> bool:
    """Tell whether there is a regular file of ours with something in it."""
    try:
        known = file.lstat()
    except OSError:
        return False
    return stat.S_ISREG(known.st_mode) and known.st_uid == os.geteuid() and known.st_size > 0


def _write(file: Path, data: bytes) -> None:
    building = file.with_suffix(".new")
    with suppress(FileNotFoundError):
        building.unlink()
    fd = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(data)
    building.replace(file)
