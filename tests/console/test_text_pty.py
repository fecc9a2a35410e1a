"""P11 on a real terminal: whatever a text says, the terminal gets words and our own sequences only."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from pathlib import Path

import pytest
from support.terminal import Terminal

HOSTILE = str(Path(__file__).parent / "apps" / "hostile.py")
HANDMADE = [
    "\x1b[2J\x1b[HFAKE", "\x1b]0;owned\x07", "\x1b]52;c;ZXZpbA==\x07", "\x9b2J", "\x1b]8;;http://x\x1b\\link",
    "\x90q\x9c", "[MR Unsafe]", "Implant [aneurysm clip] - STOP", "[/foo]", "[@click=app.quit]x[/]",
    "[link=http://x]y", "\\[x", "[[", "\r\n\r\nTOP", "\x00\x08\x7f", "\u202eevil", "e" + "\u0301" * 60,
    "\ud800", "\u2028", "\U000e0041", "a" * 5_000, "磁" * 300,
]  # fmt: skip
_CUT_AND_RESUMED = rb"(?:\x1b(?:\[[0-9;?]*)?)?\x18\x1b\\"  # a frame dropped half written, at closing
_OURS = re.compile(_CUT_AND_RESUMED + rb"|\x1b\[[0-9;?<>=]*\$?[A-Za-z]|\r|\n")
ATOMS = [
    "\x1b", "[", "]", "\x07", "\x9b", "0;", "52;c;", "/", "@click=app.quit", "2J", "\u202e", "\r", "x", "MR",
    "\\", "\x18", "$",
]  # fmt: skip
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def random_texts(count: int) -> list[str]:
    rng = random.Random(11)
    mixed = ["".join(rng.choices(ATOMS, k=rng.randrange(1, 14))) for _ in range(count // 2)]
    wild = [
        "".join(chr(rng.randrange(1, 0xD7FF)) for _ in range(rng.randrange(1, 30))) for _ in range(count // 2)
    ]
    return mixed + wild


@pytest.mark.pty
@pytest.mark.timing  # a terminal that is not read in time drops what it was sent, text and all
@pytest.mark.parametrize(
    "count", [80, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(1_200)])]
)
def test_no_text_drives_the_terminal(tmp_path: Path, count: int) -> None:
    texts = HANDMADE + random_texts(count)
    source = tmp_path / "texts.json"
    source.write_text(json.dumps(texts))
    with Terminal([HOSTILE, str(source)], tmp_path / "log", columns=120, rows=40) as terminal:
        terminal.wait_for("shown", deadline_s=30 + count / 10)
        assert terminal.process.wait(10) == 0
        rest = _OURS.sub(b"", bytes(terminal.raw)).decode("utf-8", "replace")
    bad = {hex(ord(ch)) for ch in rest if unicodedata.category(ch) in HIDDEN}
    assert bad == set()
    assert "aneurysm clip" in rest
    assert "MR Unsafe" in rest
