"""One form that holds nearly everything a questionnaire may hold, for tests that break it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
FHIR = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
URN = "urn:mr-safety-console:fhir:"


def fhirpath(text: str, **more: str) -> Json:
    return {"language": "text/fhirpath", "expression": text, **more}


def note(url: str, **value: Any) -> Json:
    return {"url": url, **value}


CONSTRAINT = {
    "url": FHIR + "questionnaire-constraint",
    "extension": [
        {"url": "key", "valueId": "c-1"},
        {"url": "severity", "valueCode": "error"},
        {"url": "expression", "valueString": "answer.value < 300"},
        {"url": "human", "valueString": "Weigh again."},
    ],
}
RICH: Json = {
    "resourceType": "Questionnaire",
    "id": "rich",
    "url": "urn:example:rich",
    "version": "1",
    "name": "Rich",
    "title": "A rich form",
    "status": "draft",
    "language": "en",
    "subjectType": ["Patient"],
    "extension": [note(FHIR + "variable", valueExpression=fhirpath("%resource.item.count()", name="n"))],
    "contained": [
        {
            "resourceType": "ValueSet",
            "id": "v",
            "compose": {"include": [{"system": "urn:s", "concept": [{"code": "a"}, {"code": "b"}]}]},
        },
        {
            "resourceType": "ValueSet",
            "id": "w",
            "expansion": {"contains": [{"system": "urn:s", "code": "c"}]},
        },
    ],
    "item": [
        {
            "linkId": "q",
            "prefix": "Q90",
            "text": "Any?",
            "type": "choice",
            "required": True,
            "extension": [
                note(URN + "ask-again", valueBoolean=True),
                note(URN + "evidence", valueCode="implant-card"),
                note(URN + "resolver", valueCode="radiologist"),
            ],
            "answerOption": [
                {"valueCoding": {"system": "urn:t", "code": "no", "display": "No"}, "initialSelected": True},
                {
                    "valueCoding": {"code": "yes", "display": "Yes"},
                    "extension": [note(URN + "trigger", valueCode="HOLD_DEVICE")],
                },
            ],
            "item": [
                {
                    "linkId": "q.1",
                    "text": "Which?",
                    "type": "open-choice",
                    "answerValueSet": "#v",
                    "repeats": True,
                    "maxLength": 20,
                    "enableWhen": [
                        {"question": "q", "operator": "=", "answerCoding": {"code": "yes"}},
                        {"question": "q.1", "operator": "exists", "answerBoolean": False},
                    ],
                    "enableBehavior": "any",
                }
            ],
        },
        {
            "linkId": "g",
            "text": "Sizes",
            "type": "group",
            "repeats": True,
            "extension": [note(FHIR + "questionnaire-maxOccurs", valueInteger=3)],
            "item": [
                {
                    "linkId": "kg",
                    "text": "Weight",
                    "type": "quantity",
                    "extension": [
                        note(FHIR + "questionnaire-unit", valueCoding={"system": "urn:u", "code": "kg"}),
                        note(
                            FHIR + "maxValue", valueQuantity={"value": 350, "system": "urn:u", "code": "kg"}
                        ),
                    ],
                },
                {
                    "linkId": "cm",
                    "text": "Height",
                    "type": "decimal",
                    "extension": [note(FHIR + "minValue", valueDecimal=30.5), CONSTRAINT],
                    "initial": [{"valueDecimal": 170}],
                },
                {
                    "linkId": "sum",
                    "text": "Sum",
                    "type": "integer",
                    "readOnly": True,
                    "extension": [note(SDC + "calculatedExpression", valueExpression=fhirpath("%n + 1"))],
                },
            ],
        },
        {
            "linkId": "t",
            "text": "Code",
            "type": "string",
            "extension": [
                note(FHIR + "regex", valueString="[A-Z]{2}[0-9]+"),
                note(SDC + "enableWhenExpression", valueExpression=fhirpath("%n > 0")),
            ],
        },
        {
            "linkId": "f",
            "text": "Picture",
            "type": "attachment",
            "extension": [
                note(FHIR + "mimeType", valueCode="image/png"),
                note(FHIR + "maxSize", valueDecimal=9),
            ],
        },
        {"linkId": "c", "text": "One of these", "type": "choice", "answerValueSet": "#w"},
        {
            "linkId": "d",
            "text": "When",
            "type": "dateTime",
            "enableWhen": [{"question": "cm", "operator": ">", "answerDecimal": 100}],
        },
        {"linkId": "l", "text": "The end", "type": "display"},
    ],
}
