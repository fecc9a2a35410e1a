"""Put the screen on a running console, and take it off again in order."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.bootstrap import Running
from mr_safety_console.console.early import INPUT_FD, OUTPUT_FD
from mr_safety_console.entry import StartRefused
from screening_forms.types import FormError

if TYPE_CHECKING:
    from mr_safety_console.console.early import EarlyScreen
    from mr_safety_console.console.parts import Parts, Response
    from mr_safety_console.console.present.along import Beside
    from mr_safety_console.domain.refusal import Refused
    from mr_safety_console.engine.labels import Labels
    from mr_safety_console.journal.query import Query
    from screening_forms.shipped import Library
    from screening_forms.types import Form

SWITCH_S = 0.0005
"""Waiting threads take over this soon: an alarm then reaches the glass a millisecond or two earlier."""
THRESHOLD = (4_000, 25, 400)
"""Little and often over what is young, a millisecond each: of 20 000 objects it was up to 16 ms. Collecting
over everything alive costs 50 ms and more: never over what stays anyway, and over the rest, which takes
some milliseconds, by the clock. Left to the counts, a busy console grew by 3 MB a minute."""


def show(running: Running, early: EarlyScreen | None = None) -> int:
    """Show the console until it is left, then stop everything; returns the exit code.

    Raises `StartRefused` without a terminal: nobody could read an alarm or press a key.
    """
    try:
        if not all(os.isatty(fd) for fd in (INPUT_FD, OUTPUT_FD)):
            raise StartRefused("there is no terminal to show the console on", "Start it in a terminal.")
        from mr_safety_console.console.app import ConsoleApp  # noqa: PLC0415  -- armed before drawn

        sys.setswitchinterval(SWITCH_S)
        app = ConsoleApp(replace(parts_of(running), early=early), quiet=_settle, sweep=gc.collect)
        gc.set_threshold(*THRESHOLD)
        code = app.run()
    finally:
        if early is not None:
            early.close()  # before the lane closes: a key it takes after that would be lost
        running.close()
    return code if isinstance(code, int) else app.return_code or 0


def parts_of(running: Running) -> Parts:
    """Return what the app needs of a running console."""
    from mr_safety_console.console.parts import Parts  # noqa: PLC0415  -- armed before drawn

    return Parts(
        face=running.engine,
        intake=running.intake,
        profile=running.profile,
        forms=running.forms,
        clock=running.clock,
        open_query=lambda: _query(running),
        data_dir=running.data,
        simulated=running.simulated,
        banner=running.banner,
        read_response=_response,
        read_label=_labels().read,
        read_translation=lambda form, language: translation(running.forms, form, language),
    )


def _labels() -> Labels:
    from mr_safety_console.engine.labels import Labels  # noqa: PLC0415  -- armed before drawn

    return Labels()


def _response(form: Form, path: str) -> Response | Refused:
    from mr_safety_console.start.responses import read  # noqa: PLC0415  -- the reader loads when needed

    return read(form, path)


def translation(forms: Library, form: Form, language: str) -> Beside | None:
    """Return a form of this library in another language, None where it has none; not for the loop."""
    from screening_forms.translations import read_translation  # noqa: PLC0415  -- loads when needed

    try:
        return read_translation(form, forms.source(form.id), language)
    except FormError:
        return None


def _settle() -> None:
    """Collect once in a quiet moment, then leave out of every later collection what is alive by now."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _query(running: Running) -> Query:
    from mr_safety_console.journal.query import Query  # noqa: PLC0415  -- half a second of SQLModel

    query = Query(running.data)
    gc.freeze()  # what SQLModel brought stays as long as we run
    return query
