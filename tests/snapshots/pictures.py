"""Draw the pictures of the documentation: `make pictures`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.stages import STAGES, app_at, led_to  # noqa: E402

GLANCES = ("suite-quiet", "suite-transit", "suite-detector-lost", "suite-door-open")
SCREENED = (
    "screening", "screening-german", "screening-aloud", "screening-hold", "screening-form", "visit-emergent",
)  # fmt: skip
IMPLANTS = ("implants", "implants-worst")
LISTS = ("checklist", "checklist-by-eye")
READY = ("readiness-quiet", "readiness-overdue", "readiness-failed", "readiness-stop-use")
SHOWN = ("suite", *GLANCES, *READY, "visit", *SCREENED, *IMPLANTS, "emergency", "log", *LISTS)
SIZES = ((120, 40), (80, 24))


async def draw(name: str, size: tuple[int, int]) -> Path:
    """Draw one state at one size into docs/pictures."""
    stage = STAGES[name]
    with tempfile.TemporaryDirectory() as place:
        app, site = app_at(stage, Path(place))
        async with app.run_test(size=size) as pilot:
            await led_to(app, stage)(pilot)
            picture = app.export_screenshot(title="MR Safety Console")
        site.intake.close()
    file = ROOT / "docs" / "pictures" / f"{name}-{size[0]}x{size[1]}.svg"
    # No picture may ask the reader's machine for a font from somewhere else.
    lines = [line for line in picture.splitlines() if "://cdn" not in line]
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    for one in sys.argv[1:] or SHOWN:
        for at in (size for size in SIZES if f"{size[0]}x{size[1]}" in STAGES[one].sizes):
            print(asyncio.run(draw(one, at)).relative_to(ROOT))
