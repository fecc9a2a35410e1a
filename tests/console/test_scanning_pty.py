"""A scanner on the real console: a code at wedge speed changes neither screen nor record."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console import F9, Console

pytestmark = pytest.mark.pty

TOLD = "this page takes none"
CODE = b"0109521101530001172712311\x1d0ynuasdtpkhjmbx/?.,-1234567890\r"
SCREENS = (("f2", "SUITE"), ("f3", "VISIT"), ("f6", "ALARMS"), ("f7", "LOG"), ("ctrl+d", "DEVICES"))


@pytest.mark.timeout(120)
def test_a_code_changes_neither_screen_nor_record_whatever_is_in_front(tmp_path: Path) -> None:
    with Console(tmp_path / "data") as console:
        console.started()
        console.sign_on()
        kinds = [row["kind"] for row in console.rows() if row["src"] == "person"]
        for key, _name in SCREENS:
            console.key(key)
            console.type(CODE)
            console.see(TOLD)
            console.key("escape")
        console.key("ctrl+o")
        console.see("SIGN ON")
        console.type(b"AE123456\r")
        console.see("AE123456")
        console.see("SIGN ON")
        assert "now the PIN" not in console.text()
        console.key("escape")
        assert [row["kind"] for row in console.rows() if row["src"] == "person"] == kinds
        console.type(CODE[:-1] + F9)
        console.see("EMERGENCY")
