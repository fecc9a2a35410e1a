"""Reading a FHIR response file for the console: its answers alone, or why it cannot be taken."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import stat

from mr_safety_console.console.parts import Response
from mr_safety_console.domain.context import US
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean
from screening_forms.response import from_response
from screening_forms.types import Form, FormError

MAX_BYTES = 4 * 1024 * 1024


def read(form: Form, path: str) -> Response | Refused:
    """Return what a response file holds for this very form and version, or the refusal."""
    try:
        raw = _bytes(path)
        answers = dict(from_response(form, raw))
        authored = datetime.datetime.fromisoformat(json.loads(raw)["authored"])
    except OSError as error:
        return _refused(f"it cannot be read ({error.strerror})")
    except FormError as error:
        return _refused(str(error))
    except (KeyError, TypeError, ValueError):
        return _refused("it names no moment at which it was written")
    return Response(answers, int(authored.timestamp()) * US, hashlib.sha256(raw).hexdigest())


def _bytes(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(22, "not a regular file")
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise OSError(27, f"larger than {MAX_BYTES} bytes")
    return raw


def _refused(why: str) -> Refused:
    return Refused(
        "response-refused",
        f"The file is not taken: {clean(why, cap=200)}.",
        "Whoever sent it.",
        "Ask the questions here, or copy them from paper.",
    )
