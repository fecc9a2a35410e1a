"""Languages a form claims: where one text is translated, every text has to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screening_forms.lint_fhir import Spot, spots
from screening_forms.lint_resource import LintProblem

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def untranslated(form: Any) -> Iterator[LintProblem]:
    """Yield every text without a translation into a language the form has elsewhere."""
    if not isinstance(form, dict):
        return
    texts = [("", "title", form, "title")]
    for spot in spots(form):
        texts += list(_texts(spot))
    claimed = sorted({language for _, _, holder, key in texts for language in _languages(holder, key)})
    for link_id, path, holder, key in texts:
        lacking = [one for one in claimed if one not in _languages(holder, key)]
        if isinstance(holder.get(key), str) and lacking:
            what = f"is not translated into {', '.join(lacking)}, which the form has elsewhere"
            yield LintProblem("translation-missing", link_id, what, path)


def _texts(spot: Spot) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    yield spot.link_id, f"{spot.path}.text", spot.data, "text"
    for index, option in enumerate(spot.many("answerOption")):
        coding = option.get("valueCoding") if isinstance(option, dict) else None
        if isinstance(coding, dict):
            path = f"{spot.path}.answerOption[{index}].valueCoding.display"
            yield spot.link_id, path, coding, "display"


def _languages(holder: dict[str, Any], key: str) -> set[str]:
    beside = holder.get(f"_{key}")
    found = beside.get("extension") if isinstance(beside, dict) else None
    translations = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {
        str(part.get("valueCode"))
        for one in translations
        if one.get("url") == TRANSLATION and isinstance(one.get("extension"), list)
        for part in one["extension"]
        if isinstance(part, dict) and part.get("url") == "lang"
    }
