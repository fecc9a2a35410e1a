"""Who may do what: the roles, and for each act who may do it and how many distinct people must sign."""

from __future__ import annotations

from collections.abc import Mapping

ROLES = ("MRST", "L1", "L2", "L2T", "OPR", "MRSO", "MRSE", "MRMD", "MRRP", "RAD", "REM", "SUP")
LEVEL_2 = frozenset({"L2", "L2T", "OPR"})
ON_SITE = LEVEL_2 | {"MRST", "MRSO"}
ANYONE = frozenset(ROLES)

# Who may do which act: roles that may sign, and how many distinct people must. A role list names
# roles a person *holds*; an MRST who clears or authorises must hold Level 2 scope as well.
MAY: Mapping[str, tuple[frozenset[str], int]] = {
    "staff-add": (frozenset({"MRSO", "MRRP"}), 1),
    "visit-open": (ON_SITE | {"L1"}, 0),
    "visit-identify": (ON_SITE | {"L1"}, 0),
    "visit-close": (ON_SITE, 0),
    "answer": (ON_SITE | {"L1"}, 0),
    "screening-take-over": (ON_SITE | {"L1"}, 0),
    "screening-first": (ON_SITE | {"L1"}, 1),
    "screening-aloud": (LEVEL_2, 0),
    "screening-interactive": (LEVEL_2, 1),
    "resolve-clinical": (frozenset({"RAD", "MRMD"}), 1),
    "resolve-device": (LEVEL_2 | {"MRSE", "RAD", "MRMD"}, 1),
    "resolve-removed": (LEVEL_2, 0),
    "screening-approve": (LEVEL_2 | {"RAD", "MRMD"}, 1),
    "remote-approval": (LEVEL_2, 1),
    "record-decision": (LEVEL_2, 1),
    "sign-decision": (LEVEL_2 | {"MRSE", "RAD", "MRMD"}, 1),
    "screening-emergent": (LEVEL_2, 1),
    "line-state": (ON_SITE | {"L1"}, 0),
    "visit-link": (ON_SITE, 0),
    "belongings": (ON_SITE | {"L1"}, 0),
    "detector-pass": (ON_SITE | {"L1"}, 0),
    "detector-pass-witness": (ON_SITE | {"L1"}, 2),
    "hand-pass": (ON_SITE, 1),
    "wand-test": (ON_SITE | {"L1"}, 0),
    "release-unexplained": (frozenset({"RAD", "MRMD"}), 2),
    "authorise-zone-iii": (LEVEL_2, 0),
    "list-item": (ON_SITE | {"L1"}, 0),
    "release-item": (frozenset({"RAD", "MRMD"}), 2),
    "override-item": (frozenset({"MRST", "MRSO"}), 2),
    "final-check": (LEVEL_2, 2),
    "transit": (ON_SITE, 0),
    "keep-door": (ON_SITE, 0),
    "enter-zone-iv": (LEVEL_2, 0),
    "admit-colleague": (ON_SITE, 0),
    "people-track": (ON_SITE | {"L1"}, 0),
    "device-record": (ON_SITE | {"L1", "MRSE"}, 0),
    "device-withdraw": (frozenset({"L2T", "MRSE"}), 1),
    "scan-plan": (ON_SITE | {"REM"}, 0),
    "condition-confirm": (ON_SITE | {"REM", "MRSE"}, 0),
    "devices-met": (frozenset({"L2T", "MRSE"}), 2),
    "devices-risk-benefit": (frozenset({"RAD"}), 2),
    "devices-exception": (frozenset({"MRMD"}), 2),
    "device-decision-sign": (frozenset({"L2T", "OPR", "MRSE", "RAD", "MRMD", "REM"}), 1),
    "device-action": (ON_SITE | {"L1", "MRSE"}, 0),
    "device-restored": (ON_SITE | {"MRSE"}, 1),
    "permit-open": (frozenset({"MRST", "MRSO"}), 1),
    "permit-close": (frozenset({"MRST", "MRSO"}), 1),
    "escort-offer": (LEVEL_2, 0),
    "escort-accept": (LEVEL_2, 1),
    "start-check": (ON_SITE, 0),
    "check-in": (ON_SITE | {"L1"}, 0),
    "operator-name": (ON_SITE, 0),
    "duties-accept": (ON_SITE, 1),
    "time-out": (ON_SITE, 1),
    "observe-accept": (ON_SITE | {"L1"}, 1),
    "watch-wider": (LEVEL_2, 1),
    "skin-check": (ON_SITE, 0),
    "injection": (ON_SITE, 0),
    "scan-end": (ON_SITE | {"L1", "REM"}, 0),
    "leave-zone-iv": (ON_SITE | {"L1"}, 0),
    "alarm-acknowledge": (ON_SITE | {"L1", "RAD", "MRMD", "MRSE"}, 0),
    "alarm-dispose": (ON_SITE, 0),
    "alarm-shelve": (frozenset({"MRST", "MRSO", "MRSE"}), 0),
    "bypass-briefly": (frozenset({"MRST", "MRSO"}), 1),
    "bypass-high": (frozenset({"MRSO"}), 2),
    "bypass-end": (ON_SITE | {"L1"}, 0),
    "item-register": (ON_SITE | {"L1", "MRSE"}, 0),
    "item-import": (frozenset({"MRSE", "MRRP"}), 2),
    "item-label": (frozenset({"MRSE", "MRRP"}), 2),
    "item-quarantine": (ON_SITE | {"L1", "MRSE"}, 0),
    "item-move": (ON_SITE, 0),
    "item-see": (ON_SITE | {"L1"}, 0),
    "walk-test": (ON_SITE | {"L1"}, 0),
    "door-test": (ON_SITE | {"L1"}, 0),
    "check-record": (ON_SITE | {"L1"}, 0),
    "check-witnessed": (ON_SITE | {"L1"}, 2),
    "check-waive": (frozenset({"MRSO", "MRRP"}), 2),
    "use-resume": (frozenset({"MRRP", "MRMD"}), 2),
    "sounder-test": (ON_SITE | {"L1"}, 0),
    "shift-close": (frozenset({"MRST", "L2T"}), 1),
    "declare-change": (ANYONE, 0),
    "device-snapshot": (ANYONE, 0),
    "note": (ANYONE, 0),
}

# Attributed acts that let somebody further in: like a signature they want a credential that has not run out.
LETS_IN = frozenset(
    {"authorise-zone-iii", "enter-zone-iv", "resolve-removed", "visit-link", "admit-colleague"}
)
