"""What the console is given by whoever builds it: the engine's face, the lane, the site, the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.console.present.along import Beside
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.face import Face
from mr_safety_console.engine.intake import Intake
from screening_forms.types import Form

if TYPE_CHECKING:
    from mr_safety_console.journal.query import Query


@frozen
class Response:
    """What a response file holds: answers by linkId, when it was written (µs), and its hash."""

    answers: Mapping[str, str]
    authored_utc: int
    sha256: str


@frozen
class Parts:
    """Everything a console needs. `open_query` is called on a worker thread, after the first paint.

    `bell` sounds once where the engine cannot; without one the terminal's own bell does.
    `simulated` marks every screen, `banner` is one line of its own (a drill, a reading view).
    `early` has held the terminal until now. `read_response` reads a response file against a form; it
    may wait on a disk, so it is never called on the loop. Nor is `read_translation`: the words of a form in
    another language, None where it has none. `read_label` reads the bar code of a device and returns at
    once.
    """

    face: Face
    intake: Intake
    profile: SiteProfile
    forms: Mapping[str, Form]
    clock: Clock
    open_query: Callable[[], Query]
    data_dir: Path
    bell: Callable[[], None] | None = None
    simulated: bool = False
    banner: str = ""
    early: EarlyScreen | None = None
    read_response: Callable[[Form, str], Response | Refused] | None = None
    read_label: Callable[[str], Future[Udi | Refused]] | None = None
    read_translation: Callable[[Form, str], Beside | None] | None = None
