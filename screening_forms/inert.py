"""Extensions that are understood and change nothing about which questions are asked and what fits.

FHIR lets a reader skip any extension; this one skips those it knows, and refuses all others by name.
Each stands under the reason why it has no effect here.
"""

from __future__ import annotations

FHIR = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

_PRESENTATION = (  # how it is drawn; here a question is drawn one way
    "entryFormat questionnaire-displayCategory questionnaire-optionPrefix questionnaire-sliderStepValue "
    "questionnaire-supportLink questionnaire-usageMode questionnaire-instruction questionnaire-columnCount "
    "rendering-style rendering-xhtml rendering-markdown rendering-styleSensitive cqf-calculatedValue "
    "progressIndicatorExtension valueset-label"
)
_PRESENTATION_SDC = (
    "shortText width collapsible openLabel choiceColumn columnCount optionalDisplay itemMedia "
    "itemAnswerMedia entryMode entryMode/ entryFormat keyboard"
)
_POPULATION_SDC = (  # what is filled in beforehand; here nothing is
    "initialExpression itemPopulationContext launchContext sourceQueries sourceStructureMap "
    "prepopulate-subject contextExpression"
)
_EXTRACTION_SDC = (  # what is made of the answers afterwards; here they stay a response
    "observationExtract observationLinkPeriod observation-extract-category observationExtractEntry "
    "itemExtractionContext targetStructureMap templateExtract templateExtractBundle templateExtractValue "
    "definitionExtract definitionExtractValue extractAllocateId isSubject itemContext resourceContext"
)
_AUTHORING = (  # where the form comes from
    "designNote questionnaire-baseType questionnaire-fhirType cqf-library structuredefinition-wg "
    "artifact-versionAlgorithm replaces terminology-server preferredTerminologyServer ordinalValue "
    "itemWeight questionnaire-referenceProfile questionnaire-allowedProfile translation "
    "questionnaire-unitSupplementalSystem valueset-reference structuredefinition-standards-status "
    "structuredefinition-fmm questionnaire-initialExpression sdc-questionnaire-itemExtractionContext "
    "sdc-questionnaire-definitionExtractValue questionnaire-launchContext"
)
_AUTHORING_SDC = (
    "assembledFrom assemble-expectation assembleContext preferredTerminologyServer endpoint "
    "performerType unitSupplementalSystem"
)
_OF_OTHERS = frozenset(  # builders' own, of presentation or authoring only
    {
        "http://helsenorge.no/fhir/StructureDefinition/sdf-sidebar",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-information-message",
        "http://helsenorge.no/fhir/StructureDefintion/sdf-itemControl-visibility",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-sublabel",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-save-capabilities",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-presentationbuttons",
        "http://ehelse.no/fhir/StructureDefinition/validationtext",
        "http://ehelse.no/fhir/StructureDefinition/repeatstext",
        "http://ehelse.no/fhir/StructureDefinition/sdf-endpoint",
        "http://ehelse.no/fhir/StructureDefinition/sdf-generatepdf",
        "http://ehelse.no/fhir/StructureDefinition/sdf-generatenarrative",
        "https://smartforms.csiro.au/ig/StructureDefinition/ContainedResourceReference",
        "https://smartforms.csiro.au/ig/StructureDefinition/GroupHideAddItemButton",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-sublabel-text",
        "http://helsenorge.no/fhir/StructureDefinition/sdf-answer-option-visual",
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/cpg-itemImage",
        "http://hl7.org/fhir/uv/StructureDefinition/cpg-answerValueSetSource",
        "http://midata.coop/extensions/valueset-reference",
        "https://github.com/google/android-fhir/StructureDefinition/dialog",
        "https://github.com/google/android-fhir/StructureDefinition/questionnaire-itemControl",
        "https://github.com/google/android-fhir/tree/master/datacapture/android-style",
        "https://ths-greifswald.de/fhir/StructureDefinition/gics/Position",
        "https://ths-greifswald.de/fhir/StructureDefinition/gics/QuestionnaireLabel",
        "https://ths-greifswald.de/fhir/StructureDefinition/gics/ConsentPolicyReference",
        "https://ths-greifswald.de/fhir/StructureDefinition/gics/ExternalProperty",
        "https://www.oegd.de/fhir/seu/StructureDefinition/ItemSource",
    }
)
_AUTHORING_PREFIXES = (
    "http://hl7.org/fhir/uv/cpg/StructureDefinition/",
    "http://hl7.org/fhir/uv/crmi/StructureDefinition/",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm",
)

_KNOWN = frozenset(
    {FHIR + name for name in f"{_PRESENTATION} {_AUTHORING}".split()}
    | {SDC + n for n in f"{_PRESENTATION_SDC} {_POPULATION_SDC} {_EXTRACTION_SDC} {_AUTHORING_SDC}".split()}
    | _OF_OTHERS
)


def is_inert(url: str) -> bool:
    """Tell whether an extension is known to change nothing here."""
    return url in _KNOWN or url.startswith(_AUTHORING_PREFIXES)
