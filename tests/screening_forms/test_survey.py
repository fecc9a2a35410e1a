"""The survey of other people's forms: the list says what the documents say, and it can be repeated."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

from support.rich_form import RICH
from support.source import ROOT
from support.survey import COLUMNS, REST, Outcome, line, survey

ASK = {"linkId": "1", "text": "Any?", "type": "boolean", "required": True}
HEX = re.compile(r"[0-9a-f]+\Z")


def form(*items: object) -> str:
    return json.dumps({"resourceType": "Questionnaire", "status": "draft", "item": list(items)})


def listed() -> list[dict[str, str]]:
    with (ROOT / "docs/forms-survey.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_list_says_where_each_form_comes_from_and_what_became_of_it() -> None:
    rows = listed()
    assert list(rows[0]) == [*COLUMNS, *REST]
    assert len({row["sha256"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row[column] for column in (*COLUMNS, "sha256", "outcome"))
        assert len(row["sha256"]) == 64
        assert HEX.match(row["sha256"])
        assert row["outcome"] in ("answered", "refused")
        assert bool(row["reason"]) == (row["outcome"] == "refused")
        of_an_item = row["outcome"] == "refused" and row["reason"].startswith("item[")
        assert row["linkId"] or not of_an_item or ".linkId: " in row["reason"]


def test_the_page_tells_the_figures_of_the_list() -> None:
    rows = listed()
    count = Counter(row["outcome"] for row in rows)
    large = Counter(row["outcome"] for row in rows if int(row["items"]) >= 30)
    share = count["answered"] / len(rows)
    publishers = {row["publisher"] for row in rows}
    page = " ".join((ROOT / "docs/forms-survey.md").read_text(encoding="utf-8").split())
    assert f"lists {len(rows)} FHIR R4 questionnaires" in page
    assert f"from {len(publishers)} publishers" in page
    assert f"| {count['answered']} ({share:.1%}) | {large['answered']} |".replace("%", " %") in page
    assert f"| {count['refused']} | {large['refused']} |" in page
    assert len(rows) >= 100
    assert len(publishers) >= 3
    assert large.total() >= 20
    assert share >= 0.6


def test_a_folder_is_surveyed_file_by_file(tmp_path: Path) -> None:
    broken = {**ASK, "type": "choice", "answerValueSet": "urn:elsewhere"}
    files = {
        "a.json": form(ASK),
        "b.json": form(broken),
        "c.json": "{",
        "d.json": json.dumps(RICH),
        "e.json": form({**ASK, "enableWhen": [{"question": "1", "operator": "=", "answerBoolean": True}]}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {one.file: one for one in survey(tmp_path)}
    assert [(one.outcome, one.link_id, one.items) for one in found.values()] == [
        ("answered", "", 1),
        ("refused", "1", 1),
        ("refused", "", 0),
        ("answered", "", 11),
        ("answered", "", 1),
    ]
    assert "'urn:elsewhere' is not contained" in found["b.json"].why
    told = line(found["b.json"], {found["b.json"].sha256: ["us", "here", "b.json", "0"]}).split("\t")
    assert told[:4] == ["us", "here", "b.json", "0"]
    assert told[4:8] == [found["b.json"].sha256, "1", "refused", "1"]


def test_a_form_that_cannot_be_answered_is_told_apart(tmp_path: Path) -> None:
    never = {"url": "http://hl7.org/fhir/StructureDefinition/minLength", "valueInteger": 9}
    item = {**ASK, "type": "string", "maxLength": 3, "extension": [never]}
    (tmp_path / "a.json").write_text(form(item), encoding="utf-8")
    (one,) = survey(tmp_path)
    assert (one.outcome, one.link_id) == ("loaded", "1")
    assert isinstance(one, Outcome)
