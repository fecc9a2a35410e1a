"""The documents a stranger starts from: links lead somewhere, and the README's commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from support.known_tests import TEST_ID, known_tests
from support.source import ROOT

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CONSOLE_COMMAND = r"(?:^|`)mr-safety-console ([a-z]+(?: [a-z]+)?)"
RECORDS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
PICTURES = ROOT / "docs/pictures"
RECORD_PARTS = ["Status", "Context", "Decision", "Rejected", "Measured", "Consequences"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_project_lead_to_files(document: Path) -> None:
    targets = [target for target in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in target]
    places = [(document.parent / target).resolve() for target in targets]
    assert not [
        str(place)
        for place in places
        if not place.exists() and not (PICTURES in place.parents and none_yet())
    ]


def none_yet() -> bool:
    """Pictures are made by a command from the finished screens; once there is one, all must be there."""
    return not any(PICTURES.glob("*.svg"))


def test_the_index_lists_every_document() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    listed = {(ROOT / "docs" / target).resolve() for target in LINK.findall(index) if "://" not in target}
    assert not [
        str(path.relative_to(ROOT))
        for path in (ROOT / "docs").rglob("*.md")
        if path.resolve() not in listed and path.name != "index.md"
    ]


def test_the_readme_starts_with_exactly_two_commands_and_make_knows_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first is not None
    commands = [line.split("#")[0].strip() for line in first.group(1).strip().splitlines()]
    assert commands == ["make demo", "make test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE) for command in commands)


def test_every_make_target_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert not [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_every_test_a_document_names_exists() -> None:
    named = {
        (document.name, test)
        for document in DOCUMENTS
        for test in TEST_ID.findall(document.read_text(encoding="utf-8"))
    }
    assert named
    assert not [(name, test) for name, test in named if test not in known_tests()]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_decision_record_has_all_its_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert re.findall(r"^## (\w+)", text, re.MULTILINE) == RECORD_PARTS


def test_decision_records_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    assert RECORDS


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased$", changelog, re.MULTILINE)


def test_the_intended_use_stands_in_the_readme_too() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    intended = (ROOT / "docs/safety/intended-use.md").read_text(encoding="utf-8")
    for sentence in ("not a medical device", "controls nothing"):
        assert sentence in " ".join(readme.split())
        assert sentence in " ".join(intended.split())


def test_every_console_command_a_document_names_exists() -> None:
    from mr_safety_console.cli import app  # noqa: PLC0415 - only this test needs the program

    tree = typer.main.get_command(app)
    named = {
        (document.name, tuple(found.split()))
        for document in DOCUMENTS
        for found in re.findall(CONSOLE_COMMAND, document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert not sorted((name, words) for name, words in named if not known(tree, words))


def known(command: object, words: tuple[str, ...]) -> bool:
    if words[0] == "emergency":  # the shim's own, so that it works when the program does not
        return True
    inner = getattr(command, "commands", None)
    if not inner:
        return True  # what follows is an argument
    return words[0] in inner and (len(words) == 1 or known(inner[words[0]], words[1:]))
