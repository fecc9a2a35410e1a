"""The hearing calculator against worked values, over its whole range and at each bound."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain.hearing_protection import (
    LEVELS,
    LIMIT_AT_EAR,
    RATINGS,
    Derating,
    Estimate,
    Method,
    Protector,
    RoomNoise,
    Sort,
    Verdict,
    estimate,
    wrong_protectors,
    wrong_room,
)

HALF = Derating(credit_pct=50, allowance_db=4)
WHOLE = Derating(credit_pct=100, allowance_db=0)
LOW, HIGH = LEVELS
PEAK = Decimal(125)


def room(la: str | Decimal = "100", lc: str | Decimal | None = None, peak: Decimal = PEAK) -> RoomNoise:
    return RoomNoise(Decimal(la), Decimal(la if lc is None else lc), peak)


def plug(nrr: int = 0, snr: int = 0) -> Protector:
    return Protector("plug", Sort.PLUG, nrr, snr)


def muff(nrr: int = 0, snr: int = 0) -> Protector:
    return Protector("muff", Sort.MUFF, nrr, snr)


NRR_TABLE = (
    # level dB(A), NRR of each protector worn, credit %, at the ear, where the worked value stands
    ("115", (32,), 50, "102.5", "worked check of the rule this calculator was asked for: one plug"),
    ("115", (32, 20), 50, "97.5", "the same, with a second protector"),
    ("95", (20,), 100, "82", "Washington Administrative Code 296-307-63215, table 2, one protector"),
    ("100", (20, 12), 100, "82", "Washington Administrative Code 296-307-63215, table 2, two"),
    ("100", (25,), 100, "82", "OSHA 1910.95 appendix B, NRR less 7 from dB(A), published example"),
    ("100", (25,), 50, "91", "OSHA, half of what appendix B gives, published example"),
    ("98", (25,), 50, "89", "OSHA field practice, published example"),
)
SNR_TABLE = (
    # level dB(C), SNR of each protector worn, allowance dB, at the ear, where the worked value stands
    ("97", (28,), 4, "73", "SNR of a protector with the real-world allowance of HSE L108, published example"),
    ("97", (28,), 0, "69", "the same example without the allowance, ISO 4869-2"),
    ("108", (30,), 4, "82", "HSE L108 allowance, an acoustician's published example"),
    ("108", (30,), 0, "78", "the same example without the allowance, ISO 4869-2"),
    ("95", (20,), 0, "75", "a supplier's published example, ISO 4869-2"),
)


@pytest.mark.parametrize(("la", "nrr", "credit", "ear", "source"), NRR_TABLE)
def test_a_worked_value_of_an_nrr(la: str, nrr: tuple[int, ...], credit: int, ear: str, source: str) -> None:
    worn = [plug(nrr=one) for one in nrr]
    method = Method.DOUBLE if len(nrr) > 1 else Method.PLUG
    # The C-weighted level is far off: it has no part in it.
    told = estimate(room(la, "60"), method, worn, Derating(credit, 15))
    assert told.level == Decimal(ear), source
    assert told.working.endswith(f"= {ear}")
    assert {"osha-nrr", "osha-derating", "iec-limit"} <= set(told.sources)


@pytest.mark.parametrize(("lc", "snr", "allowance", "ear", "source"), SNR_TABLE)
def test_a_worked_value_of_an_snr(
    lc: str, snr: tuple[int, ...], allowance: int, ear: str, source: str
) -> None:
    told = estimate(room("140", lc), Method.MUFF, [muff(snr=one) for one in snr], Derating(25, allowance))
    assert told.level == Decimal(ear), source
    assert {"snr", "hse-l108"} <= set(told.sources)
    assert told.formula == f"dB(C) − SNR + {allowance}"


def test_a14_one_protector_of_nrr_32_exceeds_at_115_and_two_keep_to_the_limit() -> None:
    """A14."""
    one = estimate(room("115"), Method.PLUG, [plug(32)], HALF)
    assert (one.verdict, one.level) == (Verdict.EXCEEDS, Decimal("102.5"))
    assert one.formula == "dB(A) − (NRR − 7) × 0.5"
    assert one.working == "115 − (32 − 7) × 0.5 = 102.5"
    assert "double" in one.advice
    two = estimate(room("115"), Method.DOUBLE, [plug(32)], HALF)
    assert (two.verdict, two.level) == (Verdict.MEETS, Decimal("97.5"))
    assert two.formula == "dB(A) − (NRR − 7) × 0.5 − 5"
    assert two.working == "115 − (32 − 7) × 0.5 − 5 = 97.5"
    assert "osha-dual" in two.sources


@pytest.mark.parametrize(
    ("la", "verdict"),
    [
        ("111.5", Verdict.MEETS),  # exactly 99
        ("111.6", Verdict.EXCEEDS),
        ("82.5", Verdict.MEETS),  # exactly 70
        ("82.4", Verdict.OVER_PROTECTED),
    ],
)
def test_the_limits_at_each_bound(la: str, verdict: Verdict) -> None:
    told = estimate(room(la), Method.PLUG, [plug(32)], HALF)
    assert told.verdict is verdict
    assert ("intercom" in told.advice) is (verdict is Verdict.OVER_PROTECTED)


@pytest.mark.parametrize(("peak", "meets"), [("140", True), ("140.1", False), ("60", True)])
def test_a_peak_above_the_limit_exceeds_whatever_is_worn(peak: str, meets: bool) -> None:
    told = estimate(room("100", peak=Decimal(peak)), Method.DOUBLE, [plug(32)], HALF)
    assert told.meets is meets


@pytest.mark.parametrize("rating", [0, RATINGS[0] - 1, RATINGS[1] + 1])
@pytest.mark.parametrize("kind", ["nrr", "snr"])
def test_no_rating_or_one_that_cannot_be_is_not_calculated_with(rating: int, kind: str) -> None:
    told = estimate(room("70"), Method.PLUG, [plug(**{kind: rating})], HALF)
    assert (told.verdict, told.level, told.lacks) == (Verdict.CANNOT_CALCULATE, None, ("rating",))


@pytest.mark.parametrize("rating", RATINGS)
def test_the_least_and_the_greatest_rating_count(rating: int) -> None:
    assert estimate(room("90"), Method.PLUG, [plug(rating)], HALF).level == 90 - Decimal(rating - 7) / 2
    assert estimate(room("90"), Method.PLUG, [plug(snr=rating)], HALF).level == 90 - rating + 4


@pytest.mark.parametrize("gone", [0, 1, 2])
@pytest.mark.parametrize("worn", [plug(32), plug(snr=30), plug(32, 30)])
def test_a_level_that_nobody_wrote_down_is_never_guessed_and_two_are_advised(
    gone: int, worn: Protector
) -> None:
    levels: list[Decimal | None] = [Decimal(90), Decimal(90), PEAK]
    levels[gone] = None
    told = estimate(RoomNoise(*levels), Method.PLUG, [worn], HALF)
    assert (told.verdict, told.level, told.advice) == (Verdict.CANNOT_CALCULATE, None, ("double",))
    assert told.lacks == (("room_noise_LAeq_dBA", "room_noise_LCeq_dBC", "room_peak_dB")[gone],)


def test_an_nrr_never_takes_the_c_weighted_level_nor_an_snr_the_a_weighted_one() -> None:
    loud_c = estimate(room("100", "140"), Method.PLUG, [plug(nrr=32)], HALF)
    loud_a = estimate(room("140", "100"), Method.PLUG, [plug(snr=32)], HALF)
    assert (loud_c.level, loud_a.level) == (Decimal("87.5"), Decimal(72))


def test_of_two_ratings_of_one_protector_the_worse_counts() -> None:
    told = estimate(room("110"), Method.PLUG, [plug(32, 37)], HALF)
    assert told.level == Decimal("97.5")


def test_the_path_of_the_newborn_counts_its_own_rating_alone_and_names_what_is_worn() -> None:
    """The hood leaves between 6 and 24 dB more or less: nobody counts on it."""
    mini = Protector("Mini muffs", Sort.NEONATAL, nrr=10)
    told = estimate(room("112"), Method.NEONATAL, [mini], HALF)
    assert (told.level, told.verdict) == (Decimal("110.5"), Verdict.EXCEEDS)
    assert told.advice == ("neonate",)
    unrated = estimate(room("112"), Method.NEONATAL, [Protector("Hood", Sort.NEONATAL)], HALF)
    assert (unrated.verdict, unrated.advice) == (Verdict.CANNOT_CALCULATE, ("neonate",))


def test_whoever_is_exempt_is_not_calculated() -> None:
    told = estimate(room(), Method.EXEMPT, [plug(32)], HALF)
    assert (told.verdict, told.lacks) == (Verdict.CANNOT_CALCULATE, ("exempt",))


def test_staff_are_told_of_the_limit_of_a_day_beside_that_of_an_hour() -> None:
    at = {True: estimate(room("100"), Method.PLUG, [plug(31)], HALF, staff=True)}
    at[False] = estimate(room("100"), Method.PLUG, [plug(31)], HALF)
    assert (at[True].level, at[True].meets) == (Decimal(88), True)
    assert ("staff-day" in at[True].advice, "staff-day" in at[False].advice) == (True, False)
    exact = estimate(room("99"), Method.PLUG, [plug(31)], HALF, staff=True)
    assert (exact.level, exact.advice) == (Decimal(87), ())


@pytest.mark.parametrize(
    ("la", "wrong"), [("60", ""), ("140", ""), ("59.9", "outside"), ("140.1", "outside"), ("99.95", "tenths")]
)
def test_levels_of_a_site_at_their_bounds(la: str, wrong: str) -> None:
    told = wrong_room(room(la, "90"))
    assert (wrong in told) if wrong else told == ""


def test_a_register_has_few_types_each_with_a_name_and_a_rating_that_can_be() -> None:
    assert wrong_protectors((plug(10, 40), muff(40))) == ""
    assert "same name" in wrong_protectors((plug(20), plug(30)))
    assert "protectors[1].snr: 41" in wrong_protectors((muff(20), plug(snr=41)))
    assert "protectors[0].nrr: 9" in wrong_protectors((muff(9),))
    many = tuple(Protector(f"P{n}", Sort.PLUG, 20) for n in range(6))
    assert "more than 5" in wrong_protectors(many)


# --- over the whole range ---

levels = st.integers(600, 1400).map(lambda tenths: Decimal(tenths) / 10)
ratings = st.integers(*RATINGS)
protectors = st.builds(
    Protector,
    st.just("x"),
    st.sampled_from(Sort),
    st.one_of(st.just(0), ratings),
    st.one_of(st.just(0), ratings),
)
worn_sets = st.lists(protectors, max_size=2)
deratings = st.builds(Derating, st.integers(0, 100), st.integers(0, 20))
methods = st.sampled_from(Method)
rooms = st.builds(RoomNoise, st.none() | levels, st.none() | levels, st.none() | levels)


def height(told: Estimate) -> Decimal:
    return Decimal(1000) if told.level is None else told.level


@given(levels, levels, levels, methods, worn_sets, deratings, st.integers(0, 200), st.integers(0, 200))
def test_more_noise_never_improves_anything(
    la: Decimal,
    lc: Decimal,
    peak: Decimal,
    method: Method,
    worn: list[Protector],
    by: Derating,
    a: int,
    c: int,
) -> None:
    quiet = estimate(RoomNoise(la, lc, peak), method, worn, by)
    loud = estimate(RoomNoise(la + a, lc + c, peak + a), method, worn, by)
    assert height(loud) >= height(quiet)
    assert quiet.meets or not loud.meets


@given(rooms, methods, worn_sets, deratings)
def test_missing_input_never_meets(
    noise: RoomNoise, method: Method, worn: list[Protector], by: Derating
) -> None:
    told = estimate(noise, method, worn, by)
    rated = any(one.nrr or one.snr for one in worn)
    if noise.missing or not rated or method is Method.EXEMPT:
        assert told.verdict is Verdict.CANNOT_CALCULATE
        assert told.lacks
        assert told.level is None
    else:
        assert told.level is not None
        assert told.meets == (told.level <= LIMIT_AT_EAR)


@given(levels, levels, methods, worn_sets, deratings, st.integers(0, 100), st.integers(0, 20))
def test_derating_never_raises_protection(
    la: Decimal, lc: Decimal, method: Method, worn: list[Protector], by: Derating, less: int, more: int
) -> None:
    noise = RoomNoise(la, lc, PEAK)
    trusted = estimate(noise, method, worn, by)
    stricter = Derating(max(0, by.credit_pct - less), by.allowance_db + more)
    doubted = estimate(noise, method, worn, stricter)
    assert height(doubted) >= height(trusted)
    assert trusted.meets or not doubted.meets


@given(levels, levels, protectors, protectors, deratings)
def test_a_second_protector_is_worth_five_decibels_and_never_more(
    la: Decimal, lc: Decimal, first: Protector, second: Protector, by: Derating
) -> None:
    noise = RoomNoise(la, lc, PEAK)
    singles = [estimate(noise, Method.PLUG, [one], by) for one in (first, second)]
    double = estimate(noise, Method.DOUBLE, [first, second], by)
    known = [one.level for one in singles if one.level is not None]
    assert double.level == (min(known) - 5 if known else None)


def test_a_whole_site_at_every_corner_of_its_range() -> None:
    """Each bound of level, rating and derating, against the formula written out a second time."""
    for la in (LOW, Decimal("111.5"), HIGH):
        for nrr in RATINGS:
            for credit in (25, 50, 75, 100):
                told = estimate(room(la), Method.PLUG, [plug(nrr)], Derating(credit, 4))
                expected = (la * 100 - (nrr - 7) * credit) / 100
                assert told.level == expected
                assert (told.verdict is Verdict.EXCEEDS) == (expected > 99)
