"""HIBC labels: the worked examples of the standard, every wrong character, and the way back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.udi import (
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
from devices.udi.hibc import ALPHABET, check_character


def whole(text: str) -> str:
    return text + check_character(text)


def label(text: str) -> tuple[str, ...]:
    found = read_label(text)
    assert found.issuer == "hibc"
    return (found.di, found.lot, found.serial, found.expires, found.made)


WORKED = {
    # ANSI/HIBC 2.6, appendix B.2.0 and C.3: primary data
    "+A123BJC5D6E71G": ("A123BJC5D6E7", "", "", "", ""),
    "+H123ABC01234567890D": ("H123ABC0123456789", "", "", "", ""),
    # appendix E1.1 and section 4.3.2: secondary data with a link character
    "+$A1234GU": ("", "A1234", "", "", ""),
    "+$$52001510X3GD": ("", "10X3", "", "2020-01-15", ""),
    # sections 2.2.1.1 and 4.3.3: both in one
    "+A99912345/$$52001510X33": ("A9991234", "10X3", "", "2020-01-15", ""),
    "+A123BJC5D6E71/$$52001510X3C": ("A123BJC5D6E7", "10X3", "", "2020-01-15", ""),
    # sections 2.3.2, 2.3.2.3 and 2.3.2.4: supplemental data
    "+A99912345/$$52001510X3/16D20111212/S77DEFG457": (
        "A9991234",
        "10X3",
        "77DEFG45",
        "2020-01-15",
        "2011-12-12",
    ),
    "+A99912345/$10X3/16D20111231/14D202001313": ("A9991234", "10X3", "", "2020-01-31", "2011-12-31"),
    "+A99912349/$10X3/16D20111231/14D20200131/Q500Z": ("A9991234", "10X3", "", "2020-01-31", "2011-12-31"),
    # HIBCC's printed sample label: an expiry with an hour, lot and serial of 18 characters
    "+A123ABCDEFGHI1234567891/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202$": (
        "A123ABCDEFGHI123456789",
        "LOT123456789012345",
        "XYZ456789012345678",
        "2020-02-02",
        "2013-02-02",
    ),
}

TABLE_F1 = {
    "05271": ("", "", "2005-09-28"),
    "$3C001": ("3C001", "", ""),
    "$$09053C001": ("3C001", "", "2005-09"),
    "$$20928053C001": ("3C001", "", "2005-09-28"),
    "$$30509283C001": ("3C001", "", "2005-09-28"),
    "$$4050928223C001": ("3C001", "", "2005-09-28"),
    "$$5052713C001": ("3C001", "", "2005-09-28"),
    "$$605271223C001": ("3C001", "", "2005-09-28"),
    "$$73C001": ("3C001", "", ""),
    "$+0001": ("", "0001", ""),
    "$$+09050001": ("", "0001", "2005-09"),
    "$$+20928050001": ("", "0001", "2005-09-28"),
    "$$+30509280001": ("", "0001", "2005-09-28"),
    "$$+4050928220001": ("", "0001", "2005-09-28"),
    "$$+5052710001": ("", "0001", "2005-09-28"),
    "$$+605271220001": ("", "0001", "2005-09-28"),
    "$$+70001": ("", "0001", ""),
}


@pytest.mark.parametrize(("code", "said"), WORKED.items(), ids=list(WORKED))
def test_the_worked_examples_of_the_standard(code: str, said: tuple[str, ...]) -> None:
    """ANSI/HIBC 2.6 (2016), the sections named at each; the last from HIBCC's sample label."""
    assert label(code) == said
    assert label(f"*{code}*") == said
    assert label(f"]d1{code}") == said


@pytest.mark.parametrize(("data", "said"), TABLE_F1.items(), ids=list(TABLE_F1))
def test_every_secondary_form_alone_and_behind_a_primary(data: str, said: tuple[str, ...]) -> None:
    """ANSI/HIBC 2.6, appendix F, table F1, with the link character L."""
    alone = read_label(whole(f"+{data}L"))
    assert (alone.di, alone.lot, alone.serial, alone.expires, alone.link) == ("", *said, "L")
    both = read_label(whole(f"+Z999009993020351/{data}"))
    assert (both.di, both.lot, both.serial, both.expires) == ("Z99900999302035", *said)


@pytest.mark.parametrize("amount", ["824", "900100"])
@pytest.mark.parametrize(("data", "said"), [(d, s) for d, s in TABLE_F1.items() if d.startswith("$$")])
def test_a_quantity_before_the_date_is_skipped(amount: str, data: str, said: tuple[str, ...]) -> None:
    """ANSI/HIBC 2.6, appendix F, table F1: format digits 8 and 9."""
    head = "$$+" if data.startswith("$$+") else "$$"
    found = read_label(whole(f"+Z999009993020351/{head}{amount}{data.removeprefix(head)}"))
    assert (found.lot, found.serial, found.expires) == said


def test_a_quantity_alone_names_nothing_but_the_product() -> None:
    assert label(whole("+EHWD3551419/$$900100")) == ("EHWD355141", "", "", "", "")
    with pytest.raises(LabelFormError, match="names no lot"):
        read_label(whole("+$$900100L"))


def test_a_second_code_is_joined_by_its_link_character() -> None:
    """ANSI/HIBC 2.6, section 4.3.2: the link is the check character of the primary code."""
    assert read_label("+A123BJC5D6E71G").check == read_label("+$$52001510X3GD").link == "G"


CORRUPTED = [*WORKED, *(whole(f"+{data}L") for data in TABLE_F1)]
CHARACTERS = [chr(code) for code in range(128)] + ["\x9b", "\u202e", "Ä", "＋"]


