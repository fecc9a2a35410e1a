"""What a label says, and how a reading of it fails."""

from __future__ import annotations

from devices.port import DeviceError
from devices.value import frozen

LONGEST = 512
"""Characters a code of a device may have; GS1 Data Matrix labels of implants have some 80."""


@frozen
class UdiLabel:
    """One code as read. Every field is text as printed; an empty one was not in this code.

    `issuer` is gs1 or hibc. `di` names the model: a GTIN of 14 digits, or labeller and product of
    HIBC. `expires` and `made` are ISO dates, `YYYY-MM` where the label names no day. `check` and
    `link` are HIBC's: a second code belongs to the first one whose `check` is its `link`.
    """

    issuer: str
    di: str = ""
    lot: str = ""
    serial: str = ""
    expires: str = ""
    made: str = ""
    check: str = ""
    link: str = ""


TYPE_IT = "Type model, lot and serial from the print by hand."
CLEAN_AND_REPEAT = "Wipe the label and scan once more; else type it by hand."


class LabelError(DeviceError):
    """A label that gives nothing. Each kind is a class; the message names place, what, and remedy."""

    kind = "label"

    def __init__(self, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{place}: {what}. {remedy}")
        self.place, self.what, self.remedy = place, what, remedy


class LabelTextError(LabelError):
    """Nothing, too much, or characters no label has."""

    kind = "text"

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what, CLEAN_AND_REPEAT)


class LabelIssuerError(LabelError):
    """A code of another kind than those read here; `place` is its name."""

    kind = "issuer"

    def __init__(self, place: str) -> None:
        super().__init__(place, "is not read here", TYPE_IT)


class LabelCheckError(LabelError):
    """A check digit or check character does not fit: a character was read wrong."""

    kind = "check"

    def __init__(self, place: str) -> None:
        super().__init__(place, "does not fit the rest", CLEAN_AND_REPEAT)


class LabelDateError(LabelError):
    """A date that cannot be."""

    kind = "date"

    def __init__(self, place: str, digits: str) -> None:
        super().__init__(place, f"{digits} is no date", TYPE_IT)


class LabelDoubtError(LabelError):
    """More than one reading fits, or two fields contradict each other: none is chosen."""

    kind = "doubt"

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what, TYPE_IT)


class LabelFormError(LabelError):
    """A field that is not built as its standard says."""

    kind = "form"

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what, CLEAN_AND_REPEAT)
