"""The console script: scrubbed, isolated, and never a dead end on a terminal."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.prompt import on_terminal
from support.waiting import wait_until

from mr_safety_console import entry
from mr_safety_console.engine.spool import SpoolReader, places

ROOT = Path(entry.__file__).parent.parent
PYTHON = getattr(sys, "_base_executable", sys.executable)
PROBE = """
import json, os, resource, sys
def app(prog_name):
    print(json.dumps({"env": dict(os.environ), "isolated": sys.flags.isolated, "umask": os.umask(0o77),
        "core": resource.getrlimit(resource.RLIMIT_CORE), "argv": sys.argv, "prog": prog_name}))
"""


def test_the_environment_is_an_allow_list() -> None:
    given = {
        "TERM": "xterm",
        "LANG": "C",
        "LC_ALL": "C",
        "HOME": "/h",
        "XDG_DATA_HOME": "/x",
        "TMUX": "t",
        "NO_COLOR": "1",
        "MRSC_DATA": "/d",
    }
    hostile = {
        "PYTHONPATH": "/evil",
        "PYTHONSTARTUP": "/evil",
        "LD_PRELOAD": "/evil.so",
        "TEXTUAL": "debug",
        "TEXTUAL_FPS": "1",
        "TEXTUAL_DRIVER": "evil:Driver",
        "PATH": "/evil",
        "COLUMNS": "9",
        "SSH_AUTH_SOCK": "/s",
    }
    assert entry.scrubbed({**given, **hostile}) == {
        **given,
        "PATH": entry.PATH,
        "TEXTUAL_FPS": entry.TEXTUAL_FPS,
    }


@pytest.mark.parametrize(
    ("args", "environ", "place"),
    [
        (["run", "--data", "/a"], {"MRSC_DATA": "/b"}, "/a"),
        (["run", "--data=/a"], {}, "/a"),
        (["run", "--data"], {"MRSC_DATA": "/b"}, "/b"),
        ([], {"XDG_DATA_HOME": "/c", "XDG_CONFIG_HOME": "/nowhere"}, "/c/mr-safety-console"),
        (["run", "--data", "/a", "--data=/b"], {}, "/b"),
    ],
)
def test_the_data_directory_comes_from_arguments_then_environment_then_custom(
    args: list[str], environ: dict[str, str], place: str
) -> None:
    assert entry.data_dir(args, environ) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('data = "/d"\n', "/d"),
        ("  data='/d e'  # here\n[ports.x\nbroken", "/d e"),
        ('surely no TOML\ndata = "~/d"', os.path.expanduser("~/d")),
        ('[other]\ndata = "/d"', "/c/mr-safety-console"),
        ('#data = "/d"', "/c/mr-safety-console"),
        ('data = "/d', "/c/mr-safety-console"),
        ("\0\xff" * 100, "/c/mr-safety-console"),
    ],
)
def test_the_line_mode_finds_the_place_a_console_file_names(tmp_path: Path, text: str, place: str) -> None:
    """An emergency written elsewhere would never reach the record."""
    given = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": "/c"}
    own = tmp_path / "mr-safety-console" / "console.toml"
    own.parent.mkdir()
    own.write_text(text, encoding="latin-1")
    assert entry.data_dir(["run"], given) == place
    assert entry.data_dir(["run"], {**given, "MRSC_DATA": "/b"}) == "/b"
    named = tmp_path / "named.toml"
    named.write_text('data = "/n"')
    assert entry.data_dir(["run", "--config", str(named)], given) == "/n"


def test_a_console_file_that_never_ends_holds_nothing_up(tmp_path: Path) -> None:
    given = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": "/c"}
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), "/dev/zero", str(tmp_path)):
        assert entry.data_dir(["run", f"--config={path}"], given) == "/c/mr-safety-console"


def test_a_file_name_in_a_refusal_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Place and remedy quote names that came from outside; they reach a terminal through a pipe too."""
    name = "made-up/\x1b]0;title\x07\x1b[2J\x9b2J\u202egnp.toml\udcff"
    with pytest.raises(SystemExit) as stopped:
        entry._give_up(f"{name}: there is no such file.", f"Check {name}\nor call.", ["log"])
    assert stopped.value.code == entry.REFUSED
    said = capsys.readouterr().err
    assert all(char.isprintable() or char == "\n" for char in said)
    assert said.count("\n") == 3
    assert "]0;title" in said


def test_the_neighbours_of_this_checkout_are_its_own() -> None:
    entry.check_neighbours()
    with pytest.raises(entry.StartRefused) as refused:
        foreign_neighbour_refused()
    assert "screening_forms" in refused.value.reason
    assert refused.value.code == 3


