"""Serial devices of the MR suite: bytes in, readings out. Knows no patient, screen or database."""
