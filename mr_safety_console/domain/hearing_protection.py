"""What a protector leaves of the scanner's noise, by the rating on its packet: advisory, a rating is no fit.

Exact decimals throughout. An A-weighted level goes with an NRR, a C-weighted one with an SNR, and neither
stands in for the other. Whatever is missing leaves the answer at CANNOT CALCULATE.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from mr_safety_console.domain.value import frozen

LIMIT_AT_EAR = Decimal(99)
"""dB(A), LAeq over one hour: IEC 60601-2-33 asks for hearing protection that keeps to it."""
LIMIT_PEAK = Decimal(140)
"""dB peak, taken of the room: nothing on a packet says what a protector leaves of a peak."""
STAFF_DAILY = Decimal(87)
"""dB(A) of a working day at the ear: the exposure limit of Directive 2003/10/EC."""
OVER_PROTECTED = Decimal(70)
"""dB(A): below it EN 458 and HSE L108 warn that speech and calls are not heard."""
WEIGHTING = Decimal(7)
"""dB off an NRR where the level is A-weighted: OSHA 29 CFR 1910.95, appendix B."""
SECOND = Decimal(5)
"""dB for a second protector over the better one: OSHA Technical Manual, noise, dual protection."""
DOUBLE_FROM = Decimal(112)
"""dB(A) of the room from which no single protector in use keeps to the limit at half its rating."""
LEVELS = (Decimal(60), Decimal(140))
"""What a scanner's declared noise may be, in dB; anything outside is a slip of the pen."""
RATINGS = (10, 40)
"""What the rating of a protector may be, in dB."""


class Sort(StrEnum):
    """What a protector of the site's register is."""

    PLUG = "plug"
    MUFF = "muff"
    NEONATAL = "neonatal"


class Method(StrEnum):
    """How one head is protected, or that it is not, for a recorded reason."""

    PLUG = "plug"
    MUFF = "muff"
    DOUBLE = "double"
    NEONATAL = "neonatal"
    MOULDS = "moulds"
    EXEMPT = "exempt"


class Verdict(StrEnum):
    """What a calculation comes to. MEETS means the figures keep to the limit, and nothing else."""

    MEETS = "meets"
    OVER_PROTECTED = "over-protected"
    EXCEEDS = "exceeds"
    CANNOT_CALCULATE = "cannot-calculate"


@frozen
class Protector:
    """One type of the site's register. `nrr` and `snr` stand on its packet, in dB; 0: not on it."""

    name: str
    sort: Sort
    nrr: int = 0
    snr: int = 0


