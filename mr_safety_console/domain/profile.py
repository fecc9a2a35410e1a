"""The site's frozen description and its numbers, each inside a floor that stands here in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum
from types import MappingProxyType

from mr_safety_console.domain.check_template import TEMPLATE, Check
from mr_safety_console.domain.hearing_protection import (
    Derating,
    Protector,
    RoomNoise,
    wrong_protectors,
    wrong_room,
)
from mr_safety_console.domain.value import frozen


class PointKind(StrEnum):
    """What a supervised input tells about."""

    DOOR = "door"
    DETECTOR = "detector"
    OXYGEN = "oxygen"


@frozen
class Point:
    """One supervised input: which channel of which port, and what stands there.

    `zone` is the ACR zone a door leads into, a detector guards or a monitor measures; `door` is
    the door a detector watches. `device` is the identity the port must announce. `outer` is the
    zone a door leads from, empty for the one before. `direction` says where the way leads that a
    detector calls inwards: `in` to the zone, `out` of it, or `unknown`.
    """

    id: str
    name: str
    kind: PointKind
    zone: str
    port: str
    device: str
    channel: int = 0
    door: str = ""
    outer: str = ""
    direction: str = "unknown"


@frozen
class BareDoor:
    """A way between two zones that no contact tells about: named and drawn, never believed."""

    name: str
    zone: str
    outer: str = ""


@frozen
class Wand:
    """One hand-held detector of the site's register: what stands on it, and what people call it."""

    id: str
    name: str


@frozen
class Limit:
    """One number a site may set: default, unit, and the range configuration cannot leave."""

    name: str
    default: int
    low: int
    high: int
    unit: str
    source: str


# Sources: "design" marks a default nobody but us proposed; a physicist confirms each at set-up.
LIMITS: tuple[Limit, ...] = (
    Limit("silence_ms", 2500, 500, 2500, "ms", "design; three missed beats, floor never above"),
    Limit("detector_pass_valid_s", 600, 60, 900, "s", "design"),
    Limit("final_check_valid_s", 600, 60, 900, "s", "design"),
    Limit("authorisation_valid_s", 3600, 300, 7200, "s", "design"),
    Limit("screening_valid_h", 24, 1, 72, "h", "hospital practice of re-screening per attendance"),
    Limit("staff_screening_valid_d", 365, 90, 366, "d", "teaching hospitals: staff answer anew every year"),
    Limit("identity_valid_h", 24, 1, 24, "h", "design; one attendance"),
    Limit("belongings_valid_s", 3600, 300, 7200, "s", "design; as long as the authorisation"),
    Limit("door_list_valid_s", 3600, 300, 7200, "s", "design; as long as the authorisation"),
    Limit(
        "table_list_valid_s",
        1800,
        300,
        1800,
        "s",
        "design; hearing looked at again after 30 min",
    ),
    Limit("proof_test_valid_h", 12, 1, 12, "h", "one shift"),
    Limit("walk_test_window_s", 20, 5, 20, "s", "design; never above"),
    Limit("door_test_window_s", 20, 5, 20, "s", "design; as long as a walk test, never above"),
    Limit("shift_checks_s", 1800, 600, 1800, "s", "design; half an hour from the first to sign on"),
    Limit("transit_s", 60, 10, 60, "s", "design"),
    Limit("evac_target_s", 60, 20, 300, "s", "drills published 2021: 71 s improved to 41 s"),
    Limit("checkin_s", 300, 60, 900, "s", "design"),
    Limit("checkin_close_s", 120, 60, 120, "s", "design; sedated, unresponsive, not heard; never above"),
    Limit("checkin_late_s", 15, 5, 15, "s", "design; never above"),
    Limit("checkin_missed_s", 45, 20, 60, "s", "design; never as long as an interval"),
    Limit("no_answer_s", 15, 5, 15, "s", "design; never above"),
    Limit("interventions_pause", 2, 1, 2, "times", "after a published death: pause and call at the second"),
    Limit("time_out_s", 300, 60, 300, "s", "design; joint time-out before the start; never above"),
    Limit("contrast_first_s", 900, 300, 900, "s", "European practice: looked at after 15 min"),
    Limit("contrast_last_s", 1800, 1800, 3600, "s", "European practice: stays 30 min; never below"),
    Limit("alarm_reminder_s", 120, 30, 120, "s", "design; never above"),
    Limit("idle_lock_s", 300, 120, 900, "s", "design"),
    Limit("oxygen_warn_tenths", 195, 195, 200, "0.1 %", "workplace rules call less deficient; never below"),
    Limit("oxygen_alarm_tenths", 180, 180, 195, "0.1 %", "design; 18.0 %, never below"),
    Limit("handling_screening_min_s", 20, 0, 120, "s", "design"),
    Limit("read_aloud_wpm", 180, 100, 220, "1/min", "design; words a minute, read aloud and understood"),
    Limit("line_stated_valid_s", 900, 60, 1800, "s", "design"),
    Limit(
        "egfr_hold", 30, 30, 60, "ml/min", "hospital practice: below 30 a radiologist decides; never below"
    ),
    Limit("egfr_valid_days", 42, 2, 42, "d", "hospital practice: six weeks, two days for inpatients"),
    Limit(
        "mr_mode_return_s", 7200, 900, 14_400, "s", "design; back before the patient leaves the department"
    ),
    Limit("shunt_check_s", 86_400, 3600, 86_400, "s", "setting looked at again within a day; never later"),
    Limit("device_action_s", 86_400, 3600, 86_400, "s", "design; never later"),
    Limit("tick_pace_ms", 1000, 1000, 5000, "ms", "design; two answers within it are marked, never below"),
    Limit("by_eye_valid_s", 600, 60, 900, "s", "design; as long as one person keeps a door, never above"),
    Limit("unrostered_after_s", 1800, 900, 7200, "s", "design; longer than a keeper or a locked console"),
    Limit("nrr_credit_pct", 50, 25, 75, "%", "OSHA field practice: half; NIOSH at most three quarters"),
    Limit("snr_allowance_db", 4, 4, 15, "dB", "HSE L108: 4 dB for real wear; never below"),
)
LEAST = frozenset(
    {
        *("handling_screening_min_s", "egfr_hold", "oxygen_warn_tenths", "oxygen_alarm_tenths"),
        *("snr_allowance_db", "tick_pace_ms", "contrast_last_s"),
    }
)
"""Limits that are strictest at the top of their range; every other at the bottom."""
_LIMITS: Mapping[str, Limit] = MappingProxyType({limit.name: limit for limit in LIMITS})


