"""How the screens are laid out; colours and tones are the theme's."""

from __future__ import annotations

from typing import Final

from mr_safety_console.console.dialogs.modal import DIALOG_CSS
from mr_safety_console.console.theme import CLASS_CSS, RED
from mr_safety_console.console.widgets.bars import MIN_COLUMNS, MIN_ROWS, TOO_SMALL_CSS

HORIZONTAL: Final = [(0, "-too-narrow"), (MIN_COLUMNS, "-column"), (110, "-broad")]
VERTICAL: Final = [(0, "-too-low"), (MIN_ROWS, "-short"), (30, "-roomy")]

PAGE_CSS: Final = f"""
Page.-mock.-column, Page.-mock.-broad {{
    border-left: heavy {RED}; border-right: heavy {RED};
}}
Page.-mock.-roomy.-column, Page.-mock.-roomy.-broad {{ border: heavy {RED}; }}
Page.-too-narrow, Page.-too-low {{ border: none; }}
.two {{ layout: vertical; height: 1fr; }}
.-broad .two {{ layout: horizontal; }}
.two > #points {{ margin-bottom: 1; }}
.-broad .two > #points {{ margin-bottom: 0; width: 66; }}
Horizontal {{ height: 1fr; }}
#rail {{ width: 40; margin-right: 1; }}
#points {{ margin-right: 1; }}
#side {{ width: 28; margin-left: 1; }}
.-broad #rail {{ width: 52; }}
.-broad #side {{ width: 40; }}
.field {{ height: 1; }}
.field > .label {{ width: 28; }}
#head {{ height: 3; }}
ScreeningPage #head {{ height: 4; }}
#logs {{ layout: vertical; height: 1fr; }}
#logs > Sheet {{ height: 7; margin-top: 1; }}
.-broad #logs {{ layout: horizontal; }}
.-broad #logs > Sheet {{ height: 1fr; width: 44; margin: 0 0 0 1; }}
"""

APP_CSS: Final = CLASS_CSS + TOO_SMALL_CSS + DIALOG_CSS + PAGE_CSS
"""The whole style sheet of the app."""
