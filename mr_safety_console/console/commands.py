"""Every command of the console, declared once: its key, footer text, help line and documentation.

The same key means the same thing everywhere; `clashes` finds two meanings on one screen.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from mr_safety_console.domain.value import frozen


@frozen
class Cmd:
    """One command: `id` names the app's or screen's `action_<id>`; the first key is the one shown.

    `priority` keys are seen before any input or dialog; it never applies to a key that types a
    character, so that no field loses a letter. `over_dialog` says whether the command may act
    while a dialog is open.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    footer: bool = True
    priority: bool = False
    over_dialog: bool = False

    @property
    def action(self) -> str:
        """Return the Textual action, `id` with underscores."""
        return self.id.replace("-", "_")

    @property
    def key_shown(self) -> str:
        """Return the first key as people write it: `F9`, `ctrl+l`, `Enter`."""
        return shown(self.keys[0])

    def bindings(self) -> list[Binding]:
        """Return one Textual binding a key; only the first one is shown in a footer."""
        return [
            Binding(
                key,
                self.action,
                self.label,
                show=self.footer and number == 0,
                key_display=shown(key),
                priority=self.priority and not types_a_character(key),
            )
            for number, key in enumerate(self.keys)
        ]


_NAMES = {
    "slash": "/", "question_mark": "?", "plus": "+", "minus": "-", "equals_sign": "=", "escape": "Esc",
    "number_sign": "#", "full_stop": ".", "comma": ",", "exclamation_mark": "!", "greater_than_sign": ">",
    "left": "←", "enter": "Enter", "space": "Space", "tab": "Tab", "up": "↑", "down": "↓", "pageup": "PgUp",
    "pagedown": "PgDn", "home": "Home", "end": "End", "backspace": "Backspace",
}  # fmt: skip
_TYPED = {"slash", "full_stop", "comma", "question_mark", "plus", "minus", "equals_sign", "space"}


def shown(key: str) -> str:
    """Return a Textual key name as it is printed on screen and in the guide."""
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _NAMES.get(key, key)


def types_a_character(key: str) -> bool:
    """Tell whether pressing this key inside an input field would write something."""
    return len(key) == 1 or key in _TYPED


EMERGENCY = Cmd(
    "emergency", ("f9", "ctrl+e"), "EMERGENCY", "Open an emergency: recorded first, no question asked",
    "always", priority=True, over_dialog=True,
)  # fmt: skip
SILENCE = Cmd(
    "silence", ("f8",), "Silence", "Pause the sound of alarms for 30 s; the alarm stays on screen",
    "always", priority=True, over_dialog=True,
)  # fmt: skip
LOCK = Cmd(
    "lock", ("ctrl+l",), "Lock", "Hide patient data now; alarms and the emergency key stay",
    "always", footer=False, priority=True, over_dialog=True,
)  # fmt: skip
HELP = Cmd("help", ("f1",), "Help", "Show the keys of this screen", "always")
QUIT = Cmd(
    "quit-console", ("ctrl+q",), "Quit", "Ask, record it, and close the console",
    "always", footer=False, priority=True,
)  # fmt: skip
SIGN_ON = Cmd(
    "sign-on", ("ctrl+o",), "Sign on", "Sign on, change the active person, or sign off",
    "always", footer=False, priority=True,
)  # fmt: skip

SUITE = Cmd("suite", ("f2",), "Suite", "Doors, detectors, head count and the magnet's state", "screens")
VISIT = Cmd("visit", ("f3",), "Visit", "One person's way from arrival to leaving", "screens")
SCREENING = Cmd("screening", ("f4",), "Screening", "The screening form of this person", "screens")
CHECKLIST = Cmd("checklist", ("f5",), "Checklist", "Door list and table list", "screens")
ALARMS = Cmd("alarms", ("f6",), "Alarms", "All alarms, newest first, with what to do", "screens")
LOG = Cmd("log", ("f7",), "Log", "What happened, newest first", "screens")
DEVICES = Cmd(
    "devices", ("ctrl+d",), "Devices", "Ports, detectors and door contacts as they are heard",
    "screens", footer=False, priority=True,
)  # fmt: skip
QUENCH = Cmd(
    "quench", ("ctrl+b",), "Quench", "The quench log and the magnet's state",
    "screens", footer=False, priority=True,
)  # fmt: skip
PEOPLE = Cmd(
    "people", ("ctrl+g",), "People", "Everybody in Zone III and IV, who answers for them, since when",
    "screens", footer=False, priority=True,
)  # fmt: skip

