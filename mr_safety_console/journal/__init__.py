"""The append-only, hash-chained record: the only room that touches the evidence on disk."""