ZONES = ("I", "II", "III", "IV")
"""The four zones after ACR, from the street to the magnet; what they are called is `SiteProfile.naming`."""
NAMINGS = ("acr", "uk")
TWICE_FOR = ("emergent", "conditions", "unresponsive", "capacity", "released")
"""Reasons to read the final check back twice: screened by two physicians in an emergency, cleared with
conditions, screened as unresponsive or sedated, answered for by somebody else, a list item released."""
APPROVERS = ("reviewer", "remote", "L2", "L2T", "OPR", "RAD", "MRMD")
DIRECTIONS = ("in", "out", "unknown")
LINK_PROMPTS_S = ("10", "30", "120")
"""Seconds after which a lost link prompts; no site changes when, only what is said."""
LINK_PROMPT_LONGEST = 70


class ProfileError(ValueError):
    """A site profile breaks a floor or contradicts itself; the message names key and remedy."""


@frozen
class SiteProfile:
    """One magnet's suite, read once from the site file and never changed while running.

    `use` is `demo` or `production`; a production profile refuses simulated ports. `hash` is the
    SHA-256 of the file it came from, kept with every start. `naming` is `acr` or `uk`, `bare_doors`
    are the ways without a contact. `scanner` is what this magnet is called, empty for the site's own name.
    `wands` are the hand-held detectors; with `red_alarm_witness` two
    people sign the pass that follows a High alarm of a detector.
    `final_check_twice` names for whom the final check is read back twice, always for `emergent`.
    `approver` gives the final approval of an interview: the reviewer, a role here, or a remote operator.
    `scanner_figures` are the magnet's own, with units, by kind of device condition; `label_must_state`
    what a device's label must state here beyond what it must state anywhere. `room` is the scanner's
    declared noise, `protectors` what lies ready against it. `checks` are the checks made here, all of
    the template unless the site file says less; who approved them stands in `checks_approved`, and
    what is done under STOP USE, and whom to call, in `instead`. `link_prompts` are the site's own words
    once a remote link is lost, by seconds.
    """

    site: str
    use: str
    zone: str
    b0_mt: int
    hazard_contour_ut: int
    points: tuple[Point, ...]
    limits: Mapping[str, int] = field(default_factory=dict)
    call: Mapping[str, str] = field(default_factory=dict)
    staffing: str = "ACR2024"
    hash: str = ""
    naming: str = "acr"
    bare_doors: tuple[BareDoor, ...] = ()
    scanner: str = ""
    wands: tuple[Wand, ...] = ()
    red_alarm_witness: bool = False
    approver: str = "reviewer"
    scanner_figures: Mapping[str, str] = field(default_factory=dict)
    label_must_state: tuple[str, ...] = ()
    room: RoomNoise = field(default_factory=RoomNoise)
    protectors: tuple[Protector, ...] = ()
    final_check_twice: tuple[str, ...] = TWICE_FOR
    checks: tuple[Check, ...] = TEMPLATE
    checks_approved: str = ""
    instead: str = ""
    link_prompts: Mapping[str, str] = field(default_factory=dict)

    def limit(self, name: str) -> int:
        """Return a site number or its default; `KeyError` for a name that is not in `LIMITS`."""
        return self.limits.get(name, _LIMITS[name].default)

    def point(self, point: str) -> Point | None:
        """Return the point with this id, or None."""
        return next((p for p in self.points if p.id == point), None)

    def wand(self, wand: str) -> Wand | None:
        """Return the wand with this id, or None."""
        return next((one for one in self.wands if one.id == wand), None)

    def of_kind(self, kind: PointKind, zone: str = "") -> tuple[Point, ...]:
        """Return the points of a kind, in file order, of one zone if named."""
        return tuple(p for p in self.points if p.kind is kind and zone in ("", p.zone))

    @property
    def derating(self) -> Derating:
        """Return how far this site trusts the ratings of hearing protectors."""
        return Derating(self.limit("nrr_credit_pct"), self.limit("snr_allowance_db"))

    @property
    def magnet(self) -> str:
        """Return what this magnet is called; a clearance is for it and for no other."""
        return self.scanner or self.site

    @property
    def door_iv(self) -> Point:
        """Return the door of the magnet room; `check` makes sure there is exactly one."""
        return self.of_kind(PointKind.DOOR, "IV")[0]

    @property
    def detectors_iv(self) -> tuple[Point, ...]:
        """Return the detectors guarding the magnet room's door, in file order; never empty."""
        return self.of_kind(PointKind.DETECTOR, "IV")


