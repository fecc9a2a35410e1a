"""Reading along: which language is shown beside the questions, and its words, read beside the loop."""

from __future__ import annotations

import threading

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.present.along import LANGUAGES, Along, Beside, spoken
from mr_safety_console.domain.screening import Case
from screening_forms.types import Form


class ReadingAlong:
    """The language chosen for the visit on the screen, and every translation read so far.

    A translation is read once, on a thread of its own, when somebody first wants or may want it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[tuple[str, str], Beside | None] = {}
        self._asked: set[tuple[str, str]] = set()
        self._language = ""

    def forget(self) -> None:
        """Begin with the form's own words: somebody else is asked now."""
        self._language = ""

    def switch(self, case: Case) -> None:
        """Show the language of who answers, or the next one; after the last the form's own words alone."""
        order = ("", *LANGUAGES)
        wanted = spoken(case.informant) if not self._language else ""
        self._language = wanted or order[(order.index(self._language) + 1) % len(order)]

    def shown(self, form: Form) -> Along | None:
        """Return what stands beside the questions of this form; None for its own words alone."""
        if not self._language:
            return None
        place = form.sha256, self._language
        if place not in self._known:
            self._read(form, self._language)
        return Along(self._language, self._known.get(place), place not in self._known)

    def offered(self, form: Form, case: Case) -> str:
        """Return the language who answers speaks, once it is known that this form has it."""
        wanted = spoken(case.informant)
        if wanted and (form.sha256, wanted) not in self._known:
            self._read(form, wanted)
        return wanted if self._known.get((form.sha256, wanted)) is not None else ""

    def _read(self, form: Form, language: str) -> None:
        read = self._desk.parts.read_translation
        place = form.sha256, language
        if read is None:
            self._known[place] = None
        elif place not in self._asked:
            self._asked.add(place)
            work = threading.Thread(
                target=lambda: self._tell(place, read(form, language)), name="console-along", daemon=True
            )
            work.start()

    def _tell(self, place: tuple[str, str], words: Beside | None) -> None:
        self._desk.on_loop(lambda: self._desk.attempt(lambda: self._keep(place, words)))

    def _keep(self, place: tuple[str, str], words: Beside | None) -> None:
        self._known[place] = words
        self._desk.repaint()
