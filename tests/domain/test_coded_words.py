"""Coded values have words, and every word has its code: nothing a screen shows is a code by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from support.source import inside

from devices.reading import VOIDS_PORT, NoteKind, Reason
from mr_safety_console.domain.alarm_points import BYPASS_REASONS, SHELF_REASONS
from mr_safety_console.domain.bypass import EXPIRED, KEEPER_LEFT, OUT
from mr_safety_console.domain.detectors import SINCE_START, STAYED, Condition, Level, believed
from mr_safety_console.domain.device_actions import ActionSort
from mr_safety_console.domain.duties import DUTIES, OWNERS
from mr_safety_console.domain.emergency import StrayReason
from mr_safety_console.domain.implant_facts import Abandoned, DecisionKind, DeviceVerdict, Labelling, Part
from mr_safety_console.domain.implant_kinds import KINDS, Result, Who
from mr_safety_console.domain.items import NO_LABEL
from mr_safety_console.domain.items_facts import CARRIERS, QUARANTINES, Evidence, Label
from mr_safety_console.domain.precision import CAUSES
from mr_safety_console.domain.proof_test import ENDED_BY
from mr_safety_console.domain.quench import STEPS, FieldState, QuenchKind
from mr_safety_console.domain.remote_facts import PROMPTS_S, READ_BACK, Consent
from mr_safety_console.domain.screening import EVIDENCE, RESOLUTIONS
from mr_safety_console.domain.suite_offers import _SIGNED
from mr_safety_console.domain.watch_class import ANSWERS
from mr_safety_console.domain.watching_facts import INTERVALS, INTERVENTIONS, OBSERVED, PATIENT, SKIN
from mr_safety_console.domain.words import refused, table
from mr_safety_console.engine.chatter import CHATTER
from mr_safety_console.engine.telling import NEVER

FALLS = {"fell", "undo", "drop_pass", "_all_passes", "_fallen", "_void"}
"""What makes a leg fall; the reason is among the arguments."""
OUR_OWN_NOTE = "edges-lost"
ENDS = {
    "AlarmUnshelved", "SignOff", "SignedOff", "SoundPauseEnded", "TransitEnded", "VisitReleased",
    "WalkTestEnded", "_back", "end_tests", "keeper_left",
}  # fmt: skip
"""What ends something for a reason."""
LEAVES = {"asked", "idle", "locked", "quit", "signal", "session-lost"}
"""Reasons the console gives itself, by hand, by nobody's hand, and at its end."""


def calls(names: set[str]) -> Iterator[ast.Call]:
    for room in inside("mr_safety_console"):
        for node in ast.walk(room.tree):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if isinstance(node, ast.Call) and name in names:
                yield node