def strictest(profile: SiteProfile) -> SiteProfile:
    """Return the profile with every number at its strict end: for a suite file that cannot be read.

    Nearly all of our numbers are times something stays valid, so the least is the strictest; a
    least duration or level is strictest at its highest. The silence of a line stays what the site set: below
    the devices' own beat it would only flicker.
    """
    strict = {limit.name: limit.high if limit.name in LEAST else limit.low for limit in LIMITS}
    limits = {**strict, "silence_ms": profile.limit("silence_ms")}
    return replace(
        profile, limits=limits, red_alarm_witness=True, final_check_twice=TWICE_FOR, scanner_figures={}
    )


def check(profile: SiteProfile) -> SiteProfile:
    """Return the profile if it keeps every floor; raise `ProfileError` naming the first that breaks."""
    for name, value in profile.limits.items():
        _check_limit(name, value)
    if profile.use not in ("demo", "production"):
        raise ProfileError(f"use: {profile.use!r} is not one of demo, production")
    if profile.hazard_contour_ut not in (500, 900):
        raise ProfileError("magnet.hazard_contour_ut: write 500 (0.5 mT) or 900 (0.9 mT)")
    if not 50 <= profile.b0_mt <= 10500:
        raise ProfileError("magnet.b0_mt: write the field in millitesla, 50 to 10500 (1.5 T is 1500)")
    _check_points(profile)
    _check_zones(profile)
    _check_named(profile)
    _check_link(profile)
    return profile


def _check_named(profile: SiteProfile) -> None:
    if set(profile.final_check_twice) - set(TWICE_FOR) or "emergent" not in profile.final_check_twice:
        known = ", ".join(TWICE_FOR)
        raise ProfileError(f"rules.final_check_twice: write emergent, and what else of {known}")
    if profile.approver not in APPROVERS:
        raise ProfileError(f"approver: {profile.approver!r} is not one of {', '.join(APPROVERS)}")
    if profile.scanner and not profile.scanner.strip():
        raise ProfileError("magnet.scanner: is blank; write what this magnet is called, or leave it out")
    for key in ("id", "name"):
        if len({getattr(wand, key) for wand in profile.wands}) != len(profile.wands):
            raise ProfileError(f"wands: two wands have the same {key}; give each its own")
    if wrong := wrong_room(profile.room) or wrong_protectors(profile.protectors):
        raise ProfileError(wrong)


