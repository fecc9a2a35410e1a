"""The two tables of the evidence through SQLModel, and the pages read from them.

Never imported before the first paint. The writer has the same tables as SQL in `tables.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Text, func, select
from sqlmodel import Field, SQLModel

NAMES_KIND = '"kind":"{}"'


class LogRow(SQLModel, table=True):
    """One fact with its envelope, as hashed, and its link in the chain."""

    __tablename__ = "rows"
    __table_args__ = {"sqlite_strict": True}

    seq: int = Field(primary_key=True)
    body: bytes
    h: bytes


class PrivateRow(SQLModel, table=True):
    """The encrypted private fields of one fact."""

    __tablename__ = "private"
    __table_args__ = {"sqlite_strict": True}

    seq: int = Field(primary_key=True)
    subject: str = Field(sa_type=Text)
    nonce: bytes
    ct: bytes


_ROWS: Any = LogRow.__table__  # type: ignore[attr-defined]
_PRIVATE: Any = PrivateRow.__table__  # type: ignore[attr-defined]


def _page(limit: int, kind: str | None) -> Select[Any]:
    private = (_PRIVATE.c.subject, _PRIVATE.c.nonce, _PRIVATE.c.ct)
    joined = _ROWS.outerjoin(_PRIVATE, _PRIVATE.c.seq == _ROWS.c.seq)
    page = select(_ROWS.c.seq, _ROWS.c.body, _ROWS.c.h, *private).select_from(joined).limit(limit)
    if kind is None:
        return page
    # No column of its own: the evidence has none, and derived columns live in the index.
    return page.where(func.instr(_ROWS.c.body, NAMES_KIND.format(kind).encode()) > 0)


def page_before(seq: int | None, limit: int, kind: str | None = None) -> Select[Any]:
    """Select the newest rows below `seq`, newest first; all rows if it is None."""
    page = _page(limit, kind).order_by(_ROWS.c.seq.desc())
    return page if seq is None else page.where(_ROWS.c.seq < seq)


def page_after(seq: int, limit: int, kind: str | None = None) -> Select[Any]:
    """Select the oldest rows above `seq`, oldest first."""
    return _page(limit, kind).order_by(_ROWS.c.seq).where(_ROWS.c.seq > seq)


def newest_row() -> Select[Any]:
    """Select number and hash of the newest row."""
    return select(_ROWS.c.seq, _ROWS.c.h).order_by(_ROWS.c.seq.desc()).limit(1)
