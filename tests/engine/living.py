"""A whole console without a screen that works until it is killed; says what it published.

Arguments: data directory and seed. Each line is JSON: `shown` for a published fact (row, kind,
cause), `state` for what a screen would have shown at a row, `pressed` for an emergency key that
was answered as recorded.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.suite_world import site

from mr_safety_console import bootstrap
from mr_safety_console.domain.emergency import StampEmergencyStep
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.staff import AddStaff, SignOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import IdentifyVisit, OpenVisit
from mr_safety_console.engine.face import Accepted, Credential, Published
from mr_safety_console.engine.ticket import TicketState
from mr_safety_console.settings import ConsoleSettings

PIN = "246810"


def picture(state: SuiteState) -> dict[str, Any]:
    """What a person would miss: open visits with their legs, open emergencies with their steps."""
    return {
        "visits": {name: sorted(map(str, visit.legs)) for name, visit in state.visits.open.items()},
        "emergencies": {found.id: sorted(found.steps) for found in state.emergency.open},
        "people": sorted(state.staff.people),
    }


def say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main(data: Path, seed: int) -> None:
    draw = random.Random(seed)
    running = bootstrap.start(
        ConsoleSettings(data=data, site=data),
        profile=site(),
        ports=(),
        environ={"XDG_RUNTIME_DIR": str(data)},
    )
    engine = running.engine

    def heard(said: Published) -> None:
        for entry in said.entries:
            say(what="shown", seq=entry.seq, kind=entry.fact.kind, cause=entry.cause)

    engine.subscribe(heard)
    say(what="begun", seq=engine.state.seq, picture=picture(engine.state.state))
    if not engine.state.state.staff.people:
        asked = AddStaff(name="N", initials="SO", roles=("MRSO", "L2"), pin_hash=running.pins.hash(PIN))
        engine.submit(asked).result(10)
    person = next(iter(engine.state.state.staff.people))
    engine.submit(SignOn(person=person), (Credential(person, PIN),)).result(10)
    while True:
        something(running, draw)
        shown = engine.state
        say(what="state", seq=shown.seq, picture=picture(shown.state))


def something(running: bootstrap.Running, draw: random.Random) -> None:
    engine = running.engine
    chance = draw.random()
    visits = list(engine.state.state.visits.open)
    if chance < 0.1:
        ticket = running.intake.press()
        if ticket.settled.wait(5) and ticket.state(running.clock.now()) is TicketState.RECORDED:
            say(what="pressed", cause=ticket.cause)
    elif chance < 0.2:
        running.intake.step(StampEmergencyStep(emergency="", step=f"E{draw.randrange(10):02d}"))
    elif chance < 0.3 and len(visits) < 6:
        engine.submit(OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee")).result(10)
    elif chance < 0.4 and visits:
        asked = IdentifyVisit(visit=draw.choice(visits), identifiers=("name", "birth-date"))
        engine.submit(asked).result(10)
    else:
        futures = [engine.submit(WriteNote(text="made up")) for _ in range(draw.randrange(1, 20))]
        assert all(isinstance(future.result(10), Accepted) for future in futures)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
