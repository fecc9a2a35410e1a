"""Commands: one key, one meaning; one declaration gives binding, footer, help and table."""

from __future__ import annotations

from itertools import chain

import pytest

from mr_safety_console.console import commands as c


def test_every_command_is_declared_once_and_listed() -> None:
    declared = [value for value in vars(c).values() if isinstance(value, c.Cmd)]
    assert sorted(map(repr, declared)) == sorted(map(repr, c.EVERY))


def test_app_keys_have_one_meaning() -> None:
    assert c.clashes(()) == []


def test_only_note_and_no_and_two_ways_on_share_a_key_and_it_is_found() -> None:
    assert c.clashes(c.EVERY) == ["n: answer-no, note", "Tab: next-form, next-list"]
    assert c.clashes((*c.ANSWERS, c.BACK, c.ENTER, c.TRANSIT)) == []


def test_emergency_keys_come_before_inputs_and_dialogs() -> None:
    bound = {b.key: b for b in c.bindings(c.APP)}
    for key in ("f9", "ctrl+e"):
        assert bound[key].priority
        assert bound[key].action == "emergency"
    assert c.EMERGENCY.over_dialog


def test_no_typing_key_is_ever_taken_from_an_input() -> None:
    assert not [b.key for b in c.bindings(c.EVERY) if b.priority and c.types_a_character(b.key)]
    assert not c.Cmd("x", ("slash", "q"), "", "", "here", priority=True).bindings()[0].priority


@pytest.mark.parametrize("key", ["f10", "f11"])
def test_keys_that_terminals_eat_are_not_used(key: str) -> None:
    assert key not in set(chain.from_iterable(cmd.keys for cmd in c.EVERY))


def test_footer_begins_with_the_emergency_and_shows_what_is_wanted() -> None:
    shown = c.footer((*c.NAVIGATION, c.EMERGENCY, c.BACK))
    assert shown[0] == ("F9", "EMERGENCY")
    assert ("F2", "Suite") in shown
    assert ("Esc", "Back") not in shown


def test_table_and_help_name_every_key_and_sentence() -> None:
    table = c.docs_table()
    for cmd in c.EVERY:
        for key in cmd.keys:
            assert f"`{c.shown(key)}`" in table
        assert cmd.help in table
        assert (" ".join(map(c.shown, cmd.keys)), cmd.help) in c.help_lines(c.EVERY)
