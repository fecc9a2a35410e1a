"""The operator's terminal: the only room that knows Textual."""
