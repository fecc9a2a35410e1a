"""Pilots here wait for the app, not for the processor."""

from __future__ import annotations

from support.pilots import hurry

hurry()
