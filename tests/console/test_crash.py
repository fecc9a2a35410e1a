"""Crash records: the place and the type, and nothing a person typed or was called."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from mr_safety_console.console.crash import KEPT, CrashBox, describe, install
from mr_safety_console.domain.context import Instant

NAME = "Fictional, Patient 999"


def now() -> Instant:
    return Instant(utc=1_700_000_000_000_000, bt=5, boot="b")


def raised() -> ValueError:
    def inner(name: str) -> None:
        raise ValueError(f"no such person: {name}")

    try:
        try:
            inner(NAME)
        except ValueError as first:
            raise KeyError(NAME) from first
    except KeyError as second:
        error = ValueError(NAME)
        error.__cause__ = second
        error.__traceback__ = second.__traceback__
        return error


def test_a_description_has_types_and_places_and_no_value() -> None:
    crash = describe(raised(), now(), app="1.2")
    assert crash.types == ("builtins.ValueError", "builtins.KeyError", "builtins.ValueError")
    assert crash.module == __name__
    assert crash.line > 0
    assert NAME not in repr(crash)


def test_an_error_never_raised_is_described_too() -> None:
    crash = describe(RuntimeError(NAME), now(), app="1.2", thread="t")
    assert (crash.module, crash.line, crash.frames, crash.thread) == ("unknown", 0, (), "t")


def test_a_record_is_private_and_the_line_names_it(tmp_path: Path) -> None:
    box = CrashBox(tmp_path / "crash", now, app="1.2")
    line = box.record(raised())
    (path,) = (tmp_path / "crash").iterdir()
    assert str(path) in line
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(path.read_text())["app"] == "1.2"
    assert NAME not in line + path.read_text()


def test_a_crash_loop_does_not_fill_the_disk(tmp_path: Path) -> None:
    box = CrashBox(tmp_path, now, app="1.2")
    for _ in range(KEPT + 20):
        box.record(raised())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == KEPT
    assert names[-1].endswith(f"-{KEPT + 20:04d}.json")


def test_a_place_that_cannot_be_written_is_said_not_raised(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    line = CrashBox(blocked / "crash", now, app="1.2").record(raised())
    assert "not recorded" in line
    assert str(blocked) in line


def test_errors_of_main_and_of_threads_go_into_the_box(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    undo = install(CrashBox(tmp_path, now, app="1.2"), before_line=lambda: order.append("restored"))
    try:
        error = raised()
        sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: int(NAME), name="worker")
        thread.start()
        thread.join()
    finally:
        undo()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    shown = capfd.readouterr().err
    assert shown.startswith("Internal fault builtins.ValueError at ")
    assert shown.splitlines() == [shown.rstrip()]
    assert NAME not in shown
    assert order == ["restored"]
    threads = {json.loads(path.read_text())["thread"] for path in tmp_path.iterdir()}
    assert threads == {"MainThread", "worker"}
