"""What becomes of every questionnaire in a folder: loaded and answered, or refused with linkId and feature.

    python tests/support/survey.py FOLDER [--json] [--manifest FILE]

A manifest is a table with a header, tabs between its columns, one of them sha256: what it says of a
file is put before the outcome, as in `docs/forms-survey.tsv`. Each form is read, linted, driven to a
completed response by `auto_answer`, and that response is validated, within a time limit. Leaves with 1
if any form ended in a traceback or ran out of time.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.auto_answer import NOON, answered  # noqa: E402

from screening_forms.lint import lint_source  # noqa: E402
from screening_forms.questionnaire import read_questionnaire  # noqa: E402
from screening_forms.response import to_response  # noqa: E402
from screening_forms.strict_json import IMPORT_BYTES, read_bytes  # noqa: E402
from screening_forms.types import Form, FormError  # noqa: E402
from screening_forms.validate import validate  # noqa: E402

LIMIT_S = 20
TRIES = 12


class TooLongError(Exception):
    """A form took longer than the limit."""


@dataclass(frozen=True)
class Outcome:
    """What became of one form: `answered`, `loaded`, `refused`, `traceback` or `too long`."""

    file: str
    sha256: str
    items: int
    outcome: str
    link_id: str = ""
    why: str = ""


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def survey(folder: Path, limit_s: float = LIMIT_S) -> Iterator[Outcome]:
    """Yield the outcome of every JSON file below a folder, in order."""
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        for path in sorted(folder.rglob("*.json")):
            raw = path.read_bytes()
            name, sha256 = str(path.relative_to(folder)), hashlib.sha256(raw).hexdigest()
            signal.setitimer(signal.ITIMER_REAL, limit_s)
            try:
                count, outcome, link_id, why = judge(path)
            except TooLongError:
                count, outcome, link_id, why = 0, "too long", "", f"more than {limit_s:g} s"
            except Exception:  # noqa: BLE001  # counting them is the purpose
                count, outcome, link_id, why = 0, "traceback", "", traceback.format_exc(limit=-3)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            yield Outcome(name, sha256, count, outcome, link_id, why)
    finally:
        signal.signal(signal.SIGALRM, before)


def judge(path: Path) -> tuple[int, str, str, str]:
    """Return how many items a form has, what became of it, and of which item for what reason."""
    try:
        raw = read_bytes(path, IMPORT_BYTES)
        lint_source(raw)
        form = read_questionnaire(raw, imported=True)
    except FormError as refused:
        return _count(path), "refused", refused.link_id, f"{refused.path}: {refused.what}".removeprefix(": ")
    why = drive(form)
    return (
        sum(1 for _ in form.walk()),
        "loaded" if why else "answered",
        why.partition(": ")[0] if why else "",
        why,
    )


def drive(form: Form) -> str:
    """Answer a form until nothing is open and its response is accepted; returns why not, or ""."""
    why = ""
    for attempt in range(TRIES):
        answers, why = answered(form, random.Random(attempt), everything=attempt % 2 == 0)
        if why:
            continue
        response = to_response(form, answers, "p1", NOON, "completed")
        wrong = [i for i in validate(form, json.dumps(response).encode()) if i.severity in ("error", "fatal")]
        if not wrong:
            return ""
        why = f"{wrong[0].link_id}: its own response is not accepted: {wrong[0].path} {wrong[0].message}"
    return why


def _count(path: Path) -> int:
    try:
        return path.read_text(encoding="utf-8").count('"linkId"')
    except (OSError, ValueError):
        return 0


COLUMNS = ("publisher", "source repository", "path", "commit")
REST = ("sha256", "items", "outcome", "linkId", "reason")


def origins_of(manifest: Path) -> dict[str, list[str]]:
    """Return where each file comes from, by its hash."""
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["sha256"]: [row[column] for column in COLUMNS] for row in rows}


def line(one: Outcome, origins: dict[str, list[str]]) -> str:
    """Return one line of the list."""
    origin = origins.get(one.sha256, [""] * len(COLUMNS)) if origins else [one.file]
    rest = (one.sha256, str(one.items), one.outcome, one.link_id, " ".join(one.why.split()))
    return "\t".join((*origin, *rest))


def main() -> int:
    """Print one line a form, or JSON, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--manifest", type=Path, help="where the files come from, by their sha256")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds a form may take")
    options = parser.parse_args()
    sums: Counter[str] = Counter()
    large = 0
    origins = origins_of(options.manifest) if options.manifest else {}
    if origins:
        print("\t".join((*COLUMNS, *REST)))
    for one in survey(options.folder, options.limit):
        sums[one.outcome] += 1
        large += one.items >= 30
        print(json.dumps(asdict(one)) if options.json else line(one, origins), flush=True)
    total = sum(sums.values())
    loaded = sums["answered"] + sums["loaded"]
    told = ", ".join(f"{count} {name}" for name, count in sorted(sums.items()))
    print(
        f"{total} forms ({large} of 30 items and more): {told}; {loaded / max(total, 1):.1%} load",
        file=sys.stderr,
    )
    return 1 if sums["traceback"] or sums["too long"] else 0


if __name__ == "__main__":
    sys.exit(main())
