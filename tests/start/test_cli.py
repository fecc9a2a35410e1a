"""The command line: what each command prints, and the four ways it may end."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from suite_files import SITE, Home, run
from support.player import QUIET, PlayerDouble
from support.rich_form import RICH
from support.source import ROOT
from typer.testing import CliRunner

import mr_safety_console
from mr_safety_console.cli import app
from mr_safety_console.journal.place import WriterLock
from mr_safety_console.journal.tables import TRIGGERS
from screening_forms.shipped import load_library

COMMANDS = [
    [],
    ["run"],
    ["demo"],
    ["doctor"],
    ["devices"],
    ["devices", "ports"],
    ["devices", "watch"],
    ["devices", "simulate"],
    ["forms"],
    ["forms", "list"],
    ["forms", "show"],
    ["forms", "lint"],
    ["forms", "validate"],
    ["log"],
    ["log", "show"],
    ["log", "export"],
    ["log", "verify"],
    ["staff"],
    ["staff", "add"],
    ["staff", "list"],
    ["items"],
    ["items", "import"],
    ["items", "list"],
]


class Cli:
    """The typer app in this process, in a home of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.code = 0
        self.err = ""

    def __call__(self, *args: str, said: str = "", player: str = QUIET) -> str:
        env = {**self.home.env, "MRSC_PLAYER": player}
        result = CliRunner().invoke(app, list(args), input=said, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.err = result.exit_code, result.stderr
        return result.stdout


@pytest.fixture
def cli(home: Home) -> Cli:
    return Cli(home)


def first_person(cli: Cli) -> None:
    cli("staff", "add", "Olga Officer", "SO", "--role", "MRSO", said="246810\n246810\n")
    assert cli.code == 0, cli.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(cli: Cli, command: list[str]) -> None:
    text = cli(*command, "--help")
    assert cli.code == 0
    assert "Usage" in text


def test_the_version_is_printed(cli: Cli) -> None:
    assert cli("--version").strip() == f"mr-safety-console {mr_safety_console.__version__}"
    assert cli.code == 0


@pytest.mark.parametrize(
    "args",
    [
        ["no-such"],
        ["run", "--no-such"],
        ["log", "export", "--format", "csv"],
        ["log", "show", "-n", "0"],
        ["forms", "show", "no-such"],
        ["demo", "--scenario", "no-such"],
        ["devices", "simulate", "no-such"],
        ["devices", "simulate", "--profile", "no-such"],
        ["devices", "simulate", "--fault", "no-such"],
        ["devices", "watch", "no-such", "/dev/null"],
        ["devices", "watch", "no-such-port"],
        ["devices", "replay", "/no-such-file"],
        ["staff", "add", "Only Name"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_what(cli: Cli, args: list[str]) -> None:
    cli(*args)
    assert cli.code == 2
    assert cli.err.strip()


@pytest.mark.pty
def test_the_four_exit_codes_of_the_installed_command(home: Home) -> None:
    assert run(home, "--version").returncode == 0
    assert run(home, "log", "verify").returncode == 1
    assert run(home, "log", "no-such").returncode == 2
    home.site.write_text(SITE.replace("zone =", "zne ="))
    refused = run(home, "run")
    assert refused.returncode == 3
    assert "zne: is not known" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 2


@pytest.mark.pty
def test_a_second_instance_without_a_terminal_is_3_with_a_clear_line(home: Home) -> None:
    home.make_record()
    lock = WriterLock(home.data)
    try:
        for args in (("run",), ("staff", "list"), ("staff", "add", "N", "NN", "--role", "MRSO")):
            done = run(home, *args, said="246810\n246810\n")
            assert done.returncode == 3
            assert f"another console (process {os.getpid()}) is writing here" in done.stderr
        assert run(home, "log", "verify").returncode == 0, "readers need nobody's leave"
        assert run(home, "log", "show").returncode == 0
    finally:
        lock.release()


# --- staff ---


def test_the_first_person_needs_nobody_later_ones_an_officer(cli: Cli) -> None:
    first_person(cli)
    cli("staff", "add", "Terry T", "TT", "--role", "MRST", said="135791\n135791\n")
    assert cli.code == 1
    assert "--by" in cli.err
    cli("staff", "add", "Terry T", "TT", "--role", "MRST", "--by", "SO", said="111112\n135791\n135791\n")
    assert cli.code == 1
    assert "PIN does not match" in cli.err
    cli("staff", "add", "Terry T", "TT", "--role", "MRST", "--by", "XX", said="246810\n135791\n135791\n")
    assert cli.code == 1
    out = cli(
        "staff", "add", "Terry T", "TT", "--role", "MRST", "--by", "SO", said="246810\n135791\n135791\n"
    )
    assert (cli.code, "TT entered as MRST" in out) == (0, True)
    lines = cli("staff", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["SO", "TT"]
    assert "pin-refused" in cli("log", "export")


ITEMS = """tag,name,class,label,evidence,reference,limit_mt,inspection_due
P-1,Infusion pump,pump,mr-conditional,maker-instructions,manual page 7,20,2999-12-31
O-1,Ward cylinder,oxygen-cylinder,unlabelled,,,,
"""


def test_a_list_of_items_is_checked_without_a_record_and_entered_by_two_people_whole_or_not(
    cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(ITEMS, encoding="utf-8")
    assert "2 item(s), no mistake found" in cli("items", "import", str(path), "--check")
    assert (cli.code, cli.home.data.exists()) == (0, False)
    cli("staff", "add", "Mona Expert", "SE", "--role", "MRSE", "--role", "MRSO", said="246810\n246810\n")
    cli("staff", "add", "T T", "TT", "--role", "MRST", "--by", "SE", said="246810\n135791\n135791\n")
    cli("items", "import", str(path), "--by", "SE", "--by", "SE", said="246810\n246810\n")
    assert (cli.code, "--by" in cli.err) == (1, True)
    path.write_text(ITEMS.replace(",pump,", ",gadget,"), encoding="utf-8")
    cli("items", "import", str(path))
    assert (cli.code, "line 2, class" in cli.err, "1 mistake(s)" in cli.err) == (1, True, True)
    assert "item-registered" not in cli("log", "export")
    path.write_text(ITEMS, encoding="utf-8")
    out = cli("items", "import", str(path), "--by", "SE", "--by", "TT", said="246810\n135791\n")
    assert (cli.code, "2 item(s) entered in the register." in out) == (0, True)
    assert cli("items", "list").splitlines() == [
        "I1    P-1          MR Conditional   out  Infusion pump  due 2999-12-31",
        "I2    O-1          UNLABELLED       out  Ward cylinder  QUARANTINE",
    ]
    exported = cli("log", "export")
    assert exported.count("item-registered") == 2
    assert "Infusion" not in exported


@pytest.mark.parametrize("pin", ["12345", "111111", "12345a", "１２３４５６"])
def test_a_weak_pin_is_2(cli: Cli, pin: str) -> None:
    cli("staff", "add", "N", "NN", "--role", "MRSO", said=f"{pin}\n{pin}\n")
    assert cli.code == 2
    assert "PIN" in cli.err


def test_an_unknown_role_is_refused_with_those_known(cli: Cli) -> None:
    cli("staff", "add", "N", "NN", "--role", "KING", said="246810\n246810\n")
    assert cli.code == 1
    assert "MRSO" in cli.err


def test_listing_where_there_is_no_record_says_how_to_begin_one(cli: Cli) -> None:
    cli("staff", "list")
    assert cli.code == 1
    assert "staff add" in cli.err
    assert not cli.home.data.exists()


# --- the record ---


def tamper(home: Home, seq: int) -> None:
    db = sqlite3.connect(home.data / "journal.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    (body,) = db.execute("SELECT body FROM rows WHERE seq = ?", (seq,)).fetchone()
    db.execute("UPDATE rows SET body = ? WHERE seq = ?", (bytes(body)[:-1] + b" ", seq))
    for trigger in TRIGGERS:
        db.execute(trigger)
    db.commit()
    db.close()


def test_verify_says_ok_and_after_tampering_names_the_row_with_1(cli: Cli) -> None:
    first_person(cli)
    assert cli("log", "verify").startswith("OK rows 2 head ")
    assert cli.code == 0
    tamper(cli.home, 1)
    assert "row 1" in cli("log", "verify")
    assert cli.code == 1


def test_show_prints_newest_rows_last_and_what_it_cannot_read(cli: Cli) -> None:
    first_person(cli)
    lines = cli("log", "show").splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert len(cli("log", "show", "-n", "1").splitlines()) == 1
    assert "Olga" not in "\n".join(lines)
    cli("log", "show", "--data", str(cli.home.root / "nowhere"))
    assert cli.code == 1
    assert "nowhere" in cli.err


def test_export_is_every_row_as_stored_for_the_owner_and_never_over_another_file(
    cli: Cli, tmp_path: Path
) -> None:
    first_person(cli)
    target = tmp_path / "out.jsonl"
    cli("log", "export", "-o", str(target))
    assert cli.code == 0
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [row["seq"] for row in rows] == [1, 2]
    assert [row["body"]["kind"] for row in rows] == ["log-begun", "staff-added"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "Olga" not in target.read_text("utf-8")
    before = target.read_bytes()
    cli("log", "export", "-o", str(target))
    assert cli.code == 1
    assert str(target) in cli.err
    assert target.read_bytes() == before
    cli("log", "export", "-o", str(tmp_path / "no" / "such" / "place"))
    assert cli.code == 1


# --- forms and devices ---


def test_forms_are_listed_shown_and_linted(cli: Cli, tmp_path: Path) -> None:
    listed = cli("forms", "list").splitlines()
    assert [line.split()[0] for line in listed] == list(load_library())
    for form in load_library():
        assert len(cli("forms", "show", form).splitlines()) > 3
    assert "0 problem(s)" in cli("forms", "lint")
    assert cli.code == 0
    bad = tmp_path / "bad.json"
    bad.write_text('{"resourceType": "Questionnaire", "status": "draft"}')
    cli("forms", "lint", str(bad), str(tmp_path / "none.json"))
    assert cli.code == 1


def test_a_form_is_shown_beside_its_translation_and_2_where_there_is_none(cli: Cli) -> None:
    shown = cli("forms", "show", "screening-adult", "--language", "de")
    assert (cli.code, "de: Tragen Sie ein Hörgerät?" in shown) == (0, True)
    assert "de: NOT SITE-APPROVED translation" in shown
    assert "Hörgerät" not in cli("forms", "show", "screening-adult", "--language", "en")
    assert "screening-adult  0.1.0" in cli("forms", "show", "screening-adult|0.1.0")
    assert cli.code == 0
    cli("forms", "show", "screening-staff", "--language", "de")
    assert cli.code == 2
    assert "is not translated into de; there is: en" in cli.err


def test_lint_is_0_for_a_clean_file_1_for_findings_and_2_for_no_file(cli: Cli, tmp_path: Path) -> None:
    shipped = ROOT / "screening_forms/library/hearing.json"
    assert cli("forms", "lint", str(shipped)) == "0 problem(s)\n"
    assert cli.code == 0
    broken = json.loads(shipped.read_text(encoding="utf-8"))
    broken["item"][0]["item"][0]["enableWhen"] = [{"question": "x", "operator": "==", "answerString": "y"}]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    found = cli("forms", "lint", str(tmp_path / "broken.json"))
    assert cli.code == 1
    link_id = broken["item"][0]["item"][0]["linkId"]
    assert f"broken.json: item[0].item[0].enableWhen[0]: binding (linkId {link_id}): the operator" in found
    assert cli("forms", "lint", str(tmp_path / "none.json")) == ""
    assert cli.code == 2
    assert "none.json: cannot be opened" in cli.err
    assert "1 file(s) not read" in cli.err
    (tmp_path / "link.json").symlink_to(shipped)
    assert cli("forms", "lint", str(shipped), str(tmp_path / "link.json")) == "0 problem(s)\n"
    assert cli.code == 2
    assert "is a link; name the file itself" in cli.err


def test_the_rules_of_this_console_can_be_left_out(cli: Cli, tmp_path: Path) -> None:
    item = {"linkId": "1", "text": "Any?", "type": "boolean"}
    form = {"resourceType": "Questionnaire", "status": "draft", "item": [item]}
    (tmp_path / "form.json").write_text(json.dumps(form))
    assert "trigger-missing" in cli("forms", "lint", str(tmp_path / "form.json"))
    assert cli("forms", "lint", "--fhir-only", str(tmp_path / "form.json")) == "0 problem(s)\n"


def test_a_response_is_validated_in_words_and_as_an_outcome(cli: Cli, tmp_path: Path) -> None:
    form, response = tmp_path / "form.json", tmp_path / "response.json"
    item = {"linkId": "1", "text": "Any?", "type": "boolean", "required": True}
    top = {"resourceType": "Questionnaire", "url": "urn:f", "status": "draft"}
    form.write_text(json.dumps({**top, "item": [item]}))
    whole = {"resourceType": "QuestionnaireResponse", "questionnaire": "urn:f", "status": "completed"}
    answered = {**whole, "item": [{"linkId": "1", "answer": [{"valueBoolean": False}]}]}
    response.write_text(json.dumps(answered))
    assert cli("forms", "validate", str(form), str(response)) == "0 finding(s)\n"
    assert cli.code == 0
    response.write_text(json.dumps(whole))
    assert "error required QuestionnaireResponse: required (linkId 1): is open" in cli(
        "forms", "validate", str(form), str(response)
    )
    assert cli.code == 1
    outcome = json.loads(cli("forms", "validate", str(form), str(response), "--json"))
    assert cli.code == 1
    assert (outcome["resourceType"], outcome["issue"][0]["code"]) == ("OperationOutcome", "required")
    cli("forms", "validate", str(form), str(tmp_path / "none.json"))
    assert cli.code == 2
    assert "none.json" in cli.err


def test_any_form_is_shown_for_paper_and_one_that_cannot_be_read_is_usage(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text(json.dumps(RICH))
    shown = cli("forms", "show", str(tmp_path / "form.json"))
    assert cli.code == 0
    for words in (
        "A rich form",
        "*Q90 Any? (required)",
        "[ ] No   [ ] Yes",
        "Only if “Q90” is Yes",
        "A line left",
    ):
        assert words in shown
    (tmp_path / "form.json").write_text(json.dumps({**RICH, "implicitRules": "urn:x"}))
    cli("forms", "show", str(tmp_path / "form.json"))
    assert cli.code == 2
    assert "'implicitRules' is not supported" in cli.err


def test_ports_are_listed_or_missing_with_a_hint(cli: Cli) -> None:
    assert cli("devices", "ports").strip()
    assert cli.code == 0


def test_watching_a_port_that_cannot_be_one_is_usage(cli: Cli) -> None:
    cli("devices", "watch", "loop://", "--baud", "-1", "--seconds", "0.1")
    assert cli.code == 2
    assert "baud" in cli.err


# --- doctor ---


def test_doctor_names_what_is_wrong_and_changes_nothing(cli: Cli) -> None:
    before = sorted(cli.home.root.rglob("*"))
    out = cli("doctor")
    assert cli.code == 1, "the ports are not there"
    assert "/dev/does-not-exist-1 (not there" in out
    assert "Examplethorpe" in out
    assert sorted(cli.home.root.rglob("*")) == before


def test_doctor_tells_every_door_of_the_plan(cli: Cli) -> None:
    with cli.home.site.open("a") as file:
        file.write('\n[[doors]]\nname = "Exit"\nzone = "IV"\nfrom = "I"\n')
    out = cli("doctor")
    assert "[ok] door Door: Zone III to Zone IV, port door, watched by Detector\n" in out
    assert "[ok] door Exit: Zone I to Zone IV, has no contact: only eyes watch it\n" in out


def test_doctor_finds_a_broken_site_file_and_a_broken_record(cli: Cli) -> None:
    first_person(cli)
    tamper(cli.home, 1)
    cli.home.site.write_text(SITE.replace("zone =", "zne ="))
    out = cli("doctor")
    assert cli.code == 1
    assert "zne" in out
    assert "row 1" in out


def test_doctor_says_what_plays_the_alarms_and_plays_them_when_asked(cli: Cli, tmp_path: Path) -> None:
    double = PlayerDouble(tmp_path / "double")
    out = cli("doctor", player=str(double.path))
    assert f"[ok] sound: alarms are played through {double.path}" in out
    assert double.said() == []
    out = cli("doctor", "--sound", player=str(double.path))
    assert "did you hear all three?" in out
    assert double.ended() == ["test.wav"]
    double.mood(code=1)
    assert f"[!!] sound: the player fails ({double.path})" in cli(
        "doctor", "--sound", player=str(double.path)
    )
    assert cli.code == 1


def test_doctor_says_that_nothing_plays_the_alarms(cli: Cli) -> None:
    out = cli("doctor", "--sound", player="/nowhere/at/all")
    assert "[!!] sound: /nowhere/at/all is no program that can be run" in out
    assert "[!!] no sound: no player to play it" in out
