"""The operator's words: every sentence a rule or a log line may say, kept apart from the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mr_safety_console.domain.refusal import Refused


@cache
def table() -> Mapping[str, Any]:
    """Return the whole table, read once from the package's own file."""
    return read(files(__package__).joinpath("en.toml").read_text(encoding="utf-8"))


_SENTENCE = re.compile(r'([\w-]+) = "([^"\\]*)"')


def read(text: str) -> Mapping[str, Any]:
    """Read the part of TOML the table is written in: a sentence, or a table of sentences, on one line.

    Every start reads it, and a parser of all of TOML takes ten times as long for the same. Raises
    `ValueError` with the number of a line that is neither.
    """
    found: dict[str, Any] = {}
    section = found
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in ("", "#"):
            continue
        if line[0] == "[" and line[-1] == "]":
            section = found.setdefault(line[1:-1], {})
        elif one := _SENTENCE.fullmatch(line):
            section[one[1]] = one[2]
        else:
            section.update(_table(line, number))
    return found


def _table(line: str, number: int) -> dict[str, Any]:
    key, _, inner = line.partition(" = { ")
    told = _SENTENCE.findall(inner)
    if inner != ", ".join(f'{name} = "{words}"' for name, words in told) + " }":
        raise ValueError(f"line {number} of the words is no sentence and no table of sentences")
    return {key: dict(told)}


def refused(rule: str, **params: object) -> Refused:
    """Return a refusal in the operator's words; `KeyError` for a rule without words."""
    words = table()["refused"][rule]
    section = "fell" if "leg" in params else "why-unknown"
    if "leg" in params:
        params["who"] = say("leg-who", str(params["leg"]))
        params["leg"] = say("leg", str(params["leg"]))
    if "reason" in params:
        params["reason"] = say(section, str(params["reason"]))
    return Refused(
        rule=rule,
        reason=words["reason"].format(**params),
        who_can=words["who_can"].format(**params),
        what_now=words["what_now"].format(**params),
    )


def say(section: str, key: str, **params: object) -> str:
    """Return one sentence of a section; an unknown key reads as itself, so that nothing is hidden."""
    found = table().get(section, {}).get(key)
    return found.format(**params) if isinstance(found, str) else key
