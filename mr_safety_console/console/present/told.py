"""What a fact says, field by field, as people say it: V12 and A3, initials, site time, words for codes."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import Enum, StrEnum
from functools import cache
from typing import Any

from mr_safety_console.console.present.view import HIDDEN, View, local
from mr_safety_console.domain.alarms import AlarmDisposed, AlarmRaised
from mr_safety_console.domain.checks import apart
from mr_safety_console.domain.codec import Entry, Fact, split
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.device_actions import DeviceActionOpened
from mr_safety_console.domain.emergency import CARDS, EmergencyKind, EmergencyOpened
from mr_safety_console.domain.hearing import NAMELESS, HearingChosen
from mr_safety_console.domain.implant_facts import DeviceRecorded
from mr_safety_console.domain.items_said import day
from mr_safety_console.domain.people_facts import PersonAdmitted
from mr_safety_console.domain.permits import PermitOpened
from mr_safety_console.domain.quench import QuenchReported
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import VisitOpened
from mr_safety_console.domain.wands import MANUAL
from mr_safety_console.domain.words import say

Numbers = Mapping[str, str]
"""What people call a thing aloud, by its id: V12, A3, E1."""
NOT_SHOWN = frozenset({"pin_hash"})
MACHINERY = frozenset(
    {
        "subject", "session", "boot", "alias", "sha256", "profile_hash", "forms_hash", "public_key",
        "version", "pin_hash", "due_bt", "until_bt", "no", "response", "findings", "remind_s",
        "due_s", "late_s", "until_utc",
    }
)  # fmt: skip
"""Fields that tell no row from the next for a person."""
GONE = "closed since"
_THINGS = frozenset({"visit", "alarm", "alarms", "emergency", "quench", "device", "action", "of"})
_SECTIONS = {
    "leg": "leg", "rule": "alarm", "disposition": "disposition", "how": "quench-kind", "what": "device",
    "resolution": "resolution", "evidence": "evidence", "outcome": "outcome",
    "kind_of": "person-kind", "category": "category", "why": "sound",
    "cause": "disposition", "where": "passages", "because": "read-twice", "until": "stage",
    "labelling": "labelling", "decision": "device-decision", "part": "part", "abandoned": "abandoned",
    "code": "condition", "figures": "condition",
    "change": "change", "label": "mr-label", "brought_by": "carrier", "quarantine": "quarantine",
    "sheet": "sheet",
    "result": "check-result", "fault": "check-fault", "parts": "check-part", "reading": "check-reading",
}  # fmt: skip
_REASONS = {
    "leg-fell": "fell",
    "emergency-ended": "stray",
    "alarm-shelved": "put-aside",
    "point-bypassed": "out-of-service",
    "point-changed": "why-unknown",
    "points-unproven": "why-unknown",
    "person-pass-fell": "fell",
    "item-quarantined": "quarantine",
    "confirmations-voided": "devices-voided",
    "nobody-rostered": "roster",
    "counts-begun": "counts-broken",
    "hearing-lapsed": "hearing-lapsed",
    "item-reopened": "reopened",
    "waiver-ended": "check-ended",
    "door-test-ended": "check-ended",
}
_OF_ITEMS = {"was": "mr-label", "evidence": "proof", "against": "against"}
"""What the fields of items mean where another fact means something else by the same name."""
_OF_HEARING = {
    "method": "hearing-method", "fit": "hearing-fit", "exemption": "hearing-exempt",
    "verdict": "hearing-verdict",
}  # fmt: skip
_LABELS = {
    "kind_of": "kind",
    "due_day": "inspection due",
    "due_bt": "until",
    "until_bt": "until",
    "list_id": "list",
    "sheet": "form",
    "no": "number",
}
_SPOKEN_WITH_LABEL = frozenset({"was", "now"})
_HASH_CHARS = 12


@frozen
class Told:
    """One field: what it is called, what it says, and what of it stands in the line of its row."""

    label: str
    text: str
    brief: str


_NUMBERED: Mapping[type[Fact], tuple[str, str, str]] = {
    VisitOpened: ("visit", "V", "no"),
    AlarmRaised: ("alarm", "A", "no"),
    EmergencyOpened: ("emergency", "E", "no"),
    PersonAdmitted: ("person", "P", "no"),
    PermitOpened: ("permit", "W", "no"),
    QuenchReported: ("quench", "quench ", "no"),
    DeviceRecorded: ("device", "D", "no"),
    DeviceActionOpened: ("action", "D", "device_no"),
}
"""Facts that give something a number: the field of its id, what is said before the number, and its field."""


def numbers(entries: Iterable[Entry]) -> dict[str, str]:
    """Return what these rows give a number: visits, alarms, emergencies, quenches, open or long closed."""
    found: dict[str, str] = {}
    for entry in entries:
        named = _NUMBERED.get(type(entry.fact))
        if named is not None:
            name, said, number = named
            found[getattr(entry.fact, name)] = f"{said}{getattr(entry.fact, number)}"
        if isinstance(entry.fact, VisitOpened):
            found[entry.fact.subject] = f"the patient of V{entry.fact.no}"
    return found


def told(view: View, entry: Entry, known: Numbers) -> tuple[Told, ...]:
    """Return every field of a row's fact; personal ones only while the console is not locked."""
    fact = entry.fact
    hidden = split(fact)[2] if view.locked else {}
    return tuple(_field(view, entry, name, name in hidden, known) for name in _names(type(fact)))


