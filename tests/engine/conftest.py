"""Lets the tests of this room import their rigging."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # `from rigging import ...`
