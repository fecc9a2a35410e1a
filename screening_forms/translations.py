"""A form in another language: read beside the form's own words, never in their place.

Translations stand in the form's file, as FHIR puts them: its extension `translation` on title, text,
display and help. Answers are given to the form's own language; its text is what a response carries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from screening_forms import strict_json
from screening_forms.annotations import BASE
from screening_forms.lint_fhir import Spot, spots
from screening_forms.reading import Node
from screening_forms.types import Form, FormError, Item
from screening_forms.value import frozen

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
UNAPPROVED = "NOT SITE-APPROVED"
MAX_WORDS = 2_000
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", re.ASCII)

Json = dict[str, Any]


@frozen
class Words:
    """One text of a form file: its item or "", which part of it, its path, and (language, words) pairs."""

    link_id: str
    part: str
    path: str
    own: str
    others: tuple[tuple[str, str], ...]

    def languages(self) -> tuple[str, ...]:
        """Return the languages this text is translated into, as often as each stands."""
        return tuple(language for language, _ in self.others)


@frozen
class Translation:
    """What a form says in one other language; "" where it says nothing there.

    `approval` is the translation's own: who approved the form has not approved these words.
    """

    language: str
    words: Mapping[tuple[str, str], str]
    sha256: str
    approval: str = UNAPPROVED

    def title(self) -> str:
        """Return the title."""
        return self.words.get(("", "title"), "")

    def text(self, item: Item) -> str:
        """Return the text of an item."""
        return self.words.get((item.link_id, "text"), "")

    def help(self, item: Item) -> str:
        """Return the line of help of an item."""
        return self.words.get((item.link_id, "help"), "")

    def option(self, item: Item, code: str) -> str:
        """Return the words of one answer."""
        codes = [option.code for option in item.options]
        return self.words.get((item.link_id, f"option {codes.index(code)}"), "") if code in codes else ""


def all_words(form: Any) -> Iterator[Words]:
    """Yield every text of a form's JSON that can be translated, in reading order."""
    if not isinstance(form, dict):
        return
    yield from _words("", "title", "title", form, "title")
    for spot in spots(form):
        yield from _words(spot.link_id, "text", f"{spot.path}.text", spot.data, "text")
        yield from _options(spot)
        for index, one in enumerate(spot.many("extension")):
            if isinstance(one, dict) and one.get("url") == BASE + "help":
                path = f"{spot.path}.extension[{index}].valueString"
                yield from _words(spot.link_id, "help", path, one, "valueString")


def read_translation(form: Form, raw: bytes, language: str, *, imported: bool = False) -> Translation:
    """Return a form in another language, the plain one where the file has no such variant (`de` for `de-CH`).

    `raw` is the file the form was read from. Raises `FormError` if it is another one, or has nothing
    in that language.
    """
    if hashlib.sha256(raw).hexdigest() != form.sha256:
        raise FormError("", "", "the translation belongs to another version of this form")
    found = list(all_words(strict_json.parse(raw, form.id, imported=imported)))
    known = sorted({one for words in found for one in words.languages()})
    given = next((one for one in (language, language.partition("-")[0]) if one in known), None)
    if given is None:
        what = f"is not translated into {language}; there is: {', '.join((form.language, *known))}"
        raise FormError(form.id, "", what)
    return Translation(given, dict(_told(found, given)), form.sha256)


def _told(found: list[Words], language: str) -> Iterator[tuple[tuple[str, str], str]]:
    for one in found:
        if language in one.languages():
            said = Node({"words": dict(one.others)[language]}, one.path, one.link_id)
            yield (one.link_id, one.part), said.shown("words", MAX_WORDS)


def _options(spot: Spot) -> Iterator[Words]:
    for index, option in enumerate(spot.many("answerOption")):
        coding = option.get("valueCoding") if isinstance(option, dict) else None
        if isinstance(coding, dict):
            path = f"{spot.path}.answerOption[{index}].valueCoding.display"
            yield from _words(spot.link_id, f"option {index}", path, coding, "display")


def _words(link_id: str, part: str, path: str, holder: Json, key: str) -> Iterator[Words]:
    if isinstance(holder.get(key), str):
        yield Words(link_id, part, path, holder[key], tuple(_others(holder.get(f"_{key}"))))


def _others(beside: Any) -> Iterator[tuple[str, str]]:
    """Yield (language, words) of every whole translation; half a one is none."""
    found = beside.get("extension") if isinstance(beside, dict) else None
    for one in found if isinstance(found, list) else ():
        parts = one.get("extension") if isinstance(one, dict) and one.get("url") == TRANSLATION else None
        said = {str(part.get("url")): part for part in _list(parts) if isinstance(part, dict)}
        language, content = said.get("lang", {}).get("valueCode"), said.get("content", {})
        words = content.get("valueString", content.get("valueMarkdown"))
        if (
            isinstance(language, str)
            and LANGUAGE.match(language)
            and isinstance(words, str)
            and words.strip()
        ):
            yield language, words


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
