"""Labels of devices, read beside every other thread: a bar code in, what it says or why not out."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from devices.udi import UdiLabel

Answer = Udi | Refused
MOST_WAITING: Final = 8
"""Codes that may wait to be read; a hand scans one in a second, and one is read in a millisecond."""
LONGEST: Final = 120
RULES: Final = {
    "text": "label-text",
    "issuer": "label-issuer",
    "check": "label-check",
    "date": "label-date",
    "doubt": "label-doubt",
    "form": "label-form",
}
"""The rule for each kind of label that gives nothing."""


class Labels:
    """Reads labels one after the other, beside whoever asks; its thread ends when none waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[str, Future[Answer]]] = deque()
        self._reading = False

    def read(self, text: str) -> Future[Answer]:
        """Read what a scanner sent. Returns at once; answers come in the order of the asking."""
        answer: Future[Answer] = Future()
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                answer.set_result(refused("busy"))
                return answer
            self._waiting.append((text, answer))
            start, self._reading = not self._reading, True
        if start:
            threading.Thread(target=self._work, name="labels", daemon=True).start()
        return answer

    def _work(self) -> None:
        while (asked := self._next()) is not None:
            text, answer = asked
            try:
                answer.set_result(read(text))
            except Exception as error:  # noqa: BLE001  -- reader loop: told to whoever asked, and the next is read
                answer.set_exception(error)

    def _next(self) -> tuple[str, Future[Answer]] | None:
        with self._lock:
            self._reading = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None


def read(text: str) -> Answer:
    """Read one label here and now; loads the readers. Foreign text is cleaned on the way."""
    from devices.udi import LabelError, read_label  # noqa: PLC0415  -- loaded with the first label

    try:
        return _udi(read_label(text))
    except LabelError as error:
        return refused(
            RULES[error.kind], place=clean(error.place, cap=LONGEST), what=clean(error.what, cap=LONGEST)
        )


def _udi(label: UdiLabel) -> Udi:
    return Udi(
        issuer=label.issuer,
        di=clean(label.di),
        lot=clean(label.lot),
        serial=clean(label.serial),
        expires=label.expires,
        made=label.made,
    )
