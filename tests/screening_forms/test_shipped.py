"""The shipped forms: complete, clean under lint, and never changed once released."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest

from screening_forms.answering import asked, findings, missing, stage_items
from screening_forms.lint import lint, lint_source
from screening_forms.response import from_response, to_response
from screening_forms.shipped import MANIFEST, SUPERSEDED, load_folder, load_library
from screening_forms.types import Form, FormError, Item, ItemType, Trigger

FOLDER = Path(str(resources.files("screening_forms") / "library"))
Library = Mapping[str, Form]

ANSWERS = ["no", "yes", "unsure", "refused", "unable"]
STARRED = {f"Q0{n}" for n in range(1, 10)}
ADULT = {f"Q{n:02}" for n in range(1, 45)} - {"Q42", "Q43"}
EXPECTED = {
    Trigger.RESOLVE_FIRST: {"Q01", "Q02", "Q03", "Q04", "Q05", "Q07", "Q13", "Q15"},
    Trigger.HOLD_DEVICE: {"Q06", "Q11", "Q14"},
    Trigger.HOLD_CLINICAL: {"Q08", "Q09", "Q30", "Q31", "Q32", "Q36", "Q37", "Q39"},
    Trigger.REMOVE: {"Q19", "Q22", "Q23", "Q24"},
    Trigger.LOOP: {"Q44"},
}


def by_code(form: Form) -> dict[str, Item]:
    return {item.code: item for item in form.walk() if item.code}


LISTS = {"coil-and-positioning", "hearing", "final-check"}
OF_PEOPLE = {
    *("screening-adult", "screening-paediatric", "screening-unresponsive", "screening-companion"),
    *("screening-staff", "screening-contractor", "screening-responder"),
    *("contrast-renal", "pregnancy", "consent-vst"),
}


def test_the_library_holds_three_lists_and_ten_forms_for_people(library: Library) -> None:
    assert set(library) == LISTS | OF_PEOPLE
    assert {form.status for form in library.values()} == {"draft"}
    assert {form.approval for form in library.values()} == {"NOT SITE-APPROVED"}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.json") if path.name != MANIFEST))
def test_every_shipped_form_is_clean_and_marked_as_a_draft(name: str) -> None:
    raw = (FOLDER / name).read_bytes()
    assert lint_source(raw, name) == ()
    assert json.loads(raw)["experimental"] is True


def test_every_question_of_the_bank_for_adult_patients_is_asked(library: Library) -> None:
    items = by_code(library["screening-adult"])
    bank = {code for code in items if code.startswith("Q") and len(code) == 3}
    assert bank == ADULT
    for code in bank:
        assert [option.code for option in items[code].options] == ANSWERS
        assert items[code].required
    assert {code for code, item in items.items() if item.ask_again} == STARRED


@pytest.mark.parametrize("answer", ["yes", "unsure", "refused", "unable"])
def test_each_positive_or_unknown_answer_sets_off_what_the_bank_says(library: Library, answer: str) -> None:
    """I4: no unknown answer passes without a finding."""
    form = library["screening-adult"]
    found = {f.code: f.trigger for f in findings(form, dict.fromkeys(ADULT, answer))}
    assert set(found) >= ADULT
    for trigger, codes in EXPECTED.items():
        assert {code for code in ADULT if found[code] is trigger} == codes
    lighter = ADULT - set().union(*EXPECTED.values())
    assert all(found[code] in (Trigger.DETAIL, Trigger.INFO) for code in lighter)


def test_all_no_leaves_only_the_header_open(library: Library) -> None:
    form = library["screening-adult"]
    answers = dict.fromkeys(ADULT, "no")
    assert findings(form, answers) == ()
    assert [item.code for item in missing(form, answers)] == ["INFORMANT", "HEIGHT", "WEIGHT"]


def test_one_question_left_blank_keeps_the_form_open(library: Library) -> None:
    """I4, A1: everything answered no, the question about metal in the eye left blank."""
    form = library["screening-adult"]
    answers = {**dict.fromkeys(ADULT, "no"), "informant": "self", "height": "170", "weight": "70"}
    assert missing(form, answers) == ()
    del answers["Q07"]
    assert [item.link_id for item in missing(form, answers)] == ["Q07"]


def test_a_yes_or_unsure_asks_for_the_detail(library: Library) -> None:
    form = library["screening-adult"]
    for answer in ("yes", "unsure"):
        open_ids = [item.link_id for item in missing(form, {"Q01": answer})]
        assert "Q01.detail" in open_ids
    assert "Q01.detail" not in [item.link_id for item in asked(form, {"Q01": "no"})]


@pytest.mark.parametrize(
    ("yes", "follow_up", "trigger"),
    [
        ("Q10", "Q10-RECENT", Trigger.HOLD_CLINICAL),
        ("Q12", "Q12-FRAME", Trigger.HOLD_DEVICE),
        ("Q17", "Q17-EXPANDER", Trigger.RESOLVE_FIRST),
    ],
)
def test_a_follow_up_can_weigh_more_than_its_question(
    library: Library, yes: str, follow_up: str, trigger: Trigger
) -> None:
    form = library["screening-adult"]
    link_id = by_code(form)[follow_up].link_id
    assert {f.code: f.trigger for f in findings(form, {yes: "yes", link_id: "unable"})}[follow_up] is trigger


def test_the_coil_list_holds_every_check_in_its_stage(library: Library) -> None:
    form = library["coil-and-positioning"]
    stages = {
        stage: {item.code for item in stage_items(form, stage) if item.type is ItemType.CHOICE}
        for stage in ("door", "table", "removal")
    }
    assert stages["door"] == {"K01", "K02", "K23", "K24", "R01", "R02", "R03"}
    assert stages["table"] == {f"K{n:02}" for n in range(3, 23)}
    assert stages["removal"] == {"X01", "X02"}


@pytest.mark.parametrize("answer", ["fail", "na"])
def test_a_check_failed_or_passed_over_needs_its_reason(library: Library, answer: str) -> None:
    form = library["coil-and-positioning"]
    assert [i.link_id for i in missing(form, {"X01": answer, "X02": "pass"}, "removal")] == ["X01.note"]
    assert [f.code for f in findings(form, {"X01": "fail", "X02": "na"})] == ["X01"]


def test_hearing_is_planned_at_the_door_and_the_patient_asked_at_the_table(library: Library) -> None:
    """What each head wears is recorded beside the list: it asks for nothing of that a second time."""
    form = library["hearing"]
    assert [item.code for item in missing(form, {}, "door")] == ["HP01", "HP02"]
    assert [item.code for item in missing(form, {}, "table")] == ["HP07", "HP08"]
    assert [f.trigger for f in findings(form, {"HP08": "fail"})] == [Trigger.HOLD_CLINICAL]
    assert library.versions("hearing") == ("0.1.0", "0.2.0")
    assert {"HP03", "HP04", "HP05", "HP06", "HP09"} <= {i.code for i in library["hearing|0.1.0"].walk()}


def test_the_final_check_names_its_sensors(library: Library) -> None:
    form = library["final-check"]
    sensors = {item.code: item.sensor for item in form.walk() if item.sensor}
    assert sensors == {"FC08": "detector-pass", "FC11": "door-zone-iv"}
    choices = [item for item in form.walk() if item.type is ItemType.CHOICE]
    assert [item.code for item in choices] == [f"FC{n:02}" for n in range(1, 19)]
    assert {tuple(o.code for o in item.options) for item in choices} == {("go", "no-go")}
    assert all(item.triggers["no-go"] is Trigger.HOLD_CLINICAL for item in choices)


def copy_of_library(to: Path) -> Path:
    return Path(shutil.copytree(FOLDER, to / "library"))


def test_a_released_file_that_changed_is_refused_until_its_version_is_raised(tmp_path: Path) -> None:
    folder = copy_of_library(tmp_path)
    file = folder / "hearing.json"
    file.write_bytes(file.read_bytes().replace(b"comfortable", b"Comfortable"))
    with pytest.raises(FormError, match=r"hearing\.json.*differs from what was released as hearing\|"):
        load_folder(folder)
    file.write_bytes(file.read_bytes().replace(b'"version": "', b'"version": "9'))
    with pytest.raises(FormError, match=r"is not in released\.json; add its SHA-256"):
        load_folder(folder)


def test_a_lost_misnamed_or_unlisted_file_is_refused(tmp_path: Path) -> None:
    folder = copy_of_library(tmp_path)
    (folder / "hearing.json").rename(folder / "ears.json")
    with pytest.raises(FormError, match="a file is named after its form"):
        load_folder(folder)
    (folder / "ears.json").unlink()
    with pytest.raises(FormError, match="was released but its file is gone"):
        load_folder(folder)


def test_a_form_is_read_when_it_is_first_asked_for_and_then_kept(tmp_path: Path) -> None:
    library = load_folder(copy_of_library(tmp_path))
    assert library.hashes == {name: form.sha256 for name, form in load_library().items()}
    assert library["hearing"] is library["hearing"]
    assert (library["hearing"], len(library)) == (load_library()["hearing"], 13)
    assert library.get("no-such-form") is None


def test_the_manifest_and_the_files_tell_the_same_hashes() -> None:
    """Reckoned here from the bytes, one line a file, and no line without its file."""
    released = json.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))
    files = {}
    for path in (p for p in FOLDER.rglob("*.json") if p.name != MANIFEST):
        raw = path.read_bytes()
        form = json.loads(raw)
        named = form["id"] if path.parent == FOLDER else f"{form['id']}-{form['version']}"
        assert path.stem == named
        files[f"{form['id']}|{form['version']}"] = hashlib.sha256(raw).hexdigest()
    assert released == files


def test_a_version_that_was_superseded_stays_readable_and_unchanged(tmp_path: Path) -> None:
    library = load_library()
    old, new = library["screening-adult|0.1.0"], library["screening-adult"]
    assert (old.version, new.version) == ("0.1.0", "0.2.0")
    assert library["screening-adult|0.2.0"] is new
    assert library.versions("screening-adult") == ("0.1.0", "0.2.0")
    assert "screening-adult|0.1.0" not in list(library)
    assert library.get("screening-adult|9") is None
    folder = copy_of_library(tmp_path)
    file = folder / SUPERSEDED / "screening-adult-0.1.0.json"
    file.write_bytes(file.read_bytes().replace(b"a flow diverter", b"a Flow diverter"))
    with pytest.raises(FormError, match=r"differs from what was released as screening-adult\|0\.1\.0"):
        load_folder(folder)
    file.unlink()
    with pytest.raises(FormError, match=r"screening-adult\|0\.1\.0 was released but its file is gone"):
        load_folder(folder)


def test_a_response_to_an_old_version_is_read_under_that_version_and_no_other() -> None:
    library = load_library()
    old, new = library["screening-adult|0.1.0"], library["screening-adult"]
    said = {"informant": "self", "Q01": "no", "Q24": "yes", "Q24.detail": "a plaster cast"}
    response = json.dumps(to_response(old, said, "p1", "2031-05-06T12:00:00+02:00", "in-progress")).encode()
    named = json.loads(response)["questionnaire"].rpartition(":")[2]
    assert from_response(library[named], response) == said
    with pytest.raises(FormError, match=r"expected .*screening-adult\|0\.2\.0"):
        from_response(new, response)


def test_a_correction_is_a_new_version_beside_the_old_one(tmp_path: Path) -> None:
    """The way the page on forms tells: move the old file, raise the version, add the hash."""
    folder = copy_of_library(tmp_path)
    file, manifest = folder / "hearing.json", folder / MANIFEST
    version = json.loads(file.read_bytes())["version"]
    (folder / SUPERSEDED / f"hearing-{version}.json").write_bytes(file.read_bytes())
    raw = file.read_bytes().replace(f'"version": "{version}"'.encode(), b'"version": "7.0.0"')
    file.write_bytes(raw)
    released = json.loads(manifest.read_text()) | {"hearing|7.0.0": hashlib.sha256(raw).hexdigest()}
    manifest.write_text(json.dumps(released))
    library = load_folder(folder)
    assert library["hearing"].version == "7.0.0"
    assert library[f"hearing|{version}"] == load_library()["hearing"]


@pytest.mark.parametrize("content", ["[]", '{"a|1": 5}', '{"a|1": "short"}', "{", '{"a|1": "x", "a|1": "y"}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, content: str) -> None:
    folder = copy_of_library(tmp_path)
    (folder / MANIFEST).write_text(content)
    with pytest.raises(FormError, match=r"released\.json"):
        load_folder(folder)


@pytest.mark.timing
def test_the_library_loads_within_its_budget() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        load_library()
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) <= 0.060


@pytest.mark.timing
def test_the_largest_form_loads_and_lints_within_its_budget(library: Library) -> None:
    form = library["screening-adult"]
    answers = dict.fromkeys(ADULT, "yes")

    def seconds() -> tuple[float, float]:
        start = time.perf_counter()
        assert lint(form) == ()
        middle = time.perf_counter()
        assert asked(form, answers)
        return middle - start, time.perf_counter() - middle

    runs = [seconds() for _ in range(5)]
    assert min(linted for linted, _ in runs) <= 0.050
    assert min(judged for _, judged in runs) <= 0.002


def test_starting_with_the_library_loads_no_reader_until_a_form_is_read() -> None:
    code = (
        "import sys\n"
        "from screening_forms.shipped import load_library\n"
        "library = load_library()\n"
        "print('screening_forms.questionnaire' in sys.modules)\n"
        "library['hearing']\n"
        "print('screening_forms.questionnaire' in sys.modules, 'fhirpathpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True", "False"]
