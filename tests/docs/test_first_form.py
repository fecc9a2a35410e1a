"""The newcomer's page does what it says, block by block, in the order it says it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.source import ROOT
from typer.testing import CliRunner

from mr_safety_console.cli import app

PAGE = (ROOT / "docs/first-form.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(json|python|text|sh)\n(.*?)```", PAGE, re.DOTALL)


def block(kind: str, number: int = 0) -> str:
    return [text for name, text in BLOCKS if name == kind][number]


def run(command: str, place: Path) -> tuple[str, int]:
    words = command.strip().removeprefix(".venv/bin/mr-safety-console ").split()
    result = CliRunner().invoke(
        app, [str(place / word) if word.endswith(".json") else word for word in words]
    )
    return result.stdout, result.exit_code


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    (folder / "mine.json").write_text(block("json"), encoding="utf-8")
    (folder / "answer.py").write_text(block("python"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def printed(place: Path) -> str:
    command = [sys.executable, "answer.py"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_form_has_five_questions_and_is_clean(place: Path) -> None:
    assert len(json.loads(block("json"))["item"]) == 5
    assert run(block("sh"), place) == ("0 problem(s)\n", 0)


def test_answering_prints_what_the_page_says(printed: str) -> None:
    assert printed == block("text")


def test_the_response_is_accepted_and_a_changed_one_is_not(place: Path, printed: str) -> None:
    assert printed
    assert run(block("sh", 1), place) == ("0 finding(s)\n", 0)
    changed = (place / "response.json").read_text(encoding="utf-8")
    changed = changed.replace('"code": "no"', '"code": "yes"').replace('"display": "No"', '"display": "Yes"')
    (place / "response.json").write_text(changed, encoding="utf-8")
    output, code = run(block("sh", 1), place)
    assert code == 1
    assert "(linkId V2): is open" in output
