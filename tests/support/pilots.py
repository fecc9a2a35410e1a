"""Let a pilot go on as soon as the app has nothing left to do, however busy the machine is."""

from __future__ import annotations

from support.waiting import loop_is_idle


def hurry() -> None:
    """Use it for every pilot of this process."""
    import textual.app  # noqa: PLC0415 - only where there are screens
    import textual.pilot  # noqa: PLC0415

    for module in (textual.app, textual.pilot):
        vars(module)["wait_for_idle"] = loop_is_idle
