"""Labels of devices, read beside every other thread: a bar code in, what it says or why not out."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

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
    """Reads labels one after the other on a thread of its own, which starts with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0
        self._thread: ThreadPoolExecutor | None = None

    def read(self, text: str) -> Future[Answer]:
        """Read what a scanner sent. Returns at once; answers come in the order of the asking."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                return _busy()
            self._waiting += 1
            if self._thread is None:
                from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  -- with the first label

                self._thread = ThreadPoolExecutor(1, thread_name_prefix="labels")
            asked = self._thread.submit(read, text)
        asked.add_done_callback(self._done)
        return asked

    def close(self) -> None:
        """Read nothing more."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(cancel_futures=True)

    def _done(self, _asked: Future[Answer]) -> None:
        with self._lock:
            self._waiting -= 1


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


def _busy() -> Future[Answer]:
    answer: Future[Answer] = Future()
    answer.set_result(refused("busy"))
    return answer
