"""A player double: a program that writes down which file it was given, and when, and then takes its time."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

QUIET = shutil.which("true") or "/bin/true"
"""Plays whatever it is given at once, unheard: the player of every test that is not about sound."""
SCRIPT = """#!/bin/sh
. "{place}/mood"
for file; do :; done
echo "begin ${{file##*/}} $(date +%s.%N)" >> "{place}/played"
sleep "$seconds"
echo "end ${{file##*/}} $(date +%s.%N)" >> "{place}/played"
exit "$code"
"""


@dataclass(frozen=True)
class Word:
    """One line of what the double wrote: begin or end, the file, and wall time in seconds."""

    what: str
    file: str
    at: float


class PlayerDouble:
    """Lives in a directory of its own; `mood` says how long it plays and how it ends."""

    def __init__(self, place: Path, name: str = "player") -> None:
        place.mkdir(exist_ok=True)
        self.place = place
        self.path = place / name
        self.mood()
        self.path.write_text(SCRIPT.format(place=place), encoding="utf-8")
        self.path.chmod(0o755)

    def mood(self, seconds: float = 0.0, code: int = 0) -> None:
        """Play so long from the next file on, and end with this code."""
        building = self.place / "mood.new"
        building.write_text(f"seconds={seconds}\ncode={code}\n", encoding="utf-8")
        building.replace(self.place / "mood")

    def said(self) -> list[Word]:
        """Return everything written so far."""
        file = self.place / "played"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [Word(what, name, float(at)) for what, name, at in (line.split() for line in lines)]

    def begun(self, *but: str) -> list[str]:
        """Return the files begun, in order, without those named; the silent one is never told."""
        left_out = {"silence.wav", *but}
        return [word.file for word in self.said() if word.what == "begin" and word.file not in left_out]

    def ended(self) -> list[str]:
        """Return the files played to their end."""
        return [word.file for word in self.said() if word.what == "end" and word.file != "silence.wav"]

    @staticmethod
    def now() -> float:
        """Return the moment in the clock the double writes."""
        return time.time()
