"""A clearance token as it is shown: what fell, what speaks against it, and the shortest way back."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import stopwatch
from mr_safety_console.console.present.words import fell
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.findings import Finding, Verdict
from mr_safety_console.domain.token import Standing, Token, TokenLeg, way_back
from mr_safety_console.domain.words import say


def token_rows(now: Token) -> tuple[Row, ...]:
    """Return a token, the worst first; what stands is one line with the time it has left."""
    if now.stands:
        left = f", {stopwatch(now.left_s)} left" if now.left_s is not None else ""
        return (row(f"nothing found by these checks{left}"),)
    rows = [told for leg in sorted(now.broken, key=_weight) for told in _leg_rows(leg)]
    if any(leg.standing in (Standing.FELL, Standing.EXPIRED) for leg in now.broken):
        rows.append(title("SHORTEST WAY BACK"))
        rows += [row((f"{n} ", Tone.KEY), said, indent=2) for n, said in enumerate(way_back(now), 1)]
    return tuple(rows)


def _weight(leg: TokenLeg) -> tuple[int, bool]:
    """Return what is told first: a STOP, then what holds or fell, then what was never done."""
    worst = max((one.verdict for one in leg.findings), default=Verdict.HOLD)
    return -worst, leg.standing is Standing.MISSING


def _leg_rows(leg: TokenLeg) -> tuple[Row, ...]:
    name = say("token-leg", leg.id)
    against = tuple(_finding(one) for one in leg.against)
    match leg.standing:
        case Standing.FELL:
            return (row((f"✗ FELL {name}: ", Tone.HOLD), fell(leg.fallen), indent=7), *against)
        case Standing.EXPIRED:
            return (row((f"⧗ OLD  {name}: too old", Tone.HOLD), indent=7), *against)
        case _:
            return against or (row((f"○ OPEN {name}", Tone.FAINT), indent=7),)


def _finding(one: Finding) -> Row:
    mark = "■ STOP " if one.verdict is Verdict.STOP else "▲ HOLD "
    return row((mark, Tone.HOLD), one.why.reason, indent=7)