ITEMS = Cmd(
    "items", ("ctrl+t",), "Items", "What is in the magnet room, and the register of items with their labels",
    "screens", footer=False, priority=True,
)  # fmt: skip

IMPLANTS = Cmd(
    "implants", ("ctrl+k",), "Implants", "Implants and devices of the visit against this scanner",
    "screens", footer=False, priority=True,
)  # fmt: skip
HEARING = Cmd(
    "hearing", ("ctrl+y",), "Hearing", "What each head in the magnet room wears against the noise",
    "screens", footer=False, priority=True,
)  # fmt: skip

READINESS = Cmd(
    "readiness", ("ctrl+f",), "Readiness", "The checks of the suite: due, overdue, failed, waived, made",
    "screens", footer=False, priority=True,
)  # fmt: skip

ENTER = Cmd("propose", ("enter",), "Do it", "Do the one act this screen proposes", "here")
BACK = Cmd(
    "back",
    ("escape",),
    "Back",
    "Take a refusal away, else back, mostly to the Suite",
    "here",
    footer=False,
)
FIND = Cmd("find", ("slash",), "Find", "Find a person, a visit or a word", "here")
NOTE = Cmd("note", ("n",), "Note", "Write a note into the record", "here")
ACKNOWLEDGE = Cmd("acknowledge", ("a",), "Acknowledge", "Say that you have seen this alarm", "here")
SILENCE_HERE = Cmd(
    "silence", ("s",), "Silence", "Pause the sound of alarms for 30 s", "here", footer=False
)  # fmt: skip
DISPOSE = Cmd("dispose", ("d",), "Dispose", "Say what the alarm was and close it", "here")
TRANSIT = Cmd("transit", ("t",), "Transit", "Announce a person going through the Zone IV door", "here")
KEEP_DOOR = Cmd(
    "keep-door", ("h",), "Keep door", "Stand at the Zone IV door and keep it, or leave it", "here",
    footer=False,
)  # fmt: skip
CLOSE_SHIFT = Cmd(
    "close-shift", ("ctrl+r",), "Close shift", "Close the shift with nobody following, heads counted by eye",
    "here", footer=False,
)  # fmt: skip
DETECTOR_PASS = Cmd("detector-pass", ("p",), "Pass", "You watched this person pass the detector", "here")
LINK_LOST = Cmd(
    "link-lost", ("k",), "Link lost", "The remote operator cannot be heard or seen, or is heard again", "here"
)

PERSON_OUT = Cmd(
    "person-out", ("left",), "Out", "Out of Zone IV, and then of Zone III; never refused", "here"
)  # fmt: skip
HAND_OFF = Cmd(
    "hand-off",
    ("greater_than_sign",),
    "Hand off",
    "Give an escort, or the watching of a patient, to somebody else",
    "here",
)
COUNT_HEADS = Cmd("count-heads", ("number_sign",), "Count", "Count everybody in Zone IV by eye", "here")
NEW_PERSON = Cmd("new-person", ("ctrl+n",), "New person", "Let somebody in by name", "here")
INSIDE_ALREADY = Cmd(
    "inside-already", ("exclamation_mark",), "Inside already", "Is in Zone IV: record it, NOT CLEARED",
    "here", footer=False,
)  # fmt: skip
LOST_TRACK = Cmd(
    "lost-track", ("question_mark",), "Lost", "Nobody knows where they are, or they were seen again", "here",
    footer=False,
)  # fmt: skip