def foreign_neighbour_refused() -> None:
    before = sys.path[:]
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"foreign-{os.getpid()}"  # noqa: S108
    (place / "screening_forms").mkdir(parents=True)
    (place / "screening_forms" / "__init__.py").touch()
    sys.path.insert(0, str(place))
    try:
        entry.check_neighbours()
    finally:
        sys.path[:] = before
        shutil.rmtree(place)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the console script needs, beside a `cli` the test writes."""
    root = tmp_path / "tree"
    for name in ("devices", "screening_forms"):
        (root / name).mkdir(parents=True)
        (root / name / "__init__.py").touch()
    others = shutil.ignore_patterns("cli*", "bootstrap*", "console", "journal", "reports", "settings*")
    shutil.copytree(ROOT / "mr_safety_console", root / "mr_safety_console", ignore=others)
    return root


def starter(tree: Path, *args: str) -> list[str]:
    """Return the command line that a console script amounts to, on a Python without our venv."""
    code = f"import sys; sys.path.insert(0, {str(tree)!r}); from mr_safety_console.entry import main; main()"
    return [PYTHON, "-c", code, *args]


def environ(tree: Path) -> dict[str, str]:
    return {
        "TERM": "xterm-256color",
        "HOME": str(tree),
        "PATH": "/usr/bin",
        "LANG": "C.UTF-8",
        "XDG_DATA_HOME": str(tree / "xdg"),
        "XDG_RUNTIME_DIR": str(tree / "run"),
        "PYTHONPATH": "/nowhere",
        "LD_LIBRARY_PATH": "/nowhere",
    }


def piped(tree: Path, cli: str | None, *args: str) -> subprocess.CompletedProcess[str]:
    if cli is not None:
        (tree / "mr_safety_console" / "cli.py").write_text(cli)
    return subprocess.run(
        starter(tree, *args),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environ(tree),
    )


def test_the_program_runs_isolated_scrubbed_and_tightened(tree: Path) -> None:
    done = piped(tree, PROBE, "log", "show")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["isolated"] == 1
    assert told["umask"] == 0o077
    assert told["core"] == [0, 0]
    assert told["argv"] == ["mr-safety-console", "log", "show"]
    assert set(told["env"]) - {"LC_CTYPE"} == {
        "TERM",
        "HOME",
        "PATH",
        "LANG",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "TEXTUAL_FPS",
    }


@pytest.mark.parametrize("code", [0, 1, 2])
def test_exit_codes_pass_through(tree: Path, code: int) -> None:
    done = piped(tree, f"def app(prog_name):\n    raise SystemExit({code})\n", "log", "verify")
    assert (done.returncode, done.stderr) == (code, "")


BROKEN = {
    "no cli": (None, "a part is missing: mr_safety_console.cli"),
    "no library": ("import no_such_library\n", "a part is missing: no_such_library"),
    "not python": ("def app(:\n", "SyntaxError in"),
    "dies on import": ("x = 1 / 0\n", "ZeroDivisionError in cli.py line 1"),
    "dies at start": (
        "def app(prog_name):\n    raise ValueError('canary')\n",
        "ValueError in cli.py line 2",
    ),
    "exit 3": ("def app(prog_name):\n    print('said so')\n    raise SystemExit(3)\n", "in the lines above"),
    "refused": (
        (
            "from mr_safety_console.entry import StartRefused\n"
            "def app(prog_name):\n    raise StartRefused('the journal is locked', 'Close the other.')\n"
        ),
        "the journal is locked",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_without_a_terminal_a_broken_start_is_exit_3_with_place_and_remedy(tree: Path, case: str) -> None:
    cli, reason = BROKEN[case]
    done = piped(tree, cli, "demo")
    assert done.returncode == 3
    assert reason in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2
    assert "canary" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("args", "given"),
    [
        (["run"], {"--data": "", "--config": ""}),
        (["run", "--data", "d"], {"--data": "d", "--config": ""}),
        (["run", "--config=c", "--data=d=e"], {"--data": "d=e", "--config": "c"}),
        (["run", "--data"], None),
        (["run", "--data", "--config"], None),
        (["run", "--data="], None),
        (["run", "--help"], None),
        (["run", "--date", "d"], None),
        (["run", "d"], None),
        (["demo"], None),
        ([], None),
    ],
)
def test_only_a_plain_run_goes_past_the_command_line(args: list[str], given: dict[str, str] | None) -> None:
    assert entry.plain_run(args) == given


def test_a_plain_run_gets_its_options_and_gives_its_exit_code(tree: Path) -> None:
    (tree / "mr_safety_console" / "start" / "run.py").write_text(
        "def run(data, config):\n    print(repr(str(data)), config)\n    return 1\n"
    )
    done = piped(tree, None, "run", "--data", "d")
    assert (done.returncode, done.stdout) == (1, "'d' None\n")


def test_a_plain_run_with_a_part_missing_is_refused_by_its_name(tree: Path) -> None:
    done = piped(tree, None, "run")
    assert done.returncode == 3
    assert "a part is missing: mr_safety_console.bootstrap" in done.stderr


def kinds_recorded(tree: Path) -> list[str]:
    dirs = places(tree / "xdg" / "mr-safety-console", {"XDG_RUNTIME_DIR": str(tree / "run")})
    return [record.kind for record in SpoolReader(dirs).poll()]


@pytest.mark.pty
@pytest.mark.parametrize(("case", "args"), [*((case, ("demo",)) for case in BROKEN), ("refused", ())])
def test_on_a_terminal_every_broken_start_ends_at_a_working_prompt(
    tree: Path, case: str, args: tuple[str, ...]
) -> None:
    cli, reason = BROKEN[case]
    if cli is not None:
        (tree / "mr_safety_console" / "cli.py").write_text(cli)
    (tree / "run").mkdir(mode=0o700)
    with on_terminal(starter(tree, *args), environ(tree)) as pty:
        pty.expect("no emergency open >")
        assert "EMERGENCY ONLY" in pty.text
        assert reason in pty.text
        assert "What to do:" in pty.text
        assert "canary" not in pty.text
        pty.type("\n")
        pty.expect("RECORDED ")
        assert kinds_recorded(tree) == ["open-emergency"]
        pty.type("leave\n")
        pty.expect("Left.")
        assert pty.process.wait(10) == 3


@pytest.mark.pty
def test_other_commands_end_with_exit_3_also_on_a_terminal(tree: Path) -> None:
    with on_terminal(starter(tree, "log", "verify"), environ(tree)) as pty:
        assert pty.process.wait(10) == 3
        assert "EMERGENCY ONLY" not in pty.text


@pytest.mark.pty
def test_interrupts_neither_end_the_line_mode_nor_lose_anything(tree: Path) -> None:
    (tree / "run").mkdir(mode=0o700)
    with on_terminal(starter(tree, "emergency"), environ(tree)) as pty:
        pty.expect("no emergency open >")
        pty.type("c\n")
        pty.expect("E1  0:0")

        def answered() -> bool:
            pty.type("\x03")  # one that falls between a check and a read is answered with the next line
            return "Still here." in pty.text

        wait_until(answered, 10, "the interrupt is answered")
        pty.type("\x1c\x1a")
        pty.type("7\n")
        pty.expect(", patient out")
        os.kill(pty.process.pid, signal.SIGKILL)
        pty.process.wait(5)
    assert kinds_recorded(tree) == ["open-emergency", "choose-emergency-kind", "stamp-emergency-step"]


@pytest.mark.pty
def test_a_terminal_left_raw_gets_its_lines_back(tree: Path) -> None:
    (tree / "mr_safety_console" / "cli.py").write_text(
        "import sys, tty\ndef app(prog_name):\n    tty.setraw(0)\n    raise SystemExit(3)\n"
    )
    with on_terminal(starter(tree, "demo"), environ(tree)) as pty:
        pty.expect("no emergency open >")
        assert "\x1b[?1049l" in pty.text
        pty.type("x\n")
        pty.expect("OTHER EMERGENCY   (NOT")
        assert "> x" in pty.text


def test_the_line_mode_works_from_a_pipe_too(tree: Path) -> None:
    done = subprocess.run(
        starter(tree, "emergency", "--data", str(tree / "elsewhere")),
        input="c\n1\n",
        capture_output=True,
        text=True,
        check=True,
        env=environ(tree),
    )
    assert done.stdout.count("RECORDED ") == 3
    assert list((tree / "elsewhere" / "spool").glob("*.spool"))


def test_even_without_the_line_mode_it_says_on_paper(tree: Path) -> None:
    (tree / "mr_safety_console" / "lifeboat.py").unlink()
    done = piped(tree, None, "emergency")
    assert "WRITE ON PAPER" in done.stderr


def test_emergency_help_is_one_usage_line(tree: Path) -> None:
    done = piped(tree, None, "emergency", "--help")
    assert done.stdout.startswith("Usage: mr-safety-console emergency")


@pytest.mark.timing
def test_the_way_through_the_shim_costs_less_than_six_bare_interpreters(tree: Path) -> None:
    (tree / "mr_safety_console" / "cli.py").write_text("def app(prog_name):\n    pass\n")

    def seconds(argv: list[str]) -> float:
        """Return processor time: another program on the machine does not change what the way costs."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, check=True, env=environ(tree), stdin=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = [PYTHON, "-I", "-c", "pass"]
    for argv in (starter(tree, "log"), bare):
        seconds(argv)
    through, alone = (min(seconds(argv) for _ in range(10)) for argv in (starter(tree, "log"), bare))
    assert through < 6 * alone
