"""What the command line starts, one module a command that is more than a line."""
