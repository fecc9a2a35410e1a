"""FHIR R4 Questionnaires: model, lint, answering rules and the versioned library of forms."""
