"""Dialogs: they lie below the alarm bar and never hide it; the emergency key works in all of them."""
