"""The work behind the `forms` commands: read files, judge them, say what was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from mr_safety_console.domain.text import clean
from screening_forms import strict_json
from screening_forms.lint import LintProblem, lint_source
from screening_forms.paper import paper
from screening_forms.questionnaire import read_questionnaire
from screening_forms.shipped import load_library
from screening_forms.translations import read_translation
from screening_forms.types import Form, FormError
from screening_forms.validate import outcome, validate

CLEAN, FOUND, USAGE = 0, 1, 2
Say = Callable[[str], None]


def list_forms(say: Say) -> None:
    """Print one line a shipped form."""
    for form in load_library().values():
        say(f"{form.id}  {form.version}  {form.title}  {form.status}  {form.approval}")


def show_form(name: str, language: str, say: Say) -> None:
    """Print a shipped form, or a form file, for paper; raises `FormError` where there is none.

    With a `language` its translation stands beside the form's own words.
    """
    form, raw = _form(name)
    own = language in ("", form.language)
    other = None if own else read_translation(form, raw, language, imported=True)
    for line in paper(form, other):
        say(line)


def _form(name: str) -> tuple[Form, bytes]:
    library = load_library()
    shipped = library.get(name)
    if shipped is not None:
        return shipped, library.source(name)
    path = Path(name)
    if not path.exists():
        raise FormError(name, "", "is neither a shipped form nor a file; `forms list` names the shipped ones")
    raw = strict_json.read_bytes(path, strict_json.IMPORT_BYTES)
    return read_questionnaire(raw, name, imported=True), raw


def lint_forms(files: list[Path], say: Say, complain: Say, *, house: bool) -> int:
    """Print every finding of these files, or of the shipped forms; returns the exit code."""
    count = unread = 0
    for line in _shipped(house) if not files else ():
        say(line)
        count += 1
    for path in files:
        try:
            raw = strict_json.read_bytes(path, strict_json.IMPORT_BYTES)
        except FormError as error:
            complain(str(error))
            unread += 1
            continue
        for problem in lint_source(raw, path.name, house=house, imported=True):
            say(_finding(path.name, problem))
            count += 1
    if unread:
        complain(f"{unread} file(s) not read: nothing is known of them")
    if count or unread < len(files) or not files:
        say(f"{count} problem(s)")
    return FOUND if count else USAGE if unread else CLEAN


def _shipped(house: bool) -> Iterator[str]:
    library = load_library()
    for name in library:
        found = lint_source(library.source(name), name, house=house)
        yield from (_finding(name, problem) for problem in found)


def _finding(name: str, problem: LintProblem) -> str:
    item = f" (linkId {problem.link_id})" if problem.link_id else ""
    if problem.rule == "refused":
        return f"{name}: {problem.path or 'form'}: refused: {problem.message}"
    return f"{name}: {problem.path or 'form'}: {problem.rule}{item}: {problem.message}"


def validate_response(questionnaire: Path, response: Path, say: Say, *, as_json: bool) -> int:
    """Print every finding about a response; 1 with an error among them. Raises `FormError`."""
    raw = strict_json.read_bytes(questionnaire, strict_json.IMPORT_BYTES)
    form = read_questionnaire(raw, questionnaire.name, imported=True)
    issues = validate(form, strict_json.read_bytes(response, strict_json.IMPORT_BYTES))
    if as_json:
        say(json.dumps(outcome(issues), indent=1))
    for issue in () if as_json else issues:
        item = f" (linkId {issue.link_id})" if issue.link_id else ""
        say(
            clean(
                f"{issue.severity} {issue.code} {issue.path}: {issue.rule}{item}: {issue.message}", cap=4000
            )
        )
    if not as_json:
        say(f"{len(issues)} finding(s)")
    return FOUND if any(issue.severity in ("fatal", "error") for issue in issues) else CLEAN
