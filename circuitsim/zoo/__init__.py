"""Tasks with their definitions, models that of all architectures that solve them by the papers' constructions."""
