"""Read-only views of the journal: exports, shift report, incident worksheets."""
