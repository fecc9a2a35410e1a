"""The safety rules: pure functions over frozen data. No clock, no input or output, no framework."""
