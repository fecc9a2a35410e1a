"""Widgets that never trigger a layout of their own; fed with content by screens."""
