"""Every fact ever released is read for ever, and every fact there is has its recorded line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # `from lines import ...`

from lines import Line, encoded, read_lines, released

RELEASED = released()
LINES = read_lines()
RECORD = "run: python tests/golden/lines.py"


@pytest.mark.parametrize("line", LINES, ids=lambda line: "{}-{}".format(*line.name))
def test_a_recorded_fact_is_read_as_what_it_was(line: Line) -> None:
    entry = line.entry()
    kind, version = line.name
    assert entry.fact.kind == kind
    assert entry.fact.v >= version
    if entry.fact.v == version:
        row, private = encoded(entry)
        again = json.loads(row.body)
        known = line.body["data"].keys()
        assert {k: v for k, v in again["data"].items() if k in known} == line.body["data"]
        assert {k: v for k, v in again.items() if k not in ("data", "priv")} == {
            k: v for k, v in line.body.items() if k not in ("data", "priv")
        }
        assert (private or {}).items() >= (line.private or {}).items()


def test_every_kind_and_version_has_its_line() -> None:
    names = [line.name for line in LINES]
    wanted = {(kind, v) for kind, newest in RELEASED for v in range(1, newest + 1)}
    assert wanted
    assert sorted(wanted - set(names)) == [], RECORD
    assert len(names) == len(set(names))


def test_no_released_kind_is_forgotten() -> None:
    assert {line.body["kind"] for line in LINES} <= {kind for kind, _version in RELEASED}
