"""A second reading of FHIR's rules for a response and its form, written from the specification alone.

It works on the JSON of both, in the plainest way that comes to mind, and imports nothing of the
engine. Where FHIR leaves a condition open (a question that is not there, a circle), it is met.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
Finding = tuple[str, str]
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
VALUE = {
    "boolean": ["valueBoolean"],
    "integer": ["valueInteger"],
    "decimal": ["valueDecimal"],
    "date": ["valueDate"],
    "string": ["valueString"],
    "text": ["valueString"],
    "choice": ["valueCoding"],
    "open-choice": ["valueCoding", "valueString"],
}


class Group:
    """One occurrence of a definition: its response item or answer (None if absent), and what is above."""

    def __init__(
        self, item: Json, node: Json | None, above: Group | None, answer: Json | None = None
    ) -> None:
        self.item, self.node, self.above, self.answer = item, node, above, answer
        self.below: list[Group] = []

    def ancestors(self) -> Iterator[Group]:
        above = self.above
        while above is not None:
            yield above
            above = above.above


class Oracle:
    """Everything wrong with one response to one form, as (rule, linkId)."""

    def __init__(self, form: Json, response: Json) -> None:
        self.form, self.response = form, response
        self.found: set[Finding] = set()
        self.items: dict[str, Json] = {}
        self.parent: dict[str, str] = {}
        self._index(form.get("item", []), "")
        self.reach = {link_id: self._reachable(link_id) for link_id in self.items}
        self.all: list[Group] = []
        self._match(form.get("item", []), response.get("item", []), None)
        self.known: dict[int, bool] = {}

    def _index(self, items: list[Json], above: str) -> None:
        for item in items:
            self.items[item["linkId"]] = item
            self.parent[item["linkId"]] = above
            self._index(item.get("item", []), item["linkId"])

    def _reachable(self, start: str) -> set[str]:
        """Every linkId that has to be settled before this one."""
        seen: set[str] = set()
        work = [start]
        while work:
            link_id = work.pop()
            needs = [w["question"] for w in self.items[link_id].get("enableWhen", [])]
            for need in (*needs, self.parent[link_id]):
                if need in self.items and need not in seen:
                    seen.add(need)
                    work.append(need)
        return seen

    # What stands where

    def _match(self, items: list[Json], nodes: list[Json], above: Group | None) -> None:
        ids = [item["linkId"] for item in items]
        used: dict[str, list[Json]] = {link_id: [] for link_id in ids}
        last = -1
        for node in nodes:
            link_id = node.get("linkId")
            if link_id not in used:
                self.found.add(("link-id", str(link_id)))
                continue
            item = items[ids.index(link_id)]
            repeatable = item["type"] == "group" and item.get("repeats")
            if used[link_id] and not repeatable:
                self.found.add(("item-twice", link_id))
                continue
            if ids.index(link_id) < last:
                self.found.add(("order", link_id))
            last = max(last, ids.index(link_id))
            used[link_id].append(node)
        for item in items:
            self._occurrences(item, used[item["linkId"]], above)

    def _occurrences(self, item: Json, nodes: list[Json], above: Group | None) -> None:
        if item["type"] in ("group", "display"):
            for node in nodes or [None]:  # type: ignore[list-item]
                if node and "answer" in node:
                    self.found.add(("element", item["linkId"]))
                self._add(Group(item, node, above), (node or {}).get("item", []))
            return
        node = nodes[0] if nodes else None
        if node and "item" in node:
            self.found.add(("element", item["linkId"]))
        answers = (node or {}).get("answer", [])
        if len(answers) > 1 and not item.get("repeats"):
            self.found.add(("answers", item["linkId"]))
            answers = answers[:1]
        for answer in answers or [None]:
            self._add(Group(item, node, above, answer), (answer or {}).get("item", []))

    def _add(self, group: Group, nodes: list[Json]) -> None:
        self.all.append(group)
        if group.above is not None:
            group.above.below.append(group)
        self._match(group.item.get("item", []), nodes, group)

    # Which items apply

    def enabled(self, group: Group) -> bool:
        if id(group) not in self.known:
            self.known[id(group)] = self._enabled(group)
        return self.known[id(group)]

    def _enabled(self, group: Group) -> bool:
        above = group.above
        if above is not None:
            asks = above.item["type"] not in ("group", "display")
            if not self.enabled(above) or (asks and self._value(above) is None):
                return False
        whens = group.item.get("enableWhen", [])
        if not whens:
            return True
        results = [self._holds(when, group) for when in whens]
        return any(results) if group.item.get("enableBehavior") == "any" else all(results)

    def _holds(self, when: Json, group: Group) -> bool:
        question, mine = when["question"], group.item["linkId"]
        if question not in self.items:
            return True
        if mine in self.reach[question] and question in self.reach[mine]:
            return True
        if mine == question or self._never_answered(self.items[question], when):
            return True
        values = [self._value(g) for g in self._nearest(question, group) if g.answer and self.enabled(g)]
        values = [value for value in values if value is not None]
        wanted = next(v for k, v in when.items() if k.startswith("answer"))
        operator = when["operator"]
        if operator == "exists":
            return bool(values) == wanted
        orders = [self._compare(value, wanted) for value in values]
        if operator == "=":
            return 0 in orders
        if operator == "!=":
            return 0 not in orders
        fits = {">": [1], "<": [-1], ">=": [0, 1], "<=": [0, -1]}[operator]
        return any(order is None or order in fits for order in orders)

    def _never_answered(self, item: Json, when: Json) -> bool:
        """Tell whether a condition asks what takes no answer, or equals an answer nobody can give."""
        if item["type"] in ("group", "display"):
            return True
        if when["operator"] != "=":
            return False
        key, value = next((k, v) for k, v in when.items() if k.startswith("answer"))
        key = key.replace("answer", "value")
        return (
            key not in VALUE[item["type"]] or self._wrong_kind(item, key, value) or self._unfit(item, value)
        )

    def _nearest(self, question: str, group: Group) -> list[Group]:
        named = [g for g in self.all if g.item["linkId"] == question]
        for ancestor in group.ancestors():
            near = [g for g in named if ancestor in list(g.ancestors())]
            if near:
                return near
        return named

    def _value(self, group: Group) -> Any:
        """The value of an answer as the form's item type reads it; None if it cannot be read."""
        answer = group.answer or {}
        keys = [key for key in VALUE[group.item["type"]] if key in answer]
        stray = [key for key in answer if key not in (*keys[:1], "item")]
        if not keys or stray or self._wrong_kind(group.item, keys[0], answer[keys[0]]):
            return None
        value = answer[keys[0]]
        return None if isinstance(value, str) and not value.strip() else value

    def _compare(self, value: Any, wanted: Any) -> int | None:
        if isinstance(value, dict) or isinstance(wanted, dict):
            return 0 if isinstance(value, dict) and value.get("code") == wanted.get("code") else None
        if isinstance(value, bool) or isinstance(wanted, bool):
            return 0 if value is wanted else None
        if isinstance(value, str) and isinstance(wanted, str):
            return (value > wanted) - (value < wanted)
        one, other = Decimal(str(value)), Decimal(str(wanted))
        return (one > other) - (one < other)

    # Whether an answer fits

    def _wrong_kind(self, item: Json, key: str, value: Any) -> bool:
        kind = item["type"]
        if key == "valueCoding":
            return value.get("code") not in [o["valueCoding"]["code"] for o in item["answerOption"]]
        if kind == "boolean":
            return not isinstance(value, bool)
        if kind == "integer":
            return isinstance(value, bool) or not isinstance(value, int)
        if kind == "decimal":
            return isinstance(value, bool) or not isinstance(value, int | float)
        return not isinstance(value, str)

    def _extension(self, item: Json, name: str) -> Any:
        for one in item.get("extension", []):
            if one["url"] == EXTENSION + name:
                return next(v for k, v in one.items() if k.startswith("value"))
        return None

    def _unfit(self, item: Json, value: Any) -> bool:
        low, high = self._extension(item, "minValue"), self._extension(item, "maxValue")
        if item["type"] in ("integer", "decimal"):
            return (low is not None and value < low) or (high is not None and value > high)
        if item["type"] == "date":
            try:
                datetime.date.fromisoformat(value)
            except ValueError:
                return True
            return len(value) != 10
        if item["type"] in ("string", "text", "open-choice") and isinstance(value, str):
            short = self._extension(item, "minLength")
            longest = item.get("maxLength")
            wrong = (short is not None and len(value) < short) or (
                longest is not None and len(value) > longest
            )
            return wrong or not value.strip() or any(ord(c) < 32 and c not in "\t\n\r" for c in value)
        return False

    def findings(self) -> set[Finding]:
        for group in self.all:
            link_id = group.item["linkId"]
            if group.answer is not None:
                self._judge_answer(group)
            present = (
                group.answer is not None if group.item["type"] not in ("group", "display") else group.node
            )
            if present and not self.enabled(group):
                self.found.add(("not-enabled", link_id))
        if self.response["status"] in ("completed", "amended"):
            self._judge_whole()
        return self.found

    def _judge_answer(self, group: Group) -> None:
        link_id, value = group.item["linkId"], self._value(group)
        if value is None:
            self.found.add(("answer", link_id))
        elif self._unfit(group.item, value):
            self.found.add(("answer-value", link_id))

    def _judge_whole(self) -> None:
        counted: set[tuple[int, str]] = set()
        for group in self.all:
            item, link_id = group.item, group.item["linkId"]
            key = (id(group.above), link_id)
            if not self.enabled(group) or key in counted:
                continue
            counted.add(key)
            beside = [g for g in self.all if g.above is group.above and g.item is item]
            if item["type"] == "group":
                self._judge_group(item, beside)
            elif item["type"] != "display":
                self._judge_question(item, [g for g in beside if self.enabled(g)])

    def _judge_group(self, item: Json, beside: list[Group]) -> None:
        present = [group for group in beside if group.node is not None]
        if item.get("required") and not present:
            self.found.add(("required", item["linkId"]))

    def _judge_question(self, item: Json, beside: list[Group]) -> None:
        values = [value for group in beside if (value := self._value(group)) is not None]
        least, most = (
            self._extension(item, "questionnaire-minOccurs") or 0,
            self._extension(item, "questionnaire-maxOccurs"),
        )
        if item.get("required"):
            least = max(least, 1)
        if not values and not item.get("required"):
            least = 0
        codes = [value["code"] for value in values if isinstance(value, dict)]
        alone = {
            option["valueCoding"]["code"]
            for option in item.get("answerOption", [])
            if any(
                e["url"].endswith("optionExclusive") and e["valueBoolean"]
                for e in option.get("extension", [])
            )
        }
        mixed = len(values) > 1 and bool(alone & set(codes))
        if len(values) < least or (most is not None and len(values) > most) or mixed:
            self.found.add(("required", item["linkId"]))


def findings(form: Json, response: Json) -> set[Finding]:
    """Return everything wrong with a response, as (rule, linkId)."""
    return Oracle(form, response).findings()
