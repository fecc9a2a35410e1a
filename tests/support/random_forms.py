"""Random small forms and responses to them, some sound and most not, as JSON, drawn from one seed."""

from __future__ import annotations

import random
from typing import Any

from support.form_oracle import EXTENSION

Json = dict[str, Any]
CODES = ("no", "yes", "unsure")
KINDS = (
    "boolean",
    "integer",
    "decimal",
    "date",
    "string",
    "text",
    "choice",
    "open-choice",
    "group",
    "display",
)


class Maker:
    """Draws one form and responses to it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0
        self.ids: list[str] = []
        self.kinds: dict[str, str] = {}

    def form(self) -> Json:
        items = [self._item(0) for _ in range(self.dice.randint(1, 5))]
        self._conditions(items)
        return {
            "resourceType": "Questionnaire",
            "url": "urn:example:random",
            "version": "1",
            "status": "draft",
            "item": items,
        }

    def _item(self, depth: int) -> Json:
        dice = self.dice
        self.count += 1
        kind = dice.choice(KINDS[:9] if depth == 0 else KINDS)
        item: Json = {"linkId": f"q{self.count}", "text": f"Question {self.count}", "type": kind}
        self.ids.append(item["linkId"])
        self.kinds[item["linkId"]] = kind
        if kind != "display":
            item |= {key: True for key in ("required", "repeats") if dice.random() < 0.35}
        if kind in ("choice", "open-choice"):
            item["answerOption"] = [self._option(code) for code in CODES]
        item |= self._limits(kind, bool(item.get("repeats")))
        if kind != "display" and depth < 2 and (kind == "group" or dice.random() < 0.3):
            item["item"] = [self._item(depth + 1) for _ in range(dice.randint(1, 3))]
        return item

    def _option(self, code: str) -> Json:
        option: Json = {"valueCoding": {"code": code, "display": code}}
        if self.dice.random() < 0.15:
            url = EXTENSION + "questionnaire-optionExclusive"
            option["extension"] = [{"url": url, "valueBoolean": self.dice.random() < 0.8}]
        return option

    def _limits(self, kind: str, repeats: bool) -> Json:
        dice, found, made = self.dice, [], {}
        if kind in ("integer", "decimal") and dice.random() < 0.5:
            found += [
                self._limit("minValue", dice.randint(-3, 1)),
                self._limit("maxValue", dice.randint(2, 6)),
            ]
        if kind in ("string", "text", "open-choice") and dice.random() < 0.5:
            found.append(self._limit("minLength", dice.randint(0, 3)))
            made["maxLength"] = dice.randint(3, 6)
        if repeats and kind != "group" and dice.random() < 0.4:
            found.append(self._limit("questionnaire-minOccurs", dice.randint(0, 2)))
            found.append(self._limit("questionnaire-maxOccurs", dice.randint(2, 3)))
        return {**made, **({"extension": found} if found else {})}

    def _limit(self, name: str, value: int) -> Json:
        return {"url": EXTENSION + name, "valueInteger": value}

    def _conditions(self, items: list[Json]) -> None:
        for item in items:
            if self.dice.random() < 0.5:
                whens = [self._condition() for _ in range(self.dice.randint(1, 3))]
                item["enableWhen"] = whens
                if len(whens) > 1 or self.dice.random() < 0.3:
                    item["enableBehavior"] = self.dice.choice(["all", "any"])
            self._conditions(item.get("item", []))

    def _condition(self) -> Json:
        dice = self.dice
        question = dice.choice(self.ids) if dice.random() < 0.95 else "nowhere"
        if dice.random() < 0.25:
            return {"question": question, "operator": "exists", "answerBoolean": dice.random() < 0.7}
        kind = self.kinds.get(question, "string")
        answers: dict[str, Json] = {
            "boolean": {"answerBoolean": dice.random() < 0.5},
            "integer": {"answerInteger": dice.randint(-2, 5)},
            "decimal": {"answerDecimal": dice.choice([-1, 0.5, 2.0, 3.25])},
            "date": {"answerDate": dice.choice(["2030-01-01", "2031-02-03"])},
            "choice": {"answerCoding": {"code": dice.choice(CODES)}},
            "open-choice": {"answerCoding": {"code": dice.choice(CODES)}},
        }
        simple = ["=", "!="]
        operators = (
            simple if kind in ("boolean", "choice", "open-choice") else [*simple, ">", "<", ">=", "<="]
        )
        answer = answers.get(kind, {"answerString": dice.choice(["a", "abc"])})
        return {"question": question, "operator": dice.choice(operators), **answer}

    # Responses

    def response(self, form: Json) -> Json:
        items = self._replies(form["item"], self.dice.choice([0.5, 0.8, 1.0]))
        status = self.dice.choice(["completed", "completed", "in-progress"])
        made = {"resourceType": "QuestionnaireResponse", "questionnaire": "urn:example:random|1"}
        return {**made, "status": status, **({"item": items} if items else {})}

    def _replies(self, items: list[Json], share: float) -> list[Json]:
        made = []
        for item in items:
            times = self.dice.choice([1, 1, 2]) if item["type"] == "group" and item.get("repeats") else 1
            times = 0 if self.dice.random() > share else times
            made += [self._reply(item, share) for _ in range(times)]
        if made and self.dice.random() < 0.06:
            self.dice.shuffle(made)
        if made and self.dice.random() < 0.03:
            made.append(dict(made[0]))
        if self.dice.random() < 0.02:
            made.append({"linkId": "stranger"})
        return made

    def _reply(self, item: Json, share: float) -> Json:
        made: Json = {"linkId": item["linkId"]}
        below = self._replies(item.get("item", []), share)
        if item["type"] in ("group", "display"):
            return {**made, **({"item": below} if below else {})}
        answers = []
        for number in range(self.dice.choice([1, 1, 2, 3]) if item.get("repeats") else 1):
            answer = self._answer(item["type"])
            inner = below if number == 0 else self._replies(item.get("item", []), share)
            answers.append({**answer, **({"item": inner} if inner else {})})
        if self.dice.random() < 0.03:
            answers.append(self._answer(item["type"]))
        return {**made, "answer": answers}

    def _answer(self, kind: str) -> Json:
        dice = self.dice
        kind = dice.choice(KINDS[:8]) if dice.random() < 0.03 else kind
        if kind == "boolean":
            return {"valueBoolean": dice.random() < 0.5}
        if kind == "integer":
            return {"valueInteger": dice.randint(-4, 7)}
        if kind == "decimal":
            return {"valueDecimal": dice.choice([-4, -1, 0.5, 2, 2.0, 3.25, 7])}
        if kind == "date":
            return {"valueDate": dice.choice(["2030-01-01", "2031-02-03", "2031-12-31", "2031-02-30"])}
        if kind in ("choice", "open-choice") and not (kind == "open-choice" and dice.random() < 0.3):
            return {"valueCoding": {"code": dice.choice([*CODES, *CODES, *CODES, "maybe"])}}
        return {"valueString": dice.choice(["a", "abc", "abcd", "abcdefgh", "a\nb"])}
