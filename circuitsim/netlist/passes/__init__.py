"""Passes: circuit in, circuit out, one a file, each a frozen dataclass whose fields are its options."""
