"""What the bar code of an implant, device or coil says: a unique device identifier, read but not judged."""

from __future__ import annotations

from mr_safety_console.domain.value import frozen


@frozen
class Udi:
    """One label as read. Every field is text as printed; an empty one was not on the label.

    `issuer` is gs1 or hibc. `di` names the model (a GTIN of 14 digits, or labeller and product of
    HIBC). `expires` and `made` are ISO dates, `YYYY-MM` where the label names no day.
    """

    issuer: str
    di: str
    lot: str = ""
    serial: str = ""
    expires: str = ""
    made: str = ""
