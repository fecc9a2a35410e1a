"""The demonstration suite: one watched door, one detector, three people who do not exist, nothing real."""

from __future__ import annotations

from decimal import Decimal

from mr_safety_console.domain.check_template import TEMPLATE
from mr_safety_console.domain.hearing_protection import Protector, RoomNoise, Sort
from mr_safety_console.domain.profile import BareDoor, Point, PointKind, SiteProfile, Wand, check

SITE = check(
    SiteProfile(
        site="Demo suite (not a real place)",
        use="demo",
        zone="Europe/London",
        b0_mt=1500,
        hazard_contour_ut=500,
        points=(
            Point(
                id="fmd-iv",
                name="Detector at the Zone IV door",
                kind=PointKind.DETECTOR,
                zone="IV",
                port="detector",
                device="FMD01",
                door="door-iv",
                direction="in",
            ),
            Point(
                id="door-iv",
                name="Zone IV door",
                kind=PointKind.DOOR,
                zone="IV",
                port="door",
                device="DOOR4",
            ),
        ),
        staffing="MRST-only",
        call={"Crash team": "000", "MR safety officer": "001", "Engineer": "002"},
        hash="demo",
        bare_doors=(BareDoor(name="Corridor door", zone="III"),),
        wands=(Wand(id="wand-1", name="Hand wand 1"),),
        # Made up as everything here; a real site takes them from its scanner's documents.
        scanner_figures={
            "spatial-gradient": "5300 mT/m",
            "gradient": "33 mT/m",
            "slew": "170 T/m/s",
        },
        room=RoomNoise(Decimal(115), Decimal("116.5"), Decimal(125), "made up"),
        protectors=(
            Protector(name="Foam plug", sort=Sort.PLUG, nrr=32, snr=36),
            Protector(name="Ear muff", sort=Sort.MUFF, nrr=25, snr=30),
        ),
        # Whatever a reading of its own speaks for is left out: nothing of it can be made up.
        checks=tuple(one for one in TEMPLATE if not one.sensed),
        instead="made up: the other scanner of the demonstration, engineer 002.",
    )
)

STAFF: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Ada Example", "AE", ("MRST", "L2"), "246810"),
    ("Ben Sample", "BS", ("L2T", "OPR"), "135790"),
    ("Cleo Specimen", "CS", ("RAD",), "975310"),
    ("Dara Pattern", "DP", ("MRSO", "L2", "MRSE"), "864209"),
)
"""Name, initials, roles and PIN of fictional people; the PINs are printed for everybody to see."""