def _check_link(profile: SiteProfile) -> None:
    for after, words in profile.link_prompts.items():
        if after not in LINK_PROMPTS_S:
            raise ProfileError(f"link_lost.{after}: is not one of {', '.join(LINK_PROMPTS_S)}")
        if not 0 < len(words.strip()) <= LINK_PROMPT_LONGEST:
            raise ProfileError(f"link_lost.{after}: write 1 to {LINK_PROMPT_LONGEST} characters")


def _check_limit(name: str, value: int) -> None:
    limit = _LIMITS.get(name)
    if limit is None:
        raise ProfileError(f"limits.{name}: no such limit; known are {', '.join(sorted(_LIMITS))}")
    if not limit.low <= value <= limit.high:
        raise ProfileError(
            f"limits.{name}: {value} is outside {limit.low} to {limit.high} {limit.unit}; "
            f"leave it out to use {limit.default}"
        )


def _check_points(profile: SiteProfile) -> None:
    ids = [point.id for point in profile.points]
    if len(set(ids)) != len(ids):
        raise ProfileError("points: two points have the same id; give each its own")
    inputs = [(point.port, point.channel) for point in profile.points]
    if len(set(inputs)) != len(inputs):
        raise ProfileError("points: two points read the same channel of one port")
    for point in profile.points:
        if point.zone not in ZONES:
            raise ProfileError(f"points.{point.id}.zone: {point.zone!r} is not one of {', '.join(ZONES)}")
    if len(profile.of_kind(PointKind.DOOR, "IV")) != 1:
        raise ProfileError("points: name exactly one door with zone = 'IV'; one console watches one magnet")
    if not profile.detectors_iv:
        raise ProfileError("points: name at least one detector with zone = 'IV'")


def _check_zones(profile: SiteProfile) -> None:
    if profile.naming not in NAMINGS:
        raise ProfileError(f"naming: {profile.naming!r} is not one of {', '.join(NAMINGS)}")
    for point in profile.points:
        where = f"points.{point.id}"
        if point.kind is PointKind.DOOR:
            _check_way(where, point.outer, point.zone, ("III", "IV"))
        elif point.outer:
            raise ProfileError(f"{where}.from: belongs to a door; a {point.kind} has a zone only")
        _check_watch(profile, point)
    for number, bare in enumerate(profile.bare_doors):
        _check_way(f"doors[{number}]", bare.outer, bare.zone, ("II", "III", "IV"))
    called = [bare.name for bare in profile.bare_doors]
    wired = {point.name for point in profile.of_kind(PointKind.DOOR)}
    if len(set(called)) != len(called) or wired.intersection(called):
        raise ProfileError("doors: two doors have the same name; a door with a contact stands in points only")


def _check_way(where: str, outer: str, zone: str, into: tuple[str, ...]) -> None:
    """Refuse a door that leads nowhere, outwards or to where it begins; `outer` may be empty."""
    if zone not in into:
        raise ProfileError(
            f"{where}.zone: {zone!r} is not one of {', '.join(into)}, the zones it may lead into"
        )
    if outer and outer not in ZONES:
        raise ProfileError(f"{where}.from: {outer!r} is not one of {', '.join(ZONES)}")
    if outer == zone:
        raise ProfileError(f"{where}.from: leads from zone {zone} to itself; name the zone outside it")
    if outer and ZONES.index(outer) > ZONES.index(zone):
        raise ProfileError(f"{where}.from: zone {outer} lies inside zone {zone}; exchange `from` and `zone`")


def _check_watch(profile: SiteProfile, point: Point) -> None:
    """Refuse a detector that watches no door of its zone, and the detector's keys on anything else."""
    where = f"points.{point.id}"
    if point.direction not in DIRECTIONS:
        raise ProfileError(f"{where}.direction: {point.direction!r} is not one of {', '.join(DIRECTIONS)}")
    if point.kind is not PointKind.DETECTOR:
        key = "door" if point.door else "direction" if point.direction != "unknown" else ""
        if key:
            raise ProfileError(f"{where}.{key}: belongs to a detector; leave it out of a {point.kind}")
        return
    if not point.door:
        return
    door = profile.point(point.door)
    if door is None or door.kind is not PointKind.DOOR:
        raise ProfileError(f"{where}.door: {point.door!r} is not the id of a door")
    if door.zone != point.zone:
        raise ProfileError(
            f"{where}.door: {door.id} leads into zone {door.zone}, the detector guards {point.zone}; "
            "write the same zone in both"
        )
