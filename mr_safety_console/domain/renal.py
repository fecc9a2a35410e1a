"""What kidney function says to a contrast agent, on any form that asks for both.

Groups after the radiologists' colleges: II is given without a recent figure, III and I are not given
below the limit without a radiologist. A figure that is missing, or too old, counts as one below it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from mr_safety_console.domain.context import US, Instant
from mr_safety_console.domain.profile import SiteProfile
from screening_forms import answering
from screening_forms.types import Form, FormFinding, Item, Trigger

EGFR, GROUP, TAKEN = "egfr", "agent-group", "egfr-date"
"""linkIds: the figure in ml/min/1.73 m², the agent's group, and the day the blood was taken."""
JUDGED = ("egfr-decision", "egfr-note")
"""linkIds of questions by which a form judges the same matter itself: then it stands there, once."""
NO_AGENT, LIGHT = frozenset({"none"}), frozenset({"II"})


def findings(
    form: Form, answers: Mapping[str, str], profile: SiteProfile, now: Instant
) -> tuple[FormFinding, ...]:
    """Return what the two answers set off together; nothing on a form that does not ask for them."""
    asked = {item.link_id: item for item in answering.asked(form, answers)}
    group = answers.get(GROUP, "")
    if EGFR not in asked or GROUP not in asked or group in NO_AGENT:
        return ()
    said = answers.get(EGFR, "")
    enough = _enough(said, profile) and (group in LIGHT or _recent(asked, answers, profile, now))
    if enough:
        return ()
    trigger = Trigger.INFO if group in LIGHT else Trigger.HOLD_CLINICAL
    if any(_judged(asked.get(name), answers, trigger) for name in JUDGED):
        return ()
    return (FormFinding(EGFR, asked[EGFR].code, said, trigger),)


def _judged(item: Item | None, answers: Mapping[str, str], trigger: Trigger) -> bool:
    """Tell whether a question of the form sets off as much as the two answers do together."""
    own = answering.triggered(item, answers.get(item.link_id, "")) if item else None
    return own is not None and own.rank >= trigger.rank


def _enough(said: str, profile: SiteProfile) -> bool:
    try:
        return Decimal(said) >= profile.limit("egfr_hold")
    except InvalidOperation:
        return False


def _recent(
    asked: Mapping[str, object], answers: Mapping[str, str], profile: SiteProfile, now: Instant
) -> bool:
    if TAKEN not in asked:
        return True
    try:
        taken = datetime.date.fromisoformat(answers.get(TAKEN, ""))
    except ValueError:
        return False
    today = datetime.datetime.fromtimestamp(now.utc / US, datetime.UTC).date()
    return 0 <= (today - taken).days <= profile.limit("egfr_valid_days")
