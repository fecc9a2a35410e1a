"""How people of the register are listed and found by what somebody types."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.staff import Person


def listed(view: View) -> tuple[Person, ...]:
    """Return the register in the order of initials."""
    return tuple(sorted(view.state.staff.people.values(), key=lambda person: (person.initials, person.id)))


def people_rows(view: View, chosen: str = "") -> tuple[Row, ...]:
    """Return a numbered row a person; the chosen one is marked."""
    people = listed(view)
    if not people:
        return (row(("Nobody is in the register: enter staff with the staff command.", Tone.HOLD)),)
    return tuple(
        row(
            (f"{number:>3} ", Tone.KEY),
            (f"{person.initials:<5}", Tone.SELECTED if person.id == chosen else Tone.TITLE),
            f" {person.name}",
            (f"  {' '.join(person.roles)}", Tone.FAINT),
            key=person.id,
        )
        for number, person in enumerate(people, 1)
    )


def find(view: View, typed: str) -> Person | None:
    """Return the one person meant by a number of the list or by initials; None when it is not one."""
    people, wanted = listed(view), typed.strip().lower()
    if not wanted:
        return None
    if wanted.isdecimal():
        return people[int(wanted) - 1] if 0 < int(wanted) <= len(people) else None
    exact = [person for person in people if person.initials.lower() == wanted]
    begun = [person for person in people if person.initials.lower().startswith(wanted)]
    found = exact or begun
    return found[0] if len(found) == 1 else None
