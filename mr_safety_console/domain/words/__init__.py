"""The operator's words: every sentence a rule or a log line may say, kept apart from the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mr_safety_console.domain.refusal import Refused


@cache
def table() -> Mapping[str, Any]:
    """Return the whole table, read once from the package's own file."""
    return tomllib.loads(files(__package__).joinpath("en.toml").read_text(encoding="utf-8"))


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