@pytest.mark.parametrize("code", CORRUPTED)
def test_no_single_wrong_character_is_read(code: str) -> None:
    """Every place, every other character: the check is a sum modulo 43 over 43 characters."""
    right = read_label(code)
    for place in range(len(code)):
        for char in CHARACTERS:
            wrong = code[:place] + char + code[place + 1 :]
            try:
                assert read_label(wrong) == right, wrong
            except LabelError:
                continue


def test_a_cut_code_passes_no_oftener_than_its_check_allows() -> None:
    """A sum modulo 43 lets one in 43 cuts pass: the reader, not the label, has to send whole codes."""
    cuts = [code[:end] for code in CORRUPTED for end in range(len(code))]
    passed = [cut for cut in cuts if reads(cut)]
    assert len(cuts) > 500
    assert len(passed) <= len(cuts) / 43


def reads(text: str) -> bool:
    try:
        read_label(text)
    except LabelError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "error", "names"),
    [
        (whole("+A123BJC5D6E7A"), LabelFormError, "primary"),
        (whole("+A123BJ.C5D6E71"), LabelFormError, "primary"),
        (whole("+A1231"), LabelFormError, "primary"),
        (whole("+A123BJC5D6E71234567890123456"), LabelFormError, "primary"),
        (whole("+A99912345/"), LabelFormError, "secondary"),
        (whole("+A99912345/$$5ABCDE3C001"), LabelFormError, "secondary"),
        (whole("+A99912345/$$3231031ABCDEFGHIJKLMNOPQRS"), LabelFormError, "secondary"),
        (whole("+A99912345/$10X3/16D2011123"), LabelFormError, "secondary"),
        (whole("+A99912345/$$21332053C001"), LabelDateError, "133205"),
        (whole("+A99912345/$$13053C001"), LabelDateError, "1305"),
        (whole("+A99912345/$$3250230X"), LabelDateError, "250230"),
        (whole("+A99912345/$$525366X"), LabelDateError, "25366"),
        (whole("+A99912345/$$525000X"), LabelDateError, "25000"),
        (whole("+A99912345/$$425022824X"), LabelDateError, "hour"),
        (whole("+A99912345/$1/14D20210229"), LabelDateError, "20210229"),
        (whole("+A99912345/$1/S2/S3"), LabelDoubtError, "twice"),
        (whole("+A99912345/$$32501011/14D20260101"), LabelDoubtError, "twice"),
        (whole("+S123456781"), LabelDoubtError, "serial number alone"),
        (whole("+/EO523201"), LabelIssuerError, "provider"),
        ("+A123BJC5D6E71H", LabelCheckError, "check character"),
        ("+a123bjc5d6e71g", LabelTextError, "'a'"),
        ("+A1", LabelFormError, "cut off"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(text: str, error: type[LabelError], names: str) -> None:
    with pytest.raises(error, match=names) as caught:
        read_label(text)
    assert caught.value.place
    assert caught.value.remedy.endswith(".")


def test_a_leap_day_is_a_day_in_a_leap_year() -> None:
    assert label(whole("+A99912345/$$524366X"))[3] == "2024-12-31"
    assert label(whole("+A99912345/$$3240229X"))[3] == "2024-02-29"


def test_an_unknown_supplement_is_left_alone() -> None:
    assert label(whole("+A99912345/$1/25SUNABC/S2")) == ("A9991234", "1", "2", "", "")


def test_the_underscore_of_the_print_is_the_space_of_the_code() -> None:
    """HIBCC, terms of the primary structure: an underscore stands for the space in the print."""
    ends_in_space = next(code for n in range(500) if (code := whole(f"+A999{n:05d}1")) and code.endswith(" "))
    assert label(f"*{ends_in_space[:-1]}_*") == label(ends_in_space)


NAMES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=18)
DAYS = st.dates(dt.date(1983, 1, 1), dt.date(2082, 12, 31))
FORMS = {
    "2": "%m%d%y",
    "3": "%y%m%d",
    "4": "%y%m%d07",
    "5": "%y%j",
    "6": "%y%j23",
}


@given(
    lic=st.from_regex(r"[A-Z][0-9A-Z]{3}", fullmatch=True),
    pcn=NAMES,
    unit=st.integers(0, 9),
    lot=NAMES,
    serial=NAMES,
    expires=DAYS,
    made=DAYS,
    form=st.sampled_from(sorted(FORMS)),
    amount=st.sampled_from(["", "807", "900012"]),
)
def test_what_is_written_is_read(
    lic: str,
    pcn: str,
    unit: int,
    lot: str,
    serial: str,
    expires: dt.date,
    made: dt.date,
    form: str,
    amount: str,
) -> None:
    date = form + expires.strftime(FORMS[form])
    text = whole(f"+{lic}{pcn}{unit}/$${amount}{date}{lot}/S{serial}/16D{made:%Y%m%d}")
    assert read_label(text) == UdiLabel(
        "hibc", lic + pcn, lot, serial, expires.isoformat(), made.isoformat(), check=text[-1]
    )
    alone = read_label(whole(f"+$$+{amount}{date}{serial}{text[-1]}"))
    assert (alone.serial, alone.expires, alone.link) == (serial, expires.isoformat(), text[-1])


@given(st.text(ALPHABET, max_size=60))
def test_any_text_with_a_fitting_check_is_read_or_refused(body: str) -> None:
    text = whole(f"+{body}")
    try:
        found = read_label(text)
    except LabelError:
        return
    assert found.di or found.lot or found.serial or found.expires or found.made
    for part in (found.lot, found.serial):
        assert part in text
