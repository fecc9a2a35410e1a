"""What every head in the magnet room wears against the noise: chosen and looked at one by one, or exempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.hearing_protection import Method, Verdict
from mr_safety_console.domain.value import frozen


class Fit(StrEnum):
    """How somebody saw, on both ears, that a protector sits."""

    ROLL_DOWN = "roll-down"
    FLUSH = "flush"
    TUG = "tug"
    VOICE = "voice"
    SEAL = "seal"
    NOT_POSSIBLE = "not-possible"


class Exemption(StrEnum):
    """Why a head wears nothing; a physician and a second person say so."""

    DEAF = "deaf"
    CANNOT_WEAR = "cannot-wear"
    REFUSED = "refused"


@fact("hearing-chosen")
class HearingChosen(Fact):
    """One head wears this, or is exempt: `visit` a patient's or companion's, `person` somebody here by
    name, else `nameless` what the head is called that has no name: S1, S2.

    `worn` names types of the site's register, `rated` what stood on their packets then. `fit` is empty
    until somebody has looked. `verdict` and `working` are the calculation as it was shown.
    """

    visit: str = ""
    person: str = ""
    nameless: str = ""
    method: Method
    worn: tuple[str, ...] = ()
    rated: tuple[str, ...] = ()
    fit: str = ""
    exemption: str = ""
    verdict: Verdict = Verdict.CANNOT_CALCULATE
    working: str = ""


@fact("hearing-lapsed")
class HearingLapsed(Fact):
    """What these heads wear is looked at anew, or they are gone. `heads` as in `HearingState`."""

    heads: tuple[str, ...]
    reason: str


@command("choose-hearing")
class ChooseHearing(Command):
    """I fitted this head with this, and saw the fit; or it is exempt."""

    visit: str = ""
    person: str = ""
    nameless: str = ""
    method: str
    worn: tuple[str, ...] = ()
    fit: str = ""
    exemption: str = ""


@frozen
class Fitted:
    """What one head wears, since when, by whom it was looked at."""

    method: Method
    at: Instant
    by: tuple[Who, ...]
    worn: tuple[str, ...] = ()
    rated: tuple[str, ...] = ()
    fit: str = ""
    exemption: str = ""
    verdict: Verdict = Verdict.CANNOT_CALCULATE
    working: str = ""

    @property
    def seen(self) -> bool:
        """Return whether the fit was looked at, or nothing is worn for a recorded reason."""
        return bool(self.fit or self.exemption)


@frozen
class HearingState:
    """What the heads in the magnet room wear, by `head_key`; who leaves is dropped."""

    heads: Mapping[str, Fitted] = field(default_factory=dict)


FACTS = (HearingChosen, HearingLapsed)
NAMELESS = "nameless:"
"""Begins the key of a head without a name."""


def head_key(visit: str, person: str, nameless: str) -> str:
    """Return the key of a head: by visit, by person, or by its number where it has no name."""
    return f"visit:{visit}" if visit else f"person:{person}" if person else f"{NAMELESS}{nameless}"


def evolve(state: HearingState, entry: Entry) -> HearingState:
    """Return what the heads wear after one fact."""
    match entry.fact:
        case HearingChosen() as told:
            fitted = Fitted(
                told.method,
                entry.at,
                entry.by,
                told.worn,
                told.rated,
                told.fit,
                told.exemption,
                told.verdict,
                told.working,
            )
            key = head_key(told.visit, told.person, told.nameless)
            return replace(state, heads={**state.heads, key: fitted})
        case HearingLapsed(heads=gone):
            return replace(state, heads={k: v for k, v in state.heads.items() if k not in gone})
        case _:
            return state
