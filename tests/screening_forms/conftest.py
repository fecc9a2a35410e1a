"""Builders of small forms, as JSON bytes, for the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from screening_forms.shipped import load_library
from screening_forms.types import Form


def build(*items: dict[str, Any], **top: Any) -> bytes:
    form = {
        "resourceType": "Questionnaire",
        "id": "small",
        "url": "urn:example:small",
        "version": "1",
        "title": "A small form",
        "status": "draft",
        "language": "en",
        "item": list(items),
        **top,
    }
    return json.dumps({key: value for key, value in form.items() if value is not None}).encode()


@pytest.fixture(scope="session")
def form_bytes() -> Callable[..., bytes]:
    """Return the function that writes a form of these items; a keyword replaces a top element."""
    return build


@pytest.fixture(scope="session")
def library() -> Mapping[str, Form]:
    return load_library()
