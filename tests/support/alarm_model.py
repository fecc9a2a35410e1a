"""An executable model of open alarms, written from the text of the rules; it shares no code with them.

Time is whole seconds. Four alarms stand for all: a detector's (Medium, nothing ever puts it aside), a
door standing open (Medium, High after 30 s), one that is kept (Medium), and a lost contact (High).
"""

from __future__ import annotations

from dataclasses import dataclass, field

MEDIUM, HIGH = 2, 3
KINDS = {
    "iron": (MEDIUM, None, False),
    "open": (MEDIUM, 30, True),
    "kept": (MEDIUM, None, True),
    "lost": (HIGH, None, True),
}
"""Name: priority, seconds until it is High, whether it may ever be put aside."""
WORDS_END_REMINDERS = {"iron", "open", "lost"}
"""Saying what it was ends their reminders unless they are High; the magnet room's door stands open
whatever was said."""
REMIND_S, REMIND_FOR_S = 120, 10


@dataclass
class Row:
    """What a person is told of one alarm."""

    priority: int
    began: int
    waits: int
    instance: int = 1
    present: bool = True
    unproven: bool = False
    owner: str | None = None
    what: str | None = None
    told: int = 0
    quiet_until: int = 0
    quieted: int = 0
    aside_until: int | None = None
    last_told: int = 0
    reminded: int | None = None

    def ring(self, now: int, *, worse: bool = False) -> None:
        """A new instance: nothing said before answers for it, and nobody answered sooner for its ringing."""
        self.instance += 1
        if self.owner is not None or worse:
            self.told, self.waits = 0, now
        self.owner, self.reminded = None, None
        self.unproven = False


@dataclass
class Model:
    """The open alarms by name."""

    now: int = 0
    rows: dict[str, Row] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        row = self.rows.get(name)
        if row is None:
            self.rows[name] = row = Row(KINDS[name][0], self.now, self.now)
        else:
            row.ring(self.now)
            if not row.present:
                row.aside_until = None
            row.present, row.what = True, None
        if row.priority == HIGH:
            self._wake_all()

    def over(self, name: str) -> None:
        row = self.rows.get(name)
        if row is not None and row.present:
            row.present = row.unproven = False
            if row.owner and row.what:
                del self.rows[name]

    def acknowledge(self, name: str, behind: int, who: str) -> bool:
        """Return whether it was taken."""
        row = self.rows.get(name)
        if row is None or behind:
            return False
        if row.owner is None:
            row.owner, row.last_told = who, self.now
        self._leave(name)
        return True

    def dispose(self, name: str, what: str) -> bool:
        row = self.rows.get(name)
        if row is None or row.owner is None:
            return False
        row.what = what
        self._leave(name)
        return True

    def quieten(self) -> bool:
        waiting = [row for row in self.rows.values() if self.sounds(row) and row.quieted != row.instance]
        for row in waiting:
            row.quieted, row.quiet_until = row.instance, self.now + 30
        return bool(waiting)

    def put_aside(self, name: str, minutes: int, behind: int) -> bool:
        row = self.rows.get(name)
        if row is None or not KINDS[name][2] or row.priority == HIGH or behind:
            return False
        if self.aside(row) or not 1 <= minutes <= 30:
            return False
        row.aside_until = self.now + 60 * minutes
        return True

    def take_back(self, name: str) -> bool:
        row = self.rows.get(name)
        if row is None:
            return False
        row.aside_until = None
        return True

    def wait(self, seconds: int) -> None:
        """Time passes unwatched, then everything that is due happens once."""
        self.now += seconds
        rang = {name: row.instance for name, row in self.rows.items()}
        for name, row in self.rows.items():
            if row.aside_until is not None and not self.aside(row):
                row.aside_until = None
                if row.present:
                    row.ring(self.now)
                    row.what = None
                continue
            rises = KINDS[name][1]
            if rises is not None and row.present and row.priority < HIGH and self.now - row.began >= rises:
                row.ring(self.now, worse=True)
                row.priority, row.aside_until, row.what = HIGH, None, None
                self._wake_all()
            elif row.owner is None and not self.aside(row):
                row.told = max([row.told, *(s for s in (15, 60) if self.now - row.waits >= s)])
        self._remind({name for name, instance in rang.items() if self.rows[name].instance == instance})

    def _remind(self, names: set[str]) -> None:
        """One reminder for everything somebody answered for and that goes on, when one of them is due."""
        goes_on = [self.rows[name] for name in names if self.goes_on(name)]
        if any(self.now - row.last_told >= REMIND_S for row in goes_on):
            for row in goes_on:
                row.last_told = row.reminded = self.now

    def goes_on(self, name: str) -> bool:
        row = self.rows[name]
        if row.owner is None or not row.present or self.aside(row):
            return False
        return row.what is None or row.priority == HIGH or name not in WORDS_END_REMINDERS

    def reminds(self, name: str) -> bool:
        row = self.rows[name]
        return row.reminded is not None and self.goes_on(name) and self.now - row.reminded < REMIND_FOR_S

    def restart(self) -> None:
        for row in self.rows.values():
            row.quiet_until, row.aside_until = 0, None
            if row.present:
                row.ring(self.now)
                row.what, row.unproven = None, True

    def aside(self, row: Row) -> bool:
        return row.aside_until is not None and self.now < row.aside_until

    def sounds(self, row: Row) -> bool:
        if row.owner is not None or self.aside(row):
            return False
        return not (row.quieted == row.instance and self.now < row.quiet_until)

    def _wake_all(self) -> None:
        for row in self.rows.values():
            row.quiet_until = 0

    def _leave(self, name: str) -> None:
        row = self.rows[name]
        if row.owner and row.what and not row.present:
            del self.rows[name]