@frozen
class RoomNoise:
    """The scanner's noise at the patient by its declaration: dB(A), dB(C), dB peak; None: nobody wrote it.

    `source` says where the figures stand.
    """

    la: Decimal | None = None
    lc: Decimal | None = None
    peak: Decimal | None = None
    source: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the keys of the site file that nobody has set."""
        return tuple(key for key, level in zip(ROOM_KEYS, self.levels, strict=True) if level is None)

    @property
    def levels(self) -> tuple[Decimal | None, ...]:
        """Return the three levels, in the order of `ROOM_KEYS`."""
        return (self.la, self.lc, self.peak)


ROOM_KEYS = ("room_noise_LAeq_dBA", "room_noise_LCeq_dBC", "room_peak_dB")


@frozen
class Derating:
    """How far a site trusts a laboratory: `credit_pct` of NRR − 7 counts, `allowance_db` comes on an SNR."""

    credit_pct: int
    allowance_db: int


@frozen
class Estimate:
    """One calculation: the level at the ear in dB(A), formula and numbers, and the ids of its sources.

    `lacks` names what is missing, `advice` what to look at beside it; both are coded.
    """

    verdict: Verdict
    level: Decimal | None = None
    formula: str = ""
    working: str = ""
    sources: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def meets(self) -> bool:
        """Return whether these figures keep to the limit."""
        return self.verdict in (Verdict.MEETS, Verdict.OVER_PROTECTED)


@frozen
class _Worked:
    level: Decimal
    formula: str
    said: str
    sources: tuple[str, ...]


def estimate(
    room: RoomNoise,
    method: Method,
    worn: Iterable[Protector],
    derating: Derating,
    *,
    staff: bool = False,
) -> Estimate:
    """Return what these protectors, worn this way, leave at the ear.

    All three levels of the room must be there, and one rating that fits one of them. Of two ratings of one
    protector the worse counts, of two protectors the better one and 5 dB. `staff`: the limit of a day is
    told as well.
    """
    double = method is Method.DOUBLE
    lacks = room.missing
    found = [one for one in (_single(room, each, derating) for each in worn) if one is not None]
    if method is Method.EXEMPT:
        lacks = ("exempt",)
    elif not lacks and not found:
        lacks = ("rating",)
    if lacks or not found or room.peak is None:
        return Estimate(Verdict.CANNOT_CALCULATE, lacks=lacks, advice=_unknown(method))
    worked = min(found, key=lambda one: one.level)
    if double:
        worked = _second(worked)
    return _judged(room, method, worked, room.peak, staff=staff)


def _second(one: _Worked) -> _Worked:
    less = f" − {_plain(SECOND)}"
    return _Worked(one.level - SECOND, one.formula + less, one.said + less, (*one.sources, "osha-dual"))


def _single(room: RoomNoise, worn: Protector, derating: Derating) -> _Worked | None:
    """Return the worse of what the ratings of one protector come to; None without one that can be used."""
    found: list[_Worked] = []
    if room.la is not None and _rated(worn.nrr):
        credit = Decimal(derating.credit_pct) / 100
        formula = f"({{}} − {_plain(WEIGHTING)}) × {_plain(credit)}"
        said = f"{_plain(room.la)} − {formula.format(worn.nrr)}"
        level = room.la - (worn.nrr - WEIGHTING) * credit
        sources = ("osha-nrr", "osha-derating")
        found.append(_Worked(level, f"dB(A) − {formula.format('NRR')}", said, sources))
    if room.lc is not None and _rated(worn.snr):
        more = derating.allowance_db
        said = f"{_plain(room.lc)} − {worn.snr} + {more}"
        level = room.lc - worn.snr + more
        found.append(_Worked(level, f"dB(C) − SNR + {more}", said, ("snr", "hse-l108")))
    return max(found, key=lambda one: one.level, default=None)


def _rated(db: int) -> bool:
    low, high = RATINGS
    return low <= db <= high


def _judged(room: RoomNoise, method: Method, worked: _Worked, peak: Decimal, *, staff: bool) -> Estimate:
    exceeds = worked.level > LIMIT_AT_EAR or peak > LIMIT_PEAK
    under = worked.level < OVER_PROTECTED
    verdict = Verdict.EXCEEDS if exceeds else Verdict.OVER_PROTECTED if under else Verdict.MEETS
    advice = ["neonate"] if method is Method.NEONATAL else []
    single = method in (Method.PLUG, Method.MUFF, Method.MOULDS)
    if single and (exceeds or (room.la is not None and room.la >= DOUBLE_FROM)):
        advice.append("double")
    if under:
        advice.append("intercom")
    if staff and worked.level > STAFF_DAILY:
        advice.append("staff-day")
    return Estimate(
        verdict,
        worked.level,
        worked.formula,
        f"{worked.said} = {_plain(worked.level)}",
        (*worked.sources, "iec-limit", *(("en-458",) if under else ())),
        advice=tuple(advice),
    )


def _unknown(method: Method) -> tuple[str, ...]:
    if method is Method.EXEMPT:
        return ()
    return ("neonate",) if method is Method.NEONATAL else ("double",)


def _plain(number: Decimal) -> str:
    """Return a decimal as people write it: no exponent, no noughts at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(level: Decimal) -> str:
    """Return a level as it stands on the screen."""
    return f"{_plain(level)} dB(A)"


def wrong_room(room: RoomNoise) -> str:
    """Return which of the site's levels cannot be one, and why; empty when each may be."""
    low, high = LEVELS
    for key, level in zip(ROOM_KEYS, room.levels, strict=True):
        if level is not None and not low <= level <= high:
            return f"hearing.{key}: {_plain(level)} is outside {low} to {high} dB"
        if level is not None and level != level.quantize(Decimal("0.1")):
            return f"hearing.{key}: {_plain(level)}: write whole or tenths of a decibel"
    return ""


def wrong_protectors(register: tuple[Protector, ...]) -> str:
    """Return what is wrong with the register of protectors; empty when nothing is."""
    if len(register) > MOST_TYPES:
        return f"protectors: more than {MOST_TYPES} types; keep those that are in stock"
    if len({one.name for one in register}) != len(register):
        return "protectors: two types have the same name; give each its own"
    low, high = RATINGS
    for number, one in enumerate(register):
        for key, rating in (("nrr", one.nrr), ("snr", one.snr)):
            if rating and not _rated(rating):
                return f"protectors[{number}].{key}: {rating} is outside {low} to {high} dB"
    return ""


MOST_TYPES = 5
"""Types of protectors in a register: each has a key of its own beside double, moulds and newborn."""
