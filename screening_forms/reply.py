"""A QuestionnaireResponse read against its form: its answers by place, and everything wrong about it.

Nothing is read into an answer that is not there, and no finding stops the reading.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from screening_forms.places import MAX_ROUNDS, inside, is_question, nth
from screening_forms.reading import Node
from screening_forms.types import Form, FormError, Item
from screening_forms.value import frozen
from screening_forms.wire import from_wire

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
FINISHED = ("completed", "amended")

MAX_PLACES = 20_000
"""Most places the further rounds of all groups of one response may open."""

_TOP = frozenset({"resourceType", "questionnaire", "status", "subject", "authored", "item", "id", "language"})
_ABOUT = frozenset(
    {"meta", "text", "identifier", "basedOn", "partOf", "encounter", "author", "source", "contained"}
)
"""Elements that say who and when; nothing here depends on them."""


@frozen
class Issue:
    """One finding about a response: our rule, how grave, HL7's code for its kind, where, and what."""

    rule: str
    severity: str
    code: str
    path: str
    link_id: str
    message: str


class Reply:
    """What a response says: `answers` by place, and the issues met while reading it.

    `seen` holds every place something stands at, an answer that cannot be read included; `room` is how
    many places its further rounds may still open.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        self.seen: set[str] = set()
        self.issues: list[Issue] = []
        self.room = MAX_PLACES
        self.status = ""
        self.authored = ""

    def note(self, rule: str, code: str, node: Node, key: str, message: str, severity: str = "error") -> None:
        """Write down one finding at an element."""
        path = ".".join(part for part in ("QuestionnaireResponse", node.path, key) if part)
        self.issues.append(Issue(rule, severity, code, path, node.link_id, message))

    def refused(self, rule: str, code: str, error: FormError) -> None:
        """Write down what a reader refused."""
        path = ".".join(part for part in ("QuestionnaireResponse", error.path) if part)
        self.issues.append(Issue(rule, "error", code, path, error.link_id, error.what))


def canonical(form: Form) -> str:
    """Return the reference by which a response names its form: `url|version`."""
    return f"{form.url}|{form.version}" if form.version else form.url


def read_reply(form: Form, node: Node) -> Reply:
    """Return everything a response says, and everything wrong about how it says it."""
    reply = Reply()
    if node.get("resourceType") != "QuestionnaireResponse":
        reply.note("resource-type", "structure", node, "resourceType", "expected QuestionnaireResponse")
        return reply
    for key in node.data:
        if key not in _TOP | _ABOUT:
            reply.note("element", "structure", node, key, f"element {key[:60]!r} is not supported")
    _read_head(form, node, reply)
    _read_items(node, form.items, "", reply)
    return reply


def _read_head(form: Form, node: Node, reply: Reply) -> None:
    named = node.get("questionnaire")
    if named != canonical(form):
        _other_form(form, node, named, reply)
    status = node.get("status")
    if status not in STATUSES:
        reply.note("status", "code-invalid", node, "status", f"expected one of: {', '.join(STATUSES)}")
    else:
        reply.status = str(status)
    if "authored" in node:
        reply.authored = str(node.get("authored"))
        if not _is_moment(reply.authored):
            reply.note("authored", "value", node, "authored", "expected a day, or a moment with its offset")
            reply.authored = ""


def _other_form(form: Form, node: Node, named: object, reply: Reply) -> None:
    if named is None:
        severity = "warning" if not form.url else "error"
        what = "is missing: a response names the form it answers"
        reply.note("questionnaire", "required", node, "questionnaire", what, severity)
    elif form.url and isinstance(named, str) and named == form.url and form.version:
        what = f"names no version; this form is {canonical(form)}"
        reply.note("questionnaire", "business-rule", node, "questionnaire", what, "warning")
    elif form.url:
        reply.note("questionnaire", "not-found", node, "questionnaire", f"expected {canonical(form)}")


def _is_moment(text: str) -> bool:
    if re.match(r"[0-9]{4}(-(0[1-9]|1[0-2]))?\Z", text):
        return True
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None or len(text) == len("2031-05-06")


def _read_items(node: Node, items: Sequence[Item], above: str, reply: Reply) -> None:
    """Read the items standing under `node`, which must be among `items` and in their order."""
    here = {item.link_id: index for index, item in enumerate(items)}
    rounds: dict[str, int] = {}
    last = -1
    for child in _nodes(node, "item", reply):
        link_id = child.get("linkId")
        index = here.get(link_id) if isinstance(link_id, str) else None
        child.link_id = link_id[:255] if isinstance(link_id, str) else ""
        if index is None:
            _unknown(child, reply)
            continue
        item, number = items[index], rounds.get(child.link_id, 0) + 1
        rounds[child.link_id] = number
        if number > 1 and (is_question(item) or not item.repeats or number > MAX_ROUNDS):
            reply.note("item-twice", "structure", child, "linkId", _UNKNOWN_HERE)
            continue
        if number > 1 and not _has_room(item, child, reply):
            continue
        if index < last:
            reply.note("order", "structure", child, "linkId", "stands in another order than in the form")
        last = max(last, index)
        base = inside(above, item.link_id) if above else item.link_id
        _read_item(child, item, nth(base, number), reply)


def _has_room(item: Item, node: Node, reply: Reply) -> bool:
    """Take the places of one more round; what opens too many is a finding, told once, and is not read."""
    if reply.room < 0:
        return False
    reply.room -= sum(1 for _ in item.walk())
    if reply.room < 0:
        what = f"opens more than {MAX_PLACES} places; nothing from here on was read"
        reply.note("structure", "too-long", node, "", what)
    return reply.room >= 0


_UNKNOWN_HERE = "is unknown in this place of the form, or stands twice"


def _unknown(child: Node, reply: Reply) -> None:
    reply.note("link-id", "not-found", child, "linkId", _UNKNOWN_HERE)


def _nodes(node: Node, key: str, reply: Reply) -> list[Node]:
    try:
        return node.nodes(key)
    except FormError as error:
        reply.refused("structure", "structure", error)
        return []


def _read_item(node: Node, item: Item, key: str, reply: Reply) -> None:
    reply.paths.setdefault(key, node.path)
    allowed = {"linkId", "text", "id", "definition", "answer" if is_question(item) else "item"}
    for name in node.data:
        if name not in allowed:
            reply.note("element", "structure", node, name, _misplaced(name, item))
    if "text" in node and _shown(node, reply) != item.text:
        reply.note("text", "business-rule", node, "text", "differs from the question of this form")
    if not is_question(item):
        reply.seen.add(key)
        _read_items(node, item.items, key, reply)
        return
    answers = _nodes(node, "answer", reply)
    if len(answers) > (MAX_ROUNDS if item.repeats else 1):
        reply.note("answers", "structure", node, "answer", "expected exactly one answer")
        answers = answers[:1]
    for number, answer in enumerate(answers, 1):
        _read_answer(answer, item, nth(key, number), reply)


def _misplaced(name: str, item: Item) -> str:
    what = f"element {name[:60]!r} is not supported"
    if name == "item" and is_question(item):
        return f"{what}: what stands under a question stands under its answer"
    return f"{what} on a {item.type.value}" if name == "answer" else what


def _shown(node: Node, reply: Reply) -> str:
    try:
        return node.shown("text", 64_000)
    except FormError as error:
        reply.refused("text", "value", error)
        return ""


def _read_answer(node: Node, item: Item, key: str, reply: Reply) -> None:
    reply.paths[key] = node.path
    reply.seen.add(key)
    try:
        reply.answers[key] = from_wire(node, item)
    except FormError as error:
        options = bool(item.options) and "valueCoding" in node
        reply.refused("answer", "code-invalid" if options else "structure", error)
    _read_items(node, item.items, key, reply)


def check_moment(authored: str) -> str:
    """Return what is wrong with the moment a response was given, or ""."""
    try:
        moment = datetime.datetime.fromisoformat(authored)
    except ValueError:
        return "expected a moment as YYYY-MM-DDThh:mm:ss+hh:mm"
    return "needs its offset from UTC, such as +00:00" if moment.tzinfo is None else ""