def _field(view: View, entry: Entry, name: str, hidden: bool, known: Numbers) -> Told:
    value = getattr(entry.fact, name)
    text = HIDDEN if hidden else _said(view, entry, name, value, known)
    disposed = name == "subject" and isinstance(entry.fact, AlarmDisposed)
    label = "alarm" if disposed else _label(name)
    return Told(label, text, "" if name in MACHINERY and not disposed else _brief(label, text, value))


def _brief(label: str, text: str, value: object) -> str:
    if isinstance(value, bool):
        return label if value else ""
    if value is None or value in ("", ()) or isinstance(value, Instant):
        return ""
    counted = isinstance(value, int) and not isinstance(value, Enum)
    return f"{label} {text}" if counted or label in _SPOKEN_WITH_LABEL else text


def _names(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]  # every fact is a dataclass


@cache
def _label(name: str) -> str:
    return _LABELS.get(name) or name.removesuffix("_ms").removesuffix("_s").removesuffix("_ut").replace(
        "_", " "
    )


def _said(view: View, entry: Entry, name: str, value: object, known: Numbers) -> str:
    if name in NOT_SHOWN:
        return "kept, never shown"
    if isinstance(value, tuple):
        return ", ".join(_said(view, entry, name, one, known) for one in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{_coded(view, '', name, code)} {said}" for code, said in value.items()) or "none"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and not isinstance(value, Enum):
        return _measured(view, entry, name, value)
    return _worded(view, entry, name, value, known)


def _measured(view: View, entry: Entry, name: str, value: int) -> str:
    """Return a number with its unit; a moment of the boot clock as the wall time it was due at."""
    if name.endswith("_bt"):
        due_utc = entry.at.utc + (value - entry.at.bt) // 1_000
        return local(due_utc, view.profile.zone).strftime("%H:%M:%S") if value else "none"
    if name == "due_day":
        return day(value) if value else "none"
    for ending, unit, per in (("_ms", "s", 1_000), ("_s", "s", 1), ("_ut", "mT", 1_000), ("_cm", "m", 100)):
        if name.endswith(ending):
            return f"{value / per:g} {unit}"
    return str(value)


def _worded(view: View, entry: Entry, name: str, value: object, known: Numbers) -> str:
    if isinstance(value, Instant):
        return view.clock(value)
    if isinstance(value, Who):
        return f"{view.person(value)} {value.role}"
    if isinstance(value, EmergencyKind):
        return CARDS[value].title
    if isinstance(value, Enum) and not isinstance(value, StrEnum):
        return value.name.replace("_", " ").capitalize()
    code = str(value)
    aloud = _aloud(view, code, known)
    if aloud:
        return aloud
    if name in _THINGS:
        return GONE
    return _SAID.get(name, _coded)(view, entry.fact.kind, name, code)


_REGISTERS: tuple[tuple[str, Callable[[View], Mapping[str, Any]]], ...] = (
    ("V", lambda view: view.state.visits.open),
    ("P", lambda view: view.state.people.here),
    ("W", lambda view: view.state.permits.open),
    ("A", lambda view: view.state.alarms.open),
    ("E", lambda view: view.emergency.emergencies),
    ("I", lambda view: view.state.items.register),
    ("D", lambda view: ChainMap(*(dict(one.devices) for one in view.state.implants.visits.values()))),
)
"""The letter people say before a number, and where the things that have one are found by id."""


def _aloud(view: View, code: str, known: Numbers) -> str:
    """Return what people call the thing with this id, or nothing when it is no such id."""
    for letter, register in _REGISTERS:
        found = register(view).get(code)
        if found is not None:
            return f"{letter}{found.no}"
    return view.person(code) if code in view.state.staff.people else known.get(code, "")


def _coded(_view: View, kind: str, name: str, code: str) -> str:
    section = _REASONS.get(kind, "ended") if name == "reason" else _SECTIONS.get(name, "")
    if kind == "item-overridden" and name == "why":
        section = "why-unknown"
    elif kind.startswith("item-") and name in _OF_ITEMS:
        section = _OF_ITEMS[name]
    if kind == HearingChosen.kind:
        section = _OF_HEARING.get(name, section)
    return say(section, code)


def _point(view: View, _kind: str, _name: str, code: str) -> str:
    known = view.profile.point(code)
    return known.name if known else code


def _wand(view: View, _kind: str, _name: str, code: str) -> str:
    known = view.profile.wand(code)
    return known.name if known else code


def _detail(view: View, _kind: str, _name: str, code: str) -> str:
    by_hand, _, wand = code.partition(MANUAL)
    if by_hand or not wand:
        return " ".join(_not_plain(part) for part in code.split(" "))
    return f"MANUAL, {_wand(view, '', '', wand)}"


def _not_plain(part: str) -> str:
    """Return in words what of a completed list was not plainly done: `OVERRIDDEN FC11`."""
    what, _, names = part.partition("=")
    word = say("list-detail", what) if names else what
    items = ", ".join(name.rpartition(":")[2] for name in names.split("+"))
    return f"{word} {items}" if word != what else part


def _head(view: View, _kind: str, _name: str, code: str) -> str:
    what, _, name = code.partition(":")
    return name if f"{what}:" == NAMELESS else _aloud(view, name, {}) or GONE


def _asset(view: View, kind: str, name: str, code: str) -> str:
    return _wand(view, kind, name, code) if view.profile.wand(code) else _point(view, kind, name, code)


def _check(view: View, kind: str, _name: str, code: str) -> str:
    check, asset = apart(code)
    of = f", {_asset(view, kind, '', asset)}" if asset else ""
    return f"{check} {say('check', check)}{of}"


def _form(view: View, _kind: str, _name: str, code: str) -> str:
    known = view.forms.get(code)
    return known.title if known else code


def _step(_view: View, _kind: str, _name: str, code: str) -> str:
    return _steps().get(code) or say("quench-step", code)


def _hash(_view: View, _kind: str, _name: str, code: str) -> str:
    return f"{code[:_HASH_CHARS]}…"


def _person(_view: View, _kind: str, _name: str, _code: str) -> str:
    return "?"


@cache
def _steps() -> Mapping[str, str]:
    return {step.id: step.words for card in CARDS.values() for step in card.steps}


_SAID: Mapping[str, Callable[[View, str, str, str], str]] = {
    "point": _point, "points": _point, "list_id": _form, "form": _form, "step": _step, "person": _person,
    "heads": _head, "wand": _wand, "detail": _detail, "profile_hash": _hash, "forms_hash": _hash,
    "public_key": _hash, "sha256": _hash, "check": _check, "checks": _check, "asset": _asset,
}  # fmt: skip
