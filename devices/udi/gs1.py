"""GS1 labels: element strings as scanners send them, split by biip, believed only where nothing is lost.

A field of variable length ends at a separator (FNC1, sent as GS). Keyboard scanners lose it, and then
a lot swallows the serial number behind it. Where the text came without any separator and its last
field could be two, no reading is chosen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from devices.udi.fields import Fields
from devices.udi.label import (
    LabelCheckError,
    LabelDateError,
    LabelDoubtError,
    LabelFormError,
    LabelIssuerError,
    UdiLabel,
)

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

GS: Final = "\x1d"
_FIELDS: Final = {"01": "di", "10": "lot", "11": "made", "17": "expires", "21": "serial"}
_DATES: Final = {"11": "production date (11)", "17": "expiry date (17)"}
_HRI = re.compile(r"\(([0-9]{2,4})\)")
_GTIN_DIGITS: Final = (8, 12, 13, 14)
_HIDDEN = re.compile(
    r"01[0-9]{14}|1[17][0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])|(?:10|21|240).+|30[0-9]{1,8}"
)
"""Whole fields of device labels that a field before them may have swallowed."""
_AI = re.compile(r"240|[0-9]{2}")


def read(text: str, *, declared: bool = False) -> UdiLabel:
    """Read GS1 data without its symbology identifier; `declared` when that said GS1. Raises `LabelError`."""
    if text.isdigit() and len(text) in _GTIN_DIGITS and _digit_fits(text):
        return _bare_number(text)
    fields = Fields("gs1")
    printed = text.startswith("(")
    elements = _printed(text) if printed else _scanned(text)
    for element in elements:
        _take(fields, element)
    if fields.empty:
        raise LabelIssuerError("a GS1 code without a device number, lot, serial or date")
    if len(elements) == 1 and elements[0].ai.ai != "01" and not (declared or printed or GS in text):
        # Two digits in front of anything look like this; an HIBC code that lost its plus sign, too.
        raise LabelDoubtError(f"field ({elements[0].ai.ai})", "nothing else says that this is a GS1 code")
    return fields.label()


def read_number(text: str) -> UdiLabel:
    """Read the digits of an EAN or UPC code, which hold a GTIN and nothing else. Raises `LabelError`."""
    if not (text.isascii() and text.isdigit() and len(text) in _GTIN_DIGITS):
        raise LabelFormError("GTIN", "it is no number of 8, 12, 13 or 14 digits")
    if not _digit_fits(text):
        raise LabelCheckError("the check digit of the GTIN")
    return UdiLabel("gs1", di=text.zfill(14))


def _bare_number(text: str) -> UdiLabel:
    """Read digits that fit a GTIN, unless they are fields as well."""
    if _HIDDEN.fullmatch(text) or _could_hide(text, frozenset()):
        raise LabelDoubtError("GTIN", "the digits may as well be lot, serial or date")
    return read_number(text)


def _digit_fits(gtin: str) -> bool:
    from biip.checksums import gs1_standard_check_digit  # noqa: PLC0415  -- never at the first paint

    return gs1_standard_check_digit(gtin[:-1]) == int(gtin[-1])


def _printed(text: str) -> list[GS1ElementString]:
    """Return the fields of text with parentheses, as it stands under the bars."""
    before, *pairs = _HRI.split(text)
    if before:
        raise LabelFormError("GS1 code", "it does not begin with a known field")
    found = []
    for ai, value in zip(pairs[::2], pairs[1::2], strict=True):
        whole = ai + value.strip(f" {GS}")
        element = _first(whole)
        if len(element) != len(whole):
            raise LabelFormError(f"field ({ai})", "it is too long or holds foreign characters")
        found.append(element)
    return found


def _scanned(text: str) -> list[GS1ElementString]:
    """Return the fields of text as it stands in the code. Raises `LabelDoubtError` for a lost separator."""
    found: list[GS1ElementString] = []
    for segment in text.split(GS):
        rest = segment
        while rest:
            element = _first(rest)
            rest = rest[len(element) :]
            if rest and element.ai.separator_required:
                # biip would go on after the longest value; what follows is no field of its own
                raise LabelDoubtError(f"field ({element.ai.ai})", "a separator behind it was lost")
            found.append(element)
    if GS not in text and found and found[-1].ai.separator_required:
        _certain(found[-1], frozenset(element.ai.ai for element in found))
    return found


def _first(text: str) -> GS1ElementString:
    from biip import ParseError  # noqa: PLC0415  -- never at the first paint
    from biip.gs1_element_strings import GS1ElementString  # noqa: PLC0415

    try:
        return GS1ElementString.extract(text)
    except ParseError:
        date = _DATES.get(text[:2])
        if date and text[2:8].isdigit() and len(text) >= 8:
            raise LabelDateError(date, text[2:8]) from None
        raise LabelFormError("GS1 code", f"no field begins with {text[:8]!a}") from None


def _certain(last: GS1ElementString, seen: frozenset[str]) -> None:
    """Raise `LabelDoubtError` when the last field could hold another one behind a lost separator."""
    if _could_hide(last.value, seen):
        raise LabelDoubtError(
            f"field ({last.ai.ai})", "it may be two: the scanner sent no separator between them"
        )


def _could_hide(value: str, seen: frozenset[str]) -> bool:
    return any(_fields_only(value[cut:], seen) for cut in range(1, len(value)))


def _fields_only(text: str, seen: frozenset[str]) -> bool:
    """Tell whether text is nothing but fields that were not seen before it."""
    ai = _AI.match(text)
    if ai is None or ai[0] in seen:
        return False
    if _HIDDEN.fullmatch(text):
        return True
    known = seen | {ai[0]}
    return any(
        _HIDDEN.fullmatch(text[:cut]) and _fields_only(text[cut:], known) for cut in range(3, len(text))
    )


def _take(fields: Fields, element: GS1ElementString) -> None:
    """Take a field of a device; all others are left alone."""
    ai = element.ai.ai
    name, value = _FIELDS.get(ai), element.value
    if name is None:
        return
    if ai == "01" and not _digit_fits(value):
        raise LabelCheckError("the check digit of the GTIN (01)")
    if ai in _DATES:
        value = _date(ai, value, element)
    fields.put(name, value)


def _date(ai: str, digits: str, element: GS1ElementString) -> str:
    """Return the ISO date; day 00 is the end of the month, shown as the month alone."""
    if element.date is None:
        raise LabelDateError(_DATES[ai], digits)
    iso = element.date.isoformat()
    return iso[:7] if digits[4:] == "00" else iso
