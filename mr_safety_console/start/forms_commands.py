"""The `forms` commands: list, show, lint and validate forms. 0 clean, 1 findings, 2 usage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from mr_safety_console.domain.text import clean

forms_app = typer.Typer(help="List, show and check forms.", no_args_is_help=True)


def _say(text: str) -> None:
    typer.echo(clean(text, cap=4000))


def _complain(text: str) -> None:
    typer.echo(clean(text, cap=4000), err=True)


@contextmanager
def _usage() -> Iterator[None]:
    """Turn a form that cannot be read into wrong usage."""
    from screening_forms.types import FormError

    try:
        yield
    except FormError as error:
        _complain(str(error))
        raise typer.Exit(2) from None


@forms_app.command("list")
def forms_list() -> None:
    """List the shipped forms."""
    from mr_safety_console.start import forms_desk

    forms_desk.list_forms(_say)


@forms_app.command("show")
def forms_show(
    form: Annotated[str, typer.Argument(help="The name of a shipped form, or a file.")],
    language: Annotated[
        str, typer.Option("--language", help="Print this translation beside the form's own words, as `de`.")
    ] = "",
) -> None:
    """Print any form for paper, with room to answer by hand."""
    from mr_safety_console.start import forms_desk

    with _usage():
        forms_desk.show_form(form, language, _say)


@forms_app.command("lint")
def forms_lint(
    files: Annotated[list[Path] | None, typer.Argument(help="Questionnaire JSON files.")] = None,
    fhir_only: Annotated[
        bool, typer.Option("--fhir-only", help="Only what holds for any form, not the rules of this console.")
    ] = False,
) -> None:
    """Check forms by named rules; without files, the shipped ones."""
    from mr_safety_console.start import forms_desk

    raise typer.Exit(forms_desk.lint_forms(files or [], _say, _complain, house=not fhir_only))


@forms_app.command("validate")
def forms_validate(
    questionnaire: Annotated[Path, typer.Argument(help="The form.")],
    response: Annotated[Path, typer.Argument(help="A QuestionnaireResponse to it.")],
    as_json: Annotated[bool, typer.Option("--json", help="A FHIR OperationOutcome.")] = False,
) -> None:
    """Judge a response against its form."""
    from mr_safety_console.start import forms_desk

    with _usage():
        raise typer.Exit(forms_desk.validate_response(questionnaire, response, typer.echo, as_json=as_json))
