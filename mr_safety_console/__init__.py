"""The on-site MR Safety Technologist's console: it advises and records, and controls nothing."""

__version__ = "0.1.0"
