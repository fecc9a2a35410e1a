"""Whatever is wrong, `run` on a terminal ends within three seconds at a prompt that records a press."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from suite_files import COMMAND, CONSOLE, SITE, Home
from support.prompt import Pty, on_terminal

from mr_safety_console import bootstrap, entry
from mr_safety_console.bootstrap import StartError
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import SpoolReader, places
from mr_safety_console.engine.ticket import Ticket
from mr_safety_console.journal.place import WriterLock
from mr_safety_console.journal.tables import TRIGGERS
from mr_safety_console.settings import ConfigError, layered

PROMPT_S = 3.0
ROOT = Path(entry.__file__).parent.parent
PYTHON = getattr(sys, "_base_executable", sys.executable)


def write(path: Callable[[Home], Path], text: str) -> Callable[[Home], None]:
    def broken(home: Home) -> None:
        path(home).write_text(text)

    return broken


def site(old: str, new: str) -> Callable[[Home], None]:
    assert old in SITE
    return write(lambda home: home.site, SITE.replace(old, new))


def console(old: str, new: str) -> Callable[[Home], None]:
    assert old in CONSOLE
    return write(lambda home: home.console, CONSOLE.replace(old, new))


def site_pipe(home: Home) -> None:
    home.site.unlink()
    os.mkfifo(home.site)


def site_endless(home: Home) -> None:
    home.site.unlink()
    home.site.symlink_to("/dev/zero")


def real_line(home: Home) -> None:
    home.site.write_text(SITE.replace('use = "demo"', 'use = "production"'))
    _, slave = os.openpty()
    home.console.write_text(CONSOLE.replace("/dev/does-not-exist-1", os.ttyname(slave)))


def data_is_a_file(home: Home) -> None:
    home.data.parent.mkdir()
    home.data.write_text("not a directory")


def data_open(home: Home) -> None:
    home.make_record()
    home.data.chmod(0o755)


def journal_open(home: Home) -> None:
    home.make_record()
    (home.data / "journal.db").chmod(0o644)


def tampered(statement: str) -> Callable[[Home], None]:
    def broken(home: Home) -> None:
        home.make_record()
        db = sqlite3.connect(home.data / "journal.db")
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for part in statement.split(";"):
            db.execute(part)
        for trigger in TRIGGERS:
            db.execute(trigger)
        db.commit()
        db.close()

    return broken


def gone(*names: str) -> Callable[[Home], None]:
    def broken(home: Home) -> None:
        home.make_record()
        for name in names:
            (home.data / name).unlink()

    return broken


def rubbish(name: str) -> Callable[[Home], None]:
    def broken(home: Home) -> None:
        home.make_record()
        (home.data / name).chmod(0o600)
        (home.data / name).write_bytes(b"rubbish" * 1000)

    return broken


def chained(kind: str, kv: int, v: int = 1) -> Callable[[Home], None]:
    """A row from a later program: chained as it must be, but nothing we know."""

    def broken(home: Home) -> None:
        home.make_record()
        from mr_safety_console.journal.chain import link  # noqa: PLC0415

        db = sqlite3.connect(home.data / "journal.db")
        body, h = db.execute("SELECT body, h FROM rows WHERE seq = 1").fetchone()
        text = (
            bytes(body)
            .decode()
            .replace('"seq":1', '"seq":2')
            .replace('"kind":"log-begun"', f'"kind":"{kind}"')
        )
        text = text.replace('"kv":1', f'"kv":{kv}').replace('"v":1}', f'"v":{v}}}')
        new = text.encode()
        db.execute("INSERT INTO rows VALUES(2,?,?)", (new, link(bytes(h), new)))
        db.commit()
        db.close()

    return broken


def nothing(_home: Home) -> None:
    """Leave everything as it is."""


BROKEN: dict[str, tuple[Callable[[Home], None], str]] = {
    "site missing": (lambda home: home.site.unlink(), "site.toml: cannot be read"),
    "site unknown key": (site("staffing =", "stafing ="), "stafing: is not known"),
    "site not toml": (site("[magnet]", "[magnet"), "is not TOML"),
    "site not text": (lambda home: home.site.write_bytes(b"\xff\xfe\0"), "is not UTF-8"),
    "site too large": (write(lambda home: home.site, "#" * 100_000), "is larger than"),
    "site nested": (write(lambda home: home.site, "a = " + "[\n" * 20_000), "is nested too deeply"),
    "site below the floor": (site("transit_s = 45", "transit_s = 3600"), "limits.transit_s: 3600 is outside"),
    "site no zone": (site("Europe/Berlin", "Europe/Nowhere"), "is no time zone"),
    "site a pipe": (site_pipe, "not a regular file"),
    "site endless": (site_endless, "not a regular file"),
    "site escape in a key": (site("staffing =", '"\\u001b[2J" ='), "is not known"),
    "console unknown key": (console("url =", "uri ="), "ports.detector.uri: is not known"),
    "console port twice": (console("[ports.door]", "[ports.detector]"), "is not TOML"),
    "console port missing": (console("[ports.door]", "[ports.dor]"), "names port 'door'"),
    "console one line twice": (console("exist-2", "exist-1"), "are the same line"),
    "console unknown profile": (console("url =", 'profile = "modbus"\nurl ='), "Port detector"),
    "production on a pty": (real_line, "is simulated"),
    "data is a file": (data_is_a_file, "mr-safety-console"),
    "data open to others": (data_open, "others may reach it"),
    "journal open to others": (journal_open, "others may reach it"),
    "journal changed": (
        tampered("UPDATE rows SET body = CAST(replace(body, 'CON1', 'CON2') AS BLOB)"),
        "does not fit its hash",
    ),
    "journal emptied": (tampered("DELETE FROM rows"), "row 1 is missing"),
    "journal gone": (gone("journal.db"), "it is missing"),
    "journal rubbish": (rubbish("journal.db"), "journal.db"),
    "keys gone": (gone("keys.db"), "keys.db: it is missing"),
    "key gone": (gone("console.key"), "console.key"),
    "key rubbish": (rubbish("console.key"), "console.key"),
    "head rubbish": (rubbish("head"), "it does not hold a row number"),
    "pepper short": (lambda home: (home.make_record(), (home.data / "pepper").write_bytes(b"x")), "pepper"),
    "kind unknown": (chained("door-sang", 1), "unknown fact kind 'door-sang'"),
    "version unknown": (chained("log-begun", 9), "has version 9"),
    "format unknown": (chained("log-begun", 1, v=2), "format 2"),
}


def prompts(pty: Pty, home: Home, reason: str) -> None:
    """The prompt is there, says why and what to do, and a press becomes a record."""
    pty.expect("no emergency open >", PROMPT_S)
    flat = " ".join(pty.text.split())
    assert "EMERGENCY ONLY" in flat
    assert reason in flat, flat
    assert "What to do:" in flat
    assert "Traceback" not in flat
    assert "\x1b[2J" not in pty.text
    pty.type("\n")
    pty.expect("RECORDED ")
    assert home.recorded() == ["open-emergency"]
    pty.type("leave\n")
    assert pty.process.wait(10) == 3


LONG = {
    "site not text",
    "site too large",
    "site no zone",
    "site endless",
    "console unknown profile",
    "journal open to others",
    "journal emptied",
    "key gone",
    "key rubbish",
    "version unknown",
    "format unknown",
}
"""Told as well without a terminal below; on one only in the long run."""
CASES = [pytest.param(case, marks=[pytest.mark.soak] if case in LONG else []) for case in BROKEN]


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_start_says_why_and_leaves_nothing_open(home: Home, case: str) -> None:
    spoil, reason = BROKEN[case]
    spoil(home)
    threads = threading.active_count()
    with pytest.raises((StartError, ConfigError)) as refused:
        started(home)
    assert reason in str(refused.value)
    assert threading.active_count() == threads
    if home.data.is_dir():
        WriterLock(home.data).release()


def started(home: Home) -> None:
    settings = layered((home.console,), {}, {}, {"data": str(home.data), "site": str(home.site)})
    bootstrap.start(settings, environ=home.env).close()


def test_a_key_pressed_while_a_refused_start_ends_is_recorded(home: Home) -> None:
    """The keyboard is let go of before the emergency lane, whichever part refuses."""
    home.make_record()
    pressed: list[Ticket] = []
    lock = WriterLock(home.data)

    def armed(intake: Intake, clock: SystemClock) -> Callable[[], None]:
        return lambda: pressed.append(intake.press(clock.now()))

    settings = layered((home.console,), {}, {}, {"data": str(home.data), "site": str(home.site)})
    with pytest.raises(StartError):
        bootstrap.start(settings, environ=home.env, armed=armed)
    lock.release()
    assert [ticket.recorded is not None for ticket in pressed] == [True]
    assert [record.kind for record in SpoolReader(places(home.data, home.env)).poll()] == ["open-emergency"]


@pytest.mark.pty
@pytest.mark.parametrize("case", CASES)
def test_a_broken_start_ends_at_a_working_prompt(home: Home, case: str) -> None:
    spoil, reason = BROKEN[case]
    spoil(home)
    with on_terminal([str(COMMAND), "run"], home.env) as pty:
        prompts(pty, home, reason)


@pytest.mark.pty
def test_a_named_file_that_is_not_there(home: Home) -> None:
    with on_terminal([str(COMMAND), "run", "--config", "/nowhere/console.toml"], home.env) as pty:
        prompts(pty, home, "there is no such file")


@pytest.mark.pty
def test_the_prompt_records_where_the_console_will_look(home: Home) -> None:
    place = home.root / "elsewhere"
    home.console.write_text(f'data = "{place}"\nunheard = "of"\n{CONSOLE}')
    with on_terminal([str(COMMAND), "run"], home.env) as pty:
        pty.expect("no emergency open >", PROMPT_S)
        pty.type("\n")
        pty.expect("RECORDED ")
        pty.type("leave\n")
        assert pty.process.wait(10) == 3
    assert [record.kind for record in SpoolReader(places(place, home.env)).poll()] == ["open-emergency"]


@pytest.mark.pty
def test_a_second_instance_is_told_which_process_has_the_record(home: Home) -> None:
    home.make_record()
    lock = WriterLock(home.data)
    try:
        with on_terminal([str(COMMAND), "run"], home.env) as pty:
            prompts(pty, home, f"another console (process {os.getpid()}) is writing here")
    finally:
        lock.release()


# --- disks ---

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]


def can_mount(place: Path) -> bool:
    script = [*NAMESPACE, 'mount -t tmpfs -o size=64k tmpfs "$0"', str(place)]
    try:
        return subprocess.run(script, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.pty
@pytest.mark.parametrize(
    ("options", "reason"),
    [("size=512k", "the disk is full"), ("size=8m,ro", "the disk is mounted read-only")],
)
def test_a_disk_that_takes_nothing(home: Home, options: str, reason: str) -> None:
    home.data.mkdir(parents=True, mode=0o700)
    if not can_mount(home.data):
        pytest.skip("this machine lets nobody mount a small disk")
    script = f'mount -t tmpfs -o mode=700,{options} tmpfs "$0" && exec "$1" run'
    with on_terminal([*NAMESPACE, script, str(home.data), str(COMMAND)], home.env) as pty:
        prompts(pty, home, reason)


# --- parts of the program missing ---


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the program beside links to the libraries, for a Python that has neither."""
    root = tmp_path / "tree"
    root.mkdir()
    for name in ("mr_safety_console", "devices", "screening_forms"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in Path(pytest.__file__).parent.parent.iterdir():
        if path.suffix not in (".pth", ".dist-info") and not path.name.startswith(("_", "mr_safety")):
            (root / path.name).symlink_to(path)
    for name in ("_cffi_backend*", "_argon2*"):
        for path in Path(pytest.__file__).parent.parent.glob(name):
            if not (root / path.name).exists():
                (root / path.name).symlink_to(path)
    return root


MISSING = {
    "devices/link.py": "a part is missing: devices.link",
    "serial": "a part is missing: serial",
    "textual": "a part is missing: textual",
    "screening_forms/library": "Forms or words of the program are missing or damaged",
    "mr_safety_console/domain/words/en.toml": "Forms or words of the program are missing or damaged",
}


@pytest.mark.pty
@pytest.mark.parametrize("part", MISSING)
def test_a_part_of_the_program_is_missing(home: Home, tree: Path, part: str) -> None:
    path = tree / part
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)
    code = f"import sys; sys.path.insert(0, {str(tree)!r}); from mr_safety_console.entry import main; main()"
    with on_terminal([PYTHON, "-c", code, "run"], home.env) as pty:
        prompts(pty, home, MISSING[part])


@pytest.mark.pty
@pytest.mark.parametrize("command", ["run", "demo"])
def test_without_a_terminal_there_is_no_console(home: Home, command: str) -> None:
    done = subprocess.run(
        [str(COMMAND), command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=home.env,
        timeout=30,
    )
    assert done.returncode == 3
    assert "there is no terminal" in done.stderr
    assert "Start it in a terminal" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
