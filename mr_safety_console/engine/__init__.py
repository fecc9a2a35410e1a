"""Where time, devices, journal and domain meet: owns the state, on a thread of its own."""
