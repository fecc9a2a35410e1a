"""What the screens show, computed by pure functions from one `View`; no Textual app needed."""
