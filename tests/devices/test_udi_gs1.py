"""GS1 labels as keyboard scanners send them: with, without and with half of what the code holds."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.udi import (
    LONGEST,
    LabelCheckError,
    LabelDateError,
    LabelDoubtError,
    LabelError,
    LabelFormError,
    LabelIssuerError,
    LabelTextError,
    UdiLabel,
    read_label,
)

GS = "\x1d"
GTIN = "09521101530001"  # GS1's own example number
GIVEN = UdiLabel("gs1", GTIN, lot="ABC123", serial="SN-77", expires="2028-02-29", made="2025-02-01")
ELEMENTS = f"01{GTIN}1125020117280229"
SCAN = f"{ELEMENTS}10ABC123{GS}21SN-77"


@pytest.mark.parametrize("prefix", ["", "]C1", "]d2", "]Q3", "]e0", "]J1", GS, f"]d2{GS}"])
@pytest.mark.parametrize("separator", [GS, "<GS>", "{GS}", "[GS]", "\u241d", "\x1b[19~"])
def test_a_label_is_read_whatever_the_scanner_puts_before_and_between(prefix: str, separator: str) -> None:
    """GS1 General Specifications, section 7.8: FNC1 between fields, and the symbology identifiers."""
    assert read_label(prefix + SCAN.replace(GS, separator)) == GIVEN


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(11)250201(17)280229(10)ABC123(21)SN-77",
        f"(01) {GTIN} (11) 250201 (17) 280229 (10) ABC123 (21) SN-77",
        f"(01){GTIN}{GS}(17)280229{GS}(11)250201{GS}(21)SN-77{GS}(10)ABC123",
    ],
)
def test_the_print_under_the_bars_is_read_too(text: str) -> None:
    assert read_label(text) == GIVEN


def test_any_order_of_fields_and_any_number_of_separators() -> None:
    assert read_label(f"{GS}21SN-77{GS}{GS}17280229{GS}10ABC123{GS}11250201{GS}01{GTIN}{GS}") == GIVEN


def test_other_fields_are_left_alone() -> None:
    text = f"{ELEMENTS}240REF-9{GS}10ABC123{GS}3012{GS}7101234{GS}91INTERNAL{GS}21SN-77"
    assert read_label(text) == GIVEN


def test_day_zero_is_the_end_of_the_month_and_shown_as_the_month() -> None:
    """GS1 General Specifications, section 3.4: day 00 is the last day of the month."""
    found = read_label(f"01{GTIN}1126020017280200")
    assert (found.made, found.expires) == ("2026-02", "2028-02")


@pytest.mark.parametrize(
    ("text", "error", "names"),
    [
        (f"01{GTIN[:-1]}2", LabelCheckError, r"GTIN \(01\)"),
        (f"(01){GTIN[:-1]}2", LabelCheckError, r"GTIN \(01\)"),
        (f"01{GTIN}17281301", LabelDateError, r"expiry date \(17\): 281301"),
        (f"01{GTIN}17280230", LabelDateError, r"expiry date \(17\): 280230"),
        (f"01{GTIN}11270229", LabelDateError, r"production date \(11\): 270229"),
        (f"01{GTIN}17280001", LabelDateError, r"expiry date \(17\): 280001"),
        (f"(01){GTIN}(17)280230", LabelDateError, r"expiry date \(17\)"),
        (f"01{GTIN}1728", LabelFormError, "'1728'"),
        (f"01{GTIN[:-3]}", LabelFormError, "no field begins"),
        (f"01{GTIN}10A{GS}10B", LabelDoubtError, "lot"),
        (f"01{GTIN}0104006381333931", LabelDoubtError, "di"),
        (f"01{GTIN}10{'A' * 21}", LabelDoubtError, "separator"),
        (f"(01){GTIN}(10){'A' * 21}", LabelFormError, r"\(10\)"),
        (f"x(01){GTIN}", LabelIssuerError, "no issuer"),
        ("00340123450000000018", LabelIssuerError, "without a device number"),
        ("=/A9999XYZ100T0944=,000025=A99971312345600", LabelIssuerError, "ICCBBA"),
        ("&,1A9999", LabelIssuerError, "ICCBBA"),
        ("]C0=/A9999XYZ100T0944", LabelIssuerError, "ICCBBA"),
        ("[)>\x1e06\x1d9N110375286414", LabelIssuerError, "15434"),
        (f"https://id.gs1.org/01/{GTIN}/21/9", LabelIssuerError, "Digital Link"),
        ("HELLO WORLD", LabelIssuerError, "no issuer"),
        ("", LabelTextError, "nothing"),
        (" \x1d ", LabelTextError, "nothing"),
        ("0" * (LONGEST + 1), LabelTextError, "longer"),
        (f"01{GTIN}10A\x07", LabelTextError, r"\\x07"),
        (f"01{GTIN}10A\x1b[2J", LabelTextError, r"\\x1b"),
        (f"01{GTIN}10A\u202e", LabelTextError, r"\\u202e"),
        ("\u0660\u0661", LabelTextError, "no label has"),
        ("]E04006381333932", LabelCheckError, "GTIN"),
        ("]E0ABC", LabelFormError, "GTIN"),
        ("10123456789019", LabelDoubtError, "GTIN"),
        ("105271LY", LabelDoubtError, "nothing else says"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(text: str, error: type[LabelError], names: str) -> None:
    with pytest.raises(error, match=names) as caught:
        read_label(text)
    assert caught.value.place
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("text", ["4006381333931", "]E04006381333931", "04006381333931"])
def test_a_number_without_any_field_is_a_gtin(text: str) -> None:
    assert read_label(text) == UdiLabel("gs1", "04006381333931")


@pytest.mark.parametrize(
    "value",
    ["ABC12321SN-77", "AB21C", "LOT17280229", "LOT240REF", "L3012", "X1125020121S", f"L01{GTIN}"],
)
def test_a_lot_that_may_hide_a_field_is_not_guessed(value: str) -> None:
    with pytest.raises(LabelDoubtError, match="may be two"):
        read_label(f"01{GTIN}10{value}")
    assert read_label(f"{GS}01{GTIN}10{value}").lot == value, "this scanner sends its separators"


@pytest.mark.parametrize("value", ["ABC123", "2021", "123456", "A21", "L179999", "10ABC"])
def test_a_lot_that_hides_nothing_needs_no_separator(value: str) -> None:
    assert read_label(f"01{GTIN}17280229" + f"10{value}").lot == value


@pytest.mark.parametrize("text", ["]C110LOT9", f"{GS}10LOT9", "(10)LOT9", "1728022910LOT9"])
def test_a_second_code_without_a_number_is_read_where_it_says_what_it_is(text: str) -> None:
    found = read_label(text)
    assert (found.di, found.lot) == ("", "LOT9")


def test_a_field_that_stood_before_hides_nowhere() -> None:
    assert read_label(f"01{GTIN}17280229" + "10LOT17280229").lot == "LOT17280229"


VALUES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=20)


@given(lot=VALUES, serial=VALUES, swapped=st.booleans(), dated=st.booleans())
def test_a_lost_separator_never_gives_a_wrong_lot_or_serial(
    lot: str, serial: str, swapped: bool, dated: bool
) -> None:
    parts = [f"10{lot}", f"21{serial}"]
    if swapped:
        parts.reverse()
    head = f"01{GTIN}" + ("17280229" if dated else "")
    kept = read_label(head + GS.join(parts))
    assert (kept.lot, kept.serial) == (lot, serial)
    with pytest.raises(LabelDoubtError):
        read_label(head + "".join(parts))


@given(serial=VALUES, ai=st.sampled_from(["11250201", "17280229", f"01{GTIN}"]))
def test_a_date_or_number_behind_a_lost_separator_is_seen(serial: str, ai: str) -> None:
    with pytest.raises(LabelDoubtError):
        read_label(f"21{serial}{ai}")


def test_one_wrong_digit_of_a_gtin_is_found() -> None:
    for place in range(14):
        for digit in "0123456789":
            if digit != GTIN[place]:
                with pytest.raises(LabelError):
                    read_label(f"01{GTIN[:place]}{digit}{GTIN[place + 1 :]}17280229")


def hostile(rng: random.Random) -> str:
    parts = [
        f"01{GTIN}", "17280229", "11250200", "10", "21", "240", "30", "91", GS, "<GS>", "(01)", "(10)", "(",
        "+", "+A999", "/$$", "/S", "*", "]d2", "]C1", "]E0", "=", "&", "_",
        "\x1b", "\x00", "\x9b31m", "\u202e", "A" * 19, "9" * 21, "%", "'; DROP", "＋", "\ud800",
        "٣", "00", "000000",
    ]  # fmt: skip
    return "".join(rng.choice(parts) for _ in range(rng.randrange(1, 8)))


@pytest.mark.parametrize(
    "count", [3_000, pytest.param(400_000, marks=[pytest.mark.soak, pytest.mark.timeout(1_200)])]
)
def test_hostile_text_gives_a_label_or_a_refusal_with_printable_words(count: int) -> None:
    rng = random.Random(20_261)
    read = 0
    for _ in range(count):
        found = read_or_refused(hostile(rng))
        if isinstance(found, LabelError):
            assert str(found).isprintable(), found
            continue
        read += 1
        assert (found.di, found.lot, found.serial, found.expires, found.made) != ("",) * 5
        for value in (found.di, found.lot, found.serial, found.expires, found.made):
            assert value.isascii()
            assert value == "" or value.isprintable()
            assert len(value) <= 22
    assert read > count // 100, "the fuzz reaches what is read"


def read_or_refused(text: str) -> UdiLabel | LabelError:
    try:
        return read_label(text)
    except LabelError as error:
        return error


@given(st.text(max_size=80))
def test_any_text_gives_a_label_or_a_refusal(text: str) -> None:
    found = read_or_refused(text)
    assert found.place if isinstance(found, LabelError) else found.issuer in ("gs1", "hibc")


def test_the_library_is_loaded_with_the_first_gs1_code_and_not_before() -> None:
    program = (
        "import sys; from devices.udi import read_label; "
        "read_label('+A123BJC5D6E71G'); print('biip' in sys.modules); "
        f"read_label('01{GTIN}'); print('biip' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
