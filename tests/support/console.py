"""The installed command on a real pseudo-terminal, used as a person would: keys, screen, record."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from support.terminal import Terminal
from support.waiting import wait_until

from mr_safety_console.journal.query import raw_rows

COMMAND = str(Path(sys.executable).parent / "mr-safety-console")
F9 = b"\x1b[20~"
CTRL_E = b"\x05"
ESC = b"\x1b"
ENTER = b"\r"
KEYS = {
    "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS", "f5": b"\x1b[15~",
    "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f9": F9,
    **{f"ctrl+{letter}": bytes([ord(letter) & 31]) for letter in "abcdefghijklmnopqrstuvwxyz"},
    "enter": ENTER, "escape": ESC,
}  # fmt: skip
HUMAN_GAP_S = 0.03
"""Between two keys of a person; a bar-code scanner is faster than 20 ms."""


class Console(Terminal):
    """A demonstration console with its record in `data`."""

    def __init__(
        self, data: Path, *, columns: int = 120, rows: int = 40, argv: list[str] | None = None
    ) -> None:
        self.data = data
        super().__init__(
            argv or [COMMAND, "demo", "--data", str(data)],
            data.parent / "probe.jsonl",
            columns=columns,
            rows=rows,
        )

    def text(self) -> str:
        """Return the whole screen as one text."""
        return "\n".join(self.lines())

    def see(self, words: str, deadline_s: float = 10.0) -> None:
        """Wait until the words stand on the screen."""
        try:
            wait_until(lambda: words in self.text(), deadline_s, f"{words!r} on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def key(self, name: str) -> None:
        """Press one key by its name, then leave the gap a hand leaves."""
        self.type(KEYS.get(name) or name.encode())
        end = time.monotonic() + HUMAN_GAP_S
        wait_until(lambda: time.monotonic() >= end, 1, "the gap between two keys")

    def keys(self, *names: str) -> None:
        """Press keys by name; a longer text is typed letter by letter."""
        for name in names:
            for one in [name] if name in KEYS else name:
                self.key(one)

    def started(self, *, checks: bool = True) -> None:
        """Wait until the console shows what the record says, staff of the demonstration included.

        Its checks as well, but where it goes on with a record that had none.
        """
        self.see("no alarm since", 15)
        wait_until(lambda: len(self.rows("staff-added")) >= 4, 10, "the fictional staff")
        if checks:
            wait_until(self._checks_made, 10, "the fictional checks")

    def _checks_made(self) -> bool:
        """Tell whether the fictional people who made the demonstration's checks have signed off again."""
        called, off = self.rows("checks-called"), self.rows("signed-off")
        return bool(called and off) and off[-1]["seq"] > called[-1]["seq"]

    def sign_on(self, initials: str = "AE", pin: str = "246810") -> None:
        """Sign on by initials and PIN."""
        before = len(self.rows("signed-on"))
        self.keys("ctrl+o")
        self.see("SIGN ON")
        self.keys(initials, "enter")
        self.see("now the PIN", 10)  # on a busy machine a PIN typed ahead lands in the field before it
        self.keys(pin, "enter")
        wait_until(lambda: len(self.rows("signed-on")) > before, 10, "the sign-on in the record")
        self.see(" signed on", 5)

    def rows(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the bodies of the record's rows, of one kind if named."""
        if not (self.data / "journal.db").exists():
            return []
        bodies = [json.loads(body) for _, body, _ in raw_rows(self.data)]
        return [body for body in bodies if kind in ("", body["kind"])]
