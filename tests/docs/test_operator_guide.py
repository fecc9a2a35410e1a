"""The operator guide says what the console has: keys, refusals, alarms, letters, roles, in its words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from support.known_tests import rows
from support.source import ROOT

from mr_safety_console.console import commands as c
from mr_safety_console.console.page import Page
from mr_safety_console.console.screens import every_page
from mr_safety_console.console.screens.emergency import EmergencyPage
from mr_safety_console.console.widgets.logview import LogView
from mr_safety_console.domain.alarm_points import RULES
from mr_safety_console.domain.authority import MAY, ROLES
from mr_safety_console.domain.emergency import CARDS, LETTERS
from mr_safety_console.start.demo import STAFF

GUIDE = ROOT / "docs/operator-guide"
SCREENS = (*every_page(), EmergencyPage)
WORDS = tomllib.loads((ROOT / "mr_safety_console/domain/words/en.toml").read_text(encoding="utf-8"))
PROMISES = re.compile(
    r"(?<!MR )(?<!magnet-)\b[Ss]afe\b|\b[Aa]ll clear\b|\bOK\b|\b[Gg]ood\b"
    r"|\b[Pp]roceed\b|\b(?:is|reads) clear\b"
)


def page(name: str) -> str:
    return (GUIDE / f"{name}.md").read_text(encoding="utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading."""
    return rows(text.split(f"{heading}\n", 1)[1].split("\n#", 1)[0])


def plain(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.NAME)
def test_the_keys_of_a_page_are_the_commands_of_its_screen(screen: type[Page]) -> None:
    text = page(screen.NAME)
    assert text.split("## Keys\n\n", 1)[1].split("\n\n", 1)[0] + "\n" == c.docs_table(screen.KEYS)


def test_the_index_lists_the_keys_that_work_everywhere() -> None:
    text = page("index")
    assert c.docs_table(c.APP) in text
    for cmd in c.ALWAYS:
        named = text.split(c.docs_table(c.APP))[1].split("also work while a dialog is open")[0]
        assert (f"`{cmd.key_shown}`" in named) is cmd.over_dialog


def test_the_log_page_names_the_keys_of_its_list() -> None:
    below = page("log").split("In the list:", 1)[1].split("\n", 1)[0]
    assert {c.shown(binding.key) for binding in LogView.BINDINGS if not isinstance(binding, tuple)} == set(
        plain(below)
    )


def test_every_refusal_is_explained_on_a_page() -> None:
    said = {row[0] for path in GUIDE.glob("*.md") for row in rows(path.read_text(encoding="utf-8"))}
    reasons = {rule: re.sub(r"\{\w+\}", "…", told["reason"]) for rule, told in WORDS["refused"].items()}
    assert len(reasons) > 50
    assert not sorted(rule for rule, reason in reasons.items() if reason not in said)


def test_every_alarm_stands_with_its_priority_and_its_advice() -> None:
    listed = {row[0]: row[1:] for row in table(page("alarms"), "## The alarms")}
    assert set(listed) == {WORDS["alarm"][rule] for rule in RULES}
    for name, rule in RULES.items():
        priority, advice = listed[WORDS["alarm"][name]]
        rises = "".join(f", {to.name.capitalize()} after {after_s} s" for after_s, to in rule.rises_s)
        assert priority.split(";")[0] == f"{rule.priority.name.capitalize()}{rises}"
        assert advice == WORDS["advice"][name]


def test_every_emergency_letter_is_listed() -> None:
    assert table(page("emergency"), "## The letters") == [
        [f"`{letter}`", CARDS[kind].title] for letter, kind in LETTERS.items()
    ]


def test_who_may_do_what_is_the_table_of_the_rules() -> None:
    listed = {plain(row[1])[0]: (row[2], row[3]) for row in table(page("sign-on"), "## Who may do what")}
    assert set(listed) == set(MAY)
    for act, (roles, pins) in MAY.items():
        named, signatures = listed[act]
        assert (set(ROLES) if named == "all" else set(plain(named))) == roles
        assert signatures == str(pins)


def test_every_role_is_named() -> None:
    assert {plain(row[0])[0] for row in table(page("sign-on"), "## Roles")} == set(ROLES)


def test_the_people_of_the_demo_can_be_signed_on_by_the_guide_and_the_readme() -> None:
    listed = [(row[0], tuple(plain(row[1])), row[2]) for row in table(page("sign-on"), "## The register")]
    assert listed == [(initials, roles, pin) for _, initials, roles, pin in STAFF]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pins = {initials: pin for _, initials, _, pin in STAFF}
    assert all(pins[initials] == pin for initials, pin in re.findall(r"`([A-Z]{2})`,\s+PIN `(\d+)`", readme))
    assert "`AE`, PIN" in " ".join(readme.split())


@pytest.mark.parametrize("path", sorted(GUIDE.glob("*.md")), ids=lambda path: path.stem)
def test_no_page_promises_what_no_console_can_know(path: Path) -> None:
    assert not PROMISES.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "said", ["The room is clear", "the patient is safe", "All clear", "O2 OK", "a good detector"]
)
def test_the_reader_of_promises_finds(said: str) -> None:
    assert PROMISES.search(said)


def test_every_reason_for_unknown_stands_with_what_to_look_at() -> None:
    """I3: UNKNOWN says why on the tile; the guide says what to look at."""
    listed = [
        words for reasons, _ in table(page("devices"), "## UNKNOWN, and why") for words in plain(reasons)
    ]
    assert sorted(set(WORDS["why-unknown"].values()) - set(listed)) == []
