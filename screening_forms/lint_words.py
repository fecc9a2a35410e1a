"""Languages a form claims: where one text is translated, every text has to be, in words that may stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screening_forms.lint_resource import LintProblem
from screening_forms.translations import all_words
from screening_forms.wording import banned, hidden

MAX_TRANSLATED = 300
"""Longest translation in characters; other languages need more room than English."""


def untranslated(form: Any) -> Iterator[LintProblem]:
    """Yield every text without a translation into a language the form has elsewhere."""
    texts = list(all_words(form))
    claimed = sorted({language for words in texts for language in words.languages()})
    for words in texts:
        lacking = [one for one in claimed if one not in words.languages()]
        if lacking:
            what = f"is not translated into {', '.join(lacking)}, which the form has elsewhere"
            yield LintProblem("translation-missing", words.link_id, what, words.path)


def mistranslated(form: Any) -> Iterator[LintProblem]:
    """Yield every translation that could not stand on a screen of this console, or stands twice."""
    for words in all_words(form):
        languages = words.languages()
        if len(set(languages)) != len(languages):
            what = "is translated twice into one language"
            yield LintProblem("translation-text", words.link_id, what, words.path)
        for language, said in words.others:
            wrong = banned(said, language) or hidden(said) or _too_long(said)
            if wrong:
                yield LintProblem("translation-text", words.link_id, f"{language}: {wrong}", words.path)


def _too_long(said: str) -> str:
    over = len(said) > MAX_TRANSLATED
    return f"{len(said)} characters; at most {MAX_TRANSLATED} fit beside the question" if over else ""
