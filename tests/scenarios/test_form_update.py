"""A console that is updated in the middle of an interview: a real stop, a real start, other forms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.live_suite import LiveSuite
from support.suite_world import FORM, plain_answer

from mr_safety_console import bootstrap
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.domain.visit_facts import IdentifyVisit, Leg
from screening_forms import answering
from screening_forms.shipped import Library, load_folder, load_library

SHIPPED = Path(str(load_library.__globals__["__file__"])).parent / "library"


def older(place: Path) -> Library:
    """Return the forms as they were while version 0.1.0 of the adult form was in use."""
    folder = place / "library"
    shutil.copytree(SHIPPED, folder)
    shutil.copy(SHIPPED / "superseded" / f"{FORM}-0.1.0.json", folder / f"{FORM}.json")
    released = json.loads((folder / "released.json").read_text("utf-8"))
    del released[f"{FORM}|0.2.0"]
    (folder / "released.json").write_text(json.dumps(released), "utf-8")
    return load_folder(folder)


def test_an_interview_of_before_an_update_is_read_gone_on_with_and_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I8: stopped on 0.1.0, started on 0.2.0: same answers, same version, no clearance; then anew."""
    forms = older(tmp_path)
    monkeypatch.setattr(bootstrap, "load_library", lambda: forms)
    with LiveSuite(tmp_path) as suite:
        suite.do(SignOn(person=suite.person("AE")), "AE")
        visit = suite.arrive()
        suite.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
        suite.do(BeginScreening(visit=visit))
        suite.do(RecordInformant(visit=visit))
        suite.do(AnswerQuestion(visit=visit, item="Q01", answer="no"))
        assert suite.state.screening.cases[visit].version == "0.1.0"
    monkeypatch.undo()
    with LiveSuite(tmp_path) as again:
        again.do(SignOn(person=again.person("AE")), "AE")
        case = again.state.screening.cases[visit]
        assert (case.version, dict(case.answers)) == ("0.1.0", {"informant": "self", "Q01": "no"})
        form = again.running.forms[f"{FORM}|0.1.0"]
        while left := answering.missing(form, again.state.screening.cases[visit].answers):
            again.do(AnswerQuestion(visit=visit, item=left[0].link_id, answer=plain_answer(left[0])))
        again.do(SignScreening(visit=visit), "BS")
        assert again.refused(ReviewScreening(visit=visit), "AE") == "ask-again-first"
        assert "form-changed" in again.against_entry(visit)
        again.screen(visit)
        assert again.state.screening.cases[visit].version == "0.2.0"
        assert again.state.visits.open[visit].stands(Leg.SCREENING)
        assert "form-changed" not in again.against_entry(visit)