YES = Cmd("answer-yes", ("y",), "Yes", "Answer yes", "answers")
NO = Cmd("answer-no", ("n",), "No", "Answer no", "answers")
UNSURE = Cmd("answer-unsure", ("u",), "Unsure", "Answer unsure; never taken for a no", "answers")
REFUSED = Cmd("answer-refused", ("r",), "Refused", "The person refuses to answer", "answers", footer=False)
UNABLE = Cmd("answer-unable", ("b",), "Unable", "The person cannot answer", "answers", footer=False)
NOT_APPLICABLE = Cmd("answer-na", ("x",), "Not applicable", "The item does not apply, and why", "answers")
PICK = Cmd(
    "pick", ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"), "Pick",
    "Take the act, answer or step with this number", "here", footer=False,
)  # fmt: skip
PICK_LATER = Cmd(
    "pick-later", ("minus", "equals_sign"), "Pick 11, 12", "Take step 11 or 12", "emergency", footer=False,
)  # fmt: skip
UP = Cmd("up", ("up",), "Up", "To the row above", "here", footer=False)
DOWN = Cmd("down", ("down",), "Down", "To the row below", "here", footer=False)
PAGE_UP = Cmd("page-up", ("pageup",), "Page up", "Back by a page", "here", footer=False)
PAGE_DOWN = Cmd("page-down", ("pagedown",), "Page down", "On by a page", "here", footer=False)
NEW_VISIT = Cmd("new-visit", ("o",), "New visit", "Open a visit: name, birth date, exam", "here")
PUT_ASIDE = Cmd(
    "put-aside", ("j",), "Put aside",
    "Put aside for a while: an alarm, a list item, a point out of service; or take it back", "here",
)  # fmt: skip
WALK_TEST = Cmd(
    "walk-test", ("w",), "Walk test", "Prove a detector with the test piece, or a door by hand", "here"
)
SOUND_TEST = Cmd(
    "sound-test", ("c",), "Sound test", "Play the alarm sounds once; say whether you heard them", "here"
)  # fmt: skip
SIGN = Cmd("sign", ("g",), "Sign", "Sign or complete what stands on this screen", "here")
RESOLVE = Cmd(
    "resolve", ("v",), "Resolve", "Resolve what holds: with evidence, by a physician, or by eye", "here"
)
AMEND = Cmd(
    "amend", ("m",), "Amend", "Put right what was written: a signed answer, a name, the examination", "here"
)
WHO_ANSWERS = Cmd("who-answers", ("full_stop",), "Who", "Say who answers, and who interprets", "here")
LANGUAGE = Cmd(
    "language", ("comma",), "Language", "Another language beneath the questions, to read along", "here",
    footer=False,
)  # fmt: skip
MORE = Cmd(
    "more", ("space",), "More",
    "What else: take over, a further form, paper, a call, emergent; on People: screen, declare a change; "
    "on Visit: check-ins, a remote operator",
    "here",
)  # fmt: skip
NEXT_LIST = Cmd("next-list", ("tab",), "Next list", "Show the list of the next stage", "here")
NEXT_FORM = Cmd(
    "next-form", ("tab",), "Next form", "Show the next form of this person", "here", footer=False
)  # fmt: skip
CLEAR_ANSWER = Cmd(
    "take-back", ("backspace",), "Take back", "Take an answer back; it is blank again", "here", footer=False,
)  # fmt: skip

EARLIER = Cmd("earlier", ("e",), "Earlier", "Stamp as 10 s or 1 min ago, estimated", "emergency")
END_EMERGENCY = Cmd(
    "end-emergency", ("z",), "End", "Ask to end it: heads and kit counted by eye", "emergency"
)
ATTRIBUTE = Cmd("attribute", ("i",), "Who", "Say who took part, afterwards", "emergency")
REPORT_QUENCH = Cmd("report-quench", ("q",), "Report", "Report a quench or a suspicion of one", "emergency")
READ_FIELD = Cmd("read-field", ("f",), "Field reading", "Keep a field reading as an observation", "emergency")
READ_OXYGEN = Cmd(
    "read-oxygen", ("l",), "O2 reading", "Keep an oxygen reading as an observation", "emergency"
)
ADD_KIND = Cmd("add-kind", ("plus",), "Add kind", "Add a kind to the open emergency", "emergency")

