"""HIBC labels (ANSI/HIBC 2.6, Supplier Labeling Standard): primary, secondary, and both in one code.

No kept library reads them without asking a server. The check character (modulo 43 over 43
characters) finds every single wrong character, so nothing is read from a code in which it does not fit.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from devices.udi.fields import Fields
from devices.udi.label import (
    LabelCheckError,
    LabelDateError,
    LabelDoubtError,
    LabelFormError,
    LabelIssuerError,
    LabelTextError,
    UdiLabel,
)

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The characters of an HIBC code; the place of one is its value in the check."""
FIRST_YEAR: Final = 1983
"""HIBCC began in 1983: two digits of a year lie in the hundred years from then on."""

_PRIMARY = re.compile(r"(?P<di>[A-Z][0-9A-Z]{3}[0-9A-Z]{1,18})[0-9]")
_NUMBER = r"[0-9A-Z.-]"
_DATED = re.compile(
    rf"\$\$(?P<serial>\+?)(?=[0-9])(?:8[0-9]{{2}}|9[0-9]{{5}})?"
    rf"(?:(?P<date>[01][0-9]{{3}}|2[0-9]{{6}}|3[0-9]{{6}}|4[0-9]{{8}}|5[0-9]{{5}}|6[0-9]{{7}}|7)"
    rf"(?P<number>{_NUMBER}{{0,18}}))?"
)
_UNDATED = re.compile(rf"\$(?P<serial>\+?)(?P<number>{_NUMBER}{{1,18}})")
_OLD = re.compile(rf"(?P<date>[0-9]{{5}})(?P<number>{_NUMBER}{{0,13}})")
_DAY = re.compile(r"(?P<what>14D|16D)(?P<date>[0-9]{8})")
_SERIAL = re.compile(rf"S(?P<number>{_NUMBER}{{1,18}})")
_QUANTITY = re.compile(r"Q[0-9]{1,5}")
_OTHER = re.compile(r"(?!14D|16D|[0-9]*Q|S)[0-9]{0,3}[A-Z][^/]+")


def check_character(text: str) -> str:
    """Return the check character of a code without it. Raises `ValueError` for a foreign character."""
    return ALPHABET[sum(map(ALPHABET.index, text)) % len(ALPHABET)]


def read(text: str) -> UdiLabel:
    """Read one HIBC code, with or without the asterisks of its print. Raises `LabelError`."""
    body, check = _checked(text)
    if body.startswith("/"):
        raise LabelIssuerError("an HIBC provider code, which names no device")
    fields = Fields("hibc")
    if body[0].isalpha():
        first, *parts = body.split("/")
        _primary(fields, first, alone=not parts)
        linked = {"check": check}
    else:
        parts = body[:-1].split("/")
        linked = {"link": body[-1]}
    for part in parts:
        _part(fields, part)
    if fields.empty:
        raise LabelFormError("secondary data", "it names no lot, serial or date")
    for name, char in linked.items():
        fields.put(name, char)
    return fields.label()


def _checked(text: str) -> tuple[str, str]:
    """Return what stands between plus sign and check character, and the check character."""
    if text[:1] == text[-1:] == "*" and len(text) > 1:
        text = text[1:-1]
    if text.endswith("_"):
        text = f"{text[:-1]} "  # the print shows a space as underscore
    foreign = next((char for char in text if char not in ALPHABET), None)
    if foreign is not None:
        raise LabelTextError("HIBC code", f"{foreign!a} is no character of it")
    if len(text) < 4 or text[0] != "+":
        raise LabelFormError("HIBC code", "it is cut off")
    if check_character(text[:-1]) != text[-1]:
        raise LabelCheckError("the check character of the HIBC code")
    return text[1:-1], text[-1]


def _primary(fields: Fields, text: str, *, alone: bool) -> None:
    match = _PRIMARY.fullmatch(text)
    if match is None:
        raise LabelFormError("labeller and product", "not built as a primary code")
    if text[0] == "S" and alone:
        # A serial number in a code of its own begins the same way.
        raise LabelDoubtError("labeller and product", "it may as well be a serial number alone")
    fields.put("di", match["di"])


def _part(fields: Fields, text: str) -> None:
    """Take one secondary or supplemental field."""
    if match := _DATED.fullmatch(text) or _UNDATED.fullmatch(text):
        groups = match.groupdict()
        fields.put("expires", _flagged(groups.get("date") or "7"))
        fields.put("serial" if match["serial"] else "lot", match["number"] or "")
    elif match := _OLD.fullmatch(text):
        fields.put("expires", _flagged(f"5{match['date']}"))
        fields.put("lot", match["number"])
    elif match := _DAY.fullmatch(text):
        name = "expires" if match["what"] == "14D" else "made"
        fields.put(name, _day(match["date"], match["date"][:4], match["date"][4:6], match["date"][6:]))
    elif match := _SERIAL.fullmatch(text):
        fields.put("serial", match["number"])
    elif not (_QUANTITY.fullmatch(text) or _OTHER.fullmatch(text)):
        raise LabelFormError("secondary data", "not built as its standard says")


def _flagged(text: str) -> str:
    """Return the date after its format digit; hours are left out, `YYYY-MM` where no day is named."""
    flag, digits = text[0], text[1:]
    match flag:
        case "0" | "1":
            return _day(text, _year(text[2:]), text[:2], "01")[:7]
        case "2":
            return _day(digits, _year(digits[4:]), digits[:2], digits[2:4])
        case "3" | "4":
            _hour(digits, digits[6:])
            return _day(digits, _year(digits[:2]), digits[2:4], digits[4:6])
        case "5" | "6":
            _hour(digits, digits[5:])
            return _julian(digits, int(_year(digits[:2])), int(digits[2:5]))
        case _:
            return ""


def _year(two: str) -> str:
    return str(FIRST_YEAR + (int(two) - FIRST_YEAR) % 100)


def _day(digits: str, year: str, month: str, day: str) -> str:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise LabelDateError("the date of the HIBC code", digits) from None


def _julian(digits: str, year: int, day: int) -> str:
    found = dt.date(year, 1, 1) + dt.timedelta(days=day - 1)
    if found.year != year:
        raise LabelDateError("the date of the HIBC code", digits)
    return found.isoformat()


def _hour(digits: str, hour: str) -> None:
    if hour and int(hour) > 23:
        raise LabelDateError("the hour of the HIBC code", digits)
