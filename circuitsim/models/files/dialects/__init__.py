"""Checkpoints of other people's libraries, read as they are: a file a dialect."""