ALWAYS: tuple[Cmd, ...] = (EMERGENCY, SILENCE, LOCK, HELP, QUIT, SIGN_ON)
"""Alive on every screen; those of `over_dialog` also while a dialog is open."""
NAVIGATION: tuple[Cmd, ...] = (
    SUITE, VISIT, SCREENING, CHECKLIST, ALARMS, LOG, DEVICES, QUENCH, ITEMS, PEOPLE,
    IMPLANTS, HEARING, READINESS,
)  # fmt: skip
APP: tuple[Cmd, ...] = ALWAYS + NAVIGATION
ANSWERS: tuple[Cmd, ...] = (YES, NO, UNSURE)
EVERY: tuple[Cmd, ...] = (
    *APP, ENTER, BACK, FIND, NOTE, ACKNOWLEDGE, SILENCE_HERE, DISPOSE, TRANSIT, KEEP_DOOR, DETECTOR_PASS,
    LINK_LOST, *ANSWERS, REFUSED, UNABLE, NOT_APPLICABLE, PICK, PICK_LATER, UP, DOWN, PAGE_UP, PAGE_DOWN,
    NEW_VISIT, PUT_ASIDE, WALK_TEST, SOUND_TEST, PERSON_OUT, HAND_OFF, COUNT_HEADS, NEW_PERSON,
    INSIDE_ALREADY, LOST_TRACK, CLOSE_SHIFT,
    SIGN, RESOLVE, AMEND, WHO_ANSWERS, LANGUAGE, MORE, NEXT_LIST, NEXT_FORM, CLEAR_ANSWER, EARLIER,
    END_EMERGENCY,
    ATTRIBUTE, REPORT_QUENCH, READ_FIELD, READ_OXYGEN, ADD_KIND,
)  # fmt: skip


def bindings(commands: Iterable[Cmd]) -> list[Binding]:
    """Return the Textual `BINDINGS` of an app or a screen."""
    return [binding for cmd in commands for binding in cmd.bindings()]


def clashes(commands: Iterable[Cmd], *, app: Iterable[Cmd] = APP) -> list[str]:
    """Return one line for each key that would mean two things on a screen with these commands."""
    meanings: dict[str, set[str]] = {}
    for cmd in (*app, *commands):
        for key in cmd.keys:
            meanings.setdefault(key, set()).add(cmd.id)
    return [f"{shown(key)}: {', '.join(sorted(ids))}" for key, ids in meanings.items() if len(ids) > 1]


def footer(commands: Iterable[Cmd]) -> tuple[tuple[str, str], ...]:
    """Return (key, label) pairs for a footer, the emergency first."""
    wanted = [cmd for cmd in commands if cmd.footer]
    ordered = sorted(wanted, key=lambda cmd: cmd.id != EMERGENCY.id)
    return tuple((cmd.key_shown, cmd.label) for cmd in ordered)


def help_lines(commands: Iterable[Cmd]) -> tuple[tuple[str, str], ...]:
    """Return (keys, sentence) pairs for the help of a screen, in the order of declaration."""
    return tuple((" ".join(shown(key) for key in cmd.keys), cmd.help) for cmd in commands)


def docs_table(commands: Iterable[Cmd] = EVERY) -> str:
    """Return the keys as a Markdown table for the operator guide."""
    head = "| Keys | Command | What it does |\n|---|---|---|"
    rows = [
        f"| {' '.join(f'`{shown(key)}`' for key in cmd.keys)} | {cmd.label} | {cmd.help} |"
        for cmd in commands
    ]
    return "\n".join([head, *rows]) + "\n"
