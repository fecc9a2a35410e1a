"""Attempts worth a line in the record although they were refused."""

from __future__ import annotations

ATTEMPTS_KEPT = frozenset(
    {
        "enter-zone-iv",
        "announce-transit",
        "start-check",
        "complete-stage",
        "release-item",
        "record-detector-pass",
        "authorise-zone-iii",
        "identify-visit",
        "amend-visit",
        "sign-screening",
        "review-screening",
        "resolve-item",
        "amend-answer",
        "approve-screening",
        "approve-remotely",
        "resolve-by-call",
        "screen-emergent",
        "link-visit",
        "release-hold",
        "close-visit",
        "dispose-alarm",
        "put-alarm-aside",
        "out-of-service",
        "start-walk-test",
        "end-emergency",
        "add-staff",
        "import-items",
        "label-item",
        "move-item",
        "admit-colleague",
        "admit-person",
        "record-person-pass",
        "record-hand-pass",
        "person-enters-zone-iv",
        "accept-escort",
        "open-permit",
        "close-permit",
        "hand-back",
        "close-shift",
        "choose-hearing",
    }
)
"""Commands whose refusal is a fact: somebody wanted to go further than a rule allows."""