def literals(names: set[str], keyword: str = "reason") -> set[str]:
    """Return the words written into calls, by place or by name."""
    given = [
        arg
        for call in calls(names)
        for arg in (*call.args, *(k.value for k in call.keywords if k.arg == keyword))
    ]
    return {arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def test_every_reason_a_leg_can_fall_for_has_words() -> None:
    found = literals(FALLS)
    assert {"detector-alarm", "used"} <= found
    assert set(table()["fell"]) == found


def test_every_reason_of_a_device_verdict_has_words() -> None:
    room = next(one for one in inside("mr_safety_console") if one.path.endswith("/implant_verdict.py"))
    written = {
        node.value
        for node in ast.walk(room.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    coded = {Labelling.UNLABELLED.value, Labelling.UNKNOWN.value}
    assert set(table()["device-reason"]) - coded <= written
    told = {
        "label-not-read",
        "not-identified",
        "lead-abandoned",
        "lead-unknown",
        "condition-open",
        "label-lacks",
    }
    assert told <= set(table()["device-reason"])


def test_every_word_about_an_item_has_its_code() -> None:
    assert set(table()["mr-label"]) == set(Label)
    assert set(table()["proof"]) == set(Evidence)
    assert set(table()["quarantine"]) == {NO_LABEL, *QUARANTINES}
    assert set(table()["carrier"]) == set(CARRIERS)
    against = {rule for rule in literals({"refused"}) if rule in table()["against"]}
    assert set(table()["against"]) - against == {"item-relabelled", "item-came-in-unseen"}


def test_every_reason_for_an_end_has_words() -> None:
    found = literals(ENDS)
    assert {"timeout", "replaced", "no-alarm"} <= found
    assert set(table()["ended"]) == found | LEAVES | set(ENDED_BY.values()) | {EXPIRED, KEEPER_LEFT, STAYED}


def test_every_act_that_is_signed_has_words() -> None:
    signed = set(_SIGNED) | {
        "accept-escort",
        "close-permit",
        "close-shift",
        "decide-devices",
        "hand-back",
        "open-permit",
        "complete-stage",
        "out-of-service",
        "record-detector-pass",
        "record-hand-pass",
        "record-person-pass",
        "release-hold",
        "resolve-item",
        "approve-remotely",
        "approve-screening",
        "resolve-by-call",
        "screen-emergent",
        "sign-decision",
        "take-over-screening",
    }
    assert set(table()["sign"]) == signed


def test_every_note_of_a_device_has_words() -> None:
    assert set(table()["device"]) == {kind.value for kind in NoteKind} | {OUR_OWN_NOTE}


def test_every_reason_a_point_is_not_believed_has_words() -> None:
    """I3: UNKNOWN says why, in words, on every tile."""
    codes = {reason.value for reason in Reason if reason} | {kind.value for kind in VOIDS_PORT}
    codes |= {CHATTER, NEVER} | literals({"lose"}) | {"simulated", "silent"}
    assert set(table()["why-unknown"]) == codes
    told = believed(None, 0, 0)[1], believed(Level("p", Condition.NORMAL, "", 0), 1, 0)[1], SINCE_START, OUT
    assert not any("-" in words for words in told), "anything else is words already"


def test_no_word_of_a_tile_is_longer_than_a_tile() -> None:
    assert max(map(len, table()["why-unknown"].values())) <= 40


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("quench-step", set(STEPS)),
        ("quench-kind", {kind.value for kind in QuenchKind}),
        ("field", {state.value for state in FieldState}),
        ("stray", {reason.value for reason in StrayReason}),
        ("resolution", set(RESOLUTIONS)),
        ("evidence", set(EVIDENCE)),
        ("put-aside", set(SHELF_REASONS)),
        ("cause", set(CAUSES.values())),
        ("counts-broken", {"first", "restarted", "went-back", "site"}),
        ("passages", {"door", "closed", "test", "unseen"}),
        ("out-of-service", set(BYPASS_REASONS)),
        ("held-back", {"announced", "kept"}),
        ("labelling", set(Labelling)),
        ("device-verdict", {one.name.lower() for one in DeviceVerdict}),
        ("condition-result", {one.name.lower() for one in Result}),
        ("device-decision", set(DecisionKind)),
        ("devices-voided", {"devices", "plan", "exam", "scanner", "person"}),
        ("device-action", set(ActionSort)),
        ("part", set(Part)),
        ("abandoned", set(Abandoned)),
        ("condition", set(KINDS)),
        ("condition-who", set(Who)),
        ("outcome", {"completed", "not-scanned", "refused"}),
        ("patient-said", {*PATIENT, *OBSERVED}),
        ("intervention", set(INTERVENTIONS)),
        ("skin", set(SKIN)),
        ("watch-interval", set(INTERVALS)),
        ("duty", {duty.code for duty in DUTIES}),
        ("duty-owner", set(OWNERS)),
        ("time-out", set(READ_BACK)),
        ("consent", set(Consent)),
        ("link-prompt", {str(after) for after in PROMPTS_S}),
        ("watch-reason", {"not-asked", "unresponsive", *ANSWERS.values()}),
    ],
)
def test_every_code_has_words_and_every_word_a_code(section: str, codes: set[str]) -> None:
    assert set(table()[section]) == codes
    assert all(words.strip() for words in table()[section].values())


def test_a_refusal_says_why_a_leg_fell_in_words() -> None:
    assert refused("leg-fallen", leg="belongings", reason="object-found").reason == (
        "Fell since it was done: belongings and gown (object found)."
    )
